//! The local AWS with the roles of a spec.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bedrail::apply::{Tools, apply, live_ids};
use bedrail::aws::{Access, Clients, Deadlines, Roles, Run, Wait};
use bedrail::checks::{Report, State};
use bedrail::explain::Cell;
use bedrail::kinds::Model;
use bedrail::live;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::model::{Blind, Digest, RoleNames};
use bedrail::permissions::What;
use bedrail::permissions::paper::Asked;
use bedrail::plan::{Options, Plan, Purpose};
use bedrail::readiness::readiness;
use bedrail::reconcile::Sides;
use bedrail::spec::Spec;
use bedrail::spec::top::ScanAccounts;
use bedrail::verify::{self, verify};
use bedrail_localstack::{Config, Seed};
use serde_json::{Value, json};

use super::{asked, documents};
use crate::source;
use crate::support::caller::Caller;
use crate::support::{MANAGEMENT, Sandbox, spec};

/// The role of the caller.
const HOME: &str = "Home";
/// The caller comes from elsewhere, so that it acts as a role.
const ELSEWHERE: &str = "222233334444";

/// What the caller and the roles of members may do.
#[derive(Clone)]
pub(super) struct May {
    pub(super) home: Vec<Value>,
    pub(super) member: Vec<Value>,
}

impl May {
    /// Read, as printed.
    pub(super) fn read(text: &str) -> Self {
        Self { home: documents(text, What::PlanRole, false), member: member(text, true) }
    }

    /// Read and run test suites, as printed.
    pub(super) fn test(text: &str) -> Self {
        let testing = |read| Asked { read, test: true, ..Asked::default() };
        let home = asked(text, What::PlanRole, &testing(false));
        let member = if has_organization(text) { asked(text, What::MemberRole, &testing(true)) } else { Vec::new() };
        Self { home, member }
    }

    /// Write, as printed.
    pub(super) fn write(text: &str) -> Self {
        Self { home: documents(text, What::ApplyRole, false), member: member(text, false) }
    }

    /// Write, and run test suites, as printed.
    pub(super) fn promote(text: &str) -> Self {
        let testing = Asked { test: true, ..Asked::default() };
        let home = asked(text, What::ApplyRole, &testing);
        let member = if has_organization(text) { asked(text, What::MemberRole, &testing) } else { Vec::new() };
        Self { home, member }
    }

    /// Write and take over, as printed.
    pub(super) fn adopt(text: &str) -> Self {
        let adopting = Asked { adopt: true, ..Asked::default() };
        let home = asked(text, What::ApplyRole, &adopting);
        let member = if has_organization(text) { asked(text, What::MemberRole, &adopting) } else { Vec::new() };
        Self { home, member }
    }

    /// Anything.
    pub(super) fn all() -> Self {
        let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
        Self { home: vec![all.clone()], member: vec![all] }
    }
}

fn has_organization(text: &str) -> bool {
    text.contains("organization:\n") || text.contains("organization: {")
}

fn member(text: &str, read: bool) -> Vec<Value> {
    if has_organization(text) { documents(text, What::MemberRole, read) } else { Vec::new() }
}

/// What whoever reads sees.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) plan: Plan,
    pub(super) verified: Report,
    pub(super) ready: Report,
}

impl Seen {
    /// What could not be seen.
    pub(super) fn unseen(&self) -> Vec<String> {
        let checks = self.verified.checks.iter().chain(&self.ready.checks);
        let unseen = checks.filter(|check| check.outcome.state == State::Unseen).map(|check| format!("{check:?}"));
        self.plan.blind.iter().map(|blind| format!("{blind:?}")).chain(unseen).collect()
    }
}

pub(super) struct World {
    pub(super) sandbox: Sandbox,
    text: String,
}

impl World {
    /// Members trust as printed. Those who read enter them by the role that reads.
    pub(super) async fn start(text: &str, may: &May) -> Self {
        let mut seed: Value = serde_json::from_str(&source::text("localstack/seeds/default.json")).expect("JSON");
        let names = spec(text).top.expect("a top level").role_names();
        let anybody = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ELSEWHERE}:root")}, "Action": "sts:AssumeRole"}
        ]});
        let trust = if member(text, true).is_empty() {
            anybody.clone()
        } else {
            let principals = vec![format!("arn:aws:iam::{MANAGEMENT}:role/{HOME}")];
            asked(text, What::Trust, &Asked { principals, ..Asked::default() }).swap_remove(0)
        };
        let roles = &mut seed["iam"]["*"]["roles"];
        for name in [&names.member, &names.member_read] {
            roles[name] = json!({"trust": trust, "inline": inline(&may.member)});
        }
        roles[HOME] = json!({"trust": anybody, "inline": inline(&may.home)});
        let logs = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ]});
        roles["BedrockInvocationLogging"] = json!({"trust": logs});
        let mut config = Config { seed: Seed::Value(seed), ..Config::default() };
        config.options.authorize = true;
        let mut sandbox = Sandbox::with(config).await;
        let external_id = trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"].as_str();
        ELSEWHERE.clone_into(&mut sandbox.account);
        sandbox.roles = Some(Roles {
            management_account: MANAGEMENT.parse().expect("an account id"),
            names: RoleNames { management: Some(HOME.to_owned()), ..names },
            external_id: external_id.map(str::to_owned),
            session: "bedrail-test".to_owned(),
        });
        Self { sandbox, text: text.to_owned() }
    }

    /// From here on the caller may do something else.
    pub(super) async fn become_one_who(&self, may: &May) {
        let mut state = self.sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
        let names = self.sandbox.roles.as_ref().expect("roles").names.clone();
        for iam in state["iam"].as_object_mut().expect("accounts").values_mut() {
            let members = [names.member.as_str(), names.member_read.as_str()].map(|name| (name, &may.member));
            for (name, documents) in members.into_iter().chain([(HOME, &may.home)]) {
                // The management account has no role for members.
                if let Some(role) = iam["roles"].get_mut(name) {
                    role["inline"] = inline(documents);
                }
            }
        }
        self.sandbox.control("PUT", "/_bedrail/state", &state).await;
    }

    /// What `plan` comes to: its actions, and what keeps it from seeing all.
    pub(super) async fn plan(&self, text: &str) -> Result<Plan, String> {
        self.look(&spec(text), text).await
    }

    /// What `drift` comes to, which looks into every account where the spec does not say otherwise.
    pub(super) async fn drift(&self, text: &str) -> Result<Plan, String> {
        let mut spec = spec(text);
        let scan = spec.top.as_ref().and_then(|top| top.scan.as_ref());
        if scan.is_none_or(|scan| scan.accounts.is_none()) {
            spec.scan_accounts = Some(ScanAccounts::All);
        }
        self.look(&spec, text).await
    }

    /// What whoever reads sees: the plan, and what `verify` and `readiness` come to.
    pub(super) async fn see(&self, text: &str) -> Result<Seen, String> {
        let plan = self.plan(text).await?;
        let clients = self.sandbox.try_clients(Access::ReadOnly, once()).await.map_err(|error| format!("{error:?}"))?;
        let sides = Sides::read(&spec(text), &clients, &mut Diagnostics::default()).await;
        let sides = sides.map_err(|failure| format!("{failure:?}"))?;
        let verified = Box::pin(verify(&clients, &sides, &verify::Options::default())).await;
        let ready = Box::pin(readiness(&clients, &sides)).await;
        Ok(Seen { plan, verified, ready })
    }

    async fn look(&self, spec: &Spec, text: &str) -> Result<Plan, String> {
        let clients = self.sandbox.try_clients(Access::ReadOnly, once()).await.map_err(|error| format!("{error:?}"))?;
        let sides = Sides::read(spec, &clients, &mut Diagnostics::default()).await;
        let sides = sides.map_err(|failure| format!("{failure:?}"))?;
        let plan = sides.plan(&Options::default(), Digest::of(&text)).map_err(|failure| format!("{failure:?}"))?;
        // Whoever plans also watches what is in effect.
        let beside = live::beside(&clients, &sides.live, &sides.facts, Duration::ZERO).await;
        let mut blind: Vec<Blind> = plan.blind.into_iter().chain(beside.blind).collect();
        blind.extend(unexplained(&clients, &sides).await);
        Ok(Plan { blind, ..plan })
    }

    /// Brings AWS to this spec, or removes all of it.
    pub(super) async fn carry_out(&self, text: &str, purpose: Purpose) -> Result<(), String> {
        self.carry_out_with(text, Options { purpose, ..Options::default() }).await
    }

    /// The same, with these options.
    pub(super) async fn carry_out_with(&self, text: &str, options: Options) -> Result<(), String> {
        let clients =
            self.sandbox.try_clients(Access::ReadWrite, once()).await.map_err(|error| format!("{error:?}"))?;
        let sides = Sides::read(&spec(text), &clients, &mut Diagnostics::default()).await;
        let sides = sides.map_err(|failure| format!("{failure:?}"))?;
        let plan = sides.plan(&options, Digest::of(&text)).map_err(|failure| format!("{failure:?}"))?;
        if !plan.blind.is_empty() || !plan.held.is_empty() {
            return Err(format!("{:?} {:?} {:?}", plan.blind, plan.held, plan.preconditions));
        }
        let root = sides.facts.organization.as_ref().map(|organization| organization.root.clone());
        let wait = Wait::seeded(Deadlines { visible: self.sandbox.visible, ..Deadlines::scaled(0.02) }, 7);
        let run = Run::new(live_ids(&sides.live), wait, sides.desired.stack.as_str(), root);
        let interrupted = AtomicBool::new(false);
        let tools =
            Tools { clients: &clients, run: &run, desired: &sides.desired, parallelism: 16, interrupted: &interrupted };
        let outcome = apply(&plan, tools, &mut |_| {}).await;
        if outcome.is_complete() { Ok(()) } else { Err(format!("{:?}", outcome.failed)) }
    }

    /// The life of a spec: it is applied, changed and removed.
    pub(super) async fn live(&self) -> Result<(), String> {
        let (first, second) = lives(&self.text);
        self.carry_out(&first, Purpose::Reconcile).await.map_err(|error| format!("first: {error}"))?;
        self.carry_out(&second, Purpose::Reconcile).await.map_err(|error| format!("then: {error}"))?;
        self.carry_out(&second, Purpose::Destroy).await.map_err(|error| format!("last: {error}"))
    }

    /// The role of the caller.
    pub(super) async fn home(&self) -> Caller {
        let home = self.sandbox.root(ELSEWHERE).enter(&format!("arn:aws:iam::{MANAGEMENT}:role/{HOME}"), "").await;
        home.unwrap_or_else(|answer| panic!("{answer:?}"))
    }

    /// What AWS holds, who may what apart.
    pub(super) async fn state(&self) -> Value {
        let state = self.sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
        json!([state["bedrock"], state["organization"], state["iam"]])
    }
}

/// A spec, and what becomes of it: other tags, and other text in guardrails and policies.
pub(super) fn lives(text: &str) -> (String, String) {
    let tags = if text.contains("owner:") { "" } else { "tags: {owner: ai-platform}\n" };
    let first = format!("{tags}{text}");
    let second = first
        .replace("owner:", "owner-team:")
        .replace("blocked_outputs_messaging: \"", "blocked_outputs_messaging: \"Now. ")
        .replace("&withheld \"", "&withheld \"Now. ")
        .replace("Sid: Lists", "Sid: Listed")
        .replace("models: [\"amazon.nova-pro-v1:0\"]", "models: [\"amazon.nova-lite-v1:0\"]");
    (first, second)
}

/// What is denied to whoever asks what the calls meet of the roles that the spec attaches policies to.
async fn unexplained(clients: &Clients, sides: &Sides) -> Vec<Blind> {
    let mut blind = Vec::new();
    let Some(region) = sides.desired.declared_regions.first() else { return blind };
    for (address, wanted) in &sides.desired.resources {
        let Model::IamPolicyAttachment(model) = &wanted.model else { continue };
        let account = &address.scope.account;
        let cell = Cell { account, region, model: None, role: Some(&model.role) };
        let ground = live::bearing(clients, &sides.facts, &[cell]).await;
        for role in ground.roles.values() {
            let hidden =
                role.as_ref().map(|role| role.policies.values().filter_map(|policy| policy.as_ref().err()).collect());
            let denied = hidden.unwrap_or_else(|why| vec![why]).into_iter().filter(|why| why.contains("AccessDenied"));
            blind.extend(denied.map(|why| Blind {
                kind: address.kind,
                scope: address.scope.clone(),
                name: Some(address.name.clone()),
                why: why.clone(),
            }));
        }
    }
    blind
}

fn inline(documents: &[Value]) -> Value {
    documents.iter().enumerate().map(|(number, document)| (format!("p{number}"), document.clone())).collect()
}

fn once() -> bedrail::aws::Retries {
    bedrail::aws::Retries { attempts: 1, ..bedrail::aws::Retries::default() }
}
