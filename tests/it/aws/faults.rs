//! Each fault of the local AWS, as the AWS SDK and what is built on it meet it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bedrail::aws::{Access, ApplyError, CallLog, Deadlines, Declared, Ids, Run, Wait, WriteCx, organization, perform};
use bedrail::kinds::org_policy;
use bedrail::model::Document;
use serde_json::{Value, json};

use super::{Bench, STACK, at, create, marks, plain};
use crate::support::{MANAGEMENT, Sandbox, VISIBLE, assert_in_sync};

impl Sandbox {
    /// Sets faults; none is left of those before.
    async fn faults(&self, faults: Value) {
        self.control("DELETE", "/_bedrail/faults", &Value::Null).await;
        self.control("POST", "/_bedrail/faults", &faults).await;
    }

    /// How the requests for an operation ended, in order: the error's code, or nothing.
    async fn ends(&self, operation: &str) -> Vec<String> {
        let all = self.control("GET", "/_bedrail/requests", &Value::Null).await;
        let rows = all.as_array().expect("a list").iter().filter(|row| row["operation"] == operation);
        rows.map(|row| row["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    async fn guardrails(&self) -> usize {
        let state = self.control("GET", "/_bedrail/state", &Value::Null).await;
        let regions = state["bedrock"][MANAGEMENT].as_object().into_iter().flat_map(|regions| regions.values());
        regions.filter_map(|region| region["guardrails"].as_object()).map(serde_json::Map::len).sum()
    }
}

fn baseline() -> bedrail::plan::Action {
    create(&at("guardrail", "us-east-1", "baseline"), plain("baseline"))
}

fn policy(name: &str) -> bedrail::plan::Action {
    let identifier = format!("arn:aws:bedrock:us-east-1:{MANAGEMENT}:guardrail/abc:1");
    let document = json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {
        "identifier": {"@@assign": identifier},
    }}}}});
    let want = org_policy::Model {
        policy_type: bedrail::kinds::org_policy_type::PolicyType::Bedrock,
        name: name.to_owned(),
        description: String::new(),
        document: org_policy::document::normal(Document::from(document)),
        tags: marks(name),
        needs: Vec::new(),
    };
    create(&at("org-policy", "global", name), want)
}

#[tokio::test]
async fn throttles_and_failures_are_the_sdks_to_retry() {
    for (kind, bedrock, organizations) in [
        ("throttle", "ThrottlingException", "TooManyRequestsException"),
        ("error", "InternalServerException", "ServiceException"),
    ] {
        let bench = Bench::start().await;
        let fault = |operation: &str| json!({"kind": kind, "operation": operation, "nth": 1});
        bench.sandbox.faults(json!([fault("CreateGuardrail"), fault("ListRoots")])).await;
        bench.carry_out(&baseline()).await.expect("it is made in the end");
        assert_eq!(bench.sandbox.ends("CreateGuardrail").await, [bedrock, ""]);
        let declared = Declared { management_account: MANAGEMENT.parse().ok(), ..Declared::default() };
        organization(&bench.clients, &declared, &BTreeSet::new()).await.expect("it answers in the end");
        assert_eq!(bench.sandbox.ends("ListRoots").await, [organizations, ""]);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again_and_makes_nothing_twice() {
    for kind in ["reset", "lost-reply"] {
        let bench = Bench::start().await;
        bench.sandbox.faults(json!({"kind": kind, "operation": "CreateGuardrail", "nth": 1})).await;
        bench.carry_out(&baseline()).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(bench.sandbox.ends("CreateGuardrail").await, [kind, ""]);
        assert_eq!(bench.sandbox.guardrails().await, 1, "{kind}");
    }
}

#[tokio::test]
async fn latency_is_waited_for() {
    let bench = Bench::start().await;
    bench.sandbox.faults(json!({"kind": "latency", "operation": "CreateGuardrail", "ms": 400})).await;
    let began = Instant::now();
    bench.carry_out(&baseline()).await.expect("it is made");
    assert!(began.elapsed() >= Duration::from_millis(400));
    assert_eq!(bench.sandbox.ends("CreateGuardrail").await, [""]);
}

#[tokio::test]
async fn what_was_just_made_may_not_be_seen_yet() {
    let bench = Bench::start().await;
    bench.sandbox.faults(json!({"kind": "stale-read", "operation": "GetGuardrail", "ms": 400})).await;
    bench.carry_out(&baseline()).await.expect("it is made");
    let ends = bench.sandbox.ends("GetGuardrail").await;
    assert_eq!(ends.first().map(String::as_str), Some("ResourceNotFoundException"), "{ends:?}");
    assert_eq!(ends.last().map(String::as_str), Some(""), "{ends:?}");
}

#[tokio::test]
async fn a_change_that_is_stuck_is_waited_for_within_bounds() {
    let mut bench = Bench::start().await;
    bench.sandbox.faults(json!({"kind": "stuck", "nth": 1, "ms": 500})).await;
    let began = Instant::now();
    bench.carry_out(&baseline()).await.expect("it is made in the end");
    assert!(began.elapsed() >= Duration::from_millis(500));

    let deadlines = Deadlines { ready: Duration::from_millis(500), ..Deadlines::default() };
    bench.run = Run::new(Ids::default(), Wait::seeded(deadlines, 7), STACK, None);
    bench.sandbox.faults(json!({"kind": "stuck"})).await;
    let action = create(&at("guardrail", "eu-west-1", "other"), plain("other"));
    let error = bench.carry_out(&action).await.expect_err("it never ends");
    assert!(matches!(&error, ApplyError::Late { last, .. } if last == "CREATING"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("--wait")));
}

#[tokio::test]
async fn a_change_that_fails_says_why_and_what_to_do() {
    let bench = Bench::start().await;
    bench.sandbox.faults(json!({"kind": "fail", "operation": "CreateGuardrail"})).await;
    let error = bench.carry_out(&baseline()).await.expect_err("it fails");
    let ApplyError::Failed { reasons, recommendations, .. } = &error else { panic!("{error}") };
    assert!(!reasons.is_empty() && !recommendations.is_empty());
    assert!(error.to_string().contains(" is FAILED: ") && error.to_string().contains(&reasons[0]), "{error}");
    assert_eq!(error.hint().as_deref(), Some(recommendations[0].as_str()));
}

#[tokio::test]
async fn two_changes_of_the_organization_at_once_both_come_about() {
    let bench = Bench::start().await;
    let fault = json!({"kind": "latency", "operation": "CreatePolicy", "nth": 1, "ms": 300});
    bench.sandbox.faults(fault).await;
    // One run makes its changes of the organization one after the other, so the second is somebody else's.
    let others = bench.sandbox.clients(Access::ReadWrite).await;
    let run = Run::new(
        Ids::default(),
        Wait::seeded(Deadlines { visible: VISIBLE, ..Deadlines::scaled(0.2) }, 8),
        STACK,
        None,
    );
    let log = CallLog::default();
    let cx = WriteCx { read: others.reading(&log), run: &run };
    let (one, two) = (policy("one"), policy("two"));
    let (one, two) = tokio::join!(bench.carry_out(&one), perform(&cx, &two));
    one.and(two).expect("both are made");
    let ends = bench.sandbox.ends("CreatePolicy").await;
    assert!(ends.iter().any(|end| end == "ConcurrentModificationException"), "{ends:?}");
    assert_eq!(ends.iter().filter(|end| end.is_empty()).count(), 2, "{ends:?}");
}

fn chain(word: &str) -> String {
    format!(
        "format: 1\nstack: acme\norganization: {{management_account: \"{MANAGEMENT}\"}}\nregions: [us-east-1]\n\
         scan: {{regions: declared}}\nguardrails:\n  baseline: {{blocked_input_messaging: No., blocked_outputs_messaging: No., \
         word_policy: {{words: [{word}]}}}}\nversions: {{release-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [root]}}}}\n\
         account_enforcement: {{here: {{guardrail: baseline}}}}\n"
    )
}

/// What the whole way writes, once each.
const WRITES: [&str; 7] = [
    "CreateGuardrail",
    "CreateGuardrailVersion",
    "PutResourcePolicy",
    "PutEnforcedGuardrailConfiguration",
    "EnablePolicyType",
    "CreatePolicy",
    "AttachPolicy",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_of_any_write_is_made_good() {
    for operation in WRITES {
        let sandbox = Sandbox::start().await;
        let text = chain("tulip");
        sandbox.faults(json!({"kind": "lost-reply", "operation": operation, "nth": 1})).await;
        sandbox.apply(&text).await;
        let ends = sandbox.ends(operation).await;
        assert_eq!(ends.first().map(String::as_str), Some("lost-reply"), "{operation}: {ends:?}");
        assert_eq!(sandbox.guardrails().await, 1, "{operation}");
        assert_in_sync(&sandbox.plan(&text).await, operation);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_cut_off_from_inference_while_a_spec_is_applied() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&chain("tulip")).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let entries = sandbox.control("GET", "/_bedrail/timeline", &Value::Null).await;
    let entries = entries.as_array().expect("entries");
    let scopes = || entries.iter().flat_map(|entry| entry["scopes"].as_array().expect("scopes"));
    let protected = |scope: &&Value| scope["enforced"].as_array().is_some_and(|list| !list.is_empty());
    assert!(scopes().filter(protected).count() >= 7, "every account is subject to it in the end");
    let cut_off: Vec<_> = scopes().filter(|scope| scope["inference"] != "ok").collect();
    assert!(cut_off.is_empty(), "{cut_off:#?}");
}
