//! `require_guardrail`: models may be called with a guardrail, and not without (Bedrock user guide,
//! "guardrails-permissions-id").

use super::{EMPTY_GUARDRAIL, Guardrails, Place, WITH_GUARDRAIL, WITHOUT_GUARDRAIL, applies, texts};
use crate::kinds::iam_policy::document::{GUARDRAIL, INVOKE, condition, id_and, policy, statement};
use crate::model::Document;

/// These models may be called with one of the guardrails. Whatever other policies say, no model may be called without:
/// a negated operator holds where the call names no guardrail at all. It does not hold where the call names the empty text,
/// which is denied apart.
pub(in crate::kinds::iam_policy) fn require_guardrail(
    guardrails: &Guardrails,
    models: &[String],
    place: &Place<'_>,
) -> Document {
    let (with, without) = conditions(guardrails);
    let empty = condition("StringEquals", GUARDRAIL, vec![Document::text("")]);
    policy([
        statement(WITH_GUARDRAIL, "Allow", &INVOKE, texts(models), Some(with)),
        statement(WITHOUT_GUARDRAIL, "Deny", &INVOKE, vec![Document::text("*")], Some(without)),
        statement(EMPTY_GUARDRAIL, "Deny", &INVOKE, vec![Document::text("*")], Some(empty)),
        applies(guardrails, place),
    ])
}

/// What holds of a call with one of the guardrails, and what of every other.
fn conditions(guardrails: &Guardrails) -> (Document, Document) {
    let of = |operator: &str, values: Vec<Document>| condition(operator, GUARDRAIL, values);
    let these = match guardrails {
        Guardrails::Any => {
            let null = |value: &str| of("Null", vec![Document::text(value)]);
            return (null("false"), null("true"));
        }
        Guardrails::These(these) => these,
    };
    let exact: Option<Vec<Document>> =
        these.iter().map(|guardrail| Some(id_and(guardrail.version.clone()?, ""))).collect();
    if let Some(versions) = exact {
        return (of("StringEquals", versions.clone()), of("StringNotEquals", versions));
    }
    let numbered: Vec<Document> = these.iter().map(|guardrail| id_and(guardrail.arn.clone(), ":*")).collect();
    (of("ArnLike", numbered.clone()), of("ArnNotLike", numbered))
}
