//! What it means for the order that IAM policies of ours let callers apply guardrails: a grant is there before something is
//! enforced that needs it, and goes after that.

use std::collections::BTreeSet;

use super::guardrails::{guardrail_of, identifiers};
use super::order::Draft;
use super::{Change, phases};
use crate::kinds::iam_policy::applying::lets_apply_some;
use crate::kinds::{Kind, Model, Verb};
use crate::model::{Live, RemoteId};

/// Whether `draft` is about what an identity may do.
pub(super) fn is_of_iam(draft: &Draft) -> bool {
    matches!(draft.address.kind, Kind::IamPolicy | Kind::IamPolicyAttachment)
}

/// Whether this puts calls under a guardrail.
pub(super) fn enforces(kind: Kind) -> bool {
    matches!(kind, Kind::AccountEnforcement | Kind::OrgPolicy | Kind::OrgPolicyAttachment)
}

fn lets_apply(model: &Model) -> bool {
    match model {
        Model::IamPolicy(policy) => lets_apply_some(&policy.document),
        Model::IamPolicyAttachment(attachment) => attachment.says.applies,
        _ => false,
    }
}

/// Whether what `pointer` enforces may be felt by those to whom `grant` is given.
fn is_felt(pointer: &Draft, grant: &Draft) -> bool {
    let organization = pointer.address.kind != Kind::AccountEnforcement;
    enforces(pointer.address.kind) && (organization || pointer.address.scope.account == grant.address.scope.account)
}

/// Whether `grant` lets callers apply guardrails where `pointer` begins to enforce one, and so comes first.
pub(super) fn precedes(grant: &Draft, pointer: &Draft) -> bool {
    let (Change::Create { want } | Change::Update { want, .. }) = &grant.change else { return false };
    is_of_iam(grant) && !phases::narrows(grant) && is_felt(pointer, grant) && lets_apply(want)
}

/// Whether `pointer`, which takes protection away, lets go of what `grant` lets callers apply, so that the grant goes after.
pub(super) fn outlasts(grant: &Draft, pointer: &Draft) -> bool {
    let (Change::Update { have, .. } | Change::Delete { have, .. }) = &grant.change else { return false };
    is_of_iam(grant)
        && (pointer.verb == Verb::Delete || phases::narrows(pointer))
        && is_felt(pointer, grant)
        && lets_apply(have)
}

/// What an identity policy or a service control policy names as AWS has it, where this changes it or takes it from somebody:
/// each version and guardrail that its callers are bound to, so that none goes before they are let go of it.
pub(super) fn named(draft: &Draft, live: &Live) -> BTreeSet<RemoteId> {
    let document = match &draft.change {
        Change::Update { have: Model::IamPolicy(have), .. } | Change::Delete { have: Model::IamPolicy(have), .. } => {
            Some(&have.document)
        }
        Change::Delete { have: Model::IamPolicyAttachment(have), .. } => {
            let policy = have.policy.address().and_then(|policy| live.found.get(policy));
            match policy.map(|found| &found.model) {
                Some(Model::IamPolicy(policy)) => Some(&policy.document),
                _ => None,
            }
        }
        Change::Update { have: Model::OrgPolicy(have), .. } | Change::Delete { have: Model::OrgPolicy(have), .. }
            if !have.policy_type.merges() =>
        {
            Some(&have.document)
        }
        Change::Delete { have: Model::OrgPolicyAttachment(have), .. } if !have.policy_type.merges() => {
            let policy = have.policy.address().and_then(|policy| live.found.get(policy));
            match policy.map(|found| &found.model) {
                Some(Model::OrgPolicy(policy)) => Some(&policy.document),
                _ => None,
            }
        }
        _ => None,
    };
    let Some(document) = document else { return BTreeSet::new() };
    let mut named = identifiers(document);
    named.extend(document.references().iter().flat_map(|address| live.names.ids(address).cloned()));
    let guardrails: Vec<RemoteId> = named.iter().filter_map(guardrail_of).collect();
    named.extend(guardrails);
    named
}
