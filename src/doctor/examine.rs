//! The way through all checks.

use std::collections::BTreeSet;

use super::caller::{self, Surroundings};
use super::{Check, Report, State, Subject, entry, organization, quotas, regions};
use crate::aws::{AwsError, Clients};
use crate::model::diagnostic::Diagnostics;
use crate::model::{AccountId, Caller, Digest};
use crate::plan::Options;
use crate::reconcile::{Failure, Sides};
use crate::spec::Spec;

/// What to look at.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The spec, which has passed the check; `None` where there is none.
    pub spec: Option<&'a Spec>,
    /// What is known of the way to AWS.
    pub around: &'a Surroundings,
    /// Whether the roles by which `apply` enters accounts are tried, too.
    pub write_roles: bool,
}

/// Looks at everything. What AWS reveals to be wrong with the spec goes to `diagnostics`.
pub async fn examine(clients: &Clients, scope: Scope<'_>, diagnostics: &mut Diagnostics) -> Report {
    let mut checks = caller::callers(clients, scope.around);
    checks.extend(caller::credentials(clients, scope.around).await);
    if let Some(spec) = scope.spec {
        checks.extend(of_spec(clients, spec, scope.write_roles, diagnostics).await);
    } else {
        checks.extend(organization::undeclared(clients).await);
        checks.push(regions::of_account(clients).await);
    }
    Report::of(checks)
}

/// What is known where there are no clients. `own` is who calls, where only the way into the management account is closed.
pub fn unreachable(error: &AwsError, own: Option<&Caller>) -> Report {
    Report::of(match own {
        Some(own) => caller::kept_out(own, error),
        None => vec![caller::nobody(error)],
    })
}

async fn of_spec(clients: &Clients, spec: &Spec, write_roles: bool, diagnostics: &mut Diagnostics) -> Vec<Check> {
    let sides = match Sides::read(spec, clients, diagnostics).await {
        Ok(sides) => sides,
        Err(Failure::Facts(error)) => return organization::elsewhere(&error, clients).await,
        Err(Failure::Spec(faults)) => return vec![faulty(faults, diagnostics)],
    };
    let mut checks = Vec::new();
    // What is not so yet is told by the plan; that it is not in sync says nothing of whether it could be.
    let plan = match sides.plan(&Options::default(), Digest::of(&"doctor")) {
        Ok(plan) => Some(plan),
        Err(Failure::Spec(faults)) => {
            checks.push(faulty(faults, diagnostics));
            None
        }
        Err(Failure::Facts(error)) => return organization::elsewhere(&error, clients).await,
    };
    match &sides.facts.organization {
        Some(found) => checks.extend(organization::declared(found, clients, plan.as_ref())),
        None => checks.extend(organization::undeclared(clients).await),
    }
    let roles = entry::roles(clients, &sides, write_roles).await;
    let refused = roles.iter().flat_map(|check| &check.refused).map(|refusal| refusal.account.clone());
    let kept_out: BTreeSet<AccountId> = refused.collect();
    checks.extend(roles);
    checks.push(entry::reads(&sides, &kept_out));
    checks.extend(regions::of_spec(&sides, &kept_out));
    checks.extend(plan.iter().flat_map(|plan| quotas::quotas(&sides, plan)));
    checks
}

fn faulty(faults: Diagnostics, diagnostics: &mut Diagnostics) -> Check {
    diagnostics.extend(faults);
    let message = "AWS shows the spec to be at fault, so not everything was looked at";
    Check::new(Subject::Reads, State::Failed, message).fix("mend what the diagnostics say")
}
