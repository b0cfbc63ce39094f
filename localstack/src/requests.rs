//! The log of AWS requests, for tests that count and order calls.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Serialize, Serializer};

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
    entries: VecDeque<Kept>,
    texts: Texts,
    count: u64,
}

/// An entry as it is kept: a hundred thousand of them name the same few accounts and operations.
#[derive(Debug)]
struct Kept {
    seq: u64,
    time: Box<str>,
    account: Option<Arc<str>>,
    region: Option<Arc<str>>,
    principal: Option<Arc<str>>,
    service: Option<Arc<str>>,
    operation: Option<Arc<str>>,
    status: u16,
    code: Option<Arc<str>>,
    request_id: Box<str>,
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
        let Entry { seq, time, account, region, principal, service, operation, status, code, request_id } = entry;
        let mut shared = |text: Option<String>| text.map(|text| self.texts.shared(&text));
        let kept = Kept {
            seq,
            time: time.into(),
            account: shared(account),
            region: shared(region),
            principal: shared(principal),
            service: shared(service),
            operation: shared(operation),
            status,
            code: shared(code),
            request_id: request_id.into(),
        };
        self.entries.push_back(kept);
    }

    pub(crate) fn clear(&mut self) {
        self.entries = VecDeque::new();
        self.texts = Texts::default();
    }
}

/// A list of entries.
impl Serialize for Requests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        serializer.collect_seq(self.entries.iter().map(|kept| Entry {
            seq: kept.seq,
            time: kept.time.to_string(),
            account: text(&kept.account),
            region: text(&kept.region),
            principal: text(&kept.principal),
            service: text(&kept.service),
            operation: text(&kept.operation),
            status: kept.status,
            code: text(&kept.code),
            request_id: kept.request_id.to_string(),
        }))
    }
}

/// Texts that entries share.
#[derive(Debug, Default)]
struct Texts {
    known: BTreeSet<Arc<str>>,
}

impl Texts {
    /// Clients may send any name of an operation, so now and then it begins anew; entries keep what they have.
    const MOST: usize = 20_000;

    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.known.get(text) {
            return Arc::clone(known);
        }
        if self.known.len() == Self::MOST {
            self.known.clear();
        }
        let new: Arc<str> = text.into();
        self.known.insert(Arc::clone(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn entry(requests: &mut Requests, operation: &str) -> Value {
        let entry = Entry {
            seq: requests.next_seq(),
            time: "2026-01-01T00:00:00.000Z".to_owned(),
            account: Some("111122223333".to_owned()),
            region: None,
            principal: None,
            service: Some("bedrock".to_owned()),
            operation: Some(operation.to_owned()),
            status: 200,
            code: None,
            request_id: "id".to_owned(),
        };
        requests.push(entry.clone());
        json!(entry)
    }

    #[test]
    fn the_log_is_what_was_pushed() {
        let mut requests = Requests::default();
        let pushed = [entry(&mut requests, "GetGuardrail"), entry(&mut requests, "ListGuardrails")];
        assert_eq!(json!(requests), json!(pushed));
        assert_eq!(requests.texts.known.len(), 4, "each text is kept once");
        requests.clear();
        assert_eq!((json!(requests), requests.next_seq()), (json!([]), 3));
    }

    #[test]
    fn the_oldest_go_first_and_texts_do_not_pile_up() {
        let mut requests = Requests::default();
        for number in 0..KEPT + 7 {
            entry(&mut requests, &format!("Operation{}", number % (Texts::MOST + 9)));
        }
        assert_eq!((requests.entries.len(), requests.entries[0].seq), (KEPT, 8));
        assert!(requests.texts.known.len() <= Texts::MOST);
    }
}
