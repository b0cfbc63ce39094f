//! Whom an org policy concerns: the accounts on which it comes to bear, not all that are below its nodes.

use bedrail::plan::{Hazard, Options, Plan, State};

use super::{guardrail, held, spec};
use crate::support::{Sandbox, steps};

/// The policy and its one attachment, held.
const TOP: [&str; 2] = ["precondition create org-policy top", "precondition create org-policy-attachment top:r-sand"];
const SANDBOX: [&str; 2] = ["555566667777", "666677778888"];

/// Another stack's guardrail `shared`, which the OU Sandbox may not use. Of our own the spec itself must say that all may.
async fn platform() -> Sandbox {
    let units = "{organizational_units: [\"ou:Workloads\", \"ou:Security\"]}";
    let theirs = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: shared}}}}\n\
         resource_policies: {{shared: {{guardrail: shared, share_with: {units}}}}}\n",
        guardrail("shared", "one", "")
    );
    let sandbox = Sandbox::start().await;
    sandbox.apply(&spec(&theirs).replace("stack: acme", "stack: platform")).await;
    sandbox
}

/// `top` on the root enforces that guardrail; besides, other policies.
fn top(policies: &str) -> String {
    spec(&format!(
        "guardrails:\n{}resource_policies: {{own: {{guardrail: own, share_with: organization}}}}\n\
         external_guardrails: {{shared: {{from_stack: platform, name: shared}}}}\n\
         org_policies:\n  top: {{enforce: [{{guardrail: shared}}], attach: [root]}}\n{policies}",
        guardrail("own", "two", ""),
    ))
}

/// How the permissions of `top` stand, and of whom it is said.
fn permitted(plan: &Plan) -> (State, Vec<&str>) {
    let of_top = |code: &str| {
        let mut found = plan.preconditions.iter().filter(|one| one.code.id() == code);
        found.find(|one| one.address.as_ref().is_some_and(|address| address.name == "top")).expect("it is looked at")
    };
    let found = of_top("P0121");
    (found.state, found.accounts.iter().map(bedrail::model::AccountId::as_str).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_needs_a_permission_for_what_a_policy_of_others_hides() {
    let sandbox = platform().await;
    let plan = sandbox.plan(&top("")).await;
    assert_eq!(permitted(&plan), (State::Failed, SANDBOX.to_vec()));
    assert_eq!(held(&plan), TOP);
    let theirs = format!(
        "guardrails:\n{}resource_policies: {{theirs: {{guardrail: theirs, share_with: organization}}}}\n\
         org_policies: {{theirs: {{enforce: [{{guardrail: theirs}}], attach: [\"ou:Sandbox\"]}}}}\n",
        guardrail("theirs", "two", "")
    );
    sandbox.apply(&spec(&theirs).replace("stack: acme", "stack: other")).await;
    let plan = sandbox.plan(&top("")).await;
    assert_eq!((permitted(&plan), held(&plan)), ((State::Ok, Vec::new()), Vec::new()));
    let attach = plan.actions.iter().find(|action| action.address.name == "top:r-sand").expect("it is attached");
    assert!(attach.hazards.contains(&Hazard::Displaces));
    let callers = plan.preconditions.iter().find(|one| one.code.id() == "P0124").expect("callers");
    assert!(callers.accounts.iter().all(|account| !SANDBOX.contains(&account.as_str())), "{:?}", callers.accounts);
    sandbox.apply(&top("")).await;
    let timeline = sandbox.control("GET", "/_bedrail/timeline", &serde_json::Value::Null).await;
    assert!(!timeline.to_string().contains("\"denied\""), "nobody was ever locked out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_is_still_to_come_or_about_to_go_hides_nothing() {
    let low = "  low: {enforce: [{guardrail: own}], attach: [\"ou:Sandbox\"]}\n";
    let sandbox = platform().await;
    let (plan, outcome) = sandbox.apply_with(&top(low), &Options::default()).await;
    assert_eq!(permitted(&plan), (State::Failed, SANDBOX.to_vec()), "either may be attached first");
    assert_eq!(held(&plan), TOP);
    assert!(outcome.is_complete(), "{:?}", outcome.failed);
    let plan = sandbox.apply(&top(low)).await;
    assert_eq!((permitted(&plan), held(&plan)), ((State::Ok, Vec::new()), Vec::new()), "it is there now");
    assert_eq!(steps(&plan), ["create org-policy top", "create org-policy-attachment top:r-sand"]);
    let plan = sandbox.plan(&top("")).await;
    assert_eq!(permitted(&plan), (State::Failed, SANDBOX.to_vec()), "it goes");
}
