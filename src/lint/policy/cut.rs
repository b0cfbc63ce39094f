//! Denials of the organization that leave no model to call.

use super::super::codes::CUTS_ALL;
use super::super::finding::Findings;
use super::super::said::entry;
use super::arn::is_everything;
use super::passing::is_every_model;
use super::pattern::Listed;
use super::statement::{Effect, Statement};
use super::streaming::{INVOKE, STREAM};

/// An action without which bedrail can neither see nor change a guardrail.
const OWN: &str = "bedrock:GetGuardrail";

/// A statement of a service control policy. One that names principals is of something else.
pub(super) fn check(statement: &Statement<'_>, findings: &mut Findings) {
    let Listed::Only(resources) = &statement.resources else { return };
    let binds_all = statement.effect == Effect::Deny
        && ["Principal", "NotPrincipal", "Condition"].iter().all(|element| entry(statement.node, element).is_none());
    let everything = resources.iter().any(|word| is_everything(word));
    let every_model = everything || resources.iter().any(|word| is_every_model(word));
    if !binds_all || !every_model || ![INVOKE, STREAM].iter().all(|action| statement.actions.has(action)) {
        return;
    }
    let own = if everything && statement.actions.has(OWN) {
        ", and binds bedrail's own `member_role`, which can then see and change nothing there"
    } else {
        ""
    };
    let span = statement.actions.naming(INVOKE).map_or(statement.span, |word| word.span);
    let message = format!("this denies every model call of every account that the policy reaches, guarded or not{own}");
    let help = "deny calls without the guardrail by a condition on `bedrock:GuardrailIdentifier`, or exempt principals by \
                `ArnNotLike` and `aws:PrincipalArn`";
    findings.find(span, CUTS_ALL, message, help);
}
