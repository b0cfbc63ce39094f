//! Drift as pipelines read it: the plan, and what each difference is to one who did not expect it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{JsonField, PlanFile};
use crate::drift::{self, Drift, FindingKind, Ignored};
use crate::model::Direction;
use crate::plan::Plan;
use crate::report::Disclosure;

/// One difference between AWS and the spec.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The same in every run, for as long as the difference lasts.
    pub id: String,
    /// What it is.
    pub kind: FindingKind,
    /// The resource; null for what is about no single one.
    pub address: Option<String>,
    /// Which way things went: `weakens` where AWS is less strict than the spec; null where that is no question.
    #[schemars(with = "Option<String>")]
    pub direction: Option<Direction>,
    /// How many accounts feel it; null where that is no question.
    pub reach: Option<usize>,
    /// The accounts that it is about, besides that of the address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Who changed it last, where AWS tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<String>,
    /// What it comes to, in a sentence.
    pub message: String,
    /// The command that mends it, or what to do.
    pub remedy: String,
    /// The fields that differ, each as of the action that mends it.
    pub fields: Vec<JsonField>,
    /// Who agreed to it; absent where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<Ignored>,
}

impl Finding {
    /// A finding as it is shown, with the fields of its actions in `plan`.
    fn of(finding: &drift::Finding, plan: &PlanFile, disclosure: &Disclosure) -> Self {
        let actions = || plan.actions.iter().filter(|action| finding.actions.iter().any(|id| id.0 == action.id));
        Self {
            id: finding.id.clone(),
            kind: finding.kind,
            address: finding.address.as_ref().map(ToString::to_string),
            direction: finding.direction,
            reach: finding.reach,
            accounts: finding.accounts.iter().map(ToString::to_string).collect(),
            updated_by: finding.updated_by.clone(),
            message: disclosure.scrub_text(&finding.message),
            remedy: disclosure.scrub_text(&finding.remedy),
            fields: actions().flat_map(|action| action.fields.clone()).collect(),
            ignored: finding.ignored.clone(),
        }
    }
}

/// `plan` read as drift: the JSON plan with its findings.
pub fn drift(plan: &Plan, drift: &Drift, disclosure: &Disclosure) -> PlanFile {
    let plan = PlanFile::of(plan, disclosure);
    let findings = drift.findings.iter().map(|finding| Finding::of(finding, &plan, disclosure)).collect();
    PlanFile { findings: Some(findings), ..plan }
}
