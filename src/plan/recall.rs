//! A second policy whose text changes on its way is first taken back from where the new text is not to be yet.
//!
//! Everywhere else what protects goes last. Here that would put the new text, which no stage has tried, on every node that an
//! earlier change had reached. What is below such a node meanwhile has what everybody else has: the policy itself, further up.

use std::collections::BTreeSet;

use super::Change;
use super::order::{Draft, Edge, Edges};
use crate::kinds::Model;
use crate::model::{Address, Desired};

/// Marks the detachments that come before a change of text.
pub(super) fn mark(drafts: &mut [Draft], desired: &Desired) {
    let changing: BTreeSet<Address> =
        drafts.iter().filter(|draft| rewrites(draft)).map(|draft| draft.address.clone()).collect();
    let second: BTreeSet<&Address> =
        desired.staged.values().map(|staged| &staged.next).filter(|next| changing.contains(*next)).collect();
    for draft in drafts {
        draft.recalls = detached(draft).is_some_and(|policy| second.contains(policy));
    }
}

/// The policy that is detached.
fn detached(draft: &Draft) -> Option<&Address> {
    match &draft.change {
        Change::Delete { have: Model::OrgPolicyAttachment(have), .. } => have.policy.address(),
        _ => None,
    }
}

fn rewrites(draft: &Draft) -> bool {
    matches!(
        &draft.change,
        Change::Update { have: Model::OrgPolicy(have), want: Model::OrgPolicy(want), .. } if have.document != want.document
    )
}

/// The nodes that this policy is taken back from before its text changes.
pub(super) fn recalled<'d>(policy: &'d Address, drafts: &'d [Draft]) -> impl Iterator<Item = &'d str> {
    drafts.iter().filter(|draft| draft.recalls).filter_map(move |draft| match &draft.change {
        Change::Delete { have: Model::OrgPolicyAttachment(have), .. } if have.policy.address() == Some(policy) => {
            Some(have.target.as_str())
        }
        _ => None,
    })
}

/// Puts them in order: the text changes when the policy has been taken back, and nothing that comes after that change is waited for.
pub(super) fn order(drafts: &[Draft], edges: &mut Edges) {
    let recalls: Vec<usize> = (0..drafts.len()).filter(|at| drafts[*at].recalls).collect();
    if recalls.is_empty() {
        return;
    }
    let policies: BTreeSet<&Address> = recalls.iter().filter_map(|at| detached(&drafts[*at])).collect();
    let mut late: BTreeSet<usize> =
        (0..drafts.len()).filter(|at| rewrites(&drafts[*at]) && policies.contains(&drafts[*at].address)).collect();
    for change in &late {
        let own = recalls.iter().filter(|at| detached(&drafts[**at]) == Some(&drafts[*change].address));
        edges[*change].extend(own.map(|at| (*at, Edge::Needs)));
    }
    // Whatever comes after a change of text, through whatever else.
    loop {
        let comes_after = |at: &usize| edges[*at].keys().any(|before| late.contains(before));
        let more: Vec<usize> =
            (0..drafts.len()).filter(|at| !drafts[*at].recalls && !late.contains(at)).filter(comes_after).collect();
        if more.is_empty() {
            break;
        }
        late.extend(more);
    }
    for at in recalls {
        edges[at].retain(|before, _| !late.contains(before));
    }
}
