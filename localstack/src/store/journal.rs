//! The journal: what each write changed, one line each.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use serde::de::Error as _;
use serde_json::Error;

use super::{StoreError, at};
use crate::tracked::{Change, Part};

#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Journal {
    /// An empty one.
    pub(super) fn create(path: PathBuf) -> Result<Self, StoreError> {
        let file = File::create(&path).map_err(at(&path))?;
        Ok(Self { path, file, length: 0 })
    }

    /// Carries out on `state` what the file holds, and goes on behind it. A last line that has no end was being written when the
    /// emulator was killed: nobody was told of it, and it is cut off.
    pub(super) fn replay(path: PathBuf, state: &mut impl Part) -> Result<Self, StoreError> {
        let content = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(at(&path))?,
        };
        let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let lines = content[..whole].split_inclusive(|byte| *byte == b'\n');
        for (line, number) in lines.zip(1_usize..) {
            carry_out(line, state).map_err(|error| {
                let source = Error::custom(format_args!("line {number}: {error}"));
                StoreError::Content { path: path.clone(), source }
            })?;
        }
        let file = File::options().create(true).append(true).open(&path).map_err(at(&path))?;
        let length = whole as u64;
        file.set_len(length).map_err(at(&path))?;
        Ok(Self { path, file, length })
    }

    /// Adds what changed in `state` since the last time. After a failure the file may end with part of a line.
    pub(super) fn append(&mut self, state: &mut impl Part) -> Result<(), StoreError> {
        let content = |source| StoreError::Content { path: self.path.clone(), source };
        let mut changes: Vec<Change> = Vec::new();
        state.take_changes(&mut Vec::new(), &mut changes).map_err(content)?;
        if changes.is_empty() {
            return Ok(());
        }
        let mut line = serde_json::to_vec(&changes).map_err(content)?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(at(&self.path))?;
        self.length += line.len() as u64;
        Ok(())
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Writes go to another file from now on.
    #[cfg(test)]
    pub(super) fn break_with(&mut self, file: File) {
        self.file = file;
    }
}

fn carry_out(line: &[u8], state: &mut impl Part) -> serde_json::Result<()> {
    let changes: Vec<Change> = serde_json::from_slice(line)?;
    changes.into_iter().try_for_each(|change| match change {
        Change::Put { put, value } => state.carry_out(&put, Some(value)),
        Change::Remove { remove } => state.carry_out(&remove, None),
    })
}
