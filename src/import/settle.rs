//! What is written is a sound spec: it is read as a user's would be, and an entry at fault is left out, and told.

use std::collections::BTreeSet;

use super::notes::{Note, Weight};
use super::paper::{Home, Paper};
use super::stock::Stock;
use crate::model::Facts;
use crate::model::diagnostic::{Diagnostics, Severity};
use crate::spec::interpolate::Environment;
use crate::spec::lower::{check, lower};
use crate::spec::sources::Sources;
use crate::spec::{Input, Spec, read};

/// A spec, and what is not in it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// As one file.
    pub text: String,
    /// As several, by name.
    pub files: Vec<(String, String)>,
    /// What could not be carried over, sorted.
    pub notes: Vec<Note>,
    /// Whether nothing was carried over.
    pub is_empty: bool,
}

impl Imported {
    /// Whether something is missing that a spec could declare.
    pub fn is_partial(&self) -> bool {
        self.notes.iter().any(|note| note.weight != Weight::Aside)
    }

    /// How many notes have this weight.
    pub fn count(&self, weight: Weight) -> usize {
        self.notes.iter().filter(|note| note.weight == weight).count()
    }
}

/// How often entries that depended on others at fault are looked at again: guardrail, version, enforcement, and room.
const ROUNDS: usize = 8;

/// The spec that declares what there is. `facts` are those of the caller, where AWS was asked; they tell faults that the text
/// alone does not.
pub fn import(stock: Stock, home: &Home, facts: Option<&Facts>) -> Imported {
    if home.organization.is_none() || home.is_member {
        return settled(stock, home, facts).0;
    }
    // Whose organization it is was told by what may not be in the spec.
    let (imported, names_organization) = settled(stock.clone(), home, facts);
    if names_organization {
        return imported;
    }
    settled(stock, &Home { organization: None, ..home.clone() }, facts).0
}

/// The spec, and whether something in it takes an organization.
fn settled(mut stock: Stock, home: &Home, facts: Option<&Facts>) -> (Imported, bool) {
    let mut notes = std::mem::take(&mut stock.notes);
    let mut paper = Paper::of(&stock, home, &mut notes);
    for (section, entries) in &mut paper.sections {
        entries.retain(|entry| {
            let sound = entry.value.can_be_read();
            if !sound {
                let what = "not carried over: it holds a control character, which no spec can";
                notes.push(Note::lost(format!("{section}.{}", entry.key), what));
            }
            sound
        });
    }
    for _ in 0..ROUNDS {
        let faults = faults(&paper.text(&[]), facts);
        if faults.is_empty() {
            break;
        }
        let mut left_out = BTreeSet::new();
        for (entry, message) in faults {
            let Some((section, key)) = entry.split_once('.') else { continue };
            let Some(entries) = paper.sections.get_mut(section) else { continue };
            if let Some(at) = entries.iter().position(|entry| entry.key == key) {
                entries.remove(at);
                left_out.insert(entry.clone());
            }
            if left_out.contains(&entry) {
                notes.push(Note::lost(entry, format!("not carried over: {message}")));
            }
        }
        if left_out.is_empty() {
            break;
        }
    }
    notes.sort();
    notes.dedup();
    let imported = Imported { text: paper.text(&notes), files: paper.files(&notes), is_empty: paper.is_empty(), notes };
    let elsewhere = stock.accounts().into_iter().any(|account| home.account.as_ref() != Some(account));
    (imported, elsewhere || paper.names_organization())
}

/// The entries at fault, as `section.key`, with what is wrong.
fn faults(text: &str, facts: Option<&Facts>) -> Vec<(String, String)> {
    let (sources, file) = Sources::one("bedrail.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let input =
        Input { sources: &sources, files: &[file], given: Vec::new(), environment: &Environment::new(), env: None };
    let spec: Spec = read(input, &mut diagnostics);
    match facts {
        Some(facts) => drop(lower(&spec, facts, &mut diagnostics)),
        None => check(&spec, &mut diagnostics),
    }
    let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error);
    let told = errors.filter_map(|one| {
        let span = one.span?;
        let place = spec.entry_at(span).or_else(|| key_at(&spec, span))?;
        Some((place, format!("{} ({})", one.message, one.code.id())))
    });
    let mut told: Vec<(String, String)> = told.collect();
    told.sort();
    told.dedup();
    told
}

/// The entry whose key stands at a place.
fn key_at(spec: &Spec, span: crate::model::span::Span) -> Option<String> {
    crate::spec::top::SECTIONS.iter().find_map(|section| {
        let entry = spec.section(section).iter().find(|entry| entry.key.span == span)?;
        Some(format!("{section}.{}", entry.key.value))
    })
}
