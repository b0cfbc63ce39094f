//! Once a note cannot be kept, nothing more is written.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bedrail::aws::{Audit, Note, NoteOutcome, Recorder, WriteCx, perform};
use serde_json::json;

use super::{Bench, at, create, plain};

/// Keeps so many notes, and then no more.
#[derive(Clone, Debug, Default)]
struct Notes {
    kept: Arc<Mutex<Vec<Note>>>,
    room: Arc<AtomicUsize>,
}

impl Notes {
    fn with_room_for(room: usize) -> Self {
        Self { room: Arc::new(AtomicUsize::new(room)), ..Self::default() }
    }

    fn of(&self, operation: &str) -> Vec<Note> {
        let kept = self.kept.lock().expect("the lock");
        kept.iter().filter(|note| note.operation == operation).cloned().collect()
    }
}

impl Recorder for Notes {
    fn record(&self, note: &Note) -> io::Result<()> {
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(1)).is_err() {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
        }
        self.kept.lock().expect("the lock").push(note.clone());
        Ok(())
    }
}

impl Bench {
    async fn audited(notes: &Notes) -> Self {
        let bench = Self::start().await;
        let run = bench.run.audited(Some(Audit::new(notes.clone())));
        Self { run, ..bench }
    }

    /// Makes a guardrail; the calls that were made for it, and how it ended.
    async fn make(&self, name: &str) -> (Vec<String>, Result<(), String>) {
        let action = create(&at("guardrail", "us-east-1", name), plain(name));
        let audit = self.run.audit.clone().expect("an audit");
        let log = bedrail::aws::CallLog::audited(audit, action.address.clone());
        let made = perform(&WriteCx { read: self.clients.reading(&log), run: &self.run }, &action).await;
        let calls = log.calls().into_iter().map(|call| call.operation.to_owned()).collect();
        (calls, made.map(|_| ()).map_err(|error| error.to_string()))
    }

    async fn created(&self) -> usize {
        self.sandbox.counts().await.get("bedrock:CreateGuardrail").copied().unwrap_or_default()
    }
}

#[tokio::test]
async fn a_note_that_fails_stops_the_next_write_and_not_the_reads_of_this_one() {
    // The note before the first write is kept, and none after it.
    let notes = Notes::with_room_for(1);
    let bench = Bench::audited(&notes).await;
    let (calls, made) = bench.make("one").await;
    assert_eq!(made, Ok(()), "what was sent is seen to its end");
    assert_eq!(calls[0], "bedrock:CreateGuardrail");
    let (calls, made) = bench.make("two").await;
    let error = made.expect_err("it is not sent");
    assert!(error.contains("it was not sent, since the audit log cannot be written: the disk is full"), "{error}");
    assert_eq!((calls.len(), bench.created().await), (0, 1));
    // Room comes back; the record has a gap, and stays closed.
    notes.room.store(100, Ordering::Relaxed);
    assert!(bench.make("two").await.1.is_err());
    assert_eq!(bench.created().await, 1);
}

#[tokio::test]
async fn a_lost_reply_and_a_refusal_are_told_as_such() {
    let notes = Notes::with_room_for(100);
    let bench = Bench::audited(&notes).await;
    bench.sandbox.control("POST", "/_bedrail/faults", &json!({"kind": "reset", "operation": "CreateGuardrail"})).await;
    bench.make("one").await.1.expect_err("no answer ever comes");
    bench.sandbox.control("DELETE", "/_bedrail/faults", &json!(null)).await;
    bench.sandbox.set(json!({"refuse": [{"operation": "CreateGuardrail"}]})).await;
    bench.make("two").await.1.expect_err("it is refused");
    bench.sandbox.set(json!({"refuse": []})).await;
    let once = json!({"kind": "lost-reply", "operation": "CreateGuardrail", "nth": 1});
    bench.sandbox.control("POST", "/_bedrail/faults", &once).await;
    bench.make("three").await.1.expect("it is made in the end");

    let told: Vec<_> = notes.of("bedrock:CreateGuardrail").into_iter().map(|note| (note.call, note.outcome)).collect();
    let [first, second, third] = [told[0].0, told[2].0, told[4].0];
    assert_eq!(
        told,
        [
            (first, NoteOutcome::Started),
            (first, NoteOutcome::LostReply),
            (second, NoteOutcome::Started),
            (second, NoteOutcome::Refused("AccessDeniedException".to_owned())),
            (third, NoteOutcome::Started),
            (third, NoteOutcome::Ok),
        ]
    );
    let attempts: Vec<u32> = notes.of("bedrock:CreateGuardrail").into_iter().map(|note| note.attempts).collect();
    assert_eq!((attempts[0], attempts[1] > 1, attempts[5]), (1, true, 2), "{attempts:?}");
}
