//! Which accounts can be entered, and what could not be read in those that can.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::{Check, Refusal, Subject, counted};
use crate::aws::{Access, Clients};
use crate::model::{AccountId, Scope};
use crate::reconcile::Sides;

/// The accounts of the spec, and those that are only scanned; without the caller's own.
fn accounts(sides: &Sides) -> (BTreeSet<&AccountId>, BTreeSet<&AccountId>) {
    let home = sides.facts.home();
    let scopes = sides.desired.resources.keys().map(|address| &address.scope.account);
    let declared: BTreeSet<_> = scopes.chain(&sides.desired.accounts).filter(|account| *account != home).collect();
    let scanned = sides.desired.scanned_only.iter().map(|scope| &scope.account);
    let scanned = scanned.filter(|account| *account != home && !declared.contains(account)).collect();
    (declared, scanned)
}

/// Whether each account can be entered with the roles of `plan` and `drift`; and, if asked, with those of `apply`.
pub(super) async fn roles(clients: &Clients, sides: &Sides, write_roles: bool) -> Vec<Check> {
    let (declared, scanned) = accounts(sides);
    let names = &sides.facts.roles;
    if declared.is_empty() && scanned.is_empty() {
        let message = format!("none is needed: the spec stays in account {}", sides.facts.home());
        return vec![Check::ok(Subject::Roles, message)];
    }
    let mut checks = Vec::new();
    if !declared.is_empty() {
        checks.push(entered(clients, &declared, Access::ReadOnly, "to read", &names.member_read).await);
    }
    if !scanned.is_empty() {
        let check = entered(clients, &scanned, Access::ReadOnly, "to scan", &names.member_read).await;
        // What refuses the scan is listed, and has no further effect.
        checks.push(if check.refused.is_empty() { check } else { Check { state: super::State::Warning, ..check } });
    }
    if write_roles && !declared.is_empty() {
        checks.push(entered(clients, &declared, Access::ReadWrite, "to write", &names.member).await);
    }
    checks
}

async fn entered(
    clients: &Clients,
    accounts: &BTreeSet<&AccountId>,
    access: Access,
    purpose: &str,
    role: &str,
) -> Check {
    let entries = accounts.iter().map(|account| async move {
        let answer = match access {
            Access::ReadOnly => clients.enter(&Scope::global((*account).clone())).await,
            Access::ReadWrite => clients.try_role(account, access).await,
        };
        answer.err().map(|error| {
            (Refusal { account: (*account).clone(), place: account.to_string(), why: error.reason() }, error.hint())
        })
    });
    let refused: Vec<_> = join_all(entries).await.into_iter().flatten().collect();
    let (of, count) = (accounts.len(), accounts.len() - refused.len());
    let message = format!("{count} of {} can be entered {purpose}, as {role}", counted(of, "account"));
    let check = if refused.is_empty() {
        Check::ok(Subject::Roles, message)
    } else {
        Check::failed(Subject::Roles, message).maybe_fix(refused.iter().find_map(|(_, hint)| hint.clone()))
    };
    check
        .refused(refused.into_iter().map(|(refusal, _)| refusal).collect())
        .value("role", role)
        .value("purpose", purpose)
        .value("entered", count)
        .value("of", of)
}

/// What the plan does not see in places that could be entered.
pub(super) fn reads(sides: &Sides, kept_out: &BTreeSet<AccountId>) -> Check {
    let blind = sides.live.blind.iter().filter(|blind| !kept_out.contains(&blind.scope.account));
    let refused: Vec<Refusal> = blind
        .map(|blind| {
            let name = blind.name.as_deref().unwrap_or("*");
            let place = format!("{}/{}/{name}", blind.kind, blind.scope);
            Refusal { account: blind.scope.account.clone(), place, why: blind.why.clone() }
        })
        .collect();
    if !refused.is_empty() {
        let message = format!("{} could not be read", counted(refused.len(), "place"));
        let fix = "allow what AWS refuses: README.md lists the permissions, and what is not seen is held";
        return Check::failed(Subject::Reads, message).refused(refused).fix(fix);
    }
    let message = if kept_out.is_empty() {
        "everything that the spec needs could be read"
    } else {
        "where an account can be entered, everything that the spec needs could be read"
    };
    Check::ok(Subject::Reads, message)
}
