//! Service control policies, which deny calls: whom they begin to bind, and that none takes the place of another type's.

use super::Change;
use super::decide::{Decisions, codes};
use crate::kinds::org_policy::control::demands_guardrail;
use crate::kinds::{Model, org_policy};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Address, Ref};

/// Warns where calls of models begin to be denied that name no guardrail, or another one: whoever makes them is not known.
pub(super) fn warn(decisions: &mut Decisions<'_>) {
    let begins: Vec<(Address, usize)> = decisions
        .drafts
        .iter()
        .filter(|draft| match &draft.change {
            Change::Create { want: Model::OrgPolicyAttachment(want) } => {
                policy(decisions, &want.policy).is_some_and(demands)
            }
            Change::Update { have: Model::OrgPolicy(have), want: Model::OrgPolicy(want), .. } => {
                // To let calls name one more guardrail denies none.
                let only_more = Model::shift(&have.clone().into(), &want.clone().into())
                    .is_some_and(|shift| shift.adds && !shift.takes);
                demands(want) && have.document != want.document && !only_more
            }
            _ => false,
        })
        .filter_map(|draft| Some((draft.address.clone(), draft.reach.filter(|reach| *reach > 0)?)))
        .collect();
    for (address, reach) in begins {
        let accounts = if reach == 1 { "account" } else { "accounts" };
        let message = format!(
            "in {reach} {accounts}, calls of models that do not name a guardrail it takes are denied from then on, those that agents and knowledge bases make for their callers among them"
        );
        decisions.warn(codes::DENIES_CALLS, message, &address);
    }
}

fn demands(model: &org_policy::Model) -> bool {
    !model.policy_type.merges() && demands_guardrail(&model.document)
}

/// A policy as the spec wants it.
fn policy<'d>(decisions: &Decisions<'d>, policy: &Ref) -> Option<&'d org_policy::Model> {
    match &decisions.desired.resources.get(policy.address()?)?.model {
        Model::OrgPolicy(model) => Some(model),
        _ => None,
    }
}

/// Keys that name a policy of one type and bear the mark of one of another: AWS never changes a type.
pub(super) fn other_types(decisions: &Decisions<'_>) -> Diagnostics {
    let mut faults = Diagnostics::default();
    for (address, wanted) in &decisions.desired.resources {
        let found = decisions.live.found.get(address).map(|found| &found.model);
        if let (Model::OrgPolicy(want), Some(Model::OrgPolicy(have))) = (&wanted.model, found)
            && want.policy_type != have.policy_type
        {
            let message =
                format!("{address} is of the type {}, and the spec wants {}", have.policy_type, want.policy_type);
            let mut fault = Diagnostic::new(codes::TYPE_CHANGED, message);
            fault.span = wanted.span;
            faults.push(fault.help("AWS never changes a type: take a new key for the new policy"));
        }
    }
    faults
}
