//! What must be seen in AWS before something is taken away: effective policies change minutes after the policies they come
//! from, and until then an account is subject to what was there before.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::effect::{Chain, Effect, Moment};
use super::guardrails::guardrail_of;
use super::order::Draft;
use super::{Change, phases, recall};
use crate::kinds::org_policy::regions::regions;
use crate::kinds::{Kind, Model, resource_policy};
use crate::model::{AccountId, Address, Desired, Facts, Live, Ref, Region, RemoteId, Scope};

/// What must be seen in AWS before an action begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Until {
    /// The effective policy of an account names one of these versions in this Region: what protects it from now on.
    Protected {
        /// The account; it stands for all that are below the same policies.
        account: AccountId,
        /// The Region.
        region: Region,
        /// Which versions will do.
        by: Vec<Ref>,
    },
    /// No effective policy of these accounts and no enforced configuration of these places names this version, or any
    /// version of this guardrail.
    Released {
        /// `ARN:number`, or the ARN.
        id: RemoteId,
        /// The accounts; each stands for all that are below the same policies.
        accounts: Vec<AccountId>,
        /// The accounts and Regions whose enforced configuration is looked at.
        places: Vec<Scope>,
    },
}

/// The plan's effect on the accounts of the organization.
pub(super) struct Course<'a> {
    live: &'a Live,
    desired: &'a Desired,
    /// Where enforced configurations stand before or after the plan, and at what they point afterwards.
    enforced: BTreeMap<Scope, Option<Ref>>,
    /// What may be in effect before it; at least one.
    now: Vec<Effect>,
    /// What may be in effect once policies have been taken back; at least one.
    recalled: Vec<Effect>,
    /// What may be in effect in the middle of it; at least one.
    between: Vec<Effect>,
    end: Effect,
    /// From where each policy is taken back before its text changes.
    recalls: BTreeMap<Address, BTreeSet<String>>,
}

impl<'a> Course<'a> {
    pub(super) fn of(drafts: &[Draft], live: &'a Live, desired: &'a Desired, facts: &Facts) -> Self {
        let before = live.enforcements.iter().map(|(scope, model)| (scope.clone(), Some(model.version.clone())));
        let changed = drafts.iter().filter_map(|draft| {
            let after = match &draft.change {
                Change::Create { want: Model::AccountEnforcement(want) }
                | Change::Update { want: Model::AccountEnforcement(want), .. } => Some(want.version.clone()),
                Change::Delete { have: Model::AccountEnforcement(_), .. } => None,
                _ => return None,
            };
            Some((draft.address.scope.clone(), after))
        });
        let enforced = before.chain(changed).collect();
        let possible = |moment: Moment| Effect::possible(moment, drafts, live, facts);
        let recalls = drafts.iter().filter(|draft| matches!(draft.change, Change::Update { .. })).filter_map(|draft| {
            let nodes: BTreeSet<String> = recall::recalled(&draft.address, drafts).map(str::to_owned).collect();
            (!nodes.is_empty()).then(|| (draft.address.clone(), nodes))
        });
        Self {
            live,
            desired,
            enforced,
            recalls: recalls.collect(),
            now: possible(Moment::Now),
            recalled: possible(Moment::Recalled),
            between: possible(Moment::Between),
            end: Effect::at(Moment::End, drafts, live, facts),
        }
    }

    /// What must be seen before this is done.
    pub(super) fn until(&self, draft: &Draft) -> Vec<Until> {
        let mut until = self.replaced(draft);
        if let Some(nodes) = self.recalls.get(&draft.address) {
            // Its new text may be in effect nowhere that it is taken back from: there the other policies have to be by then.
            let back = |chain: &Chain| chain.nodes.iter().any(|node| nodes.contains(node));
            let spoken_of = self.spoken_of(&Ref::To(draft.address.clone()));
            until.extend(self.protected(back, &spoken_of, &[&self.recalled, &self.between]));
        }
        until
    }

    /// What must be seen before this takes something away.
    fn replaced(&self, draft: &Draft) -> Vec<Until> {
        match &draft.change {
            Change::Delete { have: Model::OrgPolicyAttachment(have), .. } => {
                let first: &[&[Effect]] =
                    if draft.recalls { &[&self.now, &self.recalled, &self.between] } else { &[&self.between] };
                self.protected(|chain| chain.nodes.contains(&have.target), &self.spoken_of(&have.policy), first)
            }
            Change::Update { have: Model::OrgPolicy(have), want: Model::OrgPolicy(want), id }
                if phases::narrows(draft) =>
            {
                let kept: BTreeSet<Region> = regions(&want.document).into_keys().collect();
                let lost = regions(&have.document).into_keys().filter(|region| !kept.contains(region)).collect();
                let targets = self.live.policies.get(id).and_then(|seen| seen.targets.clone()).unwrap_or_default();
                let concerned = |chain: &Chain| chain.nodes.iter().any(|node| targets.contains(node));
                self.protected(concerned, &lost, &[&self.between])
            }
            Change::Delete { have: Model::AccountEnforcement(_), .. } => {
                let Scope { account, region } = &draft.address.scope;
                let here = |chain: &Chain| chain.accounts.binary_search(account).is_ok();
                self.protected(here, &region.iter().cloned().collect(), &[&self.between])
            }
            Change::Delete { id, have: Model::Guardrail(_) | Model::GuardrailVersion(_) } => {
                vec![self.released(id)]
            }
            Change::Delete { id, .. } | Change::Update { id, .. } if draft.address.kind == Kind::ResourcePolicy => {
                if resource_policy::is_profile(&draft.address.name) {
                    self.users_of_profile(draft)
                } else if phases::narrows(draft) || matches!(draft.change, Change::Delete { .. }) {
                    vec![self.released(id)]
                } else {
                    Vec::new()
                }
            }
            _ => Vec::new(),
        }
    }

    /// The Regions that a policy speaks of, as AWS has it.
    fn spoken_of(&self, policy: &Ref) -> BTreeSet<Region> {
        let seen = self.live.policies.iter().find(|(id, seen)| match policy {
            Ref::To(address) => seen.address.as_ref() == Some(address),
            Ref::Foreign(foreign) => *id == foreign,
        });
        seen.and_then(|(_, seen)| seen.document.as_ref())
            .map(|document| regions(document).into_keys().collect())
            .unwrap_or_default()
    }

    /// Whatever protects these accounts in these Regions afterwards must do so already, or what is in effect until then, `first`.
    fn protected(
        &self,
        concerned: impl Fn(&Chain) -> bool,
        places: &BTreeSet<Region>,
        first: &[&[Effect]],
    ) -> Vec<Until> {
        let chains = self.end.chains.iter().enumerate().filter(|(_, end)| concerned(end));
        let wait = |(at, end): (usize, &Chain), region: &Region| {
            let last = end.regions.get(region)?;
            let first = first.iter().copied().flatten();
            let first = first.filter_map(|effect| effect.chains[at].regions.get(region));
            let mut by: Vec<Ref> = Vec::new();
            for effective in first.chain([last]) {
                if !by.contains(&effective.version) {
                    by.push(effective.version.clone());
                }
            }
            Some(Until::Protected { account: end.accounts.first()?.clone(), region: region.clone(), by })
        };
        chains.flat_map(|chain| places.iter().filter_map(move |region| wait(chain, region))).collect()
    }

    /// Nobody who is to be without it afterwards may need it still.
    fn released(&self, id: &RemoteId) -> Until {
        let named = |version: &Ref| self.ids(version).iter().any(|named| concerns(named, id));
        let without = self.end.chains.iter().filter(|chain| !chain.regions.values().any(|found| named(&found.version)));
        let accounts = without.filter_map(|chain| chain.accounts.first().cloned()).collect();
        let region = id.as_str().split(':').nth(3).map(Region::new);
        let goes = |after: &Option<Ref>| !after.as_ref().is_some_and(named);
        let places = self.enforced.iter().filter(|(scope, after)| scope.region == region && goes(after));
        let places = places.map(|(scope, _)| scope.clone()).collect();
        Until::Released { id: id.clone(), accounts, places }
    }

    /// The versions that were published with a profile need its policy as long as anything points at them.
    fn users_of_profile(&self, draft: &Draft) -> Vec<Until> {
        if draft.entry.is_some() {
            return Vec::new();
        }
        let of_account = |guardrail: &Address| guardrail.scope.account == draft.address.scope.account;
        let versions =
            self.live.versions.iter().filter(|(guardrail, _)| of_account(guardrail)).flat_map(|(_, all)| all);
        let users = versions.filter(|version| version.profile.as_deref() == Some(&draft.address.name));
        users.map(|version| self.released(&version.id)).collect()
    }

    /// The ids that a pointer at a version may stand for. One that has yet to be published is told by its guardrail.
    fn ids(&self, version: &Ref) -> Vec<RemoteId> {
        let address = match version {
            Ref::Foreign(id) => return vec![id.clone()],
            Ref::To(address) => address,
        };
        let mut ids: Vec<RemoteId> = self.live.names.ids(address).cloned().collect();
        if let Some(Model::GuardrailVersion(model)) = self.desired.resources.get(address).map(|wanted| &wanted.model)
            && let Some(guardrail) = model.guardrail.address()
        {
            ids.extend(self.live.names.ids(guardrail).cloned());
        }
        ids
    }
}

/// Whether a pointer at `named` is one at `id`: the same version, or one of that guardrail.
fn concerns(named: &RemoteId, id: &RemoteId) -> bool {
    named == id || guardrail_of(named).as_ref() == Some(id)
}
