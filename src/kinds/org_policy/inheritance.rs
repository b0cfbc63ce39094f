//! What the policies on the way from the root to an account come to (Organizations user guide, "How policy inheritance works"
//! and "Inheritance operators").
//!
//! - A value further down overrides one from above, unless the policy above forbids it; a forbidden operator is ignored.
//! - On one node the policy attached first wins, and restrictions of one node intersect.
//! - A restriction only ever gets tighter on the way down. On a map it governs which keys policies further down may add,
//!   not the settings that stand there already.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::document::{ASSIGN, CHILD_OPERATORS};
use super::in_effect::settings;
use crate::kinds::account_enforcement::{ModelEnforcement, SelectiveContentGuarding};
use crate::model::{Document, Ref, Region, RemoteId, Segment};

mod claims;
mod defects;

pub use claims::{Claim, Fate};
pub use defects::Defect;

const APPEND: &str = "@@append";
const REMOVE: &str = "@@remove";

/// A policy on the way down, and its document.
pub type Attached<'a> = (&'a Ref, &'a Document);

/// What is in effect in one Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The version that is enforced.
    pub version: Ref,
    /// What of a call is examined.
    pub guarding: SelectiveContentGuarding,
    /// Which models are held to it.
    pub models: ModelEnforcement,
    /// The policy that names the version.
    pub by: Ref,
}

/// What is in effect in each Region below these nodes, root first; each holds the policies attached to one node, first
/// attached first. A configuration that names no guardrail enforces nothing and is left out.
pub fn effective(nodes: &[Vec<Attached<'_>>]) -> BTreeMap<Region, Effective> {
    inherit(nodes).regions()
}

/// What the policies on these nodes come to, root first; each holds the policies attached to one node, first attached first.
pub fn inherit(nodes: &[Vec<Attached<'_>>]) -> Inherited {
    let mut merged = Merged::default();
    for (at, node) in nodes.iter().enumerate() {
        let policies: Vec<(&Ref, Element)> =
            node.iter().map(|(policy, document)| (*policy, Element::of(document))).collect();
        let level: Vec<(&Ref, &Element)> = policies.iter().map(|(policy, element)| (*policy, element)).collect();
        merged.inherit(&combine(&level), None, at);
    }
    Inherited(merged)
}

/// What a chain of policies comes to, and what each of them had to say.
#[derive(Clone, Debug)]
pub struct Inherited(Merged);

impl Inherited {
    /// What is in effect in each Region, as [`effective`] tells it.
    pub fn regions(&self) -> BTreeMap<Region, Effective> {
        let configured = |(region, configurations): (&String, &Merged)| {
            let enforced = configurations.children.values().find_map(Merged::configuration)?;
            Some((Region::new(region.as_str()), enforced))
        };
        self.inference().filter_map(configured).collect()
    }

    /// The document that `DescribeEffectivePolicy` shows once it is in effect: plain values in the place of operators. `None`
    /// where no policy sets anything.
    pub fn document(&self) -> Option<Value> {
        self.0.plain()
    }

    /// The configurations of each Region.
    fn inference(&self) -> impl Iterator<Item = (&String, &Merged)> {
        let regions = self.0.child("bedrock").and_then(|bedrock| bedrock.child("guardrail_inference"));
        regions.into_iter().flat_map(|regions| &regions.children)
    }
}

/// The operators that policies further down may use.
type Allowed = BTreeSet<&'static str>;

fn every_operator() -> Allowed {
    Allowed::from([ASSIGN, APPEND, REMOVE])
}

/// One element of a document, operators apart from keys.
#[derive(Clone, Debug, Default)]
struct Element {
    /// What it leaves to policies further down; `None` where it says nothing.
    allowed: Option<Allowed>,
    /// The value that each operator brings.
    operators: BTreeMap<&'static str, Document>,
    children: BTreeMap<String, Element>,
}

impl Element {
    fn of(document: &Document) -> Self {
        let mut element = Self::default();
        let Document::Map(entries) = document else { return element };
        for (key, value) in entries {
            match every_operator().into_iter().find(|operator| *operator == key) {
                Some(operator) => drop(element.operators.insert(operator, value.clone())),
                None if key == CHILD_OPERATORS => element.allowed = Some(allowed(value)),
                None => drop(element.children.insert(key.clone(), Self::of(value))),
            }
        }
        element
    }
}

/// Whether a document forbids policies further down some operator somewhere.
pub fn locks(document: &Document) -> bool {
    let Document::Map(entries) = document else { return false };
    entries
        .iter()
        .any(|(key, value)| if key == CHILD_OPERATORS { allowed(value) != every_operator() } else { locks(value) })
}

fn allowed(value: &Document) -> Allowed {
    let Document::List(words) = value else { return every_operator() };
    let words: Vec<&str> = words.iter().filter_map(Document::as_text).collect();
    if words.contains(&"@@all") {
        return every_operator();
    }
    every_operator().into_iter().filter(|operator| words.contains(operator)).collect()
}

/// What the policies of one node say together, and who says it.
#[derive(Clone, Debug, Default)]
struct Combined {
    allowed: Option<Allowed>,
    /// The first policy that forbids others further down to assign.
    closes: Option<Ref>,
    /// What each policy assigns, first attached first; the first counts.
    assign: Vec<(Document, Ref)>,
    append: Option<Vec<Document>>,
    remove: Vec<Document>,
    children: BTreeMap<String, Combined>,
}

fn combine(level: &[(&Ref, &Element)]) -> Combined {
    let mut all = Combined::default();
    let mut below: BTreeMap<&String, Vec<(&Ref, &Element)>> = BTreeMap::new();
    for (policy, element) in level {
        all.allowed = match (all.allowed.take(), &element.allowed) {
            (Some(one), Some(other)) => Some(&one & other),
            (one, other) => one.or_else(|| other.clone()),
        };
        if all.closes.is_none() && element.allowed.as_ref().is_some_and(|allowed| !allowed.contains(ASSIGN)) {
            all.closes = Some((*policy).clone());
        }
        let value = |operator| element.operators.get(operator);
        all.assign.extend(value(ASSIGN).map(|value| (value.clone(), (*policy).clone())));
        if let Some(more) = value(APPEND) {
            all.append.get_or_insert_default().extend(items(more));
        }
        all.remove.extend(value(REMOVE).into_iter().flat_map(items));
        for (key, child) in &element.children {
            below.entry(key).or_default().push((policy, child));
        }
    }
    all.children = below.into_iter().map(|(key, children)| (key.clone(), combine(&children))).collect();
    all
}

fn items(value: &Document) -> Vec<Document> {
    match value {
        Document::List(items) => items.clone(),
        _ => Vec::new(),
    }
}

/// What has been inherited so far at one element.
#[derive(Clone, Debug)]
struct Merged {
    ceiling: Allowed,
    /// The policy, and its node, that forbids others further down to assign.
    closed: Option<(Ref, usize)>,
    value: Option<Document>,
    by: Option<Ref>,
    /// Every value that a policy would have assigned, and what became of it.
    claims: Vec<Claim>,
    children: BTreeMap<String, Merged>,
}

impl Default for Merged {
    fn default() -> Self {
        let (ceiling, claims, children) = (every_operator(), Vec::new(), BTreeMap::new());
        Self { ceiling, closed: None, value: None, by: None, claims, children }
    }
}

impl Merged {
    fn child(&self, key: &str) -> Option<&Self> {
        self.children.get(key)
    }

    /// Takes in what the node at this place of the chain says. An element that nothing above has named stands under the
    /// ceiling of the map it is added to, handed down in `over`.
    fn inherit(&mut self, said: &Combined, over: Option<(&Allowed, Option<&(Ref, usize)>)>, at: usize) {
        let ceiling = over.map_or_else(|| self.ceiling.clone(), |(over, _)| &self.ceiling & over);
        if self.closed.is_none() {
            self.closed = over.and_then(|(_, closed)| closed.cloned());
        }
        self.set(said, &ceiling, at);
        for (key, child) in &said.children {
            if let Some(known) = self.children.get_mut(key) {
                known.inherit(child, None, at);
            } else {
                let over = (&ceiling, self.closed.as_ref());
                self.children.entry(key.clone()).or_default().inherit(child, Some(over), at);
            }
        }
        if self.closed.is_none() {
            self.closed = said.closes.clone().map(|policy| (policy, at));
        }
        self.ceiling = said.allowed.as_ref().map_or_else(|| ceiling.clone(), |allowed| &ceiling & allowed);
    }

    /// What is taken away is what was inherited, so that comes first.
    fn set(&mut self, said: &Combined, ceiling: &Allowed, at: usize) {
        if ceiling.contains(REMOVE)
            && let Some(Document::List(items)) = &mut self.value
        {
            let before = items.len();
            items.retain(|item| !said.remove.contains(item));
            // A list that loses its last value is no longer set; one that was set to be empty stays so.
            if items.is_empty() && before > 0 {
                self.value = None;
            }
        }
        if ceiling.contains(ASSIGN)
            && let Some((value, by)) = said.assign.first()
        {
            (self.value, self.by) = (Some(value.clone()), Some(by.clone()));
        }
        self.claim(said, ceiling, at);
        if ceiling.contains(APPEND)
            && let Some(more) = &said.append
        {
            let mut items = self.value.as_ref().map(items).unwrap_or_default();
            for item in more {
                if !items.contains(item) {
                    items.push(item.clone());
                }
            }
            self.value = Some(Document::List(items));
        }
    }

    /// The element with plain values in the place of operators; a map in which nothing is set is left out.
    fn plain(&self) -> Option<Value> {
        if let Some(value) = &self.value {
            return serde_json::to_value(value).ok();
        }
        let set: Map<String, Value> =
            self.children.iter().filter_map(|(key, child)| Some((key.clone(), child.plain()?))).collect();
        (!set.is_empty()).then_some(Value::Object(set))
    }

    fn configuration(&self) -> Option<Effective> {
        let identifier = self.child("identifier")?;
        let version = pointer(identifier.value.as_ref()?)?;
        let (guarding, models) = settings(&self.plain()?);
        Some(Effective { version, guarding, models, by: identifier.by.clone()? })
    }
}

/// What an identifier points at.
fn pointer(identifier: &Document) -> Option<Ref> {
    let Document::Text(template) = identifier else { return None };
    match template.0.as_slice() {
        [Segment::Id(pointer, _)] => Some(pointer.clone()),
        _ => identifier.as_text().map(|text| Ref::Foreign(RemoteId::new(text))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::kinds::account_enforcement::Guarding;

    fn policy(id: &str) -> Ref {
        Ref::Foreign(RemoteId::new(id))
    }

    /// A document that sets this below `bedrock.guardrail_inference.us-east-1.config_1`.
    fn document(settings: &Value) -> Document {
        Document::from(json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": settings}}}}))
    }

    fn naming(version: &str) -> Document {
        document(&json!({"identifier": {"@@assign": version}}))
    }

    fn seen(nodes: &[&[(&str, &Document)]]) -> Option<(String, String)> {
        let refs: Vec<Vec<(Ref, &Document)>> =
            nodes.iter().map(|node| node.iter().map(|(id, document)| (policy(id), *document)).collect()).collect();
        let nodes: Vec<Vec<Attached<'_>>> =
            refs.iter().map(|node| node.iter().map(|(id, document)| (id, *document)).collect()).collect();
        let found = effective(&nodes).into_values().next()?;
        Some((found.version.to_string(), found.by.to_string()))
    }

    fn said(version: &str, by: &str) -> (String, String) {
        (version.to_owned(), by.to_owned())
    }

    #[test]
    fn the_lowest_word_counts_unless_it_is_forbidden() {
        let (one, two) = (naming("arn:1"), naming("arn:2"));
        let locked = document(&json!({"identifier": {"@@assign": "arn:1", CHILD_OPERATORS: ["@@none"]}}));
        assert_eq!(seen(&[&[("a", &one)], &[("b", &two)]]), Some(said("arn:2", "b")));
        assert_eq!(seen(&[&[("a", &locked)], &[("b", &two)]]), Some(said("arn:1", "a")));
        assert_eq!(seen(&[&[("a", &locked)], &[], &[("b", &two)]]), Some(said("arn:1", "a")));
        assert_eq!(seen(&[&[], &[("b", &two)]]), Some(said("arn:2", "b")));
        assert_eq!(seen(&[&[], &[]]), None);
        // A lock on a map forbids what is not there yet, and leaves open what is.
        let region = json!({"identifier": {"@@assign": "arn:1"}});
        let closed = Document::from(
            json!({"bedrock": {"guardrail_inference": {CHILD_OPERATORS: ["@@none"], "us-east-1": {"config_1": region}}}}),
        );
        let elsewhere =
            Document::from(json!({"bedrock": {"guardrail_inference": {"eu-west-1": {"config_1": region}}}}));
        assert_eq!(seen(&[&[("a", &closed)], &[("b", &two)]]), Some(said("arn:2", "b")));
        let nodes = [(policy("a"), closed), (policy("b"), elsewhere)];
        let nodes: Vec<Vec<Attached<'_>>> = nodes.iter().map(|(id, document)| vec![(id, document)]).collect();
        assert_eq!(effective(&nodes).keys().map(Region::as_str).collect::<Vec<_>>(), ["us-east-1"]);
    }

    #[test]
    fn on_one_node_the_first_counts() {
        let (one, two) = (naming("arn:1"), naming("arn:2"));
        assert_eq!(seen(&[&[("a", &one), ("b", &two)]]), Some(said("arn:1", "a")));
        assert_eq!(seen(&[&[("b", &two), ("a", &one)]]), Some(said("arn:2", "b")));
        let guarding = document(&json!({"selective_content_guarding": {"system": {"@@assign": "selective"}}}));
        assert_eq!(seen(&[&[("g", &guarding), ("a", &one)]]), Some(said("arn:1", "a")));
        assert_eq!(seen(&[&[("g", &guarding)]]), None, "nothing names a guardrail");
    }

    #[test]
    fn model_lists_add_up_and_settings_are_read() {
        let upper = document(&json!({"identifier": {"@@assign": "arn:1"},
            "selective_content_guarding": {"system": {"@@assign": "selective"}},
            "model_enforcement": {"included_models": {"@@assign": []}, "excluded_models": {"@@assign": ["a.b", "c.d"]}}}));
        let lower =
            document(&json!({"model_enforcement": {"excluded_models": {"@@append": ["e.f"], "@@remove": ["a.b"]}}}));
        let (one, two) = (policy("a"), policy("b"));
        let found = effective(&[vec![(&one, &upper)], vec![(&two, &lower)]]);
        let found = &found[&Region::new("us-east-1")];
        assert_eq!(found.guarding.system, Guarding::Selective);
        assert_eq!(found.guarding.messages, Guarding::Comprehensive);
        assert_eq!(found.models.included_models, BTreeSet::from(["ALL".to_owned()]));
        assert_eq!(found.models.excluded_models, BTreeSet::from(["c.d".to_owned(), "e.f".to_owned()]));
    }
}
