//! What could not be read of what decides in a cell. Whatever is told of the cell, in whichever form, holds as far as this allows:
//! a guardrail that was not looked at is none that holds, and a policy that was not read none that is not there.

use super::chain::Chain;
use super::ground::{Cell, Enforced, Ground};
use super::guard::{Cause, Guard, Level};
use crate::model::{Facts, words};

/// Something that could not be read, and may change the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// What it is, and why it could not be read.
    pub what: String,
    /// What of the answer it may change.
    pub hides: Hides,
}

words! {
    /// What of an answer may be otherwise, since something could not be read.
    Hides {
        /// Calls may meet guardrails besides, or be denied. What is seen to be met is met all the same.
        More = "more",
        /// What is enforced may not hold, or may let nobody through.
        Soundness = "soundness",
        /// Something that leaves open neither of these.
        Detail = "detail",
    }
}

/// What could not be read of what decides in a cell; `met` are the places of the guardrails that models meet which no list names.
pub(super) fn unseen(
    ground: &Ground,
    facts: &Facts,
    chain: &Chain<'_>,
    cell: &Cell<'_>,
    guards: &[Guard<'_>],
    met: &[usize],
) -> Vec<Unseen> {
    let mut found: Vec<Unseen> = Vec::new();
    let mut add = |hides, what: String| {
        if found.iter().all(|known| known.what != what) {
            found.push(Unseen { what, hides });
        }
    };
    if let Some(Enforced::Unseen(why)) = ground.enforced.get(&cell.scope()) {
        add(Hides::More, format!("what account {} enforces on itself in {}: {why}", cell.account, cell.region));
    }
    if let Some(Err(why)) = chain.told {
        add(Hides::More, format!("what AWS says is in effect for account {}: {why}", cell.account));
    }
    // The effective policy tells what is in force, whichever of the policies that merge could not be read; it tells nothing of
    // those that deny.
    if !matches!(chain.told, Some(Ok(_))) {
        chain.hidden(true).for_each(|(_, what)| add(Hides::More, what.to_owned()));
    }
    let managing = facts.organization.as_ref().is_some_and(|known| known.management_account == *cell.account);
    for (_, what) in chain.hidden(false).filter(|(of, _)| of.affects_management() || !managing) {
        add(Hides::More, what.to_owned());
    }
    if let Some(why) = ground.unjudged.as_ref().filter(|_| chain.is_governed()) {
        // What the policies come to now is no last valid policy of before.
        let in_doubt = !chain.is_confirmed() && met.iter().any(|place| guards[*place].level == Level::Organization);
        let hides = if in_doubt { Hides::Soundness } else { Hides::Detail };
        add(hides, format!("whether AWS calls the effective policy of account {} invalid: {why}", cell.account));
    }
    for (place, guard) in guards.iter().enumerate() {
        // Whoever must name one meets nothing that is enforced, whatever it holds.
        let hides =
            if met.contains(&place) && guard.level != Level::Request { Hides::Soundness } else { Hides::Detail };
        if let Err(why) = &guard.seen
            && !matches!(ground.versions.get(&guard.version), Some(Ok(None)))
        {
            add(hides, format!("what {} holds: {why}", guard.version));
        }
        for trouble in guard.troubles.iter().filter(|trouble| trouble.cause == Cause::Unread) {
            add(hides, format!("{}: {}", guard.version, trouble.why));
        }
    }
    for what in of_role(ground, cell) {
        add(Hides::More, what);
    }
    found
}

fn of_role(ground: &Ground, cell: &Cell<'_>) -> Vec<String> {
    let Some(role) = cell.role else { return Vec::new() };
    match ground.roles.get(&(cell.account.clone(), role.to_owned())) {
        Some(Ok(found)) => {
            let hidden = found.policies.iter().filter_map(|(name, document)| {
                document.as_ref().err().map(|why| format!("the policy {name} of the role {role}: {why}"))
            });
            hidden.collect()
        }
        Some(Err(why)) => vec![format!("the policies of the role {role}: {why}")],
        None => Vec::new(),
    }
}
