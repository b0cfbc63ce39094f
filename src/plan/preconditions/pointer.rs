//! What the spec enforces, and on whom: the versions that its enforcements and org policies point at.

use std::collections::BTreeSet;

use crate::kinds::{Kind, Model, Verb};
use crate::model::{
    Account, AccountId, Address, Desired, Document, Organization, Ref, Region, RemoteId, Scope, Segment,
};
use crate::plan::decide::{Decisions, Purpose};
use crate::plan::effect::Effect;
use crate::plan::guardrails::guardrail_of;
use crate::plan::order::Draft;

/// The decisions so far, as preconditions look at them.
pub(super) struct View<'d>(pub(super) &'d Decisions<'d>);

/// A version that an entry enforces in one Region.
pub(super) struct Pointer<'d> {
    /// The enforcement or org policy.
    pub(super) holder: &'d Address,
    /// Where the guardrail is looked for.
    pub(super) scope: Scope,
    /// At what it points.
    pub(super) version: Ref,
    /// The guardrail of that version.
    pub(super) guardrail: Guardrail,
    /// The active accounts on which it comes to bear, sorted: not those for which a policy further down hides it.
    pub(super) reach: BTreeSet<&'d AccountId>,
}

/// A guardrail, by whatever is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Guardrail {
    /// Its address, where it has one.
    pub(super) address: Option<Address>,
    /// Its ARN, once AWS has given it one.
    pub(super) arn: Option<RemoteId>,
}

impl Guardrail {
    /// The account that owns it.
    pub(super) fn owner(&self) -> Option<AccountId> {
        let by_arn = || self.arn.as_ref()?.as_str().split(':').nth(4)?.parse().ok();
        self.address.as_ref().map(|address| address.scope.account.clone()).or_else(by_arn)
    }

    /// What people call it.
    pub(super) fn name(&self) -> String {
        let by_arn = || self.arn.as_ref().map(ToString::to_string);
        self.address.as_ref().map(ToString::to_string).or_else(by_arn).unwrap_or_else(|| "the guardrail".to_owned())
    }
}

impl<'d> View<'d> {
    /// The planned change of a resource.
    pub(super) fn draft(&self, address: &Address) -> Option<&'d Draft> {
        self.0.drafts.iter().find(|draft| draft.address == *address)
    }

    /// The resource as it will be when the plan is done; `None` where there will be none, or it cannot be seen.
    pub(super) fn will_be(&self, address: &Address) -> Option<&'d Model> {
        use crate::plan::Change;
        match self.draft(address).map(|draft| &draft.change) {
            Some(Change::Create { want } | Change::Update { want, .. }) => Some(want),
            Some(Change::Delete { .. }) => None,
            None => self.0.live.found.get(address).map(|found| &found.model),
        }
    }

    /// What the spec wants to be there; nothing where everything is to go.
    pub(super) fn wanted(&self) -> impl Iterator<Item = (&'d Address, &'d Model)> {
        let reconcile = self.0.options.purpose == Purpose::Reconcile;
        self.0.desired.resources.iter().filter(move |_| reconcile).map(|(address, wanted)| (address, &wanted.model))
    }

    /// The organization.
    pub(super) fn organization(&self) -> Option<&'d Organization> {
        self.0.facts.organization.as_ref()
    }

    /// An account of the organization.
    pub(super) fn account(&self, id: &AccountId) -> Option<&'d Account> {
        self.organization()?.accounts.iter().find(|account| account.id == *id)
    }

    /// The nodes that a policy of ours is attached to when the plan is done, with the attachments that the spec wants even
    /// if they are held: what is true of them must be known before they are.
    pub(super) fn targets(&self, policy: &Address) -> BTreeSet<&'d str> {
        let wanted = self.wanted().filter_map(|(_, model)| match model {
            Model::OrgPolicyAttachment(model) if model.policy.address() == Some(policy) => Some(model.target.as_str()),
            _ => None,
        });
        let found = self.0.live.found.iter().filter_map(|(address, found)| match &found.model {
            Model::OrgPolicyAttachment(model) if model.policy.address() == Some(policy) => {
                let goes = self.draft(address).is_some_and(|draft| draft.verb == Verb::Delete);
                (!goes).then_some(model.target.as_str())
            }
            _ => None,
        });
        wanted.chain(found).collect()
    }

    /// The active accounts below a node.
    pub(super) fn reach(&self, target: &'d str) -> impl Iterator<Item = &'d AccountId> {
        self.organization().into_iter().flat_map(move |it| it.reach(target)).map(|account| &account.id)
    }

    /// Everything that the spec enforces.
    pub(super) fn pointers(&self) -> Vec<Pointer<'d>> {
        let mut pointers = Vec::new();
        for (holder, model) in self.wanted() {
            match model {
                Model::AccountEnforcement(model) => {
                    let reach = BTreeSet::from([&holder.scope.account]);
                    pointers.push(self.pointer(holder, holder.scope.clone(), model.version.clone(), reach));
                }
                Model::OrgPolicy(model) => {
                    let targets = self.targets(holder);
                    let below: BTreeSet<_> = targets.iter().flat_map(|target| self.reach(target)).collect();
                    let Decisions { drafts, live, facts, .. } = self.0;
                    let bears = Effect::bears_on((holder, &model.document), &targets, drafts, live, facts);
                    for (region, version) in enforced(&model.document) {
                        let region = Region::new(region);
                        let bears = bears.get(&region);
                        let subject = |account: &&AccountId| bears.is_some_and(|bears| bears.contains(*account));
                        let reach = below.iter().copied().filter(subject).collect();
                        pointers.push(self.pointer(holder, facts.home_scope(&region), version, reach));
                    }
                }
                _ => {}
            }
        }
        pointers
    }

    fn pointer(&self, holder: &'d Address, scope: Scope, version: Ref, reach: BTreeSet<&'d AccountId>) -> Pointer<'d> {
        let guardrail = self.guardrail(&version);
        Pointer { holder, scope, version, guardrail, reach }
    }

    /// The guardrail of a version.
    pub(super) fn guardrail(&self, version: &Ref) -> Guardrail {
        let names = &self.0.live.names;
        match version {
            Ref::Foreign(id) => {
                let arn = guardrail_of(id);
                Guardrail { address: arn.as_ref().and_then(|arn| names.address(arn)).cloned(), arn }
            }
            Ref::To(version) => {
                let of = match self.0.desired.resources.get(version).map(|wanted| &wanted.model) {
                    Some(Model::GuardrailVersion(model)) => model.guardrail.address().cloned(),
                    // One of another stack is known by the name in front of the number.
                    _ => version
                        .name
                        .split_once('@')
                        .map(|(key, _)| Address::new(Kind::Guardrail, version.scope.clone(), key)),
                };
                let arn = of.as_ref().and_then(|address| names.ids(address).next()).cloned();
                Guardrail { address: of, arn }
            }
        }
    }
}

impl Pointer<'_> {
    /// The Region in which it is enforced.
    pub(super) fn region(&self) -> &str {
        self.scope.region_name()
    }
}

/// The versions of others at which the spec points by ARN, with the Region and account that hold each.
pub fn pointed_at(desired: &Desired) -> BTreeSet<(Scope, RemoteId)> {
    let versions = desired.resources.values().flat_map(|wanted| match &wanted.model {
        Model::AccountEnforcement(model) => vec![model.version.clone()],
        Model::OrgPolicy(model) => enforced(&model.document).into_iter().map(|(_, version)| version).collect(),
        _ => Vec::new(),
    });
    let placed = versions.filter_map(|version| {
        let Ref::Foreign(id) = version else { return None };
        let mut place = id.as_str().split(':').skip(3);
        let (region, account) = (place.next()?.to_owned(), place.next()?.parse().ok()?);
        Some((Scope::regional(account, Region::new(region)), id))
    });
    placed.collect()
}

/// The version that a Bedrock policy names for each Region.
pub(in crate::plan) fn enforced(document: &Document) -> Vec<(&str, Ref)> {
    let regions = document.get("bedrock").and_then(|bedrock| bedrock.get("guardrail_inference"));
    let mut found = Vec::new();
    for (region, configurations) in regions.into_iter().flat_map(elements) {
        for (_, configuration) in elements(configurations) {
            let identifier = configuration.get("identifier").and_then(|identifier| identifier.get("@@assign"));
            let Some(Document::Text(template)) = identifier else { continue };
            match template.0.as_slice() {
                [Segment::Id(version, _)] => found.push((region.as_str(), version.clone())),
                [Segment::Text(text)] => found.push((region.as_str(), Ref::Foreign(RemoteId::new(text.as_str())))),
                _ => {}
            }
        }
    }
    found
}

/// The Regions of which a Bedrock policy speaks.
pub(super) fn regions(document: &Document) -> BTreeSet<&str> {
    let inference = document.get("bedrock").and_then(|bedrock| bedrock.get("guardrail_inference"));
    inference.into_iter().flat_map(elements).map(|(region, _)| region.as_str()).collect()
}

/// What stands in an element, operators for child policies left out.
fn elements(element: &Document) -> impl Iterator<Item = (&String, &Document)> {
    let entries = match element {
        Document::Map(entries) => Some(entries),
        _ => None,
    };
    entries.into_iter().flatten().filter(|(key, _)| !key.starts_with("@@"))
}
