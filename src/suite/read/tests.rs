use super::*;
use crate::kinds::guardrail::{ContentFilterType, GroundingFilterType, PiiType};
use crate::spec::sources::Sources;
use crate::suite::MAX_IMAGES;
use crate::suite::{Action, Blocked, Confidence, Finding, Masked, Origin};

/// The suite, or the code of each fault with its line.
fn suite(text: &str) -> Result<Suite, Vec<String>> {
    let (sources, source) = Sources::one("a.test.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let suite = read(source, text, &mut diagnostics);
    assert_eq!(suite.is_none(), diagnostics.has_errors(), "{diagnostics:?}");
    let shown = |fault: &Diagnostic| {
        let line = fault.span.map_or(0, |span| sources.position(span).line);
        format!("{}:{line}", fault.code)
    };
    suite.ok_or_else(|| diagnostics.sorted().iter().map(shown).collect())
}

/// A suite of one case.
fn one(case: &str) -> Result<Case, Vec<String>> {
    suite(&format!("guardrail: a\ncases:\n- {case}\n")).map(|suite| suite.cases.into_iter().next().expect("a case"))
}

fn expect(expect: &str) -> Result<Expectation, Vec<String>> {
    one(&format!("{{name: a, text: a, expect: {expect}}}")).map(|case| case.expect)
}

/// The suite of the documentation.
const DOCUMENTED: &str = r#"
guardrail: baseline              # a key of the spec
version: draft                   # draft | current | a versions key
regions: [us-east-1]
repeat: 1                        # and max_misses, max_false_blocks (default 0)
cases:
  - {name: clean, source: INPUT, text: "Summarise the AWS Well-Architected pillars in 5 bullets.", expect: {action: NONE}}
  - name: masks personal data
    text: "I'm Jane Doe (jane.doe@acme.com), please confirm."
    expect: {action: GUARDRAIL_INTERVENED, pii: {EMAIL: ANONYMIZED, NAME: ANONYMIZED}, output_contains: ["{EMAIL}"]}
  - {name: legal advice, text: "Should I sue my landlord over a leaky roof?", expect: {topics: {Legal advice: BLOCKED}}}
  - {name: grounded, source: OUTPUT, text: "…", grounding_source: "…", query: "…", expect: {grounding: {GROUNDING: {min_score: 0.7}}}}
  - {name: picture, image: files/cat.png, expect: {filters: {VIOLENCE: NONE}}}
"#;

#[test]
fn the_documented_suite_is_read() {
    let suite = suite(DOCUMENTED).expect("a suite");
    assert_eq!((suite.guardrail.as_str(), &suite.version), ("baseline", &Version::Draft));
    assert_eq!((suite.repeat, suite.max_misses, suite.max_false_blocks, suite.regions.len()), (1, 0, 0, 1));
    let [clean, masks, legal, grounded, picture] = &suite.cases[..] else { panic!("{suite:?}") };
    assert_eq!((clean.given.source(), clean.expect.action), (Source::Input, Some(Action::None)));
    assert_eq!(masks.expect.action, Some(Action::Intervened));
    assert_eq!(masks.expect.pii[&PiiType::Email].action, Some(Masked::Anonymized));
    assert_eq!(masks.expect.output.contains, ["{EMAIL}"]);
    assert_eq!(legal.expect.topics["Legal advice"].action, Some(Blocked::Blocked));
    assert_eq!(grounded.given.source(), Source::Output);
    assert_eq!(grounded.given.grounds(), Some(&Grounds { source: "…".to_owned(), query: "…".to_owned() }));
    assert_eq!(grounded.expect.grounding[&GroundingFilterType::Grounding].min_score, Some(0.7));
    assert_eq!(picture.given.content().images().map(|file| file.as_str()).collect::<Vec<_>>(), ["files/cat.png"]);
    assert_eq!((picture.given.content().text(), suite.images().count()), (None, 1));
}

#[test]
fn what_is_not_said_has_its_default() {
    let suite = suite("guardrail: a\ncases: [{name: a, text: a, expect: {action: NONE}}]\n").expect("a suite");
    assert_eq!((suite.version, suite.regions, suite.repeat), (Version::Draft, vec![], 1));
    assert_eq!((suite.max_misses, suite.max_false_blocks), (0, 0));
    let version = |word: &str| {
        let text = format!("guardrail: a\nversion: {word}\ncases: [{{name: a, text: a, expect: {{action: NONE}}}}]\n");
        super::tests::suite(&text).map(|suite| suite.version)
    };
    assert_eq!(version("current"), Ok(Version::Current));
    assert!(matches!(version("baseline-2026-11"), Ok(Version::Named(key)) if *key == "baseline-2026-11"));
    for wrong in ["any", "7", "\"7\""] {
        assert_eq!(version(wrong), Err(vec!["E1110:2".to_owned()]), "{wrong}");
    }
}

#[test]
fn every_part_of_an_answer_can_be_expected() {
    let everything = r#"{name: a, source: OUTPUT, text: a, grounding_source: b, query: c, image: [a.png, b.jpeg], expect: {
        action: GUARDRAIL_INTERVENED,
        topics: {Legal advice: BLOCKED, Weapons: {detected: false}},
        filters: {HATE: {action: NONE, detected: true, min_confidence: LOW, max_confidence: HIGH}, PROMPT_ATTACK: NONE},
        words: {no: BLOCKED, "4711": NONE}, managed_word_lists: {PROFANITY: BLOCKED},
        pii: {EMAIL: ANONYMIZED, NAME: {action: NONE, detected: true}}, regexes: {claim-number: BLOCKED},
        grounding: {GROUNDING: BLOCKED, RELEVANCE: {min_score: 0, max_score: 0.5, detected: true}},
        automated_reasoning: [VALID, NO_TRANSLATIONS],
        applied: {origins: [REQUEST, ACCOUNT_ENFORCED], ownership: SELF},
        output_contains: ["{EMAIL}"], output_lacks: ["${HOME}", jane]}}"#;
    let case = one(everything).expect("a case");
    let expect = case.expect;
    assert_eq!(expect.topics["Weapons"].detected, Some(false));
    let hate = expect.filters[&ContentFilterType::Hate];
    assert_eq!((hate.judged.action, hate.judged.detected), (Some(Blocked::None), Some(true)));
    assert_eq!((hate.min_confidence, hate.max_confidence), (Some(Confidence::Low), Some(Confidence::High)));
    assert_eq!(expect.words.keys().collect::<Vec<_>>(), ["4711", "no"]);
    assert_eq!(expect.grounding[&GroundingFilterType::Relevance].max_score, Some(0.5));
    assert_eq!(expect.automated_reasoning, [Finding::Valid, Finding::NoTranslations].into());
    assert_eq!(expect.applied.origins, [Origin::Request, Origin::AccountEnforced].into());
    // There are no variables here.
    assert_eq!(expect.output.lacks, ["${HOME}", "jane"]);
}

#[test]
fn text_is_sent_as_it_stands() {
    let case = one("{name: a, text: \"${var.x} $${y} ${\", expect: {action: NONE}}").expect("a case");
    assert_eq!(case.given.content().text(), Some("${var.x} $${y} ${"));
}

#[test]
fn what_sends_nothing_or_in_vain_is_no_case() {
    for (case, fault) in [
        ("{name: a, expect: {action: NONE}}", "E1101:3"),
        ("{name: a, image: [], expect: {action: NONE}}", "E0211:3"),
        ("{name: a, text: \"\", expect: {action: NONE}}", "E0208:3"),
        ("{name: a, image: /etc/passwd, expect: {action: NONE}}", "E1107:3"),
        ("{name: a, image: ../a.png, expect: {action: NONE}}", "E1107:3"),
        ("{name: a, text: a, query: q, grounding_source: s, expect: {action: NONE}}", "E1104:3"),
        ("{name: a, text: a, source: OUTPUT, query: q, expect: {action: NONE}}", "E1104:3"),
        ("{name: a, text: a, source: OUTPUT, grounding_source: q, expect: {grounding: {GROUNDING: NONE}}}", "E1104:3"),
        ("{name: a, text: a, source: OUTPUT, expect: {grounding: {GROUNDING: NONE}}}", "E1106:3"),
        ("{name: a, text: a, expect: {grounding: {RELEVANCE: {min_score: 1}}}}", "E1106:3"),
        ("{name: a, text: a, source: OUTPUT, expect: {filters: {PROMPT_ATTACK: BLOCKED}}}", "E1106:3"),
        ("{name: a, text: a, source: OUTPUT, expect: {filters: {PROMPT_ATTACK: {detected: true}}}}", "E1106:3"),
        ("{name: a, text: a, source: input, expect: {action: NONE}}", "E0205:3"),
    ] {
        let found = one(case).expect_err(case);
        assert!(found.contains(&fault.to_owned()), "{case}: {found:?}");
    }
    let many = vec!["a.png"; MAX_IMAGES + 1].join(", ");
    assert_eq!(
        one(&format!("{{name: a, image: [{many}], expect: {{action: NONE}}}}")),
        Err(vec!["E0211:3".to_owned()])
    );
}

#[test]
fn an_expectation_says_something_that_can_be_true() {
    for text in ["{}", "{topics: {a: {}}}", "{filters: {HATE: {}}}", "{pii: {EMAIL: {}}}", "{applied: {}}"] {
        assert_eq!(expect(text), Err(vec!["E1102:3".to_owned()]), "{text}");
    }
    for text in [
        "{action: NONE, topics: {a: BLOCKED}}",
        "{action: NONE, pii: {EMAIL: ANONYMIZED}}",
        "{words: {a: {action: BLOCKED, detected: false}}}",
        "{filters: {HATE: {min_confidence: HIGH, max_confidence: LOW}}}",
        "{output: a, output_contains: [b]}",
        "{output: abc, output_lacks: [b]}",
        "{output_contains: [abc], output_lacks: [b]}",
    ] {
        assert_eq!(expect(text), Err(vec!["E1105:3".to_owned()]), "{text}");
    }
    for text in [
        "{action: NONE, topics: {a: {action: NONE, detected: true}}}",
        "{action: GUARDRAIL_INTERVENED}",
        "{filters: {HATE: {max_confidence: NONE}}}",
        "{output: \"\"}",
        "{output: abc, output_contains: [b], output_lacks: [d]}",
    ] {
        assert!(expect(text).is_ok(), "{text}: {:?}", expect(text));
    }
}

#[test]
fn every_fault_is_reported_at_once() {
    let text = "guardrail: Base\nrepeat: 101\nregions: [us-east-1, us-east-1]\nmax_misses: -1\ncases:\n\
        - {name: a, text: a, expect: {action: BLOCK}}\n\
        - {name: b, text: a, expect: {pii: {EMAIL: BLOCK}}}\n\
        - {name: c, txt: a, expect: {action: NONE}}\n";
    let faults = suite(text).expect_err("faults");
    assert_eq!(faults, ["E0209:1", "E0210:2", "E0210:4", "E0204:6", "E0204:7", "E0201:8"]);
    let twice = "guardrail: a\nregions: [us-east-1, us-east-1]\ncases:\n\
        - {name: a, text: a, expect: {automated_reasoning: [VALID, VALID]}}\n\
        - {name: a, text: a, expect: {action: NONE}}\n";
    assert_eq!(suite(twice), Err(["E0213:2", "E0213:4", "E1103:5"].map(str::to_owned).into()));
    for (text, fault) in [("", "E0004:1"), ("~", "E0004:1"), ("a: [", "E0101:1"), ("guardrail: a\n", "E0202:1")] {
        assert_eq!(suite(text), Err(vec![fault.to_owned()]), "{text}");
    }
}

#[test]
fn anchors_may_stand_under_x() {
    let text = "x-prompts: {a: &a hello}\nguardrail: a\ncases: [{name: a, text: *a, expect: {action: NONE}}]\n";
    assert_eq!(suite(text).expect("a suite").cases[0].given.content().text(), Some("hello"));
}
