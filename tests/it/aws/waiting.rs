//! What passes is waited for, within bounds.

use std::time::Duration;

use bedrail::aws::{Access, ApplyError, Class, Deadlines, Ids, Run, Wait};
use serde_json::json;

use super::{Bench, STACK, at, create, plain};

#[tokio::test]
async fn a_conflict_that_passes_is_no_failure() {
    let bench = Bench::start().await;
    bench.sandbox.set(json!({"refuse": [{"operation": "CreateGuardrail", "code": "ConflictException"}]})).await;
    let passes = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        bench.sandbox.set(json!({"refuse": []})).await;
    };
    let action = create(&at("guardrail", "us-east-1", "baseline"), plain("baseline"));
    let (made, ()) = tokio::join!(bench.carry_out(&action), passes);
    made.expect("it is made in the end");
    assert!(bench.sandbox.counts().await["bedrock:CreateGuardrail"] > 1);
}

#[tokio::test]
async fn one_that_does_not_pass_ends_with_the_deadline() {
    let mut bench = Bench::start().await;
    let deadlines = Deadlines { conflict: Duration::from_millis(400), ..Deadlines::default() };
    bench.run = Run::new(Ids::default(), Wait::seeded(deadlines, 7), STACK, None);
    bench.sandbox.set(json!({"refuse": [{"operation": "CreateGuardrail", "code": "ConflictException"}]})).await;
    let action = create(&at("guardrail", "us-east-1", "baseline"), plain("baseline"));
    let error = bench.carry_out(&action).await.expect_err("it never ends");
    assert!(matches!(&error, ApplyError::Aws(error) if error.class == Class::Conflict), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("--wait")));
}

#[tokio::test]
async fn what_waiting_does_not_cure_is_not_tried_again() {
    let bench = Bench::start().await;
    for code in ["ServiceQuotaExceededException", "AccessDeniedException", "ValidationException"] {
        bench.sandbox.set(json!({"refuse": [{"operation": "CreateGuardrail", "code": code}]})).await;
        bench.sandbox.forget_requests().await;
        let action = create(&at("guardrail", "us-east-1", "baseline"), plain("baseline"));
        let error = bench.carry_out(&action).await.expect_err("it is refused");
        assert!(matches!(&error, ApplyError::Aws(error) if error.is(code)), "{error}");
        assert_eq!(bench.sandbox.counts().await["bedrock:CreateGuardrail"], 1, "{code}");
    }
}

#[tokio::test]
async fn an_account_that_nothing_leads_into_is_not_entered() {
    let mut bench = Bench::start().await;
    bench.sandbox.roles = None;
    bench.clients = bench.sandbox.clients(Access::ReadWrite).await;
    bench.sandbox.forget_requests().await;
    let action = create("guardrail/222233334444/us-east-1/baseline", plain("baseline"));
    let error = bench.carry_out(&action).await.expect_err("it is refused");
    assert!(matches!(&error, ApplyError::Aws(error) if error.class == Class::AccessDenied), "{error}");
    assert!(bench.sandbox.requests().await.is_empty());
}
