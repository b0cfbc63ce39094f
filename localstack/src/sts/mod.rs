//! STS: who the caller is, and sessions of roles.

mod assume_role;
mod model;
pub(crate) mod session;
mod trust;

use serde_json::json;

use crate::operations::{Binding, Operation};
use crate::wire::query::Service;

const STS: Service = Service {
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    shows_values: true,
    names: None,
};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "AssumeRole", binding: Binding::Query(&STS), input: model::ASSUME_ROLE, run: assume_role::run },
    Operation {
        name: "GetCallerIdentity",
        binding: Binding::Query(&STS),
        input: &[],
        run: |_, caller, _| Ok(json!({ "UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn })),
    },
];
