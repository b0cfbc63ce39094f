use proptest::prelude::*;

use super::*;
use crate::spec::sources::Sources;

/// A text as a node.
pub(super) fn node(text: &str) -> Node {
    let (sources, id) = Sources::one("case.json", text);
    parse(id, sources.text(id)).expect("a document")
}

fn codes(text: &str) -> Vec<&'static str> {
    let (sources, id) = Sources::one("case.json", text);
    let Looked { kinds: _, findings, faults } = document(id, sources.text(id), None);
    findings.diagnostics.iter().chain(&faults).map(|one| one.code.id()).collect()
}

#[test]
fn json_may_be_indented_with_tabs() {
    let text = "{\n\t\"Statement\": [\n\t\t{\t\"Effect\": \"Allow\", \"Action\": \"bedrock:Inv\\\"oke\tModel\",\n\t\"Resource\": \"*\"}]}";
    assert_eq!(spaced(text), text.replace('\t', " ").replace("oke Model", "oke\tModel"));
    assert_eq!(
        codes(
            "{\n\t\"Statement\": [\n\t\t{\"Effect\": \"Allow\",\n\t\t\"Action\": \"bedrock:*\", \"Resource\": \"arn:aws:bedrock:us-east-1:1:guardrail/a\"}]}"
        ),
        ["L0101"]
    );
}

#[test]
fn what_is_no_document_is_a_fault() {
    for (text, code) in [("", "E0004"), ("{", "E0101"), ("{\"a\": 1, \"a\": 2}", "E0102"), ("{\"a\": 1}", "E0801")] {
        assert_eq!(codes(text), [code], "{text}");
    }
}

#[test]
fn findings_know_their_path() {
    let text = r#"{"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "bedrock:Converse"], "Resource": "arn:aws:s3:::b"}]}"#;
    let (sources, id) = Sources::one("case.json", text);
    let findings = document(id, sources.text(id), None).findings;
    assert_eq!(findings.paths.values().collect::<Vec<_>>(), ["Statement[0].Action[1]"]);
}

/// JSON whose keys and values are often those that rules look at.
fn json() -> impl Strategy<Value = serde_json::Value> {
    const WORDS: &[&str] = &[
        "Statement",
        "Effect",
        "Allow",
        "Deny",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "Principal",
        "AWS",
        "StringEquals",
        "ArnNotLike",
        "ForAnyValue:StringLike",
        "ForAllValues:StringEqualsIfExists",
        "Null",
        "true",
        "bedrock:GuardrailIdentifier",
        "aws:PrincipalOrgID",
        "aws:PrincipalArn",
        "bedrock:InvokeModel",
        "bedrock:Inv*",
        "*",
        "iam:*",
        "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:1",
        "arn:",
        "arn:::::",
        "bedrock",
        "guardrail_inference",
        "us-east-1",
        "config_1",
        "identifier",
        "@@assign",
        "model_enforcement",
        "included_models",
        "excluded_models",
        "contentPolicyConfig",
        "filtersConfig",
        "type",
        "PROMPT_ATTACK",
        "inputStrength",
        "NONE",
        "sensitive_information_policy",
        "pii_entities",
        "mode",
        "DETECT",
        "guardrailInferenceConfig",
        "guardrailsConfig",
        "PolicyDocument",
        "é\u{1f600}",
        "",
    ];
    let word = prop_oneof![8 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => ".{0,12}"];
    let leaf = prop_oneof![
        word.clone().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::btree_map(word.clone(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn lint_never_panics(mut value in json(), wrap in 0..4_usize) {
        // Deep inside of a document of each kind.
        value = match wrap {
            0 => serde_json::json!({"Statement": value}),
            1 => serde_json::json!({"bedrock": {"guardrail_inference": value}}),
            2 => serde_json::json!({"contentPolicyConfig": {"filtersConfig": value}, "topicPolicy": value}),
            _ => value,
        };
        let first = codes(&value.to_string());
        prop_assert_eq!(first, codes(&value.to_string()));
    }

    #[test]
    fn no_text_makes_lint_panic(text in ".{0,200}") {
        codes(&text);
    }
}
