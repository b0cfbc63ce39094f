//! Service control policies: what they deny, to whom, and how they come, change and go.

use bedrail::model::Direction;
use bedrail::plan::{Hazard, Plan};
use serde_json::{Value, json};

use super::{guardrail, held, spec};
use crate::support::caller::Caller;
use crate::support::{MANAGEMENT, Sandbox, assert_in_sync, steps};

const SANDBOX: &str = "555566667777";
const PROD: &str = "333344445555";
const NOVA: &str = "amazon.nova-pro-v1:0";
const TITAN: &str = "amazon.titan-embed-text-v2:0";

/// An SCP on the sandbox accounts.
fn control(terms: &str) -> String {
    format!("org_policies:\n  deny: {{type: SERVICE_CONTROL_POLICY, {terms}, attach: [\"ou:Sandbox\"]}}\n")
}

/// A guardrail that everybody may apply, and that calls have to name.
fn required(terms: &str) -> String {
    let guardrails = format!("guardrails:\n{}", guardrail("baseline", "one", ""));
    let shared = "versions: {first: {guardrail: baseline}}\n\
        resource_policies: {baseline: {guardrail: baseline, share_with: organization}}\n";
    format!("{guardrails}{shared}{}", control(&format!("template: require_guardrail, guardrails: [baseline]{terms}")))
}

/// The ARN of the one guardrail of the management account.
async fn baseline(sandbox: &Sandbox) -> String {
    let state = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    let guardrails = state["bedrock"][MANAGEMENT]["us-east-1"]["guardrails"].as_object().expect("guardrails");
    let id = guardrails.keys().next().expect("a guardrail");
    format!("arn:aws:bedrock:us-east-1:{MANAGEMENT}:guardrail/{id}")
}

/// A guardrail of somebody's own, with these tags, and its first version.
async fn own(caller: &Caller, tags: &Value) -> String {
    let body = json!({"name": "own", "blockedInputMessaging": "No.", "blockedOutputsMessaging": "No.",
        "wordPolicyConfig": {"wordsConfig": [{"text": "tulip"}]}, "tags": tags});
    let made = caller.bedrock("POST", "/guardrails", &body).await;
    assert_eq!(made.status, 202, "{}", made.text);
    made.json()["guardrailArn"].as_str().expect("an ARN").to_owned()
}

fn encoded(arn: &str) -> String {
    arn.replace(':', "%3A").replace('/', "%2F")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_must_name_the_guardrail() {
    let sandbox = Sandbox::start().await;
    let text = spec(&required(&format!(", except_models: [\"{TITAN}\"]")));
    sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
    let baseline = baseline(&sandbox).await;
    let (app, elsewhere) = (sandbox.session(SANDBOX, "app-role").await, sandbox.session(PROD, "app-role").await);
    let admin = sandbox.session(SANDBOX, "OrganizationAccountAccessRole").await;
    let other = own(&admin, &json!([])).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let version = admin.bedrock("POST", &format!("/guardrails/{}", encoded(&other)), &json!({})).await;
    assert_eq!(version.status, 202, "{}", version.text);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    for (guardrail, what) in [
        (None, "none is named"),
        (Some((other.as_str(), "1")), "another is named"),
        (Some((baseline.as_str(), "DRAFT")), "the draft is named"),
        (Some(("", "")), "the empty string is named"),
    ] {
        let answer = app.invoke(NOVA, guardrail).await;
        assert!(answer.is_denied(), "{what}: {answer:?}");
    }
    // As the condition key stands in a request that carries the empty string, whoever sends it.
    for (value, decision) in
        [("", "explicitDeny"), (other.as_str(), "explicitDeny"), (&format!("{baseline}:7"), "allowed")]
    {
        let form = format!(
            "PolicySourceArn=arn:aws:iam::{SANDBOX}:role/app-role&ActionNames.member.1=bedrock:InvokeModel\
             &ContextEntries.member.1.ContextKeyName=bedrock:GuardrailIdentifier\
             &ContextEntries.member.1.ContextKeyType=string&ContextEntries.member.1.ContextKeyValues.member.1={value}"
        );
        let answer = admin.iam("SimulatePrincipalPolicy", &form).await;
        assert!(answer.text.contains(&format!("<EvalDecision>{decision}<")), "{value}: {}", answer.text);
    }
    let named = app.invoke(NOVA, Some((&baseline, "1"))).await;
    assert_eq!(named.status, 200, "{}", named.text);
    for (who, model) in [(&app, TITAN), (&elsewhere, NOVA)] {
        let spared = who.invoke(model, None).await;
        assert_eq!(spared.status, 200, "{model}: {}", spared.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn some_guardrail_will_do_and_exempt_principals_need_none() {
    let sandbox = Sandbox::start().await;
    let exempt = "exempt_principals: [\"arn:${partition}:iam::*:role/OrganizationAccountAccessRole\"]";
    let text = spec(&control(&format!("template: require_guardrail, guardrails: any, {exempt}")));
    sandbox.apply(&text).await;
    let (app, admin) =
        (sandbox.session(SANDBOX, "app-role").await, sandbox.session(SANDBOX, "OrganizationAccountAccessRole").await);
    let own = own(&admin, &json!([])).await;
    assert!(app.invoke(NOVA, None).await.is_denied());
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(app.invoke(NOVA, Some((&own, "DRAFT"))).await.status, 200);
    assert_eq!(admin.invoke(NOVA, None).await.status, 200);
}

/// An administrator of a member account against what carries our marks, and the role by which bedrail works there.
#[tokio::test(flavor = "multi_thread")]
async fn members_cannot_change_what_is_ours() {
    let sandbox = Sandbox::start().await;
    let text = spec(&control("template: protect_guardrails"))
        .replace("management_account:", "member_role: BedrailExecution, management_account:");
    sandbox.apply(&text).await;
    sandbox.set(json!({"authorize": true})).await;
    let ours = sandbox.session(SANDBOX, "BedrailExecution").await;
    let admin = sandbox.session(SANDBOX, "OrganizationAccountAccessRole").await;
    let marks = json!([{"key": "bedrail:stack", "value": "acme"}, {"key": "bedrail:name", "value": "own"}]);
    let (marked, free) = (own(&ours, &marks).await, own(&admin, &json!([])).await);
    let config = json!({"loggingConfig": {"s3Config": {"bucketName": "logs"}}});
    let content = json!({"name": "own", "blockedInputMessaging": "Yes.", "blockedOutputsMessaging": "Yes.",
        "wordPolicyConfig": {"wordsConfig": [{"text": "tulip"}]}});
    let put = json!({"guardrailInferenceConfig": {"guardrailIdentifier": free, "guardrailVersion": "1"}});
    let at = |arn: &str| format!("/guardrails/{}", encoded(arn));
    let untag = json!({"resourceARN": marked, "tagKeys": ["bedrail:stack"]});
    let forge = json!({"resourceARN": free, "tags": [{"key": "bedrail:stack", "value": "acme"}]});
    let denied = [
        ("PUT", at(&marked), content.clone()),
        ("POST", at(&marked), json!({})),
        ("DELETE", at(&marked), json!({})),
        ("POST", "/untagResource".to_owned(), untag),
        ("POST", "/tagResource".to_owned(), forge),
        ("PUT", "/enforcedGuardrailsConfiguration".to_owned(), put),
        ("PUT", "/logging/modelinvocations".to_owned(), config.clone()),
        ("DELETE", "/logging/modelinvocations".to_owned(), json!({})),
    ];
    for (method, path, body) in &denied {
        let answer = admin.bedrock(method, path, body).await;
        assert!(answer.is_denied(), "{method} {path}: {answer:?}");
    }
    let policy = "PolicyName=x&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D";
    let role = admin.iam("PutRolePolicy", &format!("RoleName=BedrailExecution&{policy}")).await;
    assert!(role.status == 403 && role.text.contains("explicit deny"), "{role:?}");
    // Their own is theirs, and bedrail does its work.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(admin.bedrock("PUT", &at(&free), &content).await.status, 202);
    assert_eq!(ours.bedrock("PUT", &at(&marked), &content).await.status, 202);
    assert_eq!(ours.bedrock("PUT", "/logging/modelinvocations", &config).await.status, 200);
    // What the management account does is bound by none of it, and a plan there is as before.
    assert_in_sync(&sandbox.plan(&text).await, &text);
}

#[tokio::test(flavor = "multi_thread")]
async fn models_are_called_in_the_listed_regions_only() {
    let sandbox = Sandbox::start().await;
    let text =
        spec(&control("template: deny_unlisted_regions")).replace("regions: [us-east-1]", "regions: [eu-west-1]");
    sandbox.apply(&text).await;
    let app = sandbox.session(SANDBOX, "app-role").await;
    assert!(app.invoke(NOVA, None).await.is_denied());
    let text = text.replace("regions: [eu-west-1]", "regions: [eu-west-1, us-east-1]");
    let plan = sandbox.apply(&text).await;
    assert_eq!(steps(&plan), ["update org-policy deny"]);
    assert_eq!(plan.actions[0].direction, Direction::Weakens);
    assert_eq!(app.invoke(NOVA, None).await.status, 200);
}

fn hazards(plan: &Plan) -> Vec<(String, Vec<Hazard>)> {
    let action =
        |action: &bedrail::plan::Action| (action.address.kind.to_string(), action.hazards.iter().copied().collect());
    plan.actions.iter().map(action).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_after_its_type_and_goes_with_its_hazards() {
    let sandbox = Sandbox::start().await;
    let text = spec(&required(""));
    let plan = sandbox.plan(&text).await;
    let warning = plan.warnings.iter().find(|warning| warning.code == "W0906").expect("a warning");
    assert!(warning.message.starts_with("in 2 accounts"), "{}", warning.message);
    assert!(!plan.warnings.iter().any(|warning| warning.code == "W0904"), "{:?}", plan.warnings);
    let done = steps(&sandbox.apply(&text).await);
    let at = |step: &str| done.iter().position(|done| done == step).unwrap_or_else(|| panic!("{step}: {done:?}"));
    assert!(at("create org-policy-type SERVICE_CONTROL_POLICY") < at("create org-policy deny"));
    assert!(at("create org-policy deny") < at("create org-policy-attachment deny:ou-sand-sandbox0"));
    assert!(at("create resource-policy baseline") < at("create org-policy deny"));
    // AWS's own policy was attached everywhere, and stays.
    let full = "FullAWSAccess";
    assert!(
        !done.iter().any(|step| step.contains(full)) && !plan.unmanaged.iter().any(|it| it.id.as_str().contains(full))
    );
    // Another guardrail may be named: that denies less.
    let more = text.replace("guardrails: [baseline]", "guardrails: any");
    let plan = sandbox.plan(&more).await;
    let policy = plan.actions.iter().find(|action| action.address.kind.word() == "org-policy").expect("an update");
    assert_eq!((policy.direction, policy.hazards.contains(&Hazard::Weakens)), (Direction::Weakens, true));
    let exempt = text
        .replace("guardrails: [baseline]", "guardrails: [baseline], exempt_principals: [\"arn:aws:iam::*:role/x\"]");
    assert_eq!(sandbox.plan(&exempt).await.actions[0].direction, Direction::Weakens);
    // It goes: detached, deleted, and the type stays.
    let gone = spec(
        text.split_once("org_policies:").map_or("", |(head, _)| head.split_once("declared}\n").map_or("", |it| it.1)),
    );
    let plan = sandbox.apply(&gone).await;
    let told = hazards(&plan);
    assert_eq!(
        told,
        [
            ("org-policy-attachment".to_owned(), vec![Hazard::Weakens, Hazard::Deletes]),
            ("org-policy".to_owned(), vec![Hazard::Deletes]),
        ]
    );
    assert_in_sync(&sandbox.plan(&gone).await, &gone);
}

/// What somebody does to what AWS holds.
type Edit<'e> = Box<dyn Fn(&mut Value) + 'e>;

/// What somebody edits behind bedrail's back, each with what puts it right.
#[tokio::test(flavor = "multi_thread")]
async fn edits_behind_the_back_are_put_right() {
    let sandbox = Sandbox::start().await;
    let text = spec(&required(&format!(", except_models: [\"{TITAN}\"]")));
    sandbox.apply(&text).await;
    let good = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    let id = good["organization"]["policies"].as_object().expect("policies").keys().next().expect("a policy").clone();
    let replaced = |from: &'static str, to: &'static str| -> Edit<'_> {
        let id = &id;
        Box::new(move |state| {
            let content = &mut state["organization"]["policies"][id]["content"];
            *content = json!(content.as_str().expect("text").replace(from, to));
        })
    };
    let set = |key: &'static str| -> Edit<'_> {
        let id = &id;
        Box::new(move |state| state["organization"]["policies"][id][key] = json!("other"))
    };
    let edits: [(&str, Edit<'_>, &str, &str); 8] = [
        ("the text", replaced("DenyEmptyGuardrail", "Empty"), "update org-policy deny", "organizations:UpdatePolicy"),
        ("an action", replaced("\"bedrock:InvokeModel\",", ""), "update org-policy deny", "organizations:UpdatePolicy"),
        ("a model", replaced("titan-embed", "nova"), "update org-policy deny", "organizations:UpdatePolicy"),
        ("a condition", replaced("\"true\"", "\"false\""), "update org-policy deny", "organizations:UpdatePolicy"),
        ("the name", set("name"), "update org-policy deny", "organizations:UpdatePolicy"),
        ("the description", set("description"), "update org-policy deny", "organizations:UpdatePolicy"),
        (
            "an attachment less",
            Box::new(|state| {
                state["organization"]["attachments"]["ou-sand-sandbox0"]["SERVICE_CONTROL_POLICY"] =
                    json!(["p-FullAWSAccess"]);
            }),
            "create org-policy-attachment deny:ou-sand-sandbox0",
            "organizations:AttachPolicy",
        ),
        (
            "an attachment more",
            Box::new(|state| {
                state["organization"]["attachments"]["r-sand"]["SERVICE_CONTROL_POLICY"] =
                    json!(["p-FullAWSAccess", id]);
            }),
            "delete org-policy-attachment deny:r-sand",
            "organizations:DetachPolicy",
        ),
    ];
    for (what, edit, step, call) in &edits {
        let mut state = good.clone();
        edit(&mut state);
        assert_ne!(state, good, "{what}");
        sandbox.control("PUT", "/_bedrail/state", &state).await;
        sandbox.forget_requests().await;
        let plan = sandbox.apply(&text).await;
        assert_eq!(steps(&plan), [*step], "{what}: {:?}", held(&plan));
        let counts = sandbox.counts().await;
        let is_write = |name: &&String| {
            ["Create", "Update", "Delete", "Attach", "Detach", "Tag", "Untag", "Put", "Enable"]
                .iter()
                .any(|verb| name.split(':').nth(1).is_some_and(|name| name.starts_with(verb)))
        };
        let writes: Vec<_> = counts.keys().filter(is_write).collect();
        assert_eq!(writes, [call], "{what}");
        assert_in_sync(&sandbox.plan(&text).await, what);
    }
}

/// Nine more policies of others on the node, beside AWS's own: there is no room.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_attached_already_counts() {
    let sandbox = Sandbox::start().await;
    let text = spec(&control("template: deny_bypass"));
    for (others, room) in [(8, true), (9, false)] {
        sandbox
            .edit(|state| {
                let content =
                    json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "x:y", "Resource": "*"}});
                let ids: Vec<String> = (0..others).map(|at| format!("p-others{at:02}")).collect();
                for id in &ids {
                    state["organization"]["policies"][id] = json!({"name": id, "description": "",
                        "type": "SERVICE_CONTROL_POLICY", "content": content.to_string()});
                }
                state["organization"]["policy_types"]["SERVICE_CONTROL_POLICY"] = json!({"enabled": true});
                let all: Vec<String> = std::iter::once("p-FullAWSAccess".to_owned()).chain(ids).collect();
                state["organization"]["attachments"]["ou-sand-sandbox0"]["SERVICE_CONTROL_POLICY"] = json!(all);
            })
            .await;
        let plan = sandbox.plan(&text).await;
        let found = plan.preconditions.iter().find(|it| it.code.id() == "P0141").expect("a precondition");
        assert_eq!(found.message, format!("Sandbox has {} of 10 policies, and 1 to come", others + 1));
        assert!(plan.unmanaged.is_empty(), "those of others are nobody's business: {:?}", plan.unmanaged);
        let attached = steps(&plan).iter().any(|step| step.starts_with("create org-policy-attachment"));
        assert_eq!(attached, room, "{:?}", held(&plan));
        if !room {
            let fix = found.fix.as_deref().unwrap_or_default();
            assert!(fix.contains("--policy-id p-others00 "), "{fix}");
        }
    }
}

/// One without marks bears the name; a Bedrock policy of that name is another matter.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_taken_over_by_type_and_name() {
    let sandbox = Sandbox::start().await;
    let text = spec(&control("name: deny, template: deny_bypass"));
    sandbox
        .edit(|state| {
            let content =
                json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "x:y", "Resource": "*"}});
            let bedrock = json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {"identifier": {"@@assign": format!("arn:aws:bedrock:us-east-1:{MANAGEMENT}:guardrail/abc:1")}}}}}});
            let policies =
                [("p-control1", "SERVICE_CONTROL_POLICY", content), ("p-bedrock1", "BEDROCK_POLICY", bedrock)];
            for (id, kind, content) in policies {
                state["organization"]["policies"][id] =
                    json!({"name": "deny", "description": "", "type": kind, "content": content.to_string()});
                state["organization"]["policy_types"][kind] = json!({"enabled": true});
            }
        })
        .await;
    let plan = sandbox.plan(&text).await;
    assert!(held(&plan).contains(&"not-ours adopt org-policy deny".to_owned()), "{:?} {:?}", held(&plan), steps(&plan));
    assert!(plan.held.iter().any(|held| held.hint.starts_with("p-control1 ")), "{:?}", plan.held);
    let (plan, outcome) = sandbox.apply_with(&text, &super::adopting()).await;
    assert!(outcome.is_complete(), "{:?} {:?}", outcome.failed, steps(&plan));
    assert_in_sync(&sandbox.plan(&text).await, &text);
}

/// Each reply of what is written is lost once: a rerun finds what was done, and makes nothing twice.
#[tokio::test(flavor = "multi_thread")]
async fn replies_that_are_lost_make_nothing_twice() {
    let text = spec(&control("template: protect_guardrails"));
    for operation in ["EnablePolicyType", "CreatePolicy", "AttachPolicy"] {
        let sandbox = Sandbox::start().await;
        let lost = json!({"kind": "lost-reply", "operation": operation, "nth": 1});
        sandbox.control("POST", "/_bedrail/faults", &lost).await;
        let (_, outcome) = sandbox.apply_with(&text, &bedrail::plan::Options::default()).await;
        if !outcome.is_complete() {
            sandbox.apply(&text).await;
        }
        assert_in_sync(&sandbox.plan(&text).await, operation);
        let state = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
        assert_eq!(state["organization"]["policies"].as_object().map(serde_json::Map::len), Some(1), "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_ones_own_and_a_type_that_never_changes() {
    let sandbox = Sandbox::start().await;
    let document = r#"document: {Version: "2012-10-17", Statement: {Effect: Deny, Action: "bedrock:DeleteGuardrail", Resource: "*", Condition: {Bool: {"aws:MultiFactorAuthPresent": false}}}}"#;
    let text = spec(&control(document));
    sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
    let shared = format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    );
    let other = spec(&format!(
        "{shared}org_policies: {{deny: {{enforce: [{{guardrail: baseline}}], attach: [\"ou:Sandbox\"]}}}}\n"
    ));
    let sides = sandbox.sides(&other).await.expect("both sides");
    let failure = sides.plan(&bedrail::plan::Options::default(), bedrail::model::Digest::of(&other));
    let failure = format!("{:?}", failure.expect_err("a fault"));
    assert!(failure.contains("E0903") && failure.contains("take a new key"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_of_another_stack_can_be_demanded() {
    let sandbox = Sandbox::start().await;
    let platform = spec(&format!(
        "guardrails:\n{}versions: {{first: {{guardrail: baseline}}}}\nresource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
        guardrail("baseline", "one", "")
    ));
    sandbox.apply(&platform.replace("stack: acme", "stack: platform")).await;
    let external = "external_guardrails:\n  baseline: {from_stack: platform}\n";
    let demanding = control("template: require_guardrail, guardrails: [baseline]");
    let text = spec(&format!("{external}{demanding}"));
    let plan = sandbox.apply(&text).await;
    assert_eq!(held(&plan), [""; 0]);
    assert_in_sync(&sandbox.plan(&text).await, &text);
}
