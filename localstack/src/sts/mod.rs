//! STS: who the caller is.

use serde_json::json;

use crate::operations::{Binding, Operation};
use crate::wire::query::Service;

const STS: Service =
    Service { version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/", shows_values: true };

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "GetCallerIdentity",
    binding: Binding::Query(&STS),
    input: &[],
    run: |_, caller, _| Ok(json!({ "UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn })),
}];
