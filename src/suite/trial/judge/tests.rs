use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::kinds::guardrail::{ContentFilterType, ManagedWordList, PiiType};
use crate::suite::trial::{Found, sample};
use crate::suite::{Finding, Origin, Ownership};

/// What is not as this case expects: the fault, the key, what is wanted and what there is.
fn told(case: &str, reply: &Reply) -> Vec<String> {
    let suite = sample::suite(&format!("  - {{name: a, {case}}}\n"));
    let text = |text: &Text| match text {
        Text::Open(text) => text.clone(),
        Text::Guarded(text) => format!("<{text}>"),
    };
    let line = |one: Mismatch| {
        let name = one.about.name.as_ref().map(|name| format!(".{}", text(name))).unwrap_or_default();
        format!("{} {}{name}: {}, not {}", one.fault.word(), one.about.key, text(&one.have), text(&one.want))
    };
    judge(&suite.cases[0], reply).into_iter().map(line).collect()
}

fn blocked(detected: bool) -> Seen<Blocked> {
    Seen { action: if detected { Blocked::Blocked } else { Blocked::None }, detected }
}

fn filter(confidence: Confidence) -> Found {
    let seen = blocked(confidence > Confidence::None);
    Found { filters: BTreeMap::from([(ContentFilterType::Hate, Filter { seen, confidence })]), ..Found::default() }
}

fn score(score: f64, seen: Seen<Blocked>) -> Found {
    Found { grounding: BTreeMap::from([(GroundingFilterType::Grounding, Score { seen, score })]), ..Found::default() }
}

#[test]
fn to_do_less_is_a_miss_and_to_do_more_a_false_block() {
    let none = sample::nothing();
    let acted = |found| sample::intervened(&["no"], found);
    let topic = Found { topics: BTreeMap::from([("T".to_owned(), blocked(true))]), ..Found::default() };
    let list =
        Found { managed_word_lists: BTreeMap::from([(ManagedWordList::Profanity, blocked(true))]), ..Found::default() };
    let pii =
        |action| Found { pii: BTreeMap::from([(PiiType::Email, Seen { action, detected: true })]), ..Found::default() };
    for (case, reply, want) in [
        ("text: a, expect: {action: NONE}", none.clone(), &[][..]),
        (
            "text: a, expect: {action: GUARDRAIL_INTERVENED}",
            none.clone(),
            &["missed action: NONE, not GUARDRAIL_INTERVENED"],
        ),
        (
            "text: a, expect: {action: NONE}",
            acted(Found::default()),
            &["false-block action: GUARDRAIL_INTERVENED, not NONE"],
        ),
        ("text: a, expect: {topics: {T: BLOCKED}}", none.clone(), &["missed topics.T: NONE, not BLOCKED"]),
        (
            "text: a, expect: {topics: {T: NONE, U: NONE}}",
            acted(topic.clone()),
            &["false-block topics.T: BLOCKED, not NONE"],
        ),
        ("text: a, expect: {topics: {T: {detected: true}}}", none.clone(), &["missed topics.T: not found, not found"]),
        (
            "text: a, expect: {topics: {T: {detected: false}}}",
            acted(topic),
            &["false-block topics.T: found, not not found"],
        ),
        (
            "text: a, expect: {managed_word_lists: {PROFANITY: NONE}}",
            acted(list),
            &["false-block managed_word_lists.PROFANITY: BLOCKED, not NONE"],
        ),
        (
            "text: a, expect: {pii: {EMAIL: BLOCKED}}",
            acted(pii(Masked::Anonymized)),
            &["missed pii.EMAIL: ANONYMIZED, not BLOCKED"],
        ),
        (
            "text: a, expect: {pii: {EMAIL: ANONYMIZED}}",
            acted(pii(Masked::Blocked)),
            &["false-block pii.EMAIL: BLOCKED, not ANONYMIZED"],
        ),
        ("text: a, expect: {regexes: {claim: BLOCKED}}", none.clone(), &["missed regexes.claim: NONE, not BLOCKED"]),
        ("text: a, expect: {words: {Secret: BLOCKED}}", none, &["missed words.<Secret>: NONE, not BLOCKED"]),
    ] {
        assert_eq!(told(case, &reply), want, "{case}");
    }
}

#[test]
fn words_are_found_in_any_letter_case() {
    let found = Found { words: BTreeMap::from([("secret".to_owned(), blocked(true))]), ..Found::default() };
    assert_eq!(
        told("text: a, expect: {words: {SECRET: BLOCKED}}", &sample::intervened(&[], found)),
        Vec::<String>::new()
    );
}

#[test]
fn confidence_has_bounds_and_what_is_not_told_of_has_none() {
    let of = |bounds: &str, found| {
        told(&format!("text: a, expect: {{filters: {{HATE: {bounds}}}}}"), &sample::intervened(&[], found))
    };
    assert_eq!(of("{min_confidence: MEDIUM}", filter(Confidence::Medium)), Vec::<String>::new());
    assert_eq!(
        of("{min_confidence: HIGH}", filter(Confidence::Low)),
        ["missed filters.HATE: confidence LOW, not confidence HIGH or more"]
    );
    assert_eq!(
        of("{max_confidence: LOW}", filter(Confidence::High)),
        ["false-block filters.HATE: confidence HIGH, not confidence LOW or less"]
    );
    assert_eq!(
        of("{min_confidence: LOW}", Found::default()),
        ["missed filters.HATE: confidence NONE, not confidence LOW or more"]
    );
}

#[test]
fn a_score_that_is_too_low_is_a_false_block_and_one_that_is_missing_neither() {
    let of = |bounds: &str, found| {
        let case = format!(
            "source: OUTPUT, text: a, grounding_source: b, query: c, expect: {{grounding: {{GROUNDING: {bounds}}}}}"
        );
        told(&case, &sample::intervened(&[], found))
    };
    assert_eq!(of("{min_score: 0.7, max_score: 0.9}", score(0.7, blocked(false))), Vec::<String>::new());
    assert_eq!(
        of("{min_score: 0.7}", score(0.5, blocked(false))),
        ["false-block grounding.GROUNDING: score 0.5, not score 0.7 or more"]
    );
    assert_eq!(
        of("{max_score: 0.2}", score(0.5, blocked(false))),
        ["missed grounding.GROUNDING: score 0.5, not score 0.2 or less"]
    );
    assert_eq!(
        of("{min_score: 0}", Found::default()),
        ["otherwise grounding.GROUNDING: no score, not score 0 or more"]
    );
    assert_eq!(of("BLOCKED", score(0.5, blocked(false))), ["missed grounding.GROUNDING: NONE, not BLOCKED"]);
}

#[test]
fn what_is_given_out_is_compared_and_never_open() {
    let masked = sample::intervened(&["I am {NAME},", "{EMAIL}"], Found::default());
    let none = sample::nothing();
    for (expect, reply, want) in [
        ("output: \"I am {NAME},\\n{EMAIL}\", output_contains: [\"{EMAIL}\"], output_lacks: [jane]", &masked, &[][..]),
        (
            "output_contains: [\"{PHONE}\"]",
            &masked,
            &["otherwise output_contains: <I am {NAME},\n{EMAIL}>, not <{PHONE}>"],
        ),
        ("output_contains: [\"{PHONE}\"]", &none, &["missed output_contains: nothing was done, not <{PHONE}>"]),
        ("output: Sorry", &masked, &["otherwise output: <I am {NAME},\n{EMAIL}>, not <Sorry>"]),
        ("output: \"\"", &masked, &["false-block output: <I am {NAME},\n{EMAIL}>, not <>"]),
        ("output_lacks: [\"{NAME}\"]", &masked, &["missed output_lacks: <I am {NAME},\n{EMAIL}>, not <{NAME}>"]),
        // What was sent goes out as it is.
        ("output_lacks: [jane]", &none, &["missed output_lacks: nothing was done, not <jane>"]),
        ("output_lacks: [joe]", &none, &[]),
    ] {
        assert_eq!(told(&format!("text: jane, expect: {{{expect}}}"), reply), want, "{expect}");
    }
}

#[test]
fn findings_and_who_applied_it_are_neither_less_nor_more() {
    let found = Found {
        automated_reasoning: BTreeSet::from([Finding::Valid]),
        origins: BTreeSet::from([Origin::Request]),
        ownership: BTreeSet::from([Ownership::Own]),
        ..Found::default()
    };
    let reply = Reply { found, ..sample::nothing() };
    assert_eq!(
        told("text: a, expect: {automated_reasoning: [VALID], applied: {origins: [REQUEST], ownership: SELF}}", &reply),
        Vec::<String>::new()
    );
    assert_eq!(
        told(
            "text: a, expect: {automated_reasoning: [INVALID], applied: {origins: [ACCOUNT_ENFORCED], ownership: CROSS_ACCOUNT}}",
            &reply
        ),
        [
            "otherwise automated_reasoning: VALID, not INVALID",
            "otherwise applied.origins: REQUEST, not ACCOUNT_ENFORCED",
            "otherwise applied.ownership: SELF, not CROSS_ACCOUNT",
        ]
    );
}
