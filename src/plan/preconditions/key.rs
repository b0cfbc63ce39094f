//! The customer key of what is enforced. There is no way here to read the policy of a key, and what AWS does with the key of
//! a guardrail in another account is documented nowhere, so this is never known.

use super::codes::KEY_PERMITTED;
use super::finding::Finding;
use super::permission::{accounts, members};
use super::pointer::{Pointer, View};
use crate::kinds::guardrail::key_policy::Users;
use crate::kinds::{Kind, Model};
use crate::model::Ref;

/// The keys that reached accounts must be able to decrypt with.
pub(super) fn examine(view: &View<'_>, pointers: &[Pointer<'_>]) -> Vec<Finding> {
    pointers.iter().filter_map(|pointer| about(view, pointer)).collect()
}

fn about(view: &View<'_>, pointer: &Pointer<'_>) -> Option<Finding> {
    let reached = members(pointer);
    let key = key(view, pointer).filter(|_| !reached.is_empty())?;
    let count = reached.len();
    let message = format!(
        "{} is encrypted with the customer key {key}; whether its policy lets {count} reached {} decrypt is not known",
        pointer.guardrail.name(),
        accounts(count)
    );
    let users = users(view, pointer);
    let organization = view.organization().map(|it| it.id.as_str()).unwrap_or_default();
    let statements: Vec<String> = users
        .statements(&view.0.facts.caller.partition, organization)
        .iter()
        .map(|statement| format!("`{statement}`"))
        .collect();
    let fix = format!("add to the policy of the key: {}", statements.join(" and "));
    Some(Finding::unknown(KEY_PERMITTED, pointer.holder, message).about(reached).fix(fix))
}

/// Where the accounts are that the pointer reaches: the nodes of its policy, or the account itself.
fn users(view: &View<'_>, pointer: &Pointer<'_>) -> Users {
    let mut users = Users::default();
    let owner = pointer.guardrail.owner();
    let own = |node: &str| owner.as_ref().is_some_and(|owner| owner.as_str() == node);
    if pointer.holder.kind == Kind::OrgPolicy {
        let organization = view.organization().map(|it| it.id.as_str()).unwrap_or_default();
        for node in view.targets(pointer.holder).into_iter().filter(|node| !own(node)) {
            users.below(organization, node);
        }
    } else {
        users.accounts.extend(members(pointer).into_iter().map(ToString::to_string));
    }
    users
}

/// The key that what is pointed at was published with, or will be.
fn key<'d>(view: &View<'d>, pointer: &Pointer<'_>) -> Option<&'d str> {
    let live = view.0.live;
    let of_version = || {
        let id = match &pointer.version {
            Ref::Foreign(id) => id,
            Ref::To(address) => live.names.ids(address).next_back()?,
        };
        let of_others = live.pointed.get(id).and_then(|pointed| pointed.version.as_ref().ok()?.as_ref());
        of_others.or_else(|| live.standing.get(id))?.key.as_ref()
    };
    let declared =
        || match view.0.desired.resources.get(pointer.guardrail.address.as_ref()?).map(|wanted| &wanted.model) {
            Some(Model::Guardrail(model)) => model.kms_key_id.as_deref(),
            _ => None,
        };
    match of_version() {
        Some(known) => known.as_deref(),
        None => declared(),
    }
}
