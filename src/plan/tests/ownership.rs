//! Whose a resource is, and what is done where that, or the resource itself, cannot be seen.

use super::*;

#[test]
fn an_unseen_place_keeps_every_version() {
    let mut world = World::new();
    world.want_enforced(&us(), "three");
    world.has_guardrail(&us(), "baseline", "three", marks("baseline"));
    world.has_version(&us(), 1, None, "one", false);
    world.has_version(&us(), 2, None, "two", false);
    world.has_version(&us(), 3, None, "three", true);
    world.unread(Kind::OrgPolicy, &global());
    world.has_enforcement(&us(), &format!("{}:3", arn(&us(), "baseline")), "somebody");
    let plan = world.plan();
    assert!(plan.actions.is_empty(), "{:?}", steps(&plan));
    assert_eq!(plan.blind.len(), 1);
}

#[test]
fn where_nothing_can_be_read_nothing_is_made() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.unread(Kind::Guardrail, &us());
    let plan = world.plan();
    assert!(plan.actions.is_empty());
    assert_eq!(
        held(&plan),
        [("baseline".to_owned(), "not-visible"), (version_name("one"), "needs"), ("account".to_owned(), "needs")]
    );
}

#[test]
fn what_carries_no_mark_is_held_until_it_is_adopted() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.has_guardrail(&us(), "baseline", "one", Tags::new());
    let plan = world.plan();
    assert_eq!(held(&plan)[0], ("baseline".to_owned(), "not-ours"));
    assert!(plan.actions.is_empty(), "{:?}", steps(&plan));
    world.options.adopt = true;
    let plan = world.plan();
    assert_eq!(steps(&plan)[0], "adopt guardrail baseline");
    assert_eq!(plan.actions[0].calls, ["bedrock:TagResource"]);
    world.options.adopt = true;
    world.readings.items[0].evidence = Evidence::Tags(BTreeMap::from([(STACK_TAG.to_owned(), "other".to_owned())]));
    assert_eq!(held(&world.plan())[0], ("baseline".to_owned(), "other-stack"));
}

#[test]
fn two_bearers_of_one_mark_are_both_left_alone() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_guardrail(&us(), "baseline2", "one", marks("baseline"));
    let plan = world.plan();
    assert_eq!(held(&plan)[0], ("baseline".to_owned(), "duplicate-mark"));
    assert!(plan.actions.is_empty());
}

#[test]
fn what_is_ours_and_no_longer_wanted_goes_with_a_hazard() {
    let mut world = World::new();
    world.has_guardrail(&us(), "old", "one", marks("old"));
    world.has_guardrail(&us(), "foreign", "one", Tags::new());
    let plan = world.plan();
    assert_eq!(steps(&plan), ["delete guardrail old"]);
    assert_eq!(plan.actions[0].hazards, BTreeSet::from([Hazard::Deletes]));
    assert_eq!(plan.unmanaged.len(), 1);
}

#[test]
fn what_is_protected_in_aws_does_not_go() {
    let mut world = World::new();
    let mut tags = marks("old");
    tags.insert(PROTECTED_TAG.to_owned(), "true".to_owned());
    world.has_guardrail(&us(), "old", "one", tags);
    assert_eq!(held(&world.plan()), [("old".to_owned(), "precondition")]);
}

#[test]
fn a_guardrail_that_others_enforce_stays() {
    let mut world = World::new();
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_version(&us(), 1, None, "one", false);
    world.has_enforcement(&us(), &format!("{}:1", arn(&us(), "baseline")), "arn:aws:iam::111122223333:role/Other");
    let plan = world.plan();
    assert_eq!(held(&plan), [("baseline".to_owned(), "precondition")]);
    assert!(plan.unmanaged[0].note.starts_with("referenced-from-outside"));
    // Written by this caller's own principal it is ours, and both go, the enforcement first.
    world.readings.items[2].evidence = Evidence::UpdatedBy(Some(facts().caller.arn));
    assert_eq!(steps(&world.plan()), ["delete account-enforcement account", "delete guardrail baseline"]);
}

#[test]
fn a_renamed_key_keeps_its_resource_only_if_it_says_so() {
    let mut world = World::new();
    let now = at(Kind::Guardrail, &us(), "base");
    let mut model = a_guardrail("base", "one");
    "acme-baseline".clone_into(&mut model.name);
    world.want(&now, model);
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    let live = recognise(world.readings.clone(), &world.desired, &facts());
    let faults = plan(&world.desired, &live, &facts(), &Options::default(), Digest::of(&1)).expect_err("a fault");
    assert!(faults.has_errors());
    let wanted = world.desired.resources.get_mut(&now).expect("the guardrail");
    wanted.previously.push(at(Kind::Guardrail, &us(), "baseline"));
    let plan = world.plan();
    assert_eq!(steps(&plan), ["update guardrail base"]);
    assert_eq!(
        plan.actions[0].fields.iter().map(|field| field.path.as_str()).collect::<Vec<_>>(),
        ["tags.bedrail:name"]
    );
}

#[test]
fn a_secret_with_quotes_in_it_is_one() {
    let mut world = World::new();
    world.want_enforced(&us(), "say \"hunter2\"");
    world.desired.secrets.insert("\"hunter2\"".to_owned());
    let plan = world.plan();
    let field =
        plan.actions[0].fields.iter().find(|field| field.path == "blocked_input_messaging").expect("the message");
    assert_eq!(field.guard, crate::model::Guard::Secret);
}
