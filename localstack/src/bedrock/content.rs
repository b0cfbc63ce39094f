//! What a guardrail says: the part that an update replaces and a version snapshots.
//!
//! These types are the normal form of `GetGuardrail`: what the service fills in is filled in when a request is read. Which
//! fields those are is inferred from the computed attributes of Terraform's `aws_bedrock_guardrail`. The types read the
//! request's names (`topicsConfig`) as well as the answer's (`topics`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::ApiError;

/// Declares an entry of a policy: its own fields, and the four switches that each entry can carry. They are absent unless
/// sent.
macro_rules! entry {
    ($(#[$doc:meta])* $name:ident<$action:ty> { $($(#[$attribute:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name {
            $($(#[$attribute])* pub(crate) $field: $kind,)*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) input_action: Option<$action>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) output_action: Option<$action>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) input_enabled: Option<bool>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) output_enabled: Option<bool>,
        }

        impl $name {
            /// The switches for inputs and for outputs.
            pub(crate) fn switches(&self) -> [Switch; 2] {
                [
                    Switch { action: self.input_action, enabled: self.input_enabled },
                    Switch { action: self.output_action, enabled: self.output_enabled },
                ]
            }
        }
    };
}

/// How an entry is set for one side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switch {
    pub(crate) action: Option<Action>,
    pub(crate) enabled: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Action {
    Block,
    Anonymize,
    None,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum TierName {
    #[default]
    Classic,
    Standard,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tier {
    pub(crate) tier_name: TierName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Strength {
    None,
    Low,
    Medium,
    High,
}

entry! {
    /// A denied topic.
    Topic<Action> {
        name: String,
        definition: String,
        #[serde(default)]
        examples: Vec<String>,
        r#type: String,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TopicPolicy {
    #[serde(alias = "topicsConfig")]
    pub(crate) topics: Vec<Topic>,
    #[serde(default, alias = "tierConfig")]
    pub(crate) tier: Tier,
}

entry! {
    /// A filter for one kind of content.
    ContentFilter<Action> {
        r#type: String,
        input_strength: Strength,
        output_strength: Strength,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input_modalities: Option<Vec<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output_modalities: Option<Vec<String>>,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ContentPolicy {
    #[serde(alias = "filtersConfig")]
    pub(crate) filters: Vec<ContentFilter>,
    #[serde(default, alias = "tierConfig")]
    pub(crate) tier: Tier,
}

entry! {
    /// A word or phrase.
    Word<Action> {
        text: String,
    }
}

entry! {
    /// A list of words that AWS keeps.
    ManagedWordList<Action> {
        r#type: String,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WordPolicy {
    #[serde(default, alias = "wordsConfig", skip_serializing_if = "Vec::is_empty")]
    pub(crate) words: Vec<Word>,
    #[serde(default, alias = "managedWordListsConfig", skip_serializing_if = "Vec::is_empty")]
    pub(crate) managed_word_lists: Vec<ManagedWordList>,
}

entry! {
    /// A kind of personal information.
    PiiEntity<Action> {
        r#type: String,
        action: Action,
    }
}

entry! {
    /// A pattern to look for.
    RegexEntity<Action> {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        pattern: String,
        action: Action,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SensitiveInformationPolicy {
    #[serde(default, alias = "piiEntitiesConfig", skip_serializing_if = "Vec::is_empty")]
    pub(crate) pii_entities: Vec<PiiEntity>,
    #[serde(default, alias = "regexesConfig", skip_serializing_if = "Vec::is_empty")]
    pub(crate) regexes: Vec<RegexEntity>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct GroundingFilter {
    pub(crate) r#type: String,
    pub(crate) threshold: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<Action>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct GroundingPolicy {
    #[serde(alias = "filtersConfig")]
    pub(crate) filters: Vec<GroundingFilter>,
    #[serde(default, alias = "tierConfig")]
    pub(crate) tier: Tier,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReasoningPolicy {
    pub(crate) policies: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confidence_threshold: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CrossRegionDetails {
    pub(crate) guardrail_profile_id: String,
    pub(crate) guardrail_profile_arn: String,
}

/// All that an update replaces. Inferred: `description` and key like the policies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are AWS's")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, alias = "topicPolicyConfig", skip_serializing_if = "Option::is_none")]
    pub(crate) topic_policy: Option<TopicPolicy>,
    #[serde(default, alias = "contentPolicyConfig", skip_serializing_if = "Option::is_none")]
    pub(crate) content_policy: Option<ContentPolicy>,
    #[serde(default, alias = "wordPolicyConfig", skip_serializing_if = "Option::is_none")]
    pub(crate) word_policy: Option<WordPolicy>,
    #[serde(default, alias = "sensitiveInformationPolicyConfig", skip_serializing_if = "Option::is_none")]
    pub(crate) sensitive_information_policy: Option<SensitiveInformationPolicy>,
    #[serde(default, alias = "contextualGroundingPolicyConfig", skip_serializing_if = "Option::is_none")]
    pub(crate) contextual_grounding_policy: Option<GroundingPolicy>,
    #[serde(default, alias = "automatedReasoningPolicyConfig", skip_serializing_if = "Option::is_none")]
    pub(crate) automated_reasoning_policy: Option<ReasoningPolicy>,
    /// Not part of the request in this form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cross_region_details: Option<CrossRegionDetails>,
    pub(crate) blocked_input_messaging: String,
    pub(crate) blocked_outputs_messaging: String,
    /// Not part of the request in this form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms_key_arn: Option<String>,
}

impl Content {
    /// The content of a checked request, with what the service fills in; profile and key are left to the caller.
    pub(crate) fn read(input: &Map<String, Value>) -> Result<Self, ApiError> {
        let mut content: Self = serde_json::from_value(Value::Object(input.clone()))
            .map_err(|error| ApiError::new("InternalServerException", 500, error.to_string()))?;
        if let Some(policy) = &mut content.sensitive_information_policy {
            for PiiEntity { action, input_action, output_action, input_enabled, output_enabled, .. } in
                &mut policy.pii_entities
            {
                fill(*action, [input_action, output_action], [input_enabled, output_enabled]);
            }
            for RegexEntity { action, input_action, output_action, input_enabled, output_enabled, .. } in
                &mut policy.regexes
            {
                fill(*action, [input_action, output_action], [input_enabled, output_enabled]);
            }
        }
        if let Some(policy) = &mut content.content_policy {
            crate::inferred::reorder(&mut policy.filters);
            for filter in &mut policy.filters {
                filter.input_modalities.iter_mut().chain(&mut filter.output_modalities).for_each(|modalities| {
                    crate::inferred::reorder(modalities);
                });
            }
        }
        Ok(content)
    }
}

fn fill(action: Action, actions: [&mut Option<Action>; 2], enabled: [&mut Option<bool>; 2]) {
    for each in actions {
        *each = each.or(Some(action));
    }
    for each in enabled {
        *each = each.or(Some(true));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(policies: &Value) -> Value {
        let mut input = json!({"name": "n", "blockedInputMessaging": "i", "blockedOutputsMessaging": "o"});
        input.as_object_mut().expect("object").extend(policies.as_object().expect("object").clone());
        let content = Content::read(input.as_object().expect("object")).expect("valid");
        let read = serde_json::to_value(&content).expect("serialisable");
        let again: Content = serde_json::from_value(read.clone()).expect("a state file's form is readable");
        assert_eq!(again, content);
        read
    }

    #[test]
    fn tiers_and_sensitive_switches_are_filled_in() {
        let read = read(&json!({
            "topicPolicyConfig": {"topicsConfig": [{"name": "t", "definition": "d", "type": "DENY"}]},
            "sensitiveInformationPolicyConfig": {"piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE", "inputAction": "NONE"}]},
        }));
        assert_eq!(
            read["topicPolicy"],
            json!({"topics": [{"name": "t", "definition": "d", "examples": [], "type": "DENY"}], "tier": {"tierName": "CLASSIC"}})
        );
        assert_eq!(
            read["sensitiveInformationPolicy"]["piiEntities"],
            json!([{"type": "EMAIL", "action": "ANONYMIZE", "inputAction": "NONE", "outputAction": "ANONYMIZE",
                "inputEnabled": true, "outputEnabled": true}])
        );
    }

    #[test]
    fn filters_and_modalities_come_back_in_another_order_and_words_do_not() {
        let filter = |kind| json!({"type": kind, "inputStrength": "LOW", "outputStrength": "NONE", "inputModalities": ["TEXT", "IMAGE"]});
        let read = read(&json!({
            "contentPolicyConfig": {"filtersConfig": [filter("HATE"), filter("SEXUAL"), filter("INSULTS")]},
            "wordPolicyConfig": {"wordsConfig": [{"text": "b"}, {"text": "a", "inputEnabled": false}]},
        }));
        let kinds: Vec<_> = read["contentPolicy"]["filters"]
            .as_array()
            .expect("filters")
            .iter()
            .map(|filter| &filter["type"])
            .collect();
        assert_ne!(kinds, ["HATE", "SEXUAL", "INSULTS"]);
        assert_eq!(read["contentPolicy"]["filters"][0]["inputModalities"], json!(["IMAGE", "TEXT"]));
        assert_eq!(read["wordPolicy"]["words"], json!([{"text": "b"}, {"text": "a", "inputEnabled": false}]));
    }
}
