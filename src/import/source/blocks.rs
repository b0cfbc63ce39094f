//! Members of a source, whichever way it writes them: `contentPolicyConfig`, `ContentPolicyConfig`, `content_policy_config`, and
//! `contentPolicy` of an answer. A block of Terraform is a list of one.

use crate::import::notes::Note;
use crate::kinds::guardrail::spelled::{fold, member};
use crate::spec::node::{Entry, Node, Value};
use crate::spec::yaml::function;

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

    /// Notes each member that is none of `known`.
    pub(super) fn only(&mut self, known: &[&str]) {
        let strange = self
            .node
            .entries()
            .unwrap_or_default()
            .iter()
            .filter(|entry| !is_nothing(&entry.value) && !known.contains(&fold(&entry.key.value).as_str()));
        for entry in strange {
            let what = format!("`{}` is nothing that a spec says, and not carried over", entry.key.value);
            self.notes.push(Note::aside(self.at.as_str(), what));
        }
    }

    /// A member, unless it is nothing.
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        let entry = member(self.node, name)?;
        (!is_nothing(&entry.value)).then_some(&entry.value)
    }

    /// The first of several members.
    pub(super) fn first(&self, names: &[&str]) -> Option<&'n Node> {
        names.iter().find_map(|name| self.get(name))
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
        Some(Block { node: map, at: format!("{}.{name}", self.at), notes: self.notes })
    }

    /// Calls `read` for each block in a list.
    pub(super) fn each<T>(&mut self, name: &str, read: impl Fn(Block<'n, '_>) -> Option<T>) -> Vec<T> {
        let Some(node) = self.get(name) else { return Vec::new() };
        let Some(items) = node.items() else {
            self.unknown(name);
            return Vec::new();
        };
        let mut all = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let at = format!("{}.{name}[{index}]", self.at);
            if item.entries().is_none() || function(item).is_some() {
                self.notes.push(Note::lost(at, "not carried over: only a deployment knows it"));
                continue;
            }
            all.extend(read(Block { node: item, at, notes: self.notes }));
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
            self.lost(format!("not carried over: it has no `{name}`"));
        }
        self.text(name)
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
                self.lost(format!("not carried over: it has no `{name}`"));
            }
            return default.filter(|_| self.get(name).is_none_or(|node| node.literal() == Some("")));
        };
        let found = from(&text);
        if found.is_none() {
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
            self.lost(format!("not carried over: `{name}` is no number"));
        }
        number
    }

    /// Notes that a member cannot be told without a deployment.
    fn unknown(&mut self, name: &str) {
        let why = self.get(name).map_or_else(String::new, reason);
        self.lost(format!("`{name}` is not carried over: only a deployment knows it{why}"));
    }
}

/// What could be given, where it is a parameter.
fn reason(node: &Node) -> String {
    let Some(Entry { key, value }) = function(node) else { return String::new() };
    match (key.value.as_str(), value.literal()) {
        ("Ref", Some(name)) => format!(" (give it with `--var {name}=…`)"),
        (name, Some(text)) => format!(" ({name}: {text})"),
        (name, None) => format!(" ({name})"),
    }
}

fn is_nothing(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Seq(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        Value::Scalar(_) => false,
    }
}
