use std::fs::OpenOptions;

use tempfile::{TempDir, tempdir};

use super::*;
use crate::config::{Partition, Seed};
use crate::generate::Generate;
use crate::seed;

fn folder() -> TempDir {
    tempdir().expect("a folder")
}

fn first() -> State {
    seed::state(&Seed::Default, Generate::default(), Partition::Aws).expect("the built-in seed is valid")
}

/// A store on the folder, its state, and whether it was there.
fn opened(folder: &TempDir) -> (Store, State) {
    let mut store = Store::open(folder.path()).expect("free");
    let state = store.load().expect("readable").unwrap_or_else(|| {
        let mut state = first();
        store.begin(&mut state).expect("written");
        state
    });
    (store, state)
}

/// A small change; each has its own entity.
fn change(state: &mut State, number: usize) {
    state.meta.ids.lower(&format!("key {number}"), 1);
}

fn reopened(folder: &TempDir, store: Store) -> (Store, State) {
    drop(store);
    opened(folder)
}

#[test]
fn what_was_saved_is_loaded() {
    let folder = folder();
    let (mut store, mut state) = opened(&folder);
    for number in 0..3 {
        change(&mut state, number);
        store.save(&mut state).expect("written");
    }
    let (mut store, loaded) = reopened(&folder, store);
    assert!(loaded == state && loaded != first());
    store.begin(&mut first()).expect("written");
    assert!(reopened(&folder, store).1 == first());
}

#[test]
fn nothing_is_written_for_nothing() {
    let folder = folder();
    let (mut store, mut state) = opened(&folder);
    store.save(&mut state).expect("written");
    assert_eq!(fs::read(folder.path().join("journal-1.jsonl")).expect("a journal"), b"");
}

#[test]
fn wherever_the_last_line_was_torn_the_writes_before_it_stay() {
    let folder = folder();
    let (mut store, mut state) = opened(&folder);
    change(&mut state, 1);
    store.save(&mut state).expect("written");
    let path = folder.path().join("journal-1.jsonl");
    let told = (fs::read(&path).expect("a journal"), state.clone());
    change(&mut state, 2);
    store.save(&mut state).expect("written");
    let all = fs::read(&path).expect("a journal");
    drop(store);
    for end in told.0.len()..all.len() {
        fs::write(&path, &all[..end]).expect("torn");
        let (mut store, mut loaded) = opened(&folder);
        assert!(loaded == told.1, "torn after {end} bytes");
        change(&mut loaded, 2);
        store.save(&mut loaded).expect("written");
        assert_eq!(fs::read(&path).expect("a journal"), all, "it goes on behind the last whole line");
    }
}

#[test]
fn a_broken_line_is_named() {
    let folder = folder();
    let (mut store, mut state) = opened(&folder);
    change(&mut state, 1);
    store.save(&mut state).expect("written");
    drop(store);
    let path = folder.path().join("journal-1.jsonl");
    for broken in ["{}\n", "[{\"put\":[\"attic\"],\"value\":1}]\n", "\n"] {
        let mut content = fs::read_to_string(&path).expect("a journal");
        content.truncate(content.find('\n').expect("a line") + 1);
        fs::write(&path, content + broken).expect("written");
        let error = Store::open(folder.path()).expect("free").load().expect_err("refused");
        let StoreError::Content { path: named, source } = error else { panic!("{error}") };
        assert!(named == path && source.to_string().starts_with("line 2: "), "{source}");
    }
}

#[test]
fn the_journal_is_replaced_when_it_outgrows_the_state() {
    let folder = folder();
    let (mut store, mut state) = opened(&folder);
    let mut written = 0;
    for number in 0.. {
        change(&mut state, number);
        store.save(&mut state).expect("written");
        let held = store.held.as_ref().expect("held");
        written += 1;
        if held.number == 2 {
            break;
        }
        assert!(held.journal.length() <= SHORT, "the built-in seed is short");
    }
    assert!(written > 1000, "it is replaced seldom: {written}");
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("a file").file_name()).collect();
    names.sort();
    assert_eq!(names, ["journal-2.jsonl", "lock", "state-2.json"]);
    assert!(reopened(&folder, store).1 == state);
}

#[test]
fn a_kill_while_the_state_is_replaced_loses_nothing() {
    let folder = folder();
    let (mut store, mut state) = opened(&folder);
    change(&mut state, 1);
    store.save(&mut state).expect("written");
    drop(store);
    let path = |name: &str| folder.path().join(name);
    // Before the rename: the next state has no name yet, its journal is there.
    fs::write(path("state-2.json.next"), "{").expect("written");
    fs::write(path("journal-2.jsonl"), "").expect("written");
    let (store, loaded) = opened(&folder);
    assert!(loaded == state);
    drop(store);
    // After it: the older files are still there, and say something else.
    fs::write(path("state-2.json"), serde_json::to_vec(&first()).expect("JSON")).expect("written");
    let (store, loaded) = opened(&folder);
    assert!(loaded == first());
    assert!(!path("state-1.json").exists() && !path("journal-1.jsonl").exists());
    drop(store);
}

#[test]
fn after_a_failed_write_the_next_one_is_whole() {
    let folder = folder();
    let (mut store, mut state) = opened(&folder);
    let held = store.held.as_mut().expect("held");
    let path = folder.path().join("journal-1.jsonl");
    let writable = OpenOptions::new().append(true).open(&path).expect("a journal");
    held.journal.break_with(File::open(&path).expect("a journal"));
    change(&mut state, 1);
    store.save(&mut state).expect_err("a file that is only read cannot be written");
    (&writable).write_all(b"[{\"put\":").expect("the part of a line that was written");
    change(&mut state, 2);
    store.save(&mut state).expect("written");
    assert!(reopened(&folder, store).1 == state);
}

#[test]
fn an_earlier_form_is_told() {
    let folder = folder();
    fs::write(folder.path().join("partition.json"), "\"aws\"").expect("written");
    let error = Store::open(folder.path()).expect("free").load().expect_err("refused").to_string();
    assert!(error.contains("in the form of an earlier version; remove the folder"), "{error}");
}
