//! What a spec says that permissions depend on, as far as it can be told without AWS.

use std::collections::{BTreeMap, BTreeSet};

use super::applied::{Applied, Sight};
use super::statement::ACCOUNT;
use super::users::Told;
use crate::kinds::guardrail::key_policy::Users;
use crate::kinds::{Kind, Model, Use};
use crate::model::diagnostic::Diagnostics;
use crate::model::{AccountId, Address, Partition, Region, RoleNames};
use crate::spec::Spec;
use crate::spec::decode::Either;
use crate::spec::lower::{self, Offline, Origin, offline, selectors};
use crate::spec::template::ScopeValues;
use crate::spec::top::{ScanAccounts, ScanRegions, Top};

/// Stands for the id of an organization that the spec does not say.
const UNKNOWN: &str = "o-*";

/// What permissions depend on.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The stack, our mark.
    pub stack: String,
    /// The partition of its Regions.
    pub partition: Partition,
    /// The organization, if the spec has one.
    pub organization: Option<Organization>,
    /// The number of the home account, if it is pinned.
    pub home: Option<AccountId>,
    /// What is declared in the home account.
    pub at_home: Side,
    /// What is declared in members.
    pub in_members: Side,
    /// The Regions that are read: `None` is all.
    pub read: Option<BTreeSet<Region>>,
    /// Policy types.
    pub types: BTreeSet<String>,
    /// The ARNs of guardrails that others manage.
    pub external: BTreeSet<String>,
}

/// The organization and how its accounts are entered.
#[derive(Clone, Debug)]
pub struct Organization {
    /// Its id, if the spec says it.
    pub id: Option<String>,
    /// The account that manages it.
    pub management: AccountId,
    /// The roles.
    pub roles: RoleNames,
    /// The external id.
    pub external_id: Option<ExternalId>,
    /// The members that are entered to write: `None` is any.
    pub entered: Option<BTreeSet<AccountId>>,
    /// The members that are entered to read, those among them that policies of the organization reach: `None` is any.
    pub looked_into: Option<BTreeSet<AccountId>>,
    /// Whether OUs are looked up by their names.
    pub looks_up_units: bool,
}

/// The id that the trust policies of roles ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExternalId {
    /// It may be shown.
    Open(String),
    /// It came from the environment.
    Secret,
}

/// Who uses a key.
#[derive(Clone, Debug, Default)]
pub struct Key {
    /// The accounts of the guardrails that use it, with [`ACCOUNT`] for those that only AWS can tell.
    pub owners: BTreeSet<String>,
    /// Who applies such a guardrail from other accounts.
    pub users: Users,
}

/// What is declared on one side: in the home account, or in members.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The Regions of each kind; none for what has none.
    pub kinds: BTreeMap<Kind, BTreeSet<Region>>,
    /// The Regions of guardrails, those of another stack among them.
    pub tried: BTreeSet<Region>,
    /// The profiles that guardrails use, as Region and id.
    pub profiles: BTreeSet<(Region, String)>,
    /// The profiles whose policies are declared.
    pub profile_policies: BTreeSet<(Region, String)>,
    /// The IAM policies, by path and name.
    pub policies: BTreeSet<String>,
    /// The roles that policies are attached to, by name.
    pub roles: BTreeSet<String>,
    /// The roles that services act as, by ARN.
    pub passed: BTreeSet<String>,
    /// What is read only where something is wanted, and the Regions.
    pub reads: BTreeMap<&'static str, BTreeSet<Region>>,
    /// The keys that guardrails use, each by its ARN.
    pub keys: BTreeMap<String, Key>,
    /// What is enforced on it.
    pub applied: Applied,
}

impl Declared {
    /// Of a spec that was found sound; `None` of one that has no top level.
    pub fn of(spec: &Spec) -> Option<Self> {
        let top = spec.top.as_ref()?;
        let Offline { desired, home: assumed, stand_ins } = offline(spec)?;
        let partition = top.regions.first().map_or_else(|| Partition::new("aws"), |region| Partition::of(region));
        let management = top.organization.as_ref().map(|it| it.management_account.value.clone());
        let home = management.or_else(|| top.account_id.as_ref().map(|id| id.value.clone()));
        let is_unknown = |account: &AccountId| stand_ins.contains_key(account) || assumed.is_some();
        let is_home = |account: &AccountId| Some(account) == home.as_ref() || Some(account) == assumed.as_ref();
        let (mut at_home, mut in_members) = (Side::default(), Side::default());
        let organization = organization(spec, top);
        let id = organization.as_ref().and_then(|organization| organization.id.as_deref());
        let told = Told { desired: &desired, stand_ins: &stand_ins, organization: id.unwrap_or(UNKNOWN) };
        for (address, wanted) in &desired.resources {
            let side = if is_home(&address.scope.account) { &mut at_home } else { &mut in_members };
            let regions = side.kinds.entry(address.kind).or_default();
            if is_profile(address) {
                // It has a policy of its own, and is no guardrail of the Region.
                let region = address.scope.region.iter().cloned();
                side.profile_policies.extend(region.map(|region| (region, address.name.clone())));
                continue;
            }
            regions.extend(address.scope.region.clone());
            if address.kind == Kind::Guardrail {
                side.tried.extend(address.scope.region.clone());
            }
            if address.kind == Kind::IamPolicy {
                side.policies.insert(address.name.clone());
            }
            let account = if is_unknown(&address.scope.account) { ACCOUNT } else { address.scope.account.as_str() };
            side.note(address, &wanted.model, account, &partition, &told);
        }
        let sight = Sight {
            desired: &desired,
            partition: &partition,
            home: home.as_ref(),
            is_home: &is_home,
            is_unknown: &is_unknown,
        };
        (at_home.applied, in_members.applied) = sight.applied();
        let reached = sight.reached();
        at_home.tried.extend(desired.external.keys().filter_map(|address| address.scope.region.clone()));
        let scan = top.scan.as_ref().map(|scan| &scan.value);
        let declared = desired.declared_regions.clone();
        let read = match scan.and_then(|scan| scan.regions.as_ref()).map(|regions| &regions.value) {
            None | Some(Either::A(ScanRegions::All)) => None,
            Some(Either::A(ScanRegions::Declared)) => Some(declared),
            Some(Either::B(listed)) => {
                Some(declared.into_iter().chain(listed.iter().map(|it| it.value.clone())).collect())
            }
        };
        let pinned: BTreeSet<AccountId> =
            desired.accounts.iter().filter(|account| !is_home(account)).cloned().collect();
        let reached =
            reached.map(|reached| pinned.iter().cloned().chain(reached).filter(|account| !is_home(account)).collect());
        let written = scan.and_then(|scan| scan.accounts.as_ref()).map(|accounts| accounts.value);
        let anywhere = written != Some(ScanAccounts::Declared) || !stand_ins.is_empty();
        let types = desired.resources.keys().filter(|address| address.kind == Kind::OrgPolicyType);
        Some(Self {
            stack: desired.stack.clone(),
            partition,
            organization: organization.map(|organization| Organization {
                entered: (!anywhere).then_some(pinned),
                looked_into: reached.filter(|_| !anywhere),
                ..organization
            }),
            home,
            types: types.map(|address| address.name.clone()).chain(["BEDROCK_POLICY".to_owned()]).collect(),
            external: external(spec),
            at_home,
            in_members,
            read,
        })
    }
}

impl Side {
    /// What a resource makes use of, in an account that is known by `account`.
    fn note(&mut self, address: &Address, model: &Model, account: &str, partition: &Partition, told: &Told<'_>) {
        let here = |text: &str| text.replace(address.scope.account.as_str(), account);
        let region = address.scope.region.as_ref();
        for used in model.uses() {
            match used {
                Use::Profile(id) => self.profiles.extend(region.map(|region| (region.clone(), id.to_owned()))),
                Use::Role(name) => drop(self.roles.insert(name.to_owned())),
                Use::Passes(arn) => drop(self.passed.insert(here(arn))),
                Use::Reading(operation) => self.reads.entry(operation).or_default().extend(region.cloned()),
                Use::Key(key) => {
                    let name = region.map_or("*", Region::as_str);
                    let arn = if key.starts_with("arn:") {
                        here(key)
                    } else {
                        format!("arn:{partition}:kms:{name}:{account}:key/{key}")
                    };
                    let key = self.keys.entry(arn).or_default();
                    key.owners.insert(account.to_owned());
                    key.users.extend(told.users(address));
                }
            }
        }
    }
}

/// The guardrails that others manage, as far as the spec says their ARNs.
fn external(spec: &Spec) -> BTreeSet<String> {
    let guardrails = lower::declared(spec).map(|declared| declared.guardrails).unwrap_or_default();
    let arns = guardrails.values().filter_map(|guardrail| match &guardrail.origin {
        Origin::Arns { arns, .. } => Some(arns.values().cloned().collect::<Vec<_>>()),
        Origin::Ours | Origin::Stack { .. } => None,
    });
    arns.flatten().collect()
}

fn is_profile(address: &Address) -> bool {
    address.kind == Kind::ResourcePolicy && crate::kinds::resource_policy::is_profile(&address.name)
}

/// The organization, whose members are any until more is known.
fn organization(spec: &Spec, top: &Top) -> Option<Organization> {
    let organization = &top.organization.as_ref()?.value;
    let external_id = organization.external_id.as_ref().and_then(|id| {
        let secret = id.is_secret();
        let text = id.text_in(&ScopeValues::default(), &mut Diagnostics::new())?;
        Some(if secret { ExternalId::Secret } else { ExternalId::Open(text) })
    });
    Some(Organization {
        id: organization.id.as_ref().map(|id| id.as_str().to_owned()),
        management: organization.management_account.value.clone(),
        roles: top.role_names(),
        external_id,
        entered: None,
        looked_into: None,
        looks_up_units: !selectors(spec).ou_paths.is_empty(),
    })
}
