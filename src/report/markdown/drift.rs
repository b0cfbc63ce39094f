//! Drift as an issue that a pipeline keeps up to date, or as a comment.

use std::collections::BTreeMap;

use super::budget::{Part, fit};
use super::escape::code;
use super::report::{CUT, changes, head, notes, section, unscanned};
use crate::drift::{Drift, Finding, FindingKind, mirrored};
use crate::model::{AccountId, Digest};
use crate::plan::{Action, ActionId, Plan};
use crate::report::disclosure::{NAMED, some};
use crate::report::text::{drift_mark, drift_verdict};
use crate::report::{Disclosure, Summary, unseen};

/// Drift as a comment of at most `bytes`, its verdict whole.
pub fn drift(plan: &Plan, drift: &Drift, disclosure: &Disclosure, beyond: &[AccountId], bytes: usize) -> String {
    let plan = &mirrored(plan, drift);
    let kinds: BTreeMap<ActionId, FindingKind> =
        drift.open().flat_map(|finding| finding.actions.iter().map(|id| (*id, finding.kind))).collect();
    let word = |action: &Action| kinds.get(&action.id).map(|kind| drift_mark(*kind));
    // Equal findings have equal ids, whatever else is in the account.
    let ids: Vec<&str> = drift.open().map(|finding| finding.id.as_str()).collect();
    let verdict = drift_verdict(plan, drift, beyond);
    let mut parts = vec![Part::whole(head("drift", &verdict, &table(plan, drift), plan, &Digest::of(&ids)))];
    parts.extend(unscanned(plan, disclosure));
    parts.extend(sentences(drift, disclosure));
    parts.extend(changes(plan, disclosure, word));
    parts.extend(remedies(drift, disclosure));
    parts.extend(notes(plan, disclosure));
    parts.extend(ignored(drift, disclosure));
    fit(&parts, bytes, CUT)
}

/// Every count of drift.
fn table(plan: &Plan, drift: &Drift) -> Vec<(String, usize)> {
    let of = |kind: FindingKind| drift.open().filter(|finding| finding.kind == kind).count();
    let mut rows: Vec<(&str, usize)> = FindingKind::ALL.iter().map(|kind| (drift_mark(*kind).1, of(*kind))).collect();
    let Summary { unchanged, held, .. } = Summary::of(plan);
    rows.extend([
        ("ignored", drift.findings.len() - drift.open().count()),
        ("held", held),
        ("not seen", unseen::count(plan)),
        ("as the spec says", unchanged),
        ("**weaker than the spec**", drift.weaker()),
    ]);
    rows.retain(|(word, count)| *count > 0 || matches!(*word, "modified" | "missing" | "left behind"));
    rows.into_iter().map(|(word, count)| (word.to_owned(), count)).collect()
}

/// What no action mends. What is not ours is told with the plan.
fn sentences(drift: &Drift, disclosure: &Disclosure) -> Option<Part> {
    let told = drift.open().filter(|finding| finding.actions.is_empty() && finding.kind != FindingKind::Unmanaged);
    let sentence = |finding: &Finding| {
        let clean = |text: &str| code(&disclosure.scrub_text(text));
        let about = finding.address.as_ref().map(|address| code(&address.to_string()) + " ").unwrap_or_default();
        let accounts = match finding.accounts.len() {
            0 => String::new(),
            _ => format!(" ({})", code(&some(&finding.accounts, NAMED))),
        };
        let (message, fix) = (clean(&finding.message), clean(&finding.remedy));
        format!("**{}** {about}{message}{accounts}. Fix: {fix} {}", drift_mark(finding.kind).1, finding.id)
    };
    section(9, "In force is not what the spec says", told.map(sentence).collect())
}

/// Who changed it, and the commands that bring it back.
fn remedies(drift: &Drift, disclosure: &Disclosure) -> Option<Part> {
    let mended = drift.open().filter(|finding| !finding.actions.is_empty());
    let remedy = |finding: &Finding| {
        let who =
            finding.updated_by.as_ref().map(|who| format!(" last changed by {}", code(&disclosure.scrub_text(who))));
        format!("{} {}{}", finding.id, code(&disclosure.scrub_text(&finding.remedy)), who.unwrap_or_default())
    };
    section(5, "To bring AWS back", mended.map(remedy).collect())
}

/// What somebody has agreed to, and until when.
fn ignored(drift: &Drift, disclosure: &Disclosure) -> Option<Part> {
    let agreed = drift.findings.iter().filter_map(|finding| Some((finding, finding.ignored.as_ref()?)));
    let line = agreed.map(|(finding, terms)| {
        let about = finding.address.as_ref().map_or_else(|| finding.id.clone(), ToString::to_string);
        let terms = format!("{} ({}, until {})", terms.reason, terms.owner, terms.expires);
        format!("{} {} {}", drift_mark(finding.kind).1, code(&about), code(&disclosure.scrub_text(&terms)))
    });
    section(2, "Ignored, as was agreed", line.collect())
}
