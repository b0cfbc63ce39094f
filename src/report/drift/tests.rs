use serde_json::Value;

use super::{Places, junit, sarif};
use crate::drift::{Beside, Drift, FindingKind, Ignored, Invocation, find};
use crate::model::Desired;
use crate::plan::Plan;
use crate::report::junit::elements;
use crate::report::{Disclosure, sample};
use crate::spec::sources::Sources;

/// What differs by this plan, and nothing known beside it.
pub(crate) fn drift_of(plan: &Plan) -> Drift {
    find(plan, &Beside::default(), &Invocation::default(), &[])
}

/// Findings of this kind are ignored.
pub(crate) fn agreed(drift: &mut Drift, kind: FindingKind) {
    let terms = Ignored { reason: "agreed".to_owned(), owner: "team".to_owned(), expires: "2099-12-31".to_owned() };
    drift.findings.iter_mut().filter(|one| one.kind == kind).for_each(|one| one.ignored = Some(terms.clone()));
}

fn logged(drift: &Drift) -> Value {
    let (sources, _) = Sources::one("my spec.yaml", "stack: a\n");
    let places = Places { desired: &Desired::default(), sources: &sources };
    let text = sarif(drift, places, &Disclosure { content: true, ..Disclosure::default() });
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_test_for_each_resource_and_each_counted_once() {
    let plan = sample::eventful();
    let mut drift = drift_of(&plan);
    agreed(&mut drift, FindingKind::LeftBehind);
    let all = elements(&junit(&plan, &drift, &Disclosure::default()));
    let count = |name: &str| all.iter().filter(|(element, _)| element == name).count();
    let suites = &all[0].1;
    let stated = |name: &str| suites.iter().find(|(key, _)| key == name).map(|(_, value)| value.parse::<usize>());
    for (attribute, element) in
        [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
    {
        assert_eq!(stated(attribute), Some(Ok(count(element))), "{attribute}");
        assert!(count(element) > 0, "{element}");
    }
    assert_eq!(count("testcase"), count("failure") + count("error") + count("skipped") + plan.unchanged.len());
}

#[test]
fn a_result_for_each_finding_under_its_rule() {
    let plan = sample::eventful();
    let mut drift = drift_of(&plan);
    agreed(&mut drift, FindingKind::LeftBehind);
    let log = logged(&drift);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), drift.findings.len());
    for (result, finding) in results.iter().zip(&drift.findings) {
        let rule = result["ruleIndex"].as_u64().and_then(|at| usize::try_from(at).ok()).expect("an index");
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        assert_eq!(result["ruleId"], finding.kind.word());
        assert_eq!(result["partialFingerprints"]["bedrailFinding/v1"], finding.id);
        assert_eq!(result["suppressions"].is_array(), finding.ignored.is_some());
        let location = &result["locations"][0];
        assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "my%20spec.yaml");
        assert_eq!(location["physicalLocation"]["region"]["startLine"], 1);
        let address = finding.address.as_ref().map(ToString::to_string);
        assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"].as_str(), address.as_deref());
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")));
    }
}

fn keeps_its_structure(text: &str) {
    let disclosure = Disclosure { content: true, ..Disclosure::default() };
    let plan = sample::filled_with(text);
    let drift = drift_of(&plan);
    let tame = sample::filled_with("tame");
    let shape = |plan: &Plan| -> Vec<String> {
        let xml = junit(plan, &drift_of(plan), &disclosure);
        assert!(!xml.contains(|c: char| c.is_control() && c != '\n'), "{xml:?}");
        let mut names: Vec<String> = elements(&xml).into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    };
    assert_eq!(shape(&plan), shape(&tame));
    let results = logged(&drift)["runs"][0]["results"].as_array().map(Vec::len);
    assert_eq!(results, Some(drift.findings.len()));
}

#[test]
fn hostile_text_changes_no_structure() {
    keeps_its_structure(sample::HOSTILE);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_changes_the_structure(text in r#"[\s\S]{0,20}(\]\]>|<!--|-->|&|<|>|"|'|[\x00-\x1f\ufffe\uffff]){0,6}[\s\S]{0,20}"#) {
        keeps_its_structure(&text);
    }
}
