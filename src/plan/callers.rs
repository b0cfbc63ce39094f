//! What applications may still name in their calls of models and will be denied for. They are not seen, so it is said.

use std::collections::BTreeSet;

use super::Change;
use super::decide::{Decisions, Purpose, codes};
use super::guardrails::guardrail_of;
use crate::kinds::{Model, iam_policy, org_policy};
use crate::model::{Address, RemoteId};

/// Warns of versions that policies stop to allow, and of versions that go while a policy lets calls name them.
pub(super) fn warn(decisions: &mut Decisions<'_>) {
    // Whoever removes everything knows that nothing is left to be named.
    if decisions.options.purpose == Purpose::Destroy {
        return;
    }
    let mut told = Vec::new();
    for draft in &decisions.drafts {
        match &draft.change {
            Change::Update { have: Model::IamPolicy(have), want: Model::IamPolicy(want), .. } => {
                let dropped = iam_policy::meaning::dropped(&have.document, &want.document);
                if dropped.is_empty() {
                    continue;
                }
                let one = dropped.len() == 1;
                let (versions, are, it) =
                    (dropped.join(" and "), if one { "is" } else { "are" }, if one { "it" } else { "them" });
                let message = format!(
                    "{versions} {are} no longer allowed, so calls that still name {it} are denied from then on; to give applications time, apply with `version: any` first, move them, and then with the new version"
                );
                told.push((draft.address.clone(), message));
            }
            Change::Delete { id, have: Model::GuardrailVersion(_) } => {
                let policies = letting_name(decisions, id);
                if let Some(first) = policies.first() {
                    let more =
                        if policies.len() > 1 { format!(" and {} more", policies.len() - 1) } else { String::new() };
                    let message = format!(
                        "{id} goes, and calls may name it as {first}{more} would have it; if applications do, let them name another version first, or raise `keep_versions`"
                    );
                    told.push((draft.address.clone(), message));
                }
            }
            _ => {}
        }
    }
    for (address, message) in told {
        decisions.warn(codes::CALLERS, message, &address);
    }
}

/// The policies of the spec that let calls name any version of the guardrail of this one.
fn letting_name(decisions: &Decisions<'_>, version: &RemoteId) -> Vec<Address> {
    let Some(arn) = guardrail_of(version) else { return Vec::new() };
    let names = |references: BTreeSet<Address>| {
        references.iter().any(|address| decisions.live.names.ids(address).any(|id| *id == arn))
    };
    let lets = |model: &Model| match model {
        Model::IamPolicy(policy) => {
            iam_policy::meaning::takes_any_version(&policy.document)
                && names(policy.document.references().into_iter().collect())
        }
        Model::OrgPolicy(policy) => {
            !policy.policy_type.merges()
                && org_policy::control::demands_guardrail(&policy.document)
                && names(policy.document.references().into_iter().collect())
        }
        _ => false,
    };
    let wanted = decisions.desired.resources.iter().filter(|(_, wanted)| lets(&wanted.model));
    wanted.map(|(address, _)| address.clone()).collect()
}
