//! Drift as SARIF, so that it shows beside the spec where code scanning shows what is wrong with it.

use serde_json::{Value as Json, json};

use super::{about, said};
use crate::drift::{Drift, Finding, FindingKind};
use crate::model::Desired;
use crate::model::span::{SourceId, Span};
use crate::report::{Disclosure, clean, sarif};
use crate::spec::sources::Sources;

/// Where in the spec resources are declared.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// What the spec wants.
    pub desired: &'a Desired,
    /// Its texts, the spec's first file before all others.
    pub sources: &'a Sources,
}

impl Places<'_> {
    /// Where the entry behind a finding stands; of what no entry declares, the beginning of the spec, since scanners show
    /// nothing that is nowhere.
    fn of(self, finding: &Finding) -> Span {
        let wanted = finding.address.as_ref().and_then(|address| self.desired.resources.get(address));
        wanted.and_then(|wanted| wanted.span).unwrap_or(Span::new(SourceId::new(0), 0, 0))
    }
}

/// Each finding as a result, each kind as a rule. The fingerprint is the id of the finding; what is ignored is suppressed.
pub fn sarif(drift: &Drift, places: Places<'_>, disclosure: &Disclosure) -> String {
    let rules: Vec<Json> = FindingKind::ALL
        .iter()
        .map(|kind| {
            json!({
                "id": kind.word(),
                "shortDescription": { "text": kind.meaning() },
                "defaultConfiguration": { "level": level(*kind, false) },
            })
        })
        .collect();
    let results: Vec<Json> = drift.findings.iter().map(|finding| result(finding, places, disclosure)).collect();
    sarif::log(&rules, results)
}

fn result(finding: &Finding, places: Places<'_>, disclosure: &Disclosure) -> Json {
    let shown = |text: &str| clean::line(&disclosure.scrub_text(text));
    let kind = finding.kind;
    let mut location = sarif::location(places.of(finding), places.sources);
    let name = about(finding);
    location["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "resource" }]);
    let mut result = json!({
        "ruleId": kind.word(),
        "ruleIndex": FindingKind::ALL.iter().position(|one| *one == kind),
        "level": level(kind, finding.may_weaken()),
        "message": { "text": said(finding, disclosure) },
        "locations": [location],
        "partialFingerprints": { "bedrailFinding/v1": finding.id },
        "properties": {
            "id": finding.id,
            "direction": finding.direction,
            "reach": finding.reach,
            "updatedBy": finding.updated_by.as_deref().map(shown),
            "remedy": shown(&finding.remedy),
        },
    });
    if let Some(terms) = &finding.ignored {
        let why = shown(&format!("{} ({}, until {})", terms.reason, terms.owner, terms.expires));
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": why }]);
    }
    result
}

const fn level(kind: FindingKind, may_weaken: bool) -> &'static str {
    match kind {
        FindingKind::Unmanaged => "note",
        FindingKind::InvalidEffective | FindingKind::Shadowed | FindingKind::PreconditionLost => "error",
        _ if may_weaken => "error",
        FindingKind::Modified | FindingKind::Missing | FindingKind::NewAccount | FindingKind::LeftBehind => "warning",
    }
}
