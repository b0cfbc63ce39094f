//! The AWS halves of the kinds, each against the local AWS.

mod access;
mod audit;
mod bearer;
mod blind;
mod cost;
mod faults;
mod guardrails;
mod organization;
mod partitions;
mod versions;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use bedrail::aws::{Access, ApplyError, CallLog, Clients, Deadlines, Ids, Run, Survey, Wait, WriteCx, perform, read};
use bedrail::kinds::{Model, Verb, guardrail};
use bedrail::model::{Address, Direction, FieldDiff, NAME_TAG, Raw, RemoteId, STACK_TAG, Scope, Tags};
use bedrail::plan::{Action, ActionId, Change};

use crate::support::content::silent;
use crate::support::{MANAGEMENT, Sandbox, VISIBLE};

/// A stack that everything here belongs to.
const STACK: &str = "acme";

/// A local AWS, and a run of a single action at a time.
struct Bench {
    sandbox: Sandbox,
    clients: Clients,
    run: Run,
}

impl Bench {
    async fn start() -> Self {
        let sandbox = Sandbox::start().await;
        let clients = sandbox.clients(Access::ReadWrite).await;
        let wait = Wait::seeded(Deadlines { visible: VISIBLE, ..Deadlines::scaled(0.2) }, 7);
        Self { sandbox, clients, run: Run::new(Ids::default(), wait, STACK, Some("r-sand".to_owned())) }
    }

    async fn carry_out(&self, action: &Action) -> Result<RemoteId, ApplyError> {
        let log = CallLog::default();
        perform(&WriteCx { read: self.clients.reading(&log), run: &self.run }, action).await
    }

    /// Makes it, and remembers its id.
    async fn create(&self, address: &str, want: impl Into<Model>) -> RemoteId {
        let action = create(address, want);
        let id = self.carry_out(&action).await.unwrap_or_else(|error| panic!("{address}: {error}"));
        self.run.ids.insert(action.address, id.clone());
        id
    }

    /// Changes it; returns the fields that differed.
    async fn update(&self, address: &str, id: &RemoteId, want: impl Into<Model>) -> Vec<String> {
        let have = self.read(address, id).await.and_then(|raw| raw.model).expect("it exists");
        let action = update(address, id, have, want);
        self.carry_out(&action).await.unwrap_or_else(|error| panic!("{address}: {error}"));
        action.fields.into_iter().map(|field| field.path).collect()
    }

    async fn delete(&self, address: &str, id: &RemoteId) {
        let have = self.read(address, id).await.and_then(|raw| raw.model).expect("it exists");
        let change = Change::Delete { id: id.clone(), have };
        self.carry_out(&action(address, Verb::Delete, change))
            .await
            .unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    async fn read(&self, address: &str, id: &RemoteId) -> Option<Raw> {
        let (address, log) = (parse(address), CallLog::default());
        let cx = self.clients.reading(&log);
        read(address.kind, &cx, &address.scope, id).await.unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    async fn model(&self, address: &str, id: &RemoteId) -> Model {
        self.read(address, id).await.and_then(|raw| raw.model).unwrap_or_else(|| panic!("{address} exists"))
    }

    /// A survey of these Regions and the organization.
    async fn survey(&self, regions: &[&str]) -> Survey {
        let declared = bedrail::aws::Declared {
            management_account: Some(MANAGEMENT.parse().expect("an account id")),
            ..Default::default()
        };
        let organization = bedrail::aws::organization(&self.clients, &declared, &BTreeSet::new()).await;
        Survey {
            stack: STACK.to_owned(),
            declared: regions.iter().map(|region| scope(region)).collect(),
            organization: organization.expect("the organization answers"),
            ..Survey::default()
        }
    }
}

fn parse(address: &str) -> Address {
    address.parse().expect("an address")
}

fn scope(region: &str) -> Scope {
    parse(&format!("guardrail/{MANAGEMENT}/{region}/x")).scope
}

fn at(kind: &str, place: &str, name: &str) -> String {
    format!("{kind}/{MANAGEMENT}/{place}/{name}")
}

fn action(address: &str, verb: Verb, change: Change) -> Action {
    Action {
        id: ActionId(0),
        address: parse(address),
        entry: None,
        verb,
        phase: None,
        direction: Direction::Neutral,
        prune: false,
        change,
        fields: Vec::new(),
        hazards: BTreeSet::new(),
        until: Vec::new(),
        after: BTreeSet::new(),
        calls: Vec::new(),
        reach: None,
        locked_out: BTreeSet::new(),
        target: None,
        fact: String::new(),
        serves: Vec::new(),
    }
}

fn create(address: &str, want: impl Into<Model>) -> Action {
    action(address, Verb::Create, Change::Create { want: want.into() })
}

fn update(address: &str, id: &RemoteId, have: Model, want: impl Into<Model>) -> Action {
    let want = want.into();
    let fields: Vec<FieldDiff> = Model::compare(Some(&have), Some(&want));
    Action { fields, ..action(address, Verb::Update, Change::Update { id: id.clone(), have, want }) }
}

fn marks(name: &str) -> Tags {
    BTreeMap::from([(STACK_TAG.to_owned(), STACK.to_owned()), (NAME_TAG.to_owned(), name.to_owned())])
}

/// The least that AWS takes: one word.
fn plain(name: &str) -> guardrail::Model {
    guardrail::Model {
        name: name.to_owned(),
        description: None,
        kms_key_id: None,
        content: word("projectx"),
        tags: marks(name),
        failed: false,
    }
}

fn word(text: &str) -> guardrail::Content {
    let rule = guardrail::WordRule {
        input_action: guardrail::BlockAction::Block,
        output_action: guardrail::BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    };
    let words = BTreeMap::from([(text.to_owned(), rule)]);
    let policy = guardrail::WordPolicy { words, managed_word_lists: BTreeMap::new() };
    guardrail::Content { word_policy: Some(policy), ..silent() }
}
