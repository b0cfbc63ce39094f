//! `require_guardrail`: models may be called with a guardrail, and not without (Bedrock user guide,
//! "guardrails-permissions-id").

use super::{EMPTY_GUARDRAIL, Guardrails, Place, SPARED, WITH_GUARDRAIL, WITHOUT_GUARDRAIL, applies, texts};
use crate::kinds::iam_policy::document::{GUARDRAIL, INVOKE, condition, id_and, policy, statement};
use crate::model::Document;

/// These models may be called with one of the guardrails. Whatever other policies say, no model may be called without:
/// a negated operator holds where the call names no guardrail at all. It does not hold where the call names the empty text,
/// which is denied apart. Models that are excepted, `*` standing for any characters, may be called either way.
pub(in crate::kinds::iam_policy) fn require_guardrail(
    guardrails: &Guardrails,
    models: &[String],
    except_models: &[String],
    place: &Place<'_>,
) -> Document {
    let (with, without) = conditions(guardrails);
    let empty = condition("StringEquals", GUARDRAIL, vec![Document::text("")]);
    let deny = |sid: &str, test: Document| {
        all_but(statement(sid, "Deny", &INVOKE, Vec::new(), Some(test)), except_models, place)
    };
    let mut statements = vec![
        statement(WITH_GUARDRAIL, "Allow", &INVOKE, texts(models), Some(with)),
        deny(WITHOUT_GUARDRAIL, without),
        deny(EMPTY_GUARDRAIL, empty),
        applies(guardrails, place),
    ];
    if !except_models.is_empty() {
        statements.push(statement(SPARED, "Allow", &INVOKE, texts(&spared(except_models, place)), None));
    }
    policy(statements)
}

/// The models that are excepted, by themselves and through a profile that AWS has made of them.
fn spared(except_models: &[String], place: &Place<'_>) -> Vec<String> {
    let Place { partition, account, .. } = place;
    let arns = |model: &String| {
        [
            format!("arn:{partition}:bedrock:*::foundation-model/{model}"),
            format!("arn:{partition}:bedrock:*:{account}:inference-profile/*.{model}"),
        ]
    };
    except_models.iter().flat_map(arns).collect()
}

/// The statement on every model but the ones that are excepted.
fn all_but(mut statement: Document, except_models: &[String], place: &Place<'_>) -> Document {
    if let Document::Map(elements) = &mut statement {
        elements.remove("Resource");
        let (element, resources) = match except_models {
            [] => ("Resource", vec![Document::text("*")]),
            models => ("NotResource", texts(&spared(models, place))),
        };
        elements.insert(element.to_owned(), Document::list(resources));
    }
    statement
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
