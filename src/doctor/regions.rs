//! Where Bedrock answers.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::{Check, Refusal, Subject, counted};
use crate::aws::{CallLog, Class, Clients, bedrock_regions};
use crate::kinds::guardrail::aws::answers;
use crate::model::{AccountId, Region, Scope, Silence, Unavailable};
use crate::reconcile::Sides;

fn list<'a>(regions: impl IntoIterator<Item = &'a Region>) -> String {
    regions.into_iter().map(Region::as_str).collect::<Vec<_>>().join(", ")
}

fn names<'a>(regions: impl IntoIterator<Item = &'a Region>) -> Vec<String> {
    regions.into_iter().map(ToString::to_string).collect()
}

fn refusals<'a>(all: impl IntoIterator<Item = &'a Unavailable>) -> Vec<Refusal> {
    let refusal = |one: &Unavailable| Refusal {
        account: one.scope.account.clone(),
        place: one.scope.to_string(),
        why: one.why.clone(),
    };
    all.into_iter().map(refusal).collect()
}

/// The Regions that the spec speaks of, and those that are only scanned. Accounts that keep everybody out have been told.
pub(super) fn of_spec(sides: &Sides, kept_out: &BTreeSet<AccountId>) -> Vec<Check> {
    let (desired, live) = (&sides.desired, &sides.live);
    let declared = &desired.declared_regions;
    let message = format!("{} declared: {}", counted(declared.len(), "Region"), list(declared));
    let check = if live.unavailable.is_empty() {
        Check::ok(Subject::Regions, message)
    } else {
        let missing = format!("{message}; not all of them are enabled where the spec wants something");
        let fix = "enable the Region in the account (`aws account enable-region`), or take it out of the entry";
        Check::failed(Subject::Regions, missing).refused(refusals(&live.unavailable)).fix(fix)
    };
    let mut checks = vec![check.value("declared", names(declared))];
    let scanned: BTreeSet<&Region> = desired
        .scanned_only
        .iter()
        .filter_map(|scope| scope.region.as_ref())
        .filter(|region| !declared.contains(region))
        .collect();
    let not_scanned: Vec<&Unavailable> =
        live.not_scanned.iter().filter(|one| !kept_out.contains(&one.scope.account)).collect();
    let silent: BTreeSet<&Region> = not_scanned.iter().filter_map(|one| one.scope.region.as_ref()).collect();
    if !scanned.is_empty() || !not_scanned.is_empty() {
        let denied: Vec<&Unavailable> =
            not_scanned.iter().copied().filter(|one| one.why.contains("AccessDenied")).collect();
        let answering: Vec<&Region> = scanned.iter().copied().filter(|region| !silent.contains(region)).collect();
        let message = match answering.len() {
            0 => "no other Region is scanned".to_owned(),
            count => format!("{} scanned besides: {}", counted(count, "Region"), list(answering.iter().copied())),
        };
        let check = if denied.is_empty() {
            Check::ok(Subject::Regions, message)
        } else {
            let message = format!("{message}; some refuse the scan");
            Check::warning(Subject::Regions, message)
                .refused(refusals(denied))
                .fix("allow the reads that README.md lists")
        };
        let of = |silence: Silence| -> BTreeSet<&Region> {
            let such = not_scanned.iter().filter(|one| one.silence == silence);
            such.filter_map(|one| one.scope.region.as_ref()).collect()
        };
        let words = [(Silence::NotEnabled, "not everywhere enabled"), (Silence::Refused, "not everywhere readable")];
        let told =
            words.map(|(silence, word)| (of(silence), word)).into_iter().filter(|(regions, _)| !regions.is_empty());
        let check = told.fold(check, |check, (regions, word)| check.detail(format!("{word}: {}", list(regions))));
        checks.push(check.value("scanned", names(answering)).value("not_scanned", names(silent)));
    }
    checks
}

/// Every Region that has Bedrock, as the caller's account sees it.
pub(super) async fn of_account(clients: &Clients) -> Check {
    let log = CallLog::default();
    let cx = clients.reading(&log);
    let regions = bedrock_regions(&clients.caller().partition);
    let account = &clients.caller().account;
    let asked = regions.iter().map(|region| {
        let scope = Scope::regional(account.clone(), region.clone());
        async move { answers(&cx, &scope).await.map_err(|error| (scope, error)) }
    });
    let answers = join_all(asked).await;
    let (mut there, mut closed, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (region, answer) in regions.iter().zip(answers) {
        match answer {
            Ok(()) => there.push(region),
            Err((_, error)) if matches!(error.class, Class::NotEnabled | Class::NoEndpoint) => closed.push(region),
            Err((scope, error)) => {
                refused.push(Refusal { account: account.clone(), place: scope.to_string(), why: error.reason() });
            }
        }
    }
    let message = format!("Bedrock answers in {}: {}", counted(there.len(), "Region"), list(there.iter().copied()));
    let check = if refused.is_empty() {
        Check::ok(Subject::Regions, message)
    } else {
        Check::warning(Subject::Regions, message).refused(refused).fix("allow `bedrock:ListGuardrails` there")
    };
    let check = check.value("answering", names(there)).value("not_enabled", names(closed.iter().copied()));
    if closed.is_empty() { check } else { check.detail(format!("not enabled: {}", list(closed))) }
}
