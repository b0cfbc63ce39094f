//! The one pure pass from what AWS answered to what exists at our addresses.
//!
//! Marks say whose a resource is and which entry declares it; ids inside models become addresses; what could not be read
//! becomes a blind spot of every address that it may have hidden.

mod hidden;
mod iam;
mod unread;

use std::collections::{BTreeMap, BTreeSet};

use super::guardrails::Guardrails;
use super::principal::{is_us, seen_policy};
use crate::kinds::{Kind, Model, account_enforcement, org_policy_attachment};
use crate::model::{
    Address, Blind, Desired, Evidence, Facts, Found, Live, Owner, Raw, Readings, RemoteId, Scope, Unmanaged, Unread,
};

/// What AWS has, at our addresses.
pub fn recognise(readings: Readings, desired: &Desired, facts: &Facts) -> Live {
    let Readings { items, pointed, roles, unread, unavailable, not_scanned, contents, controls } = readings;
    let mut pass = Pass {
        desired,
        facts,
        live: Live { contents, controls, pointed, roles, unavailable, not_scanned, ..Live::default() },
        guardrails: Guardrails::default(),
        policies: BTreeMap::new(),
        unseen: unseen_guardrails(&items, &unread),
    };
    let mut by_kind: BTreeMap<Kind, Vec<Raw>> = BTreeMap::new();
    for item in items {
        pass.stands(&item);
        by_kind.entry(item.kind).or_default().push(item);
    }
    // In the order of the registry, so that what is pointed at has its address before what points.
    for (kind, mut items) in by_kind {
        items.sort_by(|one, other| (&one.scope, &one.id).cmp(&(&other.scope, &other.id)));
        match kind {
            Kind::Guardrail => pass.guardrails(items),
            Kind::GuardrailVersion => pass.versions(&items),
            Kind::ResourcePolicy => items.into_iter().for_each(|raw| pass.resource_policy(raw)),
            Kind::AccountEnforcement => items.into_iter().for_each(|raw| pass.enforcement(raw)),
            Kind::OrgPolicyType | Kind::InvocationLogging => items.into_iter().for_each(|raw| pass.only_one(raw)),
            Kind::OrgPolicy => pass.org_policies(items),
            Kind::OrgPolicyAttachment => items.into_iter().for_each(|raw| pass.attachment(raw)),
            Kind::IamPolicy => items.into_iter().for_each(|raw| pass.iam_policy(raw)),
            Kind::IamPolicyAttachment => items.into_iter().for_each(|raw| pass.iam_policy_attachment(raw)),
        }
    }
    for unread in unread {
        pass.unread(unread);
    }
    pass.finish()
}

struct Pass<'a> {
    desired: &'a Desired,
    facts: &'a Facts,
    live: Live,
    guardrails: Guardrails,
    /// Our policies, and those that may be adopted, by id.
    policies: BTreeMap<RemoteId, (Address, Owner)>,
    /// Where some guardrail, or whose it is, could not be read, and why.
    unseen: BTreeMap<Scope, String>,
}

fn unseen_guardrails(items: &[Raw], unread: &[Unread]) -> BTreeMap<Scope, String> {
    let lists =
        unread.iter().filter(|unread| unread.kind == Kind::Guardrail).map(|unread| (&unread.scope, &unread.why));
    let owners = items.iter().filter(|raw| raw.kind == Kind::Guardrail).filter_map(|raw| match &raw.evidence {
        Evidence::Unseen(why) => Some((&raw.scope, why)),
        _ => None,
    });
    lists.chain(owners).map(|(scope, why)| (scope.clone(), why.clone())).collect()
}

impl Pass<'_> {
    fn finish(mut self) -> Live {
        for (address, found) in &mut self.live.found {
            let want = self.desired.wanted(address).map(|wanted| &wanted.model);
            if let (true, Model::OrgPolicy(have), Some(Model::OrgPolicy(want))) =
                (self.desired.staged.contains_key(address), &mut found.model, want)
            {
                // Its text may have to stay as it is for a while, whatever the ids in it are called.
                have.document.align(&want.document, &self.live.names);
            } else {
                found.model.align(want, &self.live.names);
            }
        }
        self.live.blind.sort();
        self.live.blind.dedup();
        self.live.unmanaged.sort_by(|one, other| (&one.address, &one.id).cmp(&(&other.address, &other.id)));
        self.live
    }

    /// Notes how a guardrail or version stands, and that it takes room.
    fn stands(&mut self, raw: &Raw) {
        match raw.kind {
            Kind::Guardrail => *self.live.guardrails.entry(raw.scope.clone()).or_default() += 1,
            Kind::GuardrailVersion => {}
            _ => return,
        }
        self.live.standing.insert(raw.id.clone(), raw.standing.clone());
    }

    /// Puts what carries marks where its mark says, and what carries none where the spec wants something of its name.
    fn marked(&mut self, items: Vec<Raw>) -> Vec<(Address, Owner, Raw)> {
        let mut ours: BTreeMap<Address, Vec<Raw>> = BTreeMap::new();
        let mut others = Vec::new();
        for raw in items {
            match raw.owner(&self.desired.stack) {
                (Owner::Ours, Some(name)) => {
                    let address = self.current(Address::new(raw.kind, raw.scope.clone(), name));
                    ours.entry(address).or_default().push(raw);
                }
                (owner, name) => others.push((owner, name, raw)),
            }
        }
        let mut settled = Vec::new();
        for (address, mut bearers) in ours {
            match bearers.pop() {
                Some(raw) if bearers.is_empty() => settled.push((address, Owner::Ours, raw)),
                last => {
                    let ids = bearers.into_iter().chain(last).map(|raw| raw.id).collect();
                    self.live.duplicates.insert(address, ids);
                }
            }
        }
        let taken: BTreeSet<Address> =
            settled.iter().map(|(address, ..)| address.clone()).chain(self.live.duplicates.keys().cloned()).collect();
        let mut namesakes: BTreeMap<Address, Vec<(Owner, Raw)>> = BTreeMap::new();
        for (owner, name, raw) in others {
            if let Some(of) = raw.candidate(&self.desired.stack) {
                self.candidate(&raw, of);
                continue;
            }
            self.external(&owner, name.as_deref(), &raw);
            match (self.namesake(&raw).filter(|address| !taken.contains(address)), owner) {
                (_, Owner::Unseen(why)) => {
                    self.live.blind.push(Blind { kind: raw.kind, scope: raw.scope, name: None, why });
                }
                (Some(address), owner) => namesakes.entry(address).or_default().push((owner, raw)),
                (None, owner) => self.unmanaged(&raw, &owner),
            }
        }
        for (address, mut bearers) in namesakes {
            match bearers.pop() {
                Some((owner, raw)) if bearers.is_empty() => settled.push((address, owner, raw)),
                // Which of them is meant is not for us to guess.
                last => {
                    let ids = bearers.into_iter().chain(last).map(|(_, raw)| raw.id).collect();
                    self.live.duplicates.insert(address, ids);
                }
            }
        }
        settled
    }

    /// The address that a resource marked with `address` has now, which differs when its key has changed.
    fn current(&self, address: Address) -> Address {
        if self.desired.resources.contains_key(&address) {
            return address;
        }
        let renamed = self.desired.resources.iter().find(|(_, wanted)| wanted.previously.contains(&address));
        renamed.map_or(address, |(now, _)| now.clone())
    }

    /// The address at which the spec wants a resource of this name.
    fn namesake(&self, raw: &Raw) -> Option<Address> {
        let wanted = self.desired.resources.iter().find(|(address, wanted)| {
            address.kind == raw.kind
                && address.scope == raw.scope
                && match &wanted.model {
                    Model::Guardrail(model) => model.name == raw.name,
                    Model::OrgPolicy(model) => model.is_namesake(&raw.name, raw.model.as_ref()),
                    _ => false,
                }
        });
        wanted.map(|(address, _)| address.clone())
    }

    fn external(&mut self, owner: &Owner, name: Option<&str>, raw: &Raw) {
        let Owner::Other(stack) = owner else { return };
        for (address, mark) in &self.desired.external {
            if address.scope == raw.scope && mark.stack == *stack && Some(mark.name.as_str()) == name {
                self.live.names.serve(address.clone(), raw.id.clone());
                self.guardrails.external(raw.id.clone(), address.clone());
            }
        }
    }

    /// What is there to be tested only is at no address of the spec, whatever it is called.
    fn candidate(&mut self, raw: &Raw, of: &str) {
        let address = Address::new(raw.kind, raw.scope.clone(), raw.name.clone());
        self.live.candidates.insert(raw.id.clone(), address);
        let note = format!(
            "a candidate: `apply --require-tests` tests `{of}` with it; one that is left is removed by the next such run, and by `destroy`"
        );
        self.leave(raw, note);
    }

    fn unmanaged(&mut self, raw: &Raw, owner: &Owner) {
        let note = match owner {
            Owner::Other(stack) => format!("belongs to the stack {stack}"),
            _ => "carries no mark of bedrail".to_owned(),
        };
        self.leave(raw, note);
    }

    fn leave(&mut self, raw: &Raw, note: String) {
        let address = Address::new(raw.kind, raw.scope.clone(), raw.name.clone());
        self.live.unmanaged.push(Unmanaged { address, id: raw.id.clone(), note });
    }

    fn find(&mut self, address: Address, owner: Owner, raw: Raw) {
        let Raw { id, model, fact, changed_at, scope, kind, .. } = raw;
        let Some(mut model) = model else {
            self.live.names.call(address.clone(), id);
            if self.live.blind_at(&address).is_none() {
                let why = "it was seen, but not read".to_owned();
                self.live.blind.push(Blind { kind, scope, name: Some(address.name), why });
            }
            return;
        };
        self.desired.forget_ignored_tags(&mut model);
        match kind {
            Kind::ResourcePolicy => self.live.names.attach(address.clone(), id.clone()),
            _ => self.live.names.serve(address.clone(), id.clone()),
        }
        self.live.found.insert(address, Found { id, model, owner, fact, changed_at });
    }

    fn guardrails(&mut self, items: Vec<Raw>) {
        for raw in &items {
            if let Some(profile) = &raw.profile {
                let key = (raw.scope.account.clone(), profile.clone());
                self.live.profile_users.entry(key).or_default().insert(raw.id.clone());
            }
        }
        for (address, owner, raw) in self.marked(items) {
            self.guardrails.ours(raw.id.clone(), address.clone(), owner.clone());
            self.live.versions.entry(address.clone()).or_default();
            self.find(address, owner, raw);
        }
    }

    fn versions(&mut self, items: &[Raw]) {
        for raw in items {
            self.guardrails.version(raw, self.desired, &mut self.live);
        }
        self.guardrails.settle_external(&mut self.live);
        for versions in self.live.versions.values_mut() {
            versions.sort();
        }
    }

    fn resource_policy(&mut self, raw: Raw) {
        match &raw.evidence {
            Evidence::Of(guardrail) => {
                if let Some((address, owner)) = self.guardrails.get(guardrail) {
                    let address = Address::new(raw.kind, raw.scope.clone(), address.name.clone());
                    let owner = owner.clone();
                    self.find(address, owner, raw);
                } else if let Some(Model::ResourcePolicy(model)) = raw.model {
                    self.live.shared.insert(guardrail.clone(), Ok(model.document));
                }
            }
            Evidence::Profile => {
                let address = Address::new(raw.kind, raw.scope.clone(), raw.name.clone());
                self.find(address, Owner::Ours, raw);
            }
            _ => {}
        }
    }

    fn enforcement(&mut self, raw: Raw) {
        let address = Address::new(raw.kind, raw.scope.clone(), account_enforcement::NAME);
        let Some(Model::AccountEnforcement(model)) = &raw.model else {
            return self.find(address, Owner::Ours, raw);
        };
        self.live.enforcements.insert(raw.scope.clone(), model.clone());
        if let Evidence::UpdatedBy(Some(who)) = &raw.evidence {
            self.live.updated_by.insert(address.clone(), who.clone());
        }
        let version = RemoteId::new(model.version.to_string());
        let points_at_ours = self.guardrails.owns_version(&version);
        let declared = self.desired.resources.contains_key(&address);
        let by_us =
            matches!(&raw.evidence, Evidence::UpdatedBy(Some(who)) if is_us(who, &raw.scope.account, self.facts));
        // It carries no mark: whose it is, is told by the guardrail that it enforces. Who wrote it last says nothing of the stack.
        match (declared, points_at_ours, by_us) {
            (true, true, _) | (false, true, true) => {
                self.live.pointers.insert(address.clone(), BTreeSet::from([version]));
                self.find(address, Owner::Ours, raw);
            }
            (true, false, _) => {
                let unseen = self.unseen.get(&raw.scope).cloned();
                let owner = unseen.map_or(Owner::Unmarked, |why| {
                    Owner::Unseen(format!("whose guardrail it points at could not be read: {why}"))
                });
                self.find(address, owner, raw);
            }
            (false, true, false) => {
                let note = "referenced-from-outside: points at a guardrail of this stack, and was written by others";
                self.live.outside.insert(version, address.to_string());
                self.leave(&raw, note.to_owned());
            }
            (false, false, _) => self.leave(&raw, "points at a guardrail that is not of this stack".to_owned()),
        }
    }

    /// What its kind and name tell wholly.
    fn only_one(&mut self, raw: Raw) {
        let address = Address::new(raw.kind, raw.scope.clone(), raw.name.clone());
        let owner = if raw.evidence == Evidence::Organization { Owner::Ours } else { Owner::Unmarked };
        self.find(address, owner, raw);
    }

    fn org_policies(&mut self, items: Vec<Raw>) {
        let mut pointers: BTreeMap<RemoteId, (String, BTreeSet<RemoteId>)> = BTreeMap::new();
        for raw in &items {
            self.live.policies.extend(seen_policy(raw, &self.desired.stack).map(|seen| (raw.id.clone(), seen)));
            if let Some(Model::OrgPolicy(model)) = &raw.model {
                let who = format!("the policy {} ({})", raw.name, raw.id);
                pointers.insert(raw.id.clone(), (who, super::guardrails::identifiers(&model.document)));
            }
        }
        for (address, owner, raw) in self.marked(items) {
            self.policies.insert(raw.id.clone(), (address.clone(), owner.clone()));
            if let Some(seen) = self.live.policies.get_mut(&raw.id) {
                (seen.address, seen.owner) = (Some(address.clone()), owner.clone());
            }
            let found = if owner == Owner::Ours { pointers.remove(&raw.id) } else { pointers.get(&raw.id).cloned() };
            if let Some((_, versions)) = found {
                self.live.pointers.insert(address.clone(), versions);
            }
            self.find(address, owner, raw);
        }
        // Those of others, and those of which it is not known which is ours.
        for (who, versions) in pointers.into_values() {
            self.live.outside.extend(versions.into_iter().map(|version| (version, who.clone())));
        }
    }

    fn attachment(&mut self, raw: Raw) {
        let Evidence::Of(policy) = &raw.evidence else { return };
        if let Some(targets) = self.live.policies.get_mut(policy).and_then(|seen| seen.targets.as_mut()) {
            targets.insert(raw.name.clone());
        }
        if let Some((address, owner)) = self.policies.get(policy) {
            let name = org_policy_attachment::name(&address.name, &raw.name);
            let (address, owner) = (Address::new(raw.kind, raw.scope.clone(), name), owner.clone());
            self.find(address, owner, raw);
        }
    }
}
