//! IAM policies: what roles may do, from one apply to the next and behind bedrail's back.

use std::collections::BTreeMap;

use bedrail::plan::{Hazard, Phase, Plan, State};
use serde_json::{Value, json};

use super::{MESSAGES, adopting, destroying, guardrail, held, spec};
use crate::support::{MANAGEMENT, Sandbox, assert_in_sync, steps};

/// What somebody does to what IAM holds of an account.
type Edit = fn(&mut Value);
/// Operations, each with how often it is called.
type Calls = &'static [(&'static str, usize)];

const NOVA: &str = "amazon.nova-pro-v1:0";

fn app(word: &str, fields: &str) -> String {
    let guardrails = guardrail("baseline", word, ", keep_versions: 1");
    spec(&format!("guardrails:\n{guardrails}iam_policies:\n  app: {{{fields}}}\n"))
}

fn required(more: &str) -> String {
    let fields =
        "name: app, path: /bedrail/, template: require_guardrail, guardrails: [baseline], attach_to_roles: [app-role]";
    app("one", &format!("{fields}{more}"))
}

async fn state(sandbox: &Sandbox) -> Value {
    sandbox.control("GET", "/_bedrail/state", &Value::Null).await
}

fn text(document: &Value) -> String {
    document.to_string()
}

/// Takes away what the role of the seed has.
async fn bare(sandbox: &Sandbox) {
    let root = sandbox.root(MANAGEMENT);
    let listed = root.iam("ListRolePolicies", "RoleName=app-role").await.text;
    for name in listed.split("<member>").skip(1).filter_map(|rest| rest.split('<').next()) {
        let answer = root.iam("DeleteRolePolicy", &format!("RoleName=app-role&PolicyName={name}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

fn baseline_arn(state: &Value) -> String {
    let mut copy = state.clone();
    let guardrails = crate::behind::find(&mut copy, "guardrails").and_then(|all| all.as_object().cloned());
    let id = guardrails.and_then(|all| all.keys().next().cloned()).expect("a guardrail");
    if id.starts_with("arn:") { id } else { format!("arn:aws:bedrock:us-east-1:{MANAGEMENT}:guardrail/{id}") }
}

#[tokio::test(flavor = "multi_thread")]
async fn models_that_are_excepted_are_called_without_and_others_are_not() {
    const EMBED: &str = "amazon.titan-embed-text-v2:0";
    let sandbox = Sandbox::start().await;
    bare(&sandbox).await;
    let with = required(&format!(", models: [\"{EMBED}\", \"{NOVA}\"], except_models: [\"amazon.titan-embed-*\"]"));
    sandbox.apply(&with).await;
    assert_in_sync(&sandbox.plan(&with).await, &with);
    sandbox.set(json!({"authorize": true})).await;
    let role = sandbox.session(MANAGEMENT, "app-role").await;
    assert!(!role.invoke(EMBED, None).await.is_denied(), "an embedding model needs none");
    assert_eq!(role.converse(NOVA, None).await, 403, "others do");
    sandbox.set(json!({"authorize": false})).await;
    let without = required(&format!(", models: [\"{EMBED}\", \"{NOVA}\"]"));
    sandbox.apply(&without).await;
    assert_in_sync(&sandbox.plan(&without).await, &without);
    sandbox.set(json!({"authorize": true})).await;
    assert!(role.invoke(EMBED, None).await.is_denied(), "it is excepted no more");
    sandbox.set(json!({"authorize": false})).await;
    let plan = sandbox.plan(&with).await;
    let policy =
        plan.actions.iter().find(|action| action.address.to_string().contains("iam-policy/")).expect("an update");
    assert_eq!(policy.direction.word(), "weakens", "{policy:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_calls_models_with_the_guardrail_only_and_it_is_simulated() {
    let sandbox = Sandbox::start().await;
    bare(&sandbox).await;
    let text = required(&format!(", version: current, models: [\"{NOVA}\"]"));
    let plan = sandbox.apply(&text).await;
    assert_eq!(
        steps(&plan).iter().filter(|step| step.contains("iam")).collect::<Vec<_>>(),
        ["create iam-policy bedrail/app", "create iam-policy-attachment bedrail/app:app-role"]
    );
    assert_in_sync(&sandbox.plan(&text).await, &text);
    let counts = sandbox.counts().await;
    assert_eq!(counts.get("iam:SimulateCustomPolicy"), Some(&4), "{counts:?}");
    assert_eq!(counts.get("iam:SimulatePrincipalPolicy"), Some(&4), "{counts:?}");
    let arn = baseline_arn(&state(&sandbox).await);
    sandbox.set(json!({"authorize": true})).await;
    let role = sandbox.session(MANAGEMENT, "app-role").await;
    assert_eq!(role.converse(NOVA, Some((&arn, "1"))).await, 200);
    assert_eq!(role.converse(NOVA, None).await, 403, "without a guardrail");
    assert_eq!(role.converse("amazon.nova-lite-v1:0", Some((&arn, "1"))).await, 403, "another model");
    assert_eq!(role.converse(NOVA, Some((&arn, "DRAFT"))).await, 403, "another version");
    sandbox.set(json!({"authorize": false})).await;
    let plan = sandbox.apply_with(&text, &destroying()).await.0;
    assert_eq!(steps(&plan).iter().filter(|step| step.contains("iam")).count(), 2);
    assert!(state(&sandbox).await["iam"][MANAGEMENT]["policies"].as_object().is_none_or(serde_json::Map::is_empty));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_does_to_a_policy_is_repaired() {
    let sandbox = Sandbox::start().await;
    let text = required(", description: For the app, tags: {team: ai}");
    sandbox.apply(&text).await;
    let good = state(&sandbox).await;
    let edits: Vec<(&str, Edit, &str, Calls)> = vec![
        (
            "the document",
            |iam| {
                let policy = &mut iam["policies"]["app"];
                let number = policy["default_version"].to_string();
                let other = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}});
                policy["versions"][number]["document"] = json!(other.to_string());
            },
            "update iam-policy bedrail/app",
            &[("iam:CreatePolicyVersion", 1)],
        ),
        (
            "a tag",
            |iam| iam["policies"]["app"]["tags"]["team"] = json!("other"),
            "update iam-policy bedrail/app",
            &[("iam:TagPolicy", 1)],
        ),
        (
            "a tag more",
            |iam| iam["policies"]["app"]["tags"]["extra"] = json!("x"),
            "update iam-policy bedrail/app",
            &[("iam:UntagPolicy", 1)],
        ),
        (
            "the name in the mark",
            |iam| iam["policies"]["app"]["tags"]["bedrail:name"] = json!("x"),
            "update iam-policy bedrail/app",
            &[("iam:TagPolicy", 1)],
        ),
        (
            "an attachment less",
            |iam| iam["roles"]["app-role"]["attached"] = json!([]),
            "create iam-policy-attachment bedrail/app:app-role",
            &[("iam:AttachRolePolicy", 1)],
        ),
        (
            "an attachment more",
            |iam| {
                let policy = iam["roles"]["app-role"]["attached"][0].clone();
                iam["roles"]["BedrailRead"]["attached"] = json!([policy]);
            },
            "delete iam-policy-attachment bedrail/app:BedrailRead",
            &[("iam:DetachRolePolicy", 1)],
        ),
    ];
    for (what, edit, step, calls) in edits {
        let mut changed = good.clone();
        edit(&mut changed["iam"][MANAGEMENT]);
        assert_ne!(changed, good, "{what}");
        sandbox.control("PUT", "/_bedrail/state", &changed).await;
        let plan = sandbox.plan(&text).await;
        assert_eq!(steps(&plan), [step], "{what}: {:?} {:?}", plan.held, plan.blind);
        sandbox.forget_requests().await;
        sandbox.apply(&text).await;
        let wanted: BTreeMap<String, usize> = calls.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        let reads = ["Get", "List", "Describe", "Simulate"];
        let is_write =
            |name: &str| !reads.iter().any(|read| name.split(':').nth(1).unwrap_or_default().starts_with(read));
        let writes: BTreeMap<_, _> = sandbox.counts().await.into_iter().filter(|(name, _)| is_write(name)).collect();
        assert_eq!(writes, wanted, "{what}");
        assert_in_sync(&sandbox.plan(&text).await, what);
    }
    // In other words the same.
    let mut same = good.clone();
    let policy = &mut same["iam"][MANAGEMENT]["policies"]["app"];
    let mut written = document(&good, MANAGEMENT, "app");
    for statement in written["Statement"].as_array_mut().expect("statements") {
        for key in ["Action", "Resource"] {
            match &mut statement[key] {
                Value::Array(items) => items.reverse(),
                one => *one = json!([one.clone()]),
            }
        }
    }
    let number = policy["default_version"].to_string();
    policy["versions"][number]["document"] = json!(written.to_string());
    sandbox.control("PUT", "/_bedrail/state", &same).await;
    assert_in_sync(&sandbox.plan(&text).await, "the same in other words");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_version_takes_the_place_of_the_oldest() {
    let sandbox = Sandbox::start().await;
    let with = |models: usize| {
        let models: Vec<String> = (0..=models).map(|at| format!("\"a.m{at}\"")).collect();
        app("one", &format!("name: app, template: invoke_models, models: [{}]", models.join(", ")))
    };
    for models in 0..7 {
        sandbox.apply(&with(models)).await;
        assert_in_sync(&sandbox.plan(&with(models)).await, "a version later");
    }
    let policy = state(&sandbox).await["iam"][MANAGEMENT]["policies"]["app"].clone();
    let numbers: Vec<&String> = policy["versions"].as_object().expect("versions").keys().collect();
    assert_eq!(
        (numbers, policy["default_version"].as_u64()),
        (vec![&"3".to_owned(), &"4".to_owned(), &"5".to_owned(), &"6".to_owned(), &"7".to_owned()], Some(7))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_denies_nobody_who_calls_a_version_that_is_kept() {
    let sandbox = Sandbox::start().await;
    let content = |word: &str| required(", version: current").replace("[one]", &format!("[{word}]"));
    sandbox.apply(&content("one")).await;
    let numbers = async || {
        let document = text(&document(&state(&sandbox).await, MANAGEMENT, "app"));
        (1..=4).filter(|number| document.contains(&format!(":{number}\""))).collect::<Vec<u32>>()
    };
    assert_eq!(numbers().await, [1]);
    let plan = sandbox.apply(&content("two")).await;
    assert_in_sync(&sandbox.plan(&content("two")).await, "two");
    let of_iam = |action: &&bedrail::plan::Action| action.address.kind.word() == "iam-policy";
    let update = plan.actions.iter().find(of_iam).expect("the policy follows");
    assert!(update.phase.is_none() && update.hazards.is_empty(), "{update:?}");
    assert_eq!(numbers().await, [1, 2], "the one before is kept");
    let plan = sandbox.apply(&content("three")).await;
    assert_in_sync(&sandbox.plan(&content("three")).await, "three");
    assert_eq!(numbers().await, [2, 3], "the one that is pruned is dropped");
    let phases: Vec<Phase> = plan.actions.iter().filter_map(|action| action.phase).collect();
    assert_eq!(phases, [Phase::Widen, Phase::Narrow], "first allowed, then dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exact_version_moves_in_two_steps() {
    let sandbox = Sandbox::start().await;
    let released = |key: &str, word: &str| {
        let versions = "versions:\n  rel-1: {guardrail: baseline}\n";
        let text = required(&format!(", version: {key}")).replace("[one]", &format!("[{word}]"));
        let more = if key == "rel-2" { "  rel-2: {guardrail: baseline}\n" } else { "" };
        format!("{text}{versions}{more}")
    };
    sandbox.apply(&released("rel-1", "one")).await;
    let next = released("rel-2", "two");
    let plan = sandbox.plan(&next).await;
    let told: Vec<&str> = warnings(&plan, "W0907");
    assert!(told.len() == 1 && told[0].contains(":1 is no longer allowed"), "{told:?}");
    let moves: Vec<_> = plan.actions.iter().filter_map(|action| action.phase).collect();
    assert_eq!(moves, [Phase::Widen, Phase::Narrow], "{:?}", steps(&plan));
    sandbox.apply(&next).await;
    assert_in_sync(&sandbox.plan(&next).await, &next);
    let document = text(&document(&state(&sandbox).await, MANAGEMENT, "app"));
    assert!(document.contains(":2\"") && !document.contains(":1\""), "{document}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_policy_still_demands_goes_last() {
    let sandbox = Sandbox::start().await;
    let released = |key: &str, word: &str| {
        let text = required(&format!(", version: {key}")).replace("[one]", &format!("[{word}]"));
        format!("{text}versions:\n  {key}: {{guardrail: baseline}}\n")
    };
    sandbox.apply(&released("rel-1", "one")).await;
    let plan = sandbox.plan(&released("rel-2", "two")).await;
    let at = |wanted: &str| {
        let steps = steps(&plan);
        steps.iter().position(|step| step.contains(wanted)).unwrap_or_else(|| panic!("{wanted}: {steps:?}"))
    };
    let narrowed = plan.actions.iter().position(|action| action.phase == Some(Phase::Narrow)).expect("a narrowing");
    assert!(narrowed < at("delete guardrail-version rel-1"), "{:?}", steps(&plan));
    // In a member, callers are let go before they lose the permission.
    let member = "222233334444";
    let shared = |policies: &str| {
        let guardrail = guardrail("baseline", "one", "");
        spec(&format!("guardrails:\n{guardrail}{policies}"))
    };
    let all = shared(&format!(
        "resource_policies:\n  baseline: {{guardrail: baseline, share_with: organization}}\niam_policies:\n  there: {{accounts: [\"{member}\"], template: require_guardrail, guardrails: [baseline], attach_to_roles: [app-role]}}\n"
    ));
    let sandbox = Sandbox::start().await;
    sandbox.apply(&all).await;
    let plan = sandbox.plan_with(&all, &destroying()).await;
    let at = |wanted: &str| steps(&plan).iter().position(|step| step.starts_with(wanted)).expect("a step");
    assert!(at("delete iam-policy-attachment") < at("delete resource-policy"), "{:?}", steps(&plan));
    assert!(at("delete iam-policy ") < at("delete resource-policy"), "{:?}", steps(&plan));
    // Where the spec names the account no more, what is left there goes before the permission does, and is found again by a
    // rerun of what stopped between the two.
    let plan = sandbox.plan(&shared("")).await;
    let at = |wanted: &str| steps(&plan).iter().position(|step| step.starts_with(wanted)).expect("a step");
    assert!(at("delete iam-policy-attachment") < at("delete resource-policy"), "{:?}", steps(&plan));
    assert!(at("delete iam-policy ") < at("delete resource-policy"), "{:?}", steps(&plan));
    assert!(warnings(&plan, "W0907").is_empty());
    // Where they could not be read, for whatever reason, what depends on it waits.
    for code in [None, Some("ServiceFailure")] {
        sandbox.set(json!({"refuse": [{"operation": "ListPolicies", "account": member, "code": code}]})).await;
        let plan = sandbox.plan(&shared("")).await;
        let held =
            |held: &bedrail::plan::Held| held.address.kind.word() == "resource-policy" && held.hint.contains(member);
        assert!(plan.held.iter().any(held) && !plan.blind.is_empty(), "{code:?}: {:#?}", plan.held);
    }
    sandbox.set(json!({"refuse": []})).await;
    sandbox.apply(&shared("")).await;
    assert_in_sync(&sandbox.plan(&shared("")).await, &shared(""));
}

fn warnings<'p>(plan: &'p bedrail::plan::Plan, code: &str) -> Vec<&'p str> {
    let of_code = plan.warnings.iter().filter(|warning| warning.code == code);
    of_code.map(|warning| warning.message.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_be_named_in_a_call_can_be() {
    let sandbox = Sandbox::start().await;
    bare(&sandbox).await;
    let plan = sandbox.apply(&required("")).await;
    let at = |step: &str| steps(&plan).iter().position(|other| other.starts_with(step)).expect("a step");
    assert!(at("create guardrail-version") < at("create iam-policy"), "{:?}", steps(&plan));
    assert_in_sync(&sandbox.plan(&required("")).await, &required(""));
    let arn = baseline_arn(&state(&sandbox).await);
    sandbox.set(json!({"authorize": true})).await;
    assert_eq!(sandbox.session(MANAGEMENT, "app-role").await.converse(NOVA, Some((&arn, "1"))).await, 200);
    sandbox.set(json!({"authorize": false})).await;
    // The second publish leaves one version besides the current one, the third drops the first.
    let with = |word: &str| required("").replace("[one]", &format!("[{word}]"));
    assert!(warnings(&sandbox.apply(&with("two")).await, "W0907").is_empty());
    let plan = sandbox.plan(&with("three")).await;
    let told = warnings(&plan, "W0907");
    assert!(told.len() == 1 && told[0].contains(":1 goes, and calls may name it"), "{told:?} {:?}", steps(&plan));
    // A version that is declared can be named, so nothing is published besides.
    let named = format!("{}versions:\n  rel-1: {{guardrail: baseline}}\n", with("four"));
    let plan = sandbox.plan(&named).await;
    let published: Vec<_> =
        steps(&plan).into_iter().filter(|step| step.starts_with("create guardrail-version")).collect();
    assert_eq!(published, ["create guardrail-version rel-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_come_before_what_needs_them_and_go_after() {
    let sandbox = Sandbox::start().await;
    let granted = spec(&format!(
        "guardrails:\n{}account_enforcement:\n  here: {{guardrail: baseline}}\niam_policies:\n  grant: {{template: apply_guardrail, guardrails: [baseline], attach_to_roles: [app-role]}}\n",
        guardrail("baseline", "one", "")
    ));
    let plan = sandbox.apply(&granted).await;
    let at = |kind: &str| plan.actions.iter().position(|action| action.address.kind.word() == kind).expect("an action");
    assert!(at("iam-policy-attachment") < at("account-enforcement"), "{:?}", steps(&plan));
    let callers = plan.preconditions.iter().find(|one| one.code.id() == "P0124").expect("a precondition");
    assert_eq!(callers.state, State::Ok, "{}", callers.message);
    assert!(
        callers.message.contains("app-role in 111122223333") && callers.message.contains("others are not looked at")
    );
    assert!(plan.warnings.iter().all(|warning| warning.code != "W0904"), "{:?}", plan.warnings);
    // The grant goes while the guardrail stays enforced.
    let without = granted.split("iam_policies").next().expect("the rest").to_owned();
    let plan = sandbox.plan(&without).await;
    assert!(plan.actions.iter().all(|action| action.hazards.contains(&Hazard::Lockout)), "{:?}", plan.actions);
    assert_eq!(plan.actions.len(), 2);
    // Both go: what is enforced first.
    let plan = sandbox.plan_with(&granted, &destroying()).await;
    let at = |kind: &str| plan.actions.iter().position(|action| action.address.kind.word() == kind).expect("an action");
    assert!(at("account-enforcement") < at("iam-policy-attachment"), "{:?}", steps(&plan));
    assert!(at("iam-policy-attachment") < at("iam-policy"), "{:?}", steps(&plan));
    assert!(plan.actions.iter().all(|action| !action.hazards.contains(&Hazard::Lockout)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_beside_a_grant_locks_the_role_out() {
    let sandbox = Sandbox::start().await;
    let granted = spec(&format!(
        "guardrails:\n{}account_enforcement:\n  here: {{guardrail: baseline}}\niam_policies:\n  grant: {{template: apply_guardrail, guardrails: [baseline], attach_to_roles: [app-role]}}\n",
        guardrail("baseline", "one", "")
    ));
    sandbox.apply(&granted).await;
    let denial = |action: &str| {
        let statement = format!("{{Effect: Deny, Action: \"{action}\", Resource: \"*\"}}");
        format!(
            "{granted}  more: {{attach_to_roles: [app-role], document: {{Version: \"2012-10-17\", Statement: [{statement}]}}}}\n"
        )
    };
    let locks = |plan: &Plan| -> Vec<String> {
        let hazardous = |action: &&bedrail::plan::Action| action.hazards.contains(&Hazard::Lockout);
        plan.actions.iter().filter(hazardous).map(|action| action.address.name.clone()).collect()
    };
    let plan = sandbox.plan(&denial("bedrock:Apply*")).await;
    assert_eq!(locks(&plan), ["acme-more:app-role"], "{:?}", steps(&plan));
    let callers = plan.preconditions.iter().find(|one| one.code.id() == "P0124").expect("a precondition");
    assert_ne!(callers.state, State::Ok, "{}", callers.message);
    // One that denies something else may come, and is not to be turned against it afterwards.
    let other = denial("bedrock:DeleteGuardrail");
    assert!(locks(&sandbox.plan(&other).await).is_empty());
    sandbox.apply(&other).await;
    let plan = sandbox.plan(&denial("bedrock:Apply*")).await;
    assert_eq!(locks(&plan), ["acme-more"], "{:?}", steps(&plan));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_it_weakens_is_told() {
    let sandbox = Sandbox::start().await;
    let text = required("");
    sandbox.apply(&text).await;
    let hazards = async |text: &str| {
        let plan = sandbox.plan(text).await;
        let of_iam = plan.actions.into_iter().filter(|action| action.address.kind.word().starts_with("iam"));
        of_iam
            .map(|action| {
                (
                    action.verb.word(),
                    action.direction.word(),
                    action.hazards.into_iter().map(Hazard::word).collect::<Vec<_>>(),
                )
            })
            .collect::<Vec<_>>()
    };
    let second = guardrail("second", "x", "");
    let wider =
        text.replace("iam_policies:", &format!("{second}iam_policies:")).replace("[baseline]", "[baseline, second]");
    assert_eq!(hazards(&wider).await, [("update", "weakens", vec!["weakens"])]);
    let any = text.replace("[baseline]", "any");
    assert_eq!(hazards(&any).await, [("update", "weakens", vec!["weakens"])]);
    let gone = text.split("iam_policies").next().expect("the rest").to_owned();
    assert_eq!(
        hazards(&gone).await,
        [("delete", "weakens", vec!["weakens", "deletes"]), ("delete", "weakens", vec!["weakens", "deletes"])]
    );
    let raw = text.replace(
        "template: require_guardrail, guardrails: [baseline]",
        "document: {Version: \"2012-10-17\", Statement: [{Effect: Deny, NotAction: \"s3:*\", Resource: \"*\"}]}",
    );
    let found = hazards(&raw).await;
    assert_eq!(found[0].2, ["weakens"], "a requirement is dropped: {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_held_with_the_reason() {
    let sandbox = Sandbox::start().await;
    let no_role = required("").replace("app-role", "nobody");
    assert_eq!(held(&sandbox.plan(&no_role).await), ["precondition create iam-policy-attachment bedrail/app:nobody"]);
    sandbox.apply(&required(", description: One")).await;
    let described = sandbox.plan(&required(", description: Two")).await;
    assert_eq!(held(&described), ["precondition update iam-policy bedrail/app"]);
    assert!(described.held[0].hint.contains("another `name`"), "{}", described.held[0].hint);
    let moved = required(", description: One").replace("/bedrail/", "/other/");
    let faults = match sandbox
        .sides(&moved)
        .await
        .expect("sides")
        .plan(&bedrail::plan::Options::default(), bedrail::model::Digest::of(&moved))
    {
        Err(bedrail::reconcile::Failure::Spec(faults)) => faults,
        other => panic!("{other:?}"),
    };
    assert!(faults.iter().any(|fault| fault.code.id() == "E0901"), "{faults:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_others_is_adopted_by_path_and_name() {
    let sandbox = Sandbox::start().await;
    let root = sandbox.root(MANAGEMENT);
    let document = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22a%3AB%22%2C%22Resource%22%3A%22%2A%22%7D%7D";
    let made = async |path: &str, name: &str| {
        let answer =
            root.iam("CreatePolicy", &format!("PolicyName={name}&Path={path}&PolicyDocument={document}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    made("/bedrail/", "app").await;
    made("/elsewhere/", "Other").await;
    let text = required("");
    assert_eq!(held(&sandbox.plan(&text).await)[0], "not-ours adopt iam-policy bedrail/app");
    let (plan, outcome) = sandbox.apply_with(&text, &adopting()).await;
    assert!(outcome.is_complete(), "{:?}", outcome.failed);
    assert!(steps(&plan).contains(&"adopt iam-policy bedrail/app".to_owned()), "{:?}", steps(&plan));
    assert_in_sync(&sandbox.plan(&text).await, "adopted");
    let taken = text.replace("name: app,", "name: other,");
    let plan = sandbox.plan(&taken).await;
    assert!(held(&plan).contains(&"precondition create iam-policy bedrail/other".to_owned()), "{:?}", held(&plan));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_role_takes_no_more() {
    let sandbox = Sandbox::start().await;
    let mut changed = {
        sandbox.apply(&app("one", "name: seed, template: invoke_models")).await;
        state(&sandbox).await
    };
    let arns: Vec<String> = (0..20).map(|at| format!("arn:aws:iam::{MANAGEMENT}:policy/p{at}")).collect();
    changed["iam"][MANAGEMENT]["roles"]["app-role"]["attached"] = json!(arns);
    sandbox.control("PUT", "/_bedrail/state", &changed).await;
    let plan = sandbox.plan(&required("")).await;
    assert!(
        held(&plan).contains(&"precondition create iam-policy-attachment bedrail/app:app-role".to_owned()),
        "{:?}",
        held(&plan)
    );
    assert!(plan.held.iter().any(|held| held.hint.contains("P0144")), "{:?}", plan.held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_does_not_do_what_it_is_for_fails_its_action() {
    let sandbox = Sandbox::start().await;
    // Nobody with this boundary calls a model.
    sandbox
        .apply(&app("one", "name: seed, template: use_kms_key, kms_key_id: \"5f3a9c1e-0d42-4b7a-9e61-2c8d7f10ab34\""))
        .await;
    let mut changed = state(&sandbox).await;
    changed["iam"][MANAGEMENT]["roles"]["app-role"]["permissions_boundary"] =
        json!(format!("arn:aws:iam::{MANAGEMENT}:policy/seed"));
    sandbox.control("PUT", "/_bedrail/state", &changed).await;
    let text = format!(
        "{}  seed: {{name: seed, template: use_kms_key, kms_key_id: \"5f3a9c1e-0d42-4b7a-9e61-2c8d7f10ab34\"}}\n",
        required("")
    );
    let (_, outcome) = sandbox.apply_with(&text, &bedrail::plan::Options::default()).await;
    let [failed] = outcome.failed.as_slice() else { panic!("{:?}", outcome.failed) };
    let told = format!("{failed:?}");
    assert!(told.contains("iam-policy-attachment") || told.contains("IamPolicyAttachment"), "{told}");
    assert!(told.contains("simulation") && told.contains("must be allowed"), "{told}");
    // The role is not locked out, and what was tried is tried again.
    let (plan, outcome) = sandbox.apply_with(&text, &bedrail::plan::Options::default()).await;
    assert_eq!(steps(&plan), ["create iam-policy-attachment bedrail/app:app-role"]);
    assert_eq!(outcome.failed.len(), 1, "{:?}", outcome.failed);
    let mut mended = state(&sandbox).await;
    mended["iam"][MANAGEMENT]["roles"]["app-role"]["permissions_boundary"] = Value::Null;
    sandbox.control("PUT", "/_bedrail/state", &mended).await;
    sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_deny_for_certain_is_no_open_question_for_what_they_allow_under_conditions() {
    let sandbox = Sandbox::start().await;
    let own = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["bedrock:InvokeModel*", "bedrock:ApplyGuardrail"], "Resource": "*"},
        {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*",
         "Condition": {"StringNotEquals": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:111122223333:guardrail/theirs000000"}}},
    ]});
    let document = own.to_string().bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    let form = format!("RoleName=app-role&PolicyName=theirs&PolicyDocument={document}");
    assert_eq!(sandbox.root(MANAGEMENT).iam("PutRolePolicy", &form).await.status, 200);
    let (_, outcome) = sandbox.apply_with(&required(""), &bedrail::plan::Options::default()).await;
    let [failed] = outcome.failed.as_slice() else { panic!("{:?}", outcome.failed) };
    let told = format!("{failed:?}");
    assert!(told.contains("explicitDeny") && told.contains("must be allowed"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_template_is_applied_and_stays() {
    let sandbox = Sandbox::start().await;
    let text = spec(&format!(
        r#"
guardrails:
  baseline: {{{MESSAGES}, cross_region_profile: auto, word_policy: {{words: [one]}}}}
iam_policies:
  require: {{template: require_guardrail, guardrails: any}}
  invoke: {{template: invoke_models, models: [us.anthropic.claude-sonnet-4-5-20250929-v1:0, "arn:aws:bedrock:us-east-1:{MANAGEMENT}:application-inference-profile/abc"]}}
  apply: {{template: apply_guardrail, guardrails: [baseline]}}
  manage: {{template: manage_guardrails, regions: [us-east-1, eu-west-1], kms_key_id: "5f3a9c1e-0d42-4b7a-9e61-2c8d7f10ab34"}}
  key: {{template: use_kms_key, kms_key_id: "arn:aws:kms:us-east-1:{MANAGEMENT}:key/5f3a9c1e-0d42-4b7a-9e61-2c8d7f10ab34"}}
  raw:
    document:
      Version: "2012-10-17"
      Statement: {{Effect: Allow, Action: "bedrock:ApplyGuardrail", Resource: "${{guardrail.baseline.arn}}"}}
"#
    ));
    sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
    let state = state(&sandbox).await;
    let arn = baseline_arn(&state);
    let of = |key: &str| document(&state, MANAGEMENT, &format!("acme-{key}")).to_string();
    assert!(of("apply").contains("us-west-2:111122223333:guardrail-profile/us.guardrail.v1:0"), "{}", of("apply"));
    assert!(
        of("invoke").contains("arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0")
    );
    assert!(of("invoke").contains("inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"));
    assert!(of("raw").contains(&arn), "{}", of("raw"));
    assert!(of("manage").contains("eu-west-1") && of("manage").contains("kms:CreateGrant"));
    assert!(!of("key").contains("kms:CreateGrant"));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_of_members_are_given_what_an_enforcement_there_needs() {
    let sandbox = Sandbox::start().await;
    let member = "222233334444";
    let text = spec(&format!(
        "guardrails:\n{}resource_policies:\n  baseline: {{guardrail: baseline, share_with: organization}}\naccount_enforcement:\n  there: {{accounts: [\"{member}\"], guardrail: baseline}}\niam_policies:\n  grant: {{accounts: [\"{member}\", management], template: apply_guardrail, guardrails: [baseline], attach_to_roles: [app-role]}}\n",
        guardrail("baseline", "one", "")
    ));
    let plan = sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
    let at = |address: &str| {
        plan.actions.iter().position(|action| action.address.to_string() == address).expect("an action")
    };
    let grant = at(&format!("iam-policy-attachment/{member}/global/acme-grant:app-role"));
    assert!(grant < at(&format!("account-enforcement/{member}/us-east-1/account")), "{:?}", steps(&plan));
    let callers = plan.preconditions.iter().find(|one| one.code.id() == "P0124").expect("a precondition");
    assert!(callers.state == State::Ok && callers.message.contains(member), "{}", callers.message);
    let state = state(&sandbox).await;
    let arn = baseline_arn(&state);
    assert!(arn.contains(MANAGEMENT) && document(&state, member, "acme-grant").to_string().contains(&arn));
    let gone =
        text.replace(&format!("accounts: [\"{member}\", management], template"), "accounts: [management], template");
    let plan = sandbox.plan(&gone).await;
    assert!(plan.actions.iter().all(|action| action.address.scope.account.as_str() == member), "{:?}", steps(&plan));
    assert!(plan.actions.iter().all(|action| action.hazards.contains(&Hazard::Lockout)), "{:?}", plan.actions);
}

/// The default version of a policy as the state of the local AWS has it.
fn document(state: &Value, account: &str, policy: &str) -> Value {
    let policy = &state["iam"][account]["policies"][policy];
    let version = &policy["versions"][policy["default_version"].to_string()]["document"];
    match version {
        Value::String(text) => serde_json::from_str(text).expect("JSON"),
        other => other.clone(),
    }
}
