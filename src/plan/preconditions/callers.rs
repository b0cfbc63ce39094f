//! Whether the roles that call models in the reached accounts may apply the guardrail. Nothing that is read tells of every
//! role, so it is not known, unless an IAM policy that the spec attaches to roles there grants it: then it is known of these.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{CALLERS_MAY_APPLY, CALLERS_UNKNOWN};
use super::finding::Finding;
use super::permission::accounts;
use super::pointer::{Guardrail, Pointer, View};
use crate::kinds::{Kind, Model};
use crate::model::AccountId;
use crate::plan::granted::said;
use crate::plan::{Change, State, Warning};

/// One fact for all that is enforced.
pub(super) fn examine(view: &View<'_>, pointers: &[Pointer<'_>]) -> Option<Finding> {
    let reached: BTreeSet<&AccountId> = pointers.iter().flat_map(|pointer| pointer.reach.iter().copied()).collect();
    if reached.is_empty() {
        return None;
    }
    let granted: BTreeMap<&AccountId, BTreeSet<&str>> =
        reached.iter().filter_map(|account| Some((*account, roles(view, account, pointers)?))).collect();
    let not_known: BTreeSet<&AccountId> =
        reached.iter().copied().filter(|account| !granted.contains_key(account)).collect();
    let count = not_known.len();
    if count == 0 {
        let told = granted.iter().map(|(account, roles)| {
            let roles: Vec<&str> = roles.iter().copied().collect();
            format!("{} in {account}", roles.join(", "))
        });
        let told = told.collect::<Vec<_>>().join("; ");
        let message =
            format!("declared IAM policies let these roles apply what is enforced: {told}; others are not looked at");
        return Some(Finding::ok(CALLERS_MAY_APPLY, None, message));
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

/// The roles of this account that IAM policies of ours let apply everything that is enforced there; `None` where there is no
/// such role.
fn roles<'d>(view: &View<'d>, account: &AccountId, pointers: &[Pointer<'_>]) -> Option<BTreeSet<&'d str>> {
    let here = |pointer: &&Pointer<'_>| pointer.reach.contains(account);
    let mut common: Option<BTreeSet<&str>> = None;
    for pointer in pointers.iter().filter(here) {
        let may = may_apply(view, account, &pointer.guardrail);
        common = Some(match common {
            None => may,
            Some(so_far) => so_far.intersection(&may).copied().collect(),
        });
    }
    common.filter(|roles| !roles.is_empty())
}

/// The roles to which policies of ours are attached, or will be, that let apply this guardrail, and none of which denies it.
fn may_apply<'d>(view: &View<'d>, account: &AccountId, Guardrail { address, arn }: &Guardrail) -> BTreeSet<&'d str> {
    let ours: Vec<_> = view.wanted().filter_map(|(at, _)| Some((at, view.will_be(at)?))).collect();
    let said = said(&ours, account, (address.as_ref(), arn.as_ref()), &view.0.live.names);
    said.into_iter().filter(|(_, said)| said.is_allowed()).map(|(role, _)| role).collect()
}

/// A warning where something begins to be enforced, or on more accounts.
pub(super) fn warning(view: &View<'_>) -> Option<Warning> {
    let known = examine(view, &view.pointers()).is_none_or(|finding| finding.precondition.state == State::Ok);
    if known {
        return None;
    }
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
