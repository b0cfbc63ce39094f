//! The table of accounts × Regions, folded: Regions that are alike in every account are one column, accounts of a node that are
//! alike in every column one line, and OUs whose accounts are all alike one line, too.

use std::collections::BTreeMap;

use super::versions::Versions;
use super::{MOST_LINES, called, last, share};
use crate::coverage::State;
use crate::report::disclosure::{counted, some};
use crate::report::json::coverage::{Account, Covered, Node, Row, Totals};

/// How many accounts of a line are named.
const NAMED: usize = 3;
/// How many kinds of accounts of one node have a line.
const MOST_KINDS: usize = 12;

/// The table.
pub(super) struct Table {
    /// The Regions of each column.
    pub(super) columns: Vec<Vec<String>>,
    /// Its lines, in the order of the tree.
    pub(super) lines: Vec<Line>,
    /// Whether OUs further down were folded to make it shorter.
    pub(super) folded: bool,
}

/// A line.
pub(super) struct Line {
    /// How deep it is below the root.
    pub(super) depth: usize,
    /// What it is about.
    pub(super) name: String,
    /// What each column says.
    pub(super) cells: Vec<String>,
    /// Whether it is about accounts, and not about a node that has lines of its own below it.
    pub(super) is_leaf: bool,
    /// Whether something in it becomes otherwise.
    pub(super) changes: bool,
    /// Whether somebody may call a model in it and nobody can tell that a guardrail holds.
    pub(super) uncovered: bool,
}

/// What accounts that are alike have in common: the label of each cell, and whether it is uncovered.
type Kind = Vec<(String, bool)>;

impl Table {
    pub(super) fn of(covered: &Covered) -> Self {
        let versions = Versions::of(covered);
        let labels: Vec<String> = covered.cells.iter().map(|cell| versions.label(cell)).collect();
        let kinds: Vec<Kind> = covered.accounts.iter().map(|account| kind(covered, &labels, account)).collect();
        let columns = columns(covered, &kinds);
        let (mut depth, mut units) = (usize::MAX, usize::MAX);
        loop {
            let mut lines = Vec::new();
            if !covered.nodes.is_empty() {
                Drawing { covered, kinds: &kinds, columns: &columns, depth, units, lines: &mut lines }.node(0, 0);
            }
            let deepest = lines.iter().map(|line| line.depth).max().unwrap_or(0);
            if lines.len() > MOST_LINES && deepest > 1 {
                depth = deepest - 1;
                continue;
            }
            if lines.len() > MOST_LINES && units > 1 {
                // Those of the root alone are too many.
                units = if units == usize::MAX { MOST_LINES / 2 } else { units / 2 };
                continue;
            }
            let names = |column: &Vec<usize>| column.iter().map(|at| covered.regions[*at].clone()).collect();
            return Self {
                columns: columns.iter().map(names).collect(),
                lines,
                folded: depth.min(units) != usize::MAX,
            };
        }
    }
}

/// What a column is called below the table.
pub(super) fn legend(regions: &[String]) -> String {
    match regions {
        [one] => one.clone(),
        several => format!("{}: {}", counted(several.len(), "Region"), several.join(", ")),
    }
}

fn kind(covered: &Covered, labels: &[String], account: &Account) -> Kind {
    let of = |row: &Row, at: usize| labels[row.cells[at]].clone();
    let one = |at: usize| {
        let (have, told) = (of(&account.have, at), of(last(account), at));
        let uncovered = covered.cells[last(account).cells[at]].state.is_uncovered();
        (if have == told { told } else { format!("{have} → {told}") }, uncovered)
    };
    (0..covered.regions.len()).map(one).collect()
}

/// The Regions that are alike in every account; what protects the most first.
fn columns(covered: &Covered, kinds: &[Kind]) -> Vec<Vec<usize>> {
    let mut alike: BTreeMap<Vec<&(String, bool)>, Vec<usize>> = BTreeMap::new();
    for at in 0..covered.regions.len() {
        alike.entry(kinds.iter().map(|kind| &kind[at]).collect()).or_default().push(at);
    }
    let protected = |regions: &Vec<usize>| {
        let cell = |account: &&Account| covered.cells[last(account).cells[regions[0]]].state == State::Protected;
        covered.accounts.iter().filter(cell).count()
    };
    let mut columns: Vec<(usize, Vec<usize>)> =
        alike.into_values().map(|regions| (protected(&regions), regions)).collect();
    columns.sort_by(|(one, first), (other, second)| other.cmp(one).then_with(|| first.cmp(second)));
    columns.into_iter().map(|(_, regions)| regions).collect()
}

struct Drawing<'a> {
    covered: &'a Covered,
    kinds: &'a [Kind],
    columns: &'a [Vec<usize>],
    /// How deep nodes have lines of their own.
    depth: usize,
    /// How many OUs of one node have lines of their own.
    units: usize,
    lines: &'a mut Vec<Line>,
}

impl Drawing<'_> {
    fn node(&mut self, place: usize, depth: usize) {
        let covered = self.covered;
        let Node { name, first, accounts, .. } = &covered.nodes[place];
        let all: Vec<usize> = (*first..first + accounts).collect();
        let alike = all.windows(2).all(|pair| self.kinds[pair[0]] == self.kinds[pair[1]]);
        if alike && all.len() > 1 {
            let name = format!("{name}: {} alike", counted(all.len(), "account"));
            self.accounts(name, &all, depth);
            return;
        }
        self.sum(name.clone(), &all, depth, all.len() > 1 && depth >= self.depth);
        if depth >= self.depth {
            return;
        }
        self.own(place, depth + 1);
        let inner = covered.nodes.iter().enumerate().filter(|(_, node)| node.parent == Some(place));
        let mut inner: Vec<usize> = inner.map(|(inner, _)| inner).collect();
        let rest = inner.len().checked_sub(self.units).filter(|more| *more > 1).map(|_| self.least(&mut inner));
        for inner in inner {
            self.node(inner, depth + 1);
        }
        if let Some(rest) = rest {
            let nodes = rest.iter().map(|inner| &covered.nodes[*inner]);
            let all: Vec<usize> = nodes.flat_map(|node| node.first..node.first + node.accounts).collect();
            self.sum(
                format!("{} more, of {}", counted(rest.len(), "OU"), counted(all.len(), "account")),
                &all,
                depth + 1,
                true,
            );
        }
    }

    /// Takes away the OUs that there is no room for: those in which everything is covered go first.
    fn least(&self, inner: &mut Vec<usize>) -> Vec<usize> {
        let covered = self.covered;
        let bare = |inner: &usize| {
            let Node { first, accounts, .. } = &covered.nodes[*inner];
            self.kinds[*first..first + accounts].iter().flatten().any(|(_, uncovered)| *uncovered)
        };
        let (uncovered, rest): (Vec<usize>, Vec<usize>) = inner.iter().copied().partition(bare);
        let ranked = [uncovered, rest].concat();
        let (kept, rest) = ranked.split_at(self.units.min(ranked.len()));
        // In the order of the tree.
        inner.retain(|one| kept.contains(one));
        rest.to_vec()
    }

    /// The accounts in a node itself, those that are alike in one line.
    fn own(&mut self, node: usize, depth: usize) {
        let mut kinds: Vec<Vec<usize>> = Vec::new();
        let mut known: BTreeMap<&Kind, usize> = BTreeMap::new();
        let covered = self.covered;
        let here = covered.accounts.iter().enumerate().filter(|(_, account)| account.node == node);
        let all = self.kinds;
        for (at, _) in here {
            let place = *known.entry(&all[at]).or_insert_with(|| {
                kinds.push(Vec::new());
                kinds.len() - 1
            });
            kinds[place].push(at);
        }
        let rest: Vec<usize> = kinds.iter().skip(MOST_KINDS).flatten().copied().collect();
        for alike in kinds.iter().take(MOST_KINDS) {
            let name = match alike.as_slice() {
                [only] => called(&covered.accounts[*only]),
                several => {
                    let names = several.iter().map(|at| {
                        let account = &covered.accounts[*at];
                        account.name.as_deref().unwrap_or(&account.id)
                    });
                    format!("{}: {}", counted(several.len(), "account"), some(names, NAMED))
                }
            };
            self.accounts(name, alike, depth);
        }
        if !rest.is_empty() {
            self.sum(format!("{} more", counted(rest.len(), "account")), &rest, depth, true);
        }
    }

    fn accounts(&mut self, name: String, alike: &[usize], depth: usize) {
        let kind = &self.kinds[alike[0]];
        let cells: Vec<String> = self.columns.iter().map(|column| kind[column[0]].0.clone()).collect();
        let uncovered = kind.iter().any(|(_, uncovered)| *uncovered);
        let changes = cells.iter().any(|cell| cell.contains(" → "));
        self.lines.push(Line { depth, name, cells, is_leaf: true, changes, uncovered });
    }

    /// A line that counts.
    fn sum(&mut self, name: String, all: &[usize], depth: usize, is_leaf: bool) {
        let covered = self.covered;
        let share = |column: &Vec<usize>, row: fn(&Account) -> &Row| {
            let mut totals = Totals::default();
            for cell in all.iter().flat_map(|at| column.iter().map(|region| row(&covered.accounts[*at]).cells[*region]))
            {
                match covered.cells[cell].state {
                    State::Protected => totals.protected += 1,
                    State::Unavailable => totals.unavailable += 1,
                    State::Denied => totals.denied += 1,
                    _ => totals.unprotected += 1,
                }
            }
            share(&totals)
        };
        let cell = |column: &Vec<usize>| {
            let (have, told) = (share(column, |account| &account.have), share(column, last));
            if have == told { told } else { format!("{have} → {told}") }
        };
        let cells: Vec<String> = self.columns.iter().map(cell).collect();
        let changes = cells.iter().any(|cell| cell.contains(" → "));
        let uncovered = all.iter().any(|at| self.kinds[*at].iter().any(|(_, uncovered)| *uncovered));
        self.lines.push(Line { depth, name, cells, is_leaf, changes, uncovered });
    }
}
