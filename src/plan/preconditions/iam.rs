//! What IAM policies and their attachments need: a name that is free, a description that stays, roles that exist and have
//! room.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{DESCRIPTION, NAME_FREE, ROLE, ROOM_ON_ROLE};
use super::finding::Finding;
use super::pointer::View;
use crate::kinds::iam_policy::{self, name_of_arn};
use crate::kinds::{Kind, Model, Verb, iam_policy_attachment};
use crate::model::{Address, RemoteId, Scope, SeenRole};

/// How many managed policies a role can have (IAM quotas), and how many where AWS has raised that.
const MOST: usize = 20;
const RAISED: usize = 25;

/// The names of what is made, and the roles of what is attached.
pub(super) fn examine(view: &View<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (address, model) in view.wanted() {
        if let Model::IamPolicy(policy) = model {
            found.extend(name_free(view, address, policy));
            found.extend(description(view, address, policy));
        }
    }
    found.extend(roles(view));
    found
}

/// One account has a name once, whatever the path and the letter case.
fn name_free(view: &View<'_>, address: &Address, policy: &iam_policy::Model) -> Option<Finding> {
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let same = |other: &Address| {
        other.kind == Kind::IamPolicy && other.scope == address.scope && last(&other.name) == policy.name.to_lowercase()
    };
    let mut others = view.0.live.unmanaged.iter();
    let other = others.find(|other| same(&other.address) && other.address.name != address.name)?;
    let message = format!("the name {} is taken by {}, which is not ours", policy.name, other.id);
    let fix = "give the policy another `name`: AWS has one once per account, whatever the path";
    Some(Finding::failed(NAME_FREE, address, message).fix(fix).holds([address.clone()]))
}

/// AWS never changes a description, so a policy with another one cannot become what is wanted.
fn description(view: &View<'_>, address: &Address, policy: &iam_policy::Model) -> Option<Finding> {
    let Model::IamPolicy(have) = &view.0.live.found.get(address)?.model else { return None };
    if have.description == policy.description {
        return None;
    }
    let message = "AWS never changes the description of a policy, and this one has another".to_owned();
    let fix = "write the description that it has, or give the policy another `name`, with which it is a new one";
    Some(Finding::failed(DESCRIPTION, address, message).fix(fix).holds([address.clone()]))
}

fn roles(view: &View<'_>) -> Vec<Finding> {
    let mut by_role: BTreeMap<(Scope, String), Vec<(&Address, &iam_policy_attachment::Model)>> = BTreeMap::new();
    for (address, model) in view.wanted() {
        if let Model::IamPolicyAttachment(model) = model {
            by_role.entry((address.scope.clone(), model.role.clone())).or_default().push((address, model));
        }
    }
    let about = |((scope, role), wanted): ((Scope, String), Vec<(&Address, &iam_policy_attachment::Model)>)| {
        let holds = || wanted.iter().map(|(address, _)| (*address).clone());
        let (first, _) = *wanted.first()?;
        Some(match view.0.live.roles.get(&(scope.clone(), role.clone()))? {
            SeenRole::Absent => {
                let message = format!("account {} has no role {role}", scope.account);
                Finding::failed(ROLE, first, message).fix("make the role first: bedrail never does").holds(holds())
            }
            SeenRole::Unseen(why) => {
                let message = format!("whether {role} exists and has room for a policy could not be read: {why}");
                Finding::unknown(ROLE, first, message).fix("allow iam:ListAttachedRolePolicies for this caller")
            }
            SeenRole::Has(attached) => room(view, (&scope, &role), attached, first).holds(holds()),
        })
    };
    by_role.into_iter().filter_map(about).collect()
}

/// What is attached comes before what goes, so both have room at once.
fn room(view: &View<'_>, (scope, role): (&Scope, &str), attached: &BTreeSet<RemoteId>, first: &Address) -> Finding {
    let on_role = |address: &Address| {
        address.kind == Kind::IamPolicyAttachment
            && address.scope == *scope
            && address.name.rsplit_once(':').is_some_and(|(_, other)| other == role)
    };
    let is_new = |address: &Address| {
        let policy = address.name.rsplit_once(':').map(|(policy, _)| policy).unwrap_or_default();
        !attached.iter().any(|arn| name_of_arn(arn.as_str()) == policy)
    };
    let new = view
        .0
        .drafts
        .iter()
        .filter(|draft| draft.verb == Verb::Create && on_role(&draft.address) && is_new(&draft.address));
    let count = attached.len() + new.count();
    // A role that has more already shows that AWS has raised the quota.
    let most = if attached.len() > MOST { RAISED } else { MOST };
    if count <= most {
        return Finding::ok(
            ROOM_ON_ROLE,
            first,
            format!("the role {role} will have {count} of {most} managed policies"),
        );
    }
    let message =
        format!("the role {role} has {} managed policies and would have {count}, and AWS takes {most}", attached.len());
    Finding::failed(ROOM_ON_ROLE, first, message)
        .fix("detach what it needs no longer, or put several templates into one `document`")
}
