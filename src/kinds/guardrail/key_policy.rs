//! What the policy of a customer key has to admit, so that guardrails under it can be made and applied.
//!
//! Makers and callers, and what each needs, are the guide's (Bedrock user guide, "guardrails-permissions-kms"): who makes a
//! guardrail needs four actions, whoever applies it, by itself or with a call of a model, `kms:Decrypt`. That members of the
//! organization are admitted like callers at home is inferred, since the guide is silent on keys across accounts.
//!
//! No statement is conditioned on `kms:ViaService`. The guide's statements for guardrails are not, while those for flows and
//! agents are, so which service a call of a guardrail comes through is documented nowhere; a wrong guess would fail every
//! call of a model where the guardrail is enforced. `kms:GrantIsForAWSResource` is the documentation's of keys ("Controlling
//! access to grants"): a grant is made by a service that acts for the caller, and never by the caller. That Bedrock makes
//! those of guardrails so is inferred.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::kinds::resource_policy::document::{ORGANIZATION, PATHS, unit_pattern};
use crate::model::Partition;

/// What whoever applies a guardrail does with its key.
pub const APPLY: [&str; 1] = ["kms:Decrypt"];
/// What whoever makes or changes one does besides asking for grants.
pub const CREATE: [&str; 3] = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];
/// And this, if it is asked for a service.
pub const GRANT: &str = "kms:CreateGrant";
/// The condition key that tells whether a grant is asked for by a service on behalf of the caller.
pub const FOR_SERVICE: &str = "kms:GrantIsForAWSResource";

/// Who applies the guardrails of a key from other accounts than their own.
///
/// An account that is reached as such is named. Below an OU or the root accounts come and go, and nobody rewrites the policies
/// of keys when they do, so there it is the place in the organization that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// Numbers of accounts.
    pub accounts: BTreeSet<String>,
    /// Patterns of paths in the organization, such as `o-…/*/ou-…/*`.
    pub paths: BTreeSet<String>,
}

impl Users {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.paths.is_empty()
    }

    /// All below a node of an organization: the id of its root, of an OU or of an account.
    pub fn below(&mut self, organization: &str, node: &str) {
        if node.bytes().all(|byte| byte.is_ascii_digit()) {
            self.accounts.insert(node.to_owned());
        } else if node.starts_with("r-") {
            self.everybody(organization);
        } else {
            self.paths.insert(unit_pattern(organization, node));
        }
    }

    /// All of an organization.
    pub fn everybody(&mut self, organization: &str) {
        self.paths.insert(format!("{organization}/*"));
    }

    /// These, and those too.
    pub fn extend(&mut self, other: Self) {
        self.accounts.extend(other.accounts);
        self.paths.extend(other.paths);
    }

    /// The statements that admit them, one for the accounts and one for the places, in the organization of that id. Where the
    /// whole organization is admitted, its parts are not named.
    pub fn statements(&self, partition: &Partition, organization: &str) -> Vec<Value> {
        let all = format!("{organization}/*");
        let everybody = self.paths.contains(&all);
        let mut statements = Vec::new();
        if !self.accounts.is_empty() && !everybody {
            let roots: Vec<String> = self.accounts.iter().map(|account| root(partition, account)).collect();
            statements.push(allow("ApplyGuardrails", &roots, &APPLY));
        }
        let paths = if everybody { BTreeSet::from([all]) } else { self.paths.clone() };
        if !paths.is_empty() {
            let mut below = allow("ApplyGuardrailsBelow", &["*".to_owned()], &APPLY);
            below["Condition"] = json!({
                "StringEquals": {ORGANIZATION: organization},
                "ForAnyValue:StringLike": {PATHS: one_or_all(&paths.into_iter().collect::<Vec<_>>())},
            });
            statements.push(below);
        }
        statements
    }
}

/// The root of an account, which stands for all whom the account itself allows the action.
pub fn root(partition: &Partition, account: &str) -> String {
    format!("arn:{partition}:iam::{account}:root")
}

/// The statements that let these principals make guardrails.
pub fn creators(principals: &[String]) -> Vec<Value> {
    let mut grant = allow("GrantForGuardrails", principals, &[GRANT]);
    grant["Condition"] = json!({"Bool": {FOR_SERVICE: "true"}});
    vec![allow("CreateGuardrails", principals, &CREATE), grant]
}

/// A statement of the policy of a key, in which the key itself is `*`.
pub fn allow(sid: &str, principals: &[String], actions: &[&str]) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": one_or_all(principals)},
        "Action": actions,
        "Resource": "*",
    })
}

fn one_or_all(texts: &[String]) -> Value {
    if let [one] = texts { json!(one) } else { json!(texts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_named_and_places_are_where_accounts_come_and_go() {
        let partition = Partition::new("aws");
        let mut users = Users::default();
        users.below("o-one", "555566667777");
        users.below("o-one", "ou-ab12-cdef3456");
        let statements = users.statements(&partition, "o-one");
        assert_eq!(statements[0]["Principal"], json!({"AWS": "arn:aws:iam::555566667777:root"}));
        assert_eq!(statements[0].get("Condition"), None);
        assert_eq!(statements[1]["Principal"], json!({"AWS": "*"}));
        let below = json!({"StringEquals": {"aws:PrincipalOrgID": "o-one"},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-one/*/ou-ab12-cdef3456/*"}});
        assert_eq!(statements[1]["Condition"], below);
        users.below("o-one", "r-ab12");
        let statements = users.statements(&partition, "o-one");
        assert_eq!(statements.len(), 1, "the root has all of them");
        let paths = &statements[0]["Condition"]["ForAnyValue:StringLike"]["aws:PrincipalOrgPaths"];
        assert_eq!(paths, &json!("o-one/*"));
        assert_eq!(Users::default().statements(&partition, "o-one"), Vec::<Value>::new());
    }
}
