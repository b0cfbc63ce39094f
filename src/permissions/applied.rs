//! What the accounts of a spec are held to, and so must be allowed to apply: what `verify` tries, and `readiness` simulates.

use std::collections::BTreeSet;

use super::statement::ACCOUNT;
use crate::kinds::iam_policy::meaning::guards;
use crate::kinds::org_policy::control::demands_guardrail;
use crate::kinds::{Kind, Model, Use};
use crate::model::{AccountId, Address, Desired, Partition, Ref, Region};
use crate::spec::lower::destinations;

/// What is held against one side: the home account, or members.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The ARNs of the guardrails that are enforced there, and of their profiles wherever these lead.
    pub guardrails: BTreeSet<String>,
    /// The keys that members need besides, each by its ARN.
    pub keys: BTreeSet<String>,
    /// Whether something is enforced there, or required of calls.
    pub is_reached: bool,
}

/// Where to look.
pub(super) struct Sight<'a> {
    pub(super) desired: &'a Desired,
    pub(super) partition: &'a Partition,
    /// The number of the home account, if it is known.
    pub(super) home: Option<&'a AccountId>,
    /// Whether an account is the home account.
    pub(super) is_home: &'a dyn Fn(&AccountId) -> bool,
    /// Whether the number of an account is not known.
    pub(super) is_unknown: &'a dyn Fn(&AccountId) -> bool,
}

impl Sight<'_> {
    /// What is held against the home account, and what against members.
    pub(super) fn applied(&self) -> (Applied, Applied) {
        let (mut at_home, mut in_members) = (Applied::default(), Applied::default());
        for (address, wanted) in &self.desired.resources {
            match &wanted.model {
                Model::AccountEnforcement(model) => {
                    let of_home = (self.is_home)(&address.scope.account);
                    let side = if of_home { &mut at_home } else { &mut in_members };
                    side.is_reached = true;
                    self.enforce(side, &model.version, Some(&address.scope.account));
                }
                Model::OrgPolicy(model) if model.policy_type.merges() => {
                    let (home, members) = self.reach(address);
                    let sides = [(home, &mut at_home), (members, &mut in_members)];
                    for (_, side) in sides.into_iter().filter(|(reached, _)| *reached) {
                        side.is_reached = true;
                        let versions = model.document.references().into_iter().map(Ref::To);
                        let foreign = model.document.texts().filter(|text| text.contains(":guardrail/"));
                        let foreign = foreign.map(|text| Ref::Foreign(crate::model::RemoteId::new(text)));
                        versions.chain(foreign).for_each(|version| self.enforce(side, &version, None));
                    }
                }
                // It has no say in the management account.
                Model::OrgPolicy(model) if demands_guardrail(&model.document) => {
                    in_members.is_reached |= self.reach(address).1;
                }
                Model::IamPolicy(model) if guards(&model.document) => {
                    let of_home = (self.is_home)(&address.scope.account);
                    let side = if of_home { &mut at_home } else { &mut in_members };
                    side.is_reached = true;
                }
                _ => {}
            }
        }
        (at_home, in_members)
    }

    /// The accounts on which policies of the organization come to bear, as far as they are named; `None` where only AWS tells.
    pub(super) fn reached(&self) -> Option<BTreeSet<AccountId>> {
        let bears = |wanted: &Model| match wanted {
            Model::OrgPolicy(model) => model.policy_type.merges() || demands_guardrail(&model.document),
            _ => false,
        };
        let resources = &self.desired.resources;
        let targets = resources.values().filter_map(|wanted| match &wanted.model {
            Model::OrgPolicyAttachment(model) => {
                let policy = resources.get(model.policy.address()?)?;
                bears(&policy.model).then_some(model.target.as_str())
            }
            _ => None,
        });
        targets.map(|target| target.parse().ok().filter(|account| !(self.is_unknown)(account))).collect()
    }

    /// Whether a policy may reach the home account, and members: where OUs are, only AWS tells.
    fn reach(&self, policy: &Address) -> (bool, bool) {
        let targets = self.desired.resources.values().filter_map(|wanted| match &wanted.model {
            Model::OrgPolicyAttachment(model) if model.policy.address() == Some(policy) => Some(model.target.as_str()),
            _ => None,
        });
        let (mut home, mut members) = (false, false);
        for target in targets {
            let is_account = target.starts_with("account:") || target.bytes().all(|byte| byte.is_ascii_digit());
            let is_home = self.home.is_some_and(|home| home.as_str() == target);
            home |= is_home || !is_account;
            members |= !is_home;
        }
        (home, members)
    }

    /// What it takes to apply a version in `account`; `None` where several are meant.
    fn enforce(&self, side: &mut Applied, version: &Ref, account: Option<&AccountId>) {
        let Some(guardrail) = self.guardrail(version) else {
            if let Ref::Foreign(id) = version {
                let arn = id.as_str().rsplit_once(':').map_or(id.as_str(), |(arn, _)| arn);
                side.guardrails.insert(arn.to_owned());
            }
            return;
        };
        let Some(region) = &guardrail.scope.region else { return };
        let (partition, owner) = (self.partition, &guardrail.scope.account);
        let owner = match account {
            _ if !(self.is_unknown)(owner) => owner.as_str(),
            Some(account) if account == owner => ACCOUNT,
            _ => "*",
        };
        let arn = |region: &Region, resource: &str| format!("arn:{partition}:bedrock:{region}:{owner}:{resource}");
        side.guardrails.insert(arn(region, "guardrail/*"));
        let Some(model) = self.desired.resources.get(&guardrail).map(|wanted| &wanted.model) else { return };
        for used in model.uses() {
            match used {
                Use::Profile(id) => {
                    let leads = destinations(id, region);
                    side.guardrails.extend(leads.iter().map(|to| arn(to, &format!("guardrail-profile/{id}"))));
                }
                Use::Key(key) if key.starts_with("arn:") => drop(side.keys.insert(key.to_owned())),
                Use::Key(key) => drop(side.keys.insert(format!("arn:{partition}:kms:{region}:{owner}:key/{key}"))),
                _ => {}
            }
        }
    }

    /// The guardrail of a version; `None` of one that is known by its ARN alone.
    fn guardrail(&self, version: &Ref) -> Option<Address> {
        let version = version.address()?;
        match self.desired.resources.get(version).map(|wanted| &wanted.model) {
            Some(Model::GuardrailVersion(model)) => model.guardrail.address().cloned(),
            Some(Model::Guardrail(_)) => Some(version.clone()),
            // One of another stack, whose account is known and whose id is not.
            _ if [Kind::GuardrailVersion, Kind::Guardrail].contains(&version.kind) => Some(version.clone()),
            _ => None,
        }
    }
}
