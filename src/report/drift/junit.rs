//! Drift as a test report: each resource of the spec is a test, passed if it is as the spec says.

use super::{about, said};
use crate::drift::{Drift, Finding, FindingKind};
use crate::model::Address;
use crate::plan::Plan;
use crate::report::junit::{self, End, Suite, Test};
use crate::report::unseen::unseen;
use crate::report::{Disclosure, clean};

/// The report. What is ignored is skipped, what could not be seen is an error, and what is not ours is no test.
pub fn junit(plan: &Plan, drift: &Drift, disclosure: &Disclosure) -> String {
    let suite = Suite { name: clean::line(&plan.stack), tests: tests(plan, drift, disclosure) };
    junit::junit("bedrail drift", &[suite])
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
        let end = End::Errored { kind: "not-seen", message };
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
    let shown = |text: &str| clean::line(&disclosure.scrub_text(text));
    if let Some(terms) = &finding.ignored {
        let message = shown(&format!("ignored until {} ({}): {}", terms.expires, terms.owner, terms.reason));
        return End::Skipped { message };
    }
    let kind = finding.kind.word();
    let message = shown(&format!("{kind}: {}", finding.message));
    End::Failed { kind, message, text: format!("{}\n{}", said(finding, disclosure), finding.id) }
}
