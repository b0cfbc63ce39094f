//! Whom service control policies let off, and what keeps others from becoming one of them.

use bedrail::model::diagnostic::Diagnostics;
use bedrail::plan::Plan;
use bedrail::spec::lower::check;
use bedrail::spec::sources::Sources;
use bedrail::spec::{Input, read};
use serde_json::json;

use super::spec;
use crate::support::caller::Caller;
use crate::support::{Sandbox, assert_in_sync};

const SANDBOX: &str = "555566667777";
/// By which somebody takes a role over, or breaks it.
const TAKES_OVER: [&str; 13] = [
    "AttachRolePolicy",
    "CreateRole",
    "DeleteRole",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PassRole",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "TagRole",
    "UntagRole",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
];

/// Calls without a guardrail are for one role, and protection stands above.
fn let_off(protect: &str) -> String {
    let terms = "type: SERVICE_CONTROL_POLICY, template";
    spec(&format!(
        "org_policies:\n\
         \x20 demand: {{{terms}: require_guardrail, guardrails: any, exempt_principals: [\"arn:aws:iam::*:role/BreakGlass\"], attach: [\"ou:Sandbox\"]}}\n\
         \x20 no-way-around: {{{terms}: deny_bypass, exempt_principals: [\"arn:aws:iam::*:role/bedrail/*\"], attach: [\"ou:Sandbox\"]}}\n\
         {protect}"
    ))
    .replace("management_account:", "member_role: BedrailExecution, management_account:")
}

const PROTECT: &str = "  protect: {type: SERVICE_CONTROL_POLICY, template: protect_guardrails, attach: [root]}\n";

/// What policies say to an action of IAM or Bedrock.
async fn decision(caller: &Caller, source: &str, action: &str, resource: &str) -> String {
    let who = format!("arn:aws:iam::{SANDBOX}:role/{source}");
    let form = format!(
        "PolicySourceArn={who}&ActionNames.member.1={action}&ResourceArns.member.1={resource}\
         &ContextEntries.member.1.ContextKeyName=aws:PrincipalArn&ContextEntries.member.1.ContextKeyType=string\
         &ContextEntries.member.1.ContextKeyValues.member.1={who}"
    );
    let answer = caller.iam("SimulatePrincipalPolicy", &form).await;
    let decision = answer.text.split_once("<EvalDecision>").and_then(|(_, rest)| rest.split('<').next());
    decision.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_off_anywhere_is_kept_from_others() {
    let sandbox = Sandbox::start().await;
    let text = let_off(PROTECT);
    sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
    let admin = sandbox.session(SANDBOX, "OrganizationAccountAccessRole").await;
    let role = |name: &str| format!("arn:aws:iam::{SANDBOX}:role/{name}");
    for action in TAKES_OVER {
        let action = format!("iam:{action}");
        let by = |who: &'static str, name: &str| {
            let (admin, action, role) = (&admin, action.as_str(), role(name));
            async move { decision(admin, who, action, &role).await }
        };
        for kept in ["BreakGlass", "bedrail/Anything", "BedrailExecution"] {
            assert_eq!(by("OrganizationAccountAccessRole", kept).await, "explicitDeny", "{action} {kept}");
            assert_ne!(by("BedrailExecution", kept).await, "explicitDeny", "{action} {kept}: it is bedrail's own work");
        }
        assert_eq!(
            by("OrganizationAccountAccessRole", "Theirs").await,
            "allowed",
            "{action}: their own roles are theirs"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_off_and_open_to_others_is_warned_of() {
    let codes = |text: &str| {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::default());
        let file = sources.add("bedrail.yaml".to_owned(), text.to_owned());
        let environment = std::collections::BTreeMap::new();
        let input =
            Input { sources: &sources, files: &[file], given: Vec::new(), environment: &environment, env: None };
        let spec = read(input, &mut diagnostics);
        check(&spec, &mut diagnostics);
        diagnostics.iter().map(|fault| fault.code.id()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&let_off(PROTECT)), Vec::<&str>::new());
    assert_eq!(codes(&let_off("")), ["W4001", "W4001"]);
    let beside = PROTECT.replace("attach: [root]", "attach: [\"ou:Workloads\"]");
    assert_eq!(codes(&let_off(&beside)), ["W4001", "W4001"]);
    for (pattern, code) in [("*", "W4002"), ("bedrail-*", "W4002"), ("*/Bedrail", "W4002"), ("aws-reserved/sso/*", "")]
    {
        let text = let_off(PROTECT).replace("role/BreakGlass", &format!("role/{pattern}"));
        assert_eq!(codes(&text).join(" "), code, "{pattern}");
    }
    let user = let_off(PROTECT).replace("role/BreakGlass", "user/break-glass");
    assert_eq!(codes(&user), ["W4001"]);
    // All that is let off has to fit into the policy that keeps it.
    let many: Vec<String> =
        (0..200).map(|at| format!("\"arn:aws:iam::*:role/a-role-with-a-rather-long-name-{at:03}\"")).collect();
    let text = let_off(PROTECT).replace("\"arn:aws:iam::*:role/BreakGlass\"", &many.join(", "));
    assert!(codes(&text).contains(&"E4004"), "{:?}", codes(&text));
}

/// The document of a policy, as the plan has it.
fn document(plan: &Plan, key: &str) -> String {
    let action =
        plan.actions.iter().find(|action| action.address.kind.word() == "org-policy" && action.address.name == key);
    let action = action.unwrap_or_else(|| panic!("no change of {key}"));
    format!("{:?}", action.change)
}

/// The policies that are declared stay attached, and others come and go.
#[tokio::test(flavor = "multi_thread")]
async fn declared_policies_stay_attached() {
    let sandbox = Sandbox::start().await;
    let policy = format!(
        "iam_policies:\n  models: {{accounts: [\"{SANDBOX}\"], path: /bedrail/, template: invoke_models, \
         models: [\"amazon.nova-pro-v1:0\"], attach_to_roles: [app-role]}}\n"
    );
    let text = let_off(&format!("{PROTECT}{policy}"))
        .replace("member_role: BedrailExecution", "member_role: OrganizationAccountAccessRole")
        .replace(
            "template: protect_guardrails",
            "template: protect_guardrails, exempt_principals: [\"arn:aws:iam::*:role/OrganizationAccountAccessRole\"]",
        );
    let plan = sandbox.plan(&text).await;
    assert!(document(&plan, "protect").contains("policy/bedrail/acme-models"), "{}", document(&plan, "protect"));
    sandbox.apply(&text).await;
    sandbox
        .edit(|state| {
            // An administrator of the account who is not let off.
            let roles = &mut state["iam"][SANDBOX]["roles"];
            let mut admin = roles["OrganizationAccountAccessRole"].clone();
            admin["id"] = json!("AROAEXAMPLEADMIN0000A");
            roles["Admin"] = admin;
        })
        .await;
    sandbox.set(json!({"authorize": true})).await;
    let admin = sandbox.session(SANDBOX, "Admin").await;
    let form = |arn: &str| format!("RoleName=app-role&PolicyArn={arn}");
    let ours = format!("arn:aws:iam::{SANDBOX}:policy/bedrail/acme-models");
    let denied = admin.iam("DetachRolePolicy", &form(&ours)).await;
    assert!(denied.status == 403 && denied.text.contains("explicit deny"), "{denied:?}");
    let theirs = "arn:aws:iam::aws:policy/AmazonBedrockReadOnly";
    let attached = admin.iam("AttachRolePolicy", &form(theirs)).await;
    if attached.status == 200 {
        assert_eq!(admin.iam("DetachRolePolicy", &form(theirs)).await.status, 200);
    } else {
        assert_eq!(attached.status, 404, "{attached:?}");
    }
    let bedrail = sandbox.session(SANDBOX, "OrganizationAccountAccessRole").await;
    assert_eq!(bedrail.iam("DetachRolePolicy", &form(&ours)).await.status, 200);
}
