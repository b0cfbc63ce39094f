//! The policies that have a say, from the world.

use super::chain::{Origin, Policies, Source};
use super::{Ask, Who};
use crate::caller::{Identity, is_account};
use crate::iam::{Role, managed_document};
use crate::policy::Document;
use crate::world::World;

/// Everything that has a say in what somebody wants to do.
pub(super) fn policies(world: &World, who: Who<'_>, ask: &Ask<'_>) -> Policies {
    let owner = owner(ask.resource, who.account);
    let now = world.now();
    let (identity, boundary, session) = match who.identity {
        Identity::Root => (None, None, None),
        Identity::Session { policies, .. } => {
            let role = who.role(world);
            let session = policies.iter().filter_map(|text| source("session", Origin::Other, text)).collect();
            (
                Some(role.map(|role| identity(world, who.account, role)).unwrap_or_default()),
                role.and_then(|role| boundary(world, who.account, role)),
                (!policies.is_empty()).then_some(session),
            )
        }
    };
    let levels = |levels: Vec<Vec<(String, String)>>| {
        let level = |policies: Vec<(String, String)>| {
            policies.iter().filter_map(|(id, text)| source(id, Origin::Other, text)).collect()
        };
        levels.into_iter().map(level).collect()
    };
    Policies {
        identity,
        boundary,
        session,
        service_control: levels(world.organization.service_control(who.account, now)),
        resource_control: levels(world.organization.resource_control(owner, now)),
        resource: ask.resource_policy.and_then(|text| source("ResourcePolicy", Origin::Resource, text)),
        foreign: owner != who.account,
        trust: ask.action.starts_with("sts:"),
    }
}

/// The identity policies of a role: its inline ones and those attached to it.
pub(crate) fn identity(world: &World, account: &str, role: &Role) -> Vec<Source> {
    let inline = role.inline.iter().filter_map(|(name, text)| source(name, Origin::Role, text));
    let attached = role.attached.iter().filter_map(|arn| managed(world, account, arn));
    inline.chain(attached).collect()
}

/// The permissions boundary of a role. A policy that is gone allows nothing.
pub(crate) fn boundary(world: &World, account: &str, role: &Role) -> Option<Vec<Source>> {
    let arn = role.permissions_boundary.as_deref()?;
    Some(managed(world, account, arn).into_iter().collect())
}

fn managed(world: &World, account: &str, arn: &str) -> Option<Source> {
    let origin = if arn.contains(":aws:policy/") { Origin::AwsManaged } else { Origin::UserManaged };
    let name = arn.rsplit('/').next().unwrap_or(arn);
    source(name, origin, managed_document(world, account, arn)?)
}

/// A document that cannot be read, which no operation stores, says nothing.
pub(crate) fn source(id: &str, origin: Origin, text: &str) -> Option<Source> {
    Some(Source { id: id.to_owned(), origin, document: Document::parse(text).ok()? })
}

/// The account that a resource belongs to; the caller's own, if the ARN names none.
///
/// The resources of an organization count as everybody's own: whether another account may use them is not for these policies.
pub(crate) fn owner<'a>(resource: &'a str, caller: &'a str) -> &'a str {
    match *resource.splitn(6, ':').collect::<Vec<_>>() {
        ["arn", _, service, _, account, _] if service != "organizations" && is_account(account) => account,
        _ => caller,
    }
}
