//! What decides which guardrails calls meet: as AWS has it, or as it will be when a plan is done.
//!
//! Things are known by [`Ref`]: by AWS's id, or by the address of what a plan has yet to make.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kinds::account_enforcement;
use crate::kinds::guardrail::Content;
use crate::kinds::org_policy_type::PolicyType;
use crate::model::{AccountId, Document, Marker, Ref, Region, RemoteId, Scope, Standing};

/// Everything that was read of it. What could not be read says why.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// The policies of the organization, of both types.
    pub policies: BTreeMap<Ref, Policy>,
    /// Why its policies of a type could not be listed, where they could not.
    pub unlisted: BTreeMap<PolicyType, String>,
    /// What each account enforces on itself.
    pub enforced: BTreeMap<Scope, Enforced>,
    /// The versions that something points at; `None` for one that does not exist.
    pub versions: BTreeMap<Ref, Result<Option<Version>, String>>,
    /// The resource policies of guardrails, and of the objects of their profiles, by ARN or address.
    pub sharing: BTreeMap<Ref, Result<Option<Document>, String>>,
    /// The effective policy of accounts, as AWS says; where that was not asked, there is no entry.
    pub told: BTreeMap<AccountId, Result<Value, String>>,
    /// The accounts whose effective policy AWS calls invalid; `None` where it does not tell.
    pub invalid: Option<BTreeSet<AccountId>>,
    /// Why AWS did not tell that, where it ought to.
    pub unjudged: Option<String>,
    /// The policies of roles, by account and name.
    pub roles: BTreeMap<(AccountId, String), Result<Role, String>>,
}

/// A policy of the organization, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// AWS's name.
    pub name: String,
    /// Its type.
    pub policy_type: PolicyType,
    /// What it says, defaults not filled in: what is absent leaves a setting to the policies further up.
    pub document: Result<Document, String>,
    /// The nodes it is attached to.
    pub targets: Result<BTreeSet<String>, String>,
}

/// What an account enforces on itself in one Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// Nothing.
    Nothing,
    /// This.
    Is(account_enforcement::Model),
    /// There is no Bedrock to call.
    Unavailable(String),
    /// It could not be read.
    Unseen(String),
}

/// A version of a guardrail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The guardrail.
    pub guardrail: Ref,
    /// What it holds.
    pub content: Content,
    /// How it stands.
    pub standing: Standing,
    /// What its description says it is.
    pub marker: Option<Marker>,
}

/// The identity policies of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// Its own, and those that are attached to it and belong to the account; by name.
    pub policies: BTreeMap<String, Result<Document, String>>,
    /// AWS's policies that are attached to it. They demand no guardrail, and may allow to apply any.
    pub of_aws: BTreeSet<String>,
}

/// One question: whose calls, and where.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// The account that calls.
    pub account: &'a AccountId,
    /// The Region that is called.
    pub region: &'a Region,
    /// The model; `None` asks for every model.
    pub model: Option<&'a str>,
    /// The role that calls; `None` asks for whoever may.
    pub role: Option<&'a str>,
}

impl Cell<'_> {
    /// The account and Region.
    pub fn scope(&self) -> Scope {
        Scope::regional(self.account.clone(), self.region.clone())
    }
}

/// The parts of a version's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// The ARN of its guardrail.
    pub guardrail: RemoteId,
    /// Its number.
    pub number: String,
    /// Where the guardrail is.
    pub scope: Scope,
}

/// Takes `ARN:number` apart; `None` for what is no version's id.
pub fn numbered(id: &RemoteId) -> Option<Numbered> {
    let (arn, number) = id.as_str().rsplit_once(':')?;
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "bedrock", region, account, resource] = parts.as_slice() else { return None };
    if !resource.starts_with("guardrail/") || number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scope = Scope::regional(account.parse().ok()?, Region::new(*region));
    Some(Numbered { guardrail: RemoteId::new(arn), number: number.to_owned(), scope })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_version_has_parts() {
        let arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc";
        let found = numbered(&RemoteId::new(format!("{arn}:12"))).expect("a version");
        assert_eq!((found.guardrail.as_str(), found.number.as_str()), (arn, "12"));
        assert_eq!(found.scope.to_string(), "111122223333/us-east-1");
        for wrong in
            [arn, "x", "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:DRAFT", "arn:aws:iam:a:b:guardrail/c:1"]
        {
            assert_eq!(numbered(&RemoteId::new(wrong)), None, "{wrong}");
        }
    }
}
