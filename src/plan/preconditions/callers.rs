//! Whether the roles that call models in the reached accounts may apply the guardrail. Nothing that is read tells, so it is
//! not known unless an IAM policy that the spec declares there grants it.

use std::collections::BTreeSet;

use super::codes::{CALLERS_MAY_APPLY, CALLERS_UNKNOWN};
use super::finding::Finding;
use super::permission::accounts;
use super::pointer::{Pointer, View};
use crate::kinds::{Kind, Model};
use crate::model::AccountId;
use crate::plan::{Change, Warning};

/// One fact for all that is enforced.
pub(super) fn examine(view: &View<'_>, pointers: &[Pointer<'_>]) -> Option<Finding> {
    let reached: BTreeSet<&AccountId> = pointers.iter().flat_map(|pointer| pointer.reach.iter().copied()).collect();
    let not_known: BTreeSet<&AccountId> = reached.iter().copied().filter(|account| !is_granted(account)).collect();
    let count = not_known.len();
    if reached.is_empty() {
        return None;
    }
    if count == 0 {
        return Some(Finding::ok(CALLERS_MAY_APPLY, None, "declared IAM policies let callers apply what is enforced"));
    }
    let partition = &view.0.facts.caller.partition;
    let owners: BTreeSet<AccountId> = pointers.iter().filter_map(|pointer| pointer.guardrail.owner()).collect();
    let resources: Vec<String> =
        owners.iter().map(|owner| format!("\"arn:{partition}:bedrock:*:{owner}:guardrail/*\"")).collect();
    let message =
        format!("whether every role that calls models in {count} {} may apply what is enforced there", accounts(count));
    let fix = format!(
        r#"let each have `{{"Effect":"Allow","Action":"bedrock:ApplyGuardrail","Resource":[{}]}}`"#,
        resources.join(",")
    );
    Some(Finding::unknown(CALLERS_MAY_APPLY, None, message).about(not_known).fix(fix))
}

/// Whether the spec declares, in this account, an IAM policy that lets callers apply the guardrail. No kind of this release
/// declares one; the one that does is to be asked here.
fn is_granted(_account: &AccountId) -> bool {
    false
}

/// A warning where something begins to be enforced, or on more accounts.
pub(super) fn warning(view: &View<'_>) -> Option<Warning> {
    let begins = |change: &Change| match change {
        Change::Create { want: Model::OrgPolicyAttachment(want) } => want.policy_type.merges(),
        Change::Create { want } => want.kind() == Kind::AccountEnforcement,
        _ => false,
    };
    let begin = view.0.drafts.iter().any(|draft| begins(&draft.change));
    begin.then(|| Warning {
        code: CALLERS_UNKNOWN.id(),
        message: "calls of models by a role that may not `bedrock:ApplyGuardrail` there fail with AccessDenied"
            .to_owned(),
        address: None,
    })
}
