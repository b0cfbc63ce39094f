use super::*;

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
