//! Reading a test suite with the images that it names.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use super::{bytes, reason, stem, text};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::Spanned;
use crate::spec::codes::{IS_SUITE, UNREADABLE};
use crate::spec::sources::Sources;
use crate::suite::{Image, ImageFault, ImageFile, Loaded, MAX_IMAGE_BYTES, Outline, Suite, codes, read};

/// Whether a file of this name is a suite: `<name>.test.yaml` or `.yml`.
pub fn is_suite(name: &str) -> bool {
    stem(name).and_then(|stem| stem.rsplit_once('.')).is_some_and(|(_, last)| last == "test")
}

/// A suite as far as it could be read.
#[derive(Debug, Default)]
pub struct Read {
    /// The suite with its images; none if there is a fault in them.
    pub loaded: Option<Loaded>,
    /// What to hold against a spec, faults or not.
    pub outline: Outline,
}

/// Whether a file is a suite by its name, or by keys that no spec has.
pub(super) fn is_meant(file: &Path, text: &str) -> bool {
    let named = file.file_name().and_then(|name| name.to_str()).is_some_and(is_suite);
    let has = |key: &str| text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    named || has("cases") && has("guardrail") && !has("format") && !has("stack")
}

/// What is said of a suite that is named among the files of a spec.
pub(super) fn misplaced(file: &Path) -> Diagnostic {
    let fault = Diagnostic::new(IS_SUITE, format!("{} is a test suite, and here a spec is taken", file.display()));
    fault.help(
        "leave it out of `--spec`; `bedrail validate` checks a suite beside its spec, if the file is called `<name>.test.yaml`",
    )
}

/// Reads the suite at `path`, and its images from the folder that it stands in. Reports every fault.
pub fn load(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Read {
    let text = match text(path) {
        Ok(text) => text,
        Err(fault) => {
            // The advice is about the files of a spec.
            diagnostics.push(Diagnostic { help: None, ..*fault });
            return Read::default();
        }
    };
    let source = sources.add(path.display().to_string(), text);
    let suite = read(source, sources.text(source), diagnostics);
    let outline = Outline::of(source, sources.text(source));
    Read { loaded: suite.and_then(|suite| with_images(path, suite, diagnostics)), outline }
}

fn with_images(path: &Path, suite: Suite, diagnostics: &mut Diagnostics) -> Option<Loaded> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut images = BTreeMap::new();
    for file in suite.images() {
        if images.contains_key(&file.value) {
            continue;
        }
        match image(folder, file) {
            Ok(image) => {
                images.insert(file.value.clone(), image);
            }
            Err(fault) => diagnostics.push(*fault),
        }
    }
    Loaded::new(suite, images)
}

fn image(folder: &Path, file: &Spanned<ImageFile>) -> Result<Image, Box<Diagnostic>> {
    let read = File::open(folder.join(file.as_str())).and_then(|opened| bytes(opened, MAX_IMAGE_BYTES));
    let bytes = read.map_err(|error| {
        let message = format!("cannot read {}: {}", file.value, reason(&error));
        let fault = Diagnostic::at(file.span, UNREADABLE, message);
        Box::new(fault.help("the path of an image begins in the folder of the suite"))
    })?;
    Image::new(bytes).map_err(|why| {
        let fault = |code, message: String, help: &str| Box::new(Diagnostic::at(file.span, code, message).help(help));
        match why {
            ImageFault::Empty => fault(codes::IMAGE_SIZE, format!("{} is empty", file.value), "put an image there"),
            ImageFault::TooLarge => fault(
                codes::IMAGE_SIZE,
                format!("{} is larger than {} MiB", file.value, MAX_IMAGE_BYTES / 1024 / 1024),
                "guardrails take no larger images",
            ),
            ImageFault::Format => fault(
                codes::IMAGE_FORMAT,
                format!("{} is neither PNG nor JPEG, whatever it is called", file.value),
                "guardrails take no other images: convert it",
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

    fn suite(images: &str) -> String {
        format!("guardrail: a\ncases:\n  - {{name: a, image: {images}, expect: {{action: NONE}}}}\n")
    }

    fn loaded(folder: &Path, text: &str) -> (Option<Loaded>, Vec<String>) {
        let path = folder.join("a.test.yaml");
        fs::write(&path, text).unwrap();
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let loaded = load(&path, &mut sources, &mut diagnostics).loaded;
        let shown = |fault: &Diagnostic| {
            let line = fault.span.map_or(0, |span| sources.position(span).line);
            format!("{} in line {line}", fault.code)
        };
        (loaded, diagnostics.iter().map(shown).collect())
    }

    #[test]
    fn images_are_read_beside_the_suite_and_each_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        fs::write(folder.path().join("files/cat.png"), PNG).unwrap();
        fs::write(folder.path().join("dog.jpg"), b"\xff\xd8\xff").unwrap();
        let (loaded, faults) = loaded(folder.path(), &suite("[files/cat.png, dog.jpg, files/cat.png]"));
        assert_eq!(faults, Vec::<String>::new());
        let images = loaded.unwrap().images().clone();
        let formats: Vec<_> = images.iter().map(|(file, image)| (file.as_str(), image.format().word())).collect();
        assert_eq!(formats, [("dog.jpg", "jpeg"), ("files/cat.png", "png")]);
    }

    #[test]
    fn what_is_no_image_is_named_where_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        write("empty.png", b"");
        write("gif.png", b"GIF89a");
        write("large.png", &[PNG, &vec![0; MAX_IMAGE_BYTES]].concat());
        for (name, fault) in
            [("missing.png", "E0001"), ("empty.png", "E1109"), ("gif.png", "E1108"), ("large.png", "E1109")]
        {
            let (loaded, faults) = loaded(folder.path(), &suite(name));
            assert_eq!((loaded, faults), (None, vec![format!("{fault} in line 3")]), "{name}");
        }
        assert_eq!(loaded(folder.path(), "cases: []\n").1.len(), 2);
    }

    #[test]
    fn a_suite_is_told_by_its_name() {
        for (name, is) in
            [("a.test.yaml", true), ("a.b.test.yml", true), ("test.yaml", false), ("a.yaml", false), ("a.test", false)]
        {
            assert_eq!(is_suite(name), is, "{name}");
        }
    }
}
