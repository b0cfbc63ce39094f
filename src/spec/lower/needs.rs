//! Which facts a spec needs.

use std::collections::BTreeSet;

use crate::kinds::{account_enforcement, guardrail, iam_policy, invocation_logging, org_policy, resource_policy};
use crate::model::diagnostic::Diagnostics;
use crate::spec::Spec;
use crate::spec::selector::Selector;

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
    let organization = spec.top.as_ref().is_some_and(|top| top.organization.is_some());
    let mut ou_paths = BTreeSet::new();
    let mut note = |selector: &Selector| ou_paths.extend(selector.unit_path().map(str::to_owned));
    // Faults are reported by the check; what cannot be decoded needs nothing.
    let unheard = &mut Diagnostics::default();
    for entry in guardrail::section::decode(spec, unheard) {
        guardrail::section::selectors(&entry.entry).for_each(&mut note);
    }
    for entry in resource_policy::section::decode(spec, unheard) {
        resource_policy::section::selectors(&entry.entry).for_each(&mut note);
    }
    for entry in org_policy::section::decode(spec, unheard) {
        org_policy::section::selectors(&entry.entry).for_each(&mut note);
    }
    for entry in account_enforcement::section::decode(spec, unheard) {
        account_enforcement::section::selectors(&entry.entry).for_each(&mut note);
    }
    for entry in iam_policy::section::decode(spec, unheard) {
        iam_policy::section::selectors(&entry.entry).for_each(&mut note);
    }
    for entry in invocation_logging::section::decode(spec, unheard) {
        invocation_logging::section::selectors(&entry.entry).for_each(&mut note);
    }
    Needs { organization, ou_paths }
}
