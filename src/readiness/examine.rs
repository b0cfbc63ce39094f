//! The way through the accounts.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};

use super::identity::{examples, models, service};
use super::inner::Inner;
use super::{AT_ONCE, Stand, listed};
use crate::aws::{AwsError, CallLog, Clients, Decision, Identity, ReadCx, Simulated, identities};
use crate::checks::{Check, Outcome, Report, State, What};
use crate::kinds::guardrail_version::guardrail_of;
use crate::kinds::iam_policy::document::APPLY;
use crate::kinds::{Kind, Model};
use crate::model::{AccountId, Address, Ref, Region, RemoteId, Scope};
use crate::plan::{Enforced, Requirement, enforced, id_or_stand_in, rendered, requirements};
use crate::reconcile::Sides;
use crate::spec::lower::destinations;

/// What is to bear on one account.
#[derive(Default)]
struct Reached<'p> {
    /// What is enforced in each Region.
    enforced: BTreeMap<&'p Region, Vec<&'p Enforced>>,
    /// What denies calls that name no guardrail.
    required: Vec<&'p Requirement>,
}

/// Looks at every account that the spec is to reach. `sides` are those of the spec, applied or not.
pub async fn readiness(clients: &Clients, sides: &Sides) -> Report {
    let log = CallLog::default();
    let cx = clients.reading(&log);
    let enforced = enforced(&sides.desired, &sides.facts);
    let required = requirements(&sides.desired, &sides.live.names, &sides.facts);
    let mut accounts: BTreeMap<&AccountId, Reached<'_>> = BTreeMap::new();
    for one in &enforced {
        let Some(region) = &one.scope.region else { continue };
        accounts.entry(&one.scope.account).or_default().enforced.entry(region).or_default().push(one);
    }
    for one in &required {
        one.accounts.iter().for_each(|account| accounts.entry(account).or_default().required.push(one));
    }
    let looks = accounts.iter().map(async |(account, reached)| Place { cx, sides, account, reached }.examine().await);
    let checks = join_all(looks).await.into_iter().flatten().collect();
    let mut notes = Vec::new();
    if accounts.is_empty() {
        notes.push("the spec enforces no guardrail, and requires none, so nobody is cut off".to_owned());
    } else {
        notes.push(
            "users, the sessions of federated people and the root of an account are not looked at, nor is what a session policy takes \
             from a role"
                .to_owned(),
        );
    }
    Report::of(checks, notes)
}

/// An account under examination.
pub(super) struct Place<'p> {
    cx: ReadCx<'p>,
    pub(super) sides: &'p Sides,
    pub(super) account: &'p AccountId,
    reached: &'p Reached<'p>,
}

impl Place<'_> {
    async fn examine(&self) -> Vec<Check> {
        let scope = Scope::global(self.account.clone());
        let roles = match identities(&self.cx, &scope).await {
            Ok(roles) => roles,
            Err(error) => return vec![Check::new(What::Caller, &scope, error.unseen())],
        };
        let regions = self.regions();
        let looks = roles.iter().flat_map(|role| regions.iter().map(move |region| (role, *region)));
        let looks = looks.map(async |(role, region)| {
            let scope = Scope::regional(self.account.clone(), region.clone());
            let checks = self.role(&scope, role).await;
            checks.unwrap_or_else(|error| {
                vec![Check::new(What::Caller, &scope, error.unseen()).about(role.name.as_str())]
            })
        });
        stream::iter(looks).buffered(AT_ONCE).collect::<Vec<_>>().await.into_iter().flatten().collect()
    }

    /// The Regions in which something is enforced; where something is required, those that the spec speaks of, too.
    fn regions(&self) -> BTreeSet<&Region> {
        let enforced = self.reached.enforced.keys().copied();
        let declared = self.sides.desired.declared_regions.iter().filter(|_| !self.reached.required.is_empty());
        enforced.chain(declared).collect()
    }

    /// What is to be said of a role in one Region: nothing where it can call no model.
    async fn role(&self, scope: &Scope, role: &Identity) -> Result<Vec<Check>, AwsError> {
        let sides = self.sides;
        let partition = &sides.facts.caller.partition;
        let samples = models(role, scope, partition);
        if samples.is_empty() {
            return Ok(Vec::new());
        }
        let required: Vec<&Requirement> =
            self.reached.required.iter().copied().filter(|one| one.concerns(self.account, &role.arn)).collect();
        let mut models: BTreeSet<String> = samples.keys().cloned().collect();
        if samples.values().any(|is_exact| !is_exact) {
            // What it means among others may be all that a policy is about.
            models.extend(examples(
                required.iter().flat_map(|one| one.only.iter().chain(&one.spared)),
                scope,
                partition,
            ));
        }
        let besides = self.granted(role);
        let stand = Stand { cx: self.cx, facts: &sides.facts, scope, identity: role, besides: &besides };
        // What is to be attached to it may deny what it does today.
        let today = Stand { besides: &[], ..stand };
        let unnamed = today.calls(&models, None).await?;
        let none = Vec::new();
        let enforced = scope.region.as_ref().and_then(|region| self.reached.enforced.get(region)).unwrap_or(&none);
        let mut checks = Vec::new();
        if let Some(service) = service(role) {
            let outcome = Inner { place: self, today, required: &required, service }.judge(&models, &unnamed).await?;
            checks.extend(outcome.map(|outcome| Check::new(What::InnerCall, scope, outcome).about(role.name.as_str())));
        }
        if enforced.is_empty() {
            return Ok(checks);
        }
        let mut calls = unnamed;
        if calls.callable().is_empty() {
            let version = enforced.first().map(|one| self.version(one));
            let named = stand.calls(&models, version.as_ref().map(RemoteId::as_str)).await?;
            calls.0.extend(named.0);
        }
        // A list of models names ids of foundation models for certain; what else it may mean is held to it rather than not.
        let held = |one: &Enforced, model: &String| {
            let is_one_id = samples.get(model) == Some(&true) && model.contains("::foundation-model/");
            !is_one_id || one.covers(model)
        };
        let (callable, open) = (calls.callable(), calls.open());
        let bearing = |models: &BTreeSet<String>| -> BTreeSet<usize> {
            let bears = |one: &Enforced| models.iter().any(|model| held(one, model));
            enforced.iter().enumerate().filter(|(_, one)| bears(one)).map(|(at, _)| at).collect()
        };
        let (certain, perhaps) = (bearing(&callable), bearing(&open.keys().cloned().collect()));
        let outcome = if callable.is_empty() && open.is_empty() {
            return Ok(checks);
        } else if certain.is_empty() && perhaps.is_empty() {
            Outcome::skipped("what is enforced leaves out every model that it may call")
        } else {
            let bearing = enforced.iter().enumerate().filter(|(at, _)| certain.contains(at) || perhaps.contains(at));
            let needed: Vec<Needed> = bearing.flat_map(|(_, one)| self.needed(one)).collect();
            let resources = needed.iter().map(|one| one.arn.clone()).collect();
            let said = stand.ask(&[APPLY], resources, None).await?;
            let outcome = judge(&needed, &said);
            if certain.is_empty() && outcome.state == State::Failed {
                uncertain(open.values().flatten())
            } else {
                outcome
            }
        };
        checks.push(Check::new(What::Caller, scope, outcome).about(role.name.as_str()));
        Ok(checks)
    }

    /// What the spec is to attach to the role, as a simulation takes it.
    fn granted(&self, role: &Identity) -> Vec<String> {
        let sides = self.sides;
        let attached = sides.desired.resources.iter().filter_map(|(address, wanted)| match &wanted.model {
            Model::IamPolicyAttachment(model)
                if address.scope.account == *self.account && model.role.eq_ignore_ascii_case(&role.name) =>
            {
                model.policy.address()
            }
            _ => None,
        });
        let documents = attached.filter_map(|policy| match &sides.desired.resources.get(policy)?.model {
            Model::IamPolicy(model) => Some(&model.document),
            _ => None,
        });
        documents.map(|document| rendered(document, &sides.live.names, &sides.facts).to_string()).collect()
    }

    /// The version that is enforced, or one that stands for it.
    fn version(&self, one: &Enforced) -> RemoteId {
        match &one.version {
            Ref::Foreign(id) => id.clone(),
            Ref::To(address) => id_or_stand_in(address, &self.sides.live.names, &self.sides.facts),
        }
    }

    /// What must be allowed to apply it: the guardrail, and its profile wherever that leads.
    fn needed(&self, one: &Enforced) -> Vec<Needed> {
        let sides = self.sides;
        let guardrail = self.guardrail(one);
        let by_version = || guardrail_of(&self.version(one));
        let by_address = guardrail.as_ref().map(|address| id_or_stand_in(address, &sides.live.names, &sides.facts));
        let Some(arn) = by_address.or_else(by_version) else { return Vec::new() };
        let name = guardrail.as_ref().map_or_else(|| arn.to_string(), |address| address.name.clone());
        let declared = guardrail.and_then(|address| match &sides.desired.resources.get(&address)?.model {
            Model::Guardrail(model) => model.content.cross_region_profile.clone(),
            _ => None,
        });
        let mut users = sides.live.profile_users.iter();
        let seen = users.find(|(_, users)| users.contains(&arn)).map(|((_, id), _)| id.clone());
        let mut parts = arn.as_str().split(':').skip(1);
        let place = (parts.next(), parts.nth(1), parts.next());
        let mut needed = Vec::new();
        if let (Some(profile), (Some(partition), Some(region), Some(owner))) = (declared.or(seen), place) {
            needed.extend(destinations(&profile, &Region::new(region)).into_iter().map(|to| Needed {
                arn: format!("arn:{partition}:bedrock:{to}:{owner}:guardrail-profile/{profile}"),
                what: format!("the profile of {name}"),
            }));
        }
        needed.push(Needed { arn: arn.to_string(), what: format!("the guardrail {name}") });
        needed
    }

    /// The guardrail of what is enforced, if the spec declares it.
    fn guardrail(&self, one: &Enforced) -> Option<Address> {
        let version = one.version.address()?;
        match &self.sides.desired.resources.get(version)?.model {
            Model::GuardrailVersion(model) => model.guardrail.address().cloned(),
            _ => None,
        }
        .filter(|address| address.kind == Kind::Guardrail)
    }
}

/// What to do where the simulation of IAM is no proof.
pub(super) const LOOK: &str =
    "look at the conditions of its policies: IAM decides otherwise where these keys have the values that they ask for";

/// What is said of a role that may call models under conditions that nobody tells here, and may not apply what is enforced.
fn uncertain<'k>(keys: impl IntoIterator<Item = &'k String>) -> Outcome {
    let message = format!(
        "it may not apply what is enforced, and whether it may call models hangs on {}, which a simulation is not told",
        listed(keys)
    );
    Outcome::unseen(message).fix(LOOK)
}

/// Something that must be allowed to apply, and what people call it.
struct Needed {
    arn: String,
    what: String,
}

fn judge(needed: &[Needed], said: &[Simulated]) -> Outcome {
    let refused: Vec<&Simulated> = said.iter().filter(|one| one.decision != Decision::Allowed).collect();
    if refused.is_empty() {
        return Outcome::passed("it may apply what is enforced");
    }
    if refused.iter().all(|one| !one.missing.is_empty()) {
        let keys = listed(refused.iter().flat_map(|one| &one.missing));
        let message = format!(
            "it may call models; whether it may apply what is enforced hangs on {keys}, which a simulation is not told"
        );
        return Outcome::unseen(message).fix(LOOK);
    }
    let is_refused = |one: &&Needed| refused.iter().any(|refused| refused.resource == one.arn);
    let what: BTreeSet<&str> = needed.iter().filter(is_refused).map(|one| one.what.as_str()).collect();
    let what: Vec<&str> = what.into_iter().collect();
    let message = format!(
        "it may call models, and may not apply {}: its calls fail with AccessDenied from then on",
        what.join(" and ")
    );
    let outcome = Outcome::failed(message);
    if refused.iter().any(|one| one.by_organization) {
        return outcome.fix("a service control policy does not allow `bedrock:ApplyGuardrail` there: let it");
    }
    if refused.iter().any(|one| one.decision == Decision::Forbidden) {
        return outcome.fix(
            "something denies it `bedrock:ApplyGuardrail`: its policies, its boundary, or a service control policy",
        );
    }
    // Whatever their ids are going to be, in every Region.
    let anywhere = |one: &Needed| {
        let (head, resource) = one.arn.rsplit_once('/')?;
        let parts: Vec<&str> = head.split(':').collect();
        let [arn, partition, service, _, owner, kind] = parts.as_slice() else { return None };
        (!resource.is_empty()).then(|| format!("\"{arn}:{partition}:{service}:*:{owner}:{kind}/*\""))
    };
    let resources: BTreeSet<String> = needed.iter().filter(is_refused).filter_map(anywhere).collect();
    outcome.fix(format!(
        r#"let it have `{{"Effect":"Allow","Action":"{APPLY}","Resource":[{}]}}`, for instance by `template: apply_guardrail` in `iam_policies`"#,
        resources.into_iter().collect::<Vec<_>>().join(",")
    ))
}
