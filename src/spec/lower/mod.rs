//! From a spec and the facts to what is wanted.
//!
//! Each section of the spec is lowered by its kind (`kinds/<kind>/section.rs`), in the order in which one refers to
//! another: guardrails, versions, and then what points at them. All of it runs twice: offline, under assumed facts, so
//! that `validate` says everything that a spec alone can be blamed for; and again with the facts of AWS.

mod accounts;
mod assumed;
pub mod codes;
mod declared;
pub(crate) mod document;
mod finish;
mod inactive;
mod needs;
mod nodes;
mod profiles;
mod reference;
mod regions;
mod tags;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use accounts::StandIns;
pub(crate) use declared::{DeclaredGuardrail, DeclaredVersion, Origin};
use inactive::Inactive;
pub use needs::{Needs, selectors};
pub(crate) use nodes::Node;
pub(crate) use profiles::{destinations, profile_for, profiles_from, sources};
pub(crate) use tags::{Alphabet, TagMap};

use super::Spec;
use super::decode::{Text, TextRule};
use super::template::ScopeValues;
use super::top::Top;
use crate::kinds::org_policy::control::exempt::Templated;
use crate::kinds::{
    Model, account_enforcement, guardrail, guardrail_version, iam_policy, invocation_logging, org_policy,
    resource_policy,
};
use crate::model::diagnostic::Diagnostics;
use crate::model::span::{Span, Spanned};
use crate::model::{AccountId, Address, Desired, Facts, Region, Scope, Wanted};

/// Everything that can be said of a spec without AWS.
///
/// What depends on the account, the partition or the organization is judged under assumptions, which are what the spec
/// pins and placeholders of the usual length elsewhere.
pub fn check(spec: &Spec, diagnostics: &mut Diagnostics) {
    let mut found = Diagnostics::new();
    match &spec.top {
        None => decode_only(spec, &mut found),
        Some(top) => {
            let facts = assumed::facts(top);
            Lowering::new(spec, top, &facts, true, &mut found).run();
        }
    }
    report(found, spec, diagnostics);
}

/// What a spec wants as far as it can be told without AWS.
#[derive(Debug)]
pub struct Offline {
    /// What it wants, under assumptions.
    pub desired: Desired,
    /// The assumed number of the home account, where the spec does not pin it.
    pub home: Option<AccountId>,
    /// Numbers that stand for accounts which only the organization can tell, each with the selector that it stands for.
    pub stand_ins: BTreeMap<AccountId, String>,
}

/// What the spec wants under the assumptions of [`check`], which is to have found it sound.
pub fn offline(spec: &Spec) -> Option<Offline> {
    let top = spec.top.as_ref()?;
    let facts = assumed::facts(top);
    let pinned = top.organization.is_some() || top.account_id.is_some();
    let mut unheard = Diagnostics::new();
    let mut lowering = Lowering::new(spec, top, &facts, true, &mut unheard);
    lowering.lower();
    let stand_ins =
        lowering.stand_ins.accounts().map(|(account, selected)| (account.clone(), selected.to_owned())).collect();
    Some(Offline { home: (!pinned).then(|| facts.home().clone()), stand_ins, desired: lowering.desired })
}

/// The guardrails and versions of a spec, by key.
pub(crate) struct Declared {
    /// What can be referred to as a guardrail.
    pub(crate) guardrails: BTreeMap<String, Rc<DeclaredGuardrail>>,
    /// The entries of `versions`.
    pub(crate) versions: BTreeMap<String, Rc<DeclaredVersion>>,
}

/// What the spec declares as far as it can be told without AWS, under the assumptions of [`check`], which reports the faults.
/// An entry at fault is not there. `None` if the top level says too little.
pub(crate) fn declared(spec: &Spec) -> Option<Declared> {
    let top = spec.rough_top()?;
    let facts = assumed::facts(top);
    let mut unheard = Diagnostics::new();
    let mut lowering = Lowering::new(spec, top, &facts, true, &mut unheard);
    lowering.lower();
    Some(Declared { guardrails: lowering.guardrails, versions: lowering.versions })
}

/// What the spec wants under these facts; `None` if the spec is at fault. It reports what [`check`] does, and besides
/// what only the facts can tell.
pub fn lower(spec: &Spec, facts: &Facts, diagnostics: &mut Diagnostics) -> Option<Desired> {
    let mut found = Diagnostics::new();
    let desired = match &spec.top {
        None => {
            decode_only(spec, &mut found);
            None
        }
        Some(top) => Some(Lowering::new(spec, top, facts, false, &mut found).run()),
    };
    let sound = !found.has_errors();
    report(found, spec, diagnostics);
    desired.filter(|_| sound)
}

/// Passes on what was found, each fault once and without the values of the environment.
fn report(found: Diagnostics, spec: &Spec, diagnostics: &mut Diagnostics) {
    diagnostics.extend(found.sorted().without(&spec.secrets));
}

/// Without a top level there is nothing to lower, yet the entries have faults of their own.
fn decode_only(spec: &Spec, diagnostics: &mut Diagnostics) {
    guardrail::section::decode(spec, diagnostics);
    guardrail::external::decode(spec, diagnostics);
    guardrail_version::section::decode(spec, diagnostics);
    resource_policy::section::decode(spec, diagnostics);
    org_policy::section::decode(spec, diagnostics);
    account_enforcement::section::decode(spec, diagnostics);
    iam_policy::section::decode(spec, diagnostics);
    invocation_logging::section::decode(spec, diagnostics);
}

/// The work of lowering one spec.
pub(crate) struct Lowering<'a> {
    /// The spec.
    pub(crate) spec: &'a Spec,
    /// Its top level.
    pub(crate) top: &'a Top,
    /// What is known of AWS.
    pub(crate) facts: &'a Facts,
    /// Whether the facts are assumed. Then there is no tree: names of accounts and OUs cannot be looked up.
    pub(crate) assumed: bool,
    /// What is wanted so far.
    pub(crate) desired: Desired,
    /// The faults and warnings so far.
    pub(crate) diagnostics: &'a mut Diagnostics,
    guardrails: BTreeMap<String, Rc<DeclaredGuardrail>>,
    versions: BTreeMap<String, Rc<DeclaredVersion>>,
    /// The service control policies that are made from templates.
    pub(crate) templated: Vec<Templated>,
    stand_ins: StandIns,
    /// Accounts that entries except: what an entry made there before it did is looked for.
    left_out: BTreeSet<AccountId>,
    inactive: Inactive,
}

impl<'a> Lowering<'a> {
    fn new(spec: &'a Spec, top: &'a Top, facts: &'a Facts, assumed: bool, diagnostics: &'a mut Diagnostics) -> Self {
        let desired = Desired {
            declared_regions: top.regions.iter().map(|region| region.value.clone()).collect(),
            ignore_tags: top
                .ignore_tags
                .iter()
                .flat_map(|keys| keys.iter())
                .map(|key| key.as_str().to_owned())
                .collect(),
            stack: top.stack.as_str().to_owned(),
            secrets: spec.secrets.clone(),
            ..Desired::default()
        };
        Self {
            spec,
            top,
            facts,
            assumed,
            desired,
            diagnostics,
            guardrails: BTreeMap::new(),
            versions: BTreeMap::new(),
            templated: Vec::new(),
            stand_ins: StandIns::default(),
            left_out: BTreeSet::new(),
            inactive: Inactive::new(),
        }
    }

    fn run(mut self) -> Desired {
        self.lower();
        self.desired
    }

    fn lower(&mut self) {
        let top = self.top;
        self.check_regions(&top.regions);
        self.check_ignored_tags();
        guardrail::section::lower(self);
        guardrail::external::lower(self);
        guardrail_version::section::lower(self);
        resource_policy::section::lower(self);
        org_policy::section::lower(self);
        account_enforcement::section::lower(self);
        iam_policy::section::lower(self);
        invocation_logging::section::lower(self);
        org_policy::control::exempt::finish(self);
        self.tell_inactive();
        self.check_enforced();
        self.scan();
    }

    /// The values that expressions have in `scope`.
    pub(crate) fn scope_values<'s>(&self, scope: &'s Scope) -> ScopeValues<'s>
    where
        'a: 's,
    {
        ScopeValues {
            region: scope.region.as_ref().map(Region::as_str),
            account: Some(scope.account.as_str()),
            partition: Some(self.facts.caller.partition.as_str()),
            organization_id: self.facts.organization.as_ref().map(|organization| organization.id.as_str()),
        }
    }

    /// A text in `scope`; reports an expression without value there, and a text that breaks its rule there.
    pub(crate) fn text<R: TextRule>(&mut self, text: &Spanned<Text<R>>, scope: &Scope) -> Option<String> {
        let values = self.scope_values(scope);
        text.text_in(&values, self.diagnostics)
    }

    /// Adds a resource that an entry declares.
    pub(crate) fn want(
        &mut self,
        address: Address,
        model: impl Into<Model>,
        entry: &str,
        span: Span,
        previously: Vec<Address>,
    ) {
        let wanted = Wanted { model: model.into(), entry: entry.to_owned(), span: Some(span), previously };
        self.desired.resources.insert(address, wanted);
    }
}

#[cfg(test)]
mod tests;
