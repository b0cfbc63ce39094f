//! Drift for code scanners and test reports: a finding as a result, a resource as a test.

mod junit;
mod sarif;

pub use junit::junit;
pub use sarif::{Places, sarif};

use super::{Disclosure, clean};
use crate::drift::Finding;

/// What a finding is about, in a word.
fn about(finding: &Finding) -> String {
    let without =
        || finding.accounts.first().map_or_else(|| finding.id.clone(), |account| format!("account {account}"));
    clean::line(&finding.address.as_ref().map_or_else(without, ToString::to_string))
}

/// What it comes to and what to do, the fields that differ between them.
fn said(finding: &Finding, disclosure: &Disclosure) -> String {
    let Finding { message, accounts, updated_by, remedy, .. } = finding;
    let listed = |what: &str, items: Vec<String>| (!items.is_empty()).then(|| format!("{what}: {}", items.join(", ")));
    let parts = [
        Some(format!("{}: {message}", about(finding))),
        listed("fields", finding.differing().map(|field| field.path.clone()).collect()),
        listed("accounts", accounts.iter().map(ToString::to_string).collect()),
        updated_by.as_ref().map(|who| format!("last changed by {who}")),
        Some(format!("fix: {remedy}")),
    ];
    let parts = parts.into_iter().flatten().map(|part| clean::line(&disclosure.scrub_text(&part)));
    parts.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
pub(crate) mod tests;
