use std::collections::BTreeMap;

use super::*;
use crate::kinds::guardrail::Content;
use crate::kinds::guardrail::sample::silent;
use crate::model::{Direction, Found, Owner, STACK_TAG, Scope, Wanted, candidate_of};
use crate::plan::{Held, Scanned, Why};

const RUN: &str = "2026-11-22T14:00:00Z-7";

fn scope(region: &str) -> Scope {
    Scope::regional("111122223333".parse().expect("an account id"), Region::new(region))
}

fn address(region: &str) -> Address {
    Address::new(Kind::Guardrail, scope(region), "baseline")
}

fn model(message: &str) -> guardrail::Model {
    let tags = [(STACK_TAG, "acme"), (NAME_TAG, "baseline"), (PROTECTED_TAG, "true"), ("owner", "x")];
    guardrail::Model {
        name: "acme-baseline".to_owned(),
        description: None,
        kms_key_id: Some("key".to_owned()),
        content: Content { blocked_input_messaging: message.to_owned(), ..silent() },
        tags: tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        failed: false,
    }
}

struct World {
    plan: Plan,
    desired: Desired,
    live: Live,
    targets: Vec<String>,
}

impl World {
    /// A spec that wants `want` in these Regions.
    fn wanting(want: &guardrail::Model, regions: &[&str]) -> Self {
        let wanted = |model: &guardrail::Model| Wanted {
            model: model.clone().into(),
            entry: "guardrails.baseline".to_owned(),
            span: None,
            previously: Vec::new(),
        };
        let resources = regions.iter().map(|region| (address(region), wanted(want))).collect();
        let desired = Desired { resources, stack: "acme".to_owned(), ..Desired::default() };
        let plan = Plan {
            stack: "acme".to_owned(),
            scanned: Scanned::default(),
            preconditions: Vec::new(),
            actions: Vec::new(),
            unchanged: Vec::new(),
            held: Vec::new(),
            blind: Vec::new(),
            unmanaged: Vec::new(),
            warnings: Vec::new(),
            spec: Digest::of(&"spec"),
        };
        Self { plan, desired, live: Live::default(), targets: Vec::new() }
    }

    /// AWS has this there; what differs is changed by the plan.
    fn having(mut self, region: &str, have: &guardrail::Model) -> Self {
        let (at, id) = (address(region), RemoteId::new(format!("arn:{region}")));
        let want = &self.desired.resources[&at].model;
        if *want != Model::from(have.clone()) {
            let change = Change::Update { id: id.clone(), have: have.clone().into(), want: want.clone() };
            self.plan.actions.push(Action::alone(at.clone(), Verb::Update, change));
        }
        let found = Found { id, model: have.clone().into(), owner: Owner::Ours, fact: String::new(), changed_at: None };
        self.live.found.insert(at, found);
        self
    }

    fn creating(mut self, region: &str) -> Self {
        let want = self.desired.resources[&address(region)].model.clone();
        self.plan.actions.push(Action::alone(address(region), Verb::Create, Change::Create { want }));
        self
    }

    fn promoted(&self) -> Promoted<'_> {
        let Self { plan, desired, live, targets } = self;
        Promoted { plan, desired, live, targets, run: RUN }
    }

    /// By what each place is tested, in a word.
    fn words(&self) -> Vec<(String, &'static str)> {
        let word = |bearer: Bearer| match bearer {
            Bearer::Draft(address, _) => (address.scope.region_name().to_owned(), "draft"),
            Bearer::Candidate(candidate) => (candidate.of.scope.region_name().to_owned(), "candidate"),
            Bearer::Version(reached, _) => (reached.guardrail.scope.region_name().to_owned(), "version"),
            Bearer::None(absent) => (absent.scope.region_name().to_owned(), "none"),
        };
        self.promoted().bearers("baseline").into_iter().map(word).collect()
    }
}

fn told(words: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    words.iter().map(|(region, word)| ((*region).to_owned(), *word)).collect()
}

#[test]
fn what_aws_does_not_hold_yet_is_borne_by_a_candidate() {
    let want = model("new");
    let renamed = guardrail::Model { name: "other".to_owned(), ..want.clone() };
    let failed = guardrail::Model { failed: true, ..want.clone() };
    let world = World::wanting(&want, &["a-1", "b-1", "c-1", "d-1", "e-1"])
        .creating("a-1")
        .having("b-1", &model("old"))
        .having("c-1", &want)
        .having("d-1", &renamed)
        .having("e-1", &failed);
    assert_eq!(
        world.words(),
        told(&[("a-1", "candidate"), ("b-1", "candidate"), ("c-1", "draft"), ("d-1", "draft"), ("e-1", "candidate")])
    );
    assert_eq!(world.promoted().bearers("another"), []);
}

#[test]
fn what_is_held_is_not_tested_and_what_is_not_targeted_is_passed_over() {
    let want = model("new");
    let mut world = World::wanting(&want, &["a-1", "b-1", "c-1"]).creating("a-1").having("c-1", &want);
    let held = Held {
        address: address("b-1"),
        verb: Verb::Create,
        why: Why::NotOurs,
        hint: "somebody's".to_owned(),
        seen: true,
        fields: Vec::new(),
        direction: Some(Direction::Neutral),
    };
    world.plan.held.push(held);
    assert_eq!(world.words(), told(&[("a-1", "candidate"), ("b-1", "none"), ("c-1", "draft")]));
    world.targets = vec!["guardrail-version/*".to_owned()];
    world.plan.held.clear();
    assert_eq!(world.words(), told(&[("a-1", "candidate")]), "what a target takes along is tested");
}

#[test]
fn a_candidate_is_marked_as_one_and_is_its_runs_alone() {
    let want = model("new");
    let candidate = Candidate::new(&address("a-1"), &want, RUN);
    let guardrail::Model { name, description, kms_key_id, content, tags, failed } = &candidate.model;
    assert_eq!((content, kms_key_id, *failed), (&want.content, &want.kms_key_id, false));
    assert_eq!(candidate_of(name, tags, "acme"), Some("baseline"));
    let (stack, owner) = ((STACK_TAG, "acme"), ("owner", "x"));
    let all = [stack, owner, (CANDIDATE_TAG, "baseline")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(
        *tags,
        BTreeMap::from(all),
        "the spec's own tags stay, as policies of the organization may ask for them"
    );
    assert!(name.len() <= 50 && description.as_ref().is_some_and(|text| text.len() <= 200), "what AWS takes");
    assert_eq!(candidate.address.name, *name);
    let other = |region: &str, run: &str| Candidate::new(&address(region), &want, run).model.name;
    assert_eq!(other("a-1", RUN), *name);
    assert!(other("b-1", RUN) != *name && other("a-1", "another run") != *name);
}

#[test]
fn what_changes_and_is_asked_nowhere_is_named() {
    let want = model("new");
    let renamed = guardrail::Model { name: "other".to_owned(), ..want.clone() };
    let world = World::wanting(&want, &["a-1", "b-1", "c-1"])
        .creating("a-1")
        .having("b-1", &model("old"))
        .having("c-1", &renamed);
    let untested = |tested: &[&str]| world.promoted().untested(&tested.iter().map(|region| address(region)).collect());
    assert_eq!(untested(&[]), BTreeSet::from([address("a-1"), address("b-1")]), "a name is no content");
    assert_eq!(untested(&["a-1"]), BTreeSet::from([address("b-1")]));
}

#[test]
fn a_full_region_has_no_room() {
    let candidate = Candidate::new(&address("a-1"), &model("new"), RUN);
    let mut live = Live::default();
    for (there, removed, room) in [(99, 0, true), (100, 0, false), (100, 1, true), (0, 0, true)] {
        live.guardrails.insert(scope("a-1"), there);
        assert_eq!(no_room(&candidate, &live, removed).is_none(), room, "{there} {removed}");
    }
    live.guardrails = BTreeMap::from([(scope("b-1"), 100)]);
    assert_eq!(no_room(&candidate, &live, 0), None, "another Region");
}
