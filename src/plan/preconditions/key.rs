//! The customer key of what is enforced. There is no way here to read the policy of a key, and what AWS does with the key of
//! a guardrail in another account is documented nowhere, so this is never known.

use super::codes::KEY_PERMITTED;
use super::finding::Finding;
use super::permission::{accounts, members};
use super::pointer::{Pointer, View};
use crate::kinds::Model;
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
    let organization = view.organization().map(|it| it.id.as_str()).unwrap_or_default();
    let statement = format!(
        r#"add to the policy of the key: `{{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{{"StringEquals":{{"aws:PrincipalOrgID":"{organization}"}}}}}}`"#
    );
    Some(Finding::unknown(KEY_PERMITTED, pointer.holder, message).about(reached).fix(statement))
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
