//! The results of guardrails as answers show them.

use serde_json::{Map, Value, json};

use super::assess::{Assessment, Verdict};
use super::guards::{Guard, Origin};
use super::inference::Outcome;
use crate::bedrock::Target;
use crate::caller::Caller;
use crate::config::Partition;
use crate::inferred;

/// A `GuardrailAssessment`.
pub(super) fn assessment(partition: Partition, caller: &Caller, guard: &Guard, assessment: &Assessment) -> Value {
    let Guard { target, version, origins, .. } = guard;
    let Assessment { policies, usage, coverage, .. } = assessment;
    let ownership = if target.scope.account == caller.account { "SELF" } else { "CROSS_ACCOUNT" };
    let origins: Vec<&str> = origins.iter().map(|origin: &Origin| origin.name()).collect();
    let mut report = policies.clone();
    let metrics = json!({
        "guardrailProcessingLatency": inferred::LATENCY_MS, "usage": usage, "guardrailCoverage": coverage,
    });
    let details = json!({
        "guardrailId": target.id,
        "guardrailVersion": version,
        "guardrailArn": Target::arn(target, partition),
        "guardrailOrigin": origins,
        "guardrailOwnership": ownership,
    });
    report.insert("invocationMetrics".to_owned(), metrics);
    report.insert("appliedGuardrailDetails".to_owned(), details);
    Value::Object(report)
}

/// The texts for no action and for a block are the service's own; that for a mask follows them.
pub(super) fn reason(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "No action.",
        Verdict::Masked => "Guardrail masked.",
        Verdict::Blocked => "Guardrail blocked.",
    }
}

/// The assessments of an inference, by guardrail. Inferred: of two versions of one guardrail, the second goes by its ARN with the
/// version.
pub(super) struct Assessments {
    pub(super) input: Map<String, Value>,
    pub(super) output: Map<String, Value>,
}

pub(super) fn assessments(partition: Partition, caller: &Caller, guards: &[Guard], outcome: &Outcome) -> Assessments {
    let by_guardrail = |assessments: &[Assessment]| {
        let mut all = Map::new();
        for (guard, one) in guards.iter().zip(assessments) {
            let id = guard.target.id.clone();
            let versioned = || format!("{}:{}", guard.target.arn(partition), guard.version);
            let key = if all.contains_key(&id) { versioned() } else { id };
            all.insert(key, assessment(partition, caller, guard, one));
        }
        all
    };
    Assessments { input: by_guardrail(&outcome.input), output: by_guardrail(&outcome.output) }
}
