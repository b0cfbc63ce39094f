//! Files that are made where there are none: all of them or none, and nothing is ever overwritten.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::Error;
use crate::load;
use crate::model::diagnostic::Diagnostics;

/// Whether a spec can be written into `folder`.
///
/// # Errors
/// It holds one already.
pub(crate) fn check(folder: &Path) -> Result<(), Error> {
    if !folder.exists() {
        return Ok(());
    }
    let there = load::files(&[folder.to_owned()], &mut Diagnostics::new());
    match there.first() {
        Some(file) => Err(Error::Exists(file.clone())),
        None => Ok(()),
    }
}

/// Whether each of these files is there or can be made.
///
/// # Errors
/// A link to what does not exist stands in the place of one, or of a folder of it: nothing can be kept there, and what the
/// link points to is not ours to make.
pub(crate) fn check_links(folder: &Path, files: &[(String, String)]) -> Result<(), Error> {
    for path in files.iter().map(|(name, _)| folder.join(name)) {
        if let Some(link) = path.ancestors().find(|part| part.is_symlink() && !part.exists()) {
            return Err(Error::LinkToNothing(link.to_owned()));
        }
    }
    Ok(())
}

/// Writes the files of a spec into `folder`, which is made if it is not there; returns their paths.
///
/// # Errors
/// There is a spec already, or a file cannot be written; none of these files is there then.
pub(crate) fn write_new(folder: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>, Error> {
    check(folder)?;
    write_all(folder, files)
}

/// Writes those of the files that are not there; returns their paths.
///
/// # Errors
/// A file cannot be written; none of these files is there then.
pub(crate) fn write_missing(folder: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>, Error> {
    let missing: Vec<(String, String)> =
        files.iter().filter(|(name, _)| fs::symlink_metadata(folder.join(name)).is_err()).cloned().collect();
    write_all(folder, &missing)
}

fn write_all(folder: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists(path.clone()),
            _ => Error::File { verb: "write", path: path.clone(), source },
        }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut parts: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut made: Vec<PathBuf> = Vec::new();
    let mut write = || {
        for (name, text) in files {
            let path = folder.join(name);
            let inside = path.parent().unwrap_or(folder);
            fs::create_dir_all(inside).map_err(failed(inside))?;
            let part = path.with_extension(format!("{}.part", std::process::id()));
            // One that is there already is nobody's that we know, or a link that would lead elsewhere.
            let mut file = File::create_new(&part).map_err(failed(&part))?;
            parts.push((part.clone(), path.clone()));
            file.write_all(text.as_bytes()).map_err(failed(&path))?;
        }
        for (part, path) in &parts {
            // A link is refused where the name is taken, which a rename would overwrite.
            fs::hard_link(part, path).map_err(failed(path))?;
            made.push(path.clone());
        }
        Ok(())
    };
    let written = write();
    for (part, _) in &parts {
        // What is left of it is of no use.
        let _ = fs::remove_file(part);
    }
    if written.is_err() {
        for path in &made {
            let _ = fs::remove_file(path);
        }
    }
    written.map(|()| made)
}
