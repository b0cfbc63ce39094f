//! What is ready-made: each template is a document of what an entry names, with references where ids are yet to come.

use super::document::{APPLY, id_and, statement};
use crate::model::{AccountId, Document, Partition, Ref, Region};

mod apply_guardrail;
mod invoke_models;
mod manage_guardrails;
mod require_guardrail;
mod use_kms_key;

pub(super) use apply_guardrail::apply_guardrail;
pub(super) use invoke_models::invoke_models;
pub(super) use manage_guardrails::manage_guardrails;
pub(super) use require_guardrail::require_guardrail;
pub(super) use use_kms_key::use_kms_key;

/// Names the statement that lets call models with a guardrail.
pub(super) const WITH_GUARDRAIL: &str = "InvokeWithGuardrail";
/// Names the statement that lets call models that need none.
pub(super) const SPARED: &str = "InvokeWithoutGuardrail";
/// Names the statement that denies calls without one.
pub(super) const WITHOUT_GUARDRAIL: &str = "DenyWithoutGuardrail";
/// The statement that denies a call whose guardrail is the empty text, which no negated operator on ARNs holds for.
pub(super) const EMPTY_GUARDRAIL: &str = "DenyEmptyGuardrail";

/// Whose policy it is, and in which Regions it has a meaning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) partition: &'a Partition,
    pub(super) account: &'a AccountId,
    pub(super) regions: &'a [Region],
}

/// A guardrail of an entry in one Region.
#[derive(Clone, Debug)]
pub(super) struct Guardrail {
    pub(super) arn: Ref,
    /// The version to call, where the entry says which.
    pub(super) version: Option<Ref>,
    /// The objects of its cross-Region profile, in every Region that it leads to.
    pub(super) profiles: Vec<String>,
}

/// The guardrails of an entry.
#[derive(Clone, Debug)]
pub(super) enum Guardrails {
    /// Whichever a call names.
    Any,
    /// These.
    These(Vec<Guardrail>),
}

fn texts(texts: &[String]) -> Vec<Document> {
    texts.iter().map(Document::text).collect()
}

/// Lets apply these guardrails, and use their profiles wherever those lead (Bedrock user guide,
/// "guardrail-profiles-permissions"). The resource of a guardrail has no version.
fn applies(guardrails: &Guardrails, place: &Place<'_>) -> Document {
    let resources = match guardrails {
        Guardrails::Any => ["guardrail", "guardrail-profile"]
            .map(|kind| Document::text(format!("arn:{}:bedrock:*:*:{kind}/*", place.partition)))
            .to_vec(),
        Guardrails::These(these) => {
            let arns = these.iter().map(|guardrail| id_and(guardrail.arn.clone(), ""));
            arns.chain(these.iter().flat_map(|guardrail| texts(&guardrail.profiles))).collect()
        }
    };
    statement("ApplyGuardrail", "Allow", &[APPLY], resources, None)
}

#[cfg(test)]
mod tests;
