//! What the versions of a table are called: few characters that tell one from another, and one setting of it from another.

use std::collections::{BTreeMap, BTreeSet};

use crate::coverage::State;
use crate::report::json::coverage::{Cell, Covered};
use crate::report::json::explain::Met;

/// How many digits of a digest tell contents apart for people.
const DIGITS: usize = 8;

/// The versions, as what they are enforced.
pub(super) struct Versions<'c>(BTreeMap<Enforced<'c>, String>);

/// A version with what it is told to examine.
type Enforced<'c> = (String, [&'c str; 2], [&'c [String]; 2]);

impl<'c> Versions<'c> {
    pub(super) fn of(covered: &'c Covered) -> Self {
        let all: BTreeSet<Enforced<'c>> = covered
            .cells
            .iter()
            .flat_map(|cell| &cell.guardrails)
            .filter(|met| is_enforced(met))
            .map(enforced)
            .collect();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (name, ..) in &all {
            *counts.entry(name.clone()).or_default() += 1;
        }
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let called = all.into_iter().map(|enforced| {
            let name = enforced.0.clone();
            let nth = taken.entry(name.clone()).or_default();
            *nth += 1;
            // What is enforced with one setting everywhere needs no number.
            let called = if counts[&name] > 1 { format!("{name}#{nth}") } else { name };
            (enforced, called)
        });
        Self(called.collect())
    }

    /// What a guardrail that is met is called.
    pub(super) fn called(&self, met: &Met) -> String {
        self.0.get(&enforced(met)).cloned().unwrap_or_else(|| name(met))
    }

    /// What a cell is called in a table: how it stands, at which levels and by which versions.
    pub(super) fn label(&self, cell: &Cell) -> String {
        let short = |level: &str| if level == "organization" { "org".to_owned() } else { level.to_owned() };
        let levels: Vec<String> = cell.levels.iter().map(|level| short(level)).collect();
        match cell.state {
            State::Protected => self.protected(cell, &short),
            State::Unprotected if levels.is_empty() => "none".to_owned(),
            State::Unprotected => format!("{} only", levels.join("+")),
            State::Denied => "denied".to_owned(),
            State::Invalid => "invalid".to_owned(),
            State::Unavailable => "–".to_owned(),
            State::Unseen => "unseen".to_owned(),
        }
    }

    /// Levels that enforce the same are told at once.
    fn protected(&self, cell: &Cell, short: &impl Fn(&str) -> String) -> String {
        let mut told: Vec<(Vec<String>, String)> = Vec::new();
        for level in &cell.levels {
            let of_level = cell.guardrails.iter().filter(|met| met.level == *level);
            let versions: BTreeSet<String> = of_level.map(|met| self.called(met)).collect();
            let versions = versions.into_iter().collect::<Vec<_>>().join("/");
            match told.last_mut() {
                Some((levels, known)) if *known == versions => levels.push(short(level)),
                _ => told.push((vec![short(level)], versions)),
            }
        }
        let told = told.into_iter().map(|(levels, versions)| format!("{} {versions}", levels.join("+")));
        told.map(|told| told.trim_end().to_owned()).collect::<Vec<_>>().join(" + ")
    }
}

/// What a request names is not enforced.
fn is_enforced(met: &Met) -> bool {
    met.level != "request"
}

fn enforced(met: &Met) -> Enforced<'_> {
    (name(met), [&met.guarding.system, &met.guarding.messages], [&met.included_models, &met.excluded_models])
}

/// Its key under `versions`, the first digits of its content, or its number: whatever stays from Region to Region, if something
/// does.
fn name(met: &Met) -> String {
    let digest = || Some(met.content.as_ref()?.rsplit(':').next()?.chars().take(DIGITS).collect());
    met.name.clone().or_else(digest).unwrap_or_else(|| met.version.rsplit('/').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::json::explain::Guarding;

    pub(super) fn met(level: &str, name: Option<&str>, content: &str, system: &str) -> Met {
        Met {
            level: level.to_owned(),
            version: "arn:aws:bedrock:us-east-1:1:guardrail/abc:4".to_owned(),
            name: name.map(str::to_owned),
            content: Some(format!("sha256:{content}")),
            status: None,
            unknown: None,
            policy: None,
            guarding: Guarding { system: system.to_owned(), messages: "COMPREHENSIVE".to_owned() },
            included_models: vec!["ALL".to_owned()],
            excluded_models: Vec::new(),
            troubles: Vec::new(),
        }
    }

    fn cell(guardrails: Vec<Met>) -> Cell {
        let mut levels: Vec<String> = guardrails.iter().map(|met| met.level.clone()).collect();
        levels.dedup();
        Cell {
            state: State::Protected,
            levels,
            verdict: String::new(),
            guardrails,
            not_in_effect: Vec::new(),
            demands: Vec::new(),
            unions: Vec::new(),
            uncovered: Vec::new(),
            findings: Vec::new(),
            unseen: Vec::new(),
            ways: Vec::new(),
        }
    }

    #[test]
    fn a_cell_names_the_version_of_each_level() {
        let whole = |level, name, content| met(level, name, content, "COMPREHENSIVE");
        let cells = vec![
            cell(vec![whole("organization", Some("november"), "0123456789ab")]),
            cell(vec![whole("organization", None, "0123456789ab"), whole("account", None, "0123456789ab")]),
            cell(vec![whole("organization", Some("november"), "01"), whole("account", None, "ffffffffffff")]),
            cell(vec![met("account", None, "ffffffffffff", "SELECTIVE")]),
        ];
        let covered = Covered { cells: cells.clone(), ..crate::report::coverage::tests::nothing() };
        let versions = Versions::of(&covered);
        let labels: Vec<String> = cells.iter().map(|cell| versions.label(cell)).collect();
        let want = ["org november", "org+account 01234567", "org november + account ffffffff#1", "account ffffffff#2"];
        assert_eq!(labels, want);
    }
}
