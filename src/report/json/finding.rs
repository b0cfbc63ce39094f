//! Drift as pipelines read it: the plan, and what each difference is to one who did not expect it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::field;
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
    /// Which way things went: `weakens` where AWS is less strict than the spec; null where that is not known, or no question.
    /// The actions of the plan tell the way back.
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
    /// The fields that differ: what AWS has, what the spec wants, and which way each went.
    pub fields: Vec<JsonField>,
    /// Who agreed to it; absent where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<Ignored>,
}

impl Finding {
    /// A finding as it is shown.
    fn of(finding: &drift::Finding, disclosure: &Disclosure) -> Self {
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
            fields: finding.fields.iter().map(|one| field(one, disclosure)).collect(),
            ignored: finding.ignored.clone(),
        }
    }
}

/// `plan` read as drift: the JSON plan with its findings.
pub fn drift(plan: &Plan, drift: &Drift, disclosure: &Disclosure) -> PlanFile {
    let findings = drift.findings.iter().map(|finding| Finding::of(finding, disclosure)).collect();
    PlanFile { findings: Some(findings), ..PlanFile::of(plan, disclosure) }
}
