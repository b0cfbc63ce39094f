//! When a version is published, what it serves, and when it goes.

use super::*;

#[test]
fn any_version_with_the_content_serves() {
    for (number, key) in [(3, Some("release-1")), (4, None)] {
        let mut world = World::new();
        world.want_enforced(&us(), "one");
        world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
        world.has_version(&us(), 3, Some("release-1"), "one", true);
        world.has_version(&us(), 4, None, "one", true);
        let release =
            world.want_version(&at(Kind::Guardrail, &us(), "baseline"), "one", Release::Named("release-1".into()));
        world.has_enforcement(&us(), &format!("{}:{number}", arn(&us(), "baseline")), "somebody");
        let plan = world.plan();
        assert!(plan.is_in_sync(), "{key:?} {:?}", steps(&plan));
        assert!(plan.unchanged.contains(&release));
    }
}

#[test]
fn a_marker_alone_is_not_believed() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_version(&us(), 1, None, "one", false);
    assert_eq!(steps(&world.plan())[0], format!("create guardrail-version {}", version_name("one")));
    let needed = contents_needed(&world.readings, &world.desired, &facts());
    assert_eq!(needed.recognised, BTreeSet::from([RemoteId::new(format!("{}:1", arn(&us(), "baseline")))]));
    assert!(needed.compared.is_empty(), "nothing points yet: {needed:?}");
}

#[test]
fn changed_content_publishes_moves_and_prunes() {
    let mut world = World::new();
    world.want_enforced(&us(), "three");
    world.has_guardrail(&us(), "baseline", "two", marks("baseline"));
    world.has_version(&us(), 1, None, "one", false);
    world.has_version(&us(), 2, None, "two", false);
    world.has_enforcement(&us(), &format!("{}:2", arn(&us(), "baseline")), "somebody");
    let plan = world.plan();
    assert_eq!(
        steps(&plan),
        [
            "update guardrail baseline".to_owned(),
            format!("create guardrail-version {}", version_name("three")),
            "update account-enforcement account".to_owned(),
            format!("delete guardrail-version {} (prune)", version_name("one")),
        ]
    );
    assert!(plan.actions.iter().all(|action| action.hazards.is_empty()), "{plan:?}");
    assert_eq!(plan.actions[2].fields[0].path, "version");
}

#[test]
fn a_version_that_loses_its_pointer_is_pruned_after_the_pointer_moved() {
    let mut world = World::new();
    world.want_enforced(&us(), "two");
    world.desired.keep_versions.values_mut().for_each(|keep| *keep = 0);
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_version(&us(), 1, None, "one", false);
    world.has_enforcement(&us(), &format!("{}:1", arn(&us(), "baseline")), "somebody");
    let plan = world.plan();
    let prune = plan.actions.iter().find(|action| action.prune).expect("a prune");
    let pointer =
        plan.actions.iter().find(|action| action.address.kind == Kind::AccountEnforcement).expect("a pointer");
    assert_eq!(prune.after, BTreeSet::from([pointer.id]));
}

#[test]
fn a_key_is_not_given_to_content_that_has_moved_on() {
    let mut world = World::new();
    let eu = region("eu-west-1");
    for scope in [&us(), &eu] {
        let guardrail = at(Kind::Guardrail, scope, "baseline");
        world.want(&guardrail, a_guardrail("baseline", "two"));
        world.want_version(&guardrail, "two", Release::Named("release-1".into()));
    }
    world.has_guardrail(&us(), "baseline", "two", marks("baseline"));
    world.has_version(&us(), 1, Some("release-1"), "one", false);
    let plan = world.plan();
    assert_eq!(steps(&plan), ["create guardrail baseline"]);
    assert_eq!(held(&plan), [("release-1".to_owned(), "content-moved")]);
}

#[test]
fn a_named_release_also_serves_the_current_content() {
    let mut world = World::new();
    let implicit = world.want_enforced(&us(), "one");
    world.want_version(&at(Kind::Guardrail, &us(), "baseline"), "one", Release::Named("release-1".into()));
    let plan = world.plan();
    assert_eq!(
        steps(&plan),
        ["create guardrail baseline", "create guardrail-version release-1", "create account-enforcement account"]
    );
    assert_eq!(plan.actions[1].serves, [implicit]);
    assert_eq!(plan.actions[2].after, BTreeSet::from([ActionId(1)]));
}

#[test]
fn at_twenty_versions_the_oldest_spare_one_makes_room() {
    let mut world = World::new();
    world.want_enforced(&us(), "new");
    world.desired.keep_versions.values_mut().for_each(|keep| *keep = 19);
    world.has_guardrail(&us(), "baseline", "20", marks("baseline"));
    for number in 1..=20 {
        world.has_version(&us(), number, None, &number.to_string(), false);
    }
    world.has_enforcement(&us(), &format!("{}:20", arn(&us(), "baseline")), "somebody");
    let plan = world.plan();
    let prune = plan.actions.iter().find(|action| action.prune).expect("a prune");
    assert_eq!(prune.address.name, version_name("1"));
    let publish = plan.actions.iter().find(|action| action.address.name == version_name("new")).expect("a publish");
    assert!(publish.after.contains(&prune.id), "{plan:?}");
    // With nothing to spare the publish is held, and so is what would point at it.
    for item in &mut world.readings.items {
        if let Evidence::Version { marker: Some(marker), .. } = &mut item.evidence {
            marker.key = Some(format!("release-{}", item.name));
        }
    }
    let named = world.plan();
    assert!(held(&named).contains(&(version_name("new"), "quota")), "{:?}", held(&named));
    assert!(held(&named).contains(&("account".to_owned(), "needs")));
}
