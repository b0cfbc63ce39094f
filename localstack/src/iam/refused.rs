//! What IAM refuses, in its words where they were recorded from it (the snapshots of `LocalStack`'s tests against AWS, or
//! issues that quote them). Inferred: the words of
//! [`Refused::ForeignPolicy`], [`Refused::PoliciesPerAccount`], [`Refused::Tags`] and [`Refused::BadMarker`].

use crate::error::ApiError;

/// Why a call is not carried out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refused<'a> {
    BadArn(&'a str),
    /// A policy of another account, or a change of one that AWS manages.
    ForeignPolicy {
        caller: &'a str,
        action: &'a str,
        arn: &'a str,
    },
    NoPolicy(&'a str),
    NotAttachable(&'a str),
    NoVersion {
        arn: &'a str,
        version: &'a str,
    },
    NoRole(&'a str),
    NoInlinePolicy(&'a str),
    PolicyExists(&'a str),
    Versions,
    DefaultVersion,
    HasVersions,
    Attached,
    PolicySize,
    PoliciesPerRole,
    PoliciesPerAccount,
    InlineSize(&'a str),
    DuplicateTags,
    Tags,
    Malformed(&'a str),
    /// A role that a service made for itself.
    ServiceRole(&'a str),
    BadMarker,
}

impl From<Refused<'_>> for ApiError {
    fn from(refused: Refused<'_>) -> Self {
        let (code, status) = match refused {
            Refused::BadArn(_) | Refused::BadMarker => ("ValidationError", 400),
            Refused::ForeignPolicy { .. } => ("AccessDenied", 403),
            Refused::NoPolicy(_)
            | Refused::NotAttachable(_)
            | Refused::NoVersion { .. }
            | Refused::NoRole(_)
            | Refused::NoInlinePolicy(_) => ("NoSuchEntity", 404),
            Refused::PolicyExists(_) => ("EntityAlreadyExists", 409),
            Refused::DefaultVersion | Refused::HasVersions | Refused::Attached => ("DeleteConflict", 409),
            Refused::Versions
            | Refused::PolicySize
            | Refused::PoliciesPerRole
            | Refused::PoliciesPerAccount
            | Refused::InlineSize(_)
            | Refused::Tags => ("LimitExceeded", 409),
            Refused::DuplicateTags => ("InvalidInput", 400),
            Refused::ServiceRole(_) => ("UnmodifiableEntity", 400),
            Refused::Malformed(_) => ("MalformedPolicyDocument", 400),
        };
        Self::new(code, status, refused.message())
    }
}

impl Refused<'_> {
    fn message(self) -> String {
        match self {
            Self::BadArn(arn) => format!("ARN {arn} is not valid."),
            Self::ForeignPolicy { caller, action, arn } => {
                format!("User: {caller} is not authorized to perform: iam:{action} on resource: policy {arn}")
            }
            Self::NoPolicy(arn) => format!("Policy {arn} was not found."),
            Self::NotAttachable(arn) => format!("Policy {arn} does not exist or is not attachable."),
            Self::NoVersion { arn, version } => {
                format!("Policy {arn} version {version} does not exist or is not attachable.")
            }
            Self::NoRole(name) => format!("The role with name {name} cannot be found."),
            Self::NoInlinePolicy(name) => format!("The role policy with name {name} cannot be found."),
            Self::PolicyExists(name) => {
                format!("A policy called {name} already exists. Duplicate names are not allowed.")
            }
            Self::Versions => {
                "A managed policy can have up to 5 versions. Before you create a new version, you must delete an \
                               existing version."
                    .to_owned()
            }
            Self::DefaultVersion => "Cannot delete the default version of a policy.".to_owned(),
            Self::HasVersions => {
                "This policy has more than one version. Before you delete a policy, you must delete the \
                                  policy's versions. The default version is deleted with the policy."
                    .to_owned()
            }
            Self::Attached => "Cannot delete a policy attached to entities.".to_owned(),
            Self::PolicySize => "Cannot exceed quota for PolicySize: 6144".to_owned(),
            Self::PoliciesPerRole => "Cannot exceed quota for PoliciesPerRole: 20".to_owned(),
            Self::PoliciesPerAccount => "Cannot exceed quota for PoliciesPerAccount: 1500".to_owned(),
            Self::InlineSize(role) => format!("Maximum policy size of 10240 bytes exceeded for role {role}"),
            Self::DuplicateTags => "Duplicate tag keys found.".to_owned(),
            Self::Tags => "The number of tags has reached the maximum limit.".to_owned(),
            Self::Malformed(problem) => problem.to_owned(),
            Self::ServiceRole(name) => format!(
                "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
            ),
            Self::BadMarker => "Invalid Marker.".to_owned(),
        }
    }
}
