//! The facts that the timeline follows: what is enforced where, what has become of the guardrails, and which policies control
//! accounts.
//!
//! They are kept so that a change of something else costs next to nothing: only a fact that differs from before makes the judge
//! look at accounts again.

use std::collections::{BTreeMap, BTreeSet};

use crate::bedrock::guard::{self, Guard};
use crate::clock::Millis;
use crate::organizations::InEffect;
use crate::past::Subject;
use crate::world::{Scope, World};

/// A guardrail as something enforces it in a Region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Reference {
    /// The account in the ARN.
    pub(super) owner: String,
    pub(super) region: String,
    pub(super) arn: String,
    pub(super) version: String,
}

impl Reference {
    fn new(region: &str, arn: &str, version: &str) -> Self {
        let owner = arn.split(':').nth(4).unwrap_or_default().to_owned();
        Self { owner, region: region.to_owned(), arn: arn.to_owned(), version: version.to_owned() }
    }
}

/// What the organization has in effect at a node.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct OfOrganization {
    pub(super) enforced: Vec<Reference>,
    /// Region and fault, where the effective policy is not valid; what was valid last goes on.
    pub(super) faults: Vec<(String, String)>,
}

/// The accounts that a change may mean something for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Accounts(BTreeSet<String>),
    Everyone,
}

#[derive(Debug, Default)]
pub(super) struct Watch {
    /// By the organization: for each node that has an effective policy of its own.
    nodes: BTreeMap<String, OfOrganization>,
    /// By accounts on themselves, for each Region.
    own: BTreeMap<String, BTreeMap<String, Reference>>,
    guards: BTreeMap<Reference, Guard>,
    /// Stands for the service and resource control policies in effect.
    controls: u64,
}

impl Watch {
    pub(super) fn begin(&mut self, world: &World, now: Millis) {
        self.controls = world.organization.control_stamp(now);
        self.look_at_nodes(world, now);
        let scopes = world.bedrock.iter().flat_map(|(account, regions)| {
            regions.keys().map(|region| Scope { account: account.clone(), region: region.clone() })
        });
        for scope in scopes {
            self.look_at_own(world, &scope, now);
        }
    }

    /// What time has changed.
    pub(super) fn look(&mut self, world: &World, now: Millis) -> Reach {
        let moved = self.look_at_organization(world, now);
        let due = self.guards.iter().filter(|(_, guard)| guard.next.is_some_and(|next| next <= now));
        let due: Vec<Reference> = due.map(|(reference, _)| reference.clone()).collect();
        let changed = self.look_at_guards(world, due, now);
        if moved { Reach::Everyone } else { self.reach(&changed, BTreeSet::new()) }
    }

    /// What an operation has changed that wrote these parts.
    pub(super) fn look_at(&mut self, world: &World, touched: &BTreeSet<Subject>, now: Millis) -> Reach {
        let mut accounts = BTreeSet::new();
        let mut changed = BTreeSet::new();
        let mut everyone = false;
        for subject in touched {
            match subject {
                Subject::Organization => {
                    everyone |= self.look_at_organization(world, now);
                }
                Subject::Bedrock(scope) => {
                    if self.look_at_own(world, scope, now) {
                        accounts.insert(scope.account.clone());
                    }
                    // Of every Region: a guardrail leans on its profile's objects elsewhere.
                    let first = Reference { owner: scope.account.clone(), ..Reference::new("", "", "") };
                    let owned = self.guards.range(first..).map(|(reference, _)| reference);
                    let owned = owned.take_while(|reference| reference.owner == scope.account).cloned().collect();
                    changed.extend(self.look_at_guards(world, owned, now));
                }
                Subject::Iam(account) => {
                    accounts.insert(account.clone());
                }
            }
        }
        if everyone { Reach::Everyone } else { self.reach(&changed, accounts) }
    }

    fn look_at_organization(&mut self, world: &World, now: Millis) -> bool {
        let controls = world.organization.control_stamp(now);
        let controlled = std::mem::replace(&mut self.controls, controls) != controls;
        self.look_at_nodes(world, now) || controlled
    }

    fn look_at_nodes(&mut self, world: &World, now: Millis) -> bool {
        let in_effect = world.organization.in_effect_by_node(now);
        let read = |(region, identifier): (String, String)| {
            let (arn, version) = identifier.rsplit_once(':').unwrap_or((&identifier, ""));
            Reference::new(&region, arn, version)
        };
        let held = |InEffect { enforced, faults }| {
            let enforced = enforced.into_iter().map(read).collect();
            OfOrganization { enforced, faults }
        };
        let nodes: BTreeMap<String, OfOrganization> =
            in_effect.into_iter().map(|(node, found)| (node, held(found))).collect();
        if nodes == self.nodes {
            return false;
        }
        let named: BTreeSet<Reference> = nodes.values().flat_map(|node| &node.enforced).cloned().collect();
        self.nodes = nodes;
        for reference in named {
            self.meet(world, reference, now);
        }
        true
    }

    fn look_at_own(&mut self, world: &World, Scope { account, region }: &Scope, now: Millis) -> bool {
        let scope = Scope { account: account.clone(), region: region.clone() };
        let enforced = world.bedrock(&scope).enforces().map(|(arn, version)| Reference::new(region, arn, version));
        if self.own.get(account).and_then(|regions| regions.get(region)) == enforced.as_ref() {
            return false;
        }
        let regions = self.own.entry(account.clone()).or_default();
        match enforced {
            Some(reference) => {
                regions.insert(region.clone(), reference.clone());
                self.meet(world, reference, now);
            }
            None => {
                regions.remove(region);
            }
        }
        true
    }

    /// Follows a guardrail from now on.
    fn meet(&mut self, world: &World, reference: Reference, now: Millis) {
        let Reference { region, arn, version, .. } = &reference;
        let guard = guard::guard(world, arn, version, region, now);
        self.guards.insert(reference, guard);
    }

    /// Looks at guardrails that are followed; those that are not what they were.
    fn look_at_guards(&mut self, world: &World, references: Vec<Reference>, now: Millis) -> BTreeSet<Reference> {
        let mut changed = BTreeSet::new();
        for reference in references {
            let before = self.guards.remove(&reference);
            self.meet(world, reference.clone(), now);
            let same =
                |before: &Guard, after: &Guard| before.problem == after.problem && before.resources == after.resources;
            if !before.zip(self.guards.get(&reference)).is_some_and(|(before, after)| same(&before, after)) {
                changed.insert(reference);
            }
        }
        changed
    }

    /// Whom changes of guardrails reach, besides these accounts.
    fn reach(&self, changed: &BTreeSet<Reference>, mut accounts: BTreeSet<String>) -> Reach {
        if changed.is_empty() {
            return Reach::Accounts(accounts);
        }
        if self.nodes.values().flat_map(|node| &node.enforced).any(|reference| changed.contains(reference)) {
            return Reach::Everyone;
        }
        let enforcing = self.own.iter().filter(|(_, regions)| regions.values().any(|one| changed.contains(one)));
        accounts.extend(enforcing.map(|(account, _)| account.clone()));
        Reach::Accounts(accounts)
    }

    /// When something will change by itself.
    pub(super) fn next(&self, world: &World, now: Millis) -> Option<Millis> {
        let guards = self.guards.values().filter_map(|guard| guard.next).filter(|next| *next > now);
        world.organization.enforcement_dues(now).chain(guards).min()
    }

    /// The accounts that may be subject to something.
    pub(super) fn accounts<'a>(&'a self, world: &'a World) -> impl Iterator<Item = &'a str> {
        let governed = (!self.nodes.is_empty()).then(|| world.organization.members().map(|(account, ..)| account));
        governed.into_iter().flatten().chain(self.own.keys().map(String::as_str))
    }

    /// What the organization has in effect for an account.
    pub(super) fn of_organization(&self, world: &World, account: &str) -> &OfOrganization {
        static NOTHING: OfOrganization = OfOrganization { enforced: Vec::new(), faults: Vec::new() };
        let node = world.organization.enforcing_node(account);
        node.and_then(|node| self.nodes.get(node)).unwrap_or(&NOTHING)
    }

    /// What an account enforces on itself.
    pub(super) fn of_account(&self, account: &str) -> impl Iterator<Item = &Reference> {
        self.own.get(account).into_iter().flat_map(BTreeMap::values)
    }

    pub(super) fn guard(&self, reference: &Reference) -> Option<&Guard> {
        self.guards.get(reference)
    }
}

/// When changes that an operation has begun in these parts will be over.
pub(super) fn dues(world: &World, touched: &BTreeSet<Subject>, now: Millis) -> Vec<Millis> {
    let of = |subject: &Subject| match subject {
        Subject::Organization => world.organization.enforcement_dues(now).collect(),
        Subject::Bedrock(scope) => world.bedrock(scope).dues(now).collect(),
        Subject::Iam(_) => Vec::new(),
    };
    touched.iter().flat_map(of).collect()
}
