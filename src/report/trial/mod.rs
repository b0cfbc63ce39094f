//! What a suite said of a guardrail, for people and for test reports.

mod junit;
pub mod promotion;
mod text;

use std::collections::BTreeSet;
use std::path::Path;

pub use junit::junit;
pub use text::text;

use super::disclosure::in_place_of;
use super::{Disclosure, clean};
use crate::suite::trial::{
    About, CaseTally, Deed, Did, Fault, Mismatch, Place, Prices, Text, Totals, Trial, Verdict, changes,
};
use crate::suite::{Action, Suite, Version};

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answering {
    /// AWS.
    Aws,
    /// The local AWS within.
    Sandbox,
    /// Whoever listens there.
    Endpoint(String),
}

impl Answering {
    /// What a reader must know of the answers, where AWS did not give them.
    pub fn note(&self) -> Option<String> {
        const APPROXIMATED: &str = "In the local AWS topics, content filters, grounding, profanity and personal data \
             without a form of their own are found by toy rules, images are not looked at, and automated reasoning finds no \
             translation. What passes here may fail there, and the other way round.";
        match self {
            Self::Aws => None,
            Self::Sandbox => Some(format!("These answers come from the sandbox, not from AWS. {APPROXIMATED}")),
            Self::Endpoint(url) => Some(format!(
                "These answers come from {url}. If bedrail's sandbox listens there, they are no answers of AWS's. {APPROXIMATED}"
            )),
        }
    }
}

/// One suite, and what came of it.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The file of the suite.
    pub file: String,
    /// The suite.
    pub suite: Suite,
    /// What came of it.
    pub trial: Trial,
    /// What came of it with another version.
    pub against: Option<Against>,
}

/// Another version on the same suite.
#[derive(Clone, Debug)]
pub struct Against {
    /// Which.
    pub version: Version,
    /// What came of it.
    pub trial: Trial,
}

/// Which cases a report for people names one by one. Machines get all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cases {
    /// Those that are not as expected, or have no answer.
    Amiss,
    /// Every one, with what the guardrail did.
    Every,
}

/// Everything that is told.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The suites, in the order in which they were named.
    pub suites: &'a [Tested],
    /// Which of the cases.
    pub cases: Cases,
    /// What AWS asks for what it counts.
    pub prices: Option<&'a Prices>,
    /// Who answered.
    pub answering: &'a Answering,
    /// What may be shown.
    pub disclosure: &'a Disclosure,
}

impl Told<'_> {
    /// How all of it ended: the worst of the suites.
    pub fn verdict(&self) -> Verdict {
        let verdicts: Vec<Verdict> = self.suites.iter().map(Tested::verdict).collect();
        [Verdict::Failed, Verdict::Incomplete].into_iter().find(|one| verdicts.contains(one)).unwrap_or(Verdict::Passed)
    }
}

impl Tested {
    /// What it comes to.
    pub fn totals(&self) -> Totals {
        self.trial.totals(&self.suite)
    }

    /// How it ended. What a version is to be compared with has to be known, too, but need not be as expected.
    pub fn verdict(&self) -> Verdict {
        let own = self.totals().verdict;
        let other = self.against.as_ref().map(|against| against.trial.totals(&self.suite).verdict);
        if own == Verdict::Passed && other == Some(Verdict::Incomplete) { Verdict::Incomplete } else { own }
    }

    /// The cases that the other version takes otherwise.
    pub(super) fn changes(&self) -> Vec<crate::suite::trial::Change> {
        self.against.as_ref().map(|against| changes(&self.trial, &against.trial)).unwrap_or_default()
    }

    /// Whether the suite tolerates the answers that are wrong in this way.
    pub(super) fn tolerates(&self, fault: Fault, totals: &Totals) -> bool {
        match fault {
            Fault::Missed => totals.requests.missed <= u64::from(self.suite.max_misses),
            Fault::FalseBlock => totals.requests.false_blocks <= u64::from(self.suite.max_false_blocks),
            Fault::Otherwise => false,
        }
    }

    /// The name of the file without what every suite's ends with.
    pub(super) fn stem(&self) -> &str {
        let name = Path::new(&self.file).file_name().and_then(|name| name.to_str()).unwrap_or(&self.file);
        name.strip_suffix(".test.yaml").or_else(|| name.strip_suffix(".test.yml")).unwrap_or(name)
    }
}

/// The word of a version, as a suite writes it.
pub fn version_word(version: &Version) -> &str {
    match version {
        Version::Draft => "draft",
        Version::Current => "current",
        Version::Named(key) => key.as_str(),
    }
}

impl Disclosure {
    /// A text of a judgement as it may be shown, on one line.
    pub(super) fn text(&self, text: &Text) -> String {
        match text {
            Text::Guarded(text) if !self.content => in_place_of(&serde_json::Value::from(text.as_str())),
            Text::Guarded(text) => format!("`{}`", clean::line(&self.scrub_text(text))),
            Text::Open(text) => clean::line(&self.scrub_text(text)),
        }
    }

    /// What something is said of, such as `topics.Legal advice`.
    pub(super) fn about(&self, about: &About) -> String {
        match &about.name {
            Some(name) => format!("{}.{}", about.key, self.text(name)),
            None => about.key.to_owned(),
        }
    }

    /// What is not as expected, in a sentence without its end.
    pub(super) fn mismatch(&self, mismatch: &Mismatch) -> String {
        let Mismatch { about, want, have, .. } = mismatch;
        let (want, have) = (self.text(want), self.text(have));
        match about.key {
            "output" => format!("output: {have}, expected {want}"),
            "output_contains" => format!("output: {have}, expected with {want} in it"),
            "output_lacks" => format!("output: {have}, expected without {want}"),
            _ => format!("{}: {have}, expected {want}", self.about(about)),
        }
    }

    /// What a guardrail did, by what it acted on or found.
    pub(super) fn did(&self, did: &Did) -> String {
        let deed = |Deed { about, action }: &Deed| match *action {
            "NONE" => format!("{} found", self.about(about)),
            action => format!("{} {action}", self.about(about)),
        };
        let deeds: Vec<String> = did.deeds.iter().map(deed).collect();
        match (did.action, deeds.is_empty()) {
            (Action::None, true) => "nothing".to_owned(),
            (action, true) => action.word().to_owned(),
            (_, false) => deeds.join(", "),
        }
    }

    /// The same of several answers to one text.
    pub(super) fn all_did<'a>(&self, all: impl IntoIterator<Item = &'a Did>) -> String {
        let each: BTreeSet<String> = all.into_iter().map(|did| self.did(did)).collect();
        each.into_iter().collect::<Vec<_>>().join("; or ")
    }
}

/// What is said of a place whose draft is not what the spec says.
pub(super) fn unlike_spec(place: &Place) -> String {
    format!(
        "in {} the draft that AWS has is not what the spec says; what AWS has was asked. `bedrail apply` brings it to the spec",
        place.scope
    )
}

/// What of a case is not as expected in this way, a sentence each; and what the guardrail did, where that says more.
pub(super) fn explained(tally: &CaseTally, fault: Fault, disclosure: &Disclosure) -> Vec<String> {
    let of_fault = tally.mismatches.keys().filter(|mismatch| mismatch.fault == fault);
    let mut lines: Vec<String> = of_fault.map(|mismatch| disclosure.mismatch(mismatch)).collect();
    let acted: Vec<&Did> = tally.did.keys().filter(|did| !did.deeds.is_empty()).collect();
    // Where it is to do something and does it somewhere else, or is to do nothing, this is the reason.
    if fault != Fault::Otherwise && !acted.is_empty() {
        lines.push(format!("the guardrail did: {}", disclosure.all_did(acted)));
    }
    lines
}

#[cfg(test)]
mod tests;
