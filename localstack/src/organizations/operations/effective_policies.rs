//! What is in effect for accounts, and what keeps it from changing.

use serde_json::{Value, json};

use super::{Answer, Request};
use crate::clock::epoch_seconds;
use crate::error::ApiError;
use crate::organizations::access::Access;
use crate::organizations::effective::Defect;
use crate::organizations::errors::{Refused, effective_policy_not_found, invalid};
use crate::organizations::policy_type::{PolicyType, Status};

const NONE: &str = "The account doesn't have an effective policy of this type.";

/// Each account may ask for its own; for others the rules of other reads hold. Inferred: from the management account, an account
/// without an effective policy of an enabled type is not found either.
pub(super) fn describe(request: Request<'_>) -> Answer {
    let policy_type = request.input.effective_type("PolicyType")?;
    let own = request.caller.account.as_str();
    let target = request.input.optional_target("TargetId")?.unwrap_or(own);
    if target != own {
        Access::Reader.check(request.organization(), request.caller, || request.admitted())?;
    }
    if target.starts_with("r-") || target.starts_with("ou-") {
        return Err(invalid("TARGET_NOT_SUPPORTED", "Only an account has an effective policy."));
    }
    request.organization().accounts.get(target).ok_or(Refused::TargetNotFound)?;
    enabled(request, policy_type)?;
    let effective = request.organization().effective(policy_type, target, request.world.now());
    let document = effective.document.ok_or_else(|| effective_policy_not_found(NONE))?;
    Ok(json!({"EffectivePolicy": {
        "PolicyContent": document.to_string(),
        "LastUpdatedTimestamp": epoch_seconds(effective.updated),
        "TargetId": target,
        "PolicyType": policy_type,
    }}))
}

pub(super) fn invalid_accounts(request: Request<'_>) -> Answer {
    let policy_type = request.input.effective_type("PolicyType")?;
    let page = request.page()?;
    enabled(request, policy_type)?;
    let (organization, now) = (request.organization(), request.world.now());
    let governed = organization.governed(policy_type).into_iter();
    let broken = governed.filter(|(node, _)| !organization.effective(policy_type, node, now).defects.is_empty());
    let mut ids: Vec<&String> = broken.flat_map(|(_, accounts)| accounts).collect();
    ids.sort();
    let rows = request.rows();
    let mut answer = page.answer("Accounts", &ids, |id| rows.account(id));
    answer["PolicyType"] = json!(policy_type);
    Ok(answer)
}

/// An account with a valid effective policy has no errors. Inferred: one that never had any is not found.
pub(super) fn validation_errors(request: Request<'_>) -> Answer {
    let account = request.input.account("AccountId")?;
    let policy_type = request.input.effective_type("PolicyType")?;
    let page = request.page()?;
    let organization = request.organization();
    organization.accounts.get(account).ok_or(Refused::AccountNotFound)?;
    enabled(request, policy_type)?;
    let effective = organization.effective(policy_type, account, request.world.now());
    if effective.document.is_none() && effective.defects.is_empty() {
        return Err(effective_policy_not_found(NONE));
    }
    let mut answer = page.answer("EffectivePolicyValidationErrors", &effective.defects, validation_error);
    answer["AccountId"] = account.into();
    answer["PolicyType"] = json!(policy_type);
    answer["Path"] = organization.path(account).into();
    answer["EvaluationTimestamp"] = epoch_seconds(effective.evaluated).into();
    Ok(answer)
}

/// Inferred: the path is written with dots.
fn validation_error(defect: &Defect) -> Value {
    let Defect { code, path, message, policies } = defect;
    json!({"ErrorCode": code, "ErrorMessage": message, "PathToError": path.join("."), "ContributingPolicies": policies})
}

/// The exception has two meanings: the management account is told that the type is not enabled, a member that it has no policy.
fn enabled(request: Request<'_>, policy_type: PolicyType) -> Result<(), ApiError> {
    let organization = request.organization();
    match organization.status(policy_type, request.world.now()) {
        Some(Status::Enabled | Status::PendingDisable) => Ok(()),
        _ if request.caller.account == organization.management_account => {
            Err(effective_policy_not_found("This policy type is not enabled."))
        }
        _ => Err(effective_policy_not_found(NONE)),
    }
}
