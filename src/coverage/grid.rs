//! The cells. Tens of thousands of them are few that differ: cells that nothing tells apart but the name of their account share
//! one explanation, and a cell itself is a number.

use std::collections::BTreeMap;

use super::barred::Bar;
use super::state::enforced;
use super::ways::{Around, Asked, ways};
use super::{Extent, State};
use crate::explain::{
    Cell, Chain, Chained, Enforced, Explanation, Ground, Level, common, explain, is_management, troubles,
};
use crate::kinds::account_enforcement;
use crate::kinds::guardrail::Content;
use crate::model::{AccountId, Facts, Ref};

/// What stands for the id of a cell's account in texts that several cells share.
pub const ACCOUNT: &str = "{account}";
/// What stands there for the id of the account's own guardrail, if that is the one that it enforces.
pub const GUARDRAIL: &str = "{guardrail}";

/// A cell, judged; it stands for all that are alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged<'g> {
    /// The first account of those that are alike, by its place in the extent.
    pub account: usize,
    /// The Region, by its place in the extent.
    pub region: usize,
    /// Its chain, by its place in the grid.
    pub chain: usize,
    /// How calls stand.
    pub state: State,
    /// The policy of the organization that denies every call, if one does.
    pub denied_by: Option<&'g str>,
    /// The levels of the guardrails that calls meet of models that no list names.
    pub levels: Vec<Level>,
    /// What calls meet.
    pub explanation: Explanation<'g>,
    /// The ways around.
    pub ways: Vec<Around>,
}

/// Every cell at one time: now, or when a plan is done.
#[derive(Clone, Debug)]
pub struct Grid<'g> {
    /// The chains of the accounts.
    pub chains: Vec<Chain<'g>>,
    /// The cells that differ.
    pub judged: Vec<Judged<'g>>,
    cells: Vec<usize>,
    width: usize,
    own: BTreeMap<usize, &'g str>,
}

/// In what cells differ, besides the name of their account.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    chain: usize,
    region: usize,
    managing: bool,
    enforced: String,
    troubles: Vec<String>,
}

impl<'g> Grid<'g> {
    /// Judges every cell of the extent.
    pub fn of(ground: &'g Ground, facts: &'g Facts, extent: &Extent) -> Self {
        let accounts = extent.accounts.iter().map(|account| &account.id);
        let chained = Chained::of(ground, facts.organization.as_ref(), accounts);
        let mut grid = Self {
            chains: Vec::new(),
            judged: Vec::new(),
            cells: Vec::with_capacity(extent.size()),
            width: extent.regions.len(),
            own: BTreeMap::new(),
        };
        let mut contents: Vec<&Content> = Vec::new();
        let mut in_common: BTreeMap<(usize, usize, bool), Vec<Ref>> = BTreeMap::new();
        let mut known: BTreeMap<Likeness, usize> = BTreeMap::new();
        for (at, account) in extent.accounts.iter().enumerate() {
            let Some((chain, placed)) = chained.place(&account.id).and_then(|at| Some((at, chained.all.get(at)?)))
            else {
                continue;
            };
            for (region, name) in extent.regions.iter().enumerate() {
                let cell = Cell { account: &account.id, region: name, model: None, role: None };
                let managing = is_management(facts, &cell);
                let versions =
                    in_common.entry((chain, region, managing)).or_insert_with(|| common(ground, facts, placed, &cell));
                let (enforced, own) = itself(ground, &cell, &mut contents);
                if let Some(guardrail) = own {
                    grid.own.insert(grid.cells.len(), guardrail);
                }
                let borrowed = match ground.enforced.get(&cell.scope()) {
                    Some(Enforced::Is(model)) if own.is_none() => Some(&model.version),
                    _ => None,
                };
                let meant = versions.iter().chain(borrowed).flat_map(|version| troubles(ground, facts, &cell, version));
                let troubles = meant.map(|trouble| anywhere(&trouble.why, &account.id, own)).collect();
                let likeness = Likeness { chain, region, managing, enforced, troubles };
                let judged = *known.entry(likeness).or_insert_with(|| {
                    grid.judged.push(judge(ground, facts, placed, &cell, (at, region, chain)));
                    grid.judged.len() - 1
                });
                grid.cells.push(judged);
            }
        }
        grid.chains = chained.all;
        grid
    }

    /// Which of [`Self::judged`] a cell is, by the places of its account and Region in the extent.
    ///
    /// # Panics
    /// If the extent has no such account or Region.
    pub fn place(&self, account: usize, region: usize) -> usize {
        assert!(region < self.width, "{region} is no Region of the extent");
        self.cells[account * self.width + region]
    }

    /// A cell.
    ///
    /// # Panics
    /// As [`Self::place`].
    pub fn cell(&self, account: usize, region: usize) -> &Judged<'g> {
        &self.judged[self.place(account, region)]
    }

    /// The cells of an account, in the order of the Regions, each by its place among [`Self::judged`].
    ///
    /// # Panics
    /// As [`Self::place`].
    pub fn row(&self, account: usize) -> &[usize] {
        &self.cells[account * self.width..][..self.width]
    }

    /// The id of the account's own guardrail that it enforces on itself; `None` where it enforces another one's, or nothing.
    pub fn own_guardrail(&self, account: usize, region: usize) -> Option<&'g str> {
        self.own.get(&(account * self.width + region)).copied()
    }
}

fn judge<'g>(
    ground: &'g Ground,
    facts: &'g Facts,
    chain: &Chain<'g>,
    cell: &Cell<'_>,
    (account, region, at): (usize, usize, usize),
) -> Judged<'g> {
    let explanation = explain(ground, facts, chain, cell);
    let managing = is_management(facts, cell);
    let asked = Asked::of(facts, cell);
    let calls = if managing { Bar::Open } else { asked.calls(chain) };
    let state = State::of(&explanation, chain, cell.region, &calls);
    let mut levels: Vec<Level> = enforced(&explanation).map(|guard| guard.level).collect();
    levels.sort_unstable();
    levels.dedup();
    let ways = ways(&explanation, state, chain, &asked, managing);
    let denied_by = match calls {
        Bar::Whole(policy) if state == State::Denied => Some(policy),
        _ => None,
    };
    Judged { account, region, chain: at, state, denied_by, levels, explanation, ways }
}

/// What an account enforces on itself, as far as that tells cells apart; and the id of its own guardrail, if it is that.
fn itself<'g>(ground: &'g Ground, cell: &Cell<'_>, contents: &mut Vec<&'g Content>) -> (String, Option<&'g str>) {
    match ground.enforced.get(&cell.scope()) {
        None | Some(Enforced::Nothing) => (String::new(), None),
        Some(Enforced::Unavailable(why)) => (format!("unavailable: {}", anywhere(why, cell.account, None)), None),
        Some(Enforced::Unseen(why)) => (format!("unseen: {}", anywhere(why, cell.account, None)), None),
        Some(Enforced::Is(model)) => {
            let own = guardrail_of(&model.version, cell.account);
            let account_enforcement::Model { version, selective_content_guarding, model_enforcement, needs: _ } = model;
            let seen = match ground.versions.get(version) {
                // Contents are long, and few of them differ.
                Some(Ok(Some(seen))) => {
                    let known = contents.iter().position(|content| **content == seen.content);
                    let place = known.unwrap_or_else(|| {
                        contents.push(&seen.content);
                        contents.len() - 1
                    });
                    format!("{place} {:?} {:?}", seen.standing, seen.marker)
                }
                other => format!("{other:?}"),
            };
            let named = anywhere(&version.to_string(), cell.account, own);
            let text = format!("{named} {selective_content_guarding:?} {model_enforcement:?} {seen}");
            (anywhere(&text, cell.account, own), own)
        }
    }
}

/// The id of a guardrail of this account.
fn guardrail_of<'r>(version: &'r Ref, account: &AccountId) -> Option<&'r str> {
    let Ref::Foreign(id) = version else { return None };
    let (arn, guardrail) = id.as_str().rsplit_once(":guardrail/")?;
    let guardrail = guardrail.split(':').next()?;
    (arn.rsplit(':').next() == Some(account.as_str()) && !guardrail.is_empty()).then_some(guardrail)
}

/// A text about a cell as it is for all that are alike: with [`ACCOUNT`] and [`GUARDRAIL`] in the place of what differs.
pub fn anywhere(text: &str, account: &AccountId, guardrail: Option<&str>) -> String {
    let text = text.replace(account.as_str(), ACCOUNT);
    match guardrail {
        Some(guardrail) => text.replace(&format!("guardrail/{guardrail}"), &format!("guardrail/{GUARDRAIL}")),
        None => text,
    }
}

#[cfg(test)]
mod tests;
