//! The operations, and how a request finds its own.

mod delegation;
mod describe;
mod effective_policies;
mod policies;
mod policy_attachments;
mod policy_types;
mod tags;
mod tree;

use serde_json::{Map, Value};

use super::access::Access;
use super::delegation::Asked;
use super::input::Input;
use super::organization::Organization;
use super::page::Page;
use super::rows::{Rows, type_name};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::world::World;

type Answer = Result<Value, ApiError>;

/// An operation: its name on the wire, who may call it, and what it does.
pub(crate) struct Operation {
    name: &'static str,
    access: Access,
    run: Run,
}

/// Reading cannot change the world.
enum Run {
    Read(fn(Request<'_>) -> Answer),
    Write(fn(&mut World, Input<'_>) -> Answer),
}

const fn read(name: &'static str, access: Access, run: fn(Request<'_>) -> Answer) -> Operation {
    Operation { name, access, run: Run::Read(run) }
}

const fn write(name: &'static str, access: Access, run: fn(&mut World, Input<'_>) -> Answer) -> Operation {
    Operation { name, access, run: Run::Write(run) }
}

const OPERATIONS: &[Operation] = &[
    read("DescribeOrganization", Access::Member, describe::organization),
    read("DescribeAccount", Access::Reader, describe::account),
    read("DescribeOrganizationalUnit", Access::Reader, describe::organizational_unit),
    read("ListRoots", Access::Reader, tree::roots),
    read("ListOrganizationalUnitsForParent", Access::Reader, tree::organizational_units_for_parent),
    read("ListAccounts", Access::Reader, tree::accounts),
    read("ListAccountsForParent", Access::Reader, tree::accounts_for_parent),
    read("ListParents", Access::Reader, tree::parents),
    read("ListChildren", Access::Reader, tree::children),
    write("EnablePolicyType", Access::Delegate, policy_types::enable),
    write("DisablePolicyType", Access::Delegate, policy_types::disable),
    write("CreatePolicy", Access::Delegate, policies::create),
    write("UpdatePolicy", Access::Delegate, policies::update),
    write("DeletePolicy", Access::Delegate, policies::delete),
    read("DescribePolicy", Access::Reader, policies::describe),
    read("ListPolicies", Access::Reader, policies::list),
    write("AttachPolicy", Access::Delegate, policy_attachments::attach),
    write("DetachPolicy", Access::Delegate, policy_attachments::detach),
    read("ListTargetsForPolicy", Access::Reader, policy_attachments::targets),
    read("ListPoliciesForTarget", Access::Reader, policy_attachments::policies),
    read("DescribeEffectivePolicy", Access::Member, effective_policies::describe),
    read("ListAccountsWithInvalidEffectivePolicy", Access::Administrator, effective_policies::invalid_accounts),
    read("ListEffectivePolicyValidationErrors", Access::Administrator, effective_policies::validation_errors),
    write("TagResource", Access::Delegate, tags::tag),
    write("UntagResource", Access::Delegate, tags::untag),
    read("ListTagsForResource", Access::Reader, tags::list),
    write("RegisterDelegatedAdministrator", Access::Management, delegation::register),
    write("DeregisterDelegatedAdministrator", Access::Management, delegation::deregister),
    read("ListDelegatedAdministrators", Access::Reader, delegation::administrators),
    read("ListDelegatedServicesForAccount", Access::Reader, delegation::services),
    write("PutResourcePolicy", Access::Management, delegation::put_resource_policy),
    read("DescribeResourcePolicy", Access::Reader, delegation::describe_resource_policy),
    write("DeleteResourcePolicy", Access::Management, delegation::delete_resource_policy),
    write("EnableAWSServiceAccess", Access::Management, delegation::enable_service_access),
];

/// The names of all operations.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|operation| operation.name)
}

/// The operation of that name on the wire.
pub(crate) fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|known| known.name == name)
}

impl Operation {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it changes the organization.
    pub(crate) fn writes(&self) -> bool {
        matches!(self.run, Run::Write(_))
    }

    /// Carries it out. The wire, the caller and the home Region are settled before; the input is the request's JSON body, not
    /// yet validated.
    ///
    /// Whether the caller may comes first, then whether the input is valid, then whether it can be done (inferred).
    pub(crate) fn answer(&self, world: &mut World, caller: &Caller, input: &Value) -> Answer {
        let input = Input::new(input)?;
        let request = Request { world, caller, operation: self.name, input };
        self.access.check(&world.organization, caller, || request.admitted())?;
        match self.run {
            Run::Read(run) => run(request),
            Run::Write(run) => run(world, input),
        }
    }
}

/// A request that only reads.
#[derive(Clone, Copy)]
struct Request<'a> {
    world: &'a World,
    caller: &'a Caller,
    operation: &'static str,
    input: Input<'a>,
}

impl<'a> Request<'a> {
    fn organization(self) -> &'a Organization {
        &self.world.organization
    }

    fn rows(self) -> Rows<'a> {
        rows(self.world)
    }

    fn page(self) -> Result<Page, ApiError> {
        Page::read(self.operation, self.input, self.world.options.empty_pages)
    }

    /// Whether the resource policy admits the caller.
    fn admitted(self) -> bool {
        let Some(policy) = &*self.organization().resource_policy else { return false };
        let Named { resources, policy_type } = Named::of(self.world, self.input.members());
        let asked = Asked { who: self.caller.into(), operation: self.operation, resources, policy_type };
        super::delegation::admits(self.world, &policy.content, &asked)
    }
}

/// What a request is about, in the words of policies.
#[derive(Debug)]
pub(crate) struct Named {
    /// The ARNs of what it names and is there.
    pub(crate) resources: Vec<String>,
    /// `organizations:PolicyType`, if it is about a type.
    pub(crate) policy_type: Option<String>,
}

impl Named {
    /// Reads a request leniently: it need not be valid.
    pub(crate) fn of(world: &World, input: &Map<String, Value>) -> Self {
        let (organization, rows) = (&world.organization, rows(world));
        let named = |member: &str| input.get(member).and_then(Value::as_str);
        let target = NAMING.into_iter().find_map(named);
        let target_policy =
            [named("PolicyId"), target].into_iter().flatten().find_map(|id| Some((id, organization.policy(id)?)));
        let policy_type = ["PolicyType", "Filter", "Type"].into_iter().find_map(named).map(str::to_owned);
        let node_arn = target.filter(|id| organization.node(id).is_some()).map(|id| rows.node_arn(id));
        let policy_arn = target_policy.as_ref().map(|(id, policy)| rows.policy_arn(id, policy.kind));
        Self {
            resources: node_arn.into_iter().chain(policy_arn).collect(),
            policy_type: policy_type.or_else(|| target_policy.map(|(_, policy)| type_name(policy.kind))),
        }
    }
}

/// The members that name a root, an OU, an account or what has tags.
const NAMING: [&str; 7] =
    ["TargetId", "RootId", "ResourceId", "ParentId", "ChildId", "AccountId", "OrganizationalUnitId"];

fn rows(world: &World) -> Rows<'_> {
    Rows { organization: &world.organization, partition: world.partition, now: world.now() }
}

/// When a change of policies begun now is seen.
fn due(world: &World) -> crate::clock::Millis {
    world.now().saturating_add(world.options.propagation_ms.into())
}

/// The answer of an operation that has none: an empty body.
fn nothing() -> Value {
    Value::Null
}
