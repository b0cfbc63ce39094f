//! How much of what a plan does.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::disclosure::counted;
use crate::kinds::{Kind, Verb};
use crate::model::AccountId;
use crate::plan::{Action, Plan};

/// The counts of a plan. A published version is a create; a pruned one is a prune and no delete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Resources to make.
    pub create: usize,
    /// Resources to change.
    pub update: usize,
    /// Resources to remove.
    pub delete: usize,
    /// Unmarked resources to make ours.
    pub adopt: usize,
    /// Implicit versions to remove since nothing uses them.
    pub prune: usize,
    /// Resources that are as they should be.
    pub unchanged: usize,
    /// Changes that the spec wants and that are not done.
    pub held: usize,
    /// Resources that exist and are not ours.
    pub unmanaged: usize,
    /// Actions by the hazard that they carry.
    pub hazards: BTreeMap<String, usize>,
}

impl Summary {
    /// The counts of `plan`.
    pub fn of(plan: &Plan) -> Self {
        let mut summary = Self {
            unchanged: plan.unchanged.len(),
            held: plan.held.len(),
            unmanaged: plan.unmanaged.len(),
            ..Self::default()
        };
        for action in &plan.actions {
            let count = match action.verb {
                _ if action.prune => &mut summary.prune,
                Verb::Create => &mut summary.create,
                Verb::Update => &mut summary.update,
                Verb::Delete => &mut summary.delete,
                Verb::Adopt => &mut summary.adopt,
            };
            *count += 1;
            for hazard in &action.hazards {
                *summary.hazards.entry(hazard.word().to_owned()).or_default() += 1;
            }
        }
        summary
    }
}

/// Whether AWS is known to differ from the spec. What could not be read, or waits for that, may be as it should be.
pub fn differs(plan: &Plan) -> bool {
    !plan.actions.is_empty() || plan.held.iter().any(|held| held.seen)
}

/// What a reader calls an action: its sign and its word always go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    Create,
    Publish,
    Update,
    Adopt,
    Delete,
    Prune,
}

impl Deed {
    /// Every deed, in the order in which they are counted.
    pub(crate) const ALL: [Self; 6] =
        [Self::Create, Self::Publish, Self::Update, Self::Adopt, Self::Delete, Self::Prune];

    /// What `action` is called.
    pub(crate) fn of(action: &Action) -> Self {
        Self::named(action.verb, action.address.kind, action.prune)
    }

    /// What this verb on this kind is called.
    pub(crate) const fn named(verb: Verb, kind: Kind, prune: bool) -> Self {
        match verb {
            Verb::Delete if prune => Self::Prune,
            Verb::Delete => Self::Delete,
            Verb::Create if matches!(kind, Kind::GuardrailVersion) => Self::Publish,
            Verb::Create => Self::Create,
            Verb::Update => Self::Update,
            Verb::Adopt => Self::Adopt,
        }
    }

    /// How many actions of `plan` are called so.
    pub(crate) fn count(self, plan: &Plan) -> usize {
        plan.actions.iter().filter(|action| Self::of(action) == self).count()
    }

    /// Its word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Publish => "publish",
            Self::Update => "update",
            Self::Adopt => "adopt",
            Self::Delete => "delete",
            Self::Prune => "prune",
        }
    }

    /// Its sign.
    pub(crate) const fn sign(self) -> char {
        match self {
            Self::Create => '+',
            Self::Publish => '>',
            Self::Update => '~',
            Self::Adopt => '*',
            Self::Delete | Self::Prune => '-',
        }
    }
}

/// How many changes weaken protection or cannot be ranked, in a sentence; `None` where there is no such change.
pub(crate) fn losses(plan: &Plan) -> Option<String> {
    let weaken = plan.actions.iter().filter(|action| action.direction.loses()).count();
    let unranked = plan.actions.iter().filter(|action| action.has_unranked()).count();
    let verb = if weaken == 1 { "weakens" } else { "weaken" };
    let weaken = (weaken > 0).then(|| format!("{} {verb} protection", counted(weaken, "change")));
    let unranked = match (unranked, &weaken) {
        (0, _) => None,
        (count, None) => Some(format!("{} cannot be ranked", counted(count, "change"))),
        (count, Some(_)) => Some(format!("{count} cannot be ranked")),
    };
    let parts: Vec<String> = weaken.into_iter().chain(unranked).collect();
    (!parts.is_empty()).then(|| parts.join("; ") + ".")
}

/// How many accounts are named before the rest is counted.
const ACCOUNTS: usize = 5;

/// `verdict`, and to which accounts of the organization it does not extend.
pub(crate) fn elsewhere(verdict: &str, beyond: &[AccountId]) -> String {
    if beyond.is_empty() {
        return verdict.to_owned();
    }
    let mut named: Vec<String> = beyond.iter().take(ACCOUNTS).map(ToString::to_string).collect();
    if beyond.len() > ACCOUNTS {
        named.push(format!("and {} more", beyond.len() - ACCOUNTS));
    }
    let (accounts, were) = (counted(beyond.len(), "account"), if beyond.len() == 1 { "was" } else { "were" });
    format!(
        "{verdict} {accounts} of the organization {were} not looked into for what is left behind ({}): `--scan all` does.",
        named.join(", ")
    )
}

/// `5 to create, 2 to publish`; empty where there is nothing to do.
pub(crate) fn to_do(plan: &Plan) -> String {
    let parts: Vec<String> = Deed::ALL
        .into_iter()
        .map(|deed| (deed.count(plan), deed))
        .filter(|(count, _)| *count > 0)
        .map(|(count, deed)| format!("{count} to {}", deed.word()))
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_looked_into_is_told_with_nothing_to_do() {
        let account = |number: u64| format!("{number:012}").parse::<AccountId>().expect("an account");
        assert_eq!(elsewhere("Nothing.", &[]), "Nothing.");
        assert_eq!(
            elsewhere("Nothing.", &[account(1)]),
            "Nothing. 1 account of the organization was not looked into for what is left behind (000000000001): `--scan all` does."
        );
        let many: Vec<AccountId> = (1..=7).map(account).collect();
        let told = elsewhere("Nothing.", &many);
        assert!(told.contains("7 accounts") && told.contains("000000000005, and 2 more"), "{told}");
    }
}
