use serde_json::{Value, json};

use super::Direction::{Mixed, Neutral, Strengthens, Unranked, Weakens};
use super::*;
use crate::kinds::iam_policy::document::normal;
use crate::model::Shift;

fn policy(statements: &Value) -> Document {
    normal(Document::from(json!({"Version": "2012-10-17", "Statement": statements})))
}

fn deny(operator: &str, values: &[&str]) -> Value {
    json!({"Sid": "Deny", "Effect": "Deny", "Action": INVOKE, "Resource": "*", "Condition": {operator: {GUARDRAIL: values}}})
}

fn call(operator: &str, values: &[&str]) -> Value {
    json!({"Sid": "Call", "Effect": "Allow", "Action": INVOKE, "Resource": "model", "Condition": {operator: {GUARDRAIL: values}}})
}

fn apply(guardrails: &[&str]) -> Value {
    json!({"Sid": "Apply", "Effect": "Allow", "Action": APPLY, "Resource": guardrails})
}

fn required(guardrails: &[&str]) -> Value {
    let any: Vec<String> = guardrails.iter().map(|arn| format!("{arn}:*")).collect();
    let any: Vec<&str> = any.iter().map(String::as_str).collect();
    json!([call("ArnLike", &any), deny("ArnNotLike", &any), apply(guardrails)])
}

fn exactly(guardrail: &str, numbers: &[&str]) -> Value {
    let arns: Vec<String> = numbers.iter().map(|number| format!("{guardrail}:{number}")).collect();
    let arns: Vec<&str> = arns.iter().map(String::as_str).collect();
    json!([call("StringEquals", &arns), deny("StringNotEquals", &arns), apply(&[guardrail])])
}

#[test]
fn a_requirement_is_as_strict_as_it_frees_few() {
    let any = json!([call("Null", &["false"]), deny("Null", &["true"]), apply(&["*"])]);
    let other = json!([{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]);
    for (have, want, direction) in [
        (required(&["a"]), required(&["a"]), Neutral),
        (required(&["a"]), required(&["a", "b"]), Weakens),
        (required(&["a", "b"]), required(&["a"]), Strengthens),
        (required(&["a"]), required(&["b"]), Mixed),
        (required(&["a"]), any.clone(), Weakens),
        (any, required(&["a"]), Strengthens),
        (required(&["a"]), exactly("a", &["1"]), Strengthens),
        (exactly("a", &["1"]), required(&["a"]), Weakens),
        (exactly("a", &["1"]), exactly("a", &["1", "2"]), Neutral),
        (exactly("a", &["1"]), exactly("a", &["2"]), Neutral),
        (required(&["a"]), json!([call("ArnLike", &["a:*"]), apply(&["a"])]), Weakens),
        (json!([apply(&["a"])]), required(&["a"]), Mixed),
        (json!([apply(&["a"])]), json!([apply(&["b"])]), Neutral),
        (json!([apply(&["a"])]), other, Unranked),
    ] {
        assert_eq!(compare(Some(&policy(&have)), Some(&policy(&want))), direction, "{have} {want}");
    }
    let requirement = policy(&required(&["a"]));
    assert_eq!([compare(None, Some(&requirement)), compare(Some(&requirement), None)], [Strengthens, Weakens]);
    let grant = policy(&json!([apply(&["a"])]));
    assert_eq!([compare(None, Some(&grant)), compare(Some(&grant), None)], [Neutral, Neutral]);
    assert!(guards(&requirement) && !guards(&grant));
}

#[test]
fn what_is_let_through_more_and_less() {
    let shift = |have: &Value, want: &Value| {
        let Shift { adds, takes } = shift(&policy(have), &policy(want));
        (adds, takes)
    };
    for (have, want, told) in [
        (exactly("a", &["1"]), exactly("a", &["1"]), (false, false)),
        (exactly("a", &["1"]), exactly("a", &["1", "2"]), (true, false)),
        (exactly("a", &["1", "2"]), exactly("a", &["2"]), (false, true)),
        (exactly("a", &["1"]), exactly("a", &["2"]), (true, true)),
        (json!([apply(&["a"])]), json!([apply(&["b"])]), (true, true)),
        (json!([apply(&["a"])]), required(&["a"]), (true, true)),
        (required(&["a"]), json!([apply(&["a"])]), (true, true)),
    ] {
        assert_eq!(shift(&have, &want), told, "{have} {want}");
    }
}

#[test]
fn halfway_both_are_let_through_and_nothing_goes_undenied() {
    for (have, want) in [
        (exactly("a", &["1"]), exactly("a", &["2"])),
        (required(&["a"]), required(&["b"])),
        (json!([apply(&["a"])]), json!([apply(&["b"])])),
    ] {
        let (have, want) = (policy(&have), policy(&want));
        let middle = joined(&have, &want).expect("they can be joined");
        assert!(!shift(&have, &middle).takes && !shift(&middle, &want).adds, "{middle:?}");
        assert!(!shift(&want, &middle).takes, "{middle:?}");
        assert_eq!(guards(&middle), guards(&have));
    }
    let without = policy(&json!([apply(&["b"])]));
    assert_eq!(joined(&policy(&required(&["a"])), &without), None, "a denial that goes, goes at once");
    assert_eq!(joined(&policy(&exactly("a", &["1"])), &policy(&required(&["a"]))), None, "operators differ");
}
