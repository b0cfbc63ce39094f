//! Templates of `CloudFormation`, YAML or JSON (AWS `CloudFormation` template reference, `AWS::Bedrock::*` and
//! `AWS::Organizations::Policy`).

use std::collections::BTreeMap;

use super::blocks::{Block, WEAKER, first_unresolved, why};
use super::documents::document;
use super::enforced::settings;
use super::intrinsics::{Deck, unresolved};
use super::{Found, Given, beyond, guardrail, other};
use crate::import::keys::key_of;
use crate::import::notes::Note;
use crate::import::stock::{Enforcement, Guardrail, Place, Policy, Release, Stock, Version};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{org_policy, resource_policy};
use crate::model::diagnostic::Diagnostic;
use crate::model::{Document, Region};
use crate::spec::node::{Entry, Node};
use crate::spec::write::Value;

const WRAPPED: &str = "let the AWS CLI print the template alone: `--query TemplateBody --output text`, of a stack set `--query StackSet.TemplateBody`";

/// The type of a guardrail.
pub(super) const GUARDRAIL: &str = "AWS::Bedrock::Guardrail";
/// The type of a version.
pub(super) const VERSION: &str = "AWS::Bedrock::GuardrailVersion";

/// Whether a resource of this type is looked at.
pub(super) fn concerns(kind: &str) -> bool {
    kind.starts_with("AWS::Bedrock::") || kind == "AWS::Organizations::Policy"
}

/// What a guardrail is called that has no ARN yet.
pub(super) fn id(name: &str) -> String {
    format!("Resources.{name}")
}

/// Every resource of the template that a spec can declare. `given` is what the deployment decides.
pub(super) fn read(root: &Node, given: &Given) -> Result<Found, Box<Diagnostic>> {
    // `get-template` prints a template in JSON as part of its answer.
    let root = root.get("TemplateBody").filter(|body| body.entries().is_some()).unwrap_or(root);
    let Some(resources) = root.get("Resources").and_then(Node::entries) else {
        let wrapped = root.get("TemplateBody").or_else(|| root.get("StackSet")?.get("TemplateBody")).is_some();
        let (message, help) = if wrapped {
            ("this is an answer of CloudFormation, with the template in a string", WRAPPED)
        } else {
            (
                "this is no template of CloudFormation",
                "give it a template, with `Resources`; of a CDK app, what `cdk synth` writes to `cdk.out`",
            )
        };
        return Err(other(root, message, help));
    };
    let mut found = Found::default();
    found.stock.spell = Value::Spelled;
    found.stock.notes.extend(beyond::of_template(root));
    let mut defaults = BTreeMap::new();
    // Mappings and conditions may depend on the Region; what comes to the same in several becomes one entry again.
    let mut regions: Vec<Option<&Region>> = given.regions.iter().map(Some).collect();
    if regions.is_empty() {
        regions.push(None);
    }
    for (at, region) in regions.into_iter().enumerate() {
        let deck = Deck::new(root, &given.parameters, region);
        let mut stock = stock(&deck, resources, Place { region: region.cloned(), account: None });
        found.stock.guardrails.append(&mut stock.guardrails);
        found.stock.enforcements.append(&mut stock.enforcements);
        // Policies of the organization are in no Region.
        if at == 0 {
            found.stock.policies.append(&mut stock.policies);
        }
        found.stock.notes.append(&mut stock.notes);
        defaults.extend(deck.defaults.take());
    }
    found
        .remarks
        .extend(defaults.iter().map(|(name, value)| format!("The parameter {name} has its default, `{value}`.")));
    Ok(found)
}

/// What the template comes to in one place.
fn stock(deck: &Deck<'_>, resources: &[Entry], place: Place) -> Stock {
    let mut pass = Pass { deck, place, stock: Stock::default(), versions: BTreeMap::new(), shared: BTreeMap::new() };
    for entry in resources {
        match beyond::of_resource(entry) {
            Some(note) => pass.stock.notes.push(note),
            None => pass.resource(&entry.key.value, &entry.value),
        }
    }
    pass.finish()
}

struct Pass<'a, 'n> {
    deck: &'a Deck<'n>,
    place: Place,
    stock: Stock,
    versions: BTreeMap<String, Vec<Version>>,
    shared: BTreeMap<String, Document>,
}

/// The properties of a resource of this type that may name guardrails.
fn naming(kind: &str) -> &'static [&'static str] {
    match kind {
        VERSION => &["GuardrailIdentifier"],
        "AWS::Bedrock::ResourcePolicy" => &["ResourceArn", "PolicyDocument"],
        "AWS::Bedrock::EnforcedGuardrailConfiguration" => &["GuardrailIdentifier", "GuardrailVersion"],
        "AWS::Organizations::Policy" => &["Content"],
        _ => &[],
    }
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
        self.stock.notes.push(Note::lost(id(name), what));
    }

    fn weaker(&mut self, name: &str, what: impl Into<String>) {
        self.stock.notes.push(Note::weaker(id(name), what));
    }

    /// Something is not carried over, since one of these members is not there or not known.
    fn unknown(&mut self, name: &str, properties: &Node, members: &[&str]) {
        let reason = |member: &&str| match properties.get(member) {
            None => Some(format!("it has no `{member}`")),
            Some(node) => first_unresolved(node).map(|why| format!("`{member}`: {why}")),
        };
        let reason = members.iter().find_map(reason).unwrap_or_else(|| "AWS would not take it".to_owned());
        self.lost(name, format!("not carried over: {reason}"));
    }

    fn aside(&mut self, name: &str, what: impl Into<String>) {
        self.stock.notes.push(Note::aside(id(name), what));
    }

    fn resource(&mut self, name: &str, resource: &Node) {
        let kind = resource.get("Type").and_then(Node::literal).unwrap_or_default();
        if !concerns(kind) {
            return;
        }
        if let Some(condition) = resource.get("Condition").and_then(Node::literal) {
            match self.deck.holds(condition) {
                Ok(true) => {}
                Ok(false) => {
                    let place = self.place.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
                    return self.aside(name, format!("left out{place}: its condition {condition} does not hold"));
                }
                Err(unknown) => {
                    self.aside(name, format!("taken, whether its condition {condition} holds or not: {unknown}"));
                }
            }
        }
        let in_document = kind.ends_with("Policy");
        let properties = resource.get("Properties");
        let escape = if in_document { in_policy } else { in_text };
        let properties = properties.and_then(|node| self.deck.properties(node, escape, naming(kind)));
        let Some(properties) = properties else { return self.lost(name, "not carried over: it has no properties") };
        if let Some(why) = unresolved(&properties) {
            return self.lost(name, format!("not carried over: {why}"));
        }
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
        let Some(model) = guardrail::model(properties, &id(name), &mut self.stock.notes) else { return };
        let said = format!("{GUARDRAIL} {name}");
        let (place, id) = (self.place.clone(), self.deck.id(name));
        let guardrail = Guardrail { place, id, said, key: None, model, versions: Vec::new(), policy: None };
        self.stock.guardrails.push(guardrail);
    }

    fn version(&mut self, name: &str, properties: &Node) {
        let Some(guardrail) = properties.get("GuardrailIdentifier").and_then(Node::literal) else {
            return self.unknown(name, properties, &["GuardrailIdentifier"]);
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
            _ => self.unknown(name, properties, &["ResourceArn", "PolicyDocument"]),
        }
    }

    fn enforcement(&mut self, name: &str, properties: &Node) {
        let of = |key: &str| properties.get(key).and_then(Node::literal);
        let (Some(guardrail), Some(number)) = (of("GuardrailIdentifier"), of("GuardrailVersion")) else {
            return self.unknown(name, properties, &["GuardrailIdentifier", "GuardrailVersion"]);
        };
        let mut block = Block::new(properties, id(name), &mut self.stock.notes);
        let Some((guarding, models)) = settings(&mut block) else { return };
        let (version, said) = (format!("{guardrail}:{number}"), id(name));
        let enforcement = Enforcement { place: self.place.clone(), said, version, guarding, models };
        self.stock.enforcements.push(enforcement);
    }

    fn policy(&mut self, name: &str, properties: &Node) {
        let of = |key: &str| properties.get(key).and_then(Node::literal);
        let Some(policy_type) = of("Type").and_then(PolicyType::from_word) else { return };
        let (Some(own), Some(content)) = (of("Name"), properties.get("Content").and_then(document)) else {
            return self.unknown(name, properties, &["Name", "Content"]);
        };
        let tags = guardrail::tags(&mut Block::new(properties, id(name), &mut self.stock.notes));
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
        for target in targets.iter().filter(|target| target.literal().is_none()) {
            self.weaker(name, format!("not every target is carried over: {}{WEAKER}", why(target)));
        }
        let targets = targets.iter().filter_map(Node::literal).map(str::to_owned).collect();
        self.stock.policies.push(Policy { id: id(name), said: id(name), key: None, model, targets });
    }

    fn finish(self) -> Stock {
        let Self { mut stock, mut versions, mut shared, .. } = self;
        for guardrail in &mut stock.guardrails {
            guardrail.versions = versions.remove(&guardrail.id).unwrap_or_default();
            guardrail.policy = shared.remove(&guardrail.id);
        }
        let left = versions.into_values().flatten().map(|version| version.id).chain(shared.into_keys());
        let why = "not carried over: its guardrail is not in the template";
        stock.notes.extend(left.map(|id| Note::lost(id, why)));
        stock
    }
}
