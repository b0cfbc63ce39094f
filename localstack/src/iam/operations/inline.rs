//! Inline policies of roles.

use serde_json::{Value, json};

use super::{Answer, Input, page, role, role_mut, text};
use crate::caller::Caller;
use crate::iam::documents;
use crate::iam::refused::Refused;
use crate::iam::rows;
use crate::iam::text::Text;
use crate::world::World;

pub(super) fn put(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (name, policy, document) = (text(input, "RoleName"), text(input, "PolicyName"), text(input, "PolicyDocument"));
    let held = &role(world, caller, name)?.inline;
    documents::identity(document)?;
    let others = held.iter().filter(|(other, _)| *other != policy).map(|(_, document)| &**document);
    documents::inline(name, others.chain([document]))?;
    role_mut(world, caller, name)?.inline.insert(policy.to_owned(), Text::new(document));
    Ok(Value::Null)
}

pub(super) fn get(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let (name, policy) = (text(input, "RoleName"), text(input, "PolicyName"));
    let document = role(world, caller, name)?.inline.get(policy).ok_or(Refused::NoInlinePolicy(policy))?;
    Ok(json!({ "RoleName": name, "PolicyName": policy, "PolicyDocument": rows::encoded(document) }))
}

pub(super) fn delete(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let policy = text(input, "PolicyName");
    let role = role_mut(world, caller, text(input, "RoleName"))?;
    role.inline.remove(policy).ok_or(Refused::NoInlinePolicy(policy))?;
    Ok(Value::Null)
}

pub(super) fn list(world: &mut World, caller: &Caller, input: &Input) -> Answer {
    let name = text(input, "RoleName");
    let rows = role(world, caller, name)?.inline.keys().map(|policy| policy.as_str().into());
    page(input, &format!("ListRolePolicies/{name}"), "PolicyNames", rows.collect())
}
