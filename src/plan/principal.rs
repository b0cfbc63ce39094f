//! Whose something is, and who wrote it, as AWS tells it.

use std::collections::BTreeSet;

use crate::kinds::Model;
use crate::model::{Evidence, Owner, Raw, SeenPolicy, owner_of};

/// Whether two ARNs are of one principal: sessions of one role are, whatever their names.
pub(super) fn same_principal(one: &str, other: &str) -> bool {
    let role = |arn: &str| match arn.split_once(":assumed-role/") {
        Some((head, tail)) => format!("{head}:role/{}", tail.split('/').next().unwrap_or_default()),
        None => arn.to_owned(),
    };
    role(one).replace(":sts:", ":iam:") == role(other).replace(":sts:", ":iam:")
}

/// Whose a resource is by its tags, and the name that its mark gives it.
pub(super) fn owner(raw: &Raw, stack: &str) -> (Owner, Option<String>) {
    match &raw.evidence {
        Evidence::Tags(tags) => owner_of(tags, stack),
        Evidence::Unseen(why) => (Owner::Unseen(why.clone()), None),
        _ => (Owner::Unmarked, None),
    }
}

/// A policy as it was seen, before anything is known of where it is attached.
pub(super) fn seen_policy(raw: &Raw, stack: &str) -> SeenPolicy {
    let document = match &raw.model {
        Some(Model::OrgPolicy(model)) => Some(model.document.clone()),
        _ => None,
    };
    let (owner, _) = owner(raw, stack);
    SeenPolicy { name: raw.name.clone(), address: None, owner, document, targets: Some(BTreeSet::new()) }
}

#[cfg(test)]
mod tests {
    use super::same_principal;

    #[test]
    fn sessions_of_one_role_are_one_principal() {
        let session = |name: &str| format!("arn:aws:sts::111122223333:assumed-role/BedrailExecution/{name}");
        assert!(same_principal(&session("run-1"), &session("run-2")));
        assert!(same_principal(&session("run-1"), "arn:aws:iam::111122223333:role/BedrailExecution"));
        assert!(!same_principal(&session("run-1"), "arn:aws:sts::111122223333:assumed-role/Admin/run-1"));
        assert!(!same_principal("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"));
    }
}
