//! From texts to a spec: variables in place, the top level decoded, the sections as nodes.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::{as_entries, merge};
use super::decode::{Decode, Exact, Key, Reading, Shape, salvage};
use super::interpolate::{Environment, Vars};
use super::node::{Entry, Node, Value, Written};
use super::sources::Sources;
use super::template::{ScopeVar, Template};
use super::top::{EntryKey, SECTIONS, ScanAccounts, Top};
use super::{codes, environment, suggest, yaml};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{SourceId, Span, Spanned};

/// Everything that a spec is read from.
#[derive(Debug)]
pub struct Input<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// Which of them are files of the spec, in the order in which they were named.
    pub files: &'a [SourceId],
    /// Variables of the command line, which go before those of the spec; the last of a name counts.
    pub given: Vec<(Spanned<String>, Node)>,
    /// What `${env.NAME}` may name.
    pub environment: &'a Environment,
    /// Which of `environments` is laid over the rest.
    pub env: Option<&'a str>,
}

/// A spec whose sections are yet to be decoded. If the diagnostics hold errors, it is what could be read.
#[derive(Debug)]
pub struct Spec {
    /// The top level, unless it is at fault.
    pub top: Option<Top>,
    /// Whether every file could be parsed and holds keys. If not, what seems to be missing may stand in one that could not.
    pub complete: bool,
    /// What came from the environment, and must not be shown.
    pub secrets: BTreeSet<String>,
    /// The names under `environments`.
    pub environments: Vec<String>,
    /// Whose accounts the scan looks into, where something else than the spec decides it.
    pub scan_accounts: Option<ScanAccounts>,
    sections: BTreeMap<&'static str, Vec<SectionEntry>>,
    organization: bool,
    /// The top level without what is at fault, where it is at fault.
    rough: Option<Top>,
}

/// One entry of a section, variables in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionEntry {
    /// Its key.
    pub key: Spanned<String>,
    /// Its value.
    pub node: Node,
}

/// An entry of a section, decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<T> {
    /// Its key.
    pub key: Spanned<String>,
    /// Its value.
    pub entry: Spanned<T>,
}

/// Expressions that have a value wherever there is an account.
pub const GLOBAL: &[ScopeVar] = &[ScopeVar::Account, ScopeVar::Partition];
/// Expressions that have a value wherever there is an account and a Region.
pub const REGIONAL: &[ScopeVar] = &[ScopeVar::Region, ScopeVar::Account, ScopeVar::Partition];

impl Spec {
    /// The top level, or what could be read of one that is at fault.
    pub(crate) fn rough_top(&self) -> Option<&Top> {
        self.top.as_ref().or(self.rough.as_ref())
    }

    /// The entries of a section in the order of the texts, files in the order of their names.
    pub fn section(&self, name: &str) -> &[SectionEntry] {
        self.sections.get(name).map_or(&[], Vec::as_slice)
    }

    /// The entry that holds a place, as `account_enforcement.sandbox`.
    pub(crate) fn entry_at(&self, place: Span) -> Option<String> {
        let holds = |span: Span| span.source == place.source && span.start <= place.start && place.end <= span.end;
        self.sections.iter().find_map(|(section, entries)| {
            let entry = entries.iter().find(|entry| holds(entry.node.span))?;
            Some(format!("{section}.{}", entry.key.value))
        })
    }

    /// Decodes the entries of a section, with [`GLOBAL`] or [`REGIONAL`] expressions on offer, and
    /// `${organization_id}` if the spec has an organization. An entry at fault is left out.
    pub fn decode<T: Decode>(
        &self,
        section: &str,
        offered: &[ScopeVar],
        diagnostics: &mut Diagnostics,
    ) -> Vec<Decoded<T>> {
        let mut cx = Reading::new(offer(offered, self.organization));
        let read = |SectionEntry { key, node }: &SectionEntry| {
            let section = Spanned::new(section.to_owned(), key.span);
            let value = cx.within(&section, |cx| cx.within(key, |cx| T::decode(node, cx)))?;
            Some(Decoded { key: key.clone(), entry: Spanned::new(value, node.span) })
        };
        let decoded = self.section(section).iter().filter_map(read).collect();
        diagnostics.extend(cx.diagnostics);
        decoded
    }
}

fn offer(vars: &[ScopeVar], organization: bool) -> impl Iterator<Item = ScopeVar> {
    vars.iter().copied().chain(organization.then_some(ScopeVar::OrganizationId))
}

/// Reads a spec and reports every fault of its YAML, its expressions and its top level.
pub fn read(input: Input<'_>, diagnostics: &mut Diagnostics) -> Spec {
    let Input { sources, files, given, environment, env } = input;
    let mut cx = Reading::default();
    // Without a file nothing is known of the spec, and that it cannot be read has been said.
    let mut complete = !files.is_empty();
    let mut parsed = Vec::new();
    for &file in files {
        let before = cx.diagnostics.errors();
        let root = yaml::parse(file, sources.text(file), &mut cx.diagnostics);
        let sound = cx.diagnostics.errors() == before;
        let entries = if sound { as_entries(root, file, sources.name(file), &mut cx) } else { None };
        complete &= entries.is_some();
        parsed.extend(entries);
    }
    let entries = merge(parsed, &mut cx);
    let (environments, entries) = apart(entries, environment::KEY);
    let (declared, entries) = apart(entries, "vars");
    let over = environment::chosen(environments.first(), env, complete, &mut cx);
    let (differing, over) = apart(over, "vars");
    let start = entries.first().map_or_else(|| file_start(files), |entry| entry.key.span);
    let declared = environment::lay(declared, differing, start);
    let mut vars = Vars::new(declared.first(), given, environment, &mut cx);
    let mut put = |entries: Vec<Entry>| -> Vec<Entry> {
        entries.into_iter().map(|Entry { key, value }| Entry { value: vars.apply(value, &mut cx), key }).collect()
    };
    let (entries, over) = (put(entries), put(over));
    let entries = environment::lay(entries, over, start);
    let secrets = vars.secrets();

    let organization = entries.iter().any(|entry| entry.key.value == "organization");
    let (top, sections) = split(entries, &mut cx);
    let start = top.first().map_or_else(|| file_start(files), |entry| entry.key.span);
    let root = Node::new(start, Value::Map(top));
    let offered: Vec<ScopeVar> = offer(REGIONAL, organization).collect();
    let top = cx.offering(&offered, |cx| decode_top(&root, complete, cx));
    diagnostics.extend(cx.diagnostics.without(&secrets));
    let environments = environment::names(environments.first());
    let rough = if top.is_none() { rough_top(root) } else { None };
    Spec { top, complete, secrets, environments, scan_accounts: None, sections, organization, rough }
}

/// The entries of this key, and the others.
fn apart(entries: Vec<Entry>, key: &str) -> (Vec<Entry>, Vec<Entry>) {
    entries.into_iter().partition(|entry| entry.key.value == key)
}

fn file_start(files: &[SourceId]) -> Span {
    Span::new(files.first().copied().unwrap_or(SourceId::new(0)), 0, 0)
}

/// Top-level entries apart from sections. Reports keys that are neither.
fn split(entries: Vec<Entry>, cx: &mut Reading) -> (Vec<Entry>, BTreeMap<&'static str, Vec<SectionEntry>>) {
    let mut top = Vec::new();
    let mut sections = BTreeMap::new();
    for entry in entries {
        let name = entry.key.value.as_str();
        if let Some(section) = SECTIONS.into_iter().find(|section| *section == name) {
            sections.insert(section, section_entries(entry, cx));
        } else if Top::KEYS.contains(&name) {
            top.push(entry);
        } else {
            let known = Top::KEYS.iter().copied().chain(["vars", environment::KEY]).chain(SECTIONS);
            let message = format!("unknown key `{name}` at the top level");
            let help = suggest::advise(name, known);
            cx.push(Diagnostic::at(entry.key.span, codes::UNKNOWN_KEY, message).maybe_help(help));
        }
    }
    (top, sections)
}

fn section_entries(section: Entry, cx: &mut Reading) -> Vec<SectionEntry> {
    let Value::Map(entries) = section.value.value else {
        cx.within(&section.key, |cx| cx.wrong_shape(&section.value, Shape::Map, "a map from keys to entries"));
        return Vec::new();
    };
    for Entry { key, .. } in &entries {
        Exact::<EntryKey>::read(key, cx);
    }
    entries.into_iter().map(|Entry { key, value }| SectionEntry { key, node: value }).collect()
}

/// What is left of a top level without its faults, which have been reported. Regions are not made up.
fn rough_top(root: Node) -> Option<Top> {
    let Node { span, value: Value::Map(mut entries) } = root else { return None };
    let wanting = [("format", "1", Written::Plain), ("stack", "stack", Written::Plain)];
    for (key, text, written) in wanting {
        let found = entries.iter().position(|entry| entry.key.value == key);
        let value = Node::scalar(span.at_start(), Template::text(text), written);
        let entry = Entry { key: Spanned::new(key.to_owned(), span.at_start()), value };
        // Neither has a part in what is asked of it.
        match found {
            Some(at) => entries[at] = entry,
            None => entries.push(entry),
        }
    }
    salvage(&Node::new(span, Value::Map(entries)), &["regions", "organization", "account_id"])
}

fn decode_top(root: &Node, complete: bool, cx: &mut Reading) -> Option<Top> {
    if let (Some(account), Some(organization)) = (root.entry("account_id"), root.entry("organization")) {
        let message = "`account_id` and `organization` exclude each other";
        let fault = Diagnostic::at(account.key.span, codes::ACCOUNT_AND_ORGANIZATION, message);
        let fault = fault.related(organization.key.span, "the organization is declared here");
        cx.push(fault.help("with an organization its `management_account` says which account is meant"));
    }
    let before = std::mem::take(&mut cx.diagnostics);
    let top = Top::decode(root, cx);
    let found = std::mem::replace(&mut cx.diagnostics, before);
    // A key that seems to be missing may stand in the file that could not be parsed.
    cx.diagnostics.extend(found.into_iter().filter(|fault| complete || fault.code != codes::MISSING_KEY));
    top
}

#[cfg(test)]
mod tests;
