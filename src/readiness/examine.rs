//! The way through the accounts.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};

use super::identity::{Service, models, service};
use super::{AT_ONCE, Stand};
use crate::aws::{AwsError, CallLog, Clients, Decision, Identity, ReadCx, Simulated, identities};
use crate::checks::{Check, Outcome, Report, What};
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
struct Place<'p> {
    cx: ReadCx<'p>,
    sides: &'p Sides,
    account: &'p AccountId,
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
        let models = models(role, scope, &sides.facts.caller.partition);
        if models.is_empty() {
            return Ok(Vec::new());
        }
        let besides = self.granted(role);
        let stand = Stand { cx: self.cx, facts: &sides.facts, scope, identity: role, besides: &besides };
        // What is to be attached to it may deny what it does today.
        let today = Stand { besides: &[], ..stand };
        let unnamed = today.callable(&models, None).await?;
        let none = Vec::new();
        let enforced = scope.region.as_ref().and_then(|region| self.reached.enforced.get(region)).unwrap_or(&none);
        let mut checks = Vec::new();
        checks.extend(self.inner(scope, role, &unnamed));
        let mut calls = unnamed;
        if calls.is_empty() {
            let version = enforced.first().map(|one| self.version(one));
            calls = stand.callable(&models, version.as_ref().map(RemoteId::as_str)).await?;
        }
        let needed: Vec<Needed> = enforced.iter().flat_map(|one| self.needed(one)).collect();
        if !calls.is_empty() && !needed.is_empty() {
            let resources = needed.iter().map(|one| one.arn.clone()).collect();
            let said = stand.ask(&[APPLY], resources, None).await?;
            checks.push(Check::new(What::Caller, scope, judge(&needed, &said)).about(role.name.as_str()));
        }
        Ok(checks)
    }

    /// Whether calls that Bedrock makes by the role would be denied: they name no guardrail.
    fn inner(&self, scope: &Scope, role: &Identity, unnamed: &BTreeSet<String>) -> Option<Check> {
        let service = service(role)?;
        let model = unnamed.first()?;
        let binds =
            |one: &&&Requirement| one.binds(self.account, &role.arn) && !unnamed.iter().all(|model| one.spares(model));
        let denying: Vec<String> = self.reached.required.iter().filter(binds).map(|one| one.by.to_string()).collect();
        let outcome = if denying.is_empty() {
            Outcome::passed(format!("{} may go on calling models by it", service.word()))
        } else {
            let whose = if service == Service::Bedrock { "" } else { ", which names none" };
            Outcome::failed(format!(
                "{} calls models by it, {model} among them{whose}: {} would deny that",
                service.word(),
                denying.join(" and ")
            ))
            .fix("let the role off with `exempt_principals`, where an enforcement covers it all the same, or leave out the models that it calls")
        };
        Some(Check::new(What::InnerCall, scope, outcome).about(role.name.as_str()))
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
