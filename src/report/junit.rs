//! Test reports in the form that CI systems read: <https://github.com/testmoapp/junitxml>.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::clean;

const ALWAYS: &str = "writing to memory never fails";

/// A group of tests.
#[derive(Debug)]
pub(super) struct Suite {
    /// What it is called.
    pub(super) name: String,
    /// What else a reader must know of it.
    pub(super) note: Option<String>,
    /// Its tests.
    pub(super) tests: Vec<Test>,
}

/// One test, and how it ended.
#[derive(Debug)]
pub(super) struct Test {
    /// What it is about.
    pub(super) class: String,
    /// What it is called.
    pub(super) name: String,
    /// How it ended.
    pub(super) end: End,
}

/// How a test ended.
#[derive(Debug)]
pub(super) enum End {
    /// All is as it should be.
    Passed,
    /// Something is not.
    Failed { kind: &'static str, message: String, text: String },
    /// Nothing is known.
    Errored { kind: &'static str, message: String, text: String },
    /// Something is not as it should be, and that was agreed to.
    Skipped { message: String },
}

/// The report of this name.
pub(super) fn write(name: &str, suites: &[Suite]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let mut write = |event: Event<'_>| writer.write_event(event).expect(ALWAYS);
    write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let all: Vec<&Test> = suites.iter().flat_map(|suite| &suite.tests).collect();
    write(Event::Start(counted("testsuites", name, &all)));
    for Suite { name, note, tests } in suites {
        write(Event::Start(counted("testsuite", name, &tests.iter().collect::<Vec<_>>())));
        if let Some(note) = note {
            write(Event::Start(BytesStart::new("properties")));
            let note = legal(&clean::line(note));
            write(Event::Empty(
                BytesStart::new("property").with_attributes([("name", "note"), ("value", note.as_str())]),
            ));
            write(Event::End(BytesEnd::new("properties")));
        }
        for test in tests {
            self::test(test, &mut write);
        }
        write(Event::End(BytesEnd::new("testsuite")));
    }
    write(Event::End(BytesEnd::new("testsuites")));
    let mut text = String::from_utf8(writer.into_inner()).expect("it was text");
    text.push('\n');
    text
}

/// The start of an element with its name and how its tests ended.
fn counted(element: &'static str, name: &str, tests: &[&Test]) -> BytesStart<'static> {
    let count = |is: fn(&End) -> bool| tests.iter().filter(|test| is(&test.end)).count().to_string();
    let counts = [
        ("tests", tests.len().to_string()),
        ("failures", count(|end| matches!(end, End::Failed { .. }))),
        ("errors", count(|end| matches!(end, End::Errored { .. }))),
        ("skipped", count(|end| matches!(end, End::Skipped { .. }))),
    ];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let name = legal(&clean::line(name));
    BytesStart::new(element).with_attributes([("name", name.as_str())]).with_attributes(counts)
}

fn test(Test { class, name, end }: &Test, write: &mut impl FnMut(Event<'_>)) {
    let (class, name) = (legal(&clean::line(class)), legal(&clean::line(name)));
    let case = BytesStart::new("testcase").with_attributes([("classname", class.as_str()), ("name", name.as_str())]);
    let line = |text: &str| legal(&clean::line(text));
    let (element, attributes, text) = match end {
        End::Passed => {
            write(Event::Empty(case));
            return;
        }
        End::Failed { kind, message, text } => {
            ("failure", vec![("type", (*kind).to_owned()), ("message", line(message))], legal(&clean::block(text)))
        }
        End::Errored { kind, message, text } => {
            ("error", vec![("type", (*kind).to_owned()), ("message", line(message))], legal(&clean::block(text)))
        }
        End::Skipped { message } => ("skipped", vec![("message", line(message))], String::new()),
    };
    write(Event::Start(case));
    let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
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

/// The names of all elements and the values of their attributes, as an XML parser reads them.
#[cfg(test)]
pub(super) fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut elements = Vec::new();
    loop {
        match reader.read_event().expect("XML") {
            Event::Eof => return elements,
            Event::Start(start) | Event::Empty(start) => {
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.expect("an attribute");
                    let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).expect("a value");
                    (attribute.key.as_ref().to_owned(), value.into_owned())
                });
                elements.push((start.name().as_ref().to_owned(), attributes.collect()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_and_foreign_text_stays_text() {
        let test = |name: &str, end: End| Test { class: "c<".to_owned(), name: name.to_owned(), end };
        let failed =
            End::Failed { kind: "k", message: "\"no\" \u{ffff}& it".to_owned(), text: "why\n</failure>".to_owned() };
        let first = vec![
            test("one", End::Passed),
            test("two", failed),
            test("three", End::Errored { kind: "not-seen", message: "dark".to_owned(), text: String::new() }),
        ];
        let second = vec![test("four", End::Skipped { message: "later".to_owned() })];
        let suites =
            [("a", first), ("b", second)].map(|(name, tests)| Suite { name: name.to_owned(), note: None, tests });
        let written = write("bedrail", &suites);
        for line in [
            r#"<testsuites name="bedrail" tests="4" failures="1" errors="1" skipped="1">"#,
            r#"  <testsuite name="a" tests="3" failures="1" errors="1" skipped="0">"#,
            r#"    <testcase classname="c&lt;" name="one"/>"#,
            r#"      <failure type="k" message="&quot;no&quot; &amp; it">why"#,
            "&lt;/failure&gt;</failure>",
            r#"      <error type="not-seen" message="dark"/>"#,
            r#"      <skipped message="later"/>"#,
        ] {
            assert!(written.lines().any(|written| written == line), "{line}\n{written}");
        }
    }
}
