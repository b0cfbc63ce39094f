//! What the facts mean for an account.
//!
//! Accounts that nothing tells apart are judged once: thousands of them begin with the same roles, in a few places of the tree.

use std::collections::HashMap;
use std::sync::Arc;

use super::permissions::Permissions;
use super::subjection::{Enforced, Inference, Level, Subjections};
use super::watch::{OfOrganization, Reference, Watch};
use crate::world::World;

#[derive(Debug)]
pub(super) struct Judge<'a> {
    world: &'a World,
    watch: &'a Watch,
    permissions: Permissions<'a>,
    /// What was found for accounts that enforce nothing themselves.
    alike: HashMap<(Kin<'a>, &'a OfOrganization), Arc<Subjections>>,
    /// Why accounts may not apply a guardrail.
    denials: HashMap<(Kin<'a>, &'a Reference), Option<Arc<str>>>,
}

/// What tells accounts apart where permissions are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kin<'a> {
    /// The account is like no other.
    Only(Arc<str>),
    /// Its roles are those that accounts begin with, and it is controlled as all accounts in that place are.
    Common { invited: bool, parent: &'a str },
}

impl<'a> Judge<'a> {
    pub(super) fn new(world: &'a World, watch: &'a Watch) -> Self {
        Self { world, watch, permissions: Permissions::new(world), alike: HashMap::new(), denials: HashMap::new() }
    }

    pub(super) fn account(&mut self, account: &Arc<str>) -> Arc<Subjections> {
        let of_organization = self.watch.of_organization(self.world, account);
        let mut of_account = self.watch.of_account(account).peekable();
        let kin = self.kin(account);
        if of_account.peek().is_some() {
            return Arc::new(self.subjections(&kin, account, of_organization, of_account));
        }
        let key = (kin, of_organization);
        if let Some(found) = self.alike.get(&key) {
            return Arc::clone(found);
        }
        let found = Arc::new(self.subjections(&key.0, account, of_organization, of_account));
        self.alike.insert(key, Arc::clone(&found));
        found
    }

    fn kin(&self, account: &Arc<str>) -> Kin<'a> {
        let organization = &self.world.organization;
        let own = account.as_ref() == organization.management_account()
            || self.world.iam.held().contains_key(account.as_ref())
            || organization.has_own_controls(account);
        match organization.place_of(account) {
            Some((parent, invited)) if !own => Kin::Common { invited, parent },
            _ => Kin::Only(Arc::clone(account)),
        }
    }

    fn subjections(
        &mut self,
        kin: &Kin<'a>,
        account: &str,
        of_organization: &'a OfOrganization,
        of_account: impl Iterator<Item = &'a Reference>,
    ) -> Subjections {
        let mut subjections = Subjections::new();
        for (region, fault) in &of_organization.faults {
            subjections.entry(region.clone()).or_default().suffer(Inference::Invalid, fault);
        }
        let of_organization = of_organization.enforced.iter().map(|reference| (Level::Organization, reference));
        for (level, reference) in of_organization.chain(of_account.map(|reference| (Level::Account, reference))) {
            let subjection = subjections.entry(reference.region.clone()).or_default();
            let Reference { arn, version, .. } = reference;
            let enforced = Enforced { level, guardrail_arn: arn.clone(), guardrail_version: version.clone() };
            subjection.enforced.push(enforced);
            if level == Level::Organization && reference.owner != self.world.organization.management_account() {
                let why = format!("{} is not a guardrail of the management account", reference.arn);
                subjection.suffer(Inference::Invalid, &why);
            } else if let Some(problem) = self.watch.guard(reference).and_then(|guard| guard.problem.as_deref()) {
                subjection.suffer(Inference::Invalid, problem);
            } else if let Some(why) = self.denial(kin, account, reference) {
                subjection.suffer(Inference::Denied, &why);
            }
        }
        subjections
    }

    fn denial(&mut self, kin: &Kin<'a>, account: &str, reference: &'a Reference) -> Option<Arc<str>> {
        let guard = self.watch.guard(reference)?;
        let kin = match kin {
            // The owner of a guardrail is told apart from its kin.
            _ if reference.owner == account => Kin::Only(Arc::from(account)),
            Kin::Common { invited, .. } if !self.permissions.lean_on_places(guard) => {
                Kin::Common { invited: *invited, parent: "" }
            }
            kin => kin.clone(),
        };
        let key = (kin, reference);
        if let Some(found) = self.denials.get(&key) {
            return found.clone();
        }
        let found = self.permissions.denial(account, reference, guard).map(Arc::from);
        self.denials.insert(key, found.clone());
        found
    }
}
