//! The exceptions of the service model, each with its members. All are answered with HTTP 400 (inferred: the model gives none).

use crate::error::ApiError;

fn exception(name: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(format!("{name}Exception"), 400, message)
}

/// `InvalidInputException` with its reason, such as `INVALID_PATTERN`.
pub(super) fn invalid(reason: &str, message: impl Into<String>) -> ApiError {
    exception("InvalidInput", message).with("Reason", reason)
}

/// `ConstraintViolationException` with its reason, such as `POLICY_CONTENT_LIMIT_EXCEEDED`.
pub(super) fn constraint(reason: &str, message: impl Into<String>) -> ApiError {
    exception("ConstraintViolation", message).with("Reason", reason)
}

/// A member of the wrong JSON type, refused before the service sees it.
pub(super) fn not_of_type(member: &str, wanted: &str) -> ApiError {
    exception("Serialization", format!("{member} must be {wanted}"))
}

pub(super) fn access_denied() -> ApiError {
    exception("AccessDenied", "You don't have permissions to access this resource.")
}

pub(super) fn not_in_use() -> ApiError {
    exception("AWSOrganizationsNotInUse", "Your account is not a member of an organization.")
}

pub(super) fn malformed_document(what: &str) -> ApiError {
    let message =
        format!("The provided policy document does not meet the requirements of the specified policy type: {what}.");
    exception("MalformedPolicyDocument", message)
}

pub(super) fn changes_in_progress() -> ApiError {
    exception("PolicyChangesInProgress", "Changes to the policy type are in progress. Try again later.")
}

pub(super) fn effective_policy_not_found(message: &str) -> ApiError {
    exception("EffectivePolicyNotFound", message)
}

/// The remaining exceptions, whose message is always the same.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refused {
    AccountAlreadyRegistered,
    AccountNotFound,
    AccountNotRegistered,
    ChildNotFound,
    DuplicatePolicy,
    DuplicatePolicyAttachment,
    OrganizationalUnitNotFound,
    ParentNotFound,
    PolicyInUse,
    PolicyNotAttached,
    PolicyNotFound,
    PolicyTypeAlreadyEnabled,
    PolicyTypeNotAvailableForOrganization,
    PolicyTypeNotEnabled,
    ResourcePolicyNotFound,
    RootNotFound,
    TargetNotFound,
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        let message = match refused {
            Refused::AccountAlreadyRegistered => "The account is already a delegated administrator for the service.",
            Refused::AccountNotFound => "You specified an account that doesn't exist.",
            Refused::AccountNotRegistered => "The account is not a delegated administrator for the service.",
            Refused::ChildNotFound => "You specified a child that doesn't exist.",
            Refused::DuplicatePolicy => "A policy with the same name already exists.",
            Refused::DuplicatePolicyAttachment => "The policy is already attached to the target.",
            Refused::OrganizationalUnitNotFound => "You specified an organizational unit that doesn't exist.",
            Refused::ParentNotFound => "You specified a parent that doesn't exist.",
            Refused::PolicyInUse => "The policy is attached to one or more targets. Detach it first.",
            Refused::PolicyNotAttached => "The policy is not attached to the target.",
            Refused::PolicyNotFound => "You specified a policy that doesn't exist.",
            Refused::PolicyTypeAlreadyEnabled => "The policy type is already enabled.",
            Refused::PolicyTypeNotAvailableForOrganization => {
                "The policy type is not available with the feature set that is enabled for the organization."
            }
            Refused::PolicyTypeNotEnabled => "This operation can be performed only for enabled policy types.",
            Refused::ResourcePolicyNotFound => "The organization has no resource policy.",
            Refused::RootNotFound => "You specified a root that doesn't exist.",
            Refused::TargetNotFound => "You specified a target that doesn't exist.",
        };
        exception(&format!("{refused:?}"), message)
    }
}
