//! Templates that refer to themselves, and templates that come to more than they look like: all of them are read in a moment.

use std::time::{Duration, Instant};

use bedrail::import::source::{Format, Given, read};
use bedrail::import::{Home, Imported, import};
use bedrail::model::Region;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::spec::sources::Sources;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::assert_formatted;

/// Long for a machine that has much else to do, and nothing beside what doubles at each level.
const MOMENT: Duration = Duration::from_secs(30);

fn converted(template: &Value) -> Imported {
    let begun = Instant::now();
    let (text, mut faults) = (template.to_string(), Diagnostics::new());
    let file = ("template.json", text.as_str());
    let found = read(Format::CloudFormation, file, &Given::default(), &mut Sources::new(), &mut faults);
    let found = found.unwrap_or_else(|| panic!("{faults:?}\n{template:#}"));
    let home = Home { stack: "imported".to_owned(), regions: [Region::new("us-east-1")].into(), ..Home::default() };
    let imported = import(found.stock, &home, None);
    let taken = begun.elapsed();
    assert!(taken < MOMENT, "{taken:?}\n{template:#}");
    imported
}

fn guardrail(name: &Value, message: &Value, strength: &Value) -> Value {
    json!({"Type": "AWS::Bedrock::Guardrail", "Properties": {
        "Name": name, "BlockedInputMessaging": message, "BlockedOutputsMessaging": "No.",
        "ContentPolicyConfig": {"FiltersConfig": [{"Type": "HATE", "InputStrength": strength, "OutputStrength": "HIGH"}]},
        "WordPolicyConfig": {"ManagedWordListsConfig": [{"Type": "PROFANITY"}]},
    }})
}

/// A value inside of `levels` functions, each of which says it twice.
fn doubled(levels: usize, inmost: &Value, twice: impl Fn(Value) -> Value) -> Value {
    (0..levels).fold(inmost.clone(), |value, _| twice(value))
}

/// Entries of which each says the one before it twice.
fn chained(count: usize, first: &Value, twice: impl Fn(usize) -> Value) -> Value {
    let entries = (0..count).map(|at| (format!("k{at}"), if at == 0 { first.clone() } else { twice(at - 1) }));
    Value::Object(entries.collect())
}

#[test]
fn what_doubles_at_each_level_is_told_and_not_made() {
    let find = |at: usize| json!({"Fn::FindInMap": ["M", "a", format!("k{at}")]});
    let joined = json!({"M": {"a": chained(60, &json!("lol"), |at| json!({"Fn::Join": ["", [find(at), find(at)]]}))}});
    let chain = json!({"M": {"a": chained(200, &json!("end"), find)}});
    let long = "x".repeat(20_000);
    let nested = doubled(20, &json!("lol"), |inner| json!({"Fn::Sub": ["${a}${a}${a}${a}", {"a": inner}]}));
    let many = json!({"Fn::Join": [long, vec!["y"; 20_000]]});
    for (mappings, message) in [(joined, find(59)), (chain, find(199)), (json!({}), nested), (json!({}), many)] {
        let template = json!({"Mappings": mappings, "Resources": {
            "Big": guardrail(&json!("big"), &message, &json!("HIGH")),
        }});
        let imported = converted(&template);
        assert!(imported.is_empty && imported.is_partial(), "{:?}", imported.notes);
        let why = imported.notes[0].to_string();
        assert!(why.contains("MiB") || why.contains("levels deep"), "{why}");
    }
}

#[test]
fn conditions_are_worked_out_once() {
    let nest = |function: &str, inmost: &Value| doubled(12, inmost, |inner| json!({function: [inner, inner]}));
    for (function, inmost, holds) in [
        ("Fn::And", json!({"Fn::Equals": ["a", "a"]}), true),
        ("Fn::Or", json!({"Fn::Equals": ["a", "b"]}), false),
        ("Fn::Or", json!({"Condition": "Unknown"}), true),
    ] {
        let unknown = json!({"Fn::Equals": [{"Ref": "Parameter"}, "a"]});
        let deep = chained(30, &nest(function, &inmost), |at| {
            let before = json!({"Condition": format!("k{at}")});
            json!({"Fn::And": [before, {"Fn::Or": [before, before]}]})
        });
        let mut conditions = deep.as_object().cloned().expect("a map");
        conditions.insert("Unknown".to_owned(), unknown);
        let mut resource = guardrail(&json!("a"), &json!("No."), &json!("HIGH"));
        resource["Condition"] = json!("k29");
        let imported = converted(&json!({
            "Parameters": {"Parameter": {"Type": "String"}}, "Conditions": conditions, "Resources": {"A": resource},
        }));
        assert_eq!(imported.is_empty, !holds, "{:?}", imported.notes);
    }
}

/// A value of a template whose functions refer to whatever there is, themselves among it.
fn value(depth: u32) -> impl Strategy<Value = Value> {
    let name = || select(vec!["A", "B", "C", "D", "P", "AWS::Region", "AWS::NoValue", "Nowhere"]);
    let leaf = prop_oneof![
        select(vec!["HIGH", "${A}", "${A.GuardrailId}", "${C.GuardrailArn} ${P}", "", "${"])
            .prop_map(|text| json!(text)),
        name().prop_map(|name| json!({"Ref": name})),
        (name(), select(vec!["GuardrailId", "GuardrailArn", "Version"]))
            .prop_map(|(name, attribute)| json!({"Fn::GetAtt": [name, attribute]})),
        (0..4_usize).prop_map(|key| json!({"Fn::FindInMap": ["M", "a", format!("k{key}")]})),
    ];
    leaf.prop_recursive(depth, 64, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|parts| json!({"Fn::Join": ["-", parts]})),
            (0..4_usize, inner.clone(), inner.clone())
                .prop_map(|(name, yes, no)| json!({"Fn::If": [format!("k{name}"), yes, no]})),
            (inner.clone(), inner.clone())
                .prop_map(|(text, local)| json!({"Fn::Sub": ["${x}${x}${A}", {"x": text, "A": local}]})),
            (0..3_usize, vec(inner.clone(), 0..3)).prop_map(|(at, list)| json!({"Fn::Select": [at, list]})),
            (inner.clone(), inner).prop_map(|(first, second)| json!({"Fn::FindInMap": ["M", first, second]})),
        ]
    })
}

fn condition() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0..4_usize).prop_map(|name| json!({"Condition": format!("k{name}")})),
        (value(2), value(2)).prop_map(|(one, other)| json!({"Fn::Equals": [one, other]})),
    ];
    leaf.prop_recursive(3, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| json!({"Fn::Not": [one]})),
            vec(inner.clone(), 1..4).prop_map(|all| json!({"Fn::And": all})),
            vec(inner, 1..4).prop_map(|all| json!({"Fn::Or": all})),
        ]
    })
}

fn template() -> impl Strategy<Value = Value> {
    let keyed = |values: Vec<Value>| -> Map<String, Value> {
        values.into_iter().enumerate().map(|(at, value)| (format!("k{at}"), value)).collect()
    };
    (vec(value(4), 4), vec(condition(), 4), vec(value(4), 8)).prop_map(move |(words, conditions, values)| {
        let version = |of: &Value, condition: &str| {
            let properties = json!({"GuardrailIdentifier": of, "Description": "A version."});
            json!({"Type": "AWS::Bedrock::GuardrailVersion", "Condition": condition, "Properties": properties})
        };
        json!({
            "Parameters": {"P": {"Type": "String", "Default": "p"}},
            "Mappings": {"M": {"a": keyed(words)}},
            "Conditions": keyed(conditions),
            "Resources": {
                "A": guardrail(&json!("a"), &values[0], &values[1]),
                "B": guardrail(&values[2], &values[3], &values[4]),
                "C": version(&values[5], "k0"),
                "D": version(&values[6], "k1"),
                "E": {"Type": "AWS::Bedrock::EnforcedGuardrailConfiguration",
                    "Properties": {"GuardrailIdentifier": values[7], "GuardrailVersion": {"Fn::GetAtt": "C.Version"}}},
            },
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_refers_to_itself_comes_to_an_end(template in template()) {
        let imported = converted(&template);
        assert_formatted(&imported.text);
        // Five resources: each is in the spec, or something is told of it.
        for name in ["A", "B", "C", "D", "E"] {
            let id = format!("Resources.{name}");
            let in_spec = imported.text.contains(&format!(" {name}\n")) || imported.text.contains(&id);
            prop_assert!(in_spec || imported.notes.iter().any(|note| note.to_string().contains(&id)), "{name}\n{:#?}\n{}", imported.notes, imported.text);
        }
    }
}
