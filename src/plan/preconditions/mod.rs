//! What must be so before a guardrail is enforced: facts, each looked at once and told whether or not anything changes.
//!
//! A precondition that fails holds what would do harm without it, and through [`super::needs`] whatever depends on
//! that. One that is not known holds nothing. Removals, and repairs that would cure the failure, are never held.

mod accounts;
mod agreement;
mod callers;
mod delegation;
mod finding;
mod guardrails;
mod iam;
mod key;
pub(super) mod lockout;
mod neighbours;
mod organization;
mod permission;
mod pointer;
mod room;
mod size;

use super::decide::Decisions;
use super::{Precondition, State, Why, needs};
use crate::kinds::Verb;
use finding::Finding;
use pointer::View;
pub(super) use pointer::enforced;
pub use pointer::pointed_at;
pub use room::MOST_GUARDRAILS;

/// The codes of preconditions.
pub mod codes {
    crate::codes! {
        /// Consolidated billing only.
        ALL_FEATURES = "P0101": "the organization has all features";
        /// The type on the root.
        POLICY_TYPE = "P0102": "the policy type is enabled on the root of the organization";
        /// Who may manage policies.
        CALLER = "P0103": "the caller is in the management account, or in one that policies are delegated to";
        /// A guardrail's status.
        READY = "P0111": "what is published or enforced is READY";
        /// Automated reasoning under enforcement.
        NO_REASONING = "P0112": "what is enforced holds no automated reasoning, which makes model calls fail";
        /// The version of a pointer.
        VERSION = "P0113": "the version that is pointed at exists in every Region of the entry";
        /// The policy of a guardrail.
        PERMITTED = "P0121": "resource policies let every reached account apply the guardrail";
        /// The policies of profiles.
        PROFILE_PERMITTED = "P0122": "the policies of the guardrail's profile let every reached account use it in every destination Region";
        /// The policy of a customer key.
        KEY_PERMITTED = "P0123": "the policy of the guardrail's KMS key lets every reached account decrypt";
        /// Roles in the reached accounts.
        CALLERS_MAY_APPLY = "P0124": "whoever may call models in the reached accounts may apply the guardrail";
        /// Service control policies and what else asks for guardrails.
        AGREEMENT = "P0125": "a call of a model can meet what all policies of the spec ask of it";
        /// Foreign policies on the same node.
        NODE = "P0131": "no policy of others stands on the same node for the same Region";
        /// Foreign policies below.
        NOT_DISPLACED = "P0132": "no policy of others further down replaces what the policy sets";
        /// Foreign locks above.
        NOT_LOCKED = "P0133": "no policy of others further up forbids what the policy sets";
        /// Ten policies on a node.
        ROOM_ON_NODE = "P0141": "the node has room for the policy, within the 10 that AWS allows";
        /// A hundred guardrails.
        ROOM_FOR_GUARDRAIL = "P0142": "the account and Region have room for the guardrail, within the 100 that AWS allows";
        /// Twenty versions.
        ROOM_FOR_VERSION = "P0143": "the guardrail has room for the version, within the 20 that AWS allows";
        /// Twenty managed policies.
        ROOM_ON_ROLE = "P0144": "the role has room for the policies, within the 20 that AWS allows, or 25 where it has raised that";
        /// The length of an org policy.
        POLICY_SIZE = "P0151": "the org policy is no longer than 10,000 characters";
        /// The length of a resource policy.
        RESOURCE_POLICY_SIZE = "P0152": "the resource policy is no longer than 20,480 characters";
        /// The length of an IAM policy.
        IAM_POLICY_SIZE = "P0153": "the IAM policy is no longer than 6,144 characters, white space apart";
        /// Accounts that are not active.
        ACTIVE = "P0161": "the accounts below the nodes of a policy are active";
        /// Roles are never made.
        ROLE = "P0162": "the role that a policy is attached to exists";
        /// Names without regard to path and letter case.
        NAME_FREE = "P0163": "the account has no IAM policy of others with the name of one that is wanted";
        /// What AWS never changes.
        DESCRIPTION = "P0164": "the description of an IAM policy is the one that it was made with, which AWS never changes";
        /// Nobody knows whether callers may.
        CALLERS_UNKNOWN = "W0904": "a guardrail begins to be enforced, and whether the callers there may apply it is not known";
    }
}

/// Holds what a failed precondition is needed for, until nothing more falls.
pub(super) fn hold(decisions: &mut Decisions<'_>) {
    loop {
        let findings = examine(&View(decisions));
        let failed = findings.iter().filter(|finding| finding.precondition.state == State::Failed);
        let falling: Vec<_> =
            failed.flat_map(|finding| finding.holds.iter().map(move |held| (held, finding))).collect();
        let before = decisions.drafts.len();
        for (address, finding) in falling {
            let is_it = |draft: &super::order::Draft| draft.address == *address && draft.verb != Verb::Delete;
            for draft in decisions.take(is_it) {
                let hint = finding.hint(&View(decisions));
                decisions.hold_draft(draft, Why::Precondition, hint);
            }
        }
        if decisions.drafts.len() == before {
            return;
        }
        needs::hold(decisions);
    }
}

/// Every precondition of what the spec enforces, the gravest first.
pub(super) fn list(decisions: &Decisions<'_>) -> Vec<Precondition> {
    let mut all: Vec<Precondition> =
        examine(&View(decisions)).into_iter().map(|finding| finding.precondition).collect();
    all.sort();
    all.dedup();
    all
}

/// Warns where it is not known whether callers may apply what begins to be enforced on them.
pub(super) fn warn(decisions: &mut Decisions<'_>) {
    let warning = callers::warning(&View(decisions));
    decisions.warnings.extend(warning);
}

fn examine(view: &View<'_>) -> Vec<Finding> {
    let pointers = view.pointers();
    let mut found = organization::examine(view);
    found.extend(guardrails::examine(view, &pointers));
    found.extend(permission::examine(view, &pointers));
    found.extend(key::examine(view, &pointers));
    found.extend(neighbours::examine(view));
    found.extend(room::examine(view));
    found.extend(size::examine(view));
    found.extend(accounts::examine(view));
    found.extend(iam::examine(view));
    found.extend(agreement::examine(view));
    found.extend(callers::examine(view, &pointers));
    found
}
