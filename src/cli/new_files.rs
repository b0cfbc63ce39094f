//! Files that are made where there are none: all of them or none, and nothing is ever overwritten.
//!
//! A folder that is not there yet is made beside its place and gets its name when it is whole. In a folder that is there, each
//! file gets its name when it is whole, the one without which the others are no spec last. So whoever is killed on the way
//! leaves nothing that is taken for a spec and is half of one.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::Error;
use crate::load;
use crate::model::diagnostic::Diagnostics;

/// The file without which the others are no spec.
const HEAD: &str = "bedrail.yaml";

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
    write_all(folder, files, &mut || ())
}

/// Writes those of the files that are not there; returns their paths.
///
/// # Errors
/// A file cannot be written; none of these files is there then.
pub(crate) fn write_missing(folder: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>, Error> {
    let missing: Vec<(String, String)> =
        files.iter().filter(|(name, _)| fs::symlink_metadata(folder.join(name)).is_err()).cloned().collect();
    write_all(folder, &missing, &mut || ())
}

/// Is called before each change of what stands in a folder, which the process may not live to make.
type Step<'s> = &'s mut dyn FnMut();

fn write_all(folder: &Path, files: &[(String, String)], step: Step<'_>) -> Result<Vec<PathBuf>, Error> {
    if folder.exists() { among_others(folder, files, step) } else { as_folder(folder, files, step) }
}

/// Makes the folder with all that is in it.
fn as_folder(folder: &Path, files: &[(String, String)], step: Step<'_>) -> Result<Vec<PathBuf>, Error> {
    let failed = failed(folder);
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = folder.file_name() else { return among_others(folder, files, step) };
    let part = parent.join(format!(".{}.{}.part", name.display(), std::process::id()));
    step();
    fs::create_dir_all(parent).map_err(&failed)?;
    step();
    // One that is there already was left by somebody who was killed, and had our number.
    let _ = fs::remove_dir_all(&part);
    fs::create_dir(&part).map_err(&failed)?;
    let mut write = || {
        for (name, text) in files {
            step();
            write_file(&part.join(name), text)?;
        }
        step();
        fs::rename(&part, folder)
    };
    write().map_err(&failed).inspect_err(|_| {
        // What is left of it is of no use.
        let _ = fs::remove_dir_all(&part);
    })?;
    Ok(files.iter().map(|(name, _)| folder.join(name)).collect())
}

/// Puts the files into a folder that is there.
fn among_others(folder: &Path, files: &[(String, String)], step: Step<'_>) -> Result<Vec<PathBuf>, Error> {
    let mut parts: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut made: Vec<PathBuf> = Vec::new();
    let mut write = || {
        for (name, text) in files {
            let path = folder.join(name);
            let part = path.with_extension(format!("{}.part", std::process::id()));
            step();
            path.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed(&path))?;
            // One that is there already is nobody's that we know, or a link that would lead elsewhere.
            let mut file = File::create_new(&part).map_err(failed(&part))?;
            parts.push((part.clone(), path.clone()));
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed(&path))?;
        }
        let (head, rest): (Vec<_>, Vec<_>) = parts.iter().partition(|(_, path)| path.ends_with(HEAD));
        for (part, path) in rest.into_iter().chain(head) {
            step();
            // A link is refused where the name is taken, which a rename would overwrite.
            fs::hard_link(part, path).map_err(failed(path))?;
            made.push(path.clone());
        }
        Ok(())
    };
    let written = write();
    for (part, _) in &parts {
        step();
        // What is left of it is of no use.
        let _ = fs::remove_file(part);
    }
    if written.is_err() {
        for path in &made {
            let _ = fs::remove_file(path);
        }
    }
    written.map(|()| parts.into_iter().map(|(_, path)| path).collect())
}

/// A file with its folders, on the disk.
fn write_file(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all())
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    let path = path.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => Error::Exists(path.clone()),
        _ => Error::File { verb: "write", path: path.clone(), source },
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    const FILES: [&str; 3] = [HEAD, "guardrails.yaml", "enforcement.yaml"];

    fn files() -> Vec<(String, String)> {
        FILES.iter().map(|name| ((*name).to_owned(), format!("# {name}\n"))).collect()
    }

    /// Writes the files, killed before its step number `last`; whether it was.
    fn killed(folder: &Path, last: usize) -> bool {
        let mut left = last;
        let mut step = || {
            assert_ne!(left, 0, "killed");
            left -= 1;
        };
        catch_unwind(AssertUnwindSafe(|| write_all(folder, &files(), &mut step).expect("it is written"))).is_err()
    }

    /// The names of the files that a command takes for spec.
    fn there(folder: &Path) -> Vec<String> {
        let files = load::files(&[folder.to_owned()], &mut Diagnostics::new());
        let whole = |file: &PathBuf| {
            let name = file.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            assert_eq!(fs::read_to_string(file).expect("it can be read"), format!("# {name}\n"));
            name
        };
        files.iter().filter(|file| file.exists()).map(whole).collect()
    }

    #[test]
    fn whoever_is_killed_leaves_a_new_folder_whole_or_not_at_all() {
        let mut steps = 0;
        loop {
            let around = tempfile::tempdir().unwrap();
            let folder = around.path().join("a/spec");
            let was_killed = killed(&folder, steps);
            if !was_killed {
                assert_eq!(there(&folder).len(), FILES.len());
                break;
            }
            assert!(!folder.exists(), "after {steps} steps");
            // What is left of it is in nobody's way.
            write_new(&folder, &files()).expect("it is written");
            assert_eq!(there(&folder).len(), FILES.len());
            steps += 1;
        }
        assert_eq!(steps, 3 + FILES.len());
    }

    #[test]
    fn whoever_is_killed_leaves_no_half_of_a_spec_among_other_files() {
        let mut steps = 0;
        loop {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("README.md"), "of others").unwrap();
            let was_killed = killed(folder.path(), steps);
            let there = there(folder.path());
            assert!(there.len() == FILES.len() || !there.iter().any(|name| name == HEAD), "{steps}: {there:?}");
            if !was_killed {
                assert_eq!(there.len(), FILES.len());
                break;
            }
            steps += 1;
        }
        assert_eq!(steps, 3 * FILES.len());
    }

    #[test]
    fn a_name_that_is_taken_is_kept_and_nothing_else_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("enforcement.yaml"), "of others").unwrap();
        let refused = write_all(folder.path(), &files(), &mut || ()).expect_err("it is taken");
        assert!(matches!(refused, Error::Exists(path) if path.ends_with("enforcement.yaml")));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(folder.path().join("enforcement.yaml")).unwrap(), "of others");
        assert!(matches!(write_new(folder.path(), &files()), Err(Error::Exists(_))));
    }
}
