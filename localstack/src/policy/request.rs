//! What is asked of a policy.

use std::collections::BTreeMap;

/// One action of one principal on one resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) principal: &'a Principal,
    /// Such as `bedrock:GetGuardrail`.
    pub(crate) action: &'a str,
    /// An ARN; `*` for an action on no resource of its own.
    pub(crate) resource: &'a str,
    pub(crate) context: &'a Context,
}

/// Who asks, in the forms that a `Principal` element can name. Services and federated users do not call the emulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal {
    /// An account's root.
    Root { account: String, arn: String },
    /// A session of a role.
    Session {
        account: String,
        /// `arn:…:iam::…:role/…`
        role_arn: String,
        /// `arn:…:sts::…:assumed-role/…/…`
        session_arn: String,
    },
}

/// The condition keys of a request. Their names differ by more than case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// The same, and a key with one value.
    #[must_use]
    pub(crate) fn with(self, key: &str, value: impl Into<String>) -> Self {
        self.with_all(key, [value])
    }

    /// The same, and a key with several values.
    #[must_use]
    pub(crate) fn with_all(mut self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.values.insert(key.to_ascii_lowercase(), values.into_iter().map(Into::into).collect());
        self
    }

    /// The values of a key. A key without values is as good as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&[String]> {
        self.values.get(&key.to_ascii_lowercase()).map(Vec::as_slice).filter(|values| !values.is_empty())
    }
}
