//! Callers outside the management account: those that policies are delegated to, in whole, in part, or not at all.

use bedrail::aws::FactsError;
use bedrail::plan::{Options, Plan, Precondition, State};
use bedrail::reconcile::Failure;
use bedrail_localstack::Seed;
use serde_json::{Value, json};

use super::{enforcing_theirs, guardrail, held, spec};
use crate::support::{Sandbox, assert_in_sync, steps};

const DELEGATE: &str = "222233334444";

fn shared() -> String {
    format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    )
}

fn caller(plan: &Plan) -> &Precondition {
    plan.preconditions.iter().find(|one| one.code.id() == "P0103").expect("the caller is looked at")
}

/// The guardrail is there, made in the management account; the delegate calls from now on, with a spec that enforces it.
async fn delegated() -> (Sandbox, String) {
    let mut sandbox = Sandbox::seeded(Seed::File(crate::source::root().join("localstack/seeds/delegated.json"))).await;
    let ours = enforcing_theirs(&sandbox, &shared()).await;
    DELEGATE.clone_into(&mut sandbox.account);
    (sandbox, ours)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegate_manages_policies() {
    let (sandbox, ours) = delegated().await;
    let plan = sandbox.plan(&ours).await;
    assert_eq!(caller(&plan).state, State::Ok, "{:?}", caller(&plan));
    assert!(caller(&plan).message.contains(DELEGATE), "{:?}", caller(&plan));
    assert_eq!(held(&plan), Vec::<String>::new());
    assert_eq!(steps(&plan), ["create org-policy org", "create org-policy-attachment org:ou-sand-sandbox0"]);
    sandbox.apply(&ours).await;
    let again = sandbox.plan(&ours).await;
    let blind: Vec<_> = again.blind.iter().map(|blind| (blind.scope.account.as_str(), blind.kind.word())).collect();
    assert!(again.actions.is_empty() && again.held.is_empty(), "{:?} {blind:?}", steps(&again));
    assert!(blind.iter().all(|(account, _)| *account == crate::support::MANAGEMENT), "{blind:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_the_management_account_is_held_for_a_delegate() {
    let (sandbox, _) = delegated().await;
    let org = "org_policies: {org: {enforce: [{guardrail: baseline, version: v-1}], attach: [\"ou:Sandbox\"]}}\n";
    let plan = sandbox.plan(&spec(&(shared() + org))).await;
    assert_eq!(caller(&plan).state, State::Ok);
    assert_eq!(steps(&plan), Vec::<String>::new());
    assert_eq!(
        held(&plan),
        [
            "not-visible create guardrail baseline",
            "not-visible create guardrail-version v-1",
            "not-visible create resource-policy baseline",
            "needs create org-policy org",
            "needs create org-policy-attachment org:ou-sand-sandbox0",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegation_that_lacks_something_holds_policies() {
    let (sandbox, ours) = delegated().await;
    let edit = |edit: fn(&mut Value)| {
        sandbox.edit(move |state| {
            let content = &mut state["organization"]["resource_policy"]["content"];
            let mut policy: Value = serde_json::from_str(content.as_str().expect("a text")).expect("JSON");
            edit(&mut policy["Statement"]);
            *content = json!(policy.to_string());
        })
    };
    edit(|statements| {
        let actions = statements[1]["Action"].as_array_mut().expect("a list");
        actions.retain(|action| action != "organizations:AttachPolicy");
    })
    .await;
    let plan = sandbox.plan(&ours).await;
    let found = caller(&plan);
    assert_eq!(found.state, State::Failed);
    assert!(
        found.fix.as_ref().is_some_and(|fix| fix.contains(r#""Action":["organizations:AttachPolicy"]"#)),
        "{found:?}"
    );
    assert_eq!(
        held(&plan),
        ["precondition create org-policy org", "precondition create org-policy-attachment org:ou-sand-sandbox0"]
    );
    assert_eq!(steps(&plan), Vec::<String>::new());
    // One role of the account may be the caller's or not.
    edit(|statements| {
        statements[1]["Action"] = json!(["organizations:*Policy", "organizations:*Resource"]);
        statements[1]["Principal"] = json!({"AWS": "arn:aws:iam::222233334444:role/BedrailExecution"});
    })
    .await;
    let plan = sandbox.plan(&ours).await;
    assert_eq!((caller(&plan).state, held(&plan)), (State::Unknown, Vec::new()), "what is not known holds nothing");
    sandbox.refuse(&["DescribeResourcePolicy"]).await;
    let plan = sandbox.plan(&ours).await;
    assert_eq!((caller(&plan).state, held(&plan)), (State::Unknown, Vec::new()));
    assert_eq!(caller(&plan).fix.as_deref(), Some("allow `organizations:DescribeResourcePolicy`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_nothing_is_delegated_to_is_told_where_to_go_and_may_keep_its_own() {
    let mut sandbox = Sandbox::start().await;
    DELEGATE.clone_into(&mut sandbox.account);
    let refused = sandbox.sides(&spec(&shared())).await.expect_err("it is refused");
    let Failure::Facts(error @ FactsError::NotManagement { .. }) = refused else { panic!("{refused:?}") };
    let hint = error.hint().expect("a hint");
    assert!(hint.contains("111122223333") && hint.contains("PutResourcePolicy"), "{hint}");
    // Without an organization in the spec, its own account is all there is.
    let top = super::TOP.replace("organization: {management_account: \"111122223333\"}\n", "");
    let own = format!(
        "{top}guardrails:\n{}account_enforcement: {{here: {{guardrail: baseline}}}}\n",
        guardrail("baseline", "one", "")
    );
    let (plan, outcome) = sandbox.apply_with(&own, &Options::default()).await;
    assert!(outcome.is_complete(), "{:?}", outcome.failed);
    assert!(plan.preconditions.iter().all(|one| one.code.id() != "P0103"));
    assert_in_sync(&sandbox.plan(&own).await, &own);
}
