//! Which versions are compared when a pointer moves, and what comes of it.

use super::*;
use crate::model::Direction::{Neutral, Unranked};

/// A world whose enforcement points at version 1 and is wanted at the current content, which nothing carries.
fn moving() -> World {
    let mut world = World::new();
    world.want_enforced(&us(), "two");
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_version(&us(), 1, None, "one", false);
    world.has_enforcement(&us(), &format!("{}:1", arn(&us(), "baseline")), "somebody");
    world
}

fn id(number: u32) -> RemoteId {
    RemoteId::new(format!("{}:{number}", arn(&us(), "baseline")))
}

fn compared(world: &World) -> Vec<RemoteId> {
    contents_needed(&world.readings, &world.desired, &facts()).compared.into_keys().collect()
}

fn enforcing(plan: &Plan) -> &Action {
    plan.actions.iter().find(|action| action.address.kind == Kind::AccountEnforcement).expect("a moved pointer")
}

#[test]
fn what_a_pointer_leaves_is_compared_and_what_is_published_needs_no_call() {
    let mut world = moving();
    assert_eq!(compared(&world), [id(1)]);
    world.readings.contents.insert(id(1), Ok(content("one")));
    let plan = world.plan();
    let field = &enforcing(&plan).fields[0];
    // Another message makes nothing more or less strict.
    assert_eq!((field.direction, field.below.len(), &field.why), (Neutral, 1, &None));
}

#[test]
fn a_pointer_that_stays_costs_nothing() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_version(&us(), 1, None, "one", false);
    world.has_enforcement(&us(), id(1).as_str(), "somebody");
    assert!(compared(&world).is_empty());
}

#[test]
fn both_releases_are_compared_when_one_takes_the_place_of_the_other() {
    let mut world = World::new();
    let guardrail = at(Kind::Guardrail, &us(), "baseline");
    world.want(&guardrail, a_guardrail("baseline", "two"));
    let version = world.want_version(&guardrail, "one", Release::Named("release-1".into()));
    world.want_enforcement(&us(), Ref::To(version));
    world.has_guardrail(&us(), "baseline", "two", marks("baseline"));
    world.has_version(&us(), 1, Some("release-1"), "one", false);
    world.has_version(&us(), 2, Some("release-2"), "two", false);
    world.has_enforcement(&us(), id(2).as_str(), "somebody");
    assert_eq!(compared(&world), [id(1), id(2)]);
}

#[test]
fn a_content_that_could_not_be_read_is_said() {
    for known in [None, Some(Err("AccessDenied: no".to_owned()))] {
        let mut world = moving();
        world.readings.contents.extend(known.map(|known| (id(1), known)));
        let plan = world.plan();
        let field = &enforcing(&plan).fields[0];
        assert_eq!(field.direction, Unranked);
        assert!(field.why.as_ref().is_some_and(|why| why.contains(id(1).as_str())), "{:?}", field.why);
        assert!(enforcing(&plan).has_unranked() && enforcing(&plan).hazards.is_empty());
    }
}
