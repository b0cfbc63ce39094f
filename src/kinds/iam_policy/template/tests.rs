use serde_json::json;

use super::*;
use crate::kinds::iam_policy::applying::{Applying, Sure, applying};
use crate::kinds::iam_policy::meaning;
use crate::model::{RemoteId, Template};

const ARN: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc";

fn guardrail(version: Option<&str>) -> Guardrails {
    let id = |text: String| Ref::Foreign(RemoteId::new(text));
    Guardrails::These(vec![Guardrail {
        arn: id(ARN.to_owned()),
        version: version.map(|number| id(format!("{ARN}:{number}"))),
        profiles: vec!["arn:aws:bedrock:us-west-2:111122223333:guardrail-profile/us.guardrail.v1:0".to_owned()],
    }])
}

fn with_place<R>(ask: impl FnOnce(&Place<'_>) -> R) -> R {
    let (partition, account) = (Partition::new("aws"), "111122223333".parse().expect("an account"));
    ask(&Place { partition: &partition, account: &account, regions: &[Region::new("us-east-1")] })
}

fn rendered(document: &Document) -> serde_json::Value {
    document.render(&|_| None).expect("nothing is referred to")
}

#[test]
fn a_guardrail_is_required_by_any_number_or_by_one() {
    let models = ["arn:aws:bedrock:us-east-1::foundation-model/m.n".to_owned()];
    let document = |version| with_place(|place| require_guardrail(&guardrail(version), &models, &[], place));
    let any = rendered(&document(None));
    let statement =
        |sid: &str| any["Statement"].as_array().and_then(|all| all.iter().find(|one| one["Sid"] == sid)).cloned();
    let (with, without) = (statement(WITH_GUARDRAIL), statement(WITHOUT_GUARDRAIL));
    assert_eq!(
        with.expect("an allowance")["Condition"],
        json!({"ArnLike": {"bedrock:GuardrailIdentifier": format!("{ARN}:*")}})
    );
    let without = without.expect("a denial");
    assert_eq!(without["Condition"], json!({"ArnNotLike": {"bedrock:GuardrailIdentifier": format!("{ARN}:*")}}));
    assert_eq!(without["Resource"], "*");
    let empty = statement(EMPTY_GUARDRAIL).expect("a denial");
    assert_eq!(empty["Condition"], json!({"StringEquals": {"bedrock:GuardrailIdentifier": ""}}));
    assert_eq!(empty["Effect"], "Deny");
    let one = rendered(&document(Some("3")));
    assert!(
        one.to_string().contains(&format!(r#"{{"StringNotEquals":{{"bedrock:GuardrailIdentifier":"{ARN}:3"}}}}"#)),
        "{one}"
    );
    let apply = statement("ApplyGuardrail").expect("an allowance");
    assert_eq!(apply["Resource"][0], ARN, "without a version");
    assert_eq!(apply["Resource"][1], "arn:aws:bedrock:us-west-2:111122223333:guardrail-profile/us.guardrail.v1:0");
    assert!(meaning::guards(&document(None)));
    let is_it = |resource: &Template| if *resource == Template::text(ARN) { Sure::Yes } else { Sure::No };
    assert_eq!(applying(&document(None), is_it), Applying { denied: Sure::No, allowed: Sure::Yes });
}

#[test]
fn models_that_need_none_are_spared() {
    let except = |models: &[&str]| {
        let models: Vec<String> = models.iter().map(|model| (*model).to_owned()).collect();
        with_place(|place| require_guardrail(&guardrail(None), &[], &models, place))
    };
    let document = rendered(&except(&["amazon.titan-embed-*"]));
    let statements = document["Statement"].as_array().expect("statements");
    let spared = json!([
        "arn:aws:bedrock:*:111122223333:inference-profile/*.amazon.titan-embed-*",
        "arn:aws:bedrock:*::foundation-model/amazon.titan-embed-*"
    ]);
    for one in statements.iter().filter(|one| one["Effect"] == "Deny") {
        assert_eq!((&one["NotResource"], &one["Resource"]), (&spared, &serde_json::Value::Null), "{one}");
    }
    assert!(statements.iter().any(|one| one["Sid"] == SPARED && one["Resource"] == spared), "{document}");
    let direction = |have: &[&str], want: &[&str]| meaning::compare(Some(&except(have)), Some(&except(want))).word();
    assert!(meaning::guards(&except(&["a.b"])));
    for (have, want, goes) in
        [(&[][..], &["a.b"][..], "weakens"), (&["a.b"], &[], "strengthens"), (&["a.b"], &["a.b", "c.d"], "weakens")]
    {
        assert_eq!(direction(have, want), goes, "{have:?} {want:?}");
    }
}

#[test]
fn some_guardrail_must_be_named() {
    let any = rendered(&with_place(|place| require_guardrail(&Guardrails::Any, &[], &[], place)));
    assert!(any.to_string().contains(r#"{"Null":{"bedrock:GuardrailIdentifier":"true"}}"#), "{any}");
}

#[test]
fn administrators_are_pinned_to_regions() {
    let document = rendered(&with_place(|place| manage_guardrails(&[], place)));
    let text = document.to_string();
    assert!(
        text.contains(r#"{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#) && !text.contains("kms:"),
        "{text}"
    );
    let keyed = rendered(&with_place(|place| manage_guardrails(&["key".to_owned()], place)));
    assert!(keyed.to_string().contains("kms:CreateGrant"));
}
