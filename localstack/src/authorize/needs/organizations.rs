//! Organizations, whose operations are all alike. The caller's own side only: whether another account than the management account may is for the operation to
//! find out, from the organization's resource policy.

use super::{Case, Needed};
use crate::organizations;

/// The action on everything that the request names, on `*` if that is nothing.
pub(super) fn named(case: &Case<'_>) -> Vec<Needed> {
    let organizations::Named { resources, policy_type } = organizations::Named::of(case.world, case.input);
    let resources = if resources.is_empty() { vec!["*".to_owned()] } else { resources };
    let needed = |resource| {
        let needed = case.needed("organizations", resource);
        let context = match &policy_type {
            Some(policy_type) => needed.context.with("organizations:PolicyType", policy_type),
            None => needed.context,
        };
        Needed { context, ..needed }
    };
    resources.into_iter().map(needed).collect()
}
