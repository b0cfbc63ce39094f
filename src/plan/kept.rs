//! IAM policies that allow the current version of a guardrail allow those beside it that are kept, so that no publish denies
//! who still calls the one before.

use std::collections::BTreeSet;

use super::Change;
use super::decide::{Decisions, Purpose};
use crate::kinds::Model;
use crate::kinds::iam_policy::document::beside;
use crate::model::{Address, RemoteId, Wanted};

/// Decides about such policies once it is known which versions go.
pub(super) fn allow(decisions: &mut Decisions<'_>) {
    if decisions.options.purpose == Purpose::Destroy {
        return;
    }
    let desired = decisions.desired;
    for (address, wanted) in &desired.resources {
        let Model::IamPolicy(want) = &wanted.model else { continue };
        if want.current.is_empty() || decisions.held.contains_key(address) {
            continue;
        }
        let mut want = want.clone();
        for current in want.current.clone() {
            let more: Vec<String> = kept(decisions, &current.guardrail, current.version.address())
                .iter()
                .map(ToString::to_string)
                .collect();
            want.document = beside(&want.document, &current.version, &more);
        }
        decisions.drafts.retain(|draft| draft.address != *address);
        decisions.unchanged.remove(address);
        decisions.about(address, &Wanted { model: want.into(), ..wanted.clone() });
    }
}

/// The implicit versions that stay, without those that serve as the current one.
fn kept(decisions: &Decisions<'_>, guardrail: &Address, current: Option<&Address>) -> BTreeSet<RemoteId> {
    let goes = |id: &RemoteId| {
        decisions.drafts.iter().any(|draft| matches!(&draft.change, Change::Delete { id: gone, .. } if gone == id))
    };
    let serves =
        |id: &RemoteId| current.is_some_and(|current| decisions.live.names.ids(current).any(|serving| serving == id));
    let versions = decisions.live.versions.get(guardrail).into_iter().flatten().filter(|version| version.is_implicit());
    versions.map(|version| version.id.clone()).filter(|id| !goes(id) && !serves(id)).collect()
}
