use super::*;
use crate::report::{Disclosure, Look, Style};

fn control(
    policy: &str,
    name: &str,
    side: &str,
    modality: Option<&str>,
    action: &str,
    strength: Option<&str>,
) -> Control {
    let setting =
        Setting { action: action.to_owned(), strength: strength.map(str::to_owned), threshold: None, from: vec![1] };
    Control {
        policy: policy.to_owned(),
        name: name.to_owned(),
        side: side.to_owned(),
        modality: modality.map(str::to_owned),
        settings: vec![setting],
    }
}

fn union(controls: Vec<Control>) -> Union {
    Union { all_but: true, models: Vec::new(), guardrails: vec![0, 1], controls }
}

#[test]
fn a_row_tells_both_sides_and_words_are_counted() {
    let of = union(vec![
        control("content_policy", "HATE", "input", Some("IMAGE"), "BLOCK", Some("LOW")),
        control("content_policy", "HATE", "input", Some("TEXT"), "BLOCK", Some("HIGH")),
        control("content_policy", "HATE", "output", Some("TEXT"), "NONE", Some("LOW")),
        control("word_policy.words", "#a", "input", None, "BLOCK", None),
        control("word_policy.words", "#b", "input", None, "BLOCK", None),
        control("sensitive_information_policy.pii_entities", "EMAIL", "output", None, "ANONYMIZE", None),
    ]);
    let rows = rows(&[Some(&of)], true);
    let told: Vec<(&str, &str, &str)> =
        rows.iter().map(|row| (row.name.as_str(), row.cells[0].as_str(), row.cells[1].as_str())).collect();
    assert_eq!(
        told,
        [
            ("HATE", "images LOW [2]; HIGH [2]", "LOW, only reported [2]"),
            ("2 words", "block [2]", "–"),
            ("EMAIL", "–", "mask [2]"),
        ]
    );
    assert_eq!(absent(&rows), ["denied topics", "word lists of AWS", "regexes", "grounding"]);
}

#[test]
fn what_changes_stands_beside_what_was() {
    let one = union(vec![control("topic_policy", "Legal", "input", None, "BLOCK", None)]);
    let rows = rows(&[Some(&one), None], false);
    assert_eq!(rows[0].cells, ["block", "–", "–", "–"]);
}

fn view(verdict: &str, met: usize) -> View {
    let union = Union { all_but: true, models: Vec::new(), guardrails: (0..met).collect(), controls: Vec::new() };
    View {
        verdict: verdict.to_owned(),
        protected: verdict == "protected",
        fails: verdict == "calls-fail",
        unavailable: None,
        guardrails: Vec::new(),
        not_in_effect: Vec::new(),
        demands: Vec::new(),
        union: vec![union],
        uncovered: Vec::new(),
        findings: Vec::new(),
        unseen: Vec::new(),
    }
}

#[test]
fn a_verdict_claims_no_more_than_there_is() {
    let told = |verdict: &str, met: usize| super::verdict(&view(verdict, met)).1;
    assert_eq!(told("protected", 1), "Protected: every call meets 1 guardrail.");
    assert_eq!(
        told("observed-only", 1),
        "Observed only: every call meets 1 guardrail, which blocks and masks nothing."
    );
    assert_eq!(told("observed-only", 2), "Observed only: every call meets 2 guardrails, which block and mask nothing.");
    let closed = View { unavailable: Some("UnrecognizedClient: it is invalid.".to_owned()), ..view("unavailable", 0) };
    assert_eq!(super::verdict(&closed).1, "No model can be called here: UnrecognizedClient: it is invalid.");
    let mut unsure = view("not-protected", 0);
    unsure.not_seen(["the policies of account 1".to_owned()]);
    assert_eq!(unsure.verdict, "unknown");
    let mut sure = view("protected", 1);
    sure.not_seen(["something".to_owned()]);
    assert_eq!(sure.verdict, "protected", "what is seen protects, whatever else is not");
}

#[test]
fn two_policies_are_shown_by_the_line_in_which_they_differ() {
    let document = |version: u32| {
        serde_json::json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {
            "identifier": format!("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:{version}"),
            "selective_content_guarding": {"system": "comprehensive", "messages": "comprehensive"}}}}}})
    };
    let finding = crate::report::json::explain::Finding {
        kind: "effective-differs".to_owned(),
        message: "AWS says something else".to_owned(),
        expected: Some(document(2)),
        found: Some(document(1)),
    };
    let shown = text::findings(
        &[finding],
        Look { style: Style::Plain, width: 100, disclosure: &Disclosure::default(), beyond: &[] },
    );
    let lines = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let changed: Vec<String> = lines.filter(|line| line.contains("guardrail/abc")).collect();
    assert_eq!(
        changed,
        [
            "- \"identifier\": \"arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:1\",",
            "+ \"identifier\": \"arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:2\","
        ],
        "{shown}"
    );
    assert!(shown.contains("- what AWS says is in effect, + what the policies come to"), "{shown}");
}

#[test]
fn groups_of_models_are_told_beside_themselves_and_what_ends_is_told() {
    let group = |model: &str| Union {
        all_but: false,
        models: vec![model.to_owned()],
        ..union(vec![control("topic_policy", "Legal", "input", None, "BLOCK", None)])
    };
    let of = |model: &str| {
        let mut view = view("protected", 1);
        view.union.push(group(model));
        view.uncovered.push(crate::report::json::explain::Uncovered {
            kind: "models".to_owned(),
            message: format!("calls of {model} do not meet the guardrail"),
            models: vec![model.to_owned()],
            guardrails: vec![0],
            controls: Vec::new(),
        });
        view
    };
    let explained = Explained {
        format_version: "1".to_owned(),
        from: "plan".to_owned(),
        account: "1".to_owned(),
        account_name: None,
        region: "us-east-1".to_owned(),
        model: None,
        principal: None,
        have: Some(of("titan")),
        want: Some(of("cohere")),
        held: Vec::new(),
    };
    let told = markdown(&explained);
    assert!(!told.contains("titan; then cohere"), "{told}");
    assert_eq!(told.matches("### What they come to, for").count(), 2, "{told}");
    let remains = remains(&explained);
    assert!(remains[0].starts_with("then, and not now: calls of cohere"), "{remains:?}");
    assert!(remains[1].starts_with("now, and not then: calls of titan"), "{remains:?}");
}
