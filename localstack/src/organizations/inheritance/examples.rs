//! AWS's published inheritance examples 1–6, told with this policy type's settings, and the cases they leave open.

use serde_json::{Value, json};

use super::{Element, effective};

/// A document whose one configuration, in one Region, holds `settings`.
fn region(settings: &Value) -> Value {
    json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": settings}}}})
}

fn merge(chain: &[Vec<Value>]) -> Option<Value> {
    let parsed: Vec<Vec<Element>> = chain
        .iter()
        .map(|level| level.iter().map(|text| Element::parse(&text.to_string()).expect("a document")).collect())
        .collect();
    effective(&parsed.iter().map(|level| level.iter().collect()).collect::<Vec<_>>())
}

/// Levels of policies, each the settings of one configuration.
type Chain = Vec<Vec<Value>>;

fn check(name: &str, chain: &Chain, want: &Value) {
    let chain: Chain = chain.iter().map(|level| level.iter().map(region).collect()).collect();
    assert_eq!(merge(&chain), Some(region(want)), "{name}");
}

fn models(operator: &str, ids: &[&str]) -> Value {
    json!({"excluded_models": {operator: ids}})
}

#[test]
fn published_examples() {
    let a = json!({"identifier": {"@@assign": "a:1"}, "excluded_models": {"@@assign": ["dev", "support"]}});
    let locked = json!({
        "identifier": {"@@operators_allowed_for_child_policies": ["@@none"], "@@assign": "e:1"},
        "excluded_models": {"@@operators_allowed_for_child_policies": ["@@append"], "@@assign": ["x", "y"]},
    });
    let rows: [(&str, Chain, Value); 8] = [
        (
            "1: a child overwrites values and adds settings",
            vec![
                vec![a.clone()],
                vec![json!({"excluded_models": {"@@assign": ["s"]}, "included_models": {"@@assign": ["m"]}})],
            ],
            json!({"identifier": "a:1", "excluded_models": ["s"], "included_models": ["m"]}),
        ),
        (
            "2: append adds, also where nothing was inherited",
            vec![
                vec![a.clone()],
                vec![json!({"excluded_models": {"@@append": ["mkt"]}, "included_models": {"@@append": ["m"]}})],
            ],
            json!({"identifier": "a:1", "excluded_models": ["dev", "support", "mkt"], "included_models": ["m"]}),
        ),
        (
            "3: remove takes away what is there, and a list left without values vanishes",
            vec![
                vec![a.clone()],
                vec![json!({"excluded_models": {"@@append": ["mkt"]}, "included_models": {"@@append": ["m", "n"]}})],
                vec![
                    json!({"excluded_models": {"@@remove": ["dev", "mkt"]}, "included_models": {"@@remove": ["n", "m"]}}),
                ],
            ],
            json!({"identifier": "a:1", "excluded_models": ["support"]}),
        ),
        (
            "4: a forbidden operator is ignored, a permitted one in the same policy holds",
            vec![
                vec![locked.clone()],
                vec![json!({"identifier": {"@@assign": "f:1"}, "excluded_models": {"@@append": ["z"]}})],
            ],
            json!({"identifier": "e:1", "excluded_models": ["x", "y", "z"]}),
        ),
        (
            "5: restrictions of one node intersect, so append stays and remove goes",
            vec![
                vec![
                    json!({"excluded_models": {
                        "@@operators_allowed_for_child_policies": ["@@append"], "@@assign": ["m"]}}),
                    json!({"excluded_models": {"@@operators_allowed_for_child_policies": ["@@append", "@@remove"]}}),
                ],
                vec![json!({"excluded_models": {"@@append": ["n"], "@@remove": ["m"]}})],
            ],
            json!({"excluded_models": ["m", "n"]}),
        ),
        (
            "6: on one node the policy attached first wins",
            vec![vec![
                json!({"identifier": {"@@assign": "j:1"}, "excluded_models": {"@@append": ["m"]}}),
                json!({"identifier": {"@@assign": "k:1"}}),
            ]],
            json!({"identifier": "j:1", "excluded_models": ["m"]}),
        ),
        (
            "6, continued: appends of both hold, in order of attachment",
            vec![vec![models("@@append", &["m"]), models("@@append", &["n", "m"])]],
            json!({"excluded_models": ["m", "n"]}),
        ),
        (
            "4, continued: a restriction does not bind the other policies of its own node",
            vec![vec![locked, json!({"identifier": {"@@assign": "k:1"}, "excluded_models": {"@@remove": ["x"]}})]],
            json!({"identifier": "e:1", "excluded_models": ["x", "y"]}),
        ),
    ];
    for (name, chain, want) in rows {
        check(name, &chain, &want);
    }
}

#[test]
fn restrictions_by_place() {
    let none = json!(["@@none"]);
    let set = |identifier: &str| json!({"identifier": {"@@assign": identifier}});
    let at_setting = json!({"identifier": {"@@operators_allowed_for_child_policies": none, "@@assign": "a:1"}});
    let at_map = json!({"@@operators_allowed_for_child_policies": none, "identifier": {"@@assign": "a:1"}});
    let rows: [(&str, Chain, Value); 5] = [
        (
            "under a setting: the setting is fixed, new settings may come",
            vec![
                vec![at_setting.clone()],
                vec![json!({"identifier": {"@@assign": "b:1"}, "input_tags": {"@@assign": "honor"}})],
            ],
            json!({"identifier": "a:1", "input_tags": "honor"}),
        ),
        (
            "under a map: no new settings, those that are there may change",
            vec![
                vec![at_map.clone()],
                vec![json!({"identifier": {"@@assign": "b:1"}, "input_tags": {"@@assign": "honor"}})],
            ],
            json!({"identifier": "b:1"}),
        ),
        (
            "a child cannot loosen what is above it",
            vec![
                vec![at_setting],
                vec![json!({"identifier": {"@@operators_allowed_for_child_policies": ["@@all"]}})],
                vec![set("c:1")],
            ],
            json!({"identifier": "a:1"}),
        ),
        (
            "nor by an empty element under a closed map",
            vec![
                vec![at_map],
                vec![json!({"input_tags": {"@@operators_allowed_for_child_policies": ["@@all"]}})],
                vec![json!({"input_tags": {"@@assign": "honor"}})],
            ],
            json!({"identifier": "a:1"}),
        ),
        (
            "a restriction in the middle binds only what is below",
            vec![
                vec![set("a:1")],
                vec![json!({"identifier": {"@@operators_allowed_for_child_policies": none, "@@assign": "b:1"}})],
                vec![set("c:1")],
            ],
            json!({"identifier": "b:1"}),
        ),
    ];
    for (name, chain, want) in rows {
        check(name, &chain, &want);
    }
}

#[test]
fn regions_are_independent() {
    let east = region(&json!({"identifier": {"@@assign": "a:1"}}));
    let west =
        json!({"bedrock": {"guardrail_inference": {"us-west-2": {"config_1": {"identifier": {"@@assign": "w:1"}}}}}});
    let both = json!({"bedrock": {"guardrail_inference": {
        "us-east-1": {"config_1": {"identifier": "a:1"}}, "us-west-2": {"config_1": {"identifier": "w:1"}}}}});
    assert_eq!(merge(&[vec![east.clone()], vec![west.clone()]]), Some(both.clone()));
    assert_eq!(merge(&[vec![east, west]]), Some(both));
}

#[test]
fn nothing_set_is_no_document() {
    assert_eq!(merge(&[]), None);
    assert_eq!(merge(&[vec![], vec![]]), None);
    assert_eq!(merge(&[vec![region(&models("@@remove", &["m"]))]]), None);
    check("an assigned empty list is a value", &vec![vec![models("@@assign", &[])]], &json!({"excluded_models": []}));
}

#[test]
fn malformed_documents_say_where() {
    let rows = [
        ("", "", "the document is not valid JSON"),
        ("[]", "", "must be a JSON object"),
        ("{}", "", "the document is empty"),
        (r#"{"a":{"b":"c"}}"#, "a.b", "must hold an operator"),
        (r#"{"a":{"@@set":1}}"#, "a.@@set", "is not an operator"),
        (r#"{"a":{"@@append":"x"}}"#, "a.@@append", "works on lists only"),
        (r#"{"a":{"@@assign":{"x":1}}}"#, "a.@@assign", "must be a string"),
        (r#"{"a":{"@@assign":[["x"]]}}"#, "a.@@assign", "must be a list of plain values"),
        (
            r#"{"a":{"@@operators_allowed_for_child_policies":["@@set"]}}"#,
            "a.@@operators_allowed_for_child_policies",
            "does not know @@set",
        ),
        (
            r#"{"a":{"@@operators_allowed_for_child_policies":"@@all"}}"#,
            "a.@@operators_allowed_for_child_policies",
            "must be a list",
        ),
        (
            r#"{"a":{"@@operators_allowed_for_child_policies":["@@none","@@all"]}}"#,
            "a.@@operators_allowed_for_child_policies",
            "does not know @@none",
        ),
    ];
    for (text, path, what) in rows {
        let fault = Element::parse(text).expect_err(text);
        assert_eq!(fault.path.join("."), path, "{text}");
        assert!(fault.what.contains(what), "{text}: {}", fault.what);
    }
}
