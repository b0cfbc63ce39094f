//! `Converse` under the guardrail of the request.

use serde_json::{Value, json};

use super::{CLAUDE, NOVA, converse, guardrail, said, says, says_under, versioned};
use crate::client::{Client, emulator};

#[tokio::test]
async fn the_toy_model_says_what_the_user_said_last() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let body = json!({
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"text": "one"}]},
            {"role": "assistant", "content": [{"text": "two"}]},
            {"role": "user", "content": [{"text": "three "}, {"guardContent": {"text": {"text": "four"}}}]},
        ],
    });
    let profile = format!("arn:aws:bedrock:us-east-1:111122223333:inference-profile/{CLAUDE}");
    for model in [NOVA, CLAUDE, "deepseek.v3.2", &profile] {
        let answer = converse(&client, model, &body).await.ok(200);
        assert_eq!(said(&answer), "three four", "{model}");
        assert_eq!((&answer["stopReason"], answer.get("trace")), (&json!("end_turn"), None));
        assert_eq!(answer["usage"], json!({"inputTokens": 8, "outputTokens": 3, "totalTokens": 11}));
    }
    emulator.stop().await;
}

#[tokio::test]
async fn a_guardrail_acts_before_and_after_the_model() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let mut body = guardrail("one", "tulip");
    body["wordPolicyConfig"]["wordsConfig"] = json!([{"text": "tulip"}, {"text": "rose", "inputEnabled": false}]);
    let (id, arn) = versioned(&client, &body).await;
    let ask = async |text: &str| converse(&client, NOVA, &says_under(text, &id, "1")).await.ok(200);

    let pass = ask("hello").await;
    assert_eq!((said(&pass), &pass["stopReason"]), ("hello", &json!("end_turn")));
    let trace = &pass["trace"]["guardrail"];
    assert_eq!(trace["inputAssessment"][&id]["appliedGuardrailDetails"]["guardrailArn"], json!(arn));
    assert_eq!(trace["outputAssessments"][&id].as_array().map(Vec::len), Some(1));
    assert_eq!((trace.get("modelOutput"), &trace["actionReason"]), (None, &json!("No action.")));

    let input = ask("a tulip").await;
    assert_eq!((said(&input), &input["stopReason"]), ("one: no such question.", &json!("guardrail_intervened")));
    assert_eq!(input["usage"], json!({"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}));
    assert!(input["trace"]["guardrail"].get("outputAssessments").is_none(), "the model was not asked");

    let output = ask("a rose").await;
    assert_eq!((said(&output), &output["stopReason"]), ("one: no such answer.", &json!("guardrail_intervened")));
    assert_eq!(output["trace"]["guardrail"]["modelOutput"], json!(["a rose"]));

    let masked = ask("write to a@b.co").await;
    assert_eq!((said(&masked), &masked["stopReason"]), ("write to {EMAIL}", &json!("guardrail_intervened")));
    assert_eq!(masked["trace"]["guardrail"]["actionReason"], "Guardrail masked.");
    emulator.stop().await;
}

#[tokio::test]
async fn the_trace_is_told_when_asked_for() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = versioned(&client, &guardrail("one", "tulip")).await;
    for (trace, told, entities) in [("disabled", false, 0), ("enabled", true, 0), ("enabled_full", true, 1)] {
        let mut body = says_under("hello", &id, "1");
        body["guardrailConfig"]["trace"] = json!(trace);
        let answer = converse(&client, NOVA, &body).await.ok(200);
        assert_eq!(answer.get("trace").is_some(), told, "{trace}");
        let assessed = &answer["trace"]["guardrail"]["inputAssessment"][&id]["sensitiveInformationPolicy"];
        assert_eq!(assessed["piiEntities"].as_array().map_or(0, Vec::len), entities, "{trace}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn marked_parts_are_what_the_guardrail_of_a_request_examines() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = versioned(&client, &guardrail("one", "tulip")).await;
    let (plain, marked) = (json!({"text": "a tulip"}), json!({"guardContent": {"text": {"text": "a tulip"}}}));
    let (fine, fine_marked) = (json!({"text": "fine"}), json!({"guardContent": {"text": {"text": "fine"}}}));
    for (system, messages, blocked) in [
        (&fine, vec![&plain], true),
        (&fine, vec![&marked], true),
        (&fine, vec![&plain, &fine_marked], false),
        (&plain, vec![&fine], false),
        (&marked, vec![&fine], true),
    ] {
        let mut body = says_under("", &id, "1");
        body["system"] = json!([system]);
        // The answer is always examined, so what the user says last is harmless.
        body["messages"] = json!([
            {"role": "user", "content": messages}, {"role": "assistant", "content": [fine]}, {"role": "user", "content": [fine]},
        ]);
        let answer = converse(&client, NOVA, &body).await.ok(200);
        assert_eq!(answer["stopReason"] == "guardrail_intervened", blocked, "{body}");
    }
    emulator.stop().await;
}

#[tokio::test]
async fn a_conversation_that_cannot_be_is_refused() {
    let emulator = emulator().await;
    let client = Client::of(&emulator);
    let (id, _) = versioned(&client, &guardrail("one", "tulip")).await;
    let with = |member: &str, value: Value| {
        let mut body = says("hello");
        body[member] = value;
        body
    };
    for (model, body, part) in [
        ("acme.model-v1", says("x"), "identifier is invalid"),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", says("x"), "on-demand throughput"),
        ("amazon.titan-embed-text-v2:0", says("x"), "doesn't support the model"),
        (NOVA, json!({}), "start with a user message"),
        (NOVA, with("messages", json!([{"role": "assistant", "content": []}])), "start with a user message"),
        (NOVA, with("messages", json!([{"role": "user", "content": [{}]}])), "exactly one"),
        (NOVA, with("inferenceConfig", json!({"temperature": 1.5})), "less than or equal to 1"),
        (NOVA, with("guardrailConfig", json!({"guardrailIdentifier": id})), "guardrail version"),
        (NOVA, with("guardrailConfig", json!({"guardrailVersion": "1"})), "guardrail identifier"),
        (NOVA, says_under("x", &id, "2"), "does not exist"),
        (NOVA, says_under("x", "nothere", "1"), "does not exist"),
    ] {
        let message = converse(&client, model, &body).await.refused(400, "ValidationException");
        assert!(message.contains(part), "{model} {body}: {message}");
    }
    emulator.stop().await;
}
