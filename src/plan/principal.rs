//! Who wrote something, as AWS tells it.

use std::collections::BTreeSet;

use crate::kinds::Model;
use crate::model::{AccountId, Facts, Raw, RoleNames, SeenPolicy};

/// Whether what `arn` names acts in `account` for those who apply this spec: the caller itself, or a role by which the
/// account is entered.
pub(super) fn is_us(arn: &str, account: &AccountId, facts: &Facts) -> bool {
    let RoleNames { member, member_read: _, management } = &facts.roles;
    let role = if account == facts.home() { management.as_ref() } else { Some(member) };
    let role = role.map(|role| format!("arn:{}:iam::{account}:role/{role}", facts.caller.partition));
    same_principal(arn, &facts.caller.arn) || role.is_some_and(|role| same_principal(arn, &role))
}

/// Whether two ARNs are of one principal: sessions of one role are, whatever their names. The ARN of a session leaves out
/// the path of its role.
fn same_principal(one: &str, other: &str) -> bool {
    let role = |arn: &str| {
        let (head, tail) = arn.split_once(":assumed-role/").or_else(|| arn.split_once(":role/"))?;
        let name = if arn.contains(":assumed-role/") { tail.split('/').next() } else { tail.rsplit('/').next() };
        Some((head.replace(":sts:", ":iam:"), name?.to_owned()))
    };
    one == other || role(one).is_some_and(|one| role(other) == Some(one))
}

/// A policy as it was seen, before anything is known of where it is attached; `None` of a type that hides nothing.
pub(super) fn seen_policy(raw: &Raw, stack: &str) -> Option<SeenPolicy> {
    let document = match &raw.model {
        Some(Model::OrgPolicy(model)) if !model.policy_type.merges() => return None,
        Some(Model::OrgPolicy(model)) => Some(model.document.clone()),
        _ => None,
    };
    let (owner, _) = raw.owner(stack);
    Some(SeenPolicy { name: raw.name.clone(), address: None, owner, document, targets: Some(BTreeSet::new()) })
}

#[cfg(test)]
mod tests {
    use super::same_principal;

    #[test]
    fn sessions_of_one_role_are_one_principal() {
        let session = |name: &str| format!("arn:aws:sts::111122223333:assumed-role/BedrailExecution/{name}");
        assert!(same_principal(&session("run-1"), &session("run-2")));
        assert!(same_principal(&session("run-1"), "arn:aws:iam::111122223333:role/BedrailExecution"));
        assert!(same_principal(&session("run-1"), "arn:aws:iam::111122223333:role/ops/BedrailExecution"));
        assert!(!same_principal(&session("run-1"), "arn:aws:sts::111122223333:assumed-role/Admin/run-1"));
        assert!(!same_principal("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"));
    }
}
