//! `ApplyGuardrail`.

use serde_json::{Value, json};

use super::{apply, guardrail, versioned};
use crate::client::{Client, MEMBER, created, emulator};

fn text(text: &str) -> Value {
    json!({"source": "INPUT", "content": [{"text": {"text": text}}]})
}

#[tokio::test]
async fn the_answer_tells_action_outputs_and_by_whom() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = versioned(&client, &guardrail("one", "tulip")).await;
    let pass = apply(&client, &id, "1", &text("a rose")).await.ok(200);
    assert_eq!((&pass["action"], &pass["outputs"]), (&json!("NONE"), &json!([])));
    assert_eq!(pass["guardrailCoverage"], json!({"textCharacters": {"guarded": 6, "total": 6}}));
    let details = json!({
        "guardrailId": id, "guardrailVersion": "1", "guardrailArn": arn, "guardrailOrigin": ["REQUEST"],
        "guardrailOwnership": "SELF",
    });
    assert_eq!(pass["assessments"][0]["appliedGuardrailDetails"], details);
    assert_eq!(pass["assessments"][0]["invocationMetrics"]["usage"], pass["usage"]);
    assert_eq!((&pass["usage"]["wordPolicyUnits"], &pass["usage"]["topicPolicyUnits"]), (&json!(1), &json!(0)));

    let blocked = apply(&client, &arn, "DRAFT", &text("a Tulip")).await.ok(200);
    assert_eq!(blocked["action"], "GUARDRAIL_INTERVENED");
    assert_eq!(blocked["outputs"], json!([{"text": "one: no such question."}]));
    let word = json!({"match": "tulip", "action": "BLOCKED", "detected": true});
    assert_eq!(blocked["assessments"][0]["wordPolicy"], json!({"customWords": [word], "managedWordLists": []}));

    let texts = json!([{"text": {"text": "to a@b.co"}}, {"text": {"text": "nothing"}}]);
    let masked = json!({"source": "OUTPUT", "content": texts});
    let masked = apply(&client, &id, "1", &masked).await.ok(200);
    assert_eq!(masked["outputs"], json!([{"text": "to {EMAIL}"}, {"text": "nothing"}]));
    emulator.stop().await;
}

#[tokio::test]
async fn a_version_stays_as_it_was_published() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = versioned(&client, &guardrail("one", "tulip")).await;
    client.bedrock("PUT", &format!("/guardrails/{id}"), &guardrail("one", "rose")).await.ok(202);
    client.wait(1000).await;
    for (version, word, action) in [
        ("1", "tulip", "GUARDRAIL_INTERVENED"),
        ("1", "rose", "NONE"),
        ("DRAFT", "tulip", "NONE"),
        ("DRAFT", "rose", "GUARDRAIL_INTERVENED"),
    ] {
        let answer = apply(&client, &id, version, &text(word)).await.ok(200);
        assert_eq!(answer["action"], action, "{version} {word}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn what_cannot_be_applied_is_refused() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, arn) = created(&client, &guardrail("one", "tulip")).await;
    let hello = text("hello");
    apply(&client, &id, "1", &hello).await.refused(404, "ResourceNotFoundException");
    apply(&client, "nothere", "DRAFT", &hello).await.refused(404, "ResourceNotFoundException");
    apply(&client, "Not-An-Id", "DRAFT", &hello).await.refused(400, "ValidationException");
    apply(&client, &id, "0", &hello).await.refused(400, "ValidationException");
    apply(&client.region("eu-west-1"), &arn, "DRAFT", &hello).await.refused(400, "ValidationException");
    for body in [
        json!({"source": "INPUT"}),
        json!({"source": "SIDEWAYS", "content": []}),
        json!({"source": "INPUT", "content": [{}]}),
        json!({"source": "INPUT", "content": [{"text": {"text": "a"}, "image": {"format": "png", "source": {"bytes": "AA=="}}}]}),
        json!({"source": "INPUT", "content": [{"image": {"format": "gif", "source": {"bytes": "AA=="}}}]}),
        json!({"source": "INPUT", "content": [{"text": {"text": "a", "qualifiers": ["loud"]}}]}),
        json!({"source": "INPUT", "content": [], "outputScope": "SOME"}),
    ] {
        apply(&client, &id, "DRAFT", &body).await.refused(400, "ValidationException");
    }
    let fresh = client.bedrock("POST", "/guardrails", &guardrail("two", "tulip")).await.ok(202);
    let fresh = fresh["guardrailId"].as_str().expect("an id");
    apply(&client, fresh, "DRAFT", &hello).await.refused(400, "ValidationException");
    emulator.stop().await;
}

#[tokio::test]
async fn images_are_taken_and_counted() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let mut body = guardrail("one", "tulip");
    body["contentPolicyConfig"] = json!({"filtersConfig": [
        {"type": "HATE", "inputStrength": "HIGH", "outputStrength": "HIGH", "inputModalities": ["TEXT", "IMAGE"]},
    ]});
    let (id, _) = created(&client, &body).await;
    let image = json!({"image": {"format": "png", "source": {"bytes": "iVBORw0KGgo="}}});
    for (source, guarded) in [("INPUT", 2), ("OUTPUT", 0)] {
        let content = json!({"source": source, "content": [image, image]});
        let answer = apply(&client, &id, "DRAFT", &content).await.ok(200);
        assert_eq!(answer["guardrailCoverage"]["images"], json!({"guarded": guarded, "total": 2}), "{source}");
        assert_eq!(answer["usage"]["contentPolicyImageUnits"], json!(guarded), "{source}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn a_guardrail_of_another_account_needs_its_policy() {
    let emulator = emulator().await;
    let owner = Client::of(&emulator);
    let member = owner.account(MEMBER);
    let (_, arn) = versioned(&owner, &guardrail("one", "tulip")).await;
    apply(&member, &arn, "1", &text("a tulip")).await.refused(403, "AccessDeniedException");
    admit(&owner, &arn).await;
    let answer = apply(&member, &arn, "1", &text("a tulip")).await.ok(200);
    assert_eq!(answer["assessments"][0]["appliedGuardrailDetails"]["guardrailOwnership"], "CROSS_ACCOUNT");
    emulator.stop().await;
}

#[tokio::test]
async fn a_cross_region_guardrail_needs_the_policies_of_its_profile_in_every_destination() {
    let emulator = emulator().await;
    let owner = Client::of(&emulator);
    let member = owner.account(MEMBER);
    let mut body = guardrail("one", "tulip");
    body["crossRegionConfig"] = json!({"guardrailProfileIdentifier": "us.guardrail.v1:0"});
    let (_, arn) = versioned(&owner, &body).await;
    apply(&owner, &arn, "1", &text("hello")).await.ok(200);
    admit(&owner, &arn).await;
    for region in ["us-east-1", "us-east-2", "us-west-2"] {
        let refused = apply(&member, &arn, "1", &text("hello")).await.refused(403, "AccessDeniedException");
        assert!(refused.contains(&format!("{region}:111122223333:guardrail-profile/us.guardrail.v1:0")), "{refused}");
        let profile = format!("arn:aws:bedrock:{region}:111122223333:guardrail-profile/us.guardrail.v1:0");
        admit(&owner.region(region), &profile).await;
    }
    apply(&member, &arn, "1", &text("hello")).await.ok(200);
    emulator.stop().await;
}

/// Lets the whole organization apply a guardrail or use a profile.
pub(super) async fn admit(owner: &Client, arn: &str) {
    let actions: &[&str] = if arn.contains(":guardrail-profile/") {
        &["bedrock:ApplyGuardrail"]
    } else {
        &["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"]
    };
    let statement = json!({
        "Effect": "Allow", "Principal": "*", "Action": actions, "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}},
    });
    let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let body = json!({"resourceArn": arn, "resourcePolicy": document});
    owner.bedrock("POST", "/resource-policy", &body).await.ok(201);
}
