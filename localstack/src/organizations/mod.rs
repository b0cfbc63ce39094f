//! AWS Organizations: the tree, policies, attachments, inheritance and effective policies.

mod inheritance;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::caller::Caller;
use crate::clock::Millis;
use crate::error::ApiError;
use crate::world::World;

/// The organization's state, in the form in which seeds and state files hold it under `organization`. ARNs are not part of it:
/// they are made from the ids and [`World::partition`] when they are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Organization {}

/// Carries out an operation of Organizations; `None` if there is no operation of that name. The wire, the caller and the
/// home Region are settled before; the input is the request's JSON body, not yet validated.
pub(crate) fn dispatch(
    world: &mut World,
    caller: &Caller,
    operation: &str,
    input: &Value,
) -> Option<Result<Value, ApiError>> {
    let _ = (world, caller, operation, input);
    None
}

#[allow(clippy::unused_self, clippy::unnecessary_literal_bound, reason = "a skeleton")]
impl Organization {
    /// Whether some account's effective Bedrock policy names the guardrail: that version of it, or any without `version`.
    pub(crate) fn enforces(&self, now: Millis, guardrail_arn: &str, version: Option<&str>) -> bool {
        let _ = (now, guardrail_arn, version);
        false
    }

    /// The organization's id, such as `o-bedrailsand`.
    pub(crate) fn id(&self) -> &str {
        "o-bedrailsand"
    }

    /// The management account's id.
    pub(crate) fn management_account(&self) -> &str {
        "111122223333"
    }

    /// The account's place as `aws:PrincipalOrgPaths` has it, `o-…/r-…/ou-…/`; `None` for an account outside the organization.
    pub(crate) fn path_of(&self, account: &str) -> Option<String> {
        let _ = account;
        None
    }
}
