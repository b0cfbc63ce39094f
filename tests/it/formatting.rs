//! The formatter on every YAML text of the project, and on those texts messed up: what it writes says the same, and it
//! leaves what it has written.

use bedrail::model::diagnostic::Diagnostics;
use bedrail::spec::codes;
use bedrail::spec::format::format;
use bedrail::spec::node::Node;
use bedrail::spec::sources::Sources;
use bedrail::spec::yaml;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::source;

/// What is formatted, or the codes of what is wrong.
fn formatted(text: &str) -> Result<String, Vec<&'static str>> {
    let (_, id) = Sources::one("a.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let written = format(id, text, &mut diagnostics);
    assert_eq!(written.is_none(), diagnostics.has_errors());
    written.ok_or_else(|| diagnostics.iter().map(|fault| fault.code.id()).collect())
}

fn node(text: &str) -> Option<Node> {
    let (_, id) = Sources::one("a.yaml", text);
    yaml::parse(id, text, &mut Diagnostics::new())
}

fn same(one: &str, other: &str) -> bool {
    match (node(one), node(other)) {
        (Some(one), Some(other)) => one.says_the_same(&other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// What stands behind a `#`, in the order of the text: comments, and what looks like one in text.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    words.retain(|word| !word.is_empty());
    words
}

/// What holds of every text that can be formatted.
fn holds(name: &str, text: &str) -> Result<(), TestCaseError> {
    let written = match formatted(text) {
        Ok(written) => written,
        // What our own parser refuses is no matter here, nor what is indented beyond reason; that the printer would change a
        // text, is.
        Err(found) if found == [codes::NOT_FORMATTED.id()] && !text.contains(&" ".repeat(60)) => {
            return Err(TestCaseError::fail(format!("{name} is left as it is:\n{text}")));
        }
        Err(_) => return Ok(()),
    };
    prop_assert!(same(text, &written), "{} says something else:\n{}\n=>\n{}", name, text, written);
    let again = formatted(&written);
    prop_assert_eq!(again.as_ref(), Ok(&written), "{} changes again", name);
    prop_assert!(!written.contains('\r') && (written.is_empty() || written.ends_with('\n')));
    // Nothing is lost: every word is there, and in the same order.
    prop_assert_eq!(words(text), words(&written), "{} loses words", name);
    Ok(())
}

/// Every sound text of the repository.
fn texts() -> Vec<(String, String)> {
    let folders = ["tests/cases/spec/good", "tests/cases/spec/tree", "tests/cases/suite/good"];
    let mut texts: Vec<(String, String)> = folders
        .iter()
        .flat_map(|folder| source::files(folder, ".yaml"))
        .chain(source::examples())
        .map(|file| (file.clone(), source::text(&file)))
        .collect();
    // Of the bad ones those that are sound YAML.
    let bad =
        ["tests/cases/spec/bad", "tests/cases/suite/bad"].into_iter().flat_map(|folder| source::files(folder, ".yaml"));
    texts.extend(bad.map(|file| (file.clone(), source::text(&file))).filter(|(_, text)| node(text).is_some()));
    texts
}

#[test]
fn every_text_of_the_repository_is_formatted() {
    let texts = texts();
    assert!(texts.len() > 150, "{}", texts.len());
    for (name, text) in texts {
        holds(&name, &text).unwrap_or_else(|fault| panic!("{fault}"));
    }
}

#[test]
fn the_examples_are_as_they_would_be_written() {
    for file in source::examples() {
        assert_eq!(formatted(&source::text(&file)).as_deref(), Ok(source::text(&file).as_str()), "{file}");
    }
}

/// One way to spoil the looks of a text, and perhaps its meaning: the law holds of whatever can still be read.
#[derive(Clone, Debug)]
enum Mess {
    Crlf,
    NoEnd,
    Deeper(usize),
    TrailingBlanks(Index, usize),
    EmptyLines(Index, usize),
    Comment(Index, usize),
    CommentBehind(Index),
    WideColon(Index, usize),
    WideDash(Index, usize),
    WideBrackets,
    Single,
}

fn mess() -> impl Strategy<Value = Mess> {
    let index = any::<Index>();
    prop_oneof![
        Just(Mess::Crlf),
        Just(Mess::NoEnd),
        (1usize..4).prop_map(Mess::Deeper),
        (index, 1usize..5).prop_map(|(at, count)| Mess::TrailingBlanks(at, count)),
        (any::<Index>(), 1usize..5).prop_map(|(at, count)| Mess::EmptyLines(at, count)),
        (any::<Index>(), 0usize..12).prop_map(|(at, indent)| Mess::Comment(at, indent)),
        any::<Index>().prop_map(Mess::CommentBehind),
        (any::<Index>(), 1usize..6).prop_map(|(at, count)| Mess::WideColon(at, count)),
        (any::<Index>(), 1usize..6).prop_map(|(at, count)| Mess::WideDash(at, count)),
        Just(Mess::WideBrackets),
        Just(Mess::Single),
    ]
}

impl Mess {
    fn make(&self, text: &str) -> String {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines.is_empty() {
            return text.to_owned();
        }
        let count = lines.len();
        match self {
            Self::Crlf => return text.replace("\r\n", "\n").replace('\n', "\r\n"),
            Self::NoEnd => return text.trim_end().to_owned(),
            // Indentation grows in proportion, so that what is nested stays nested.
            Self::Deeper(times) => {
                for line in &mut lines {
                    let indent = line.len() - line.trim_start_matches(' ').len();
                    line.insert_str(0, &" ".repeat(indent * times));
                }
            }
            Self::TrailingBlanks(at, blanks) => lines[at.index(count)].push_str(&" ".repeat(*blanks)),
            Self::EmptyLines(at, empty) => {
                for _ in 0..*empty {
                    lines.insert(at.index(count), String::new());
                }
            }
            Self::Comment(at, indent) => lines.insert(at.index(count), format!("{}#said", " ".repeat(*indent))),
            Self::CommentBehind(at) => lines[at.index(count)].push_str("   #behind"),
            Self::WideColon(at, blanks) => {
                let line = &mut lines[at.index(count)];
                *line = line.replacen(": ", &format!(":{}", " ".repeat(*blanks)), 1);
            }
            Self::WideDash(at, blanks) => {
                let line = &mut lines[at.index(count)];
                *line = line.replacen("- ", &format!("-{}", " ".repeat(*blanks)), 1);
            }
            Self::WideBrackets => return text.replace('{', "{  ").replace(']', "  ]").replace(", ", " ,   "),
            Self::Single => return text.replace('"', "'"),
        }
        lines.join("\n") + "\n"
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn what_is_messed_up_is_formatted_and_says_what_it_said(
        (name, text) in select(texts()),
        messes in prop::collection::vec(mess(), 0..6),
    ) {
        let messed = messes.iter().fold(text, |text, mess| mess.make(&text));
        holds(&name, &messed)?;
    }
}
