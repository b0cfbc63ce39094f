//! `--audit-log`: one line per call of an action before and after it, appended to a file and brought to the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::error::Error;
use crate::aws::{Audit, Note, Recorder};
use crate::report::json::{AuditLine, line};

/// A file that only ever grows.
#[derive(Debug)]
struct Ledger {
    file: Mutex<File>,
    run: String,
    /// Whether the file is one that has a disk below it: a pipe or a terminal has none.
    on_disk: bool,
}

/// Opens the audit log, if one is asked for.
///
/// # Errors
/// It cannot be opened for appending.
pub(super) fn open(path: Option<&Path>) -> Result<Option<Arc<Audit>>, Error> {
    let Some(path) = path else { return Ok(None) };
    let failed = |source| Error::File { verb: "append to", path: path.to_owned(), source };
    Ledger::open(path).map(|ledger| Some(Audit::new(ledger))).map_err(failed)
}

impl Ledger {
    fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        let on_disk = file.metadata()?.is_file();
        if on_disk {
            // A run that was killed may have left half a line, which must not swallow the next one.
            if !ends_with_a_line(path)? {
                file.write_all(b"\n")?;
            }
            file.sync_all()?;
            sync_folder(path)?;
        }
        let run = format!("{}-{}", jiff::Timestamp::now(), std::process::id());
        Ok(Self { file: Mutex::new(file), run, on_disk })
    }
}

fn ends_with_a_line(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The name of a new file is as much to be kept as its content.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

impl Recorder for Ledger {
    /// Each line in one write, so that runs that share a file do not mix their lines. Lines about reads reach the disk with
    /// the next one about a write.
    fn record(&self, note: &Note) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let text = line(&AuditLine::new(note, jiff::Timestamp::now().to_string(), self.run.clone()));
        file.write_all(text.as_bytes())?;
        if self.on_disk && note.writes { file.sync_data() } else { Ok(()) }
    }
}
