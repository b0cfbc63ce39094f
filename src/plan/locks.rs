//! A policy that forbids those below it to speak comes into place before they do, and goes after them. Where it came after, it
//! would undo what they had brought about, and show for a while what stood on its own node before, which may be about to go;
//! where it went before, what it had hidden below it would be in effect once more.

use super::order::Draft;
use super::{Change, phases};
use crate::kinds::Model;
use crate::kinds::org_policy::inheritance::locks;
use crate::model::{Address, Document, Facts, Live};

/// Whether `draft` waits for `other` on account of a lock.
pub(super) fn waits(draft: &Draft, other: &Draft, drafts: &[Draft], live: &Live, facts: &Facts) -> bool {
    comes_below(draft, other, drafts, live, facts) || goes_above(draft, other, drafts, live, facts)
}

/// Whether `draft` attaches a policy below a node on which `other` puts a lock in place.
fn comes_below(draft: &Draft, other: &Draft, drafts: &[Draft], live: &Live, facts: &Facts) -> bool {
    let Change::Create { want: Model::OrgPolicyAttachment(attachment) } = &draft.change else { return false };
    let above = facts.organization.as_ref().and_then(|organization| organization.above(&attachment.target));
    let is_above = |node: &String| above.is_some_and(|above| above.contains(node));
    match &other.change {
        Change::Create { want: Model::OrgPolicyAttachment(upper) } => {
            is_above(&upper.target)
                && upper.policy.address().is_some_and(|policy| documents(policy, drafts, live).any(locks))
        }
        Change::Update { id, want: Model::OrgPolicy(want), .. } if !phases::narrows(other) => {
            let targets = live.policies.get(id).and_then(|seen| seen.targets.as_ref());
            locks(&want.document) && targets.is_some_and(|targets| targets.iter().any(is_above))
        }
        _ => false,
    }
}

/// Whether `draft` takes a lock off a node while `other` takes away a policy that it hides.
fn goes_above(draft: &Draft, other: &Draft, drafts: &[Draft], live: &Live, facts: &Facts) -> bool {
    let (
        Change::Delete { have: Model::OrgPolicyAttachment(upper), .. },
        Change::Delete { have: Model::OrgPolicyAttachment(lower), .. },
    ) = (&draft.change, &other.change)
    else {
        return false;
    };
    let above = facts.organization.as_ref().and_then(|organization| organization.above(&lower.target));
    above.is_some_and(|above| above.contains(&upper.target))
        && upper.policy.address().is_some_and(|policy| documents(policy, drafts, live).any(locks))
}

/// What a policy says now, and what this plan makes it say.
fn documents<'a>(policy: &'a Address, drafts: &'a [Draft], live: &'a Live) -> impl Iterator<Item = &'a Document> {
    let written = drafts.iter().filter(move |draft| draft.address == *policy).filter_map(|draft| match &draft.change {
        Change::Create { want: Model::OrgPolicy(want) } | Change::Update { want: Model::OrgPolicy(want), .. } => {
            Some(&want.document)
        }
        _ => None,
    });
    let seen = live.policies.values().filter(move |seen| seen.address.as_ref() == Some(policy));
    written.chain(seen.filter_map(|seen| seen.document.as_ref()))
}
