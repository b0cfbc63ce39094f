//! `require_guardrail`: calls of models must name a guardrail, or one of several.
//!
//! Three statements, for what a call says differs: a call that names none lacks the condition key; one that names the empty
//! string has it, and the operators for ARNs match nothing in an empty string; one that names another guardrail has its ARN,
//! with `:<number>` behind it for a version.

use super::{INVOKE, On, Test, any_version, deny, policy, texts};
use crate::kinds::org_policy::control::GUARDRAIL;
use crate::model::{Document, Partition, Ref};

/// The policy. `guardrails` is `None` for any guardrail; `except_models` are ids of models, `*` standing for any characters.
pub(in crate::kinds::org_policy) fn document(
    partition: &Partition,
    guardrails: Option<&[Ref]>,
    except_models: &[String],
    exempt: &[String],
) -> Document {
    let demand = |sid: &str, test: Test<'_>| deny(sid, &INVOKE, on(partition, except_models), vec![test], exempt);
    let mut statements = vec![
        demand("DenyWithoutGuardrail", ("Null", GUARDRAIL, texts(["true"]))),
        demand("DenyEmptyGuardrail", ("StringEquals", GUARDRAIL, texts([""]))),
    ];
    if let Some(guardrails) = guardrails {
        let named = guardrails.iter().map(any_version).collect();
        statements.push(demand("DenyOtherGuardrail", ("ArnNotLike", GUARDRAIL, named)));
    }
    policy(statements)
}

/// Every model but those spared, whether called by themselves or through a profile that AWS has made of them.
fn on(partition: &Partition, except_models: &[String]) -> On {
    if except_models.is_empty() {
        return On::everything();
    }
    let arns = except_models.iter().flat_map(|model| {
        [
            format!("arn:{partition}:bedrock:*::foundation-model/{model}"),
            format!("arn:{partition}:bedrock:*:*:inference-profile/*.{model}"),
        ]
    });
    On::AllBut(texts(arns))
}
