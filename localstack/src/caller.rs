//! Who sends a request.

/// The identity behind a request, and the Region that it was signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: String,
    /// `arn:<partition>:iam::<account>:root` for an account's root.
    pub(crate) arn: String,
    /// What `sts:GetCallerIdentity` calls `UserId`: the account id for a root.
    pub(crate) user_id: String,
    pub(crate) region: String,
}
