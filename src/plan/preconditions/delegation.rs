//! Whether policies are delegated to the account of the caller: by the resource policy of the organization, which is the one
//! way by which an account other than the management account gets to change them (Organizations user guide,
//! "`orgs-policy-delegate`").

use super::codes::CALLER;
use super::finding::Finding;
use super::pointer::View;
use crate::kinds::resource_policy::judge::{Permits, admits};
use crate::kinds::{Kind, Verb};
use crate::model::{AccountId, Address, Document, Organization, items, wildcard};

/// What it takes to change policies. To enable the type comes to it where this plan does.
const WRITES: [&str; 7] =
    ["AttachPolicy", "CreatePolicy", "DeletePolicy", "DetachPolicy", "TagResource", "UntagResource", "UpdatePolicy"];
const ENABLE: &str = "EnablePolicyType";
const POLICY_TYPE: &str = "organizations:PolicyType";

/// Whether the caller may change policies, and with them everything that the spec wants of the organization.
pub(super) fn examine(view: &View<'_>, organization: &Organization, address: &Address) -> Finding {
    let caller = &view.0.facts.caller.account;
    let management = &organization.management_account;
    if caller == management {
        return Finding::ok(CALLER, address, "the caller is in the management account");
    }
    let enables = view.draft(address).is_some_and(|draft| draft.verb == Verb::Create);
    let needed: Vec<&str> = WRITES.into_iter().chain(enables.then_some(ENABLE)).collect();
    let fix = |lacking: &[&str]| {
        let actions: Vec<String> = lacking.iter().map(|action| format!(r#""organizations:{action}""#)).collect();
        format!(
            r#"use credentials of account {management}, or have it put into the resource policy of the organization: `{{"Effect":"Allow","Principal":{{"AWS":"{caller}"}},"Action":[{}],"Resource":"*"}}`"#,
            actions.join(",")
        )
    };
    let wanted = view.wanted().map(|(address, _)| address);
    let of_organization =
        |address: &&Address| matches!(address.kind, Kind::OrgPolicyType | Kind::OrgPolicy | Kind::OrgPolicyAttachment);
    let document = match &organization.delegation {
        Ok(document) => document.as_ref(),
        Err(why) => {
            let message = format!("whether policies are delegated to account {caller} could not be seen: {why}");
            return Finding::unknown(CALLER, address, message).fix("allow `organizations:DescribeResourcePolicy`");
        }
    };
    let lacking = |state: Permits| -> Vec<&str> {
        needed.iter().copied().filter(|action| permits(document, caller, action, &address.name) == state).collect()
    };
    let (denied, unclear) = (lacking(Permits::No), lacking(Permits::Unclear));
    if !denied.is_empty() {
        let message = format!("account {caller} is not delegated {} of policies", denied.join(", "));
        let depend: Vec<Address> = wanted.filter(of_organization).cloned().collect();
        return Finding::failed(CALLER, address, message).fix(fix(&denied)).holds(depend);
    }
    if !unclear.is_empty() {
        let message = format!(
            "the resource policy of the organization has statements of which it cannot be told whether they let account {caller} {}",
            unclear.join(", ")
        );
        return Finding::unknown(CALLER, address, message).fix(fix(&unclear));
    }
    Finding::ok(CALLER, address, format!("policies are delegated to account {caller}"))
}

/// Whether the resource policy lets an account call an operation on policies of a type, wherever they are.
fn permits(document: Option<&Document>, account: &AccountId, operation: &str, policy_type: &str) -> Permits {
    let mut found = Permits::No;
    let action = format!("organizations:{operation}").to_ascii_lowercase();
    let speaks = |pattern: &Document| {
        pattern.as_text().is_some_and(|pattern| wildcard(pattern.to_ascii_lowercase().as_bytes(), action.as_bytes()))
    };
    for statement in items(document.and_then(|document| document.get("Statement"))) {
        if !items(statement.get("Action")).iter().any(speaks) {
            continue;
        }
        let fits = admits(statement, account).min(resources(statement)).min(conditions(statement, policy_type));
        match statement.get("Effect").and_then(Document::as_text) {
            Some("Allow") => found = found.max(fits),
            _ if fits == Permits::No => {}
            _ => return if fits == Permits::Yes { Permits::No } else { Permits::Unclear },
        }
    }
    found
}

/// A part of the organization may or may not be the part that the spec speaks of.
fn resources(statement: &Document) -> Permits {
    let everything = |resource: &Document| resource.as_text() == Some("*");
    if items(statement.get("Resource")).iter().any(everything) { Permits::Yes } else { Permits::Unclear }
}

/// The one condition that AWS documents for delegation is the type of the policy.
fn conditions(statement: &Document, policy_type: &str) -> Permits {
    let Some(condition) = statement.get("Condition") else { return Permits::Yes };
    let Document::Map(operators) = condition else { return Permits::Unclear };
    let mut all = Permits::Yes;
    for (operator, tests) in operators {
        let Document::Map(tests) = tests else { return Permits::Unclear };
        let equal = matches!(
            operator.trim_start_matches("ForAnyValue:").trim_end_matches("IfExists"),
            "StringEquals" | "StringLike"
        );
        for (key, values) in tests {
            let about_type = |value: &Document| {
                value.as_text().is_some_and(|pattern| wildcard(pattern.as_bytes(), policy_type.as_bytes()))
            };
            all = all.min(match items(Some(values)).iter().any(about_type) {
                _ if !equal || !key.eq_ignore_ascii_case(POLICY_TYPE) => Permits::Unclear,
                true => Permits::Yes,
                false => Permits::No,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_delegated_is_told_and_the_rest_is_not_guessed_at() {
        use Permits::{No, Unclear, Yes};
        let account: AccountId = "222233334444".parse().expect("an account id");
        let of_type = |operator: &str, kind: &str| json!({operator: {POLICY_TYPE: [kind]}});
        for (changes, want) in [
            (json!({}), Yes),
            (json!({"Action": "organizations:*"}), Yes),
            (json!({"Action": ["organizations:DetachPolicy", "organizations:List*"]}), No),
            (json!({"Principal": {"AWS": "222233334444"}}), Yes),
            (json!({"Principal": {"AWS": "arn:aws:iam::333344445555:root"}}), No),
            (json!({"Principal": {"AWS": "arn:aws:iam::222233334444:role/deploy"}}), Unclear),
            (json!({"Resource": "arn:aws:organizations::111122223333:ou/o-sand/ou-sand-prod"}), Unclear),
            (json!({"Condition": of_type("StringLikeIfExists", "BEDROCK_POLICY")}), Yes),
            (json!({"Condition": of_type("StringEquals", "BACKUP_POLICY")}), No),
            (json!({"Condition": of_type("StringNotEquals", "BACKUP_POLICY")}), Unclear),
            (json!({"Condition": {"StringEquals": {"aws:SourceIp": "10.0.0.1"}}}), Unclear),
            (json!({"Effect": "Deny"}), No),
        ] {
            let mut statement = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222233334444:root"},
                "Action": ["organizations:AttachPolicy"], "Resource": "*"});
            for (key, value) in changes.as_object().expect("members") {
                statement[key] = value.clone();
            }
            let document = Document::from(json!({ "Statement": [statement] }));
            assert_eq!(permits(Some(&document), &account, "AttachPolicy", "BEDROCK_POLICY"), want, "{changes}");
        }
        assert_eq!(permits(None, &account, "AttachPolicy", "BEDROCK_POLICY"), No);
        let two =
            |effect: &str| json!({"Effect": effect, "Principal": "*", "Action": "organizations:*", "Resource": "*"});
        let both: Value = json!({"Statement": [two("Allow"), two("Deny")]});
        assert_eq!(
            permits(Some(&Document::from(both)), &account, "AttachPolicy", "BEDROCK_POLICY"),
            No,
            "a denial outweighs"
        );
    }
}
