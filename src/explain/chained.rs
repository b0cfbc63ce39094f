//! What many cells have in common, worked out once for all of them: an organization has tens of thousands.

use std::collections::BTreeMap;

use super::chain::{Chain, chain_of, chains};
use super::demand;
use super::ground::{Cell, Enforced, Ground};
use super::guard::{self, Trouble};
use crate::model::{AccountId, Facts, Organization, Ref, Region};

/// The chain of each account that is asked about.
#[derive(Clone, Debug)]
pub struct Chained<'g> {
    /// The chains, each once.
    pub all: Vec<Chain<'g>>,
    of: BTreeMap<AccountId, usize>,
}

impl<'g> Chained<'g> {
    /// The chains of these accounts.
    pub fn of<'a>(
        ground: &'g Ground,
        organization: Option<&'g Organization>,
        accounts: impl IntoIterator<Item = &'a AccountId>,
    ) -> Self {
        let mut chained =
            Self { all: organization.map(|known| chains(ground, known)).unwrap_or_default(), of: BTreeMap::new() };
        for (place, chain) in chained.all.iter().enumerate() {
            chained.of.extend(chain.accounts.iter().map(|account| (account.clone(), place)));
        }
        for account in accounts {
            if !chained.of.contains_key(account) {
                chained.of.insert(account.clone(), chained.all.len());
                chained.all.push(chain_of(ground, organization, account));
            }
        }
        chained
    }

    /// Where the chain of an account stands; `None` for one that was not asked about.
    pub fn place(&self, account: &AccountId) -> Option<usize> {
        self.of.get(account).copied()
    }
}

/// The versions that cells make it necessary to read: what is in force there, and what a call must name; each with an account
/// that uses it and does not own it, if there is one.
pub fn pointed(ground: &Ground, facts: &Facts, cells: &[Cell<'_>]) -> BTreeMap<Ref, Option<AccountId>> {
    let chained = Chained::of(ground, facts.organization.as_ref(), cells.iter().map(|cell| cell.account));
    let mut known: BTreeMap<(usize, &Region, bool), Vec<Ref>> = BTreeMap::new();
    let mut found: BTreeMap<Ref, Option<AccountId>> = BTreeMap::new();
    for cell in cells {
        let Some((place, chain)) = chained.place(cell.account).and_then(|at| Some((at, chained.all.get(at)?))) else {
            continue;
        };
        let in_common = || common(ground, facts, chain, cell);
        let here: Vec<Ref> = match cell {
            Cell { role: None, model: None, .. } => {
                known.entry((place, cell.region, is_management(facts, cell))).or_insert_with(in_common).clone()
            }
            _ => in_common(),
        };
        for version in here.into_iter().chain(own(ground, cell).cloned()) {
            let borrows = guard::owner(&version).is_some_and(|owner| owner.account != *cell.account);
            let borrower = found.entry(version).or_default();
            if borrows && borrower.is_none() {
                *borrower = Some(cell.account.clone());
            }
        }
    }
    found
}

/// Whether a cell is of the management account, which service control policies do not affect.
pub(crate) fn is_management(facts: &Facts, cell: &Cell<'_>) -> bool {
    facts.organization.as_ref().is_some_and(|organization| organization.management_account == *cell.account)
}

/// The versions that calls of a cell meet, whatever its account enforces on itself: in force by the organization, or the only
/// ones to name.
pub(crate) fn common(ground: &Ground, facts: &Facts, chain: &Chain<'_>, cell: &Cell<'_>) -> Vec<Ref> {
    let demanded = demand::demanded(ground, facts, chain, cell);
    let in_force = chain.in_force(cell.region).into_iter().map(|in_force| in_force.version);
    in_force.chain(demand::only(&demanded)).collect()
}

/// The version that the account of a cell enforces on itself.
pub(crate) fn own<'g>(ground: &'g Ground, cell: &Cell<'_>) -> Option<&'g Ref> {
    match ground.enforced.get(&cell.scope()) {
        Some(Enforced::Is(model)) => Some(&model.version),
        _ => None,
    }
}

/// What makes calls of a cell fail that meet this version.
pub fn troubles(ground: &Ground, facts: &Facts, cell: &Cell<'_>, version: &Ref) -> Vec<Trouble> {
    guard::troubles(ground, facts, cell, version, &guard::seen(ground, version))
}
