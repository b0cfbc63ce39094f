//! A local AWS and the whole way from a spec to an outcome, for tests.

pub(crate) mod caller;
pub(crate) mod content;
pub(crate) mod http;
pub(crate) mod random;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bedrail::apply::{Outcome, Tools, apply, live_ids};
use bedrail::aws::{Access, AwsError, Clients, Connection, Deadlines, Retries, Roles, Run, Sandbox as Caller, Wait};
use bedrail::model::diagnostic::Diagnostics;
use bedrail::model::{Digest, Region, RoleNames};
use bedrail::plan::{Options, Plan};
use bedrail::reconcile::{Failure, Sides, roles};
use bedrail::spec::lower::check;
use bedrail::spec::sources::Sources;
use bedrail::spec::{Input, Spec, read};
use bedrail_localstack::{Config, Emulator, Partition, Seed};
use serde_json::Value;

/// Here reads know at once what was made, unless a fault says otherwise.
pub(crate) const VISIBLE: Duration = Duration::from_millis(750);
/// The management account of the default seed.
pub(crate) const MANAGEMENT: &str = "111122223333";

/// A fresh local AWS with short delays.
pub(crate) struct Sandbox {
    emulator: Emulator,
    /// The account that calls; the management account unless a test says otherwise.
    pub(crate) account: String,
    /// How long reads may not know what was made.
    pub(crate) visible: Duration,
    /// By how much the deadlines of apply are scaled.
    pub(crate) patience: f64,
    /// How members are entered; through the role that AWS makes there unless a test says otherwise.
    pub(crate) roles: Option<Roles>,
}

/// One request that the local AWS saw.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    /// `bedrock`, `organizations` or `sts`.
    pub(crate) service: String,
    /// The operation.
    pub(crate) operation: String,
    /// The Region.
    pub(crate) region: String,
}

impl Sandbox {
    pub(crate) async fn start() -> Self {
        Self::seeded(Seed::Default).await
    }

    pub(crate) async fn seeded(seed: Seed) -> Self {
        Self::with(Config { seed, ..Config::default() }).await
    }

    pub(crate) async fn of(partition: Partition) -> Self {
        Self::with(Config { partition, ..Config::default() }).await
    }

    pub(crate) async fn with(mut config: Config) -> Self {
        config.options.transition_ms = 2;
        config.options.propagation_ms = 20;
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        let account = emulator.management_account().to_owned();
        let roles = Roles {
            management_account: account.parse().expect("an account id"),
            names: RoleNames::default(),
            external_id: None,
            session: "bedrail-test".to_owned(),
        };
        Self { visible: VISIBLE, patience: 0.5, account, emulator, roles: Some(roles) }
    }

    pub(crate) fn endpoint(&self) -> &str {
        self.emulator.endpoint()
    }

    /// Clients of another account, which may only read.
    pub(crate) async fn clients_of(&self, account: &str) -> Clients {
        self.open(account, Access::ReadOnly, Retries::default(), self.roles.clone())
            .await
            .expect("the emulator answers")
    }

    pub(crate) async fn clients(&self, access: Access) -> Clients {
        self.try_clients(access, Retries::default()).await.expect("the emulator answers")
    }

    /// As [`Self::clients`], where the very first call may be the one that fails.
    pub(crate) async fn try_clients(&self, access: Access, retries: Retries) -> Result<Clients, AwsError> {
        self.open(&self.account, access, retries, self.roles.clone()).await
    }

    /// As [`Self::try_clients`], other accounts entered as this spec says.
    pub(crate) async fn try_clients_of(
        &self,
        spec: &Spec,
        access: Access,
        retries: Retries,
    ) -> Result<Clients, AwsError> {
        self.open(&self.account, access, retries, roles(spec, "bedrail-test".to_owned())).await
    }

    async fn open(
        &self,
        account: &str,
        access: Access,
        retries: Retries,
        roles: Option<Roles>,
    ) -> Result<Clients, AwsError> {
        Connection { retries, roles, ..self.connection(account) }.open(access).await
    }

    /// How this account reaches it, without roles.
    pub(crate) fn connection(&self, account: &str) -> Connection {
        Connection {
            profile: None,
            endpoint_url: Some(self.endpoint().to_owned()),
            region: Some(Region::new(self.emulator.home_region())),
            sandbox: Some(Caller { account: account.parse().expect("an account id") }),
            parallelism: 16,
            retries: Retries::default(),
            roles: None,
        }
    }

    /// Calls the control interface.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        http::call(self.endpoint(), method, path, body).await
    }

    /// Everything that the local AWS holds.
    pub(crate) async fn state(&self) -> Value {
        self.control("GET", "/_bedrail/state", &Value::Null).await
    }

    pub(crate) async fn set(&self, options: Value) {
        self.control("POST", "/_bedrail/options", &options).await;
    }

    /// The requests since the last time they were forgotten.
    pub(crate) async fn requests(&self) -> Vec<Request> {
        let all = self.control("GET", "/_bedrail/requests", &Value::Null).await;
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let read = |entry: &Value| Request {
            service: text(entry, "service"),
            operation: text(entry, "operation"),
            region: text(entry, "region"),
        };
        all.as_array().expect("a list").iter().map(read).collect()
    }

    /// How often each operation was called since the last time requests were forgotten.
    pub(crate) async fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for request in self.requests().await {
            *counts.entry(format!("{}:{}", request.service, request.operation)).or_default() += 1;
        }
        counts
    }

    pub(crate) async fn forget_requests(&self) {
        self.control("DELETE", "/_bedrail/requests", &Value::Null).await;
    }

    pub(crate) async fn sides(&self, text: &str) -> Result<Sides, Failure> {
        let clients = self.clients(Access::ReadOnly).await;
        Sides::read(&spec(text), &clients, &mut Diagnostics::default()).await
    }

    /// The plan for this spec, everything allowed.
    pub(crate) async fn plan(&self, text: &str) -> Plan {
        self.plan_with(text, &Options::default()).await
    }

    pub(crate) async fn plan_with(&self, text: &str, options: &Options) -> Plan {
        let sides = self.sides(text).await.unwrap_or_else(|failure| panic!("{failure:?}\n{text}"));
        sides.plan(options, Digest::of(&text)).unwrap_or_else(|failure| panic!("{failure:?}\n{text}"))
    }

    /// The plan, and the accounts that were not looked into for it.
    pub(crate) async fn plan_and_beyond(&self, text: &str) -> (Plan, Vec<String>) {
        let sides = self.sides(text).await.unwrap_or_else(|failure| panic!("{failure:?}\n{text}"));
        let plan = sides.plan(&Options::default(), Digest::of(&text)).unwrap_or_else(|failure| panic!("{failure:?}"));
        (plan, sides.beyond().iter().map(ToString::to_string).collect())
    }

    /// Applies this spec and demands that all of it succeeds.
    pub(crate) async fn apply(&self, text: &str) -> Plan {
        let (plan, outcome) = self.apply_with(text, &Options::default()).await;
        assert!(outcome.is_complete(), "{:#?}\n{text}", outcome.failed);
        plan
    }

    pub(crate) async fn apply_with(&self, text: &str, options: &Options) -> (Plan, Outcome) {
        let clients = self.clients(Access::ReadWrite).await;
        let mut diagnostics = Diagnostics::default();
        // Reading and applying are long futures, and every test would be as long.
        let sides = Box::pin(Sides::read(&spec(text), &clients, &mut diagnostics)).await;
        let sides = sides.unwrap_or_else(|failure| panic!("{failure:?}"));
        let plan = sides.plan(options, Digest::of(&text)).unwrap_or_else(|failure| panic!("{failure:?}"));
        let outcome = Box::pin(self.carry_out(&sides, &plan)).await;
        (plan, outcome)
    }

    /// Carries out a plan that was made from these sides, however long ago.
    pub(crate) async fn carry_out(&self, sides: &Sides, plan: &Plan) -> Outcome {
        let clients = self.clients(Access::ReadWrite).await;
        let root = sides.facts.organization.as_ref().map(|organization| organization.root.clone());
        let wait = Wait::seeded(Deadlines { visible: self.visible, ..Deadlines::scaled(self.patience) }, 7);
        let run = Run::new(live_ids(&sides.live), wait, sides.desired.stack.as_str(), root);
        let interrupted = AtomicBool::new(false);
        let tools =
            Tools { clients: &clients, run: &run, desired: &sides.desired, parallelism: 16, interrupted: &interrupted };
        apply(plan, tools, &mut |_| {}).await
    }
}

/// A spec without faults.
pub(crate) fn spec(text: &str) -> Spec {
    let mut diagnostics = Diagnostics::default();
    let mut sources = Sources::new();
    let file = sources.add("bedrail.yaml".to_owned(), text.to_owned());
    let environment = BTreeMap::new();
    let input = Input { sources: &sources, files: &[file], given: Vec::new(), environment: &environment, env: None };
    let spec = read(input, &mut diagnostics);
    check(&spec, &mut diagnostics);
    let errors: Vec<_> = diagnostics.iter().filter(|fault| fault.code.id().starts_with('E')).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    spec
}

/// `verb kind name` of each action.
pub(crate) fn steps(plan: &Plan) -> Vec<String> {
    plan.actions
        .iter()
        .map(|action| format!("{} {} {}", action.verb.word(), action.address.kind, action.address.name))
        .collect()
}

/// A plan is empty, and nothing keeps it from being so.
pub(crate) fn assert_in_sync(plan: &Plan, text: &str) {
    let changes: Vec<_> = plan.actions.iter().map(|action| (action.address.to_string(), &action.fields)).collect();
    assert!(plan.is_in_sync(), "{changes:#?}\n{:#?}\n{:#?}\n{text}", plan.held, plan.blind);
}
