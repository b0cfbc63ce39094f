//! State on disk: a folder with the state as it was at some time, and a journal of what changed since.
//!
//! ```text
//! lock                  held while an emulator runs on the folder
//! state-<n>.json        the state as a whole, as `GET /_bedrail/state` shows it
//! journal-<n>.jsonl     what changed since, one line for each write
//! ```
//!
//! A write is one line, appended before the reply that reports the change is sent; it is as long as what changed. So a killed
//! emulator loses nothing that a client was told. Where the journal has outgrown the state, the next state is written beside the
//! last: with the rename that gives it its name it counts, and the older files go. A machine that loses power may lose the last
//! lines, but every line that is read was written as a whole.

mod journal;

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use self::journal::Journal;
use crate::tracked::Part;
use crate::world::State;

/// A journal this short is not worth a new state.
const SHORT: u64 = 1 << 20;

/// The folder, locked against other emulators.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    _lock: File,
    /// The state that the journal follows.
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    number: u64,
    state_length: u64,
    journal: Journal,
    /// A change is missing in the journal, so the next write has to be a whole state.
    behind: bool,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another emulator keeps its state there.
    #[error("{} is in use by another emulator", .0.display())]
    InUse(PathBuf),
    /// Its files are those of an earlier version.
    #[error("the state in {} is in the form of an earlier version; remove the folder to begin anew", .0.display())]
    Earlier(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot access {}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file does not hold what this version writes.
    #[error("cannot read the state in {}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Store {
    /// Takes the folder, which is made if there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        let path = folder.join("lock");
        let lock = File::options().create(true).write(true).truncate(false).open(&path).map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock, held: None }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.to_owned())),
            Err(TryLockError::Error(source)) => Err(StoreError::File { path, source }),
        }
    }

    /// The state that an earlier emulator left, if it got as far as writing one.
    pub(crate) fn load(&mut self) -> Result<Option<State>, StoreError> {
        let Some(number) = self.numbers()?.into_iter().max() else {
            let earlier = self.folder.join("partition.json").exists();
            return if earlier { Err(StoreError::Earlier(self.folder.clone())) } else { Ok(None) };
        };
        let path = self.state_file(number);
        let content = fs::read(&path).map_err(at(&path))?;
        let mut state: State =
            serde_json::from_slice(&content).map_err(|source| StoreError::Content { path, source })?;
        let journal = Journal::replay(self.journal_file(number), &mut state)?;
        self.remove_before(number)?;
        self.held = Some(Held { number, state_length: content.len() as u64, journal, behind: false });
        Ok(Some(state))
    }

    /// Puts the state in the place of whatever the folder held.
    pub(crate) fn begin(&mut self, state: &mut State) -> Result<(), StoreError> {
        let number = self.held.as_ref().map_or(1, |held| held.number + 1);
        let path = self.state_file(number);
        let content = serde_json::to_vec(state).map_err(|source| StoreError::Content { path: path.clone(), source })?;
        // A start that came to nothing may have left one; it would count as this state's.
        let journal = Journal::create(self.journal_file(number))?;
        replace(&path, &content).map_err(at(&path))?;
        state.forget_changes();
        self.held = Some(Held { number, state_length: content.len() as u64, journal, behind: false });
        self.remove_before(number)
    }

    /// Writes what changed.
    pub(crate) fn save(&mut self, state: &mut State) -> Result<(), StoreError> {
        let Some(held) = &mut self.held else { return self.begin(state) };
        if held.behind {
            return self.begin(state);
        }
        held.behind = true;
        held.journal.append(state)?;
        held.behind = false;
        if held.journal.length() > SHORT.max(held.state_length)
            && let Err(error) = self.begin(state)
        {
            // The change itself is written, and the next write tries again.
            tracing::warn!(%error, "the journal was not replaced by a state");
        }
        Ok(())
    }

    fn state_file(&self, number: u64) -> PathBuf {
        self.folder.join(format!("state-{number}.json"))
    }

    fn journal_file(&self, number: u64) -> PathBuf {
        self.folder.join(format!("journal-{number}.jsonl"))
    }

    /// The numbers of the states in the folder: one, or two if the last emulator was killed before the older one was removed.
    fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let entries = fs::read_dir(&self.folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let names =
            entries.map_err(at(&self.folder))?.into_iter().filter_map(|entry| entry.file_name().into_string().ok());
        let number = |name: &str| name.strip_prefix("state-")?.strip_suffix(".json")?.parse().ok();
        Ok(names.filter_map(|name| number(&name)).collect())
    }

    fn remove_before(&self, number: u64) -> Result<(), StoreError> {
        for old in self.numbers()?.into_iter().filter(|old| *old < number) {
            // The journal first: a state without one is a whole, a journal without its state would stay for good.
            for path in [self.journal_file(old), self.state_file(old)] {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    removed => removed.map_err(at(&path))?,
                }
            }
        }
        Ok(())
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    move |source| StoreError::File { path, source }
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let next = path.with_extension("json.next");
    let mut file = File::create(&next)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&next, path)
}

#[cfg(test)]
mod tests;
