//! What to do about each address: the spec against AWS, one resource at a time, and then what one decision means for
//! another.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use super::order::Draft;
use super::until::Course;
use super::{
    Change, Held, Plan, Scanned, Warning, Why, by_effect, callers, coverage, demands, direction, hand_over, kept,
    logged, needs, order, phases, preconditions, recall, removal, stages, target, versions,
};
use crate::kinds::{Kind, Model, Verb, resource_policy};
use crate::model::diagnostic::Diagnostics;
use crate::model::{Address, Desired, Digest, Facts, Found, Live, Owner, RemoteId, Scope, Wanted};

/// The diagnostics of planning.
pub mod codes {
    crate::codes! {
        /// A key was renamed without `previously`.
        RENAMED = "E0901": "a new key would create a name that a resource of the old key still holds";
        /// Names go round in a circle.
        SWAPPED = "E0902": "resources would take each other's names";
        /// A policy of another type.
        TYPE_CHANGED = "E0903": "the type of an org policy is another than that of the policy which bears its key";
        /// Several keys publish one content.
        SAME_CONTENT = "W0901": "several unpublished versions of one guardrail hold the same content";
        /// A draft that nothing enforces.
        UNPUBLISHED = "W0902": "no version of a guardrail carries its current content, which takes effect nowhere";
        /// A KMS key changes without a new version.
        KEY_WITHOUT_VERSION = "W0903": "a changed KMS key publishes no version: versions that exist keep their key";
        /// Calls that will be denied.
        DENIES_CALLS = "W0906": "a service control policy begins to deny calls of models that name no guardrail, or another one";
        /// Versions that applications may still name.
        CALLERS = "W0907": "a version or guardrail that calls of models may still have to name goes, or is no longer allowed";
        /// A change is on its way.
        STAGED = "W0908": "what a policy of the organization enforces changes stage by stage, and is on its way";
        /// Personal data in logs.
        LOGGED_IN_CLEAR = "W0905": "text of model calls is logged in clear where a guardrail blocks or masks personal data";
    }
}

/// What the plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Purpose {
    /// To bring AWS to the spec.
    #[default]
    Reconcile,
    /// To remove everything that is ours.
    Destroy,
}

/// What the caller chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What the plan is for.
    pub purpose: Purpose,
    /// Whether unmarked resources of a wanted name become ours.
    pub adopt: bool,
    /// Whether changes that go from stage to stage go one stage on.
    pub advance: bool,
    /// Address patterns; empty for everything.
    pub targets: Vec<String>,
}

/// What apply will do about the difference between `desired` and `live`. `spec` is the digest of the spec.
///
/// # Errors
/// Faults of the spec that only AWS reveals.
pub fn plan(
    desired: &Desired,
    live: &Live,
    facts: &Facts,
    options: &Options,
    spec: Digest,
) -> Result<Plan, Diagnostics> {
    let (desired, staged) = stages::settle(desired, live, options);
    let desired = &*desired;
    let mut decisions = Decisions::new(desired, live, facts, options);
    decisions.warnings.extend(staged);
    if options.purpose == Purpose::Reconcile {
        for (address, wanted) in &desired.resources {
            decisions.about(address, wanted);
        }
        versions::serve_with_named(&mut decisions);
        versions::warn_of_unpublished(&mut decisions);
        logged::warn(&mut decisions);
    }
    needs::hold(&mut decisions);
    preconditions::hold(&mut decisions);
    removal::remove(&mut decisions);
    versions::prune(&mut decisions);
    kept::allow(&mut decisions);
    needs::hold(&mut decisions);
    preconditions::hold(&mut decisions);
    preconditions::warn(&mut decisions);
    demands::warn(&mut decisions);
    callers::warn(&mut decisions);
    let mut faults = hand_over::faults(&decisions);
    faults.extend(demands::other_types(&decisions));
    if faults.has_errors() {
        return Err(faults);
    }
    let preconditions = preconditions::list(&decisions);
    let Decisions { mut drafts, mut held, unchanged, warnings, .. } = decisions;
    phases::split(&mut drafts, live);
    recall::mark(&mut drafts, desired);
    preconditions::lockout::mark(&mut drafts, live, desired, facts);
    direction::judge(&mut drafts, desired, live);
    by_effect::judge(&mut drafts, desired, live, facts);
    let mut edges = order::edges(&drafts, live, facts);
    if coverage::hold(&mut drafts, &mut held, &edges, (desired, live, facts, options)) {
        edges = order::edges(&drafts, live, facts);
    }
    if target::narrow(&mut drafts, &mut held, &edges, &options.targets) {
        edges = order::edges(&drafts, live, facts);
    }
    let course = Course::of(&drafts, live, desired, facts);
    let actions = order::number(drafts, &edges, &course);
    let mut warnings: Vec<Warning> = warnings.into_iter().collect();
    warnings.sort();
    Ok(Plan {
        stack: desired.stack.clone(),
        scanned: scanned(live, desired, facts),
        preconditions,
        actions,
        unchanged: unchanged.into_iter().collect(),
        held: held.into_values().collect(),
        blind: live.blind.clone(),
        unmanaged: removal::left_alone(live, options.purpose),
        warnings,
        spec,
    })
}

fn scanned(live: &Live, desired: &Desired, facts: &Facts) -> Scanned {
    let refusals = live.not_scanned.iter().chain(&live.unavailable);
    let refused: BTreeSet<_> = refusals.map(|refusal| &refusal.scope).collect();
    let answered = |scope: &&Scope| !refused.contains(scope);
    let home: Vec<Scope> = desired.declared_regions.iter().map(|region| facts.home_scope(region)).collect();
    let wanted = desired
        .resources
        .keys()
        .map(|address| &address.scope)
        .filter(|scope| scope.region.as_ref().is_some_and(|region| desired.declared_regions.contains(region)));
    let declared: BTreeSet<_> =
        home.iter().chain(wanted).filter(answered).filter_map(|scope| scope.region.clone()).collect();
    let searched: Vec<&Scope> = desired.scanned_only.iter().filter(answered).collect();
    let accounts = desired.accounts.iter().chain(searched.iter().map(|scope| &scope.account)).chain([facts.home()]);
    Scanned {
        accounts: accounts.collect::<BTreeSet<_>>().len(),
        regions: searched
            .iter()
            .filter_map(|scope| scope.region.clone())
            .chain(declared.iter().cloned())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        declared: declared.into_iter().collect(),
        not_scanned: live.not_scanned.clone(),
    }
}

/// The decisions so far.
pub(super) struct Decisions<'a> {
    pub(super) desired: &'a Desired,
    pub(super) live: &'a Live,
    pub(super) facts: &'a Facts,
    pub(super) options: &'a Options,
    pub(super) drafts: Vec<Draft>,
    pub(super) held: BTreeMap<Address, Held>,
    pub(super) unchanged: BTreeSet<Address>,
    pub(super) warnings: BTreeSet<Warning>,
}

impl<'a> Decisions<'a> {
    fn new(desired: &'a Desired, live: &'a Live, facts: &'a Facts, options: &'a Options) -> Self {
        Self {
            desired,
            live,
            facts,
            options,
            drafts: Vec::new(),
            held: BTreeMap::new(),
            unchanged: BTreeSet::new(),
            warnings: BTreeSet::new(),
        }
    }

    pub(super) fn hold(&mut self, address: &Address, verb: Verb, why: Why, hint: impl Into<String>) {
        let held = Held::new(address.clone(), verb, why, hint.into());
        self.held.entry(address.clone()).or_insert(held);
    }

    /// Holds a change that was drafted.
    pub(super) fn hold_draft(&mut self, mut draft: Draft, why: Why, hint: impl Into<String>) -> &mut Held {
        direction::judge(slice::from_mut(&mut draft), self.desired, self.live);
        let mut held = Held::of(&draft, why, hint.into());
        // They are judged by what they come to together, and what is held comes to nothing.
        held.direction =
            held.direction.filter(|_| !matches!(held.address.kind, Kind::OrgPolicy | Kind::OrgPolicyAttachment));
        self.held.entry(draft.address).or_insert(held)
    }

    /// Takes what `falls` out of the drafts, to be held.
    pub(super) fn take(&mut self, falls: impl Fn(&Draft) -> bool) -> Vec<Draft> {
        self.drafts.extract_if(.., |draft| falls(draft)).collect()
    }

    /// Holds what several resources claim to be, by their marks or by their names.
    pub(super) fn hold_duplicates(&mut self, address: &Address, verb: Verb, ids: &[RemoteId]) {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let hint =
            format!("{} carry this mark, or its name without a mark; leave it to one of them", ids.join(" and "));
        self.hold(address, verb, Why::DuplicateMark, hint);
    }

    pub(super) fn warn(&mut self, code: crate::model::diagnostic::Code, message: String, address: &Address) {
        self.warnings.insert(Warning { code: code.id(), message, address: Some(address.clone()) });
    }

    pub(super) fn about(&mut self, address: &Address, wanted: &Wanted) {
        let found = self.live.found.get(address);
        let verb = if found.is_some() { Verb::Update } else { Verb::Create };
        if let Some(ids) = self.live.duplicates.get(address) {
            return self.hold_duplicates(address, verb, ids);
        }
        if let Some(unavailable) = self.live.unavailable_at(address) {
            let hint = format!("{} has nothing to offer here: {}", address.scope.region_name(), unavailable.why);
            return self.hold(address, verb, Why::Unavailable, hint);
        }
        match found {
            Some(found) => self.about_found(address, wanted, found),
            None => self.about_absent(address, wanted),
        }
    }

    fn about_absent(&mut self, address: &Address, wanted: &Wanted) {
        if self.live.names.ids(address).next().is_some() {
            self.unchanged.insert(address.clone());
            return;
        }
        if let Some(blind) = self.live.blind_at(address) {
            let hint = format!("it may exist, but could not be read: {}", blind.why);
            return self.hold(address, Verb::Create, Why::NotVisible, hint);
        }
        if let Model::GuardrailVersion(model) = &wanted.model
            && let Err((why, hint)) = versions::may_publish(self.desired, self.live, address, model)
        {
            return self.hold(address, Verb::Create, why, hint);
        }
        self.draft_change(address, Some(wanted), Verb::Create, Change::Create { want: wanted.model.clone() });
    }

    fn about_found(&mut self, address: &Address, wanted: &Wanted, found: &Found) {
        let mut want = wanted.model.clone();
        if let (Model::ResourcePolicy(want), Model::ResourcePolicy(have)) = (&mut want, &found.model)
            && resource_policy::is_profile(&address.name)
        {
            *want = have.widened_by(want);
        }
        let changed = !Model::compare(Some(&found.model), Some(&want)).is_empty();
        let change = Change::Update { id: found.id.clone(), have: found.model.clone(), want };
        match &found.owner {
            // What can carry no mark and is as wanted asks nothing of anybody, whoever made it so.
            Owner::Ours | Owner::Unmarked if !changed => {
                self.unchanged.insert(address.clone());
            }
            Owner::Ours => self.draft_change(address, Some(wanted), Verb::Update, change),
            Owner::Unmarked if self.options.adopt => {
                self.draft_change(address, Some(wanted), Verb::Adopt, change);
            }
            Owner::Unmarked => {
                let hint = address.kind.unmarked(address, found.id.as_str());
                let draft = self.draft(address, Some(wanted), Verb::Adopt, change);
                self.hold_draft(draft, Why::NotOurs, hint);
            }
            Owner::Other(stack) => {
                let hint = format!("{} belongs to the stack `{stack}`", found.id);
                let draft = self.draft(address, Some(wanted), Verb::Update, change);
                self.hold_draft(draft, Why::OtherStack, hint);
            }
            Owner::Unseen(why) => self.hold(address, Verb::Update, Why::NotVisible, why.clone()),
        }
    }

    /// Notes a change.
    pub(super) fn draft_change(&mut self, address: &Address, wanted: Option<&Wanted>, verb: Verb, change: Change) {
        if let Change::Update { have: Model::Guardrail(have), want: Model::Guardrail(want), .. } = &change
            && have.kms_key_id != want.kms_key_id
        {
            let message = "the KMS key changes; versions that exist keep the key they were published under".to_owned();
            self.warn(codes::KEY_WITHOUT_VERSION, message, address);
        }
        let draft = self.draft(address, wanted, verb, change);
        self.drafts.push(draft);
    }
}
