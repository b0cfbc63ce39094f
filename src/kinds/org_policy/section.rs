//! The section `org_policies`.

use std::collections::BTreeMap;

use super::control::section::{ControlTemplate, Guardrails, ModelName, Principals};
use super::document::{Configuration, Lock, document};
use super::rules::{self, Lowered};
use super::{Model, codes, control, raw, reach, staged};
use crate::kinds::account_enforcement::codes::REGION_TWICE;
use crate::kinds::account_enforcement::enforced::{
    Enforced, GuardingEntry, ModelsEntry, VersionName, guarding, models,
};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{Kind, org_policy_attachment, org_policy_type};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::model::{Address, Document, Ref, Region, Scope};
use crate::spec::decode::{Exact, List, OneOrMany, Text, Tree};
use crate::spec::lower::{Alphabet, DeclaredGuardrail, Lowering, Node, TagMap};
use crate::spec::schema::SectionSchema;
use crate::spec::selector::{NodeSelector, Selector};
use crate::spec::top::EntryKey;
use crate::spec::{Decoded, GLOBAL, Spec};

crate::decodes_as_word! { PolicyType: "a type of policy"; }
crate::text! { pub(crate) PolicyName: "a policy name", 1..=128 }
crate::text! { pub(crate) PolicyDescription: "a description", 0..=512 }

crate::entry! {
    /// A guardrail that a policy enforces.
    pub(crate) struct Enforce: "an enforcement" {
        /// The guardrail, which the management account owns: a key of `guardrails` or `external_guardrails`.
        required guardrail: Exact<EntryKey>,
        /// The version: a key of `versions`, or a quoted number for one Region. Default: the current content.
        optional version: Exact<VersionName>,
        /// The Regions. Default: the Regions of the spec in which the guardrail is.
        optional regions: List<Region, 1>,
        /// What of a call is examined.
        optional selective_content_guarding: GuardingEntry,
        /// Which models are held to the guardrail.
        optional model_enforcement: ModelsEntry,
    }
}

crate::entry! {
    /// An Organizations policy: one that enforces guardrails on every account below the nodes it is attached to, or one that
    /// denies calls there.
    pub(crate) struct Entry: "an org policy" {
        /// `BEDROCK_POLICY` (default), which enforces guardrails, or `SERVICE_CONTROL_POLICY`, which denies calls. It never
        /// changes.
        optional r#type: PolicyType,
        /// AWS's name. Default: `<stack>-<key>`.
        optional name: Text<PolicyName>,
        /// What the policy is for.
        optional description: Text<PolicyDescription>,
        /// `BEDROCK_POLICY`: the guardrails, one per Region.
        optional enforce: List<Enforce, 1>,
        /// `BEDROCK_POLICY`: whether policies further down may not override what this one sets. Default: false.
        optional lock: bool,
        /// `BEDROCK_POLICY`: the nodes where a change of what is enforced begins, stage by stage; the last stage names the targets
        /// in `attach`. Each `bedrail apply --advance` goes one stage on. Until the last stage a second policy, `<name>-next`,
        /// bears the new text. Default: AWS switches every target at once.
        optional stages: List<List<NodeSelector, 1>, 1>,
        /// `SERVICE_CONTROL_POLICY`: what it does. `require_guardrail`: calls of models must name a guardrail.
        /// `protect_guardrails`: what carries the marks of the stack, what is enforced and what is logged may not be changed,
        /// nor the roles that any policy lets off. `deny_bypass`: no `bedrock-mantle` and no long-term keys.
        /// `deny_unlisted_regions`: models are called in the listed Regions only.
        optional template: ControlTemplate,
        /// With `require_guardrail`: those that a call may name, in any numbered version, or `any`. With
        /// `deny_unlisted_regions`: those in whose Regions models may be called. Default there: the Regions of the spec.
        optional guardrails: Guardrails,
        /// With `require_guardrail`: the models that are called without, such as those for embeddings; `*` stands for any
        /// characters.
        optional except_models: List<Exact<ModelName>, 1>,
        /// With a template: the principals that are let off. Default: the `member_role` with `protect_guardrails`, else nobody.
        optional exempt_principals: Principals,
        /// Instead of `enforce` or `template`: the JSON policy as YAML.
        optional document: Tree,
        /// The root, OUs and accounts that the policy is attached to.
        required attach: List<NodeSelector, 1>,
        /// Tags.
        optional tags: TagMap,
        /// Keys that this entry had before.
        optional previously: OneOrMany<Exact<EntryKey>>,
    }
}

/// What the section adds to the schema.
pub(crate) const SCHEMA: SectionSchema = SectionSchema::of::<Entry>(SECTION, "Policies of the organization, by key.");

/// The name of the section.
pub(super) const SECTION: &str = "org_policies";

/// Reads the entries and reports their faults.
pub(crate) fn decode(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Decoded<Entry>> {
    spec.decode(SECTION, GLOBAL, diagnostics)
}

/// The selectors of an entry.
pub(crate) fn selectors(entry: &Entry) -> impl Iterator<Item = &Selector> {
    let stages = entry.stages.iter().flat_map(|stages| stages.iter()).flat_map(|stage| stage.iter());
    entry.attach.iter().chain(stages).map(|selector| &*selector.value)
}

/// Reads the entries and adds what they want.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    let mut all = Vec::new();
    for Decoded { key, entry } in decode(lowering.spec, lowering.diagnostics) {
        if lowering.facts.organization.is_none() {
            let message = "an org policy needs an organization";
            lowering
                .diagnostics
                .push(Diagnostic::at(key.span, codes::NO_ORGANIZATION, message).help("declare `organization`"));
            continue;
        }
        all.extend(lower_entry(&key, &entry, lowering).unwrap_or_default());
    }
    rules::check(&all, lowering);
}

fn lower_entry(key: &Spanned<String>, entry: &Entry, lowering: &mut Lowering<'_>) -> Option<Vec<Lowered>> {
    let policy_type = entry.r#type.as_ref().map_or(PolicyType::Bedrock, |kind| kind.value);
    let nodes = nodes(entry, lowering);
    let content = match policy_type {
        PolicyType::Bedrock => content(key, entry, lowering),
        PolicyType::ServiceControl => control::section::content(key, entry, &nodes, lowering),
    };
    if let Some(content) = &content {
        check_length(content, policy_type, lowering);
    }
    let scope = Scope::global(lowering.facts.home().clone());
    let default_name = format!("{}-{}", lowering.desired.stack, key.value);
    let name = entry.name.as_ref().map_or(Some(default_name), |name| lowering.text(name, &scope));
    let description = entry.description.as_ref().map_or(Some(String::new()), |text| lowering.text(text, &scope));
    let tags = lowering.tags(entry.tags.as_ref(), &key.value, false, &scope, Alphabet::Wide);
    let Content { document, regions, lock, guardrails, callable, span: _ } = content?;
    let mut needs = reach::permissions(&guardrails, &nodes, lowering);
    needs.extend(callable);
    let enabled = Address::new(Kind::OrgPolicyType, scope.clone(), policy_type.word());
    needs.push(enabled.clone());
    let entry_name = format!("{SECTION}.{}", key.value);
    let first = !lowering.desired.resources.contains_key(&enabled);
    if first {
        lowering.want(enabled.clone(), org_policy_type::Model {}, &entry_name, key.span, Vec::new());
    }
    let at = |key: &str| Address::new(Kind::OrgPolicy, scope.clone(), key);
    let earlier: Vec<&str> = entry.previously.iter().flat_map(|keys| keys.iter()).map(|key| key.as_str()).collect();
    for (node, _) in &nodes {
        let of = |key: &str| {
            Address::new(Kind::OrgPolicyAttachment, scope.clone(), org_policy_attachment::name(key, &node.id))
        };
        let model = org_policy_attachment::Model {
            policy: Ref::To(at(&key.value)),
            target: node.id.clone(),
            policy_type,
            enabled: Some(enabled.clone()),
        };
        let previously = earlier.iter().copied().map(of).collect();
        lowering.want(of(&key.value), model, &entry_name, key.span, previously);
    }
    let stages = staged::stages(entry, lock, &nodes, lowering);
    let model = Model { policy_type, name: name?, description: description?, document, tags, needs };
    let second = staged::lower(key, entry, &model, regions.clone(), stages, lowering);
    lowering.want(at(&key.value), model, &entry_name, key.span, earlier.into_iter().map(at).collect());
    let first = Lowered { key: key.clone(), policy_type, lock, regions, nodes };
    Some([first].into_iter().chain(second).collect())
}

/// The nodes of an entry, each with the place that names it.
fn nodes(entry: &Entry, lowering: &mut Lowering<'_>) -> Vec<(Node, Span)> {
    let mut nodes: Vec<(Node, Span)> = Vec::new();
    for selector in entry.attach.iter() {
        let Some(node) = lowering.node(&selector.as_ref().map(|selector| Selector::clone(selector))) else { continue };
        if let Some((_, other)) = nodes.iter().find(|(other, _)| other.id == node.id) {
            let message = format!("`{}` is a target already", node.selector);
            let fault =
                Diagnostic::at(selector.span, codes::TARGET_TWICE, message).related(*other, "it is attached here");
            lowering.diagnostics.push(fault);
            continue;
        }
        nodes.push((node, selector.span));
    }
    nodes
}

/// What a policy does.
pub(super) struct Content {
    pub(super) document: Document,
    /// The Regions it speaks of, each with a place that says so.
    pub(super) regions: BTreeMap<Region, Span>,
    pub(super) lock: Lock,
    /// The guardrails that it names, each with the place that names it and the scope that holds it.
    pub(super) guardrails: Vec<Named>,
    /// Versions without which callers would find none to name.
    pub(super) callable: Vec<Address>,
    /// The place that says what it does.
    pub(super) span: Span,
}

impl Content {
    /// A document that speaks of no Region.
    pub(super) fn of(document: Document, span: Span) -> Self {
        Self {
            document,
            regions: BTreeMap::new(),
            lock: Lock::Open,
            guardrails: Vec::new(),
            callable: Vec::new(),
            span,
        }
    }
}

/// A guardrail that a policy names.
pub(super) struct Named {
    pub(super) guardrail: std::rc::Rc<DeclaredGuardrail>,
    pub(super) scope: Scope,
    pub(super) span: Span,
}

fn content(key: &Spanned<String>, entry: &Entry, lowering: &mut Lowering<'_>) -> Option<Content> {
    let of_other = [
        ("template", entry.template.as_ref().map(|it| it.span)),
        ("guardrails", entry.guardrails.as_ref().map(|it| it.span)),
        ("except_models", entry.except_models.as_ref().map(|it| it.span)),
        ("exempt_principals", entry.exempt_principals.as_ref().map(|it| it.span)),
    ];
    for (name, span) in of_other.into_iter().filter_map(|(name, span)| Some((name, span?))) {
        let message = format!("`{name}` belongs to `{}`", PolicyType::ServiceControl.word());
        let fault = Diagnostic::at(span, codes::OTHER_TYPE, message);
        lowering.diagnostics.push(fault.help("write `type: SERVICE_CONTROL_POLICY`, or remove it"));
    }
    match (&entry.enforce, &entry.document) {
        (None, None) => {
            let fault =
                Diagnostic::at(key.span, codes::ENFORCE_OR_DOCUMENT, "an org policy needs `enforce` or `document`");
            lowering.diagnostics.push(fault.help("`enforce: [{guardrail: …}]` enforces a guardrail"));
            None
        }
        (Some(enforce), Some(document)) => {
            let fault = Diagnostic::at(
                document.span,
                codes::ENFORCE_OR_DOCUMENT,
                "`enforce` and `document` exclude each other",
            );
            lowering.diagnostics.push(fault.related(enforce.span, "`enforce` stands here"));
            None
        }
        (Some(list), None) => {
            let lock = if entry.lock.as_ref().is_some_and(|lock| lock.value) { Lock::Locked } else { Lock::Open };
            Some(enforce(list, lock, key.span, lowering))
        }
        (None, Some(document)) => {
            if let Some(lock) = &entry.lock {
                let fault = Diagnostic::at(
                    lock.span,
                    codes::ENFORCE_OR_DOCUMENT,
                    "`lock` belongs to `enforce`, and here is a `document`",
                );
                lowering.diagnostics.push(fault.help("write the operators for child policies into it"));
            }
            raw::content(document, lowering)
        }
    }
}

fn check_length(content: &Content, policy_type: PolicyType, lowering: &mut Lowering<'_>) {
    let length = content.document.least_length();
    if length > policy_type.longest() {
        let message = format!("this policy has {length} characters as JSON, and AWS takes {}", policy_type.longest());
        let fault = Diagnostic::at(content.span, codes::SIZE, message);
        lowering.diagnostics.push(fault.help("spread what it says over several policies"));
    }
}

fn enforce(list: &[Spanned<Enforce>], lock: Lock, span: Span, lowering: &mut Lowering<'_>) -> Content {
    let mut configurations = BTreeMap::new();
    let mut regions: BTreeMap<Region, Span> = BTreeMap::new();
    let mut guardrails = Vec::new();
    for entry in list {
        let enforced =
            Enforced { guardrail: &entry.guardrail, version: entry.version.as_ref(), regions: entry.regions.as_ref() };
        let Some(declared) = lowering.guardrail(&enforced.key()) else { continue };
        for region in enforced.regions(&declared, lowering) {
            if let Some(other) = regions.get(&region.value) {
                let message = format!("{} has a guardrail in this policy already", region.value);
                let fault = Diagnostic::at(region.span, REGION_TWICE, message).related(*other, "enforced here");
                lowering
                    .diagnostics
                    .push(fault.help("a policy enforces one guardrail per Region; narrow the `regions`"));
                continue;
            }
            regions.insert(region.value.clone(), region.span);
            let scope = lowering.facts.home_scope(&region.value);
            let Some(held) = owned(&declared, &scope, entry.guardrail.span, lowering) else { continue };
            let Some(version) = enforced.version_in(&scope, lowering) else { continue };
            guardrails.push(Named { guardrail: declared.clone(), scope: held, span: entry.guardrail.span });
            let configuration = Configuration {
                version,
                guarding: guarding(entry.selective_content_guarding.as_ref()),
                models: models(entry.model_enforcement.as_ref()),
            };
            configurations.insert(region.value.clone(), configuration);
        }
    }
    Content { document: document(&configurations, lock), regions, lock, guardrails, callable: Vec::new(), span }
}

/// The scope that holds a guardrail, if the management account owns it; reports another owner.
pub(super) fn owned(
    declared: &DeclaredGuardrail,
    scope: &Scope,
    span: Span,
    lowering: &mut Lowering<'_>,
) -> Option<Scope> {
    let held = lowering.held_in(declared, &Spanned::new(declared.key.value.clone(), span), scope)?;
    if held.account == scope.account {
        return Some(held);
    }
    let message = format!("the guardrail `{}` belongs to account {}", declared.key.value, held.account);
    let fault = Diagnostic::at(span, codes::NOT_MANAGEMENT, message).related(declared.key.span, "declared here");
    let advice = format!("an org policy takes guardrails of the management account, {}, only", scope.account);
    lowering.diagnostics.push(fault.help(advice));
    None
}
