//! The roles of an account with all that their policies say, in as few calls as there are pages.

use std::collections::BTreeMap;

use aws_sdk_iam::types::{EntityType, ManagedPolicyDetail, RoleDetail};
use serde_json::Value;

use super::call::ReadCx;
use super::encoded::encoded_json;
use super::error::AwsError;
use crate::model::Scope;

const DETAILS: &str = "iam:GetAccountAuthorizationDetails";
const ROLE: &str = "iam:GetRole";
/// How many rows a page has at most.
const PAGE: i32 = 1000;
/// How many pages are read at most. An account has 5,000 roles and 5,000 policies where AWS has raised its quotas (IAM user guide,
/// "IAM and AWS STS quotas"), and a page may be shorter than asked.
const PAGES: usize = 200;

/// A role, and what its policies say.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Its ARN.
    pub arn: String,
    /// Its name, without its path.
    pub name: String,
    /// Who may assume it.
    pub trust: Value,
    /// Its policies, its own and those that are attached to it; not its boundary.
    pub policies: Vec<Value>,
    /// What its boundary says, where it has one and that is told.
    pub boundary: Option<Value>,
}

/// Every role of the account of `scope`, by name.
///
/// # Errors
/// The failure of a page, or an answer that cannot be read.
pub async fn identities(cx: &ReadCx<'_>, scope: &Scope) -> Result<Vec<Identity>, AwsError> {
    let object = scope.account.as_str();
    let unreadable = |what: String| AwsError::unreadable(DETAILS, object, what);
    cx.clients.enter(scope).await?;
    let (mut roles, mut managed, mut marker) = (Vec::new(), BTreeMap::new(), None);
    for _ in 0..PAGES {
        let request = cx.clients.iam(scope).get_account_authorization_details().max_items(PAGE).set_marker(marker);
        let request = request
            .filter(EntityType::Role)
            .filter(EntityType::LocalManagedPolicy)
            .filter(EntityType::AwsManagedPolicy);
        let page = cx.call(DETAILS, object, request.send()).await?;
        roles.extend(page.role_detail_list.unwrap_or_default());
        for policy in page.policies.unwrap_or_default() {
            managed.extend(in_effect(&policy).map_err(unreadable)?);
        }
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            let read = roles.iter().map(|role| identity(role, &managed));
            let mut read = read.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
            read.sort_by(|one, other| one.name.cmp(&other.name));
            return Ok(read);
        }
    }
    Err(unreadable(format!("the list has more than {PAGES} pages")))
}

/// The ARN of a role, which has its path.
///
/// # Errors
/// The failure of the call, or an answer without one.
pub async fn arn_of_role(cx: &ReadCx<'_>, scope: &Scope, role: &str) -> Result<String, AwsError> {
    cx.clients.enter(scope).await?;
    // It is asked for by its name, which has no path.
    let name = role.rsplit('/').next().unwrap_or(role);
    let found = cx.call(ROLE, role, cx.clients.iam(scope).get_role().role_name(name).send()).await?;
    let arn = found.role().map(|role| role.arn().to_owned()).filter(|arn| !arn.is_empty());
    arn.ok_or_else(|| AwsError::unreadable(ROLE, role, "the answer has no ARN"))
}

/// The ARN of a managed policy, and what its default version says.
fn in_effect(policy: &ManagedPolicyDetail) -> Result<Option<(String, Value)>, String> {
    let default = policy.policy_version_list().iter().find(|version| version.is_default_version());
    let text = default.and_then(|version| version.document());
    let (Some(arn), Some(text)) = (policy.arn(), text) else { return Ok(None) };
    Ok(Some((arn.to_owned(), encoded_json(text)?)))
}

fn identity(role: &RoleDetail, managed: &BTreeMap<String, Value>) -> Result<Identity, String> {
    let required = |text: Option<&str>, member: &str| {
        text.filter(|text| !text.is_empty()).map(str::to_owned).ok_or_else(|| format!("a role has no {member}"))
    };
    let name = required(role.role_name(), "name")?;
    let inline = role.role_policy_list().iter().filter_map(|policy| policy.policy_document());
    let inline = inline.map(encoded_json).collect::<Result<Vec<_>, _>>()?;
    let attached = role.attached_managed_policies().iter().filter_map(|policy| policy.policy_arn());
    // What is not told is a policy that nobody knows, and so one that might say anything.
    let attached =
        attached.map(|arn| managed.get(arn).cloned().ok_or_else(|| format!("{name} has {arn}, which is not told")));
    let policies = inline.into_iter().map(Ok).chain(attached).collect::<Result<Vec<_>, _>>()?;
    let trust = role.assume_role_policy_document().map(encoded_json).transpose()?.unwrap_or_default();
    let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
    let boundary = boundary.and_then(|arn| managed.get(arn)).cloned();
    Ok(Identity { arn: required(role.arn(), "ARN")?, name, trust, policies, boundary })
}
