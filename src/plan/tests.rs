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
    Partition, Raw, Readings, Ref, STACK_TAG, Scope, Segment, Tags, Template, Unread, Wanted,
};

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
        accounts: Vec::new(),
        units: Vec::new(),
    };
    Facts { caller, organization: Some(organization), bedrock_regions: Vec::new() }
}

fn content(message: &str) -> guardrail::Content {
    guardrail::Content {
        blocked_input_messaging: message.to_owned(),
        blocked_outputs_messaging: "no".to_owned(),
        content_policy: None,
        topic_policy: None,
        word_policy: None,
        sensitive_information_policy: None,
        contextual_grounding_policy: None,
        automated_reasoning_policy: None,
        cross_region_profile: None,
    }
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
    assert!(plan.held.is_empty() && plan.warnings.is_empty());
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
    let needed = contents_needed(&world.readings, &world.desired);
    assert_eq!(needed, BTreeSet::from([RemoteId::new(format!("{}:1", arn(&us(), "baseline")))]));
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

fn org_policy(version: &Address) -> org_policy::Model {
    let identifier = Template(vec![Segment::Id(Ref::To(version.clone()), Form::Whole)]);
    org_policy::Model {
        name: "acme-org".to_owned(),
        description: String::new(),
        document: Document::map([("identifier", Document::Text(identifier))]),
        tags: marks("org"),
        permitted_by: Vec::new(),
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
        policy_type: None,
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
