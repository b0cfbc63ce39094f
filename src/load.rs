//! Reading the files of a spec, and of test suites.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::SourceId;
use crate::spec::codes;
use crate::spec::sources::{MAX_BYTES, Sources};

pub mod suite;

/// Reads the files that `paths` name, and of a folder its direct children that are spec. Reports what cannot be read;
/// the ids are those of the texts that could, folders in the order of their file names.
pub fn load(paths: &[PathBuf], sources: &mut Sources, diagnostics: &mut Diagnostics) -> Vec<SourceId> {
    let mut read = Vec::new();
    for file in files(paths, diagnostics) {
        match text(&file) {
            Ok(text) if suite::is_meant(&file, &text) => diagnostics.push(suite::misplaced(&file)),
            Ok(text) => read.push(sources.add(file.display().to_string(), text)),
            Err(fault) => diagnostics.push(*fault),
        }
    }
    read
}

/// The files that `paths` name, each once, and of a folder its direct children that are spec, in the order of their names.
/// Reports a folder that cannot be read or holds none.
pub fn files(paths: &[PathBuf], diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    for path in paths {
        let found = if path.is_dir() { children(path) } else { Ok(vec![path.clone()]) };
        let children = found.unwrap_or_else(|fault| {
            diagnostics.push(*fault);
            Vec::new()
        });
        // A file may be named twice, by itself and by its folder.
        files.extend(
            children.into_iter().filter(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone()))),
        );
    }
    files
}

/// The text of one file, at most 8 MiB of UTF-8.
pub fn text(file: &Path) -> Result<String, Box<Diagnostic>> {
    let name = file.display().to_string();
    let opened = File::open(file).map_err(|error| {
        let missing = error.kind() == io::ErrorKind::NotFound;
        Box::new(
            unreadable(&name, &error)
                .maybe_help(missing.then_some("name the file or folder of the spec with `--spec PATH`")),
        )
    })?;
    text_of(opened, &name)
}

/// What comes from a source of this name, at most 8 MiB of UTF-8.
pub fn text_of(opened: impl io::Read, name: &str) -> Result<String, Box<Diagnostic>> {
    let bytes = bytes(opened, MAX_BYTES).map_err(|error| Box::new(unreadable(name, &error)))?;
    if bytes.len() > MAX_BYTES {
        let message = format!("{name} is larger than {} MiB", MAX_BYTES / 1024 / 1024);
        return Err(Box::new(Diagnostic::new(codes::FILE_TOO_LARGE, message).help("split it into a folder of files")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..good]).matches('\n').count() + 1;
        let message = format!("{name} is not UTF-8: byte {good}, in line {line}");
        let wide = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let help = if wide { "it looks like UTF-16: save it as UTF-8" } else { "save it as UTF-8" };
        Box::new(Diagnostic::new(codes::NOT_UTF8, message).help(help))
    })
}

/// What can be read, but no more than one byte beyond `most`: the length that a file states is not trusted, since what is
/// read may be a pipe.
fn bytes(opened: impl io::Read, most: usize) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    opened.take(limit).read_to_end(&mut bytes).map(|_| bytes)
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::new(codes::UNREADABLE, format!("cannot read {name}: {}", reason(error)))
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let unreadable = |error: io::Error| {
        let message = format!("cannot read the folder {}: {}", folder.display(), reason(&error));
        Box::new(Diagnostic::new(codes::UNREADABLE, message))
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().to_str().is_some_and(is_spec) && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    if files.is_empty() {
        let fault = Diagnostic::new(codes::NO_FILES, format!("the folder {} holds no spec", folder.display()));
        return Err(Box::new(fault.help("a spec is a direct child that ends in `.yaml` or `.yml`")));
    }
    files.sort();
    Ok(files)
}

/// Whether a file of this name is spec: test suites and drift's exceptions stand beside it.
fn is_spec(name: &str) -> bool {
    let Some(stem) = stem(name) else { return false };
    !name.starts_with('.') && !suite::is_suite(name) && stem != "drift.ignore"
}

/// The name of a YAML file without its ending.
fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(paths: &[PathBuf]) -> (Vec<String>, Vec<&'static str>) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let files = load(paths, &mut sources, &mut diagnostics);
        let name = |id: &SourceId| {
            Path::new(sources.name(*id)).file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned()
        };
        (files.iter().map(name).collect(), diagnostics.iter().map(|d| d.code.id()).collect())
    }

    #[test]
    fn a_folder_gives_its_spec_files_in_order_and_each_once() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["b.yaml", "a.yml", "x.test.yaml", "drift.ignore.yaml", ".hidden.yaml", "notes.txt", "c.yaml.bak"];
        for name in names {
            fs::write(folder.path().join(name), "a: 1\n").unwrap();
        }
        fs::create_dir(folder.path().join("d.yaml")).unwrap();
        let paths = [folder.path().to_owned(), folder.path().join("b.yaml")];
        assert_eq!(loaded(&paths), (vec!["a.yml".to_owned(), "b.yaml".to_owned()], vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        for (path, code) in [
            (folder.path().join("missing.yaml"), "E0001"),
            (file("latin.yaml", b"a: \xe9\n"), "E0002"),
            (file("wide.yaml", b"\xff\xfea\0"), "E0002"),
            (file("large.yaml", &vec![b'#'; 10 * 1024 * 1024]), "E0003"),
            (empty, "E0005"),
        ] {
            assert_eq!(loaded(std::slice::from_ref(&path)), (vec![], vec![code]), "{}", path.display());
        }
    }
}
