//! What must be so before anything is enforced, each put out of order in AWS, and how the plan tells it.

use bedrail::plan::{Plan, Precondition, State};
use bedrail_localstack::Seed;
use serde_json::{Value, json};

use super::{guardrail, held, spec};
use crate::support::{Sandbox, steps};

/// A guardrail, its release, who may use it, and a policy on these nodes.
fn chain(attach: &str) -> String {
    format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: baseline, version: v-1}}], attach: [{attach}]}}}}\n",
        guardrail("baseline", "one", "")
    )
}

fn of<'p>(plan: &'p Plan, code: &str) -> Vec<&'p Precondition> {
    plan.preconditions.iter().filter(|one| one.code.id() == code).collect()
}

/// The codes of what failed, and of what is not known; that of callers is never known, and left out.
fn doubtful(plan: &Plan) -> Vec<(&'static str, &'static str)> {
    let doubtful = plan.preconditions.iter().filter(|one| one.state != State::Ok && one.code.id() != "P0124");
    doubtful.map(|one| (one.state.word(), one.code.id())).collect()
}

fn accounts(one: &Precondition) -> Vec<&str> {
    one.accounts.iter().map(bedrail::model::AccountId::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_sound_organization_only_callers_are_in_doubt() {
    let sandbox = Sandbox::start().await;
    let plan = sandbox.plan(&spec(&chain("root"))).await;
    assert_eq!(doubtful(&plan), []);
    assert!(plan.held.is_empty(), "{:?}", held(&plan));
    let callers = of(&plan, "P0124")[0];
    assert_eq!((callers.state, callers.accounts.len(), callers.address.is_none()), (State::Unknown, 6, true));
    assert!(callers.fix.as_ref().is_some_and(|fix| fix.contains("\"bedrock:ApplyGuardrail\"")), "{callers:?}");
    assert_eq!(accounts(of(&plan, "P0161")[0]), ["777788889999"], "one account is closed, and is told");
    assert!(plan.warnings.iter().any(|warning| warning.code == "W0904"));
    // Told once more when there is nothing to do, without a warning.
    sandbox.apply(&spec(&chain("root"))).await;
    let plan = sandbox.plan(&spec(&chain("root"))).await;
    assert!(plan.is_in_sync() && plan.warnings.is_empty(), "{:?}", plan.warnings);
    assert_eq!(of(&plan, "P0121").iter().map(|one| one.state).collect::<Vec<_>>(), [State::Ok]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_for_billing_only_takes_no_policy() {
    let sandbox = Sandbox::start().await;
    sandbox.edit(|state| state["organization"]["feature_set"] = json!("CONSOLIDATED_BILLING")).await;
    let plan = sandbox.plan(&spec(&chain("root"))).await;
    assert_eq!(doubtful(&plan), [("failed", "P0101"), ("failed", "P0102")]);
    assert_eq!(
        held(&plan),
        [
            "precondition create org-policy-type BEDROCK_POLICY",
            "needs create org-policy org",
            "needs create org-policy-attachment org:r-sand"
        ]
    );
    assert!(steps(&plan).contains(&"create resource-policy baseline".to_owned()), "what needs no policy goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_draft_is_written_anew_before_it_is_published() {
    let sandbox = Sandbox::applied(&format!("guardrails:\n{}", guardrail("baseline", "one", ""))).await;
    sandbox
        .edit(|state| {
            let all = state.pointer_mut("/bedrock/111122223333/us-east-1/guardrails").and_then(Value::as_object_mut);
            for guardrail in all.expect("guardrails").values_mut() {
                guardrail["draft"]["change"] = json!({"status": "UPDATING", "until": 0, "fails": true});
            }
        })
        .await;
    let plan = sandbox.plan(&spec(&chain("root"))).await;
    assert_eq!((doubtful(&plan), held(&plan)), (Vec::new(), Vec::new()));
    assert!(steps(&plan).contains(&"update guardrail baseline".to_owned()), "{:#?}", steps(&plan));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_others_that_does_not_exist_is_not_enforced() {
    let theirs = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    );
    let sandbox = Sandbox::start().await;
    let platform = spec(&theirs).replace("stack: acme", "stack: platform");
    sandbox.apply(&platform).await;
    let sides = sandbox.sides(&platform).await.expect("both sides");
    let arn =
        sides.live.found.iter().find(|(address, _)| address.kind.word() == "guardrail").expect("theirs").1.id.clone();
    let pinned = |number: &str| {
        spec(&format!(
            "external_guardrails: {{shared: {{arns: {{us-east-1: \"{arn}\"}}, versions: {{us-east-1: \"{number}\"}}}}}}\n\
             org_policies: {{org: {{enforce: [{{guardrail: shared}}], attach: [\"ou:Sandbox\"]}}}}\n"
        ))
    };
    sandbox.forget_requests().await;
    let plan = sandbox.plan(&pinned("1")).await;
    assert_eq!((doubtful(&plan), held(&plan)), (Vec::new(), Vec::new()));
    // Two calls for the version that is pointed at, whatever it reaches.
    let counts = sandbox.counts().await;
    assert_eq!((counts["bedrock:GetGuardrail"], counts["bedrock:GetResourcePolicy"]), (1, 1), "{counts:?}");
    let plan = sandbox.plan(&pinned("7")).await;
    assert_eq!(doubtful(&plan), [("failed", "P0113")]);
    assert_eq!(accounts(of(&plan, "P0113")[0]), ["555566667777", "666677778888"]);
    assert_eq!(
        held(&plan),
        ["precondition create org-policy org", "needs create org-policy-attachment org:ou-sand-sandbox0"]
    );
    sandbox.refuse(&["GetGuardrail", "GetResourcePolicy"]).await;
    let plan = sandbox.plan(&pinned("1")).await;
    assert!(
        plan.held.is_empty() && plan.blind.is_empty(),
        "what cannot be seen of others holds nothing: {:?}",
        held(&plan)
    );
    assert_eq!(doubtful(&plan), [("unknown", "P0113"), ("unknown", "P0121")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_of_others_that_is_not_shared_is_not_enforced() {
    let theirs = format!(
        "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: {{organizational_units: [\"ou:Workloads\"]}}}}}}\n",
        guardrail("baseline", "one", "")
    );
    let sandbox = Sandbox::start().await;
    sandbox.apply(&spec(&theirs).replace("stack: acme", "stack: platform")).await;
    let ours = "external_guardrails: {shared: {from_stack: platform, name: baseline}}\n\
        org_policies: {org: {enforce: [{guardrail: shared}], attach: [\"ou:Workloads/Prod\", \"ou:Sandbox\"]}}\n";
    let plan = sandbox.plan(&spec(ours)).await;
    assert_eq!(doubtful(&plan), [("failed", "P0121")]);
    let failed = of(&plan, "P0121")[0];
    assert_eq!(accounts(failed), ["555566667777", "666677778888"]);
    assert!(failed.fix.as_ref().is_some_and(|fix| fix.contains("aws:PrincipalOrgID")), "{failed:?}");
    assert_eq!(held(&plan), ["precondition create org-policy-attachment org:ou-sand-sandbox0"], "the others get it");
    // What was not read is not what does not exist.
    for operation in ["GetResourcePolicy", "GetGuardrail"] {
        sandbox.refuse(&[operation]).await;
        let plan = sandbox.plan(&spec(ours)).await;
        let states: Vec<_> = of(&plan, "P0121").iter().map(|one| one.state).collect();
        assert!(!states.contains(&State::Failed), "{operation}: {states:?}");
        if operation == "GetResourcePolicy" {
            assert_eq!(states, [State::Unknown]);
            assert!(of(&plan, "P0121")[0].message.contains("AccessDenied"), "{:?}", of(&plan, "P0121"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_of_others_beside_below_and_above_are_told() {
    let sandbox = Sandbox::seeded(Seed::File(crate::source::root().join("localstack/seeds/brownfield.json"))).await;
    let plan = sandbox.plan(&spec(&chain("root, \"ou:Sandbox\""))).await;
    // On the OU Sandbox stands one made by hand, and on an account below the root one of another stack.
    let node = of(&plan, "P0131").into_iter().find(|one| one.state == State::Failed).expect("the same node");
    assert_eq!(node.address.as_ref().map(|it| it.name.as_str()), Some("org:ou-sand-sandbox0"));
    assert!(node.message.contains("hand-made"), "{node:?}");
    let below: Vec<_> = of(&plan, "P0132").into_iter().filter(|one| one.state == State::Failed).collect();
    let hurt: Vec<_> = below.iter().map(|one| accounts(one)).collect();
    assert_eq!(hurt, [vec!["444455556666"], vec!["555566667777", "666677778888"]]);
    assert_eq!(held(&plan), ["precondition create org-policy-attachment org:ou-sand-sandbox0"], "others still get it");
    // Who is displaced keeps another guardrail, so that is for people to allow; to protect nobody at all is not done.
    let root = plan.actions.iter().find(|action| action.address.name == "org:r-sand").expect("it is attached");
    assert!(root.hazards.contains(&bedrail::plan::Hazard::Displaces), "{:?}", root.hazards);
    let plan = sandbox.plan(&spec(&chain("\"ou:Workloads/Dev\""))).await;
    assert_eq!((doubtful(&plan), accounts(of(&plan, "P0132")[0])), (vec![("failed", "P0132")], vec!["444455556666"]));
    assert_eq!(held(&plan), ["precondition create org-policy-attachment org:ou-sand-wldev000"]);
    let locked = chain("root").replace("org: {enforce", "org: {lock: true, enforce");
    assert!(of(&sandbox.plan(&spec(&locked)).await, "P0132").iter().all(|one| one.state == State::Ok));
    sandbox
        .edit(|state| {
            let policies =
                state.pointer_mut("/organization/policies").and_then(Value::as_object_mut).expect("policies");
            for policy in policies.values_mut().filter(|policy| policy["name"] == "hand-made") {
                let content = policy["content"].as_str().expect("a text");
                let lock = "{\"config_1\":{\"@@operators_allowed_for_child_policies\":[\"@@none\"],";
                policy["content"] = json!(content.replace("{\"config_1\":{", lock));
            }
        })
        .await;
    let plan = sandbox.plan(&spec(&chain("account:sandbox-1"))).await;
    assert_eq!(doubtful(&plan), [("failed", "P0133")]);
    assert_eq!(held(&plan), ["precondition create org-policy-attachment org:555566667777"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_node_has_no_room_to_make_before_breaking() {
    let sandbox = Sandbox::applied(&chain("\"ou:Sandbox\"")).await;
    sandbox
        .edit(|state| {
            let organization = &mut state["organization"];
            for number in 0..10 {
                let id = format!("p-filler{number:04}");
                let arn = format!("arn:aws:bedrock:eu-west-1:111122223333:guardrail/filler{number}:1");
                let enforced = json!({"eu-west-1": {"config_1": {"identifier": {"@@assign": arn}}}});
                let content = json!({"bedrock": {"guardrail_inference": enforced}}).to_string();
                organization["policies"][&id] =
                    json!({"name": id, "description": "", "type": "BEDROCK_POLICY", "content": content});
                let nodes = organization["attachments"].as_object_mut().expect("attachments");
                let node = nodes.entry("r-sand").or_insert_with(|| json!({}));
                let list = node.as_object_mut().expect("a map").entry("BEDROCK_POLICY").or_insert_with(|| json!([]));
                list.as_array_mut().expect("a list").push(json!(id));
            }
        })
        .await;
    let plan = sandbox.plan(&spec(&chain("root, \"ou:Sandbox\""))).await;
    assert_eq!(doubtful(&plan), [("failed", "P0141")]);
    assert_eq!(held(&plan), ["precondition create org-policy-attachment org:r-sand"]);
    assert!(of(&plan, "P0141")[0].fix.as_ref().is_some_and(|fix| fix.contains("detach-policy")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_a_customer_is_never_known_to_admit_members() {
    let key = ", kms_key_id: \"arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555\"";
    let with_key = chain("\"ou:Sandbox\"").replace("words: [one]}", &format!("words: [one]}}{key}"));
    let plan = Sandbox::start().await.plan(&spec(&with_key)).await;
    assert_eq!(doubtful(&plan), [("unknown", "P0123")]);
    let unknown = of(&plan, "P0123")[0];
    assert_eq!(accounts(unknown), ["555566667777", "666677778888"]);
    let fix = unknown.fix.as_deref().unwrap_or_default();
    assert!(fix.contains(r#""aws:PrincipalOrgPaths":"o-bedrailsand/*/ou-sand-sandbox0/*""#), "{fix}");
    // An account is named.
    let pinned = with_key.replace("attach: [\"ou:Sandbox\"]", "attach: [\"555566667777\"]");
    assert_ne!(pinned, with_key);
    let plan = Sandbox::start().await.plan(&spec(&pinned)).await;
    let fix = of(&plan, "P0123")[0].fix.as_deref().unwrap_or_default();
    assert!(fix.contains(r#""Principal":{"AWS":"arn:aws:iam::555566667777:root"}"#) && !fix.contains("Paths"), "{fix}");
    assert!(plan.held.is_empty());
    let alone = format!(
        "guardrails:\n{}account_enforcement: {{here: {{guardrail: baseline}}}}\n",
        guardrail("baseline", "one", key)
    );
    assert_eq!(of(&Sandbox::start().await.plan(&spec(&alone)).await, "P0123"), Vec::<&Precondition>::new());
}

/// The hazards of the change of a resource policy, if the plan has one.
fn hazards(plan: &Plan) -> Vec<&'static str> {
    let policy = plan.actions.iter().filter(|action| action.address.kind.word() == "resource-policy");
    policy.flat_map(|action| &action.hazards).map(|hazard| hazard.word()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stays_subject_to_a_guardrail_is_not_locked_out_of_it_unseen() {
    let shared = |with: &str| {
        format!(
            "guardrails:\n{}versions: {{v-1: {{guardrail: baseline}}}}\n\
             resource_policies: {{baseline: {{guardrail: baseline, share_with: {with}}}}}\n",
            guardrail("baseline", "one", "")
        )
    };
    let sandbox = Sandbox::applied(&shared("organization")).await;
    let units = "{organizational_units: [\"ou:Workloads\"]}";
    assert_eq!(hazards(&sandbox.plan(&spec(&shared(units))).await), Vec::<&str>::new(), "nobody is subject to it");
    // Another stack enforces it on an OU; what is ours is to shrink.
    let theirs = "external_guardrails: {shared: {from_stack: acme, name: baseline}}\n\
        org_policies: {org: {enforce: [{guardrail: shared}], attach: [\"ou:Sandbox\"]}}\n";
    sandbox.apply(&spec(theirs).replace("stack: acme\n", "stack: other\n")).await;
    let plan = sandbox.plan(&spec(&shared(units))).await;
    assert_eq!(hazards(&plan), ["lockout"]);
    let narrowed =
        plan.actions.iter().find(|action| action.address.kind.word() == "resource-policy").expect("it shrinks");
    assert_eq!(narrowed.reach, Some(2), "sandbox-1 and sandbox-2");
    let wide = "{organizational_units: [\"ou:Sandbox\"]}";
    assert_eq!(
        hazards(&sandbox.plan(&spec(&shared(wide))).await),
        Vec::<&str>::new(),
        "whom it reaches stays permitted"
    );
}
