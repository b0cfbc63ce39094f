//! `account-enforcement`: the guardrail that every model call of an account meets in one Region.

use std::collections::BTreeSet;

use serde::Serialize;

use super::guardrail::Content;
use super::{Contents, ResourceKind, Verb};
use crate::model::{Address, FieldDiff, Names, Ref, words};

pub mod codes;
pub(crate) mod enforced;
pub(crate) mod models;
mod protection;
pub(crate) mod section;
pub(crate) mod written;

mod aws;

pub use protection::Protection;

words! {
    /// Whether content is examined whole, or only where the caller has tagged it.
    Guarding { Comprehensive = "COMPREHENSIVE", Selective = "SELECTIVE", }
}

/// What of a call is examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SelectiveContentGuarding {
    /// System prompts.
    pub system: Guarding,
    /// Messages.
    pub messages: Guarding,
}

impl Default for SelectiveContentGuarding {
    fn default() -> Self {
        Self { system: Guarding::Comprehensive, messages: Guarding::Comprehensive }
    }
}

/// Which models are held to the guardrail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelEnforcement {
    /// `ALL`, or model ids.
    pub included_models: BTreeSet<String>,
    /// Model ids; a model in both is excluded.
    pub excluded_models: BTreeSet<String>,
}

impl Default for ModelEnforcement {
    fn default() -> Self {
        Self { included_models: BTreeSet::from(["ALL".to_owned()]), excluded_models: BTreeSet::new() }
    }
}

/// The enforced configuration of one account and Region; AWS has one there (botocore bounds the list to 0–1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The version that is enforced, and with it the guardrail.
    pub version: Ref,
    /// What of a call is examined.
    pub selective_content_guarding: SelectiveContentGuarding,
    /// Which models are held to it.
    pub model_enforcement: ModelEnforcement,
    /// The resource policies that must let the account apply the guardrail of another one first.
    #[serde(skip)]
    pub needs: Vec<Address>,
}

impl Model {
    /// What calls meet under it, where its version holds `content`.
    pub fn protection<'a>(&'a self, content: Result<&'a Content, String>) -> Protection<'a> {
        let Self { version, selective_content_guarding, model_enforcement, needs: _ } = self;
        Protection { version, content, guarding: selective_content_guarding, models: model_enforcement }
    }
}

/// The name of the only resource of this kind in a scope.
pub const NAME: &str = "account";

/// The kind.
pub struct AccountEnforcement;

impl ResourceKind for AccountEnforcement {
    type Model = Model;
    const READS: &'static [&'static str] = &["bedrock:ListEnforcedGuardrailsConfiguration"];
    const WRITES: &'static [&'static str] =
        &["bedrock:PutEnforcedGuardrailConfiguration", "bedrock:DeleteEnforcedGuardrailConfiguration"];

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.version.address().into_iter().chain(&model.needs).cloned().collect()
    }

    fn align(have: &mut Self::Model, want: Option<&Self::Model>, names: &Names) {
        names.align(&mut have.version, want.map(|want| &want.version));
    }

    fn judge(
        have: Option<&Self::Model>,
        want: Option<&Self::Model>,
        fields: &mut [FieldDiff],
        contents: &dyn Contents,
    ) {
        let have = have.map(|have| have.protection(contents.have(&have.version)));
        let want = want.map(|want| want.protection(contents.want(&want.version)));
        for judged in Protection::compare(have.as_ref(), want.as_ref()) {
            fields.iter_mut().filter(|field| field.path == judged.path).for_each(|field| field.judged_as(&judged));
        }
    }

    fn unmarked(address: &Address, id: &str) -> String {
        format!(
            "{id} enforces a guardrail that is not of this stack: review the difference with `bedrail plan --adopt --target {address}`, and replace it by applying with the same flags"
        )
    }

    fn calls(verb: Verb, _fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create | Verb::Update | Verb::Adopt => vec!["bedrock:PutEnforcedGuardrailConfiguration"],
            Verb::Delete => vec!["bedrock:DeleteEnforcedGuardrailConfiguration"],
        }
    }
}
