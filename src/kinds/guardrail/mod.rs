//! `guardrail`: the working draft of a guardrail, its name, key and tags.

use serde::Serialize;
use serde_json::Value;

use super::{Contents, ResourceKind, Use, Verb};
use crate::model::{Address, FieldDiff, Tags};

pub mod actions;
pub(crate) mod aws;
pub mod codes;
mod content;
mod controls;
mod entry;
pub(crate) mod external;
pub mod key_policy;
mod place;
mod policy;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod section;
pub(crate) mod spelled;
mod words;
pub(crate) mod written;

pub use content::{
    AutomatedReasoningPolicy, Content, ContentFilter, ContentPolicy, GroundingFilter, GroundingPolicy, PiiRule,
    RegexRule, SensitiveInformationPolicy, Topic, TopicPolicy, WordPolicy, WordRule,
};
pub use controls::compare;
pub use words::{
    BlockAction, ContentFilterType, GroundingFilterType, ManagedWordList, Modality, Mode, PiiAction, PiiType, Strength,
    Tier,
};

/// A guardrail of one account and Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// AWS's name, 1–50 characters; mutable, so no part of the address.
    pub name: String,
    /// 1–200 characters.
    pub description: Option<String>,
    /// The ARN of the customer key; `None` for AWS's own.
    pub kms_key_id: Option<String>,
    /// What a version snapshots.
    pub content: Content,
    /// Every tag but those that are ignored, our marks included.
    pub tags: Tags,
    /// Whether its last change ended `FAILED`. What it says is then not what Bedrock applies, and no version of it can be
    /// published until it is written again; so nobody wants this.
    pub failed: bool,
}

/// The kind.
pub struct Guardrail;

impl ResourceKind for Guardrail {
    type Model = Model;
    const READS: &'static [&'static str] =
        &["bedrock:ListGuardrails", "bedrock:GetGuardrail", "bedrock:ListTagsForResource"];
    const WRITES: &'static [&'static str] = &[
        "bedrock:CreateGuardrail",
        "bedrock:UpdateGuardrail",
        "bedrock:DeleteGuardrail",
        "bedrock:TagResource",
        "bedrock:UntagResource",
    ];

    const GUARDED: &'static [&'static str] = &[
        "blocked_input_messaging",
        "blocked_outputs_messaging",
        "topic_policy.topics.*.examples",
        "word_policy.words.*",
        "sensitive_information_policy.regexes.*.pattern",
    ];

    fn requires(_model: &Self::Model) -> Vec<Address> {
        Vec::new()
    }

    /// The content's fields stand beside the others, as they do in the spec. A status shows only where it must change.
    fn fields(model: &Self::Model) -> Value {
        let Model { name, description, kms_key_id, content, tags, failed } = model;
        let mut fields = serde_json::to_value(content).expect("content is always JSON");
        fields["name"] = Value::from(name.as_str());
        fields["description"] = Value::from(description.as_deref());
        fields["kms_key_id"] = Value::from(kms_key_id.as_deref());
        fields["tags"] = serde_json::to_value(tags).expect("tags are always JSON");
        if *failed {
            fields["status"] = Value::from("FAILED");
        }
        fields
    }

    /// By what it does. A guardrail that goes is one that nothing enforces, since every pointer at it goes before.
    fn judge(
        have: Option<&Self::Model>,
        want: Option<&Self::Model>,
        fields: &mut [FieldDiff],
        _contents: &dyn Contents,
    ) {
        if want.is_some() {
            controls::judge(have.map(|have| &have.content), want.map(|want| &want.content), fields);
        }
    }

    fn uses(model: &Model) -> Vec<Use<'_>> {
        let key = model.kms_key_id.as_deref().map(Use::Key);
        let profile = model.content.cross_region_profile.as_deref().map(Use::Profile);
        key.into_iter().chain(profile).collect()
    }

    fn calls(verb: Verb, fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create => vec!["bedrock:CreateGuardrail"],
            Verb::Delete => vec!["bedrock:DeleteGuardrail"],
            Verb::Update | Verb::Adopt => {
                let tags = |field: &&FieldDiff| field.path.starts_with("tags.");
                let mut calls = Vec::new();
                if fields.iter().any(|field| !tags(&field)) {
                    calls.push("bedrock:UpdateGuardrail");
                }
                if fields.iter().filter(tags).any(|field| field.want.is_some()) {
                    calls.push("bedrock:TagResource");
                }
                if fields.iter().filter(tags).any(|field| field.want.is_none()) {
                    calls.push("bedrock:UntagResource");
                }
                calls
            }
        }
    }
}
