//! The operations of IAM.

mod attachments;
mod details;
mod inline;
mod policies;
mod roles;
mod tags;
mod versions;

use serde_json::{Map, Value, json};

use super::arn::PolicyArn;
use super::model;
use super::refused::Refused;
use super::simulate;
use super::state::{Policy, Role};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::ids;
use crate::operations::{Binding, Operation, Run};
use crate::paging;
use crate::shape::Member;
use crate::wire::query::Service;
use crate::world::World;

const IAM: Service = Service {
    version: "2010-05-08",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    shows_values: false,
    names: Some((model::NAME, "It must contain only alphanumeric characters and/or the following: +=,.@_-")),
};

/// How many rows a page has when the request does not say.
const PAGE: u64 = 100;

pub(super) type Input = Map<String, Value>;
pub(super) type Answer = Result<Value, ApiError>;

const fn query(name: &'static str, input: &'static [Member], run: Run) -> Operation {
    Operation { name, binding: Binding::Query(&IAM), input, run }
}

#[rustfmt::skip]
pub(crate) const OPERATIONS: &[Operation] = &[
    query("AttachRolePolicy", model::ATTACHMENT, attachments::attach),
    query("CreatePolicy", model::CREATE_POLICY, policies::create),
    query("CreatePolicyVersion", model::CREATE_POLICY_VERSION, versions::create),
    query("DeletePolicy", model::POLICY, policies::delete),
    query("DeletePolicyVersion", model::POLICY_VERSION, versions::delete),
    query("DeleteRolePolicy", model::ROLE_POLICY, inline::delete),
    query("DetachRolePolicy", model::ATTACHMENT, attachments::detach),
    query("GetAccountAuthorizationDetails", model::DETAILS, details::get),
    query("GetPolicy", model::POLICY, policies::get),
    query("GetPolicyVersion", model::POLICY_VERSION, versions::get),
    query("GetRole", model::GET_ROLE, roles::get),
    query("GetRolePolicy", model::ROLE_POLICY, inline::get),
    query("ListAttachedRolePolicies", model::LIST_ATTACHED, attachments::list),
    query("ListEntitiesForPolicy", model::LIST_ENTITIES, attachments::entities),
    query("ListPolicies", model::LIST_POLICIES, policies::list),
    query("ListPolicyTags", model::POLICY_PAGE, tags::list),
    query("ListPolicyVersions", model::POLICY_PAGE, versions::list),
    query("ListRolePolicies", model::ROLE_PAGE, inline::list),
    query("ListRoles", model::LIST_ROLES, roles::list),
    query("PutRolePolicy", model::PUT_ROLE_POLICY, inline::put),
    query("SetDefaultPolicyVersion", model::POLICY_VERSION, versions::set_default),
    query("SimulateCustomPolicy", model::SIMULATE_CUSTOM, simulate::custom),
    query("SimulatePrincipalPolicy", model::SIMULATE_PRINCIPAL, simulate::principal),
    query("TagPolicy", model::TAG_POLICY, tags::add),
    query("UntagPolicy", model::UNTAG_POLICY, tags::remove),
];

/// A text of the input; empty if it is not there.
fn text<'a>(input: &'a Input, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn flag(input: &Input, name: &str) -> bool {
    input.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// The page of the rows that the request asks for, under that name. The list is told apart from others by `list`.
pub(super) fn page(input: &Input, list: &str, name: &str, rows: Vec<Value>) -> Answer {
    // A marker has 320 characters at most, an ARN may have more.
    let list = &ids::uuid(list);
    let skip = match input.get("Marker").and_then(Value::as_str) {
        Some(marker) => paging::skip(list, marker).ok_or(Refused::BadMarker)?,
        None => 0,
    };
    let size = input.get("MaxItems").and_then(Value::as_u64).unwrap_or(PAGE);
    let page = paging::page(list, rows, skip, usize::try_from(size).unwrap_or(usize::MAX));
    let mut answer = json!({ name: page.items, "IsTruncated": page.next.is_some() });
    if let Some(next) = page.next {
        answer["Marker"] = next.into();
    }
    Ok(answer)
}

/// The caller's role of that name. Inferred: names are looked up as they are written, though two cannot differ in case only.
fn role<'a>(world: &'a World, caller: &Caller, name: &str) -> Result<&'a Role, ApiError> {
    world.iam(&caller.account).roles.get(name).ok_or_else(|| Refused::NoRole(name).into())
}

/// The same, to change it. The roles of services are AWS's to change.
fn role_mut<'a>(world: &'a mut World, caller: &Caller, name: &str) -> Result<&'a mut Role, ApiError> {
    if role(world, caller, name)?.path.starts_with("/aws-service-role/") {
        return Err(Refused::ServiceRole(name).into());
    }
    world.iam_mut(&caller.account).roles.get_mut(name).ok_or_else(|| Refused::NoRole(name).into())
}

/// A managed policy that the caller's account can use: one of its own, or one of AWS's.
fn policy<'a, 'b>(
    world: &'a World,
    caller: &Caller,
    action: &str,
    arn: &'b str,
    missing: impl FnOnce(&'b str) -> Refused<'b>,
) -> Result<(PolicyArn<'b>, &'a Policy), ApiError> {
    let read = PolicyArn::parse(world.partition.id(), arn).ok_or(Refused::BadArn(arn))?;
    if !read.is_aws() && read.account != caller.account {
        return Err(Refused::ForeignPolicy { caller: &caller.arn, action, arn }.into());
    }
    let found = read.find(world.iam(&caller.account)).ok_or_else(|| missing(arn))?;
    Ok((read, found))
}

/// A managed policy of the caller's account, to change it.
fn policy_mut<'a, 'b>(
    world: &'a mut World,
    caller: &Caller,
    action: &str,
    arn: &'b str,
    missing: impl FnOnce(&'b str) -> Refused<'b>,
) -> Result<&'a mut Policy, ApiError> {
    let (read, _) = policy(world, caller, action, arn, missing)?;
    if read.is_aws() {
        return Err(Refused::ForeignPolicy { caller: &caller.arn, action, arn }.into());
    }
    world.iam_mut(&caller.account).policies.get_mut(read.name).ok_or_else(|| Refused::NoPolicy(arn).into())
}
