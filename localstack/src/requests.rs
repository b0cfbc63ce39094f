//! The log of AWS requests, for tests that count and order calls.

use std::collections::VecDeque;

use serde::Serialize;

/// How many requests are kept; the oldest go first.
const KEPT: usize = 100_000;

/// One request and how it ended.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    /// Counts from 1 since the emulator started, also over deletions.
    pub(crate) seq: u64,
    pub(crate) time: String,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) principal: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) status: u16,
    /// The error's code; none for a success.
    pub(crate) code: Option<String>,
    pub(crate) request_id: String,
}

#[derive(Debug, Default)]
pub(crate) struct Requests {
    entries: VecDeque<Entry>,
    count: u64,
}

impl Requests {
    /// The number of the next request.
    pub(crate) fn next_seq(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> &VecDeque<Entry> {
        &self.entries
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
