//! The planner against hand-made readings: what AWS answers goes in as raw items, what comes out is a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::*;
use crate::kinds::account_enforcement::{ModelEnforcement, SelectiveContentGuarding};
use crate::kinds::guardrail_version::{Release, implicit_name};
use crate::kinds::{Kind, account_enforcement, guardrail, guardrail_version, org_policy, org_policy_attachment};
use crate::model::Live;
use crate::model::{
    AccountId, Caller, Desired, Document, Evidence, Facts, Form, Marker, NAME_TAG, Organization, PROTECTED_TAG,
    Partition, Raw, Readings, Ref, RoleNames, STACK_TAG, Scope, Segment, Standing, Tags, Template, Unread, Wanted,
};

mod direction;
mod order;
mod ownership;
mod releases;
mod size;

const STACK: &str = "acme";

fn account() -> AccountId {
    "111122223333".parse().expect("an account id")
}

fn region(name: &str) -> Scope {
    Scope::regional(account(), Region::new(name))
}

fn us() -> Scope {
    region("us-east-1")
}

fn global() -> Scope {
    Scope::global(account())
}

fn facts() -> Facts {
    let caller = Caller {
        account: account(),
        arn: "arn:aws:iam::111122223333:root".to_owned(),
        partition: Partition::new("aws"),
    };
    let organization = Organization {
        id: "o-bedrailsand".to_owned(),
        management_account: account(),
        root: "r-sand".to_owned(),
        policy_types: Vec::new(),
        all_features: Some(true),
        delegation: Ok(None),
        accounts: Vec::new(),
        units: Vec::new(),
    };
    Facts { caller, organization: Some(organization), bedrock_regions: Vec::new(), roles: RoleNames::default() }
}

fn content(message: &str) -> guardrail::Content {
    guardrail::Content { blocked_input_messaging: message.to_owned(), ..guardrail::sample::silent() }
}

fn marks(name: &str) -> Tags {
    BTreeMap::from([(STACK_TAG.to_owned(), STACK.to_owned()), (NAME_TAG.to_owned(), name.to_owned())])
}

fn a_guardrail(key: &str, message: &str) -> guardrail::Model {
    guardrail::Model {
        name: format!("acme-{key}"),
        description: None,
        kms_key_id: None,
        content: content(message),
        tags: marks(key),
        failed: false,
    }
}

fn at(kind: Kind, scope: &Scope, name: &str) -> Address {
    Address::new(kind, scope.clone(), name)
}

/// A spec and what AWS answers, built up by the tests.
#[derive(Default)]
struct World {
    desired: Desired,
    readings: Readings,
    options: Options,
}

impl World {
    fn new() -> Self {
        let mut world = Self::default();
        STACK.clone_into(&mut world.desired.stack);
        world
    }

    fn want(&mut self, address: &Address, model: impl Into<Model>) {
        let wanted = Wanted { model: model.into(), entry: address.name.clone(), span: None, previously: Vec::new() };
        self.desired.resources.insert(address.clone(), wanted);
    }

    /// A guardrail and, for its current content, the implicit version with an enforcement that points at it.
    fn want_enforced(&mut self, scope: &Scope, message: &str) -> Address {
        let guardrail = at(Kind::Guardrail, scope, "baseline");
        self.want(&guardrail, a_guardrail("baseline", message));
        self.desired.keep_versions.insert(guardrail.clone(), 1);
        let version = self.want_version(&guardrail, message, Release::Implicit);
        self.want_enforcement(scope, Ref::To(version.clone()));
        version
    }

    fn want_version(&mut self, guardrail: &Address, message: &str, release: Release) -> Address {
        let digest = content(message).digest();
        let name = match &release {
            Release::Named(key) | Release::Numbered(key, _) => key.clone(),
            Release::Implicit => implicit_name(&guardrail.name, &digest),
        };
        let version = at(Kind::GuardrailVersion, &guardrail.scope, &name);
        let model = guardrail_version::Model {
            guardrail: Ref::To(guardrail.clone()),
            release,
            content: Some(digest),
            description: None,
        };
        self.want(&version, model);
        version
    }

    fn want_enforcement(&mut self, scope: &Scope, version: Ref) {
        self.want(&at(Kind::AccountEnforcement, scope, "account"), enforcement(version));
    }

    fn has(&mut self, kind: Kind, scope: &Scope, id: &str, name: &str, evidence: Evidence, model: Option<Model>) {
        let raw = Raw {
            kind,
            scope: scope.clone(),
            id: RemoteId::new(id),
            name: name.to_owned(),
            evidence,
            model,
            profile: None,
            standing: Standing::default(),
            fact: "fact".to_owned(),
            changed_at: None,
        };
        self.readings.items.push(raw);
    }

    fn has_guardrail(&mut self, scope: &Scope, key: &str, message: &str, tags: Tags) {
        let mut model = a_guardrail(key, message);
        model.tags = tags.clone();
        let name = model.name.clone();
        self.has(Kind::Guardrail, scope, &arn(scope, key), &name, Evidence::Tags(tags), Some(model.into()));
    }

    /// A version with this marker, its content read or not.
    fn has_version(&mut self, scope: &Scope, number: u32, key: Option<&str>, message: &str, read: bool) {
        let (guardrail, digest) = (arn(scope, "baseline"), content(message).digest());
        let model = guardrail_version::Model {
            guardrail: Ref::Foreign(RemoteId::new(guardrail.as_str())),
            release: Release::Implicit,
            content: Some(digest.clone()),
            description: None,
        };
        let marker = Some(Marker::new(key, 1, &digest));
        let evidence = Evidence::Version { of: RemoteId::new(guardrail.as_str()), marker };
        let id = format!("{guardrail}:{number}");
        let model = read.then(|| model.into());
        self.has(Kind::GuardrailVersion, scope, &id, &number.to_string(), evidence, model);
    }

    fn has_enforcement(&mut self, scope: &Scope, version: &str, by: &str) {
        let model = enforcement(Ref::Foreign(RemoteId::new(version)));
        let evidence = Evidence::UpdatedBy(Some(by.to_owned()));
        self.has(Kind::AccountEnforcement, scope, "config1", "account", evidence, Some(model.into()));
    }

    fn unread(&mut self, kind: Kind, scope: &Scope) {
        let why = "AccessDenied: no".to_owned();
        self.readings.unread.push(Unread { kind, scope: scope.clone(), id: None, why });
    }

    fn plan(&self) -> Plan {
        let live = recognise(self.readings.clone(), &self.desired, &facts());
        plan(&self.desired, &live, &facts(), &self.options, Digest::of(&1)).expect("a plan")
    }
}

fn arn(scope: &Scope, key: &str) -> String {
    format!("arn:aws:bedrock:{}:111122223333:guardrail/{key}", scope.region_name())
}

fn enforcement(version: Ref) -> account_enforcement::Model {
    account_enforcement::Model {
        version,
        selective_content_guarding: SelectiveContentGuarding::default(),
        model_enforcement: ModelEnforcement::default(),
        needs: Vec::new(),
    }
}

/// `verb name` of each action, in order, with `(prune)` where it is one.
fn steps(plan: &Plan) -> Vec<String> {
    let step = |action: &Action| {
        let prune = if action.prune { " (prune)" } else { "" };
        format!("{} {} {}{prune}", action.verb.word(), action.address.kind, action.address.name)
    };
    plan.actions.iter().map(step).collect()
}

fn held(plan: &Plan) -> Vec<(String, &'static str)> {
    plan.held.iter().map(|held| (held.address.name.clone(), held.why.word())).collect()
}

fn version_name(message: &str) -> String {
    implicit_name("baseline", &content(message).digest())
}
