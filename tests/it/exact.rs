//! What is carried out is the plan and nothing else: what somebody changes between plan and write is left alone, what
//! depends on it waits, and the rest goes on.

use std::time::Duration;

use bedrail::apply::{Happened, Outcome};
use bedrail::model::Digest;
use bedrail::plan::{Options, Plan, Purpose};
use bedrail::reconcile::Sides;
use serde_json::{Value, json};

use crate::behind::{find, guardrail, policy};
use crate::support::{MANAGEMENT, Sandbox, assert_in_sync};

fn spec(word: &str, members: &str) -> String {
    format!(
        "format: 1\nstack: acme\norganization: {{management_account: \"{MANAGEMENT}\"}}\nregions: [us-east-1, us-west-2]\n\
         guardrails:\n  baseline: {{regions: [us-east-1], blocked_input_messaging: No., blocked_outputs_messaging: No., \
         word_policy: {{words: [{word}]}}}}\n  other: {{regions: [us-west-2], blocked_input_messaging: No., \
         blocked_outputs_messaging: No., word_policy: {{words: [{word}]}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, {members}}}}}\n\
         org_policies: {{org: {{description: With {word}, enforce: [{{guardrail: baseline}}], \
         attach: [root]}}}}\naccount_enforcement: {{here: {{guardrail: baseline, regions: [us-east-1]}}}}\n"
    )
}

fn before() -> String {
    spec("tulip", "share_with: organization")
}

/// Everything changes.
fn after() -> String {
    spec("rose", "share_with: organization, actions: [ApplyGuardrail, GetGuardrail]")
}

impl Sandbox {
    async fn agreed(&self, text: &str, purpose: Purpose) -> (Sides, Plan) {
        let sides = self.sides(text).await.unwrap_or_else(|failure| panic!("{failure:?}"));
        let options = Options { purpose, ..Options::default() };
        let plan = sides.plan(&options, Digest::of(&text)).expect("a plan");
        (sides, plan)
    }

    async fn behind(&self, edit: impl FnOnce(&mut Value)) -> Value {
        let mut state = self.control("GET", "/_bedrail/state", &Value::Null).await;
        edit(&mut state);
        self.control("PUT", "/_bedrail/state", &state).await;
        state
    }
}

/// `address: error` of what failed.
fn failures(outcome: &Outcome) -> Vec<String> {
    let told = outcome.failed.iter().map(|event| match &event.happened {
        Happened::Failed { error, hint, calls } => {
            assert!(hint.is_some(), "{error}");
            let writes = calls
                .iter()
                .filter(|call| !["Get", "List", "Describe"].iter().any(|read| call.operation.contains(read)));
            assert_eq!(writes.count(), 0, "nothing is written: {calls:?}");
            error.clone()
        }
        other => panic!("{other:?}"),
    });
    told.collect()
}

type Edit = fn(&mut Value);

const EDITS: [(&str, Edit, &str); 6] = [
    (
        "guardrail",
        |state| guardrail(state)["draft"]["content"]["description"] = json!("by hand"),
        "guardrail/111122223333/us-east-1/baseline is not as planned, and was left alone: description",
    ),
    (
        "a tag",
        |state| guardrail(state)["tags"]["by"] = json!("hand"),
        "guardrail/111122223333/us-east-1/baseline is not as planned, and was left alone: tags.by",
    ),
    (
        "resource policy",
        |state| {
            let policies = find(state, "resource_policies").and_then(Value::as_object_mut).expect("policies");
            for document in policies.values_mut() {
                let text = document.as_str().expect("text").replace("bedrock:ApplyGuardrail", "bedrock:GetGuardrail");
                *document = json!(text);
            }
        },
        "resource-policy/111122223333/us-east-1/baseline is not as planned, and was left alone: document.Statement",
    ),
    (
        "enforcement",
        |state| {
            let guarding = json!({"system": "SELECTIVE", "messages": "COMPREHENSIVE"});
            find(state, "enforced").expect("enforced")["selectiveContentGuarding"] = guarding;
        },
        "account-enforcement/111122223333/us-east-1/account is not as planned, and was left alone: \
         selective_content_guarding.system",
    ),
    (
        "org policy",
        |state| policy(state)["description"] = json!("by hand"),
        "org-policy/111122223333/global/org is not as planned, and was left alone: description",
    ),
    (
        "another enforcement",
        |state| find(state, "enforced").expect("enforced")["configId"] = json!("another00000"),
        "account-enforcement/111122223333/us-east-1/account is not as planned, and was left alone: another one is in its \
         place, another00000",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_has_moved_since_the_plan_is_left_alone_and_the_rest_goes_on() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&before()).await;
    let good = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    for purpose in [Purpose::Reconcile, Purpose::Destroy] {
        for (what, edit, error) in EDITS {
            sandbox.control("PUT", "/_bedrail/state", &good).await;
            let (sides, plan) = sandbox.agreed(&after(), purpose).await;
            sandbox.behind(edit).await;
            let outcome = sandbox.carry_out(&sides, &plan).await;
            let failed = failures(&outcome);
            assert!(failed.len() == 1 && failed[0].starts_with(error), "{what}: {failed:#?}");
            let done = |name: &str| outcome.done.iter().any(|event| event.address.to_string() == name);
            assert!(done("guardrail/111122223333/us-west-2/other"), "{what}: what has nothing to do with it goes on");
            assert!(purpose == Purpose::Destroy || what != "guardrail" || !outcome.skipped.is_empty());
            // Whoever looks at it again and agrees gets there.
            let (sides, plan) = sandbox.agreed(&after(), purpose).await;
            let outcome = sandbox.carry_out(&sides, &plan).await;
            assert!(outcome.is_complete(), "{what}: {:#?}", outcome.failed);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_away_is_not_changed_and_need_not_be_deleted() {
    let gone = |state: &mut Value| {
        find(state, "attachments").and_then(Value::as_object_mut).expect("attachments").clear();
        find(state, "policies").and_then(Value::as_object_mut).expect("policies").clear();
    };
    let sandbox = Sandbox::start().await;
    sandbox.apply(&before()).await;
    let (sides, plan) = sandbox.agreed(&after(), Purpose::Reconcile).await;
    sandbox.behind(gone).await;
    let failed = failures(&sandbox.carry_out(&sides, &plan).await);
    assert_eq!(
        failed,
        ["org-policy/111122223333/global/org is not as planned, and was left alone: it does not exist any more"]
    );

    sandbox.apply(&after()).await;
    let (sides, plan) = sandbox.agreed(&after(), Purpose::Destroy).await;
    sandbox.behind(gone).await;
    let outcome = sandbox.carry_out(&sides, &plan).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_about_meanwhile_is_no_place_for_a_create() {
    let sandbox = Sandbox::start().await;
    let empty = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    sandbox.apply(&before()).await;
    let full = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    let marks: [(&str, Edit, &str); 3] = [
        ("nobody's", |tags| *tags = json!({}), "has its name by now"),
        ("another stack's", |tags| tags["bedrail:stack"] = json!("other"), "has its name by now"),
        ("ours, and another", |tags| tags["by"] = json!("hand"), "carries its mark by now, and differs in tags.by"),
    ];
    for (what, mark, error) in marks {
        sandbox.control("PUT", "/_bedrail/state", &empty).await;
        let (sides, plan) = sandbox.agreed(&before(), Purpose::Reconcile).await;
        let mut state = full.clone();
        mark(&mut guardrail(&mut state)["tags"]);
        for key in ["enforced", "resource_policies", "policies", "attachments"] {
            let at = find(&mut state, key).expect("it is there");
            *at = if key == "enforced" { Value::Null } else { json!({}) };
        }
        sandbox.control("PUT", "/_bedrail/state", &state).await;
        let outcome = sandbox.carry_out(&sides, &plan).await;
        let failed = failures(&outcome);
        assert!(failed.len() == 1 && failed[0].contains(error), "{what}: {failed:#?}");
        assert!(outcome.done.iter().any(|event| event.address.to_string().ends_with("us-west-2/other")), "{what}");
        assert_eq!(outcome.skipped.len() + 2 + usize::from(outcome.done.len() > 1), plan.actions.len(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_own_lost_deeds_are_no_obstacle() {
    let sandbox = Sandbox::start().await;
    let (sides, plan) = sandbox.agreed(&before(), Purpose::Reconcile).await;
    for _ in 0..2 {
        let outcome = sandbox.carry_out(&sides, &plan).await;
        assert!(outcome.is_complete(), "{:#?}", outcome.failed);
    }
    assert_in_sync(&sandbox.plan(&before()).await, "nothing was made twice");
    let mut state = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    for key in ["versions", "guardrails", "policies"] {
        let count = find(&mut state, key).and_then(|found| found.as_object().map(serde_json::Map::len));
        assert_eq!(count, Some(1), "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_the_middle_of_a_run_stops_what_comes_after_it() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&before()).await;
    let (sides, plan) = sandbox.agreed(&after(), Purpose::Reconcile).await;
    // While the new version is in the making, somebody changes what is to be pointed at it.
    let slow = json!({"kind": "latency", "operation": "CreateGuardrailVersion", "ms": 1_000});
    sandbox.control("POST", "/_bedrail/faults", &slow).await;
    let meddle = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        sandbox.behind(EDITS[3].1).await;
    };
    let (outcome, ()) = tokio::join!(sandbox.carry_out(&sides, &plan), meddle);
    let failed = failures(&outcome);
    assert!(failed.iter().any(|error| error.starts_with(EDITS[3].2)), "{failed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_before_a_write_takes_one_read() {
    let sandbox = Sandbox::start().await;
    sandbox.apply(&before()).await;
    let (sides, plan) = sandbox.agreed(&after().replace("rose", "tulip"), Purpose::Reconcile).await;
    assert_eq!(crate::support::steps(&plan), ["update resource-policy baseline"]);
    sandbox.forget_requests().await;
    assert!(sandbox.carry_out(&sides, &plan).await.is_complete());
    let counts = sandbox.counts().await;
    let of_policies: Vec<_> = counts.iter().filter(|(call, _)| call.contains("ResourcePolicy")).collect();
    // Before it, and after it.
    assert_eq!(
        of_policies,
        [(&"bedrock:GetResourcePolicy".to_owned(), &2), (&"bedrock:PutResourcePolicy".to_owned(), &1)]
    );
}
