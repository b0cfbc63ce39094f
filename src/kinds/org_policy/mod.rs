//! `org-policy`: an Organizations policy that enforces guardrails on every account below the nodes it is attached to, or denies
//! calls there.

use serde::Serialize;

use super::org_policy_type::PolicyType;
use super::{Contents, ResourceKind, Verb};
use crate::model::{Address, Document, FieldDiff, Names, Shift, Tags};

pub mod codes;
mod configuration;
pub(crate) mod control;
pub mod document;
pub mod in_effect;
pub mod inheritance;
mod raw;
mod reach;
pub(crate) mod regions;
mod rules;
pub(crate) mod section;
mod staged;
mod template;
pub(crate) mod written;

pub(crate) mod aws;

pub(crate) use configuration::{Place, configurations};
pub(crate) use control::section::ModelName as SparedModel;

/// A policy of one of the types that bedrail manages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The type, which AWS never changes.
    #[serde(rename = "type", skip_serializing_if = "PolicyType::is_default")]
    pub policy_type: PolicyType,
    /// AWS's name, 1–128 characters.
    pub name: String,
    /// Up to 512 characters; the empty string where there is none, as AWS has it.
    pub description: String,
    /// The document, defaults left out.
    pub document: Document,
    /// Every tag but those that are ignored, our marks included.
    pub tags: Tags,
    /// What must be there first: its type, enabled; resource policies that let the members that it reaches use the guardrails
    /// it names; a version of each that must be named in a call.
    #[serde(skip)]
    pub needs: Vec<Address>,
}

impl Model {
    /// Whether what AWS has under this name and of this kind is of the same type, as far as it was read: names are unique
    /// within a type.
    pub(crate) fn is_namesake(&self, name: &str, other: Option<&super::Model>) -> bool {
        self.name == name
            && !matches!(other, Some(super::Model::OrgPolicy(other)) if other.policy_type != self.policy_type)
    }
}

/// The document as AWS has it in the normal form of its type.
pub(crate) fn normal(policy_type: PolicyType, document: Document) -> Document {
    if policy_type.merges() { document::normal(document) } else { control::normal(document) }
}

/// The kind.
pub struct OrgPolicy;

impl ResourceKind for OrgPolicy {
    type Model = Model;
    const READS: &'static [&'static str] =
        &["organizations:ListPolicies", "organizations:DescribePolicy", "organizations:ListTagsForResource"];
    const WRITES: &'static [&'static str] = &[
        "organizations:CreatePolicy",
        "organizations:UpdatePolicy",
        "organizations:DeletePolicy",
        "organizations:TagResource",
        "organizations:UntagResource",
    ];

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.document.references().into_iter().chain(model.needs.iter().cloned()).collect()
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
            if want.policy_type.merges() {
                configuration::judge(&have.document, &want.document, fields, contents);
            } else {
                control::judge(&have.document, &want.document, fields);
            }
        }
    }

    fn shift(have: &Self::Model, want: &Self::Model) -> Option<Shift> {
        let shift = if want.policy_type.merges() {
            have.shift(want)
        } else {
            control::named::shift(&have.document, &want.document)
        };
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
