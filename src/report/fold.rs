//! Brings the actions of a plan into the shape in which they are read: steps that follow one another, and within a step
//! one entry for the same change in several Regions and accounts.

use std::collections::{BTreeMap, BTreeSet};

use super::disclosure::{counted, some};
use super::rows::{REACHES, Row, rows};
use super::{Disclosure, clean};
use crate::kinds::Kind;
use crate::model::{Address, Scope};
use crate::plan::{Action, ActionId, Plan};

/// How many accounts are named before the rest is counted.
const ACCOUNTS: usize = 10;

/// One change, in one place or in several alike.
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
        let Address { kind, name, .. } = &self.action.address;
        clean::line(&format!("{kind}/{}/{name}", Places::of(self.scopes()).pattern()))
    }

    /// The accounts and Regions, where there is more than one.
    pub(crate) fn places(&self) -> Option<String> {
        (self.all.len() > 1).then(|| clean::line(&Places::of(self.scopes()).listed()))
    }

    fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.all.iter().map(|action| &action.address.scope)
    }
}

/// Scopes by their accounts and Regions.
#[derive(Default)]
pub(crate) struct Places<'a> {
    accounts: BTreeSet<&'a str>,
    regions: BTreeSet<&'a str>,
    scopes: BTreeSet<&'a Scope>,
}

impl<'a> Places<'a> {
    pub(crate) fn of(scopes: impl Iterator<Item = &'a Scope>) -> Self {
        let mut places = Self::default();
        for scope in scopes {
            places.accounts.insert(scope.account.as_str());
            places.regions.insert(scope.region_name());
            places.scopes.insert(scope);
        }
        places
    }

    /// `account/Region`, with `*` for what differs.
    fn pattern(&self) -> String {
        let one = |of: &BTreeSet<&'a str>| match of.first() {
            Some(only) if of.len() == 1 => (*only).to_owned(),
            _ => "*".to_owned(),
        };
        format!("{}/{}", one(&self.accounts), one(&self.regions))
    }

    /// How many, in a few words.
    fn counted(&self) -> String {
        let accounts = (self.accounts.len() > 1).then(|| counted(self.accounts.len(), "account"));
        let regions = (self.regions.len() > 1).then(|| counted(self.regions.len(), "Region"));
        accounts.into_iter().chain(regions).collect::<Vec<_>>().join(" and ")
    }

    pub(crate) fn in_one_account(&self) -> bool {
        self.accounts.len() == 1
    }

    /// `2 Regions in 3 accounts: …` as the subject of a sentence, the places that it names behind the colon.
    pub(crate) fn told(&self) -> (String, String) {
        if self.scopes.iter().all(|scope| scope.region.is_none()) {
            return (counted(self.accounts.len(), "account"), join(&self.accounts));
        }
        let regions = counted(self.regions.len(), "Region");
        match (self.accounts.len(), self.scopes.len() == self.accounts.len() * self.regions.len()) {
            (1, _) => (regions, join(&self.regions)),
            (accounts, true) => (format!("{regions} in {accounts} accounts"), join(&self.regions)),
            (_, false) => (counted(self.scopes.len(), "place"), some(&self.scopes, ACCOUNTS)),
        }
    }

    /// Regions and accounts, each of the one in each of the other; scope by scope where it is not so.
    pub(crate) fn crossed(&self) -> String {
        let accounts = match self.accounts.len() {
            0..=2 => join(&self.accounts).replace(", ", " and "),
            count => format!("{}: {}", counted(count, "account"), some(&self.accounts, ACCOUNTS)),
        };
        if self.scopes.iter().all(|scope| scope.region.is_none()) {
            return accounts;
        }
        if self.scopes.len() < self.accounts.len() * self.regions.len() {
            return some(&self.scopes, ACCOUNTS);
        }
        format!("{} in {accounts}", join(&self.regions))
    }

    fn listed(&self) -> String {
        let regions = join(&self.regions);
        if self.accounts.len() == 1 {
            return regions;
        }
        if self.scopes.len() < self.accounts.len() * self.regions.len() {
            let scopes: Vec<String> = self.scopes.iter().map(ToString::to_string).collect();
            return some(&scopes, ACCOUNTS);
        }
        let accounts: Vec<&str> = self.accounts.iter().copied().collect();
        let named = format!("{}: {}", counted(accounts.len(), "account"), some(&accounts, ACCOUNTS));
        if self.regions.len() == 1 { named } else { format!("{regions}, each in {named}") }
    }
}

fn join(texts: &BTreeSet<&str>) -> String {
    texts.iter().copied().collect::<Vec<_>>().join(", ")
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
    // Where the entry of each change stands in its step, by all in which its places are alike.
    let mut known: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for action in plan.actions.iter().filter(|action| chosen(action)) {
        let at = depth[&action.id];
        let step = steps.entry(at).or_default();
        let rows = rows(action, disclosure);
        let entry = *known.entry((at, likeness(action, &rows))).or_insert(step.len());
        match step.get_mut(entry) {
            Some(entry) => entry.all.push(action),
            None => step.push(Entry { action, all: vec![action], rows }),
        }
    }
    let mut steps: Vec<Vec<Entry<'a>>> = steps.into_values().collect();
    for entry in steps.iter_mut().flatten() {
        let places = Places::of(entry.all.iter().map(|action| &action.address.scope));
        let (one_account, one_region) = (places.accounts.len() == 1, places.regions.len() == 1);
        let scope = &entry.action.address.scope;
        entry.rows =
            entry.rows.iter().map(|row| row.map(|text| general(text, scope, one_account, one_region))).collect();
        // Each of these is felt in its own account alone.
        if entry.action.address.kind == Kind::AccountEnforcement {
            let reached = counted(places.accounts.len(), "account");
            let told = entry.rows.iter_mut().filter(|row| row.label == REACHES);
            told.for_each(|row| *row = Row::value(REACHES, reached.clone()));
        }
    }
    steps
}

/// The addresses, those that differ in account and Region alone as one pattern with how many it stands for.
pub(crate) fn places<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Vec<String> {
    let mut groups: Vec<(&Address, Vec<&Scope>)> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for address in addresses {
        let at = *known.entry((address.kind, &address.name)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, scopes)) => scopes.push(&address.scope),
            None => groups.push((address, vec![&address.scope])),
        }
    }
    let written = |(Address { kind, name, .. }, scopes): (&Address, Vec<&Scope>)| {
        let places = Places::of(scopes.into_iter());
        let counted = if places.scopes.len() > 1 { format!(" in {}", places.counted()) } else { String::new() };
        clean::line(&format!("{kind}/{}/{name}{counted}", places.pattern()))
    };
    groups.into_iter().map(written).collect()
}

/// What the same change elsewhere has in common with this one.
fn likeness(action: &Action, rows: &[Row]) -> String {
    let Action { address, verb, phase, prune, entry, direction, hazards, .. } = action;
    let rows: Vec<Row> = rows.iter().map(|row| row.map(|text| general(text, &address.scope, false, false))).collect();
    format!("{:?}", (address.kind, &address.name, verb, phase, prune, entry, direction, hazards, rows))
}

/// A text without the account and the Region in which it stands.
pub(crate) fn anywhere(text: &str, scope: &Scope) -> String {
    general(text, scope, false, false)
}

/// A text without the account and the Region in which it stands, where more than one are meant.
fn general(text: &str, scope: &Scope, one_account: bool, one_region: bool) -> String {
    let (account, region) = (scope.account.as_str(), scope.region_name());
    let mut text = text.to_owned();
    if !one_region {
        text = text.replace(&format!("/{region}/"), "/*/");
    }
    if !one_account {
        text = text.replace(&format!("/{account}/"), "/*/");
    }
    text
}
