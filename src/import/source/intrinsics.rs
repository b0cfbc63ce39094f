//! What a template of `CloudFormation` comes to, as far as it can be told without a deployment.
//!
//! A template may refer to itself, on purpose or not, and a short one may come to more than memory holds: [`Course`] sees to
//! it that all is worked out in bounded time, depth and room.

mod conditions;
mod course;
mod substitution;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::cloudformation::{GUARDRAIL, VERSION, id};
use crate::model::Region;
use crate::model::span::{Span, Spanned};
use crate::spec::node::{Entry, Node, Value, Written};
use crate::spec::template::Template;
use crate::spec::yaml::function;

pub(super) use course::Unknown;

use course::Course;

/// How a text of the template is written for what reads it.
pub(super) type Escape = fn(&str) -> String;

/// What stands where a value is not known, in the form of a function: its argument says why.
const UNRESOLVED: &str = "Fn::Unresolved";

/// Why a value of a resolved template is not known; `None` of one that is.
pub(super) fn unresolved(node: &Node) -> Option<&str> {
    function(node).filter(|entry| entry.key.value == UNRESOLVED)?.value.literal()
}

/// Parameters that every template has. Where it is deployed decides those of [`PLACES`], unless they are given.
const PSEUDO: [&str; 4] = ["AWS::NotificationARNs", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"];
/// What depends on where a template is deployed, and what a spec calls it.
const PLACES: [(&str, &str); 3] =
    [("AWS::Region", "${region}"), ("AWS::AccountId", "${account}"), ("AWS::Partition", "${partition}")];

/// What functions refer to.
pub(super) struct Deck<'n> {
    root: &'n Node,
    given: &'n BTreeMap<String, String>,
    /// Where the template is deployed, where one place is looked at.
    region: Option<&'n Region>,
    /// The parameters whose default was taken.
    pub(super) defaults: RefCell<BTreeMap<String, String>>,
    conditions: RefCell<BTreeMap<String, Result<bool, Unknown>>>,
    /// Whether what is being worked out may name guardrails of the template, which have no ARN yet.
    may_name: Cell<bool>,
    course: Course,
}

/// A function that is not written as `CloudFormation` takes it.
fn wrong(function: &Spanned<String>) -> Unknown {
    Unknown::Wrong(format!("`{}` is not written as CloudFormation takes it", function.value))
}

/// What decides is the place that this text holds.
fn place_unknown(text: &str) -> Unknown {
    let place = PLACES.iter().find(|(_, spelled)| text.contains(spelled));
    Unknown::Parameter(place.map_or("AWS::Region", |(name, _)| name).to_owned())
}

/// How a reference begins that `CloudFormation` looks up when it deploys.
const DYNAMIC: &str = "{{resolve:";

/// Whether a text is what it says, and nothing in it is looked up by a deployment.
fn is_static(text: &str) -> Result<(), Unknown> {
    let Some((_, reference)) = text.split_once(DYNAMIC) else { return Ok(()) };
    let name = reference.split("}}").next().unwrap_or_default();
    Err(Unknown::Deployment(format!("what `{DYNAMIC}{name}}}}}` stands for")))
}

/// A text that was put together, if it is what it says.
fn whole(text: String) -> Result<String, Unknown> {
    is_static(&text).map(|()| text)
}

fn scalar(span: Span, text: String) -> Node {
    Node::scalar(span, Template::text(text), Written::Quoted)
}

impl<'n> Deck<'n> {
    pub(super) fn new(root: &'n Node, given: &'n BTreeMap<String, String>, region: Option<&'n Region>) -> Self {
        let (defaults, conditions, may_name) = (RefCell::default(), RefCell::default(), Cell::default());
        Self { root, given, region, defaults, conditions, may_name, course: Course::default() }
    }

    /// What a guardrail is called that has no ARN yet: another one in each Region.
    pub(super) fn id(&self, name: &str) -> String {
        self.region.map_or_else(|| id(name), |region| format!("{}@{region}", id(name)))
    }

    /// A text that decides something, with the place that it is decided for. A text that is carried over names none.
    fn deciding(&self, node: &Node) -> Result<String, Unknown> {
        let text = self.text(node, str::to_owned)?;
        let (_, spelled) = PLACES[0];
        Ok(self.region.map_or_else(|| text.clone(), |region| text.replace(spelled, region.as_str())))
    }

    /// The names that `--var` may give.
    pub(super) fn names(root: &'n Node) -> impl Iterator<Item = &'n str> + Clone {
        let declared = root.get("Parameters").and_then(Node::entries).unwrap_or_default();
        let places = PLACES.iter().map(|(name, _)| *name);
        declared.iter().map(|entry| entry.key.value.as_str()).chain(PSEUDO).chain(places)
    }

    /// The properties of a resource with each function replaced that can be told, texts written by `escape`. Of its members only
    /// `naming` may name guardrails of the template: elsewhere their ids would be taken for texts.
    pub(super) fn properties(&self, node: &Node, escape: Escape, naming: &[&str]) -> Option<Node> {
        let Some(entries) = node.entries().filter(|_| function(node).is_none()) else {
            return self.resolve(node, escape);
        };
        let entry = |entry: &Entry| {
            self.may_name.set(naming.contains(&entry.key.as_str()));
            let value = self.resolve(&entry.value, escape);
            self.may_name.set(false);
            Some(Entry { key: entry.key.clone(), value: value? })
        };
        Some(Node::new(node.span, Value::Map(entries.iter().filter_map(entry).collect())))
    }

    /// The value with each function replaced that can be told, texts written by `escape`; `None` where it is taken away.
    /// What cannot be told becomes [`unresolved`].
    fn resolve(&self, node: &Node, escape: Escape) -> Option<Node> {
        self.value(node, escape).unwrap_or_else(|unknown| {
            let key = Spanned::new(UNRESOLVED.to_owned(), node.span);
            let value = scalar(node.span, unknown.to_string());
            Some(Node::new(node.span, Value::Map(vec![Entry { key, value }])))
        })
    }

    fn value(&self, node: &Node, escape: Escape) -> Result<Option<Node>, Unknown> {
        let _level = self.course.deeper()?;
        if let Some(entry) = function(node) {
            return self.function(entry, escape);
        }
        let value = match &node.value {
            Value::Null => Value::Null,
            Value::Seq(items) => Value::Seq(items.iter().filter_map(|item| self.resolve(item, escape)).collect()),
            Value::Map(entries) => {
                let entry =
                    |entry: &Entry| Some(Entry { key: entry.key.clone(), value: self.resolve(&entry.value, escape)? });
                Value::Map(entries.iter().filter_map(entry).collect())
            }
            Value::Scalar(scalar) => {
                let text = scalar.text.literal().unwrap_or_default();
                is_static(text)?;
                let text = escape(text);
                self.course.spend(text.len())?;
                return Ok(Some(Node::scalar(node.span, Template::text(text), scalar.written)));
            }
        };
        Ok(Some(Node::new(node.span, value)))
    }

    /// The text of a value that must be one.
    fn text(&self, node: &Node, escape: Escape) -> Result<String, Unknown> {
        let value = self.value(node, escape)?;
        let text = value.as_ref().and_then(Node::literal).map(str::to_owned);
        text.ok_or_else(|| Unknown::Wrong(format!("{} stands where a text is needed", node.kind())))
    }

    /// The items of a value that must be a list.
    fn list(&self, node: &Node, escape: Escape) -> Result<Vec<Node>, Unknown> {
        let value = self.value(node, escape)?;
        match value.map(|node| node.value) {
            Some(Value::Seq(items)) => Ok(items),
            _ => Err(Unknown::Wrong(format!("{} stands where a list is needed", node.kind()))),
        }
    }

    fn function(&self, Entry { key, value }: &Entry, escape: Escape) -> Result<Option<Node>, Unknown> {
        let of_text = |text| Some(scalar(value.span, text));
        match (key.as_str(), value.items().unwrap_or_default()) {
            ("Ref", _) => self.reference(value.literal().ok_or_else(|| wrong(key))?, escape, value.span),
            ("Fn::GetAtt", _) => self.attribute(value).map(of_text),
            ("Fn::Sub", _) => self.substituted(value, escape).and_then(whole).map(of_text),
            ("Fn::Join", [delimiter, parts]) => self.joined(delimiter, parts, escape).and_then(whole).map(of_text),
            ("Fn::If", [name, yes, no]) => {
                let chosen = if self.holds(name.literal().ok_or_else(|| wrong(key))?)? { yes } else { no };
                self.value(chosen, escape)
            }
            ("Fn::FindInMap", [map, first, second]) => {
                let names = [self.deciding(map)?, self.deciding(first)?, self.deciding(second)?];
                let found = names.iter().try_fold(self.root.get("Mappings"), |at, name| Some(at?.get(name)));
                let label = format!("Mappings.{}", names.join("."));
                let Some(found) = found.flatten() else {
                    let open = names.iter().find(|name| name.contains("${"));
                    let absent = || Unknown::Wrong(format!("the template has no {label}"));
                    return Err(open.map_or_else(absent, |name| place_unknown(name)));
                };
                let _level = self.course.enter(label)?;
                self.value(found, escape)
            }
            ("Fn::Select", [index, list]) => {
                let (index, list) = (self.deciding(index)?, self.list(list, escape)?);
                let item = index.parse().ok().and_then(|index: usize| list.into_iter().nth(index));
                item.map(Some).ok_or_else(|| Unknown::Wrong(format!("`Fn::Select` finds no item {index}")))
            }
            ("Fn::ToJsonString", _) => self.value(value, escape),
            ("Fn::Join" | "Fn::If" | "Fn::Select", _) => Err(wrong(key)),
            (other, _) => Err(Unknown::Deployment(match value.literal() {
                Some(of) => format!("`{other}` of {of}"),
                None => format!("`{other}`"),
            })),
        }
    }

    fn reference(&self, name: &str, escape: Escape, at: Span) -> Result<Option<Node>, Unknown> {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        // A list is no text, but a parameter may be one.
        if let Some((text, true)) = self.parameter(name) {
            self.course.spend(text.len())?;
            let item = |part: &str| scalar(at, escape(part.trim()));
            return Ok(Some(Node::new(at, Value::Seq(text.split(',').map(item).collect()))));
        }
        self.named(name, escape).map(|text| Some(scalar(at, text)))
    }

    /// What a name stands for in a text.
    fn named(&self, name: &str, escape: Escape) -> Result<String, Unknown> {
        if let Some((text, false)) = self.parameter(name) {
            self.course.spend(text.len())?;
            return Ok(escape(&text));
        }
        if let Some((_, spelled)) = PLACES.iter().find(|(place, _)| *place == name) {
            return Ok((*spelled).to_owned());
        }
        match self.resource(name) {
            Some((GUARDRAIL, _)) if self.may_name.get() => Ok(self.id(name)),
            Some(_) => Err(Unknown::Deployment(format!("the id of {name}"))),
            None if Self::names(self.root).any(|known| known == name) => Err(Unknown::Parameter(name.to_owned())),
            None => Err(Unknown::Wrong(format!("the template has no parameter or resource {name}"))),
        }
    }

    /// The value of a parameter, and whether it is a list.
    fn parameter(&self, name: &str) -> Option<(String, bool)> {
        let declared = self.root.get("Parameters").and_then(|all| all.get(name));
        let kind = declared.and_then(|declared| declared.get("Type")).and_then(Node::literal).unwrap_or_default();
        let is_list = kind.contains("List");
        if let Some(text) = self.given.get(name) {
            return Some((text.clone(), is_list));
        }
        // What is looked up in the account at deployment is not what the default says.
        let text = declared?.get("Default")?.literal().filter(|_| !kind.contains("SSM"))?;
        // What is not to be shown is written into no spec, unless it is given for it.
        let is_secret = declared?.get("NoEcho").and_then(Node::literal).is_some_and(|no_echo| no_echo == "true");
        if is_secret {
            return None;
        }
        self.defaults.borrow_mut().insert(name.to_owned(), text.to_owned());
        Some((text.to_owned(), is_list))
    }

    /// The type and the properties of a resource.
    fn resource(&self, name: &str) -> Option<(&'n str, Option<&'n Node>)> {
        let resource = self.root.get("Resources")?.get(name)?;
        Some((resource.get("Type")?.literal()?, resource.get("Properties")))
    }

    fn attribute(&self, of: &Node) -> Result<String, Unknown> {
        let named = match of.literal() {
            Some(text) => text.split_once('.'),
            None => match of.items() {
                Some([name, attribute]) => name.literal().zip(attribute.literal()),
                _ => None,
            },
        };
        let (name, attribute) =
            named.ok_or_else(|| Unknown::Wrong("`Fn::GetAtt` names no attribute of a resource".to_owned()))?;
        self.attribute_of(name, attribute)
    }

    fn attribute_of(&self, name: &str, attribute: &str) -> Result<String, Unknown> {
        match (self.resource(name), attribute) {
            _ if !self.may_name.get() => Err(Unknown::Deployment(format!("{name}.{attribute}"))),
            (Some((GUARDRAIL, _)), "GuardrailArn" | "GuardrailId") => Ok(self.id(name)),
            (Some((VERSION, _)), "Version") => Ok(name.to_owned()),
            (Some((VERSION, Some(properties))), "GuardrailArn" | "GuardrailId") => {
                let _level = self.course.enter(id(name))?;
                let guardrail = properties.get("GuardrailIdentifier");
                let guardrail = guardrail.ok_or_else(|| Unknown::Wrong(format!("{name} names no guardrail")))?;
                self.text(guardrail, str::to_owned)
            }
            _ => Err(Unknown::Deployment(format!("{name}.{attribute}"))),
        }
    }
}
