//! Guardrails that an account or the organization enforces, alone and together with others.

use bedrail_localstack::Emulator;
use serde_json::{Value, json};

use super::apply::admit;
use super::{CLAUDE, NOVA, converse, guardrail, invoke, said, says, says_under, versioned};
use crate::client::{Client, MEMBER, emulator, published};

/// Enforces version 1 of a guardrail on the client's own account.
pub(super) async fn enforce(client: &Client, identifier: &str, settings: &Value) {
    let mut config = json!({"guardrailIdentifier": identifier, "guardrailVersion": "1"});
    config.as_object_mut().expect("object").extend(settings.as_object().expect("object").clone());
    client.wait(1000).await;
    let body = json!({ "guardrailInferenceConfig": config });
    client.bedrock("PUT", "/enforcedGuardrailsConfiguration", &body).await.ok(200);
}

/// Makes the organization enforce what the settings name, everywhere.
pub(super) async fn enforce_everywhere(client: &Client, settings: &Value) {
    let document = json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": settings}}}});
    let call = async |operation: &str, input: Value| client.organizations(operation, &input).await.ok(200);
    call("EnablePolicyType", json!({"RootId": "r-sand", "PolicyType": "BEDROCK_POLICY"})).await;
    client.wait(1000).await;
    let policy = json!({"Name": "all", "Description": "", "Type": "BEDROCK_POLICY", "Content": document.to_string()});
    let made = call("CreatePolicy", policy).await;
    let id = made["Policy"]["PolicySummary"]["Id"].clone();
    call("AttachPolicy", json!({"PolicyId": id, "TargetId": "r-sand"})).await;
    client.wait(1000).await;
}

pub(super) fn identifier(arn: &str, version: &str) -> Value {
    json!({"identifier": {"@@assign": format!("{arn}:{version}")}})
}

/// By guardrail, where an assessment says that it comes from.
fn origins(answer: &Value, id: &str) -> Value {
    answer["trace"]["guardrail"]["inputAssessment"][id]["appliedGuardrailDetails"]["guardrailOrigin"].clone()
}

async fn start() -> (Emulator, Client, Client) {
    let emulator = emulator().await;
    let owner = Client::of(&emulator);
    let member = owner.account(MEMBER);
    (emulator, owner, member)
}

#[tokio::test]
async fn an_account_guards_all_its_calls() {
    let (emulator, client, other) = start().await;
    let (id, _) = versioned(&client, &guardrail("own", "tulip")).await;
    enforce(&client, &id, &json!({})).await;
    let answer = converse(&client, NOVA, &says("a tulip")).await.ok(200);
    assert_eq!((said(&answer), origins(&answer, &id)), ("own: no such question.", json!(["ACCOUNT_ENFORCED"])));
    let body = json!({"messages": [{"role": "user", "content": "to a@b.co"}]});
    let answer = invoke(&client, CLAUDE, &[], &body).await.ok(200);
    assert_eq!(
        (&answer["content"][0]["text"], &answer["amazon-bedrock-guardrailAction"]),
        (&json!("to {EMAIL}"), &json!("INTERVENED"))
    );
    for free in [&other, &client.region("us-east-2")] {
        let answer = converse(free, CLAUDE, &says("a tulip")).await.ok(200);
        assert_eq!((said(&answer), answer.get("trace")), ("a tulip", None));
    }
    emulator.stop().await;
}

#[tokio::test]
async fn the_organization_guards_the_calls_of_its_accounts() {
    let (emulator, owner, member) = start().await;
    let (id, arn) = versioned(&owner, &guardrail("common", "tulip")).await;
    admit(&owner, &arn).await;
    enforce_everywhere(&owner, &identifier(&arn, "1")).await;
    for (client, ownership) in [(&member, "CROSS_ACCOUNT"), (&owner, "SELF")] {
        let answer = converse(client, NOVA, &says("a tulip")).await.ok(200);
        assert_eq!(
            (said(&answer), origins(&answer, &id)),
            ("common: no such question.", json!(["ORGANIZATION_ENFORCED"]))
        );
        let details = &answer["trace"]["guardrail"]["inputAssessment"][&id]["appliedGuardrailDetails"];
        assert_eq!(details["guardrailOwnership"], ownership);
    }
    let elsewhere = converse(&member.region("us-west-2"), CLAUDE, &says("a tulip")).await.ok(200);
    assert_eq!(said(&elsewhere), "a tulip");
    emulator.stop().await;
}

#[tokio::test]
async fn all_levels_apply_together_and_the_strictest_verdict_counts() {
    let (emulator, owner, member) = start().await;
    let (common, arn) = versioned(&owner, &guardrail("common", "tulip")).await;
    admit(&owner, &arn).await;
    enforce_everywhere(&owner, &identifier(&arn, "1")).await;
    let (own, _) = versioned(&member, &guardrail("own", "rose")).await;
    enforce(&member, &own, &json!({})).await;
    let (mine, _) = versioned(&member, &guardrail("mine", "daisy")).await;
    for (text, shown) in [
        ("hello", "hello"),
        ("a tulip", "common: no such question."),
        ("a rose", "own: no such question."),
        ("a daisy", "mine: no such question."),
        ("a daisy, a rose, a tulip", "mine: no such question."),
        ("to a@b.co", "to {EMAIL}"),
        ("a rose to a@b.co", "own: no such question."),
    ] {
        let answer = converse(&member, NOVA, &says_under(text, &mine, "1")).await.ok(200);
        assert_eq!(said(&answer), shown, "{text}");
        let found = [&mine, &own, &common].map(|id| origins(&answer, id)[0].clone());
        assert_eq!(found, ["REQUEST", "ACCOUNT_ENFORCED", "ORGANIZATION_ENFORCED"], "{text}");
    }
    let answer = converse(&member, NOVA, &says_under("hello", &own, "1")).await.ok(200);
    assert_eq!(origins(&answer, &own), json!(["REQUEST", "ACCOUNT_ENFORCED"]), "one guardrail of two origins");
    emulator.stop().await;
}

#[tokio::test]
async fn models_can_be_left_out() {
    let (emulator, client, _) = start().await;
    let (id, _) = versioned(&client, &guardrail("own", "tulip")).await;
    let micro = "amazon.nova-micro-v1:0";
    for (included, excluded, guarded) in [
        (json!(["ALL"]), json!([NOVA]), [false, true, true]),
        (json!([NOVA]), json!([]), [true, false, false]),
        (json!(["ALL"]), json!([]), [true, true, true]),
    ] {
        enforce(&client, &id, &json!({"modelEnforcement": {"includedModels": included, "excludedModels": excluded}}))
            .await;
        for (model, want) in [NOVA, micro, "us.amazon.nova-lite-v1:0"].into_iter().zip(guarded) {
            let answer = converse(&client, model, &says("a tulip")).await.ok(200);
            assert_eq!(answer["stopReason"] == "guardrail_intervened", want, "{included} {excluded} {model}");
        }
    }
    emulator.stop().await;
}

/// The user guide's table of guarding modes, row by row, for the system prompt and for messages.
#[tokio::test]
async fn guarding_is_selective_or_comprehensive() {
    let (emulator, client, _) = start().await;
    let (id, _) = versioned(&client, &guardrail("own", "tulip")).await;
    let (plain, tagged) = (json!({"text": "a tulip"}), json!({"guardContent": {"text": {"text": "a tulip"}}}));
    let (fine, fine_tagged) = (json!({"text": "fine"}), json!({"guardContent": {"text": {"text": "fine"}}}));
    // The mode, then the blocks, then whether the word is met in the system prompt and in the messages.
    for (mode, blocks, in_system, in_messages) in [
        ("COMPREHENSIVE", vec![&plain], true, true),
        ("COMPREHENSIVE", vec![&plain, &fine_tagged], true, true),
        ("COMPREHENSIVE", vec![&tagged, &fine], true, true),
        ("SELECTIVE", vec![&plain, &fine_tagged], false, false),
        ("SELECTIVE", vec![&tagged, &fine], true, true),
        ("SELECTIVE", vec![&plain], false, true),
    ] {
        for (place, want) in [("system", in_system), ("messages", in_messages)] {
            let settings = json!({"selectiveContentGuarding": {"system": "COMPREHENSIVE", "messages": "COMPREHENSIVE", place: mode}});
            enforce(&client, &id, &settings).await;
            let mut body = says("fine");
            if place == "system" {
                body["system"] = json!(blocks);
            } else {
                // The answer is always examined, so what the user says last is harmless.
                body["messages"] = json!([
                    {"role": "user", "content": blocks}, {"role": "assistant", "content": [fine]}, {"role": "user", "content": [fine]},
                ]);
            }
            let answer = converse(&client, NOVA, &body).await.ok(200);
            assert_eq!(answer["stopReason"] == "guardrail_intervened", want, "{mode} {place} {body}");
        }
    }
    emulator.stop().await;
}

#[tokio::test]
async fn tags_in_a_body_are_honoured_where_guarding_is_selective() {
    let (emulator, client, _) = start().await;
    let mut body = guardrail("own", "tulip");
    body["wordPolicyConfig"]["wordsConfig"][0]["outputEnabled"] = json!(false);
    let (id, _) = versioned(&client, &body).await;
    let name = "amazon-bedrock-guardrails-guardContent_x1";
    let text = format!("a tulip <{name}>fine</{name}>");
    for (mode, action) in [("SELECTIVE", "NONE"), ("COMPREHENSIVE", "INTERVENED")] {
        enforce(&client, &id, &json!({"selectiveContentGuarding": {"messages": mode}})).await;
        let mut body = json!({"messages": [{"role": "user", "content": text}]});
        for config in [json!(null), json!({"tagSuffix": "x1"})] {
            body["amazon-bedrock-guardrailConfig"] = config;
            let answer = invoke(&client, CLAUDE, &[], &body).await.ok(200);
            assert_eq!(answer["amazon-bedrock-guardrailAction"], action, "{mode}");
        }
    }
    emulator.stop().await;
}

#[tokio::test]
async fn inference_fails_where_an_enforced_guardrail_cannot_be_applied() {
    let (emulator, owner, member) = start().await;
    let (_, arn) = versioned(&owner, &guardrail("common", "tulip")).await;
    enforce_everywhere(&owner, &identifier(&arn, "2")).await;
    let ask = async |client: &Client| converse(client, NOVA, &says("hello")).await;
    let message = ask(&member).await.refused(403, "AccessDeniedException");
    assert!(message.contains("bedrock:ApplyGuardrail"), "no resource policy: {message}");
    admit(&owner, &arn).await;
    let message = ask(&member).await.refused(400, "ValidationException");
    assert!(message.contains(&format!("{arn}:2")), "no such version: {message}");
    ask(&owner).await.refused(400, "ValidationException");
    published(&owner, arn.rsplit('/').next().expect("an id")).await;
    ask(&member).await.ok(200);
    emulator.stop().await;
}

#[tokio::test]
async fn automated_reasoning_cannot_be_enforced() {
    let (emulator, client, _) = start().await;
    let mut body = guardrail("own", "tulip");
    body["crossRegionConfig"] = json!({"guardrailProfileIdentifier": "us.guardrail.v1:0"});
    let policy = "arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/abcdefghijkl:1";
    body["automatedReasoningPolicyConfig"] = json!({"policies": [policy]});
    let (id, _) = versioned(&client, &body).await;
    converse(&client, NOVA, &says_under("hello", &id, "1")).await.ok(200);
    enforce(&client, &id, &json!({})).await;
    let message = converse(&client, NOVA, &says("hello")).await.refused(400, "ValidationException");
    assert!(message.contains("automated reasoning"), "{message}");
    emulator.stop().await;
}

#[tokio::test]
async fn the_organization_enforces_only_guardrails_of_the_management_account() {
    let (emulator, client, member) = start().await;
    let (id, arn) = versioned(&member, &guardrail("own", "tulip")).await;
    enforce_everywhere(&client, &identifier(&arn, "1")).await;
    let message = converse(&member, NOVA, &says("hello")).await.refused(400, "ValidationException");
    assert!(message.contains("management account"), "{message}");
    let entries = client.control("GET", "timeline", &json!({})).await.ok(200);
    let last = entries.as_array().and_then(|entries| entries.last()).expect("an entry");
    let scope = last["scopes"].as_array().expect("scopes").iter().find(|scope| scope["account"] == MEMBER);
    assert_eq!(scope.map(|scope| &scope["inference"]), Some(&json!("invalid")), "{last}");
    // The account itself may enforce it.
    client.organizations("DetachPolicy", &attachment(&client).await).await.ok(200);
    client.wait(1000).await;
    enforce(&member, &id, &json!({})).await;
    converse(&member, NOVA, &says("hello")).await.ok(200);
    emulator.stop().await;
}

/// The one Bedrock policy at the root.
async fn attachment(client: &Client) -> Value {
    let input = json!({"TargetId": "r-sand", "Filter": "BEDROCK_POLICY"});
    let listed = client.organizations("ListPoliciesForTarget", &input).await.ok(200);
    json!({"PolicyId": listed["Policies"][0]["Id"], "TargetId": "r-sand"})
}
