//! Which facts a spec needs.

use std::collections::BTreeSet;

use crate::spec::Spec;

/// What must be read of the organization before the spec can be lowered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The organization with its root and accounts.
    pub organization: bool,
    /// OUs, by names from the root: `Workloads/Prod`.
    pub ou_paths: BTreeSet<String>,
}

/// What the selectors of the spec need.
pub fn selectors(spec: &Spec) -> Needs {
    Needs { organization: spec.top.as_ref().is_some_and(|top| top.organization.is_some()), ou_paths: BTreeSet::new() }
}
