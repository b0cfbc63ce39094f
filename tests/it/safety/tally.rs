//! How much was tried and what was found, over all tests of this folder.
//!
//! Tests run in any order and one may be run alone, so each adds to the same figures and writes the line anew; `.ci/run`
//! prints it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::judge::Gap;

static TALLY: Mutex<Tally> = Mutex::new(Tally { runs: 0, faults: 0, gaps: 0, open: 0 });

#[derive(Clone, Copy)]
struct Tally {
    runs: usize,
    faults: usize,
    gaps: usize,
    open: usize,
}

/// What a test has found out.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Applies and destroys that were begun, reruns among them.
    pub(super) runs: usize,
    /// Faults that happened.
    pub(super) faults: usize,
    /// Each with the run it was found in.
    pub(super) gaps: Vec<String>,
    /// How many gaps are known and still open.
    pub(super) open: usize,
    /// Everything else that must not be.
    pub(super) wrong: Vec<String>,
}

impl Findings {
    /// Notes the gaps of a run.
    pub(super) fn gaps(&mut self, run: &str, gaps: &[Gap]) {
        self.gaps.extend(gaps.iter().map(|gap| format!("{run}: {gap}")));
    }

    /// Counts the gaps as open, and nothing else.
    pub(super) fn gaps_known(mut self) -> Self {
        self.open += self.gaps.len();
        self.gaps.clear();
        self
    }

    pub(super) fn add(&mut self, other: Self) {
        let Self { runs, faults, gaps, open, wrong } = other;
        self.runs += runs;
        self.faults += faults;
        self.open += open;
        self.gaps.extend(gaps);
        self.wrong.extend(wrong);
    }

    /// Adds to the figures, and fails if anything was found.
    #[track_caller]
    #[expect(clippy::print_stdout, reason = "shown where a test fails, or with --nocapture")]
    pub(super) fn settle(self, what: &str) {
        let Self { runs, faults, gaps, open, wrong } = self;
        let line = {
            let mut tally = TALLY.lock().unwrap_or_else(PoisonError::into_inner);
            tally.runs += runs;
            tally.faults += faults;
            tally.gaps += gaps.len();
            tally.open += open;
            let Tally { runs, faults, gaps, open } = *tally;
            let known = if open > 0 { format!(" besides {open} of what is known and open") } else { String::new() };
            let line = format!("fault matrix: {runs} runs, {faults} faults injected, {gaps} gaps{known}\n");
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fault-matrix.txt");
            std::fs::write(file, &line).expect("the folder for temporary files can be written");
            line
        };
        println!("{what}: {runs} runs, {faults} faults, {} gaps, {} wrong\n{line}", gaps.len(), wrong.len());
        // A state that differs in much says no more than one that differs in a little.
        let short = |text: String| text.chars().take(600).collect();
        let found: Vec<String> = gaps.into_iter().chain(wrong).map(short).collect();
        assert!(found.is_empty(), "{what}, {} findings:\n{}", found.len(), found.join("\n"));
    }
}
