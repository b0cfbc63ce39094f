//! The project's own files, as the tests about them read them.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether what tests expect is to be written anew.
pub(crate) fn bless() -> bool {
    std::env::var_os("BEDRAIL_BLESS").is_some()
}

/// Every file below `folder` whose name ends in `suffix`, as a path from the root with `/`, sorted.
pub(crate) fn files(folder: &str, suffix: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|fault| panic!("reading {}: {fault}", folder.display())) {
            let path: PathBuf = entry.expect("an entry of a folder").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if path.is_dir() {
                // Never the project's own: what is built, installed or kept by the sandbox.
                if !matches!(name.as_str(), "target" | "node_modules" | ".python" | ".venv" | ".git" | ".bedrail") {
                    folders.push(path);
                }
            } else if name.ends_with(suffix) {
                let relative = path.strip_prefix(root()).expect("below the root");
                found
                    .push(relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"));
            }
        }
    }
    found.sort();
    found
}

/// The YAML of every example that bedrail reads: what pipelines and clusters read is none of it.
pub(crate) fn examples() -> Vec<String> {
    files("examples", ".yaml").into_iter().filter(|file| !file.starts_with("examples/ci/")).collect()
}

/// The text of a file, named from the root.
pub(crate) fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|fault| panic!("reading {file}: {fault}"))
}

/// The Rust files of the library and the command line, without those that hold tests only.
pub(crate) fn sources(folder: &str) -> Vec<String> {
    let mut files = files(folder, ".rs");
    files.retain(|file| !file.ends_with("/tests.rs") && !file.contains("/tests/"));
    files
}

/// What stands before a file's own tests.
pub(crate) fn untested(source: &str) -> &str {
    source.find("\n#[cfg(test)]\nmod tests {").map_or(source, |at| &source[..at])
}

/// What of a Rust file is compiled into a release: no comments, no tests, texts emptied. Lines keep their numbers.
pub(crate) fn code(source: &str) -> String {
    let mut rest = untested(source);
    let mut out = String::with_capacity(rest.len());
    while let Some(next) = rest.chars().next() {
        let skip = token(rest, out.chars().next_back());
        if skip == 0 {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        } else {
            out.extend(rest[..skip].chars().filter(|c| *c == '\n'));
            rest = &rest[skip..];
        }
    }
    out
}

/// The length of the comment or text that `rest` begins with; 0 if it begins with neither.
fn token(rest: &str, before: Option<char>) -> usize {
    let end = |from: usize, of: &str| rest[from..].find(of).map_or(rest.len(), |at| from + at + of.len());
    let identifier = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return end(2, "*/");
    }
    if !identifier && rest.starts_with("r#\"") {
        return end(3, "\"#");
    }
    if !identifier && rest.starts_with("r\"") {
        return end(2, "\"");
    }
    if let Some(text) = rest.strip_prefix('"') {
        let mut escaped = false;
        let close = text.find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        return close.map_or(rest.len(), |at| at + 2);
    }
    // A quote as a character would seem to open a text.
    ["'\"'", "'\\\"'"].iter().find(|quote| rest.starts_with(**quote)).map_or(0, |quote| quote.len())
}

#[test]
fn code_is_what_remains_without_comments_texts_and_tests() {
    let source = "let a = \"x \\\" // y\"; // z\nlet b = '\"'; /* c\n */ r\"d\";\n#[cfg(test)]\nmod tests {\n}\n";
    assert_eq!(code(source), "let a = ; \nlet b = ; \n ;");
}
