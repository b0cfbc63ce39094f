//! Templates of `CloudFormation`, YAML or JSON (AWS `CloudFormation` template reference, `AWS::Bedrock::*` and
//! `AWS::Organizations::Policy`).

use std::collections::BTreeMap;

use super::blocks::Block;
use super::documents::document;
use super::enforced::settings;
use super::intrinsics::Deck;
use super::{Found, guardrail, other};
use crate::import::keys::key_of;
use crate::import::notes::Note;
use crate::import::stock::{Enforcement, Guardrail, Place, Policy, Release, Version};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{org_policy, resource_policy};
use crate::model::Document;
use crate::model::diagnostic::Diagnostic;
use crate::spec::node::{Entry, Node};
use crate::spec::write::Value;

/// The type of a guardrail.
pub(super) const GUARDRAIL: &str = "AWS::Bedrock::Guardrail";
/// The type of a version.
pub(super) const VERSION: &str = "AWS::Bedrock::GuardrailVersion";

/// What a guardrail is called that has no ARN yet.
pub(super) fn id(name: &str) -> String {
    format!("Resources.{name}")
}

/// Every resource of the template that a spec can declare. `given` are values of parameters and pseudo parameters.
pub(super) fn read(root: &Node, given: &BTreeMap<String, String>) -> Result<Found, Box<Diagnostic>> {
    let Some(resources) = root.get("Resources").and_then(Node::entries) else {
        let help = "give it a template, with `Resources`; of a CDK app, what `cdk synth` writes to `cdk.out`";
        return Err(other(root, "this is no template of CloudFormation", help));
    };
    let deck = Deck::new(root, given);
    let mut pass = Pass { deck: &deck, found: Found::default(), versions: BTreeMap::new(), shared: BTreeMap::new() };
    pass.found.stock.spell = Value::Spelled;
    for Entry { key, value } in resources {
        pass.resource(&key.value, value);
    }
    let mut found = pass.finish();
    let taken = deck.defaults.borrow();
    found.remarks.extend(taken.iter().map(|(name, value)| format!("The parameter {name} has its default, `{value}`.")));
    Ok(found)
}

struct Pass<'a, 'n> {
    deck: &'a Deck<'n>,
    found: Found,
    versions: BTreeMap<String, Vec<Version>>,
    shared: BTreeMap<String, Document>,
}

/// A text beside expressions.
fn in_text(text: &str) -> String {
    text.replace("${", "$${")
}

/// A text of a policy: what is for IAM to replace stays.
fn in_policy(text: &str) -> String {
    crate::spec::write::for_iam(text)
}

impl Pass<'_, '_> {
    fn lost(&mut self, name: &str, what: impl Into<String>) {
        self.found.stock.notes.push(Note::lost(id(name), what));
    }

    fn aside(&mut self, name: &str, what: impl Into<String>) {
        self.found.stock.notes.push(Note::aside(id(name), what));
    }

    fn resource(&mut self, name: &str, resource: &Node) {
        let kind = resource.get("Type").and_then(Node::literal).unwrap_or_default();
        if !kind.starts_with("AWS::Bedrock::") && kind != "AWS::Organizations::Policy" {
            return;
        }
        if let Some(condition) = resource.get("Condition").and_then(Node::literal) {
            match self.deck.holds(condition, 0) {
                Some(true) => {}
                Some(false) => return self.aside(name, format!("left out: its condition {condition} does not hold")),
                None => self.aside(name, format!("taken, though only a deployment knows whether {condition} holds")),
            }
        }
        let in_document = kind.ends_with("Policy");
        let properties = resource.get("Properties");
        let properties =
            properties.and_then(|node| self.deck.resolve(node, if in_document { in_policy } else { in_text }));
        let Some(properties) = properties else { return self.lost(name, "not carried over: it has no properties") };
        match kind {
            GUARDRAIL => self.guardrail(name, &properties),
            VERSION => self.version(name, &properties),
            "AWS::Bedrock::ResourcePolicy" => self.share(name, &properties),
            "AWS::Bedrock::EnforcedGuardrailConfiguration" => self.enforcement(name, &properties),
            "AWS::Organizations::Policy" => self.policy(name, &properties),
            other => {
                self.aside(name, format!("a resource {other} is nothing that a spec declares, and not carried over"));
            }
        }
    }

    fn guardrail(&mut self, name: &str, properties: &Node) {
        let Some(model) = guardrail::model(properties, &id(name), &mut self.found.stock.notes) else { return };
        let said = format!("{GUARDRAIL} {name}");
        let (place, id) = (Place::default(), id(name));
        let guardrail = Guardrail { place, id, said, key: None, model, versions: Vec::new(), policy: None };
        self.found.stock.guardrails.push(guardrail);
    }

    fn version(&mut self, name: &str, properties: &Node) {
        let Some(guardrail) = properties.get("GuardrailIdentifier").and_then(Node::literal) else {
            return self.lost(name, "not carried over: only a deployment knows its guardrail");
        };
        let description = properties.get("Description").and_then(Node::literal).map(str::to_owned);
        let release = Release::Named(key_of(name));
        let version = Version { id: format!("{guardrail}:{name}"), release, content: None, description };
        self.versions.entry(guardrail.to_owned()).or_default().push(version);
        self.aside(
            name,
            "its number is known to the deployment; bedrail publishes a version of its own under this key",
        );
    }

    fn share(&mut self, name: &str, properties: &Node) {
        let arn = properties.get("ResourceArn").and_then(Node::literal);
        match (arn, properties.get("PolicyDocument").and_then(document)) {
            (Some(arn), Some(document)) => {
                self.shared.insert(arn.to_owned(), resource_policy::document::normal(document));
            }
            _ => self.lost(name, "not carried over: only a deployment knows its resource, or parts of its document"),
        }
    }

    fn enforcement(&mut self, name: &str, properties: &Node) {
        let of = |key: &str| properties.get(key).and_then(Node::literal);
        let (Some(guardrail), Some(number)) = (of("GuardrailIdentifier"), of("GuardrailVersion")) else {
            return self.lost(name, "not carried over: only a deployment knows its guardrail or version");
        };
        let mut block = Block::new(properties, id(name), &mut self.found.stock.notes);
        let Some((guarding, models)) = settings(&mut block) else { return };
        let (version, said) = (format!("{guardrail}:{number}"), id(name));
        let enforcement = Enforcement { place: Place::default(), said, version, guarding, models };
        self.found.stock.enforcements.push(enforcement);
    }

    fn policy(&mut self, name: &str, properties: &Node) {
        let of = |key: &str| properties.get(key).and_then(Node::literal);
        let Some(policy_type) = of("Type").and_then(PolicyType::from_word) else { return };
        let (Some(own), Some(content)) = (of("Name"), properties.get("Content").and_then(document)) else {
            return self.lost(name, "not carried over: only a deployment knows its name, or parts of its content");
        };
        let mut unheard = Vec::new();
        let tags = guardrail::tags(&Block::new(properties, "", &mut unheard));
        let model = org_policy::Model {
            policy_type,
            name: own.to_owned(),
            description: of("Description").unwrap_or_default().to_owned(),
            document: org_policy::normal(policy_type, content),
            tags,
            needs: Vec::new(),
        };
        if !policy_type.merges() && !org_policy::written::is_about_bedrock(&model) {
            return self.aside(name, "is not about Bedrock alone, and left where it is");
        }
        let targets = properties.get("TargetIds").and_then(Node::items).unwrap_or_default();
        if targets.iter().any(|target| target.literal().is_none()) {
            self.lost(name, "only a deployment knows some of its targets");
        }
        let targets = targets.iter().filter_map(Node::literal).map(str::to_owned).collect();
        self.found.stock.policies.push(Policy { id: id(name), said: id(name), key: None, model, targets });
    }

    fn finish(self) -> Found {
        let Self { mut found, mut versions, mut shared, .. } = self;
        for guardrail in &mut found.stock.guardrails {
            guardrail.versions = versions.remove(&guardrail.id).unwrap_or_default();
            guardrail.policy = shared.remove(&guardrail.id);
        }
        let left = versions.into_values().flatten().map(|version| version.id).chain(shared.into_keys());
        let why = "not carried over: its guardrail is not in the template";
        found.stock.notes.extend(left.map(|id| Note::lost(id, why)));
        found
    }
}
