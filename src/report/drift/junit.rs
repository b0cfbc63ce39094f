//! Drift as a test report: each resource of the spec is a test, passed if it is as the spec says.

use super::{about, said};
use crate::drift::{Drift, Finding, FindingKind};
use crate::model::Address;
use crate::plan::Plan;
use crate::report::Disclosure;
use crate::report::junit::{End, Suite, Test, write};
use crate::report::unseen::unseen;

/// The report. What is ignored is skipped, what could not be seen is an error, and what is not ours is no test.
pub fn junit(plan: &Plan, drift: &Drift, disclosure: &Disclosure) -> String {
    let suite = Suite { name: plan.stack.clone(), note: None, tests: tests(plan, drift, disclosure) };
    write("bedrail drift", &[suite])
}

fn tests(plan: &Plan, drift: &Drift, disclosure: &Disclosure) -> Vec<Test> {
    // What is as declared may be shadowed.
    let ours = || drift.findings.iter().filter(|finding| finding.kind != FindingKind::Unmanaged);
    let is_told = |address: &&Address| ours().any(|finding| finding.address.as_ref() == Some(*address));
    let unchanged = plan.unchanged.iter().filter(|address| !is_told(address)).map(|address| Test {
        class: address.kind.to_string(),
        name: address.to_string(),
        end: End::Passed,
    });
    let unseen = unseen(plan).into_iter().map(|one| {
        let end = End::Errored { kind: "not-seen", message: disclosure.scrub_text(&one.why), text: String::new() };
        Test { class: "not-seen".to_owned(), name: one.places.join(", "), end }
    });
    let differing = ours().map(|finding| Test {
        class: finding.address.as_ref().map_or_else(|| "account".to_owned(), |address| address.kind.to_string()),
        name: about(finding),
        end: end(finding, disclosure),
    });
    differing.chain(unseen).chain(unchanged).collect()
}

fn end(finding: &Finding, disclosure: &Disclosure) -> End {
    if let Some(terms) = &finding.ignored {
        let message = format!("ignored until {} ({}): {}", terms.expires, terms.owner, terms.reason);
        return End::Skipped { message: disclosure.scrub_text(&message) };
    }
    let kind = finding.kind.word();
    let message = disclosure.scrub_text(&format!("{kind}: {}", finding.message));
    End::Failed { kind, message, text: format!("{}\n{}", said(finding, disclosure), finding.id) }
}
