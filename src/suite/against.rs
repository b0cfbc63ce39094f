//! A suite beside the spec that it is for.
//!
//! What a guardrail says is known from the spec, under the assumptions of `validate`. Nothing is known of what others manage
//! but the Regions of the ARNs that the spec has, and a published version may say what the spec said before.

mod case;
mod fit;
mod rule;

use std::rc::Rc;

use case::Contents;

use super::codes;
use super::entry::SuiteEntry;
use super::outline::Outline;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::span::Spanned;
use crate::model::{Region, Scope};
use crate::spec::decode::Exact;
use crate::spec::lower::codes::{NO_GUARDRAIL, NO_VERSION};
use crate::spec::lower::{Declared, DeclaredGuardrail, DeclaredVersion, Origin, declared};
use crate::spec::top::EntryKey;
use crate::spec::{Spec, suggest};

impl Outline {
    /// Reports what the suite names that `spec` does not have, and what it expects that a guardrail of the spec does not do.
    /// What is itself at fault in either is passed over; of a spec that could not be read whole nothing is said.
    pub fn check_against(&self, spec: &Spec, diagnostics: &mut Diagnostics) {
        let Some(suite) = self.suite.as_ref().filter(|_| spec.complete) else { return };
        let mut found = Diagnostics::new();
        check(suite, spec, &mut found);
        diagnostics.extend(found.without(&spec.secrets));
    }
}

fn check(suite: &SuiteEntry, spec: &Spec, diagnostics: &mut Diagnostics) {
    let version = suite.version.as_ref().filter(|version| !matches!(version.as_str(), "draft" | "current"));
    let known = check_key(&suite.guardrail, spec, &["guardrails", "external_guardrails"], NO_GUARDRAIL, diagnostics);
    let numbered = |version: &Exact<EntryKey>| version.as_str().bytes().all(|byte| byte.is_ascii_digit());
    // One that is reserved or a number is a fault of the suite.
    let version = version.filter(|version| version.as_str() != "any" && !numbered(version));
    if let Some(version) = version {
        check_key(version, spec, &["versions"], NO_VERSION, diagnostics);
    }
    let Some(Declared { guardrails, versions }) = declared(spec).filter(|_| known) else { return };
    let named = version.and_then(|version| Some((version, versions.get(version.as_str())?)));
    if let Some((version, named)) = named
        && named.guardrail.as_str() != suite.guardrail.as_str()
    {
        let message = format!(
            "`{}` is a version of `{}`, and the suite is for `{}`",
            version.value, *named.guardrail, suite.guardrail.value
        );
        let fault = Diagnostic::at(version.span, codes::OTHER_GUARDRAIL, message);
        let mut own = versions.values().filter(|other| other.guardrail.as_str() == suite.guardrail.as_str());
        let help = own.next().map(|own| format!("`{}` is one of `{}`", own.key.as_str(), suite.guardrail.value));
        diagnostics.push(fault.related(named.key.span, "declared here").maybe_help(help));
        return;
    }
    let Some(guardrail) = guardrails.get(suite.guardrail.as_str()) else { return };
    check_regions(suite, guardrail, named.map(|(_, named)| named), diagnostics);
    let asked: Vec<&Region> =
        suite.regions.iter().flat_map(|regions| regions.iter()).map(|region| &region.value).collect();
    let sent = |region: &&Region| asked.is_empty() || asked.contains(region);
    let there = guardrail.scopes.keys().filter_map(|scope: &Scope| {
        let region = scope.region.as_ref().filter(sent)?;
        Some((region, guardrail.content(scope)?))
    });
    let version = named.map(|(_, named)| named.key.as_str());
    let contents = Contents { there: there.collect(), declared: guardrail.key.span, version };
    for case in suite.cases.iter() {
        contents.check(case, diagnostics);
    }
}

/// Reports a key that no section of these has. Whether one has it.
fn check_key(
    key: &Spanned<Exact<EntryKey>>,
    spec: &Spec,
    sections: &[&str],
    code: Code,
    diagnostics: &mut Diagnostics,
) -> bool {
    let entries = sections.iter().flat_map(|section| spec.section(section));
    let known: Vec<&str> = entries.map(|entry| entry.key.as_str()).collect();
    let is_known = known.contains(&key.as_str());
    if !is_known {
        let what = if code == NO_VERSION { "version" } else { "guardrail" };
        let fault = Diagnostic::at(key.span, code, format!("the spec declares no {what} `{}`", key.value));
        diagnostics.push(fault.maybe_help(suggest::advise(key.as_str(), known.iter().copied())));
    }
    is_known
}

/// Reports Regions where the guardrail is not, or where a version with numbers has none.
fn check_regions(
    suite: &SuiteEntry,
    guardrail: &DeclaredGuardrail,
    version: Option<&Rc<DeclaredVersion>>,
    diagnostics: &mut Diagnostics,
) {
    // In which Regions another stack has it is for AWS to say.
    if matches!(guardrail.origin, Origin::Stack { .. }) || guardrail.scopes.is_empty() {
        return;
    }
    let there: Vec<&str> = guardrail.regions().map(Region::as_str).collect();
    let numbers = version.and_then(|version| Some((version, version.numbers.as_ref()?)));
    for region in suite.regions.iter().flat_map(|regions| regions.iter()) {
        let fault = |message: String, known: &[&str], declared, label: &str| {
            let fault = Diagnostic::at(region.span, codes::NOT_THERE, message).related(declared, label);
            fault.maybe_help(suggest::advise(region.as_str(), known.iter().copied()))
        };
        if !there.contains(&region.as_str()) {
            let message = format!("the guardrail `{}` is not in {}", guardrail.key.as_str(), region.value);
            diagnostics.push(fault(message, &there, guardrail.key.span, "the guardrail is declared here"));
        } else if let Some((version, numbers)) = numbers
            && !numbers.contains_key(&region.value)
        {
            let message = format!("the version `{}` has no number in {}", version.key.as_str(), region.value);
            let known: Vec<&str> = numbers.keys().map(Region::as_str).collect();
            diagnostics.push(fault(message, &known, version.key.span, "the version is declared here"));
        }
    }
}
