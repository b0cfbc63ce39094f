//! What a template of `CloudFormation` comes to, as far as it can be told without a deployment.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::spec::node::{Entry, Node, Value, Written};
use crate::spec::template::Template;
use crate::spec::yaml::function;

/// How a text of the template is written for what reads it.
pub(super) type Escape = fn(&str) -> String;

/// What functions refer to.
pub(super) struct Deck<'n> {
    root: &'n Node,
    given: &'n BTreeMap<String, String>,
    /// The parameters whose default was taken.
    pub(super) defaults: RefCell<BTreeMap<String, String>>,
}

/// Conditions may refer to each other, and so do nested functions.
const DEEPEST: usize = 32;

impl<'n> Deck<'n> {
    pub(super) fn new(root: &'n Node, given: &'n BTreeMap<String, String>) -> Self {
        Self { root, given, defaults: RefCell::default() }
    }

    /// The type and the properties of a resource.
    pub(super) fn resource(&self, name: &str) -> Option<(&'n str, Option<&'n Node>)> {
        let resource = self.root.get("Resources")?.get(name)?;
        Some((resource.get("Type")?.literal()?, resource.get("Properties")))
    }

    /// Whether a condition holds; `None` where only a deployment knows.
    pub(super) fn holds(&self, name: &str, depth: usize) -> Option<bool> {
        let condition = self.root.get("Conditions")?.get(name)?;
        (depth < DEEPEST).then(|| self.truth(condition, depth + 1))?
    }

    fn truth(&self, node: &Node, depth: usize) -> Option<bool> {
        let [Entry { key, value }] = node.entries()? else { return None };
        let each = || value.items().unwrap_or_default().iter().map(|one| self.truth(one, depth + 1));
        if depth >= DEEPEST {
            return None;
        }
        match key.as_str() {
            "Condition" => self.holds(value.literal()?, depth),
            "Fn::Equals" => {
                let [one, other] = value.items()? else { return None };
                let text = |node| self.resolve(node, str::to_owned)?.literal().map(str::to_owned);
                let (one, other) = (text(one)?, text(other)?);
                let is_open = |text: &str| text.contains("${");
                if one == other { Some(true) } else { (!is_open(&one) && !is_open(&other)).then_some(false) }
            }
            "Fn::Not" => each().next()?.map(|holds| !holds),
            "Fn::And" if each().any(|one| one == Some(false)) => Some(false),
            "Fn::And" => each().collect::<Option<Vec<_>>>().map(|_| true),
            "Fn::Or" if each().any(|one| one == Some(true)) => Some(true),
            "Fn::Or" => each().collect::<Option<Vec<_>>>().map(|_| false),
            _ => None,
        }
    }

    /// The value with each function replaced that can be told, texts written by `escape`; `None` where it is taken away.
    pub(super) fn resolve(&self, node: &Node, escape: Escape) -> Option<Node> {
        if let Some(entry) = function(node) {
            return match self.function(entry, escape) {
                Told::Nothing => None,
                Told::Node(node) => Some(node),
                Told::Text(text) => Some(Node::scalar(node.span, Template::text(text), Written::Quoted)),
                Told::Open => Some(node.clone()),
            };
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
                let text = scalar.text.literal().map(escape).unwrap_or_default();
                return Some(Node::scalar(node.span, Template::text(text), scalar.written));
            }
        };
        Some(Node::new(node.span, value))
    }

    fn function(&self, Entry { key, value }: &Entry, escape: Escape) -> Told {
        let text = |node: &Node| self.resolve(node, escape)?.literal().map(str::to_owned);
        let plain = |node: &Node| self.resolve(node, str::to_owned)?.literal().map(str::to_owned);
        let told = match key.as_str() {
            "Ref" => value.literal().map(|name| self.reference(name, escape, value)),
            "Fn::GetAtt" => self.attribute(value).map(Told::Text),
            "Fn::Sub" => self.substituted(value, escape).map(Told::Text),
            "Fn::Join" => value.items().and_then(|items| match items {
                [delimiter, parts] => {
                    let parts = self.resolve(parts, escape)?;
                    let parts: Option<Vec<&str>> = parts.items()?.iter().map(Node::literal).collect();
                    Some(Told::Text(parts?.join(&text(delimiter)?)))
                }
                _ => None,
            }),
            "Fn::If" => value.items().and_then(|items| match items {
                [name, yes, no] => {
                    let chosen = if self.holds(name.literal()?, 0)? { yes } else { no };
                    Some(self.resolve(chosen, escape).map_or(Told::Nothing, Told::Node))
                }
                _ => None,
            }),
            "Fn::FindInMap" => value.items().and_then(|items| match items {
                [map, first, second] => {
                    let found =
                        self.root.get("Mappings")?.get(&plain(map)?)?.get(&plain(first)?)?.get(&plain(second)?)?;
                    self.resolve(found, escape).map(Told::Node)
                }
                _ => None,
            }),
            "Fn::Select" => value.items().and_then(|items| match items {
                [index, list] => {
                    let list = self.resolve(list, escape)?;
                    list.items()?.get(plain(index)?.parse::<usize>().ok()?).cloned().map(Told::Node)
                }
                _ => None,
            }),
            "Fn::ToJsonString" => self.resolve(value, escape).map(Told::Node),
            _ => None,
        };
        told.unwrap_or(Told::Open)
    }

    fn reference(&self, name: &str, escape: Escape, at: &Node) -> Told {
        if name == "AWS::NoValue" {
            return Told::Nothing;
        }
        if let Some(text) = self.named(name, escape) {
            return Told::Text(text);
        }
        // A list is no text, but a parameter may be one.
        match self.parameter(name) {
            Some((text, true)) => {
                let item = |part: &str| Node::scalar(at.span, Template::text(escape(part.trim())), Written::Quoted);
                Told::Node(Node::new(at.span, Value::Seq(text.split(',').map(item).collect())))
            }
            _ => Told::Open,
        }
    }

    /// What a name stands for in a text.
    fn named(&self, name: &str, escape: Escape) -> Option<String> {
        match name {
            "AWS::Region" => return Some("${region}".to_owned()),
            "AWS::AccountId" => return Some("${account}".to_owned()),
            "AWS::Partition" => return Some("${partition}".to_owned()),
            _ => {}
        }
        if let Some((text, false)) = self.parameter(name) {
            return Some(escape(&text));
        }
        self.resource(name).filter(|(kind, _)| *kind == super::cloudformation::GUARDRAIL)?;
        Some(super::cloudformation::id(name))
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
        self.defaults.borrow_mut().insert(name.to_owned(), text.to_owned());
        Some((text.to_owned(), is_list))
    }

    fn attribute(&self, of: &Node) -> Option<String> {
        let (name, attribute) = match of.literal() {
            Some(text) => text.split_once('.')?,
            None => match of.items()? {
                [name, attribute] => (name.literal()?, attribute.literal()?),
                _ => return None,
            },
        };
        self.attribute_of(name, attribute)
    }

    fn attribute_of(&self, name: &str, attribute: &str) -> Option<String> {
        let (kind, properties) = self.resource(name)?;
        match (kind, attribute) {
            (super::cloudformation::GUARDRAIL, "GuardrailArn" | "GuardrailId") => Some(super::cloudformation::id(name)),
            (super::cloudformation::VERSION, "Version") => Some(name.to_owned()),
            (super::cloudformation::VERSION, "GuardrailArn" | "GuardrailId") => {
                let guardrail = self.resolve(properties?.get("GuardrailIdentifier")?, str::to_owned)?;
                guardrail.literal().map(str::to_owned)
            }
            _ => None,
        }
    }

    fn substituted(&self, of: &Node, escape: Escape) -> Option<String> {
        let (template, local) = match of.items() {
            None => (of.literal()?, None),
            Some([template, local]) => (template.literal()?, Some(local)),
            Some(_) => return None,
        };
        let (mut out, mut rest) = (String::new(), template);
        while let Some(at) = rest.find("${") {
            out.push_str(&escape(&rest[..at]));
            let (inside, behind) = rest[at + 2..].split_once('}')?;
            rest = behind;
            if let Some(literal) = inside.strip_prefix('!') {
                out.push_str(&escape(&format!("${{{literal}}}")));
                continue;
            }
            let inside = inside.trim();
            let own = local.and_then(|local| local.get(inside));
            let value = match own {
                Some(value) => self.resolve(value, escape)?.literal().map(str::to_owned),
                None => self.named(inside, escape).or_else(|| {
                    let (name, attribute) = inside.split_once('.')?;
                    self.attribute_of(name, attribute)
                }),
            };
            out.push_str(&value?);
        }
        Some(out + &escape(rest))
    }
}

/// What a function comes to.
enum Told {
    /// It takes its place away.
    Nothing,
    /// A value.
    Node(Node),
    /// A text.
    Text(String),
    /// Only a deployment knows.
    Open,
}
