//! `org-policy`: an Organizations policy that enforces guardrails on every account below the nodes it is attached to.

use serde::Serialize;

use super::{Contents, ResourceKind, Verb};
use crate::model::{Address, Document, FieldDiff, Names, Shift, Tags};

pub mod codes;
mod configuration;
pub mod document;
pub mod inheritance;
mod raw;
mod reach;
pub(crate) mod regions;
mod rules;
pub(crate) mod section;

mod aws;

pub(crate) use configuration::configurations;

/// A policy of the type `BEDROCK_POLICY`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// AWS's name, 1–128 characters.
    pub name: String,
    /// Up to 512 characters; the empty string where there is none, as AWS has it.
    pub description: String,
    /// The document, defaults left out.
    pub document: Document,
    /// Every tag but those that are ignored, our marks included.
    pub tags: Tags,
    /// Resource policies without which the members that this policy reaches could not use the guardrails it names.
    #[serde(skip)]
    pub permitted_by: Vec<Address>,
}

/// The kind.
pub struct OrgPolicy;

impl ResourceKind for OrgPolicy {
    type Model = Model;

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.document.references().into_iter().chain(model.permitted_by.iter().cloned()).collect()
    }

    fn align(have: &mut Self::Model, want: Option<&Self::Model>, names: &Names) {
        if let Some(want) = want {
            have.document.align(&want.document, names);
        }
        have.document.name(want.map(|want| &want.document), names);
    }

    /// By its text. A policy that comes or goes touches nobody: its attachments do.
    fn judge(
        have: Option<&Self::Model>,
        want: Option<&Self::Model>,
        fields: &mut [FieldDiff],
        contents: &dyn Contents,
    ) {
        if let (Some(have), Some(want)) = (have, want) {
            configuration::judge(&have.document, &want.document, fields, contents);
        }
    }

    fn shift(have: &Self::Model, want: &Self::Model) -> Option<Shift> {
        let shift = have.shift(want);
        // A name is given up early: another policy may be waiting for it, and for that one what takes away.
        Some(Shift { adds: shift.adds || have.name != want.name, ..shift })
    }

    fn joined(have: &Self::Model, want: &Self::Model) -> Option<Self::Model> {
        Some(have.joined_with(want))
    }

    fn calls(verb: Verb, fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create => vec!["organizations:CreatePolicy"],
            Verb::Delete => vec!["organizations:DeletePolicy"],
            Verb::Update | Verb::Adopt => {
                let tags = |field: &&FieldDiff| field.path.starts_with("tags.");
                let mut calls = Vec::new();
                if fields.iter().any(|field| !tags(&field)) {
                    calls.push("organizations:UpdatePolicy");
                }
                if fields.iter().filter(tags).any(|field| field.want.is_some()) {
                    calls.push("organizations:TagResource");
                }
                if fields.iter().filter(tags).any(|field| field.want.is_none()) {
                    calls.push("organizations:UntagResource");
                }
                calls
            }
        }
    }
}
