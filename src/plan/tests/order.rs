//! What comes before what.

use super::*;

#[test]
fn from_nothing_everything_is_made_in_order() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    let plan = world.plan();
    let version = version_name("one");
    assert_eq!(
        steps(&plan),
        [
            "create guardrail baseline".to_owned(),
            format!("create guardrail-version {version}"),
            "create account-enforcement account".to_owned()
        ]
    );
    assert_eq!(plan.actions[2].after, BTreeSet::from([ActionId(1)]));
    assert!(plan.held.is_empty());
    let warned: Vec<_> = plan.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(warned, ["W0904"], "whether callers may apply what begins to be enforced is not known");
}

#[test]
fn what_is_as_it_should_be_needs_nothing() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_version(&us(), 1, None, "one", true);
    world.has_enforcement(&us(), &format!("{}:1", arn(&us(), "baseline")), "somebody");
    let plan = world.plan();
    assert!(plan.is_in_sync(), "{plan:?}");
    assert_eq!(plan.unchanged.len(), 3);
}

fn org_policy(version: &Address) -> org_policy::Model {
    let identifier = Template(vec![Segment::Id(Ref::To(version.clone()), Form::Whole)]);
    org_policy::Model {
        policy_type: crate::kinds::org_policy_type::PolicyType::Bedrock,
        name: "acme-org".to_owned(),
        description: String::new(),
        document: Document::map([("identifier", Document::Text(identifier))]),
        tags: marks("org"),
        needs: Vec::new(),
    }
}

#[test]
fn protection_is_added_before_any_is_removed() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_version(&us(), 1, None, "one", true);
    let version = at(Kind::GuardrailVersion, &us(), &version_name("one"));
    let policy = at(Kind::OrgPolicy, &global(), "org");
    world.want(&policy, org_policy(&version));
    let attach = |target: &str| org_policy_attachment::Model {
        policy: Ref::To(policy.clone()),
        target: target.to_owned(),
        policy_type: crate::kinds::org_policy_type::PolicyType::Bedrock,
        enabled: None,
    };
    world.want(&at(Kind::OrgPolicyAttachment, &global(), "org:r-sand"), attach("r-sand"));
    let mut live = org_policy(&version);
    live.document = Document::from(json!({"identifier": format!("{}:1", arn(&us(), "baseline"))}));
    world.has(Kind::OrgPolicy, &global(), "p-1", "acme-org", Evidence::Tags(marks("org")), Some(live.into()));
    let mut old = attach("ou-old");
    old.policy = Ref::Foreign(RemoteId::new("p-1"));
    world.has(
        Kind::OrgPolicyAttachment,
        &global(),
        "p-1:ou-old",
        "ou-old",
        Evidence::Of(RemoteId::new("p-1")),
        Some(old.into()),
    );
    let plan = world.plan();
    assert_eq!(
        steps(&plan),
        [
            "create account-enforcement account",
            "create org-policy-attachment org:r-sand",
            "delete org-policy-attachment org:ou-old"
        ]
    );
    assert_eq!(plan.actions[2].after, BTreeSet::from([ActionId(0), ActionId(1)]));
}

#[test]
fn a_target_takes_along_what_it_needs_and_holds_what_must_wait() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.options.targets = vec!["account-enforcement/*".to_owned()];
    assert_eq!(world.plan().actions.len(), 3);
    world.options.targets = vec!["guardrail/*".to_owned()];
    assert_eq!(steps(&world.plan()), ["create guardrail baseline"]);
    assert_eq!(
        unmatched(&["*nope*".to_owned(), "*baseline*".to_owned()], &world.desired, &Live::default()),
        ["*nope*"]
    );
}

#[test]
fn equal_input_gives_equal_plans_in_any_order_of_answers() {
    let mut world = World::new();
    world.want_enforced(&us(), "three");
    world.want_enforced(&region("eu-west-1"), "three");
    for scope in [us(), region("eu-west-1")] {
        world.has_guardrail(&scope, "baseline", "two", marks("baseline"));
        world.has_version(&scope, 1, None, "one", false);
        world.has_version(&scope, 2, None, "two", false);
        world.has_enforcement(&scope, &format!("{}:2", arn(&scope, "baseline")), "somebody");
    }
    let first = world.plan();
    world.readings.items.reverse();
    assert_eq!(world.plan(), first);
    world.readings.items.rotate_left(3);
    assert_eq!(world.plan(), first);
}

#[test]
fn destroy_removes_what_is_ours_protection_last_built_first() {
    let mut world = World::new();
    world.want_enforced(&us(), "one");
    world.has_guardrail(&us(), "baseline", "one", marks("baseline"));
    world.has_version(&us(), 1, None, "one", true);
    world.has_enforcement(&us(), &format!("{}:1", arn(&us(), "baseline")), "somebody");
    world.options.purpose = Purpose::Destroy;
    assert_eq!(steps(&world.plan()), ["delete account-enforcement account", "delete guardrail baseline"]);
}
