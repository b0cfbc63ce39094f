//! Drift as a test report: each resource of the spec is a test, passed if it is as the spec says. The form is that which CI
//! systems read: <https://github.com/testmoapp/junitxml>.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::{about, said};
use crate::drift::{Drift, Finding, FindingKind};
use crate::model::Address;
use crate::plan::Plan;
use crate::report::unseen::unseen;
use crate::report::{Disclosure, clean};

const ALWAYS: &str = "writing to memory never fails";

/// One test, and how it ended.
struct Test {
    class: String,
    name: String,
    end: End,
}

enum End {
    Passed,
    Failed { kind: &'static str, message: String, text: String },
    Errored { message: String },
    Skipped { message: String },
}

/// The report. What is ignored is skipped, what could not be seen is an error, and what is not ours is no test.
pub fn junit(plan: &Plan, drift: &Drift, disclosure: &Disclosure) -> String {
    let tests = tests(plan, drift, disclosure);
    let count = |is: fn(&End) -> bool| tests.iter().filter(|test| is(&test.end)).count().to_string();
    let counts = [
        ("tests", tests.len().to_string()),
        ("failures", count(|end| matches!(end, End::Failed { .. }))),
        ("errors", count(|end| matches!(end, End::Errored { .. }))),
        ("skipped", count(|end| matches!(end, End::Skipped { .. }))),
    ];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let suite = clean::line(&plan.stack);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let mut write = |event: Event<'_>| writer.write_event(event).expect(ALWAYS);
    write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    for (element, name) in [("testsuites", "bedrail drift"), ("testsuite", suite.as_str())] {
        write(Event::Start(BytesStart::new(element).with_attributes([("name", name)]).with_attributes(counts)));
    }
    for Test { class, name, end } in &tests {
        let case =
            BytesStart::new("testcase").with_attributes([("classname", class.as_str()), ("name", name.as_str())]);
        let (element, attributes, text) = match end {
            End::Passed => {
                write(Event::Empty(case));
                continue;
            }
            End::Failed { kind, message, text } => {
                ("failure", vec![("type", *kind), ("message", message.as_str())], text.as_str())
            }
            End::Errored { message } => ("error", vec![("type", "not-seen"), ("message", message.as_str())], ""),
            End::Skipped { message } => ("skipped", vec![("message", message.as_str())], ""),
        };
        write(Event::Start(case));
        let start = BytesStart::new(element).with_attributes(attributes);
        if text.is_empty() {
            write(Event::Empty(start));
        } else {
            write(Event::Start(start));
            write(Event::Text(BytesText::new(text)));
            write(Event::End(BytesEnd::new(element)));
        }
        write(Event::End(BytesEnd::new("testcase")));
    }
    for element in ["testsuite", "testsuites"] {
        write(Event::End(BytesEnd::new(element)));
    }
    let mut text = String::from_utf8(writer.into_inner()).expect("it was text");
    text.push('\n');
    text
}

fn tests(plan: &Plan, drift: &Drift, disclosure: &Disclosure) -> Vec<Test> {
    // What is as declared may be shadowed.
    let ours = || drift.findings.iter().filter(|finding| finding.kind != FindingKind::Unmanaged);
    let is_told = |address: &&Address| ours().any(|finding| finding.address.as_ref() == Some(*address));
    let unchanged = plan.unchanged.iter().filter(|address| !is_told(address)).map(|address| {
        let name = clean::line(&address.to_string());
        Test { class: address.kind.to_string(), name, end: End::Passed }
    });
    let unseen = unseen(plan).into_iter().map(|one| {
        let message = clean::line(&disclosure.scrub_text(&one.why));
        Test { class: "not-seen".to_owned(), name: one.places.join(", "), end: End::Errored { message } }
    });
    let differing = ours().map(|finding| Test {
        class: finding.address.as_ref().map_or_else(|| "account".to_owned(), |address| address.kind.to_string()),
        name: about(finding),
        end: end(finding, disclosure),
    });
    let mut tests: Vec<Test> = differing.chain(unseen).chain(unchanged).collect();
    for test in &mut tests {
        (test.class, test.name) = (legal(&test.class), legal(&test.name));
    }
    tests
}

fn end(finding: &Finding, disclosure: &Disclosure) -> End {
    let shown = |text: &str| legal(&clean::line(&disclosure.scrub_text(text)));
    if let Some(terms) = &finding.ignored {
        let message = shown(&format!("ignored until {} ({}): {}", terms.expires, terms.owner, terms.reason));
        return End::Skipped { message };
    }
    let kind = finding.kind.word();
    let message = shown(&format!("{kind}: {}", finding.message));
    End::Failed { kind, message, text: legal(&format!("{}\n{}", said(finding, disclosure), finding.id)) }
}

/// Text without the characters that no XML may hold (XML 1.0, "Characters"), in any form.
fn legal(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}') && (!c.is_control() || *c == '\n')).collect()
}
