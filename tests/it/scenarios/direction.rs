//! Which way a change goes: of a guardrail by itself, and of what points at it by what it leaves and reaches.

use bedrail::model::Direction::{self, Neutral, Strengthens, Unranked, Weakens};
use bedrail::model::FieldDiff;
use bedrail::plan::{Action, Hazard, Plan};

use super::{guardrail, spec};
use crate::support::{MANAGEMENT, Sandbox};

/// The one action of this kind.
fn action<'p>(plan: &'p Plan, kind: &str) -> &'p Action {
    let mut of_kind = plan.actions.iter().filter(|action| action.address.kind.word() == kind);
    of_kind.next().unwrap_or_else(|| panic!("a change of {kind}: {:#?}", plan.actions))
}

/// The pointer's field of an enforcement, or the first of a policy's.
fn pointer(action: &Action) -> &FieldDiff {
    let mut fields = action.fields.iter();
    fields.find(|field| field.path == "version" || field.path.contains(".identifier.")).expect("a pointer")
}

/// How the plan judges guardrail, enforcement and policy, demanding that hazards say the same.
fn directions(plan: &Plan, kinds: [&str; 3]) -> [Direction; 3] {
    for action in &plan.actions {
        assert_eq!(action.hazards.contains(&Hazard::Weakens), action.direction.loses(), "{action:#?}");
    }
    kinds.map(|kind| action(plan, kind).direction)
}

const EVERYTHING: [&str; 3] = ["guardrail", "account-enforcement", "org-policy"];

/// A guardrail that both an account and the organization enforce.
fn enforced(word: &str) -> String {
    format!(
        "guardrails:\n{}account_enforcement: {{here: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline}}], attach: [root]}}}}\n",
        guardrail("baseline", word, "")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pointer_follows_the_content_both_ways() {
    let sandbox = Sandbox::applied(&enforced("one, two")).await;
    for (words, direction) in [("one", Weakens), ("one, three", Strengthens), ("one, three", Neutral)] {
        let text = spec(&enforced(words));
        let plan = sandbox.plan(&text).await;
        if direction == Neutral {
            assert!(plan.actions.is_empty(), "{:#?}", plan.actions);
            continue;
        }
        assert_eq!(directions(&plan, EVERYTHING), [direction; 3], "{words}");
        for kind in ["account-enforcement", "org-policy"] {
            let below = &pointer(action(&plan, kind)).below;
            assert!(!below.is_empty() && below.iter().all(|field| field.path.starts_with("word_policy.words.#")));
        }
        sandbox.settles(&enforced(words)).await;
    }
}

fn released(version: &str) -> String {
    format!(
        "guardrails:\n{}versions: {{rel-1: {{guardrail: baseline, numbers: {{us-east-1: \"1\"}}}}, \
         rel-2: {{guardrail: baseline, numbers: {{us-east-1: \"2\"}}}}}}\n\
         account_enforcement: {{here: {{guardrail: baseline, version: {version}}}}}\n",
        guardrail("baseline", "one, two, three", ", keep_versions: 9")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_is_judged_by_what_both_releases_hold() {
    let current = |words: &str| {
        let guardrail = guardrail("baseline", words, ", keep_versions: 9");
        format!("guardrails:\n{guardrail}account_enforcement: {{here: {{guardrail: baseline}}}}\n")
    };
    let sandbox = Sandbox::applied(&current("one")).await;
    sandbox.settles(&current("one, two, three")).await;
    for (version, direction) in [("rel-1", Weakens), ("rel-2", Strengthens)] {
        let plan = sandbox.plan(&spec(&released(version))).await;
        let moved = action(&plan, "account-enforcement");
        assert_eq!((plan.actions.len(), moved.direction), (1, direction), "{version}: {plan:#?}");
        assert_eq!(pointer(moved).below.len(), 8, "two words of four fields each: {moved:#?}");
        sandbox.settles(&released(version)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_versions_whose_pointer_moves_are_read_for_it() {
    let sandbox = Sandbox::applied(&enforced("one, two")).await;
    let reads = async |words: &str| {
        sandbox.forget_requests().await;
        sandbox.plan(&spec(&enforced(words))).await;
        sandbox.counts().await["bedrock:GetGuardrail"]
    };
    // The draft, and the version that promises the content; then the draft, and the version that both pointers leave.
    assert_eq!(reads("one, two").await, 2);
    assert_eq!(reads("one").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_that_is_gone_leaves_the_move_unranked() {
    let sandbox = Sandbox::applied(&enforced("one, two")).await;
    sandbox
        .edit(|state| {
            let guardrails = format!("/bedrock/{MANAGEMENT}/us-east-1/guardrails");
            for guardrail in
                state.pointer_mut(&guardrails).and_then(|it| it.as_object_mut()).expect("some").values_mut()
            {
                guardrail["versions"] = serde_json::json!({});
            }
        })
        .await;
    let plan = sandbox.plan(&spec(&enforced("one"))).await;
    assert_eq!(directions(&plan, EVERYTHING), [Weakens, Unranked, Unranked]);
    let why = pointer(action(&plan, "account-enforcement")).why.clone().expect("a reason");
    assert!(why.ends_with("it does not exist"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_weakens_where_it_was_enforced() {
    let sandbox = Sandbox::applied(&enforced("one")).await;
    let plan = sandbox.plan(&spec("")).await;
    for action in &plan.actions {
        let direction = match action.address.kind.word() {
            "account-enforcement" | "org-policy-attachment" => Weakens,
            _ => Neutral,
        };
        assert_eq!(action.direction, direction, "{action:#?}");
    }
    assert_eq!(plan.actions.iter().filter(|action| action.hazards.contains(&Hazard::Weakens)).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_that_takes_the_place_of_an_equal_one_changes_nothing() {
    let by = |name: &str| {
        format!(
            "guardrails:\n{}{}account_enforcement: {{here: {{guardrail: {name}}}}}\n",
            guardrail("baseline", "one", ""),
            guardrail("other", "one", "")
        )
    };
    let sandbox = Sandbox::applied(&by("baseline")).await;
    let plan = sandbox.plan(&spec(&by("other"))).await;
    let enforcement = action(&plan, "account-enforcement");
    assert_eq!(enforcement.direction, Neutral, "{:#?}", pointer(enforcement));
}
