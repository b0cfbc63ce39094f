//! Member accounts: guardrails and enforcements in them, and accounts that cannot be entered.

use bedrail::plan::Options;
use bedrail_localstack::Seed;
use serde_json::{Value, json};

use super::{guardrail, held, spec};
use crate::support::{MANAGEMENT, Sandbox, assert_in_sync, steps};

const SANDBOX_1: &str = "555566667777";
const SANDBOX_2: &str = "666677778888";

fn enforcing(accounts: &str) -> String {
    spec(&format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         account_enforcement: {{members: {{accounts: {accounts}, guardrail: baseline}}}}\n",
        guardrail("baseline", "zeus", "")
    ))
}

/// `account: what it enforces` in us-east-1, as the local AWS tells it.
async fn enforced(sandbox: &Sandbox) -> Vec<String> {
    let timeline = sandbox.control("GET", "/_bedrail/timeline", &Value::Null).await;
    let last = timeline.as_array().and_then(|entries| entries.last()).cloned().unwrap_or_default();
    let scopes = last["scopes"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let here = scopes.iter().filter(|scope| scope["region"] == "us-east-1" && scope["enforced"] != json!([]));
    here.map(|scope| format!("{}: {}", text(&scope["account"]), text(&scope["inference"]))).collect()
}

#[tokio::test]
async fn a_guardrail_of_the_management_account_is_enforced_in_members() {
    let sandbox = Sandbox::start().await;
    let text = enforcing("[\"ou:Sandbox\"]");
    let plan = sandbox.apply(&text).await;
    let enforcements = steps(&plan).iter().filter(|step| step.contains("account-enforcement")).count();
    assert_eq!(enforcements, 2, "{:#?}", steps(&plan));
    assert_in_sync(&sandbox.plan(&text).await, &text);
    assert_eq!(enforced(&sandbox).await, [format!("{SANDBOX_1}: ok"), format!("{SANDBOX_2}: ok")]);

    // One is left out: its enforcement goes, and it was written by the role that bedrail has there.
    let fewer = enforcing("[\"ou:Sandbox\"], except: [account:sandbox-2]");
    let plan = sandbox.plan(&fewer).await;
    assert_eq!(steps(&plan), ["delete account-enforcement account"], "{:#?}", plan.unmanaged);
}

/// Also where the version is there already, as after an apply in which the resource policy failed: AWS takes no enforcement of
/// what the account may not apply.
#[tokio::test]
async fn an_enforcement_in_a_member_comes_after_the_permission_for_it() {
    let sandbox = Sandbox::start().await;
    sandbox
        .apply(&spec(&format!(
            "guardrails:\n{}versions: {{a: {{guardrail: baseline}}}}\n",
            guardrail("baseline", "zeus", "")
        )))
        .await;
    let text = enforcing("[\"ou:Sandbox\", management]")
        .replace("resource_policies:", "versions: {a: {guardrail: baseline}}\nresource_policies:")
        .replace("management], guardrail: baseline}", "management], guardrail: baseline, version: a}");
    let plan = sandbox.plan(&text).await;
    let permission =
        plan.actions.iter().find(|action| action.address.kind.word() == "resource-policy").expect("a permission");
    for action in plan.actions.iter().filter(|action| action.address.kind.word() == "account-enforcement") {
        let waits = action.after.contains(&permission.id);
        // The account that owns the guardrail needs none.
        assert_eq!(waits, action.address.scope.account.as_str() != MANAGEMENT, "{:#?}", steps(&plan));
    }
    assert_eq!(plan.actions.len(), 4, "{:#?}", steps(&plan));
    sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
}

/// What is told of a plan says where it looked: without an entry for them, members are looked into with `--scan all` only, or
/// where they lose something.
#[tokio::test]
async fn what_was_looked_into_is_counted_and_what_was_not_is_told() {
    let sandbox = Sandbox::start().await;
    let text = enforcing("[\"ou:Sandbox\"]");
    sandbox.apply(&text).await;
    let without = text.lines().filter(|line| !line.starts_with("account_enforcement")).collect::<Vec<_>>().join("\n");
    let (plan, beyond) = sandbox.plan_and_beyond(&without).await;
    assert!(plan.actions.is_empty(), "{:#?}", steps(&plan));
    assert_eq!(plan.scanned.accounts, 1);
    assert!([SANDBOX_1, SANDBOX_2].iter().all(|id| beyond.contains(&(*id).to_owned())), "{beyond:?}");
    assert!(!beyond.contains(&MANAGEMENT.to_owned()), "{beyond:?}");

    let everywhere = without.replace("{regions: declared}", "{regions: declared, accounts: all}");
    let (plan, beyond) = sandbox.plan_and_beyond(&everywhere).await;
    assert_eq!(steps(&plan), ["delete account-enforcement account"; 2], "{:#?}", plan.unmanaged);
    assert_eq!(beyond, [""; 0]);

    // Who loses the permission is looked into, and so is whatever enforces the guardrail there.
    let alone = without.lines().filter(|line| !line.starts_with("resource_policies")).collect::<Vec<_>>().join("\n");
    let (plan, beyond) = sandbox.plan_and_beyond(&alone).await;
    let elsewhere = plan.actions.iter().filter(|action| action.address.scope.account.as_str() != MANAGEMENT).count();
    assert_eq!(elsewhere, 2, "{:#?}", steps(&plan));
    assert!(plan.scanned.accounts >= 3, "{}", plan.scanned.accounts);
    assert_eq!(beyond, [""; 0], "the whole organization loses it");
}

#[tokio::test]
async fn each_account_has_a_guardrail_of_its_own() {
    let sandbox = Sandbox::start().await;
    let text = spec(&format!(
        "guardrails:\n{}account_enforcement: {{members: {{accounts: [\"ou:Sandbox\", management], guardrail: own}}}}\n",
        guardrail("own", "zeus", ", accounts: [\"ou:Sandbox\", management]")
    ));
    let plan = sandbox.apply(&text).await;
    assert_eq!(steps(&plan).iter().filter(|step| *step == "create guardrail own").count(), 3);
    assert_in_sync(&sandbox.plan(&text).await, &text);
    assert_eq!(enforced(&sandbox).await.len(), 3);

    let (plan, outcome) =
        sandbox.apply_with(&text, &Options { purpose: bedrail::plan::Purpose::Destroy, ..Options::default() }).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failed);
    assert_eq!(plan.actions.len(), 6, "{:#?}", steps(&plan));
    assert_eq!(enforced(&sandbox).await, [""; 0]);
}

#[tokio::test]
async fn an_account_that_cannot_be_entered_is_a_blind_spot_and_the_others_go_on() {
    let sandbox = Sandbox::start().await;
    let mut state = sandbox.state().await;
    state["iam"][SANDBOX_2] = json!({"roles": {}});
    let sandbox = Sandbox::seeded(Seed::Value(state)).await;

    let text = enforcing("[\"ou:Sandbox\"]");
    sandbox.forget_requests().await;
    let (plan, outcome) = sandbox.apply_with(&text, &Options::default()).await;
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    assert_eq!(held(&plan), ["not-visible create account-enforcement account"]);
    assert!(plan.blind.iter().all(|blind| blind.scope.account.as_str() == SANDBOX_2), "{:#?}", plan.blind);
    assert!(plan.blind.iter().all(|blind| blind.why.contains("AccessDenied")), "{:#?}", plan.blind);
    assert_eq!(enforced(&sandbox).await, [format!("{SANDBOX_1}: ok")]);
    // The plan and the apply have clients of their own; neither asks twice for one account.
    assert_eq!(sandbox.counts().await["sts:AssumeRole"], 3, "{:#?}", sandbox.counts().await);
}

/// The role by which bedrail enters, admitting whoever `principal` and `condition` say.
fn role(principal: &str, condition: &Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"});
    if !condition.is_null() {
        statement["Condition"] = condition.clone();
    }
    let administrator = json!({"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    json!({"trust": {"Version": "2012-10-17", "Statement": [statement]}, "inline": {"all": administrator}})
}

#[tokio::test]
async fn an_external_id_is_sent_with_every_role() {
    let mut state = Sandbox::start().await.state().await;
    let asks = json!({"StringEquals": {"sts:ExternalId": "larkfield-7"}});
    for account in [SANDBOX_1, SANDBOX_2] {
        let door = role("arn:aws:iam::111122223333:root", &asks);
        state["iam"][account] = json!({"roles": {"OrganizationAccountAccessRole": door}});
    }
    let mut sandbox = Sandbox::seeded(Seed::Value(state)).await;
    let text = enforcing("[\"ou:Sandbox\"]");
    assert_eq!(sandbox.plan(&text).await.held.len(), 2);
    sandbox.roles.as_mut().expect("roles").external_id = Some("larkfield-7".to_owned());
    sandbox.apply(&text).await;
    assert_in_sync(&sandbox.plan(&text).await, &text);
}

#[tokio::test]
async fn a_caller_outside_of_the_management_account_goes_through_its_role_there() {
    const TOOLING: &str = "222233334444";
    let mut state = Sandbox::start().await.state().await;
    let door = role("arn:aws:iam::222233334444:root", &Value::Null);
    state["iam"][MANAGEMENT] = json!({"roles": {"BedrailExecution": door}});
    let mut sandbox = Sandbox::seeded(Seed::Value(state)).await;
    sandbox.account = TOOLING.to_owned();
    let text = enforcing("[\"ou:Sandbox\", management, \"222233334444\"]");
    let names = &mut sandbox.roles.as_mut().expect("roles").names;
    names.management = Some("BedrailExecution".to_owned());
    let plan = sandbox.apply(&text).await;
    assert_eq!(steps(&plan).iter().filter(|step| step.contains("account-enforcement")).count(), 4);
    assert_in_sync(&sandbox.plan(&text).await, &text);

    // What the role wrote is ours to take away again.
    let fewer = enforcing("[\"ou:Sandbox\"], except: [management, \"222233334444\"]");
    assert_eq!(steps(&sandbox.plan(&fewer).await).len(), 2, "{:#?}", steps(&sandbox.plan(&fewer).await));
}

#[tokio::test]
async fn a_session_that_reads_is_enough_for_a_plan() {
    let sandbox = Sandbox::start().await;
    sandbox.set(json!({"authorize": true})).await;
    let plan = sandbox.plan(&enforcing("[\"ou:Sandbox\"]")).await;
    assert!(plan.blind.is_empty() && plan.scanned.not_scanned.is_empty(), "{:#?}", plan.blind);
}

#[tokio::test]
async fn what_is_left_behind_is_found_where_the_scan_looks() {
    let sandbox = Sandbox::start().await;
    let own = |accounts: &str| {
        spec(&format!("guardrails:\n{}", guardrail("own", "zeus", &format!(", accounts: {accounts}"))))
    };
    sandbox.apply(&own("[\"ou:Sandbox\"]")).await;
    let fewer = own("[account:sandbox-1]");
    assert_in_sync(&sandbox.plan(&fewer).await, &fewer);
    let everywhere = fewer.replace("scan: {regions: declared}", "scan: {regions: declared, accounts: all}");
    let plan = sandbox.plan(&everywhere).await;
    assert_eq!(steps(&plan), ["delete guardrail own"]);
    assert_eq!(plan.actions[0].address.scope.account.as_str(), SANDBOX_2);
    sandbox.apply(&everywhere).await;
    assert_in_sync(&sandbox.plan(&everywhere).await, &everywhere);
}

/// A team pins the guardrail `arn` in its own account, with a spec of its own.
async fn pin(sandbox: &mut Sandbox, account: &str, arn: &str) {
    let (home, roles) = (std::mem::replace(&mut sandbox.account, account.to_owned()), sandbox.roles.take());
    let text = format!(
        "format: 1\nstack: team\nregions: [us-east-1]\nscan: {{regions: declared}}\n\
         external_guardrails: {{shared: {{arns: {{us-east-1: \"{arn}\"}}, versions: {{us-east-1: \"1\"}}}}}}\n\
         account_enforcement: {{own: {{guardrail: shared}}}}\n"
    );
    sandbox.apply(&text).await;
    (sandbox.account, sandbox.roles) = (home, roles);
}

#[tokio::test]
async fn who_loses_a_permission_is_looked_into_before_it_goes() {
    let mut sandbox = Sandbox::start().await;
    let shared = |with: &str| {
        spec(&format!(
            "guardrails:\n{}versions: {{one: {{guardrail: baseline}}}}\n\
             resource_policies: {{baseline: {{guardrail: baseline, share_with: {with}}}}}\n",
            guardrail("baseline", "zeus", "")
        ))
    };
    let all = shared("organization");
    sandbox.apply(&all).await;
    let sides = sandbox.sides(&all).await.expect("both sides");
    let made = sides.live.found.iter().find(|(address, _)| address.kind.word() == "guardrail").expect("it is made");
    let arn = made.1.id.to_string();
    pin(&mut sandbox, SANDBOX_1, &arn).await;

    let few = shared("{organizational_units: [\"ou:Workloads\"]}");
    let plan = sandbox.plan(&few).await;
    assert_eq!(steps(&plan), ["update resource-policy baseline"]);
    let locked_out: Vec<String> = plan.actions[0].locked_out.iter().map(ToString::to_string).collect();
    assert_eq!(locked_out, [SANDBOX_1], "only the one that enforces it is locked out");

    // Where it cannot be known, nothing is taken away.
    let mut state = sandbox.state().await;
    state["iam"][SANDBOX_2] = json!({"roles": {}});
    let closed = Sandbox::seeded(Seed::Value(state)).await;
    let plan = closed.plan(&few).await;
    assert_eq!(steps(&plan), [""; 0], "{:#?}", plan.held);
    assert_eq!(held(&plan), ["not-visible update resource-policy baseline"]);
    assert!(plan.held[0].hint.contains(SANDBOX_2), "{}", plan.held[0].hint);

    // Nobody who keeps the permission is asked.
    sandbox.forget_requests().await;
    sandbox.plan(&all).await;
    assert!(!sandbox.counts().await.contains_key("sts:AssumeRole"), "{:#?}", sandbox.counts().await);
}

#[tokio::test]
async fn a_version_that_an_account_pins_unseen_stays_and_the_scan_shows_who() {
    let mut sandbox = Sandbox::start().await;
    let with = |versions: &str| {
        spec(&format!(
            "guardrails:\n{}versions: {versions}\n\
             resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n",
            guardrail("baseline", "zeus", "")
        ))
    };
    let one = with("{one: {guardrail: baseline}}");
    sandbox.apply(&one).await;
    let sides = sandbox.sides(&one).await.expect("both sides");
    let made = sides.live.found.iter().find(|(address, _)| address.kind.word() == "guardrail").expect("it is made");
    let arn = made.1.id.to_string();
    pin(&mut sandbox, SANDBOX_1, &arn).await;

    let none = with("{}");
    sandbox.patience = 0.01;
    let (plan, outcome) = sandbox.apply_with(&none, &Options::default()).await;
    assert_eq!(steps(&plan), ["delete guardrail-version one"]);
    let failed = format!("{:?}", outcome.failed);
    assert!(failed.contains("ResourceInUse") && failed.contains("--scan all"), "{failed}");
    assert_eq!(enforced(&sandbox).await, [format!("{SANDBOX_1}: ok")]);

    let everywhere = none.replace("scan: {regions: declared}", "scan: {regions: declared, accounts: all}");
    let plan = sandbox.plan(&everywhere).await;
    assert_eq!(held(&plan), ["precondition delete guardrail-version one"]);
    assert!(plan.held[0].hint.contains(SANDBOX_1), "{}", plan.held[0].hint);
}
