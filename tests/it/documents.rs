//! What the documents say is done: the `console` blocks of every document run, in order, and must print what they show.
//!
//! A block holds commands after `$ ` with their output below, empty lines at its end aside. `…` alone on a line stands for any lines, and within a line
//! for any text. Each document has a folder of its own with the examples in it, and a sandbox there.
//! `BEDRAIL_BLESS=1` writes what was printed into the document.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::source;

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Where its first line stands in the document, counted from 1.
    pub(crate) line: usize,
    /// What stands between the fences.
    pub(crate) text: String,
}

/// The documents for users.
pub(crate) fn all() -> Vec<String> {
    let mut all = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    all.extend(["docs", "examples"].map(|folder| source::files(folder, ".md")).concat());
    all
}

/// The blocks in this language.
pub(crate) fn blocks(markdown: &str, language: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in markdown.lines().enumerate() {
        match &mut open {
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some(block) => writeln!(block.text, "{line}").expect("text grows"),
            None if line.strip_prefix("```") == Some(language) => {
                open = Some(Block { line: number + 2, text: String::new() });
            }
            None => {}
        }
    }
    blocks
}

/// A command of a block and what it is said to print.
#[derive(Debug, PartialEq, Eq)]
struct Step<'t> {
    command: &'t str,
    output: Vec<&'t str>,
}

fn steps(block: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step { command, output: Vec::new() }),
            (None, Some(step)) => step.output.push(line),
            (None, None) => panic!("a console block begins with a command, not with `{line}`"),
        }
    }
    for step in &mut steps {
        trim(&mut step.output);
    }
    steps
}

/// Leaves out empty lines at the end.
fn trim(lines: &mut Vec<&str>) {
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
}

/// Whether `printed` is what the lines of `shown` say.
fn matches(shown: &[&str], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        ["…", rest @ ..] => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        [first, rest @ ..] => {
            printed.split_first().is_some_and(|(line, others)| line_matches(first, line) && matches(rest, others))
        }
    }
}

fn line_matches(shown: &str, printed: &str) -> bool {
    let Some((before, after)) = shown.split_once('…') else { return shown == printed };
    let Some(rest) = printed.strip_prefix(before) else { return false };
    rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| line_matches(after, &rest[at..]))
}

/// Runs a command in `folder` as a newcomer would, and returns what a terminal would show of it: its result, or, if
/// there is none, what it said instead.
fn run(command: &str, folder: &Path) -> String {
    let command = command.replace("cargo run --release -- ", "bedrail ");
    let binary = Path::new(env!("CARGO_BIN_EXE_bedrail")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("HOME", folder)
        .output()
        .unwrap_or_else(|fault| panic!("running `{command}`: {fault}"));
    let said = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    String::from_utf8(said).expect("text")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// Runs the blocks of a document, or writes anew what they print.
fn check(file: &str) {
    let text = source::text(file);
    let blocks = blocks(&text, "console");
    if blocks.is_empty() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    copy(&source::root().join("examples"), &folder.path().join("examples"));
    let mut faults = String::new();
    let mut blessed = text.clone();
    for block in blocks {
        let mut anew = String::new();
        for Step { command, output } in steps(&block.text) {
            let printed = run(command, folder.path());
            let mut printed: Vec<&str> = printed.lines().collect();
            trim(&mut printed);
            let fits = matches(&output, &printed);
            if !fits {
                let (shown, printed) = (output.join("\n"), printed.join("\n"));
                let at = block.line;
                writeln!(faults, "{file}:{at}: `{command}` prints\n{printed}\n-- and not --\n{shown}\n")
                    .expect("text grows");
            }
            let gap = if anew.is_empty() { "" } else { "\n" };
            writeln!(anew, "{gap}$ {command}").expect("text grows");
            for line in if fits { output } else { printed } {
                writeln!(anew, "{line}").expect("text grows");
            }
        }
        blessed = blessed.replacen(&format!("```console\n{}```", block.text), &format!("```console\n{anew}```"), 1);
    }
    if source::bless() {
        fs::write(source::root().join(file), blessed).expect("the document can be written");
    } else {
        assert!(faults.is_empty(), "\n{faults}\nIf that is right, write it with BEDRAIL_BLESS=1");
    }
}

#[test]
fn the_readme_does_what_it_says() {
    check("README.md");
}

#[test]
fn the_other_documents_do_what_they_say() {
    for file in all().iter().filter(|file| *file != "README.md") {
        check(file);
    }
}

#[test]
fn wildcards_stand_for_what_may_differ() {
    assert!(matches(&["a", "…", "d"], &["a", "b", "c", "d"]));
    assert!(matches(&["…", "d…f"], &["d", "dxf"]));
    assert!(!matches(&["a", "…", "e"], &["a", "b"]));
    assert!(!matches(&["a"], &["a", "b"]));
    let steps = steps("$ one\nout\n$ two\n");
    assert_eq!((steps[0].command, &steps[0].output[..], steps[1].command), ("one", &["out"][..], "two"));
}
