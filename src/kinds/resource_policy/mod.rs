//! `resource-policy`: who may apply a guardrail, or use a guardrail profile, from other accounts.

use serde::Serialize;

use super::{ResourceKind, Verb};
use crate::model::{Address, Document, FieldDiff, Names, Ref};

/// The policy of one guardrail or guardrail profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The guardrail, or the ARN of the profile.
    pub resource: Ref,
    /// The document.
    pub document: Document,
}

/// The kind.
pub struct ResourcePolicy;

impl ResourceKind for ResourcePolicy {
    type Model = Model;

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.resource.address().into_iter().cloned().chain(model.document.references()).collect()
    }

    fn align(have: &mut Self::Model, want: Option<&Self::Model>, names: &Names) {
        names.align(&mut have.resource, want.map(|want| &want.resource));
        if let Some(want) = want {
            have.document.align(&want.document, names);
        }
        have.document.name(names);
    }

    fn calls(verb: Verb, _fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create | Verb::Update | Verb::Adopt => vec!["bedrock:PutResourcePolicy"],
            Verb::Delete => vec!["bedrock:DeleteResourcePolicy"],
        }
    }
}
