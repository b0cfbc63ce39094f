//! Drift as pipelines read it: the plan, and what each difference is to one who did not expect it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{JsonField, PlanFile};
use crate::kinds::Verb;
use crate::plan::Plan;
use crate::report::Disclosure;

/// What a difference is to one who did not expect it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// It exists and differs from the spec.
    Modified,
    /// The spec declares it and it does not exist.
    Missing,
    /// It is ours and the spec no longer declares it.
    LeftBehind,
    /// It exists and is not ours.
    Unmanaged,
}

/// One difference between AWS and the spec.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The resource.
    pub address: String,
    /// The fields that differ.
    pub fields: Vec<JsonField>,
}

impl FindingKind {
    /// What an action with this verb finds.
    pub const fn of(verb: Verb) -> Self {
        match verb {
            Verb::Create => Self::Missing,
            Verb::Update | Verb::Adopt => Self::Modified,
            Verb::Delete => Self::LeftBehind,
        }
    }
}

/// `plan` read as drift: the JSON plan with its findings.
pub fn drift(plan: &Plan, disclosure: &Disclosure) -> PlanFile {
    let plan = PlanFile::of(plan, disclosure);
    let differing = plan.actions.iter().map(|action| Finding {
        kind: FindingKind::of(action.verb),
        address: action.address.clone(),
        fields: action.fields.clone(),
    });
    let foreign = plan.unmanaged.iter().map(|unmanaged| Finding {
        kind: FindingKind::Unmanaged,
        address: unmanaged.address.clone(),
        fields: Vec::new(),
    });
    let findings = Some(differing.chain(foreign).collect());
    PlanFile { findings, ..plan }
}
