//! What an entry of the type `SERVICE_CONTROL_POLICY` says.

use super::exempt::Templated;
use super::{cut, normal, raw};
use crate::kinds::org_policy::section::{Content, Entry, Named};
use crate::kinds::org_policy::{codes, template};
use crate::kinds::org_policy_type::PolicyType;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::model::{AccountId, Address, Document, Ref, Region, Scope, wildcard, words};
use crate::spec::decode::{Either, Exact, List, Text};
use crate::spec::lower::{Lowering, Node};
use crate::spec::top::EntryKey;

words! {
    /// A ready-made service control policy.
    ControlTemplate {
        RequireGuardrail = "require_guardrail",
        ProtectGuardrails = "protect_guardrails",
        DenyBypass = "deny_bypass",
        DenyUnlistedRegions = "deny_unlisted_regions",
    }
}
words! {
    /// Whichever guardrail a call names.
    AnyGuardrail { Any = "any", }
}

crate::decodes_as_word! {
    ControlTemplate: "a template of a service control policy";
    AnyGuardrail: "a choice of guardrails";
}
crate::text! {
    /// A model that is spared.
    pub(crate) ModelName: "a model", 3..=140, "[a-z0-9][A-Za-z0-9.:*-]*",
    "written like `amazon.titan-embed-text-v2:0`, where `*` stands for any characters"
}
crate::text! {
    pub(crate) PrincipalPattern: "a principal", 20..=2048, "arn:(aws[a-z-]*|[*]):iam::([0-9]{12}|[*]):(root|(role|user)/.+)",
    "written like `arn:aws:iam::*:role/BedrailExecution`, where `*` stands for any characters; sessions go by the ARN of their role"
}

/// The guardrails of an entry: some, by key, or any.
pub(crate) type Guardrails = Either<AnyGuardrail, List<Exact<EntryKey>, 1>>;

/// What a policy of this type does. Reports the keys of the other type, and what its own lack.
pub(in crate::kinds::org_policy) fn content(
    key: &Spanned<String>,
    entry: &Entry,
    nodes: &[(Node, Span)],
    lowering: &mut Lowering<'_>,
) -> Option<Content> {
    let of_other =
        [("enforce", entry.enforce.as_ref().map(|it| it.span)), ("lock", entry.lock.as_ref().map(|it| it.span))];
    for (name, span) in of_other.into_iter().filter_map(|(name, span)| Some((name, span?))) {
        let message = format!("`{name}` belongs to `{}`", PolicyType::Bedrock.word());
        let fault = Diagnostic::at(span, codes::OTHER_TYPE, message);
        lowering.diagnostics.push(fault.help("say what the policy does with `template` or `document`"));
    }
    let mut policy = Policy { key, entry, nodes, lowering, guardrails: Vec::new(), callable: Vec::new() };
    let (document, span) = match (&entry.template, &entry.document) {
        (None, None) => {
            let message = "a service control policy needs `template` or `document`";
            let fault = Diagnostic::at(key.span, codes::ENFORCE_OR_DOCUMENT, message);
            policy
                .lowering
                .diagnostics
                .push(fault.help("`template: require_guardrail` denies calls without a guardrail"));
            return None;
        }
        (Some(template), Some(document)) => {
            let message = "`template` and `document` exclude each other";
            let fault = Diagnostic::at(document.span, codes::ENFORCE_OR_DOCUMENT, message);
            policy.lowering.diagnostics.push(fault.related(template.span, "`template` stands here"));
            return None;
        }
        (Some(template), None) => (policy.template(template)?, template.span),
        (None, Some(document)) => {
            policy.only_of(None);
            let scope = Scope::global(policy.lowering.facts.home().clone());
            let before = policy.lowering.diagnostics.errors();
            raw::check(document, policy.lowering);
            let lowered = policy.lowering.document(document, &scope)?;
            if policy.lowering.diagnostics.errors() > before {
                return None;
            }
            let lowered = normal(lowered);
            cut::warn(document, &lowered, policy.lowering);
            (lowered, document.span)
        }
    };
    let Policy { guardrails, callable, .. } = policy;
    Some(Content { guardrails, callable, ..Content::of(normal(document), span) })
}

struct Policy<'p, 'a> {
    key: &'p Spanned<String>,
    entry: &'p Entry,
    nodes: &'p [(Node, Span)],
    lowering: &'p mut Lowering<'a>,
    guardrails: Vec<Named>,
    callable: Vec<Address>,
}

impl Policy<'_, '_> {
    fn template(&mut self, template: &Spanned<ControlTemplate>) -> Option<Document> {
        use ControlTemplate::{DenyBypass, DenyUnlistedRegions, ProtectGuardrails, RequireGuardrail};
        self.only_of(Some(template.value));
        let partition = self.lowering.facts.caller.partition.clone();
        let exempt = self.exempt(template);
        self.note(template, exempt.as_deref().unwrap_or_default());
        Some(match template.value {
            RequireGuardrail => {
                let Some(guardrails) = &self.entry.guardrails else {
                    let fault = Diagnostic::at(template.span, codes::NO_GUARDRAILS, "this template needs `guardrails`");
                    self.lowering.diagnostics.push(fault.help("name those that a call may name, or write `any`"));
                    return None;
                };
                let named = match &guardrails.value {
                    Either::A(AnyGuardrail::Any) => None,
                    Either::B(keys) => Some(self.named(keys)),
                };
                let models: Vec<String> = self
                    .entry
                    .except_models
                    .iter()
                    .flat_map(|list| list.iter())
                    .map(|id| id.as_str().to_owned())
                    .collect();
                template::require_guardrail::document(&partition, named.as_deref(), &models, &exempt?)
            }
            ProtectGuardrails => {
                let stack = self.lowering.desired.stack.clone();
                // What it keeps from others is known when all is lowered.
                let kept = template::protect_guardrails::Kept { roles: &[], policies: &[] };
                template::protect_guardrails::document(&partition, &stack, &exempt?, &kept)
            }
            DenyBypass => template::deny_bypass::document(&exempt?),
            DenyUnlistedRegions => {
                let regions = self.listed();
                template::deny_unlisted_regions::document(&partition, &regions, &exempt?)
            }
        })
    }

    /// Notes whom the policy lets off, and where.
    fn note(&mut self, template: &Spanned<ControlTemplate>, exempt: &[String]) {
        let places = self.entry.exempt_principals.iter().flat_map(|listed| listed.iter()).map(|arn| arn.span);
        let places = places.chain(std::iter::repeat(template.span));
        self.lowering.templated.push(Templated {
            key: self.key.value.clone(),
            protects: template.value == ControlTemplate::ProtectGuardrails,
            exempt: exempt.iter().cloned().zip(places).collect(),
            nodes: self.nodes.iter().map(|(node, _)| node.clone()).collect(),
        });
    }

    /// Reports the terms that a template does not know; a document knows none.
    fn only_of(&mut self, template: Option<ControlTemplate>) {
        use ControlTemplate::{DenyUnlistedRegions, RequireGuardrail};
        let Entry { guardrails, except_models, exempt_principals, .. } = self.entry;
        let terms = [
            (
                "guardrails",
                guardrails.as_ref().map(|it| it.span),
                matches!(template, Some(RequireGuardrail | DenyUnlistedRegions)),
            ),
            ("except_models", except_models.as_ref().map(|it| it.span), template == Some(RequireGuardrail)),
            ("exempt_principals", exempt_principals.as_ref().map(|it| it.span), template.is_some()),
        ];
        for (name, span, known) in terms {
            let Some(span) = span.filter(|_| !known) else { continue };
            let message = match template {
                Some(template) => format!("`{name}` means nothing to the template `{template}`"),
                None => format!("`{name}` belongs to `template`, and here is a `document`"),
            };
            self.lowering.diagnostics.push(Diagnostic::at(span, codes::OTHER_TYPE, message).help("remove it"));
        }
    }

    /// The guardrails that a call may name, in each account and Region that they are in. Those of the management account must
    /// be permitted to whom the policy reaches.
    fn named(&mut self, keys: &[Spanned<Exact<EntryKey>>]) -> Vec<Ref> {
        let mut named = Vec::new();
        for key in keys {
            let text = Spanned::new(key.as_str().to_owned(), key.span);
            let Some(declared) = self.lowering.guardrail(&text) else { continue };
            let scopes = declared.places(&self.lowering.top.regions);
            for scope in scopes {
                named.extend(self.lowering.guardrail_ref(&text, &scope));
                self.callable.extend(self.lowering.some_version(&text, &scope));
                if scope.account == *self.lowering.facts.home() {
                    self.guardrails.push(Named { guardrail: declared.clone(), scope, span: key.span });
                }
            }
        }
        named
    }

    /// The Regions in which the guardrails of the entry are; without any, those of the spec.
    fn listed(&mut self) -> Vec<Region> {
        let keys: &[Spanned<Exact<EntryKey>>] = match self.entry.guardrails.as_ref().map(|guardrails| &guardrails.value)
        {
            Some(Either::B(keys)) => keys,
            _ => return self.lowering.top.regions.iter().map(|region| region.value.clone()).collect(),
        };
        let mut listed = Vec::new();
        for key in keys {
            let text = Spanned::new(key.as_str().to_owned(), key.span);
            if let Some(declared) = self.lowering.guardrail(&text) {
                let places = declared.places(&self.lowering.top.regions);
                listed.extend(places.into_iter().filter_map(|scope| scope.region));
            }
        }
        listed
    }

    /// Whom the policy spares: those named. What protects from changes spares bedrail's own role by itself, and must.
    fn exempt(&mut self, template: &Spanned<ControlTemplate>) -> Option<Vec<String>> {
        let scope = Scope::global(self.lowering.facts.home().clone());
        let partition = self.lowering.facts.caller.partition.clone();
        let protects = template.value == ControlTemplate::ProtectGuardrails;
        let organization = self.lowering.top.organization.as_ref();
        let role = organization.and_then(|it| it.member_role.as_ref());
        let role = role.map_or("OrganizationAccountAccessRole", |role| role.as_str()).to_owned();
        let Some(listed) = &self.entry.exempt_principals else {
            return Some(if protects { vec![format!("arn:{partition}:iam::*:role/{role}")] } else { Vec::new() });
        };
        let all: Vec<Option<String>> = listed.iter().map(|arn| self.lowering.text(arn, &scope)).collect();
        let exempt: Vec<String> = all.into_iter().collect::<Option<_>>()?;
        if protects {
            let own = |account: &AccountId| format!("arn:{partition}:iam::{account}:role/{role}");
            let spared = |arn: &str| exempt.iter().any(|pattern| wildcard(pattern.as_bytes(), arn.as_bytes()));
            let left: Vec<AccountId> = self.reached().into_iter().filter(|account| !spared(&own(account))).collect();
            if let Some(account) = left.first() {
                let message =
                    format!("`{}` would keep bedrail itself from changing anything as {role}", self.key.value);
                let fault = Diagnostic::at(listed.span, codes::LOCKS_ITSELF_OUT, message);
                let anywhere = own(account).replace(account.as_str(), "*");
                self.lowering.diagnostics.push(fault.help(format!("add `{anywhere}`, the `member_role` of the spec")));
                return None;
            }
        }
        Some(exempt)
    }

    /// The accounts that the policy binds; where the tree is not known, one that stands for them.
    fn reached(&self) -> Vec<AccountId> {
        let home = self.lowering.facts.home();
        let mut reached = Vec::new();
        for (node, _) in self.nodes {
            match self.lowering.reached(node) {
                Some(accounts) => reached.extend(accounts.map(|account| account.id.clone())),
                None => return vec![home.clone()],
            }
        }
        reached.retain(|account| account != home);
        reached
    }
}

/// The exempt principals of an entry.
pub(crate) type Principals = List<Text<PrincipalPattern>, 1>;
