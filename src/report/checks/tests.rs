use super::*;
use crate::checks::Outcome;
use crate::model::Region;

fn scope(account: u64, region: &str) -> Scope {
    Scope::regional(format!("{account:012}").parse().expect("an id"), Region::new(region))
}

fn report() -> Report {
    let fine = |account| Check::new(What::EffectivePolicy, &scope(account, "us-east-1"), Outcome::passed("it is so"));
    let denied = |account: u64| {
        let why = format!("denied to arn:aws:sts::{account:012}:assumed-role/r (request {account})");
        Check::new(What::ApplyGuardrail, &scope(account, "us-east-1"), Outcome::failed(why).fix("let it"))
            .about("baseline")
    };
    let dark = Check::new(What::Version, &scope(1, "eu-west-1"), Outcome::unseen("say hunter2 \u{1b}[2J")).about("v-1");
    let mut checks: Vec<Check> = (1..=12).map(fine).collect();
    checks.extend([denied(2), denied(1), dark]);
    Report::of(checks, vec!["no model was called".to_owned()])
}

fn look(disclosure: &Disclosure) -> Look<'_> {
    Look { style: Style::Plain, width: 72, disclosure, beyond: &[] }
}

fn disclosure() -> Disclosure {
    Disclosure { content: false, secrets: BTreeSet::from(["hunter2".to_owned()]) }
}

#[test]
fn what_ended_alike_stands_together() {
    let text = text(&report(), look(&disclosure()));
    let want = "\
Effective policies
  passed    us-east-1 in 12 accounts: 000000000001, 000000000002,
            000000000003, 000000000004, 000000000005, 000000000006,
            000000000007, 000000000008, 000000000009, 000000000010, and
            2 more
            it is so
Versions
  not seen  000000000001/eu-west-1: v-1
            say (secret)
ApplyGuardrail
  failed    us-east-1 in 000000000001 and 000000000002: baseline
            denied to arn:aws:sts::*:assumed-role/r
            fix: let it

Note: no model was called
15 checks: 2 failed, 1 not seen, 12 passed.
";
    assert_eq!(text, want);
}

#[test]
fn every_form_tells_the_same_and_no_secret() {
    let (report, disclosure) = (report(), disclosure());
    let markdown = markdown(&report, "verify", &disclosure);
    assert!(markdown.starts_with("## bedrail verify\n\n**15 checks: 2 failed, 1 not seen, 12 passed.**"), "{markdown}");
    let junit = junit(&report, "verify", "acme", &disclosure);
    assert!(junit.contains(r#"<testsuite name="acme" tests="15" failures="2" errors="1" skipped="0">"#), "{junit}");
    assert!(junit.contains(r#"<testcase classname="version" name="000000000001/eu-west-1 v-1">"#), "{junit}");
    assert!(junit.contains("fix: let it"), "{junit}");
    for text in [markdown, junit] {
        assert!(!text.contains("hunter2") && !text.contains('\u{1b}'), "{text}");
    }
    let nothing = Report::default();
    assert_eq!(super::text(&nothing, look(&disclosure)), "Nothing to check.\n");
}

#[test]
fn what_is_amiss_is_listed_where_it_is_and_whole() {
    let failed = |account: u64, role: &str| {
        Check::new(What::Caller, &scope(account, "us-east-1"), Outcome::failed("it may not")).about(role)
    };
    let both = [1, 2].map(|account| failed(account, "batch"));
    let report = Report::of([vec![failed(1, "orders"), failed(2, "bills")], both.to_vec()].concat(), Vec::new());
    let told = text(&report, look(&disclosure()));
    for line in ["000000000001/us-east-1: batch, orders\n", "000000000002/us-east-1: batch, bills\n"] {
        assert!(told.contains(line), "{told}");
    }
    assert!(markdown(&report, "readiness", &disclosure()).contains("batch, bills"));
    // Alike in both, they stand together.
    let together = text(&Report::of(both.to_vec(), Vec::new()), look(&disclosure()));
    assert!(together.contains("us-east-1 in 000000000001 and 000000000002: batch\n"), "{together}");
    let many = (0..30).map(|at| failed(1, &format!("svc-{at:02}"))).collect();
    let many = text(&Report::of(many, Vec::new()), look(&disclosure()));
    assert!((0..30).all(|at| many.contains(&format!("svc-{at:02}"))), "{many}");
}

#[test]
fn what_was_not_seen_has_its_advice_in_a_test_report() {
    let unseen = Check::new(What::ValidPolicy, &scope(1, "us-east-1"), Outcome::unseen("dark").fix("look there"));
    let junit = junit(&Report::of(vec![unseen], Vec::new()), "verify", "acme", &disclosure());
    assert!(junit.contains("fix: look there</error>"), "{junit}");
    assert!(junit.contains(r#"name="000000000001/us-east-1">"#), "no space behind it: {junit}");
}
