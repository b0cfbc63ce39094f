//! The rules of guardrails that the service's model does not declare, in the service's words where somebody has seen them.

use serde_json::{Value, json};

use crate::client::{Client, created, emulator, guardrail};

const STANDARD: &str =
    "Can't configure guardrail policy tier. Enable cross-Region inference for your guardrail to use Standard tier.";
const FOREIGN_PROFILE: &str = "Guardrail cross-Region profile ID is invalid. Specify a guardrail profile ID that's supported in your current AWS Region";

/// A guardrail with these policies and no others.
fn with(policies: &Value) -> Value {
    let mut body = json!({"name": "one", "blockedInputMessaging": "No.", "blockedOutputsMessaging": "No."});
    body.as_object_mut().expect("an object").extend(policies.as_object().expect("an object").clone());
    body
}

fn filters(kinds: &[(&str, &str, &str)]) -> Value {
    let filters = kinds
        .iter()
        .map(|(kind, input, output)| json!({"type": kind, "inputStrength": input, "outputStrength": output}));
    json!({"contentPolicyConfig": {"filtersConfig": filters.collect::<Vec<_>>()}})
}

fn topics(names: &[&str], definition: &str) -> Value {
    let topics = names.iter().map(|name| json!({"name": name, "definition": definition, "type": "DENY"}));
    json!({"topicPolicyConfig": {"topicsConfig": topics.collect::<Vec<_>>()}})
}

fn words(texts: &[&str]) -> Value {
    json!({"wordPolicyConfig": {"wordsConfig": texts.iter().map(|text| json!({"text": text})).collect::<Vec<_>>()}})
}

fn regexes(named: &[(&str, &str)]) -> Value {
    let regexes = named.iter().map(|(name, pattern)| json!({"name": name, "pattern": pattern, "action": "BLOCK"}));
    json!({"sensitiveInformationPolicyConfig": {"regexesConfig": regexes.collect::<Vec<_>>()}})
}

fn entities(kinds: &[&str]) -> Value {
    let entities = kinds.iter().map(|kind| json!({"type": kind, "action": "BLOCK"}));
    json!({"sensitiveInformationPolicyConfig": {"piiEntitiesConfig": entities.collect::<Vec<_>>()}})
}

fn grounding(kinds: &[(&str, f64)]) -> Value {
    let filters = kinds.iter().map(|(kind, threshold)| json!({"type": kind, "threshold": threshold}));
    json!({"contextualGroundingPolicyConfig": {"filtersConfig": filters.collect::<Vec<_>>()}})
}

fn reasoning() -> Value {
    let policy = "arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/abcdefghijkl:1";
    json!({"automatedReasoningPolicyConfig": {"policies": [policy]}})
}

/// The same with a tier, and with a guardrail profile.
fn in_tier(mut policies: Value, policy: &str, tier: &str, profile: Option<&str>) -> Value {
    policies[policy]["tierConfig"] = json!({"tierName": tier});
    if let Some(profile) = profile {
        policies["crossRegionConfig"] = json!({"guardrailProfileIdentifier": profile});
    }
    policies
}

fn topics_in(tier: &str, length: usize, profile: Option<&str>) -> Value {
    in_tier(topics(&["t"], &"d".repeat(length)), "topicPolicyConfig", tier, profile)
}

/// Policies, and the message that refuses them; empty where they are taken.
fn rows() -> Vec<(Value, &'static str)> {
    let us = Some("us.guardrail.v1:0");
    let mut with_profile = reasoning();
    with_profile["crossRegionConfig"] = json!({"guardrailProfileIdentifier": "us.guardrail.v1:0"});
    vec![
        (json!({}), "Guardrail must have at least one policy"),
        (filters(&[("HATE", "LOW", "NONE"), ("INSULTS", "NONE", "NONE")]), ""),
        (filters(&[("HATE", "NONE", "NONE")]), "At least one content filter strength must be set to not NONE."),
        (filters(&[("PROMPT_ATTACK", "HIGH", "NONE")]), ""),
        (
            filters(&[("PROMPT_ATTACK", "HIGH", "LOW")]),
            "PROMPT ATTACK content filter strength for response must be NONE",
        ),
        (filters(&[("HATE", "LOW", "LOW"), ("HATE", "HIGH", "LOW")]), "Content filter types cannot have duplicates"),
        (topics(&["a", "b"], "d"), ""),
        (topics(&["a", "a"], "d"), "Topic policy topic names are not unique"),
        (topics_in("CLASSIC", 200, None), ""),
        (
            topics_in("CLASSIC", 201, None),
            "One or more of your guardrail topic definitions exceeds the maximum allowed length",
        ),
        (topics_in("STANDARD", 1000, us), ""),
        (topics_in("STANDARD", 10, None), STANDARD),
        (in_tier(filters(&[("HATE", "LOW", "LOW")]), "contentPolicyConfig", "STANDARD", None), STANDARD),
        (in_tier(filters(&[("HATE", "LOW", "LOW")]), "contentPolicyConfig", "STANDARD", us), ""),
        (topics_in("CLASSIC", 10, Some("eu.guardrail.v1:0")), FOREIGN_PROFILE),
        (words(&["Tulip", "rose"]), ""),
        (words(&["Tulip", "tuLIP"]), "Custom words cannot have case-insensitive duplicates"),
        (
            json!({"wordPolicyConfig": {"managedWordListsConfig": [{"type": "PROFANITY"}, {"type": "PROFANITY"}]}}),
            "Managed words cannot have duplicates",
        ),
        (entities(&["EMAIL", "EMAIL"]), "The PII entity configs cannot have duplicates"),
        (regexes(&[("a", "x"), ("a", "y")]), "All regex names must be unique"),
        (regexes(&[("a", "x"), ("b", "x")]), "All regex patterns must be unique"),
        (regexes(&[("a", "(?<=x)(")]), ""),
        (json!({"sensitiveInformationPolicyConfig": {}}), ""),
        (grounding(&[("GROUNDING", 0.99), ("RELEVANCE", 0.0)]), ""),
        (grounding(&[("GROUNDING", 1.0)]), "grounding threshold cannot be greater than or equal to 1"),
        (
            grounding(&[("GROUNDING", 0.5), ("GROUNDING", 0.6)]),
            "Contextual grounding filter types cannot have duplicates",
        ),
        (reasoning(), "To use Automated Reasoning checks, your guardrail must have a cross-Region inference profile"),
        (with_profile, ""),
    ]
}

#[tokio::test]
async fn each_is_told_in_the_services_words_at_creation_and_at_an_update() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = created(&client, &guardrail("updated")).await;
    for (policies, message) in rows() {
        let body = with(&policies);
        for (method, path) in [("POST", "/guardrails".to_owned()), ("PUT", format!("/guardrails/{id}"))] {
            let answer = client.bedrock(method, &path, &body).await;
            if message.is_empty() {
                answer.ok(202);
            } else {
                assert_eq!(answer.refused(400, "ValidationException"), message, "{method} {policies}");
            }
            client.wait(1000).await;
        }
    }
    emulator.stop().await;
}

#[tokio::test]
async fn the_standard_tier_is_not_everywhere() {
    let emulator = emulator().await;
    let client = Client::of(&emulator).region("sa-east-1");
    let standard = topics_in("STANDARD", 10, Some("us.guardrail.v1:0"));
    let message = client.bedrock("POST", "/guardrails", &with(&standard)).await.refused(400, "ValidationException");
    assert!(message.contains("isn't supported in your current AWS Region"), "{message}");
    client.bedrock("POST", "/guardrails", &with(&topics_in("CLASSIC", 10, None))).await.ok(202);
    emulator.stop().await;
}

#[tokio::test]
async fn what_names_a_key_or_a_profile_comes_back_in_one_form() {
    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const PROFILE: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail-profile/us.guardrail.v1:0";
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let read = async |field: &str, value: Value| {
        let mut body = guardrail("one");
        body[field] = value;
        let (id, _) = created(&client, &body).await;
        client.bedrock("GET", &format!("/guardrails/{id}"), &json!({})).await.ok(200)
    };
    for key in [KEY, "1234abcd-12ab-34cd-56ef-1234567890ab"] {
        assert_eq!(read("kmsKeyId", json!(key)).await["kmsKeyArn"], KEY, "{key}");
    }
    let alias = read("kmsKeyId", json!("alias/guardrails")).await["kmsKeyArn"].clone();
    assert!(alias.as_str().is_some_and(|arn| arn.starts_with("arn:aws:kms:us-east-1:111122223333:key/")), "{alias}");
    let by_arn = read("kmsKeyId", json!("arn:aws:kms:us-east-1:111122223333:alias/guardrails")).await;
    assert_eq!(by_arn["kmsKeyArn"], alias);
    for profile in [PROFILE, "us.guardrail.v1:0"] {
        let made = read("crossRegionConfig", json!({"guardrailProfileIdentifier": profile})).await;
        let details = json!({"guardrailProfileId": "us.guardrail.v1:0", "guardrailProfileArn": PROFILE});
        assert_eq!(made["crossRegionDetails"], details, "{profile}");
    }
    for wrong in ["alias", "1234", "arn:aws:kms:us-east-1:111122223333:key/1234"] {
        let mut body = guardrail("one");
        body["kmsKeyId"] = json!(wrong);
        client.bedrock("POST", "/guardrails", &body).await.refused(400, "ValidationException");
    }
    emulator.stop().await;
}
