//! IAM.

use super::{Case, Need, Needed, Table};

pub(super) const IAM: Table = &[
    ("AttachRolePolicy", Need::Asks(attachment)),
    ("CreatePolicy", Need::Asks(new_policy)),
    ("CreatePolicyVersion", Need::Asks(policy)),
    ("DeletePolicy", Need::Asks(policy)),
    ("DeletePolicyVersion", Need::Asks(policy)),
    ("DeleteRolePolicy", Need::Asks(role)),
    ("DetachRolePolicy", Need::Asks(attachment)),
    ("GetAccountAuthorizationDetails", Need::Asks(anything)),
    ("GetPolicy", Need::Asks(policy)),
    ("GetPolicyVersion", Need::Asks(policy)),
    ("GetRole", Need::Asks(role)),
    ("GetRolePolicy", Need::Asks(role)),
    ("ListAttachedRolePolicies", Need::Asks(role)),
    ("ListEntitiesForPolicy", Need::Asks(policy)),
    ("ListPolicies", Need::Asks(anything)),
    ("ListPolicyTags", Need::Asks(policy)),
    ("ListPolicyVersions", Need::Asks(policy)),
    ("ListRolePolicies", Need::Asks(role)),
    ("ListRoles", Need::Asks(anything)),
    ("PutRolePolicy", Need::Asks(role)),
    ("SetDefaultPolicyVersion", Need::Asks(policy)),
    ("SimulateCustomPolicy", Need::Asks(anything)),
    ("SimulatePrincipalPolicy", Need::Asks(source)),
    ("TagPolicy", Need::Asks(policy)),
    ("UntagPolicy", Need::Asks(policy)),
];

fn anything(case: &Case<'_>) -> Vec<Needed> {
    vec![case.needed("iam", "*")]
}

fn policy(case: &Case<'_>) -> Vec<Needed> {
    vec![case.needed("iam", case.text("PolicyArn").unwrap_or("*"))]
}

/// The policy of that path and name. With tags, tagging it is asked for, too.
fn new_policy(case: &Case<'_>) -> Vec<Needed> {
    let (path, name) = (case.text("Path").unwrap_or("/"), case.text("PolicyName").unwrap_or_default());
    let arn = format!("arn:{}:iam::{}:policy{path}{name}", case.world.partition.id(), case.caller.account);
    let mut needed = vec![case.needed("iam", arn.as_str())];
    if case.input.contains_key("Tags") {
        needed.push(case.action("iam:TagPolicy", arn));
    }
    needed
}

/// The principal whose policies are simulated.
fn source(case: &Case<'_>) -> Vec<Needed> {
    vec![case.needed("iam", case.text("PolicySourceArn").unwrap_or("*"))]
}

fn role(case: &Case<'_>) -> Vec<Needed> {
    vec![case.needed("iam", role_arn(case))]
}

/// The role, and as a condition key the policy that comes or goes.
fn attachment(case: &Case<'_>) -> Vec<Needed> {
    let needed = case.needed("iam", role_arn(case));
    let context = needed.context.with("iam:PolicyARN", case.text("PolicyArn").unwrap_or_default());
    vec![Needed { context, ..needed }]
}

fn role_arn(case: &Case<'_>) -> String {
    let name = case.text("RoleName").unwrap_or_default();
    let (partition, account) = (case.world.partition.id(), &case.caller.account);
    match case.world.iam(account).roles.get(name) {
        Some(role) => role.arn(partition, account, name),
        None => format!("arn:{partition}:iam::{account}:role/{name}"),
    }
}
