//! How many cells stand how, below a node.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Grid, Passage, State, Way};

/// How many cells are in each state, and in how many each way around is open, closed or unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Cells by state; a state that none is in is absent.
    pub states: BTreeMap<State, usize>,
    /// Cells by way around; those where there is nothing to get around are not counted.
    pub ways: BTreeMap<(Way, Passage), usize>,
}

impl Totals {
    /// Those of these accounts in all Regions.
    ///
    /// # Panics
    /// If the grid has no such account.
    pub fn of(grid: &Grid<'_>, accounts: Range<usize>) -> Self {
        let mut counts = vec![0_usize; grid.judged.len()];
        for account in accounts {
            for place in grid.row(account) {
                counts[*place] += 1;
            }
        }
        let mut totals = Self::default();
        for (judged, count) in grid.judged.iter().zip(counts).filter(|(_, count)| *count > 0) {
            *totals.states.entry(judged.state).or_default() += count;
            for around in &judged.ways {
                *totals.ways.entry((around.way, around.passage)).or_default() += count;
            }
        }
        totals
    }

    /// How many cells are in this state.
    pub fn in_state(&self, state: State) -> usize {
        self.states.get(&state).copied().unwrap_or(0)
    }

    /// In how many cells a way around is so.
    pub fn of_way(&self, way: Way, passage: Passage) -> usize {
        self.ways.get(&(way, passage)).copied().unwrap_or(0)
    }
}
