//! What may only read does not write, whatever the credentials allow.

use bedrail::aws::{Access, ApplyError, CallLog, Class, WriteCx, perform};

use super::{Bench, at, create, plain};

#[tokio::test]
async fn a_write_of_a_read_only_client_never_leaves_the_process() {
    let bench = Bench::start().await;
    let clients = bench.sandbox.clients(Access::ReadOnly).await;
    bench.sandbox.forget_requests().await;
    let log = CallLog::default();
    let cx = WriteCx { read: clients.reading(&log), run: &bench.run };
    let action = create(&at("guardrail", "us-east-1", "baseline"), plain("baseline"));
    let error = perform(&cx, &action).await.expect_err("it is refused");
    assert!(matches!(&error, ApplyError::Aws(error) if error.class == Class::ReadOnly), "{error}");
    assert!(bench.sandbox.requests().await.is_empty());
}

#[tokio::test]
async fn calls_are_noted_with_their_request_ids() {
    let bench = Bench::start().await;
    let log = CallLog::default();
    let cx = WriteCx { read: bench.clients.reading(&log), run: &bench.run };
    let action = create(&at("guardrail", "us-east-1", "baseline"), plain("baseline"));
    perform(&cx, &action).await.expect("it is made");
    let calls = log.calls();
    assert_eq!(calls[0].operation, "bedrock:CreateGuardrail");
    assert!(calls.iter().all(|call| call.request_id.is_some()), "{calls:?}");
}
