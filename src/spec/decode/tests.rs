use serde_json::{Value as Json, json};

use super::*;
use crate::model::diagnostic::Diagnostics;
use crate::model::span::SourceId;
use crate::model::words;
use crate::spec::template::{ScopeValues, ScopeVar};
use crate::spec::yaml;

words! {
    /// How strict.
    Strength { None = "NONE", Low = "LOW", High = "HIGH", }
}

words! {
    /// Categories.
    Category { Hate = "HATE", SelfHarm = "SELF_HARM", }
}

crate::decodes_as_word! { Strength: "a strength"; Category: "a category"; }
crate::text! { Message: "a message", 1..=10 }
crate::text! { Title: "a title", 1..=8, "[a-z-]+", "made of `a` to `z` and `-`" }
crate::number! { Threshold: "a threshold", 0.0 to less than 1.0 }

crate::entry! {
    /// A filter
    /// of content.
    struct Filter: "a filter" {
        /// For prompts.
        required input: Strength,
        /// For answers.
        required output: Strength,
        /// Whether it is on.
        optional enabled: bool,
    }
    short Strength => input, output
}

crate::entry! {
    /// A topic.
    struct Topic: "a topic" {
        /// Its name.
        required name: Exact<Title>,
        /// What it is about.
        optional definition: Text<Message>,
    }
}

crate::entry! {
    /// A guard.
    struct Guard: "a guard" {
        /// What it is called.
        optional name: Text<Title>,
        /// What it says.
        required message: Text<Message>,
        /// What it filters.
        optional filters: Map<Category, Filter, 1>,
        /// What it denies.
        optional topics: List<Topic, 1, 2>,
        /// From where on.
        optional threshold: Decimal<Threshold>,
        /// How many.
        optional keep: Whole<1, 20>,
        /// A reserved word.
        optional r#type: Strength,
        /// A word or words.
        optional share: OneOrMany<Strength>,
        /// Where.
        optional scan: Either<Strength, List<Exact<Title>>>,
        /// Anything.
        optional document: Tree,
    }
}

fn node(text: &str) -> Node {
    let mut diagnostics = Diagnostics::default();
    yaml::parse(SourceId::new(0), text, &mut diagnostics).unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn read<T: Decode>(text: &str) -> Result<T, Vec<(&'static str, String, String)>> {
    let mut cx = Reading::new([ScopeVar::Region]);
    let value = T::decode(&node(text), &mut cx);
    let faults = cx.diagnostics.sorted();
    assert!(value.is_some() || faults.has_errors(), "nothing read and nothing said");
    let cite = |span: crate::model::span::Span| span.slice(text).to_owned();
    let faults: Vec<_> =
        faults.into_iter().map(|d| (d.code.id(), d.span.map_or_else(String::new, cite), d.message)).collect();
    if faults.is_empty() { Ok(value.unwrap()) } else { Err(faults) }
}

fn faults(text: &str) -> Vec<(&'static str, String, String)> {
    read::<Guard>(text).expect_err("faults")
}

#[test]
fn an_entry_is_read_with_its_places() {
    let text = "name: ab-${region}\nmessage: no\nfilters: {HATE: HIGH, SELF_HARM: {input: LOW, output: NONE, enabled: false}}\n\
        topics: [{name: x}]\nthreshold: 0.75\nkeep: 3\ntype: LOW\nshare: HIGH\nscan: [a, b]\n";
    let guard = read::<Guard>(text).unwrap();
    assert_eq!(guard.message.literal(), Some("no"));
    assert_eq!(guard.message.span.slice(text), "no");
    let filters = guard.filters.unwrap();
    assert_eq!(filters[&Category::Hate].value.output.value, Strength::High);
    assert_eq!(filters[&Category::SelfHarm].value.enabled.as_ref().map(|e| e.value), Some(false));
    assert_eq!(filters[&Category::SelfHarm].key.slice(text), "SELF_HARM");
    assert_eq!(guard.topics.unwrap()[0].name.as_str(), "x");
    assert!((guard.threshold.unwrap().number - 0.75).abs() < f64::EPSILON);
    assert_eq!((guard.keep.unwrap().0, guard.r#type.unwrap().value), (3, Strength::Low));
    assert_eq!(guard.share.unwrap().len(), 1);
    assert!(matches!(guard.scan.unwrap().value, Either::B(list) if list.len() == 2));
    let scope = ScopeValues { region: Some("eu"), ..ScopeValues::default() };
    let mut diagnostics = Diagnostics::default();
    assert_eq!(guard.name.unwrap().text_in(&scope, &mut diagnostics).as_deref(), Some("ab-eu"));
}

#[test]
fn every_fault_is_reported_in_one_run() {
    let text = "nmae: x\nfilters: {HATE: high, SELFHARM: LOW, SELF_HARM: {input: LOW}}\ntopics: {}\nthreshold: 1\n\
        keep: \"3\"\ntype: [LOW]\nshare: MEDIUM\nscan: {a: b}\nname: A_B\n";
    let found = faults(text);
    let brief: Vec<(&str, &str)> = found.iter().map(|(code, place, _)| (*code, place.as_str())).collect();
    assert_eq!(
        brief,
        [
            ("E0201", "nmae"),
            ("E0202", "nmae"),
            ("E0205", "high"),
            ("E0204", "SELFHARM"),
            ("E0202", "SELF_HARM"),
            ("E0203", "{}"),
            ("E0210", "1"),
            ("E0203", "\"3\""),
            ("E0203", "[LOW]"),
            ("E0204", "MEDIUM"),
            ("E0203", "{a: b}"),
            ("E0209", "A_B"),
        ],
        "{found:#?}"
    );
}

#[test]
fn messages_say_what_is_there_and_what_is_expected() {
    for (text, want) in [
        ("message: [x]", "`message` is a list, expected a message"),
        ("message:", "`message` has no value, expected a message"),
        ("message: x\ntopics: y", "`topics` is a string, expected a list"),
        ("message: x\ntopics: 7", "`topics` is a number, expected a list"),
        ("message: x\nfilters: []", "`filters` is a list, expected a map"),
        ("message: x\nkeep: many", "`keep` is `many`, expected a whole number"),
        ("message: x\nkeep: 21", "`keep` is 21, allowed is 1 to 20"),
        ("message: x\nthreshold: -1", "`threshold` is -1, but a threshold goes from 0 to less than 1"),
        ("message: ''", "a message must not be empty"),
        ("message: 'ééééééééééé'", "a message has 1 to 10 characters, this has 11 characters"),
        ("message: x\ntopics: []", "`topics` needs at least 1 item, this has 0"),
        ("message: x\ntopics: [{name: a}, {name: b}, {name: c}]", "`topics` holds at most 2 items, this has 3"),
        ("message: x\nfilters: {}", "`filters` needs at least 1 key, this has 0"),
        ("message: x\nname: a.b", "a title is made of `a` to `z` and `-`"),
        (
            "message: x\nfilters: {HATE: {input: LOW, output: LOW, enabled: yes}}",
            "`enabled` is `yes`, expected true or false",
        ),
        ("message: ${account}", "`${account}` has no value here"),
        ("message: ${organization_id}", "`${organization_id}` has no value without `organization`"),
        ("message: ${guardrail.a.arn}", "`${guardrail.a.arn}` has a value in a `document` only"),
        ("message: ${regoin}", "`${regoin}` is no expression"),
        ("message: x ${", "`${` begins an expression that does not end"),
        ("message: x\ntype: ${region}", "`type` cannot hold `${region}`"),
        ("message: x\ndocument: {a: 111122223333}", "an account id without quotes is a number"),
        ("message: x\ndocument: {a: 0123}", "`0123` is not a number of JSON"),
    ] {
        let found = faults(text);
        assert_eq!((found.len(), found[0].2.as_str()), (1, want), "{text}");
    }
}

#[test]
fn short_forms_expand_within() {
    let expanded = Guard::expand(node("{filters: {HATE: HIGH}, share: LOW, topics: [{name: x}]}"));
    let long = node("{filters: {HATE: {input: HIGH, output: HIGH}}, share: [LOW], topics: [{name: x}]}");
    assert!(expanded.says_the_same(&long), "{expanded:#?}");
    assert!(Guard::expand(expanded.clone()).says_the_same(&expanded), "expanding twice is expanding once");
}

#[test]
fn overrides_change_single_regions() {
    let text = "message: a\nfilters: {HATE: HIGH}\ntopics: [{name: t, definition: x}]\nregion_overrides:\n  \
        eu-west-1: {message: b, filters: {HATE: {output: LOW}, SELF_HARM: LOW}, topics: [{name: t, definition: y}]}\n  \
        us-east-1: {filters: null}\n";
    let guard = read::<Regional<Guard>>(text).unwrap();
    let eu = guard.in_region("eu-west-1");
    assert_eq!(eu.message.literal(), Some("b"));
    let filters = eu.filters.as_ref().unwrap();
    assert_eq!(
        (filters[&Category::Hate].value.input.value, filters[&Category::Hate].value.output.value),
        (Strength::High, Strength::Low)
    );
    assert_eq!(filters.len(), 2);
    assert_eq!(eu.topics.as_ref().unwrap()[0].definition.as_ref().unwrap().literal(), Some("y"));
    assert_eq!(guard.in_region("us-east-1").filters, None);
    assert_eq!(guard.in_region("ap-south-1"), &guard.base);
    let mut cx = Reading::default();
    guard.check_regions(&["us-east-1", "eu-west-2"], &mut cx);
    assert_eq!(cx.diagnostics.iter().map(|d| d.code.id()).collect::<Vec<_>>(), ["E0403"]);
}

#[test]
fn a_fault_of_entry_and_override_is_reported_once() {
    let text = "message: [a]\nregion_overrides: {eu-west-1: {nmae: x}, us-east-1: 7}\n";
    let found = read::<Regional<Guard>>(text).unwrap_err();
    let brief: Vec<(&str, &str)> = found.iter().map(|(code, place, _)| (*code, place.as_str())).collect();
    assert_eq!(brief, [("E0203", "[a]"), ("E0201", "nmae"), ("E0203", "7")]);
}

#[test]
fn documents_keep_types_and_references() {
    let guard = read::<Guard>(
        "message: x\ndocument: {a: '${guardrail.b.arn}:*', n: 1.5, t: true, s: 'true', o: on, z: null, l: [1], u: '${aws:username}'}",
    )
    .unwrap();
    let Tree::Map(entries) = guard.document.unwrap().value else { panic!("a map") };
    let kinds: Vec<&str> = entries
        .iter()
        .map(|(_, value)| match &value.value {
            Tree::Null => "null",
            Tree::Bool(_) => "bool",
            Tree::Number(_) => "number",
            Tree::Text(_) => "text",
            Tree::List(_) => "list",
            Tree::Map(_) => "map",
        })
        .collect();
    assert_eq!(kinds, ["text", "number", "bool", "text", "text", "null", "list", "text"]);
}

fn json_of(node: &Node) -> Json {
    use crate::spec::node::{Core, Value, Written};
    match &node.value {
        Value::Null => Json::Null,
        Value::Seq(items) => items.iter().map(json_of).collect(),
        Value::Map(entries) => Json::Object(entries.iter().map(|e| (e.key.value.clone(), json_of(&e.value))).collect()),
        Value::Scalar(scalar) => {
            let text = scalar.text.shown();
            match Core::of(&text) {
                Core::Bool(value) if scalar.written == Written::Plain => json!(value),
                Core::Int | Core::Float if scalar.written == Written::Plain => {
                    serde_json::from_str(&text).unwrap_or(Json::String(text))
                }
                _ => Json::String(text),
            }
        }
    }
}

#[test]
fn the_schema_takes_what_the_decoder_takes() {
    let schema =
        schemars::generate::SchemaSettings::draft07().into_generator().into_root_schema_for::<Regional<Guard>>();
    let validator = jsonschema::draft7::new(schema.as_value()).unwrap();
    for (text, sound) in [
        ("message: x", true),
        ("message: 4711", true),
        ("message: no\nname: a-${region}-0", true),
        ("message: x\nfilters: {HATE: HIGH, SELF_HARM: {input: LOW, output: NONE}}", true),
        ("message: x\ntopics: [{name: a}]\nthreshold: 0\nkeep: 20\nshare: [LOW]\nscan: LOW\ndocument: [1]", true),
        (
            "message: x\nfilters: {HATE: LOW}\nregion_overrides: {eu-west-1: {filters: {HATE: {input: LOW}}, topics: [{name: t}], name: null}}",
            true,
        ),
        ("name: x", false),
        ("message: 'this is too long'", false),
        ("message: x\nnmae: y", false),
        ("message: x\nfilters: {hate: LOW}", false),
        ("message: x\nfilters: {HATE: low}", false),
        ("message: x\ntopics: []", false),
        ("message: x\nthreshold: 1", false),
        ("message: x\nkeep: 0", false),
        ("message: x\nregion_overrides: {eu-west-1: {nmae: x}}", false),
    ] {
        let instance = json_of(&node(text));
        assert_eq!(read::<Regional<Guard>>(text).is_ok(), sound, "decoder: {text}");
        let error = validator.iter_errors(&instance).next();
        assert_eq!(error.is_none(), sound, "schema: {text}: {error:?}");
    }
}

#[test]
fn field_docs_become_descriptions() {
    let schema = schemars::generate::SchemaSettings::draft07().into_generator().into_root_schema_for::<Filter>();
    assert_eq!(schema.as_value()["description"], "A filter of content.");
    assert_eq!(schema.as_value()["anyOf"][1]["properties"]["input"]["description"], "For prompts.");
}

#[test]
fn a_misspelt_key_is_one_fault() {
    let found = faults("mesage: x");
    assert_eq!((found.len(), found[0].2.as_str()), (1, "unknown key `mesage` in a guard"));
}
