//! AWS Organizations: the tree, policies, attachments, inheritance and effective policies.
//!
//! Where AWS's behaviour is stated by no source, the place says *inferred*; `grep -rn -i inferred` lists them all.
//!
//! ```text
//! organization, tree, attachments, managed   what is there
//! index                                      found fast
//! load, generate                             reading it, checked; making more of it
//! policy_type, documents, *_policy           what a type allows and demands
//! inheritance                                many documents → one (pure)
//! effective                                  … seen by an account after a while
//! input, id, page, rows, errors              requests and answers
//! access, delegation                         who may
//! controls                                   the policies that authorize
//! operations                                 one function for each operation
//! ```

mod access;
mod attachments;
mod authorization_policy;
mod bedrock_policy;
mod controls;
mod delegation;
mod documents;
mod effective;
mod errors;
mod generate;
mod id;
mod index;
mod inheritance;
mod input;
mod load;
mod managed;
mod operations;
mod organization;
mod page;
mod policy_type;
mod rows;
#[cfg(test)]
mod sample;
mod tree;
mod watched;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::organization::{Account, AccountState, JoinedMethod};
use self::policy_type::PolicyType;
use crate::clock::Millis;

pub(crate) use self::operations::{Named, Operation, names, operation};
pub(crate) use self::organization::Organization;
pub(crate) use self::watched::InEffect;

impl Organization {
    /// Whether some account's effective Bedrock policy names the guardrail: that version of it, or any without `version`.
    pub(crate) fn enforces(&self, now: Millis, guardrail_arn: &str, version: Option<&str>) -> bool {
        let names = |identifier: &str| {
            let named = identifier.rsplit_once(':');
            named.is_some_and(|(arn, number)| arn == guardrail_arn && version.is_none_or(|version| version == number))
        };
        self.effective_documents(now)
            .iter()
            .any(|document| bedrock_policy::identifiers(document).any(|(_, id)| names(id)))
    }

    /// What the account's effective Bedrock policy enforces in a Region: configurations as the effective document has them.
    pub(crate) fn enforcements(&self, now: Millis, account: &str, region: &str) -> Vec<Value> {
        if !self.accounts.contains_key(account) {
            return Vec::new();
        }
        let document = self.effective(PolicyType::BedrockPolicy, account, now).document.unwrap_or_default();
        let configurations = &document["bedrock"]["guardrail_inference"][region];
        configurations.as_object().into_iter().flat_map(serde_json::Map::values).cloned().collect()
    }

    /// The effective Bedrock policies of all accounts, those that share one counted once.
    fn effective_documents(&self, now: Millis) -> Vec<Value> {
        let nodes: BTreeSet<&str> = self.governed(PolicyType::BedrockPolicy).into_keys().collect();
        nodes.into_iter().filter_map(|node| self.effective(PolicyType::BedrockPolicy, node, now).document).collect()
    }

    /// The organization's id, such as `o-bedrailsand`.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The management account's id.
    pub(crate) fn management_account(&self) -> &str {
        &self.management_account
    }

    /// Each account: its id, whether it was invited rather than created, and when it joined.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, bool, Millis)> {
        let invited = |account: &Account| account.joined_method == JoinedMethod::Invited;
        self.accounts.iter().map(move |(id, account)| (id.as_str(), invited(account), account.joined))
    }

    /// Whether the account is open. An account outside the organization is: nothing is known of it.
    pub(crate) fn is_active(&self, account: &str) -> bool {
        self.accounts.get(account).is_none_or(|account| account.state == AccountState::Active)
    }

    /// The organization's id, for its accounts.
    pub(crate) fn id_for(&self, account: &str) -> Option<&str> {
        self.accounts.contains_key(account).then_some(&self.id)
    }

    /// The tags of an account, an OU, the root or a policy, by its id.
    pub(crate) fn tags_of(&self, id: &str) -> Option<&BTreeMap<String, String>> {
        self.tags.get(id)
    }

    /// The account's place as `aws:PrincipalOrgPaths` has it, `o-…/r-…/ou-…/`; `None` for an account outside the organization.
    pub(crate) fn path_of(&self, account: &str) -> Option<String> {
        self.accounts.get(account).map(|account| self.path(&account.parent))
    }
}
