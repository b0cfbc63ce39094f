//! `contextual_grounding_policy`: whether answers keep to their sources and to the question.

#![expect(non_snake_case, reason = "the filters are keys beside `tier`, in AWS's words")]

use super::{InScope, on};
use crate::kinds::guardrail::{BlockAction, GroundingFilter, GroundingFilterType, GroundingPolicy, Tier, codes};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::decode::Decimal;

crate::number! { pub(crate) Threshold: "a threshold", 0.0 to less than 1.0 }

crate::entry! {
    /// One grounding check. A number alone is its threshold.
    pub(crate) struct GroundingEntry: "a grounding check" {
        /// Answers that score below it are caught; from 0 to less than 1.
        required threshold: Decimal<Threshold>,
        /// What happens to an answer: BLOCK (default) or NONE.
        optional action: BlockAction,
        /// Whether answers are examined. Default: true.
        optional enabled: bool,
    }
    short Decimal<Threshold> => threshold
}

crate::entry! {
    /// Contextual grounding: checks by type, and the tier.
    pub(crate) struct GroundingPolicyEntry: "a contextual grounding policy" {
        /// CLASSIC (default), or STANDARD, which needs `cross_region_profile`.
        optional tier: Tier,
        /// Whether an answer keeps to its sources.
        optional GROUNDING: GroundingEntry,
        /// Whether an answer keeps to the question.
        optional RELEVANCE: GroundingEntry,
    }
}

impl GroundingPolicyEntry {
    pub(in crate::kinds::guardrail) fn lower(
        &self,
        policy: &Spanned<Self>,
        here: &mut InScope<'_, '_>,
    ) -> Option<GroundingPolicy> {
        let tier = here.tier(self.tier.as_ref());
        let both =
            [(GroundingFilterType::Grounding, &self.GROUNDING), (GroundingFilterType::Relevance, &self.RELEVANCE)];
        let declared = both.into_iter().filter_map(|(of, entry)| Some((of, entry.as_ref()?)));
        let filters: std::collections::BTreeMap<_, _> =
            declared.map(|(of, entry)| (of, entry.value.lower(here))).collect();
        if filters.is_empty() {
            let fault = Diagnostic::at(policy.span, codes::EMPTY_POLICY, "`contextual_grounding_policy` says nothing");
            here.report(fault.help("give it `GROUNDING` or `RELEVANCE`, or remove it"));
            return None;
        }
        Some(GroundingPolicy { tier: tier?, filters })
    }
}

impl GroundingEntry {
    fn lower(&self, here: &InScope<'_, '_>) -> GroundingFilter {
        GroundingFilter {
            // The JSON of -0 is not that of 0.
            threshold: self.threshold.number.abs(),
            action: here.block(self.action.as_ref()),
            enabled: on(self.enabled.as_ref()),
        }
    }
}
