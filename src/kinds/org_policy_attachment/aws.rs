//! `org-policy-attachment` in AWS: the targets of each policy.

use futures::future::join_all;

use super::{Model, OrgPolicyAttachment, name};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::kinds::Kind;
use crate::model::{Evidence, Raw, Readings, Ref, RemoteId, Scope, Standing, Unread};
use crate::plan::Action;

const LIST: &str = "organizations:ListTargetsForPolicy";
const ATTACH: &str = "organizations:AttachPolicy";
const DETACH: &str = "organizations:DetachPolicy";

impl Remote for OrgPolicyAttachment {
    const PLACE: Place = Place::Organization;
    const SHOWN_BY: Option<Kind> = Some(Kind::OrgPolicy);

    async fn list(cx: &ReadCx<'_>, _survey: &Survey, scope: &Scope, so_far: &Readings) -> Result<Listing, AwsError> {
        let policies = so_far.items.iter().filter(|item| item.kind == Kind::OrgPolicy);
        let reads = policies.map(|policy| async move {
            let mut listing = Listing::default();
            match targets(cx, policy.id.as_str()).await {
                Ok(targets) => listing.items.extend(targets.iter().map(|target| raw(scope, &policy.id, target))),
                Err(error) => listing.unread.push(Unread {
                    kind: Kind::OrgPolicyAttachment,
                    scope: scope.clone(),
                    id: Some(policy.id.clone()),
                    why: error.reason(),
                }),
            }
            listing
        });
        Ok(join_all(reads).await.into_iter().collect())
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        let (policy, target) = split(id)?;
        match targets(cx, policy).await {
            Ok(targets) => {
                let attached = targets.iter().any(|found| found == target);
                Ok(attached.then(|| raw(scope, &RemoteId::new(policy), target)))
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

async fn targets(cx: &ReadCx<'_>, policy: &str) -> Result<Vec<String>, AwsError> {
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

fn raw(scope: &Scope, policy: &RemoteId, target: &str) -> Raw {
    let model = Model { policy: Ref::Foreign(policy.clone()), target: target.to_owned(), policy_type: None };
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
