//! `iam-policy-attachment` in AWS: the roles of each policy that was read in full.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::{IamPolicyAttachment, Model, Says, name};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::kinds::Kind;
use crate::kinds::iam_policy::aws::verify;
use crate::model::{Evidence, Raw, Readings, Ref, RemoteId, Scope, Standing, Unread};
use crate::plan::Action;

const LIST: &str = "iam:ListEntitiesForPolicy";
const LIST_OF_ROLE: &str = "iam:ListAttachedRolePolicies";
const ATTACH: &str = "iam:AttachRolePolicy";
const DETACH: &str = "iam:DetachRolePolicy";

impl Remote for IamPolicyAttachment {
    const PLACE: Place = Place::Account;
    const SHOWN_BY: Option<Kind> = Some(Kind::IamPolicy);

    async fn list(cx: &ReadCx<'_>, _survey: &Survey, scope: &Scope, so_far: &Readings) -> Result<Listing, AwsError> {
        let policies = so_far.items.iter().filter(|item| item.kind == Kind::IamPolicy);
        let reads = policies.map(|policy| async move {
            let mut listing = Listing::default();
            match roles(cx, scope, policy.id.as_str()).await {
                Ok(roles) => listing.items.extend(roles.iter().map(|role| raw(scope, &policy.id, role))),
                Err(error) => listing.unread.push(Unread {
                    kind: Kind::IamPolicyAttachment,
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
        let (policy, role) = split(id)?;
        match roles(cx, scope, policy).await {
            Ok(roles) => {
                let attached = roles.iter().any(|found| found.eq_ignore_ascii_case(role));
                Ok(attached.then(|| raw(scope, &RemoteId::new(policy), role)))
            }
            Err(error) if error.class == Class::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        let scope = &action.address.scope;
        let iam = cx.read.clients.iam(scope);
        match edit {
            Edit::Create { want } => {
                let policy = cx.run.ids.resolve(&want.policy)?;
                let request = iam.attach_role_policy().policy_arn(policy.as_str()).role_name(&want.role);
                let id = RemoteId::new(name(policy.as_str(), &want.role));
                if want.says.guards {
                    verify::role(cx, scope, &policy, &want.role).await?;
                }
                // A repeat is harmless.
                cx.insist(ATTACH, id.as_str(), || request.clone().send()).await?;
                Ok(id)
            }
            Edit::Delete { id, .. } => {
                let (policy, role) = split(id)?;
                let request = iam.detach_role_policy().policy_arn(policy).role_name(role);
                match cx.insist(DETACH, id.as_str(), || request.clone().send()).await {
                    Ok(_) => Ok(id.clone()),
                    // It is not attached, or the role or policy is gone.
                    Err(error) if error.class == Class::NotFound => Ok(id.clone()),
                    Err(error) => Err(error.into()),
                }
            }
            Edit::Update { .. } => Err(ApplyError::Impossible(action.address.clone())),
        }
    }
}

/// The ARN of the policy and the name of the role, which has no colon.
fn split(id: &RemoteId) -> Result<(&str, &str), AwsError> {
    let unreadable = || AwsError::unreadable(LIST, id.as_str(), "the id names no policy and role");
    id.as_str().rsplit_once(':').ok_or_else(unreadable)
}

/// The roles that have the policy as one that permits, not as their boundary.
async fn roles(cx: &ReadCx<'_>, scope: &Scope, policy: &str) -> Result<Vec<String>, AwsError> {
    let (mut roles, mut marker) = (Vec::new(), None);
    loop {
        let request = cx.clients.iam(scope).list_entities_for_policy().policy_arn(policy);
        let request = request
            .entity_filter(aws_sdk_iam::types::EntityType::Role)
            .policy_usage_filter(aws_sdk_iam::types::PolicyUsageType::PermissionsPolicy);
        let page = cx.call(LIST, policy, request.set_marker(marker).send()).await?;
        for role in page.policy_roles() {
            let name = role.role_name().filter(|name| !name.is_empty());
            roles.push(name.ok_or_else(|| AwsError::unreadable(LIST, policy, "a role has no name"))?.to_owned());
        }
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            return Ok(roles);
        }
    }
}

/// The ARNs of the managed policies of a role, whoever attached them.
pub(crate) async fn of_role(cx: &ReadCx<'_>, scope: &Scope, role: &str) -> Result<BTreeSet<RemoteId>, AwsError> {
    let (mut policies, mut marker) = (BTreeSet::new(), None);
    loop {
        let request = cx.clients.iam(scope).list_attached_role_policies().role_name(role).set_marker(marker);
        let page = cx.call(LIST_OF_ROLE, role, request.send()).await?;
        policies.extend(page.attached_policies().iter().filter_map(|policy| policy.policy_arn()).map(RemoteId::new));
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            return Ok(policies);
        }
    }
}

fn raw(scope: &Scope, policy: &RemoteId, role: &str) -> Raw {
    let model = Model { policy: Ref::Foreign(policy.clone()), role: role.to_owned(), says: Says::default() };
    Raw {
        kind: Kind::IamPolicyAttachment,
        scope: scope.clone(),
        id: RemoteId::new(name(policy.as_str(), role)),
        name: role.to_owned(),
        evidence: Evidence::Of(policy.clone()),
        model: Some(model.into()),
        profile: None,
        standing: Standing::default(),
        fact: String::new(),
        changed_at: None,
    }
}
