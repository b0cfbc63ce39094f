//! `org-policy-attachment` in AWS: the targets of each policy.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::{Model, OrgPolicyAttachment, name};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{Kind, Model as AnyModel};
use crate::model::{Evidence, Raw, Readings, Ref, RemoteId, Scope, Standing, Unread};
use crate::plan::Action;

const LIST: &str = "organizations:ListTargetsForPolicy";
const LIST_ON_NODE: &str = "organizations:ListPoliciesForTarget";
const ATTACH: &str = "organizations:AttachPolicy";
const DETACH: &str = "organizations:DetachPolicy";

impl Remote for OrgPolicyAttachment {
    const PLACE: Place = Place::Organization;
    const SHOWN_BY: Option<Kind> = Some(Kind::OrgPolicy);

    /// Besides, counts what is on the nodes that the spec attaches service control policies to.
    async fn list(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, so_far: &Readings) -> Result<Listing, AwsError> {
        let policies = so_far.items.iter().filter(|item| item.kind == Kind::OrgPolicy);
        let reads = policies.map(|policy| async move {
            let mut listing = Listing::default();
            let policy_type = match &policy.model {
                Some(AnyModel::OrgPolicy(model)) => model.policy_type,
                _ => PolicyType::Bedrock,
            };
            match targets(cx, policy.id.as_str()).await {
                Ok(targets) => {
                    listing.items.extend(targets.iter().map(|target| raw(scope, &policy.id, target, policy_type)));
                }
                Err(error) => listing.unread.push(Unread {
                    kind: Kind::OrgPolicyAttachment,
                    scope: scope.clone(),
                    id: Some(policy.id.clone()),
                    why: error.reason(),
                }),
            }
            listing
        });
        let counts = survey.controlled.iter().map(|node| async move { (node, on_node(cx, node).await) });
        let (listings, counts) = futures::join!(join_all(reads), join_all(counts));
        let mut listing: Listing = listings.into_iter().collect();
        // What could not be counted has no entry, and is told where it counts.
        listing.controls.extend(counts.into_iter().filter_map(|(node, found)| Some((node.clone(), found.ok()?))));
        Ok(listing)
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        let (policy, target) = split(id)?;
        match targets(cx, policy).await {
            Ok(targets) => {
                let attached = targets.iter().any(|found| found == target);
                // Its type is the wanted one, or does not matter any more.
                Ok(attached.then(|| raw(scope, &RemoteId::new(policy), target, PolicyType::Bedrock)))
            }
            Err(error) if error.class == Class::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        let organizations = cx.read.clients.organizations();
        match edit {
            Edit::Create { want } => {
                let policy = cx.run.ids.resolve(&want.policy)?;
                let request = organizations.attach_policy().policy_id(policy.as_str()).target_id(&want.target);
                let id = RemoteId::new(name(policy.as_str(), &want.target));
                match cx.insist(ATTACH, id.as_str(), || request.clone().send()).await {
                    Ok(_) => Ok(id),
                    Err(error) if error.is("DuplicatePolicyAttachment") => Ok(id),
                    Err(error) => Err(error.into()),
                }
            }
            Edit::Delete { id, .. } => {
                let (policy, target) = split(id)?;
                let request = organizations.detach_policy().policy_id(policy).target_id(target);
                match cx.insist(DETACH, id.as_str(), || request.clone().send()).await {
                    Ok(_) => Ok(id.clone()),
                    Err(error) if error.is("PolicyNotAttached") || error.class == Class::NotFound => Ok(id.clone()),
                    Err(error) => Err(error.into()),
                }
            }
            Edit::Update { .. } => Err(ApplyError::Impossible(action.address.clone())),
        }
    }
}

fn split(id: &RemoteId) -> Result<(&str, &str), AwsError> {
    let unreadable = || AwsError::unreadable(LIST, id.as_str(), "the id names no policy and target");
    id.as_str().split_once(':').ok_or_else(unreadable)
}

/// The nodes that a policy is attached to.
pub(crate) async fn targets(cx: &ReadCx<'_>, policy: &str) -> Result<Vec<String>, AwsError> {
    let (mut targets, mut next) = (Vec::new(), None);
    loop {
        let request = cx.clients.organizations().list_targets_for_policy().policy_id(policy);
        let page = cx.call(LIST, policy, request.max_results(20).set_next_token(next).send()).await?;
        for target in page.targets.into_iter().flatten() {
            let id = target.target_id.filter(|id| !id.is_empty());
            targets.push(id.ok_or_else(|| AwsError::unreadable(LIST, policy, "a target has no id"))?);
        }
        next = page.next_token;
        if next.is_none() {
            return Ok(targets);
        }
    }
}

/// The service control policies on a node, AWS's own among them.
async fn on_node(cx: &ReadCx<'_>, node: &str) -> Result<BTreeSet<RemoteId>, AwsError> {
    let control = PolicyType::ServiceControl;
    let (mut found, mut next) = (BTreeSet::new(), None);
    loop {
        let request =
            cx.clients.organizations().list_policies_for_target().target_id(node).filter(control.word().into());
        let page = match cx.call(LIST_ON_NODE, node, request.max_results(20).set_next_token(next).send()).await {
            Ok(page) => page,
            // What is attached once it is enabled.
            Err(error) if error.class == Class::PolicyTypeNotEnabled => {
                return Ok(control.attached_by_aws().map(RemoteId::new).into_iter().collect());
            }
            Err(error) => return Err(error),
        };
        found.extend(page.policies.into_iter().flatten().filter_map(|policy| policy.id).map(RemoteId::new));
        next = page.next_token;
        if next.is_none() {
            return Ok(found);
        }
    }
}

fn raw(scope: &Scope, policy: &RemoteId, target: &str, policy_type: PolicyType) -> Raw {
    let model = Model { policy: Ref::Foreign(policy.clone()), target: target.to_owned(), policy_type, enabled: None };
    Raw {
        kind: Kind::OrgPolicyAttachment,
        scope: scope.clone(),
        id: RemoteId::new(name(policy.as_str(), target)),
        name: target.to_owned(),
        evidence: Evidence::Of(policy.clone()),
        model: Some(model.into()),
        profile: None,
        standing: Standing::default(),
        fact: String::new(),
        changed_at: None,
    }
}
