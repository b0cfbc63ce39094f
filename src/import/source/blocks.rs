//! Members of a source, whichever way it writes them: `contentPolicyConfig`, `ContentPolicyConfig`, `content_policy_config`, and
//! `contentPolicy` of an answer. A block of Terraform is a list of one.
//!
//! Members are asked for as answers of the API spell them, and told as the source does.

use super::intrinsics::unresolved;
use crate::import::notes::{Note, Weight};
use crate::kinds::guardrail::spelled::{fold, member};
use crate::spec::node::{Entry, Node, Value};
use crate::spec::yaml::{function, is_function};

/// A map of a source, what it is in the source, and where what is missing is noted.
pub(super) struct Block<'n, 'o> {
    /// The map.
    node: &'n Node,
    /// Its address in the source.
    at: String,
    notes: &'o mut Vec<Note>,
}

impl<'n, 'o> Block<'n, 'o> {
    /// The block at this address.
    pub(super) fn new(node: &'n Node, at: impl Into<String>, notes: &'o mut Vec<Note>) -> Self {
        Self { node, at: at.into(), notes }
    }

    /// Notes that something is missing as a whole.
    pub(super) fn lost(&mut self, what: impl Into<String>) {
        self.notes.push(Note::lost(self.at.as_str(), what));
    }

    /// How much has been noted so far.
    pub(super) fn told(&self) -> usize {
        self.notes.len()
    }

    /// What is missing since then makes what is carried over weaker.
    pub(super) fn weakens(&mut self, since: usize, without: &str) {
        for note in self.notes[since..].iter_mut().filter(|note| note.weight == Weight::Lost) {
            note.weight = Weight::Weaker;
            note.what.push_str(without);
        }
    }

    /// Notes each member that is none of `known`: it may be a control, misspelt or younger than this release.
    pub(super) fn only(&mut self, known: &[&str]) {
        let known: Vec<String> = known.iter().map(|name| fold(name)).collect();
        let members = self.node.entries().unwrap_or_default();
        for Entry { key, .. } in members.iter().filter(|entry| !is_nothing(&entry.value)) {
            if is_function(&key.value) {
                // Beside members of its own, a macro adds what nobody sees.
                let what = format!("what `{}` adds is not carried over: only a deployment knows it", key.value);
                self.notes.push(Note { weight: Weight::Weaker, at: self.at.clone(), what });
            } else if !known.contains(&fold(&key.value)) {
                let what = format!("`{}` is not carried over: bedrail does not know it{WEAKER}", key.value);
                self.notes.push(Note::weaker(self.at.as_str(), what));
            }
        }
    }

    /// A member, unless it is nothing.
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        let entry = member(self.node, name)?;
        (!is_nothing(&entry.value)).then_some(&entry.value)
    }

    /// A member as the source spells it, or would.
    pub(super) fn spelled(&self, name: &str) -> String {
        if let Some(entry) = member(self.node, name) {
            return entry.key.value.clone();
        }
        let keys = || self.node.entries().unwrap_or_default().iter().map(|entry| entry.key.as_str());
        if keys().any(|key| key.contains('_')) {
            let letter =
                |c: char| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.into() };
            return name.chars().map(letter).collect();
        }
        let (first, rest) = name.split_at(1);
        let upper = keys().next().is_some_and(|key| key.starts_with(|c: char| c.is_ascii_uppercase()));
        if upper { first.to_ascii_uppercase() + rest } else { name.to_owned() }
    }

    /// The block in a member.
    pub(super) fn inside(&mut self, name: &str) -> Option<Block<'n, '_>> {
        let node = self.get(name)?;
        let map = match &node.value {
            Value::Seq(items) => items.first()?,
            _ => node,
        };
        if map.entries().is_none() || function(map).is_some() {
            self.unknown(name);
            return None;
        }
        Some(Block { node: map, at: format!("{}.{}", self.at, self.spelled(name)), notes: self.notes })
    }

    /// Calls `read` for each block in a list. What is left out of it leaves a gap.
    pub(super) fn each<T>(&mut self, name: &str, read: impl Fn(Block<'n, '_>) -> Option<T>) -> Vec<T> {
        let Some(node) = self.get(name) else { return Vec::new() };
        let since = self.told();
        let Some(items) = node.items() else {
            self.unknown(name);
            self.weakens(since, WEAKER);
            return Vec::new();
        };
        let mut all = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let since = self.told();
            let at = format!("{}.{}[{index}]{}", self.at, self.spelled(name), called(item));
            let read = if item.entries().is_none() || function(item).is_some() {
                self.notes.push(Note::lost(at, format!("not carried over: {}", why(item))));
                None
            } else {
                read(Block { node: item, at, notes: self.notes })
            };
            if read.is_none() {
                self.weakens(since, WEAKER);
            }
            all.extend(read);
        }
        all
    }

    /// A text; empty is absent.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let node = self.get(name)?;
        if node.literal().is_none() {
            self.unknown(name);
        }
        node.literal().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A text that must be there.
    pub(super) fn required(&mut self, name: &str) -> Option<String> {
        let missing = self.get(name).is_none_or(|node| node.literal() == Some(""));
        if missing {
            self.missing(name);
        }
        self.text(name)
    }

    fn missing(&mut self, name: &str) {
        self.lost(format!("not carried over: it has no `{}`", self.spelled(name)));
    }

    /// The texts of a list.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(node) = self.get(name) else { return Vec::new() };
        let items = node.items().unwrap_or(std::slice::from_ref(node));
        let texts: Vec<String> = items.iter().filter_map(Node::literal).map(str::to_owned).collect();
        if texts.len() < items.len() {
            self.unknown(name);
        }
        texts
    }

    /// One of AWS's words, or this where it says nothing; `None` for a word that is not known.
    pub(super) fn word<T: Copy>(&mut self, name: &str, from: fn(&str) -> Option<T>, default: Option<T>) -> Option<T> {
        let Some(text) = self.text(name) else {
            if default.is_none() && self.get(name).is_none() {
                self.missing(name);
            }
            return default.filter(|_| self.get(name).is_none_or(|node| node.literal() == Some("")));
        };
        let found = from(&text);
        if found.is_none() {
            let name = self.spelled(name);
            self.lost(format!("not carried over: `{name}` is `{text}`, which bedrail does not know"));
        }
        found
    }

    /// True unless it is said to be false.
    pub(super) fn enabled(&mut self, name: &str) -> bool {
        self.text(name).is_none_or(|text| !text.eq_ignore_ascii_case("false"))
    }

    /// A number.
    pub(super) fn number(&mut self, name: &str) -> Option<f64> {
        let text = self.text(name)?;
        let number: Option<f64> = text.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.lost(format!("not carried over: `{}` is no number", self.spelled(name)));
        }
        number
    }

    /// Notes that a member cannot be told.
    fn unknown(&mut self, name: &str) {
        let why = self.get(name).map_or_else(String::new, |node| format!(": {}", why(node)));
        self.lost(format!("`{}` is not carried over{why}", self.spelled(name)));
    }
}

/// What is said of a control that is left out.
pub(super) const WEAKER: &str = "; the spec protects less without it";

/// Why a value is not what is needed there: the first thing in it that is not known, or what it is instead.
pub(super) fn why(node: &Node) -> String {
    first_unresolved(node).map_or_else(|| format!("it is {}", node.kind()), str::to_owned)
}

/// Why the first value that is not known is not.
pub(super) fn first_unresolved(node: &Node) -> Option<&str> {
    let of_items = || node.items().unwrap_or_default().iter().find_map(first_unresolved);
    let of_entries = || node.entries().unwrap_or_default().iter().find_map(|entry| first_unresolved(&entry.value));
    unresolved(node).or_else(of_items).or_else(of_entries)
}

/// What tells a rule from others, where that is AWS's word or a name.
fn called(item: &Node) -> String {
    let named = ["type", "name"].iter().find_map(|name| member(item, name)?.value.literal());
    named.map_or_else(String::new, |name| format!(" ({name})"))
}

fn is_nothing(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Seq(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        Value::Scalar(_) => false,
    }
}
