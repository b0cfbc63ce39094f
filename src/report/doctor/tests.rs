use super::*;
use crate::doctor::Subject;
use crate::model::AccountId;

fn account(id: &str) -> AccountId {
    id.parse().expect("an account")
}

fn refusal(id: &str, why: &str) -> Refusal {
    Refusal { account: account(id), place: id.to_owned(), why: why.to_owned() }
}

fn check(subject: Subject, state: State, message: &str) -> Check {
    let (details, refused, values) = (Vec::new(), Vec::new(), std::collections::BTreeMap::new());
    Check { subject, state, message: message.to_owned(), details, refused, fix: None, values }
}

fn report() -> Report {
    let caller = check(Subject::Caller, State::Ok, "arn:aws:iam::111122223333:user/ana");
    let roles = check(Subject::Roles, State::Failed, "1 of 3 accounts can be entered to read, as bedrail-member-role");
    let refused = ["222233334444", "333344445555"].map(|id| {
        let why = format!("AccessDenied: not authorized to assume arn:aws:iam::{id}:role/x (request 1-{id})");
        refusal(id, &why)
    });
    let fix = Some("let the role trust the caller, in its trust policy and not only in its permissions".to_owned());
    let roles = Check { refused: refused.to_vec(), fix, ..roles };
    let hostile = check(Subject::Regions, State::Warning, "a\n::error::b\u{1b}[2J <b>c</b>");
    Report { checks: vec![Check { details: vec!["account 111122223333".to_owned()], ..caller }, roles, hostile] }
}

#[test]
fn checks_stand_below_their_subject_and_refusals_by_their_reason() {
    insta::assert_snapshot!(text(&report(), Style::Plain, 80), @"
    Caller
      ok       arn:aws:iam::111122223333:user/ana
               account 111122223333
    Roles
      failed   1 of 3 accounts can be entered to read, as bedrail-member-role
               222233334444, 333344445555: AccessDenied: not authorized to assume
               arn:aws:iam::*:role/x
               fix: let the role trust the caller, in its trust policy and not only
               in its permissions
    Regions
      warning  a : :error::b <b>c</b>

    1 check failed. 1 warning.
    ");
}

#[test]
fn nothing_that_is_foreign_is_obeyed() {
    let shown = markdown(&report());
    assert!(!shown.contains("<b>") && !shown.contains('\u{1b}'), "{shown}");
    assert!(shown.contains("**1 check failed. 1 warning.**"), "{shown}");
    assert!(shown.lines().all(|line| !line.starts_with("::")), "{shown}");
}
