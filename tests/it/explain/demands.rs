//! What IAM demands of calls, and whether a role may apply what they meet: whatever is claimed of a call is what becomes of it.

use bedrail::explain::{Asks, Cell, Explanation, FindingKind, Verdict};
use bedrail::model::{AccountId, Region};
use serde_json::{Value, json};

use super::explained;
use crate::support::{MANAGEMENT, Sandbox};

const MEMBER: &str = "333344445555";
const UNIT: &str = "ou-sand-workload0";
const HERE: &str = "us-east-1";
const THERE: &str = "eu-west-2";
const NOVA: &str = "amazon.nova-lite-v1:0";
const TITAN: &str = "amazon.titan-embed-text-v2:0";

fn arn(account: &str, region: &str) -> String {
    format!("arn:aws:bedrock:{region}:{account}:guardrail/abc")
}

/// What a guardrail of one filter holds, with its only version.
fn guardrail(action: &str, profile: Option<&str>) -> Value {
    let filter = json!({"type": "HATE", "inputStrength": "HIGH", "outputStrength": "HIGH",
        "inputAction": action, "outputAction": action});
    let mut content = json!({"name": "abc", "blockedInputMessaging": "No.", "blockedOutputsMessaging": "No.",
        "contentPolicy": {"filters": [filter]}});
    if let Some(profile) = profile {
        content["crossRegionDetails"] = json!({"guardrailProfileId": profile,
            "guardrailProfileArn": format!("arn:aws:bedrock:{HERE}:{MEMBER}:guardrail-profile/{profile}")});
    }
    json!({"draft": {"content": content}, "versions": {"1": {"content": content}}, "published": 1})
}

/// A shared guardrail of the management account in each Region, and what else there is.
async fn world(build: impl FnOnce(&mut Value)) -> Sandbox {
    let sandbox = Sandbox::start().await;
    let mut state = sandbox.state().await;
    state["organization"]["policy_types"] = json!({"SERVICE_CONTROL_POLICY": {"enabled": true}});
    for region in [HERE, THERE] {
        let own = &mut state["bedrock"][MANAGEMENT][region];
        own["guardrails"]["abc"] = guardrail("BLOCK", None);
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
            "Action": "bedrock:ApplyGuardrail", "Resource": arn(MANAGEMENT, region),
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}}}]});
        own["resource_policies"][arn(MANAGEMENT, region)] = json!(policy.to_string());
    }
    build(&mut state);
    sandbox.control("PUT", "/_bedrail/state", &state).await;
    sandbox
}

/// Denies calls that do not name the guardrail of this Region, but for what `more` says otherwise.
fn denial(region: &str, more: &Value) -> Value {
    let mut statement = json!({"Effect": "Deny",
        "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], "Resource": "*",
        "Condition": {"ArnNotLike": {"bedrock:GuardrailIdentifier": format!("{}:1", arn(MANAGEMENT, region))}}});
    let keys = statement.as_object_mut().expect("an object");
    keys.extend(more.as_object().expect("an object").clone());
    if more.get("NotResource").is_some() {
        keys.remove("Resource");
    }
    statement
}

fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// A service control policy of these statements above the member.
fn control(state: &mut Value, statements: &[Value]) {
    let organization = &mut state["organization"];
    organization["policies"]["p-demands00"] =
        json!({"name": "demands", "type": "SERVICE_CONTROL_POLICY", "content": policy(statements)});
    organization["attachments"][UNIT]["SERVICE_CONTROL_POLICY"] = json!(["p-FullAWSAccess", "p-demands00"]);
}

/// Gives the role a policy of its own, or another text to one that it has.
async fn inline(sandbox: &Sandbox, name: &str, statements: &[Value]) {
    let document = policy(statements).bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    let form = format!("RoleName=app-role&PolicyName={name}&PolicyDocument={document}");
    let answer = sandbox.root(MEMBER).iam("PutRolePolicy", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// What is asked about.
#[derive(Clone, Copy, Default)]
struct Ask {
    there: bool,
    model: Option<&'static str>,
    role: Option<&'static str>,
}

async fn asked<T>(sandbox: &Sandbox, ask: Ask, look: impl FnOnce(&Explanation<'_>) -> T) -> T {
    let account: AccountId = MEMBER.parse().expect("an account id");
    let region = Region::new(if ask.there { THERE } else { HERE });
    let cell = Cell { account: &account, region: &region, model: ask.model, role: ask.role };
    explained(sandbox, cell, |explanation| {
        assert!(explanation.unseen.is_empty(), "{:?}", explanation.unseen);
        look(explanation)
    })
    .await
}

/// How it stands, what is demanded, and how many findings say that calls fail.
fn gist(explanation: &Explanation<'_>) -> (Verdict, Vec<&'static str>, usize) {
    let demanded = explanation.demanded.iter().map(|one| match one.asks {
        Asks::Any => "any",
        Asks::OneOf(_) => "one-of",
        Asks::NoneHere(_) => "none-here",
    });
    let fail = explanation.findings.iter().filter(|one| one.kind == FindingKind::CallsFail).count();
    (explanation.verdict(), demanded.collect(), fail)
}

/// The statuses of a call in a Region that names no guardrail, and of one that names that of the Region; each as a stream, too.
async fn calls(sandbox: &Sandbox, role: bool, region: &str) -> [u16; 4] {
    let caller = if role { sandbox.session(MEMBER, "app-role").await } else { sandbox.root(MEMBER) };
    let mut statuses = Vec::new();
    for named in [false, true] {
        for operation in ["converse", "converse-stream"] {
            let mut body = json!({"messages": [{"role": "user", "content": [{"text": "hello"}]}]});
            if named {
                body["guardrailConfig"] =
                    json!({"guardrailIdentifier": arn(MANAGEMENT, region), "guardrailVersion": "1"});
            }
            let path = format!("/model/{}/{operation}", NOVA.replace(':', "%3A"));
            statuses.push(caller.bedrock_in(region, "POST", &path, &body).await.status);
        }
    }
    statuses.try_into().expect("four calls")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_of_every_call_is_a_demand() {
    let sandbox = world(|state| control(state, &[denial(HERE, &json!({}))])).await;
    assert_eq!(asked(&sandbox, Ask::default(), gist).await, (Verdict::Demanded, vec!["one-of"], 0));
    assert_eq!(calls(&sandbox, false, HERE).await, [403, 403, 200, 200]);
    // Two statements that say the same of the two ways to call a model are that, too.
    let each = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
    let sandbox = world(|state| control(state, &each.map(|action| denial(HERE, &json!({"Action": action}))))).await;
    assert_eq!(asked(&sandbox, Ask::default(), gist).await, (Verdict::Demanded, vec!["one-of"], 0));
    assert_eq!(calls(&sandbox, false, HERE).await, [403, 403, 200, 200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_of_another_region_is_no_demand_here() {
    let models = json!({"Resource": format!("arn:aws:bedrock:{THERE}::foundation-model/*")});
    let sandbox = world(|state| control(state, &[denial(THERE, &models)])).await;
    assert_eq!(asked(&sandbox, Ask::default(), gist).await, (Verdict::NotProtected, vec![], 0));
    assert_eq!(calls(&sandbox, false, HERE).await, [200; 4]);
    // There it is about the models of the catalogue, and custom ones are left.
    let there = Ask { there: true, ..Ask::default() };
    assert_eq!(asked(&sandbox, there, gist).await, (Verdict::NotProtected, vec!["one-of"], 0));
    let nova = Ask { model: Some(NOVA), ..there };
    assert_eq!(asked(&sandbox, nova, gist).await, (Verdict::Demanded, vec!["one-of"], 0));
    assert_eq!(calls(&sandbox, false, THERE).await, [403, 403, 200, 200]);
    let custom = Ask { model: Some("arn:aws:bedrock:eu-west-2:333344445555:custom-model/mine/1"), ..there };
    assert_eq!(asked(&sandbox, custom, gist).await, (Verdict::NotProtected, vec![], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_of_one_way_to_call_a_model_is_no_demand() {
    let one = json!({"Action": "bedrock:InvokeModel"});
    let sandbox = world(|state| control(state, &[denial(HERE, &one)])).await;
    assert_eq!(asked(&sandbox, Ask::default(), gist).await, (Verdict::NotProtected, vec![], 0));
    assert_eq!(calls(&sandbox, false, HERE).await, [403, 200, 200, 200]);
    // Nor is that of a role's own policy, which nobody can meet.
    let nobody = json!({"Action": "bedrock:InvokeModel",
        "Condition": {"ArnNotLike": {"bedrock:GuardrailIdentifier": format!("{}:9", arn(MANAGEMENT, HERE))}}});
    let sandbox = world(|_| ()).await;
    inline(&sandbox, "asks", &[denial(HERE, &nobody)]).await;
    let role = Ask { role: Some("app-role"), ..Ask::default() };
    assert_eq!(asked(&sandbox, role, gist).await, (Verdict::NotProtected, vec![], 0));
    assert_eq!(calls(&sandbox, true, HERE).await, [403, 200, 403, 200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_that_leaves_out_every_model_is_no_demand() {
    let models = json!({"NotResource": "arn:aws:bedrock:*::foundation-model/*"});
    let sandbox = world(|state| control(state, &[denial(HERE, &models)])).await;
    assert_eq!(asked(&sandbox, Ask::default(), gist).await, (Verdict::NotProtected, vec![], 0));
    assert_eq!(calls(&sandbox, false, HERE).await, [200; 4]);
    let one = json!({"NotResource": format!("arn:aws:bedrock:*::foundation-model/{TITAN}")});
    let sandbox = world(|state| control(state, &[denial(HERE, &one)])).await;
    assert_eq!(asked(&sandbox, Ask::default(), gist).await, (Verdict::NotProtected, vec!["one-of"], 0));
    let of = |model| Ask { model: Some(model), ..Ask::default() };
    assert_eq!(asked(&sandbox, of(TITAN), gist).await, (Verdict::NotProtected, vec![], 0));
    assert_eq!(asked(&sandbox, of(NOVA), gist).await, (Verdict::Demanded, vec!["one-of"], 0));
    assert_eq!(calls(&sandbox, false, HERE).await, [403, 403, 200, 200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_only_guardrails_of_other_regions_are_taken_every_call_fails() {
    let sandbox = world(|state| control(state, &[denial(THERE, &json!({}))])).await;
    assert_eq!(asked(&sandbox, Ask::default(), gist).await, (Verdict::CallsFail, vec!["none-here"], 1));
    assert_eq!(calls(&sandbox, false, HERE).await, [403; 4]);
    let there = Ask { there: true, ..Ask::default() };
    assert_eq!(asked(&sandbox, there, gist).await, (Verdict::Demanded, vec!["one-of"], 0));
    // Who is let off can call, so that not every call fails.
    let mut but = denial(THERE, &json!({}));
    but["Condition"]["ArnNotLike"]["aws:PrincipalArn"] = json!("arn:aws:iam::*:role/app-*");
    let sandbox = world(|state| control(state, &[but])).await;
    assert_eq!(asked(&sandbox, Ask::default(), gist).await, (Verdict::NotProtected, vec!["none-here"], 1));
    let role = Ask { role: Some("app-role"), ..Ask::default() };
    assert_eq!(asked(&sandbox, role, gist).await, (Verdict::NotProtected, vec![], 0));
    assert_eq!((calls(&sandbox, false, HERE).await, calls(&sandbox, true, HERE).await), ([403; 4], [200; 4]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stricter_demand_is_told_beside_one_that_lets_some_off() {
    let any = denial(HERE, &json!({"Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}}}));
    let mut named = denial(HERE, &json!({}));
    named["Condition"]["ArnNotLike"]["aws:PrincipalArn"] = json!("arn:aws:iam::*:role/app-*");
    let told = |explanation: &Explanation<'_>| {
        let of = |one: &bedrail::explain::Demanded<'_>| (one.asks == Asks::Any, one.exempt.len());
        explanation.demanded.iter().map(of).collect::<Vec<_>>()
    };
    let sandbox = world(|state| control(state, &[any.clone(), named.clone()])).await;
    assert_eq!(asked(&sandbox, Ask::default(), told).await, [(true, 0), (false, 1)]);
    // Whoever the second lets off is bound by the first.
    assert_eq!(calls(&sandbox, true, HERE).await, [403, 403, 200, 200]);
    // Where both let off the same, whoever meets the second meets the first.
    let mut any = any;
    any["Condition"]["ArnNotLike"]["aws:PrincipalArn"] = json!("arn:aws:iam::*:role/app-*");
    let sandbox = world(|state| control(state, &[any, named])).await;
    assert_eq!(asked(&sandbox, Ask::default(), told).await, [(false, 1)]);
    assert_eq!(calls(&sandbox, true, HERE).await, [200; 4]);
}

/// The member enforces a guardrail of its own.
fn enforces(state: &mut Value, action: &str, profile: Option<&str>) {
    let own = &mut state["bedrock"][MEMBER][HERE];
    own["guardrails"]["abc"] = guardrail(action, profile);
    own["enforced"] = json!({
        "configId": "c1", "guardrailArn": arn(MEMBER, HERE), "guardrailVersion": "1",
        "selectiveContentGuarding": {"system": "COMPREHENSIVE", "messages": "COMPREHENSIVE"},
        "modelEnforcement": {"includedModels": ["ALL"], "excludedModels": []},
        "createdAt": 0, "createdBy": "x", "updatedAt": 0, "updatedBy": "x",
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_in_any_policy_of_a_role_goes_before_every_allowance() {
    let role = Ask { role: Some("app-role"), ..Ask::default() };
    let apply = |effect: &str, more: &Value| {
        let mut statement = json!({"Effect": effect, "Action": "bedrock:ApplyGuardrail", "Resource": "*"});
        statement.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        statement
    };
    let troubles = |explanation: &Explanation<'_>| -> Vec<(bool, String)> {
        let of = explanation.guards.iter().flat_map(|guard| &guard.troubles);
        of.map(|trouble| (trouble.is_certain, trouble.why.clone())).collect()
    };
    let allowed = world(|state| enforces(state, "BLOCK", None)).await;
    assert_eq!(asked(&allowed, role, gist).await, (Verdict::Protected, vec![], 0));
    assert_eq!(calls(&allowed, true, HERE).await[0], 200);
    // The role's own policy `models` allows to apply every guardrail.
    let denied = allowed;
    inline(&denied, "zzz", &[apply("Deny", &json!({}))]).await;
    assert_eq!(asked(&denied, role, gist).await, (Verdict::CallsFail, vec![], 1));
    let told = asked(&denied, role, troubles).await;
    assert!(told.len() == 1 && told[0].1.contains("the policy zzz of the role app-role denies"), "{told:?}");
    assert_eq!(calls(&denied, true, HERE).await[0], 403);
    let of_another = denied;
    inline(&of_another, "zzz", &[apply("Deny", &json!({"Resource": arn(MANAGEMENT, HERE)}))]).await;
    assert_eq!(asked(&of_another, role, gist).await, (Verdict::Protected, vec![], 0));
    assert_eq!(calls(&of_another, true, HERE).await[0], 200);
    let all_but_another = of_another;
    let mut deny = apply("Deny", &json!({"NotResource": arn(MANAGEMENT, HERE)}));
    deny.as_object_mut().expect("an object").remove("Resource");
    inline(&all_but_another, "zzz", &[deny]).await;
    assert_eq!(asked(&all_but_another, role, gist).await, (Verdict::CallsFail, vec![], 1));
    assert_eq!(calls(&all_but_another, true, HERE).await[0], 403);
    let sometimes = all_but_another;
    let condition = json!({"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}});
    inline(&sometimes, "zzz", &[apply("Deny", &condition)]).await;
    let told = asked(&sometimes, role, troubles).await;
    assert!(told.len() == 1 && !told[0].0 && told[0].1.contains("under conditions"), "{told:?}");
    // A service control policy may deny it, too.
    let above = world(|state| {
        enforces(state, "BLOCK", None);
        control(state, &[apply("Deny", &json!({}))]);
    })
    .await;
    assert_eq!(asked(&above, role, gist).await, (Verdict::CallsFail, vec![], 1));
    assert_eq!(calls(&above, true, HERE).await[0], 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_must_be_let_use_the_profile_of_a_guardrail() {
    let role = Ask { role: Some("app-role"), ..Ask::default() };
    let models = |resources: Value| {
        let models = json!({"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": "*"});
        [models, json!({"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": resources})]
    };
    let sandbox = world(|state| enforces(state, "BLOCK", Some("us.guardrail.v1:0"))).await;
    inline(&sandbox, "models", &models(json!("arn:aws:bedrock:*:*:guardrail/*"))).await;
    let (verdict, _, fail) = asked(&sandbox, role, gist).await;
    assert_eq!((verdict, fail > 0), (Verdict::CallsFail, true));
    assert_eq!(calls(&sandbox, true, HERE).await[0], 403);
    let both = json!(["arn:aws:bedrock:*:*:guardrail/*", "arn:aws:bedrock:*:*:guardrail-profile/*"]);
    inline(&sandbox, "models", &models(both)).await;
    assert_eq!(asked(&sandbox, role, gist).await, (Verdict::Protected, vec![], 0));
    assert_eq!(calls(&sandbox, true, HERE).await[0], 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_blocks_and_masks_nothing_does_not_protect() {
    let sandbox = world(|state| enforces(state, "NONE", None)).await;
    let told = |explanation: &Explanation<'_>| (explanation.verdict(), explanation.is_protected());
    assert_eq!(asked(&sandbox, Ask::default(), told).await, (Verdict::ObservedOnly, false));
    let sandbox = world(|state| enforces(state, "BLOCK", None)).await;
    assert_eq!(asked(&sandbox, Ask::default(), told).await, (Verdict::Protected, true));
}
