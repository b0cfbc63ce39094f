//! Test reports in the form that CI systems read: <https://github.com/testmoapp/junitxml>.
//!
//! What calls this says what its tests are; this knows how they are written.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

const ALWAYS: &str = "writing to memory never fails";

/// Tests that belong together. Every text may be foreign: the characters that no XML may hold are taken out here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) tests: Vec<Test>,
}

/// One test, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Test {
    /// What tests of its kind have in common.
    pub(crate) class: String,
    pub(crate) name: String,
    pub(crate) end: End,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    /// What was tested is not as it must be.
    Failed {
        kind: &'static str,
        message: String,
        text: String,
    },
    /// It could not be found out.
    Errored {
        kind: &'static str,
        message: String,
    },
    Skipped {
        message: String,
    },
}

/// The report of a run of this name.
pub(crate) fn junit(name: &str, suites: &[Suite]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).expect(ALWAYS);
    around(&mut writer, "testsuites", name, suites.iter().flat_map(|suite| &suite.tests), |writer| {
        for Suite { name, tests } in suites {
            around(writer, "testsuite", name, tests.iter(), |writer| tests.iter().for_each(|test| one(writer, test)));
        }
    });
    let mut text = String::from_utf8(writer.into_inner()).expect("it was text");
    text.push('\n');
    text
}

/// An element with how many tests within it ended how.
fn around<'t>(
    writer: &mut Writer<Vec<u8>>,
    element: &str,
    name: &str,
    tests: impl Iterator<Item = &'t Test> + Clone,
    within: impl FnOnce(&mut Writer<Vec<u8>>),
) {
    let count = |is: fn(&End) -> bool| tests.clone().filter(|test| is(&test.end)).count().to_string();
    let attributes = [
        ("name", legal(name)),
        ("tests", tests.clone().count().to_string()),
        ("failures", count(|end| matches!(end, End::Failed { .. }))),
        ("errors", count(|end| matches!(end, End::Errored { .. }))),
        ("skipped", count(|end| matches!(end, End::Skipped { .. }))),
    ];
    let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
    let start = BytesStart::new(element).with_attributes(attributes);
    writer.write_event(Event::Start(start)).expect(ALWAYS);
    within(writer);
    writer.write_event(Event::End(BytesEnd::new(element))).expect(ALWAYS);
}

fn one(writer: &mut Writer<Vec<u8>>, Test { class, name, end }: &Test) {
    let mut write = |event: Event<'_>| writer.write_event(event).expect(ALWAYS);
    let (class, name) = (legal(class), legal(name));
    let case = BytesStart::new("testcase").with_attributes([("classname", class.as_str()), ("name", name.as_str())]);
    let (element, kind, message, text) = match end {
        End::Passed => {
            write(Event::Empty(case));
            return;
        }
        End::Failed { kind, message, text } => ("failure", Some(*kind), legal(message), legal(text)),
        End::Errored { kind, message } => ("error", Some(*kind), legal(message), String::new()),
        End::Skipped { message } => ("skipped", None, legal(message), String::new()),
    };
    write(Event::Start(case));
    let attributes = kind.map(|kind| ("type", kind)).into_iter().chain([("message", message.as_str())]);
    let start = BytesStart::new(element).with_attributes(attributes);
    if text.is_empty() {
        write(Event::Empty(start));
    } else {
        write(Event::Start(start));
        write(Event::Text(BytesText::new(&text)));
        write(Event::End(BytesEnd::new(element)));
    }
    write(Event::End(BytesEnd::new("testcase")));
}

/// Text without the characters that no XML may hold (XML 1.0, "Characters"), in any form.
fn legal(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}') && (!c.is_control() || *c == '\n')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_and_foreign_text_stays_text() {
        let test = |name: &str, end: End| Test { class: "c<".to_owned(), name: name.to_owned(), end };
        let failed = End::Failed {
            kind: "k",
            message: "\"no\" \u{ffff}& \u{1b}[2J".to_owned(),
            text: "why\n</failure>".to_owned(),
        };
        let first = vec![
            test("one", End::Passed),
            test("two", failed),
            test("three", End::Errored { kind: "not-seen", message: "dark".to_owned() }),
        ];
        let second = vec![test("four", End::Skipped { message: "later".to_owned() })];
        let suites = [("a", first), ("b", second)].map(|(name, tests)| Suite { name: name.to_owned(), tests });
        let written = junit("bedrail", &suites);
        for line in [
            r#"<testsuites name="bedrail" tests="4" failures="1" errors="1" skipped="1">"#,
            r#"  <testsuite name="a" tests="3" failures="1" errors="1" skipped="0">"#,
            r#"    <testcase classname="c&lt;" name="one"/>"#,
            r#"      <failure type="k" message="&quot;no&quot; &amp; [2J">why"#,
            "&lt;/failure&gt;</failure>",
            r#"      <error type="not-seen" message="dark"/>"#,
            r#"      <skipped message="later"/>"#,
        ] {
            assert!(written.lines().any(|written| written == line), "{line}\n{written}");
        }
    }
}
