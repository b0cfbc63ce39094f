//! Whether a text may be the document of a policy.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::errors::{constraint, malformed_document};
use super::inheritance::{Element, Fault};
use super::policy_type::PolicyType;
use super::{authorization_policy, bedrock_policy};
use crate::error::ApiError;

/// Length first, then syntax. White space counts, for what the API gets is stored to the character.
pub(super) fn check(policy_type: PolicyType, content: &str) -> Result<(), ApiError> {
    let most = policy_type.document_characters();
    if content.chars().count() > most {
        let message =
            format!("You have exceeded the maximum policy size: the document has more than {most} characters.");
        return Err(constraint("POLICY_CONTENT_LIMIT_EXCEEDED", message));
    }
    judge(policy_type, content).map_err(|Fault { path, what }| {
        let place = if path.is_empty() { String::new() } else { format!("{} ", path.join(".")) };
        malformed_document(&format!("{place}{what}"))
    })
}

fn judge(policy_type: PolicyType, content: &str) -> Result<(), Fault> {
    // The guide's "More than one Statement element" for the types that authorize; inferred for the others.
    serde_json::from_str::<KeysOnce>(content).map_err(|error| not_json(&error))?;
    match policy_type {
        PolicyType::ServiceControlPolicy | PolicyType::ResourceControlPolicy => {
            authorization_policy::check(policy_type, content)
        }
        PolicyType::BedrockPolicy => bedrock_policy::check(&Element::parse(content)?),
        _ => {
            let document = Element::parse(content)?;
            match policy_type.top_level_key().map(|key| (key, document.children.keys().find(|child| *child != key))) {
                Some((key, Some(other))) => Err(Fault::at(&[other], format!("is not known here, {key} is"))),
                _ => Ok(()),
            }
        }
    }
}

fn not_json(error: &serde_json::Error) -> Fault {
    let nowhere: &[&str] = &[];
    Fault::at(nowhere, format!("the document is not valid JSON: {error}"))
}

/// Any JSON in which no object names a key twice; a plain `Value` would keep the last of them in silence.
struct KeysOnce;

impl<'de> Deserialize<'de> for KeysOnce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for KeysOnce {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some((key, Self)) = map.next_entry::<String, Self>()? {
            if let Some(twice) = seen.replace(key) {
                return Err(A::Error::custom(format!("the key {twice} is there twice")));
            }
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(policy_type: PolicyType, content: &str) -> Result<(), (String, String)> {
        check(policy_type, content).map_err(|refusal| (refusal.code, refusal.message))
    }

    #[test]
    fn a_key_is_named_once() {
        let once = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"a:b","Resource":"*"}}"#;
        assert_eq!(verdict(PolicyType::ServiceControlPolicy, once), Ok(()));
        let rows = [
            once.replace(r#""Effect""#, r#""Effect":"Allow","Effect""#),
            once.replace(r#""Statement""#, r#""Statement":[],"Statement""#),
            format!("{once}{once}"),
        ];
        for twice in rows {
            let (code, message) = verdict(PolicyType::ServiceControlPolicy, &twice).expect_err(&twice);
            assert!(code == "MalformedPolicyDocumentException" && message.contains("not valid JSON"), "{message}");
        }
    }

    #[test]
    fn characters_count_and_not_bytes() {
        let content = |length: usize| {
            let short = json!({"services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}}).to_string();
            let long = short.replace("optOut", &"é".repeat(length - short.chars().count() + "optOut".len()));
            assert_eq!(long.chars().count(), length);
            long
        };
        assert_eq!(verdict(PolicyType::AiservicesOptOutPolicy, &content(2_500)), Ok(()));
        let (code, _) = verdict(PolicyType::AiservicesOptOutPolicy, &content(2_501)).expect_err("too long");
        assert_eq!(code, "ConstraintViolationException");
    }

    #[test]
    fn each_type_has_its_own_top_level_key() {
        let rows = [
            (PolicyType::TagPolicy, "tags"),
            (PolicyType::BackupPolicy, "plans"),
            (PolicyType::AiservicesOptOutPolicy, "services"),
            (PolicyType::ChatbotPolicy, "chatbots"),
            (PolicyType::DeclarativePolicyEc2, "ec2_attributes"),
            (PolicyType::SecurityhubPolicy, "securityhub"),
            (PolicyType::InspectorPolicy, "inspector"),
            (PolicyType::UpgradeRolloutPolicy, "upgrade_rollout"),
            (PolicyType::S3Policy, "s3_attributes"),
        ];
        for (policy_type, key) in rows {
            let document = |key: &str| json!({key: {"a": {"@@assign": "b"}}}).to_string();
            assert_eq!(verdict(policy_type, &document(key)), Ok(()), "{key}");
            let (code, message) = verdict(policy_type, &document("bedrock")).expect_err(key);
            assert!(code == "MalformedPolicyDocumentException" && message.contains(key), "{message}");
        }
        assert_eq!(verdict(PolicyType::GuarddutyPolicy, r#"{"any":{"a":{"@@assign":"b"}}}"#), Ok(()));
    }
}
