//! `automated_reasoning_policy`: answers held against formal rules.

use super::{InScope, all};
use crate::kinds::guardrail::{AutomatedReasoningPolicy, codes};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::decode::{Decimal, List, Text};

crate::text! { pub(crate) ReasoningArn: "the ARN of an automated reasoning policy", 1..=2048,
"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:automated-reasoning-policy/[a-z0-9]{12}(:[1-9][0-9]{0,11})?",
"written like `arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/abcdef123456:1`" }
crate::number! { pub(crate) Confidence: "a confidence", 0.0 to 1.0 }

crate::entry! {
    /// Automated reasoning. It needs `cross_region_profile`, and a guardrail that has it must not be enforced.
    pub(crate) struct ReasoningPolicyEntry: "an automated reasoning policy" {
        /// One or two policy ARNs.
        required policies: List<Text<ReasoningArn>, 1, 2>,
        /// How sure a finding must be to count, from 0 to 1. Default: AWS's own.
        optional confidence_threshold: Decimal<Confidence>,
    }
}

impl ReasoningPolicyEntry {
    pub(in crate::kinds::guardrail) fn lower(
        &self,
        policy: &Spanned<Self>,
        here: &mut InScope<'_, '_>,
    ) -> Option<AutomatedReasoningPolicy> {
        if !here.has_profile {
            let message = "automated reasoning needs a cross-Region profile";
            let fault = Diagnostic::at(policy.value.policies.span, codes::REASONING_NEEDS_PROFILE, message);
            here.report(fault.help("add `cross_region_profile: auto` to the guardrail"));
        }
        let policies: Vec<String> = all(self.policies.iter().map(|arn| here.text(arn)).collect())?;
        let places = policies.iter().cloned().zip(self.policies.iter().map(|arn| arn.span));
        let sound = here.once("the policy", places.collect::<Vec<_>>());
        let confidence_threshold = self.confidence_threshold.as_ref().map(|confidence| confidence.number.abs());
        let lowered = AutomatedReasoningPolicy { policies: policies.into_iter().collect(), confidence_threshold };
        (sound && here.has_profile).then_some(lowered)
    }
}
