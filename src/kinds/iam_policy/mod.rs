//! `iam-policy`: a customer managed policy of an account. Path and name are its address; its description, which AWS never
//! changes either, cannot be, so that a changed one is held.

use serde::Serialize;

use super::{Contents, ResourceKind, Verb};
use crate::model::{Address, Document, FieldDiff, Names, Ref, Shift, Tags};

pub mod applying;
pub mod codes;
pub mod document;
pub(crate) mod geography;
mod keys;
pub mod meaning;
pub(crate) mod models;
mod named;
mod permitted;
mod raw;
mod roles;
pub(crate) mod section;
mod template;

pub(crate) mod aws;

/// A customer managed policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// AWS's name, 1–128 characters; one account has it once, whatever the path and the letter case.
    pub name: String,
    /// Begins and ends with `/`.
    pub path: String,
    /// Up to 1000 characters; the empty string where there is none.
    pub description: String,
    /// The document of the default version, in normal form.
    pub document: Document,
    /// Every tag but those that are ignored, our marks included.
    pub tags: Tags,
    /// The versions of the current content, beside which those that are kept are allowed.
    #[serde(skip)]
    pub current: Vec<Current>,
    /// What must be there first: of a guardrail that must be named in any version, one that can be named; of one that is
    /// shared by another account, the resource policies that let this account apply it.
    #[serde(skip)]
    pub needs: Vec<Address>,
}

/// A version of the current content that a policy allows, with its predecessors as long as they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// The guardrail.
    pub guardrail: Address,
    /// The version.
    pub version: Ref,
}

/// The name of a policy within its scope: the path, without the slash in front, and the name.
pub fn name(path: &str, name: &str) -> String {
    format!("{}{name}", path.trim_start_matches('/'))
}

/// The name of the policy with this ARN within its scope.
pub fn name_of_arn(arn: &str) -> &str {
    arn.split_once(":policy/").map_or(arn, |(_, name)| name)
}

/// The kind.
pub struct IamPolicy;

impl ResourceKind for IamPolicy {
    type Model = Model;
    const READS: &'static [&'static str] = &["iam:ListPolicies", "iam:GetPolicy", "iam:GetPolicyVersion"];
    const WRITES: &'static [&'static str] = &[
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicyVersion",
        "iam:DeletePolicy",
        "iam:TagPolicy",
        "iam:UntagPolicy",
        "iam:ListPolicyVersions",
        "iam:SimulateCustomPolicy",
    ];

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.document.references().into_iter().chain(model.needs.iter().cloned()).collect()
    }

    fn align(have: &mut Self::Model, want: Option<&Self::Model>, names: &Names) {
        if let Some(want) = want {
            document::align(&mut have.document, &want.document, names);
        }
        document::name_guardrails(&mut have.document, want.map(|want| &want.document), names);
        // Versions that are kept come into what is wanted later, and what is in normal form stands in the same order then.
        have.document = document::normal(std::mem::replace(&mut have.document, Document::Null));
    }

    /// By its text, as far as that can be ranked. What it grants touches nobody as long as it is attached to nobody; that it
    /// denies calls without a guardrail is what it protects by.
    fn judge(
        have: Option<&Self::Model>,
        want: Option<&Self::Model>,
        fields: &mut [FieldDiff],
        _contents: &dyn Contents,
    ) {
        let direction = meaning::compare(have.map(|have| &have.document), want.map(|want| &want.document));
        let in_document = |field: &&mut FieldDiff| field.path == "document" || field.path.starts_with("document.");
        for field in fields.iter_mut().filter(in_document) {
            field.direction = direction;
        }
    }

    fn shift(have: &Self::Model, want: &Self::Model) -> Option<Shift> {
        Some(meaning::shift(&have.document, &want.document))
    }

    fn joined(have: &Self::Model, want: &Self::Model) -> Option<Self::Model> {
        Some(Model { document: meaning::joined(&have.document, &want.document)?, ..want.clone() })
    }

    fn calls(verb: Verb, fields: &[FieldDiff]) -> Vec<&'static str> {
        let tags = |field: &&FieldDiff| field.path.starts_with("tags.");
        match verb {
            Verb::Create => vec!["iam:CreatePolicy"],
            Verb::Delete => vec!["iam:DeletePolicy"],
            Verb::Update | Verb::Adopt => {
                let mut calls = Vec::new();
                if fields.iter().any(|field| !tags(&field)) {
                    calls.push("iam:CreatePolicyVersion");
                }
                if fields.iter().filter(tags).any(|field| field.want.is_some()) {
                    calls.push("iam:TagPolicy");
                }
                if fields.iter().filter(tags).any(|field| field.want.is_none()) {
                    calls.push("iam:UntagPolicy");
                }
                calls
            }
        }
    }
}
