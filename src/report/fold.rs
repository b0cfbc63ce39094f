//! Brings the actions of a plan into the shape in which they are read: steps that follow one another, and within a step
//! one entry for the same change in several Regions.

use std::collections::BTreeMap;

use super::rows::{Row, rows};
use super::{Disclosure, clean};
use crate::model::Address;
use crate::plan::{Action, ActionId, Plan};

/// One change, in one place or in several Regions alike.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// The first of the actions, which stands for all.
    pub(crate) action: &'a Action,
    /// Every action of the entry.
    pub(crate) all: Vec<&'a Action>,
    /// What is shown below the headline.
    pub(crate) rows: Vec<Row>,
}

impl Entry<'_> {
    /// The address, or the pattern that names all of them.
    pub(crate) fn address(&self) -> String {
        let Address { kind, scope, name } = &self.action.address;
        match self.all.len() {
            1 => clean::line(&self.action.address.to_string()),
            _ => clean::line(&format!("{kind}/{}/*/{name}", scope.account)),
        }
    }

    /// The Regions, where there is more than one.
    pub(crate) fn regions(&self) -> Option<String> {
        let codes: Vec<String> =
            self.all.iter().map(|action| clean::line(action.address.scope.region_name())).collect();
        (codes.len() > 1).then(|| codes.join(", "))
    }
}

/// The actions of `plan` that `chosen` picks, in steps: everything in a step waits for nothing but the steps before it.
pub(crate) fn steps<'a>(
    plan: &'a Plan,
    disclosure: &Disclosure,
    chosen: impl Fn(&Action) -> bool,
) -> Vec<Vec<Entry<'a>>> {
    let mut depth: BTreeMap<ActionId, usize> = BTreeMap::new();
    for action in &plan.actions {
        let before = action.after.iter().filter_map(|id| depth.get(id)).max();
        depth.insert(action.id, before.map_or(0, |depth| depth + 1));
    }
    let mut steps: BTreeMap<usize, Vec<Entry<'a>>> = BTreeMap::new();
    for action in plan.actions.iter().filter(|action| chosen(action)) {
        let step = steps.entry(depth[&action.id]).or_default();
        let rows = rows(action, disclosure);
        match step.iter_mut().find(|entry| is_alike(entry, action, &rows)) {
            Some(entry) => entry.all.push(action),
            None => step.push(Entry { action, all: vec![action], rows }),
        }
    }
    steps.into_values().collect()
}

/// The addresses, those that differ in the Region alone as one pattern with how many it stands for.
pub(crate) fn places<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Vec<String> {
    let mut groups: Vec<(&Address, usize)> = Vec::new();
    for address in addresses {
        let alike = |(other, _): &&mut (&Address, usize)| {
            (other.kind, &other.scope.account, &other.name) == (address.kind, &address.scope.account, &address.name)
        };
        match groups.iter_mut().find(alike) {
            Some((_, count)) => *count += 1,
            None => groups.push((address, 1)),
        }
    }
    let written = |(address, count): (&Address, usize)| {
        let Address { kind, scope, name } = address;
        clean::line(&match count {
            1 => address.to_string(),
            _ => format!("{kind}/{}/*/{name} in {count} Regions", scope.account),
        })
    };
    groups.into_iter().map(written).collect()
}

/// Whether `action` is the same change as those of `entry`, in another Region.
fn is_alike(entry: &Entry<'_>, action: &Action, rows: &[Row]) -> bool {
    let (one, other) = (entry.action, action);
    let place =
        |action: &Action| (action.address.kind, action.address.scope.account.clone(), action.address.name.clone());
    place(one) == place(other)
        && (one.verb, one.phase, one.prune, &one.entry) == (other.verb, other.phase, other.prune, &other.entry)
        && (one.direction, &one.hazards) == (other.direction, &other.hazards)
        && one.address.scope != other.address.scope
        && entry.rows == rows
}
