//! The organization, its policy types, and what is delegated to the caller.

use super::{Check, State, Subject, counted};
use crate::aws::{AwsError, Clients, FactsError, Whereabouts, whereabouts};
use crate::model::Organization;
use crate::plan::precondition_codes::{ALL_FEATURES, CALLER, POLICY_TYPE};
use crate::plan::{Plan, Precondition};

/// The organization of the spec, as far as the plan sees it.
pub(super) fn declared(organization: &Organization, clients: &Clients, plan: Option<&Plan>) -> Vec<Check> {
    let mut checks = vec![told(organization, clients, true)];
    checks.extend(delegation(organization, clients, plan));
    checks.push(policy_types(organization, plan));
    checks
}

fn told(organization: &Organization, clients: &Clients, with_units: bool) -> Check {
    let Organization { id, management_account, root, all_features, accounts, units, .. } = organization;
    let active = accounts.iter().filter(|account| account.active).count();
    let features = match all_features {
        Some(true) => "all features",
        Some(false) => "consolidated billing only",
        None => "its features were not seen",
    };
    let whose = if *management_account == clients.caller().account { ", the caller's" } else { "" };
    let check = Check::ok(Subject::Organization, format!("{id} under {root}, {features}"))
        .detail(format!("managed by account {management_account}{whose}"))
        .detail(format!("{}, {active} of them active", counted(accounts.len(), "account")))
        .value("id", id.as_str())
        .value("root", root.as_str())
        .value("management_account", management_account.as_str())
        .value("all_features", *all_features)
        .value("accounts", accounts.len())
        .value("active_accounts", active);
    if with_units {
        let read = format!("{} read, as far as the spec names any", counted(units.len(), "OU"));
        return check.detail(read).value("organizational_units_read", units.len());
    }
    check
}

/// The state of a precondition of the whole organization, and what the plan says of it.
fn judged(plan: Option<&Plan>, code: crate::model::diagnostic::Code) -> Option<&Precondition> {
    plan?.preconditions.iter().find(|one| one.code == code)
}

pub(super) fn state(precondition: &Precondition) -> State {
    match precondition.state {
        crate::plan::State::Ok => State::Ok,
        crate::plan::State::Unknown => State::Warning,
        crate::plan::State::Failed => State::Failed,
    }
}

fn delegation(organization: &Organization, clients: &Clients, plan: Option<&Plan>) -> Option<Check> {
    let features = judged(plan, ALL_FEATURES).filter(|one| one.state != crate::plan::State::Ok);
    if let Some(features) = features {
        let check = Check::new(Subject::Organization, state(features), features.message.as_str());
        return Some(check.maybe_fix(features.fix.clone()));
    }
    if clients.caller().account == organization.management_account {
        return None;
    }
    let check = match judged(plan, CALLER) {
        Some(judged) => {
            Check::new(Subject::Organization, state(judged), judged.message.as_str()).maybe_fix(judged.fix.clone())
        }
        None => match &organization.delegation {
            Ok(Some(_)) => Check::ok(Subject::Organization, "the resource policy of the organization delegates"),
            Ok(None) => Check::warning(Subject::Organization, "the organization has no resource policy")
                .detail("the caller may read it, and nothing is delegated to its account by name"),
            Err(why) => Check::warning(Subject::Organization, format!("what is delegated could not be seen: {why}"))
                .fix("allow `organizations:DescribeResourcePolicy`"),
        },
    };
    Some(check.detail(format!("the caller is in member account {}", clients.caller().account)))
}

fn policy_types(organization: &Organization, plan: Option<&Plan>) -> Check {
    let types: Vec<String> =
        organization.policy_types.iter().map(|(name, status)| format!("{name} {status}")).collect();
    let listed = if types.is_empty() { "none is enabled".to_owned() } else { types.join(", ") };
    let wanted: Vec<&Precondition> =
        plan.iter().flat_map(|plan| &plan.preconditions).filter(|one| one.code == POLICY_TYPE).collect();
    let worst = wanted.iter().map(|one| state(one)).max().unwrap_or(State::Ok);
    let check = Check::new(Subject::PolicyTypes, worst, listed);
    // That one is enabled stands there already.
    let telling = wanted.iter().filter(|one| !one.message.ends_with(" is enabled"));
    let check = telling.fold(check, |check, one| check.detail(one.message.as_str()));
    let check = check.maybe_fix(wanted.iter().find_map(|one| one.fix.clone()));
    let types = organization.policy_types.iter().map(|(name, status)| (name.clone(), status.as_str().into()));
    check.value("types", serde_json::Value::Object(types.collect()))
}

/// Why the spec does not belong where the caller is; and where that is.
pub(super) async fn elsewhere(error: &FactsError, clients: &Clients) -> Vec<Check> {
    let subject = match error {
        FactsError::OtherAccount { .. } => Subject::Caller,
        _ => Subject::Organization,
    };
    let wrong = Check::failed(subject, error.to_string()).maybe_fix(error.hint());
    let mut checks = vec![wrong];
    checks.extend(undeclared(clients).await);
    checks
}

/// The organization of an account of which no spec says anything.
pub(super) async fn undeclared(clients: &Clients) -> Vec<Check> {
    match whereabouts(clients).await {
        Ok(Whereabouts { read: Some(organization), .. }) => {
            vec![told(&organization, clients, false), policy_types(&organization, None)]
        }
        Ok(Whereabouts { id, management_account, all_features, read: None }) => {
            let features = match all_features {
                Some(true) => "all features",
                Some(false) => "consolidated billing only",
                None => "its features were not told",
            };
            let check = Check::ok(Subject::Organization, format!("{id}, {features}"))
                .detail(format!("managed by account {management_account}; the caller is a member that may not list it"))
                .value("id", id)
                .value("management_account", management_account.as_str())
                .value("all_features", all_features);
            vec![check]
        }
        Err(error) => vec![alone(&error)],
    }
}

fn alone(error: &AwsError) -> Check {
    if error.is("AWSOrganizationsNotInUse") {
        return Check::ok(Subject::Organization, "the account belongs to none");
    }
    let check = Check::warning(Subject::Organization, format!("it could not be read: {}", error.reason()));
    check.fix("allow `organizations:DescribeOrganization`, if there is one")
}
