//! What no comparison of objects tells: what the organization's policies come to in the end, as AWS says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kinds::org_policy::in_effect::{InEffect, in_effect};
use crate::kinds::org_policy::inheritance::Effective;
use crate::model::{AccountId, Address, Blind, Ref, Region};
use crate::plan::{Subject, Warning};

/// What is known beside the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Where something else is in effect than our policies come to.
    pub shadowed: Vec<Shadowed>,
    /// Where AWS calls the effective policy invalid.
    pub invalid: Vec<Invalid>,
    /// Who changed a resource last.
    pub updated_by: BTreeMap<Address, String>,
    /// Whether what is in effect was seen for every account that our policies reach.
    pub all_seen: bool,
    /// What could not be read.
    pub blind: Vec<Blind>,
    /// What to know besides.
    pub warnings: Vec<Warning>,
}

/// Accounts below the same policies that are subject to something else than our policies say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shadowed {
    /// The policy of ours that should be in effect.
    pub policy: Address,
    /// The Region.
    pub region: Region,
    /// The nodes on the way to them that bear a policy, the root first; the account where none does.
    pub nodes: Vec<String>,
    /// What should be enforced.
    pub expected: Settings,
    /// What is; nothing where no version is.
    pub found: Option<Settings>,
    /// The policies of others on the way that speak of the Region, as `name (id)`.
    pub others: Vec<String>,
    /// The active accounts, sorted.
    pub accounts: BTreeSet<AccountId>,
}

/// Accounts below the same policies whose effective policy AWS calls invalid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Invalid {
    /// The policies of ours that should be in effect there.
    pub policies: BTreeSet<Address>,
    /// The nodes on the way to them that bear a policy, the root first.
    pub nodes: Vec<String>,
    /// The active accounts, sorted.
    pub accounts: BTreeSet<AccountId>,
}

/// What is enforced, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Settings {
    /// The version, as AWS names it.
    pub version: String,
    /// Which models are held to it.
    pub models: String,
    /// What of system prompts and messages is examined.
    pub guarding: String,
}

impl Settings {
    /// What is in effect, or should be.
    pub fn of(found: &InEffect) -> Self {
        let InEffect { version, guarding, models } = found;
        let list = |models: &BTreeSet<String>| models.iter().map(String::as_str).collect::<Vec<_>>().join(" and ");
        let excluded = match models.excluded_models.len() {
            0 => String::new(),
            _ => format!(" but {}", list(&models.excluded_models)),
        };
        Self {
            version: version.to_string(),
            models: format!("models {}{excluded}", list(&models.included_models)),
            guarding: format!("system {}, messages {}", guarding.system.word(), guarding.messages.word()),
        }
    }

    /// What is in effect and what should be, as far as they differ.
    pub fn told(found: Option<&Self>, expected: &Self) -> (String, String) {
        match found {
            Some(found) => (found.besides(expected), expected.besides(found)),
            None => ("nothing".to_owned(), expected.version.clone()),
        }
    }

    /// What of this is not so in `other`: of another version its name alone.
    fn besides(&self, other: &Self) -> String {
        if self.version != other.version {
            return self.version.clone();
        }
        let parts = [(&self.models, &other.models), (&self.guarding, &other.guarding)];
        let parts = parts.into_iter().filter(|(one, other)| one != other).map(|(one, _)| one.as_str());
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// What AWS says is in effect, against what our policies come to. `documents` holds the effective policy of the first account of
/// each of `subjects`, `None` where it could not be read; `invalid` the accounts of which AWS calls it invalid.
pub fn compare(
    subjects: &[Subject],
    documents: &[Option<Value>],
    invalid: &BTreeSet<AccountId>,
) -> (Vec<Shadowed>, Vec<Invalid>) {
    let (mut shadowed, mut broken) = (Vec::new(), Vec::new());
    for (subject, document) in subjects.iter().zip(documents) {
        let accounts: BTreeSet<AccountId> =
            subject.accounts.iter().filter(|account| invalid.contains(*account)).cloned().collect();
        if !accounts.is_empty() {
            let policies = subject.regions.values().filter_map(|effective| effective.by.address().cloned());
            broken.push(Invalid { policies: policies.collect(), nodes: subject.nodes.clone(), accounts });
        }
        // What stays in effect while it is invalid is told with that.
        let reads_for_all = subject.accounts.iter().all(|account| !invalid.contains(account));
        let Some(document) = document.as_ref().filter(|_| reads_for_all) else { continue };
        let found = in_effect(document);
        let wanted = subject.regions.iter().filter_map(|(region, wanted)| Some((region, wanted, expected(wanted)?)));
        for (region, Effective { by, .. }, expected) in wanted {
            let all = found.get(region).map_or(&[][..], Vec::as_slice);
            let Some(policy) = by.address().filter(|_| !all.contains(&expected)) else { continue };
            shadowed.push(Shadowed {
                policy: policy.clone(),
                region: region.clone(),
                nodes: subject.nodes.clone(),
                expected: Settings::of(&expected),
                found: all.first().map(Settings::of),
                others: subject.others.get(region).cloned().unwrap_or_default(),
                accounts: subject.accounts.iter().cloned().collect(),
            });
        }
    }
    shadowed.sort();
    broken.sort();
    (shadowed, broken)
}

/// `None` where the version has no id, since it is yet to be made.
fn expected(wanted: &Effective) -> Option<InEffect> {
    let Effective { version, guarding, models, by: _ } = wanted;
    let Ref::Foreign(version) = version else { return None };
    Some(InEffect { version: version.clone(), guarding: guarding.clone(), models: models.clone() })
}
