//! Policies that ask one call for different guardrails, while one comes and the other goes or changes: service control policies
//! among themselves, and with the IAM policies of roles. Where both are in force nobody can call a model, and where neither is,
//! calls need no guardrail. So what lets calls name more comes before what lets them name less, and what cannot be ordered so is
//! held.

use std::collections::{BTreeMap, BTreeSet};

use super::guardrails::guardrail_of;
use super::order::{Draft, takes};
use super::{Change, Why};
use crate::kinds::{Kind, Model};
use crate::model::{
    AccountId, Address, Bearing, Demand, Document, Facts, Live, Names, Ref, RemoteId, Segment, Template, demands,
};

/// A guardrail that a policy names, by whatever is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    address: Option<Address>,
    arn: Option<RemoteId>,
}

impl Named {
    fn is(&self, other: &Self) -> bool {
        self.address.is_some() && self.address == other.address || self.arn.is_some() && self.arn == other.arn
    }
}

/// The guardrail that is named, whatever its version; `None` where a pattern may take several, or of a version that is not
/// there yet nobody knows whose it is. `guardrail` tells the guardrail of such a version.
pub(super) fn named(template: &Template, names: &Names, guardrail: &dyn Fn(&Ref) -> Option<Address>) -> Option<Named> {
    let foreign = |id: &RemoteId| {
        let arn = guardrail_of(id).unwrap_or_else(|| id.clone());
        Named { address: names.address(&arn).cloned(), arn: Some(arn) }
    };
    let of = |id: &Ref| match id {
        Ref::Foreign(id) => Some(foreign(id)),
        Ref::To(address) if address.kind == Kind::Guardrail => {
            Some(Named { arn: names.ids(address).next().cloned(), address: Some(address.clone()) })
        }
        Ref::To(version) => match names.ids(version).next() {
            Some(id) => Some(foreign(id)),
            None => guardrail(id).map(|address| Named { arn: None, address: Some(address) }),
        },
    };
    match template.0.as_slice() {
        [Segment::Id(id, _)] => of(id),
        [Segment::Id(id, _), Segment::Text(text)] if text.starts_with(':') => of(id),
        [Segment::Text(text)] => {
            let arn = text.strip_suffix(":*").unwrap_or(text);
            (!arn.contains(['*', '?'])).then(|| foreign(&RemoteId::new(arn)))
        }
        _ => None,
    }
}

/// The calls that certainly cannot meet both: some demand of the one names guardrails of which none is named by some demand of
/// the other. Where several pairs of demands exclude each other, those of the pair that bears on most.
pub(super) fn exclude_each_other(
    one: &[Demand],
    other: &[Demand],
    named: &dyn Fn(&Template) -> Option<Named>,
) -> Option<Bearing> {
    let set = |demand: &Demand| demand.named.iter().map(named).collect::<Option<Vec<Named>>>();
    let apart = |one: &Demand, other: &Demand| {
        let shared = one.shared(other)?;
        let (one, other) = set(one).zip(set(other))?;
        (!one.iter().any(|a| other.iter().any(|b| a.is(b)))).then_some(shared)
    };
    let pairs = one.iter().flat_map(|demand| other.iter().filter_map(move |other| apart(demand, other)));
    pairs.max_by_key(Bearing::width)
}

/// Whether this attaches a policy that may ask calls for a guardrail.
pub(super) fn attaches(draft: &Draft) -> bool {
    match &draft.change {
        Change::Create { want: Model::OrgPolicyAttachment(want) } => !want.policy_type.merges(),
        Change::Create { want: Model::IamPolicyAttachment(want) } => want.says.guards,
        _ => false,
    }
}

/// Whether this ends the demand of a policy.
fn detaches(draft: &Draft) -> bool {
    match &draft.change {
        Change::Delete { have: Model::OrgPolicyAttachment(have), .. } => !have.policy_type.merges(),
        Change::Delete { have: Model::IamPolicyAttachment(have), .. } => have.says.guards,
        _ => false,
    }
}

/// Whether `draft` waits for `other`, since no call could meet both: it asks for more by an update, and what `other` detaches
/// asks for something else; or it attaches what asks for something else than `other`, before that lets calls name more.
pub(super) fn waits(draft: &Draft, other: &Draft, drafts: &[Draft], live: &Live) -> bool {
    let of_iam = |draft: &Draft| matches!(draft.address.kind, Kind::IamPolicy | Kind::IamPolicyAttachment);
    if of_iam(draft) && of_iam(other) {
        return false;
    }
    let (asks, asked) = if is_update(draft) && takes(draft) && detaches(other) {
        (written(draft), attached(other, &[], live))
    } else if attaches(draft) && is_update(other) && !takes(other) {
        (attached(draft, drafts, live), before(other))
    } else {
        return false;
    };
    asks.zip(asked).is_some_and(|(asks, asked)| apart(asks, asked, live))
}

fn apart(one: &Document, other: &Document, live: &Live) -> bool {
    // Of a version that is not there yet nothing is known but the name of an implicit one.
    let guardrail = |version: &Ref| {
        let version = version.address()?;
        let (key, _) = version.name.split_once('@')?;
        Some(Address::new(Kind::Guardrail, version.scope.clone(), key))
    };
    exclude_each_other(&demands(one), &demands(other), &|template| named(template, &live.names, &guardrail)).is_some()
}

/// Whether this changes what a policy asks of calls.
fn is_update(draft: &Draft) -> bool {
    match &draft.change {
        Change::Update { want: Model::OrgPolicy(want), .. } => !want.policy_type.merges(),
        Change::Update { want: Model::IamPolicy(_), .. } => true,
        _ => false,
    }
}

fn document(model: &Model) -> Option<&Document> {
    match model {
        Model::OrgPolicy(model) => Some(&model.document),
        Model::IamPolicy(model) => Some(&model.document),
        _ => None,
    }
}

fn written(draft: &Draft) -> Option<&Document> {
    match &draft.change {
        Change::Create { want } | Change::Update { want, .. } => document(want),
        Change::Delete { .. } => None,
    }
}

fn before(draft: &Draft) -> Option<&Document> {
    match &draft.change {
        Change::Update { have, .. } | Change::Delete { have, .. } => document(have),
        Change::Create { .. } => None,
    }
}

/// What the policy of an attachment says when it comes, or as it goes: once all that is new has been added.
fn attached<'d>(draft: &'d Draft, drafts: &'d [Draft], live: &'d Live) -> Option<&'d Document> {
    let policy = match super::order::model(&draft.change) {
        Model::OrgPolicyAttachment(model) => model.policy.address()?,
        Model::IamPolicyAttachment(model) => model.policy.address()?,
        _ => return None,
    };
    let early = drafts.iter().filter(|other| other.address == *policy && !takes(other)).find_map(written);
    early.or_else(|| document(&live.found.get(policy)?.model))
}

/// What is attached while something goes with which it leaves no call: whichever came first, callers would be denied or bound
/// to nothing in between. With why it is held.
pub(super) fn conflicts(drafts: &[Draft], live: &Live, facts: &Facts) -> BTreeMap<usize, (Why, String)> {
    let is_iam = |draft: &Draft| draft.address.kind == Kind::IamPolicyAttachment;
    let going: Vec<&Draft> = drafts.iter().filter(|draft| detaches(draft)).collect();
    let mut found = BTreeMap::new();
    if going.is_empty() {
        return found;
    }
    for (at, coming) in drafts.iter().enumerate().filter(|(_, draft)| attaches(draft)) {
        let Some(asks) = attached(coming, drafts, live) else { continue };
        let here = bound(coming, facts);
        let mut others = going.iter().filter(|going| !is_iam(coming) || !is_iam(going));
        let conflict = others.find(|going| {
            !here.is_disjoint(&bound(going, facts))
                && attached(going, drafts, live).is_some_and(|asked| apart(asks, asked, live))
        });
        if let Some(going) = conflict {
            let hint = format!(
                "{} goes only when this is there, and until then no call could meet both; first let the policies name the guardrails of both, and apply that",
                going.address
            );
            found.insert(at, (Why::Precondition, hint));
        }
    }
    found
}

/// The accounts whose calls an attachment is about.
fn bound<'d>(draft: &'d Draft, facts: &'d Facts) -> BTreeSet<&'d AccountId> {
    match super::order::model(&draft.change) {
        Model::OrgPolicyAttachment(model) => {
            let organization = facts.organization.iter();
            let below = organization.flat_map(|organization| {
                let reach = organization.reach(&model.target).map(|account| &account.id);
                reach.filter(|account| **account != organization.management_account)
            });
            below.collect()
        }
        _ => BTreeSet::from([&draft.address.scope.account]),
    }
}
