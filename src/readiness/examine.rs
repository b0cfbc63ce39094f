//! The way through the accounts.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};
use serde_json::Value;

use super::demanded::Demanded;
use super::identity::service;
use super::inner::Inner;
use super::needed::{Needed, may_apply_all, nameable, of_enforced, version};
use super::{AT_ONCE, Above, Calls, Controls, LOOK, Samples, Stand, listed};
use crate::aws::{AwsError, CallLog, Clients, Decision, Identity, ReadCx, Simulated, identities, read};
use crate::checks::{Check, Outcome, Report, State, What};
use crate::kinds::{Kind, Model, account_enforcement};
use crate::model::{AccountId, Document, Region, RemoteId, Scope, items};
use crate::plan::{Enforced, Requirement, enforced, rendered, requirements};
use crate::reconcile::Sides;

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
    let controls = Controls::new(cx, &sides.facts);
    let looks = accounts.iter().map(async |(account, reached)| {
        let controls = &controls;
        Place { cx, sides, account, reached, controls }.examine().await
    });
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
    controls: &'p Controls<'p>,
}

/// Calls of a role, and of which models they are.
struct Tried {
    models: BTreeSet<String>,
    /// Without a guardrail.
    unnamed: Calls,
    /// Where none of these may be made, with one that the role is to name, too.
    calls: Calls,
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
        let checks: Vec<Check> =
            stream::iter(looks).buffered(AT_ONCE).collect::<Vec<_>>().await.into_iter().flatten().collect();
        self.without_the_unavailable(checks).await
    }

    /// The checks, those left out that say something is wrong in a Region where the account cannot call anything: that is a fact, and
    /// cuts nobody off.
    async fn without_the_unavailable(&self, mut checks: Vec<Check>) -> Vec<Check> {
        let amiss = |check: &&Check| matches!(check.outcome.state, State::Failed | State::Unseen);
        let places: BTreeSet<Scope> = checks.iter().filter(amiss).map(|check| check.scope.clone()).collect();
        let known = |scope: &Scope| {
            let mut refusals = self.sides.live.unavailable.iter();
            refusals.find(|refusal| refusal.scope == *scope).map(|refusal| refusal.why.clone())
        };
        let looks = places.into_iter().map(async |scope| {
            if let Some(why) = known(&scope) {
                return Some((scope, why));
            }
            // AWS reads it whatever its id: there is one.
            let id = RemoteId::new(account_enforcement::NAME);
            let error = read(Kind::AccountEnforcement, &self.cx, &scope, &id).await.err()?;
            self.cx.clients.is_unavailable(scope.region.as_ref(), &error).then(|| (scope, error.cause()))
        });
        for (scope, why) in join_all(looks).await.into_iter().flatten() {
            checks.retain(|check| check.scope != scope);
            let outcome = Outcome::skipped(format!("there is no Bedrock for this account: {why}"));
            checks.push(Check::new(What::Caller, &scope, outcome));
        }
        checks
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
        let granted = self.granted(role);
        let samples = Samples::of(role, granted.iter().cloned().map(Document::from).collect(), scope, &sides.facts);
        if samples.is_empty() {
            return Ok(Vec::new());
        }
        let required: Vec<&Requirement> =
            self.reached.required.iter().copied().filter(|one| one.concerns(self.account, &role.arn)).collect();
        let bound: Vec<&Requirement> =
            required.iter().copied().filter(|one| one.binds(self.account, &role.arn)).collect();
        let none = Vec::new();
        let enforced = scope.region.as_ref().and_then(|region| self.reached.enforced.get(region)).unwrap_or(&none);
        let besides: Vec<String> = granted.iter().map(ToString::to_string).collect();
        // What is to be attached to it may deny what it does today, and may be what lets it.
        let allowing: Vec<String> = granted.iter().map(only_allowing).collect();
        let stand = Stand { cx: self.cx, facts: &sides.facts, scope, identity: role, besides: &besides };
        let today = Stand { besides: &allowing, ..stand };
        let named: BTreeSet<String> = nameable(&stand, &bound).into_iter().filter(|_| !bound.is_empty()).collect();
        let named: Vec<String> =
            enforced.first().map(|one| version(sides, one).to_string()).into_iter().chain(named).collect();
        let about = required.iter().flat_map(|one| one.only.iter().chain(&one.spared));
        let mut tried = self.tried(today, stand, samples.models(about), &named).await?;
        let hangs_on_keys = |one: &Simulated| one.decision == Decision::Denied && !one.missing.is_empty();
        let may_be_others =
            samples.are_some_of_many() && tried.calls.callable().is_empty() && !tried.calls.0.iter().any(hangs_on_keys);
        let above = if may_be_others { self.controls.above(self.account).await } else { Above::default() };
        if may_be_others {
            tried = self.tried(today, stand, samples.wider(&above.documents(), &[]), &named).await?;
        }
        let mut checks = Vec::new();
        let mut tell = |what: What, outcome: Outcome| {
            checks.push(Check::new(what, scope, outcome).about(role.name.as_str()));
        };
        let service = service(role);
        if let Some(service) = service {
            let inner = Inner { place: self, today, required: &required, service };
            if let Some(outcome) = inner.judge(&tried.models, &tried.unnamed).await? {
                tell(What::InnerCall, outcome);
            }
        }
        // Calls that Bedrock makes by a role name no guardrail, so it need not be able to apply one.
        let demanded = Demanded { sides, stand, required: &bound };
        let (callable, open) = (tried.calls.callable(), tried.calls.open());
        if callable.is_empty() && open.is_empty() {
            let is_for_somebody = !enforced.is_empty() || !bound.is_empty();
            if let Some(outcome) =
                none_may_be_called(&tried, today, &samples, &above).await?.filter(|_| is_for_somebody)
            {
                tell(What::Caller, outcome);
            }
            return Ok(checks);
        }
        let outcomes = [
            self.meets(enforced, &samples, stand, &tried.calls).await?,
            if service.is_none() { demanded.judge(&callable, &open).await? } else { None },
        ];
        // What is wrong goes first, and what is enforced before what is required.
        if let Some(outcome) = outcomes.into_iter().flatten().min_by_key(|outcome| outcome.state) {
            tell(What::Caller, outcome);
        }
        Ok(checks)
    }

    /// Tries calls of these models, without a guardrail and, where none may be made, with one of these.
    async fn tried(
        &self,
        today: Stand<'_>,
        stand: Stand<'_>,
        models: BTreeSet<String>,
        named: &[String],
    ) -> Result<Tried, AwsError> {
        let unnamed = today.calls(&models, None).await?;
        let mut calls = unnamed.clone();
        for version in named {
            if calls.callable().is_empty() {
                calls.0.extend(stand.calls(&models, Some(version)).await?.0);
            }
        }
        if named.is_empty() && calls.callable().is_empty() && !stand.besides.is_empty() {
            calls.0.extend(stand.calls(&models, None).await?.0);
        }
        Ok(Tried { models, unnamed, calls })
    }

    /// Whether the role may apply what is enforced on the models that it may call; `None` where nothing is.
    async fn meets(
        &self,
        enforced: &[&Enforced],
        samples: &Samples<'_>,
        stand: Stand<'_>,
        calls: &Calls,
    ) -> Result<Option<Outcome>, AwsError> {
        if enforced.is_empty() {
            return Ok(None);
        }
        // A list of models names ids of foundation models for certain; what else it may mean is held to it rather than not.
        let held = |one: &Enforced, model: &String| {
            let is_one_id = samples.is_one(model) && model.contains("::foundation-model/");
            !is_one_id || one.covers(model)
        };
        let (callable, open) = (calls.callable(), calls.open());
        let bearing = |models: &BTreeSet<String>| -> BTreeSet<usize> {
            let bears = |one: &Enforced| models.iter().any(|model| held(one, model));
            enforced.iter().enumerate().filter(|(_, one)| bears(one)).map(|(at, _)| at).collect()
        };
        let (certain, perhaps) = (bearing(&callable), bearing(&open.keys().cloned().collect()));
        if certain.is_empty() && perhaps.is_empty() {
            return Ok(Some(Outcome::skipped("what is enforced leaves out every model that it may call")));
        }
        let bearing = enforced.iter().enumerate().filter(|(at, _)| certain.contains(at) || perhaps.contains(at));
        let needed: Vec<Needed> = bearing.flat_map(|(_, one)| of_enforced(self.sides, one)).collect();
        let outcome = may_apply_all(&stand, &needed).await?;
        let is_uncertain = certain.is_empty() && outcome.state == State::Failed;
        Ok(Some(if is_uncertain { uncertain(open.values().flatten()) } else { outcome }))
    }

    /// What the spec is to attach to the role.
    fn granted(&self, role: &Identity) -> Vec<Value> {
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
        documents.map(|document| rendered(document, &sides.live.names, &sides.facts)).collect()
    }
}

/// The statements of a policy that allow, as a policy of their own.
fn only_allowing(policy: &Value) -> String {
    let document = Document::from(policy.clone());
    let allows = |one: &&Document| one.get("Effect").and_then(Document::as_text) == Some("Allow");
    let allowing = items(document.get("Statement")).iter().filter(allows).cloned();
    let version = ("Version", Document::text("2012-10-17"));
    let policy = Document::map([version, ("Statement", Document::list(allowing))]);
    serde_json::to_string(&policy).unwrap_or_default()
}

/// What is said of a role of which no model that was tried may be called, by what was told: nothing where its own policies see to
/// that, each of whose patterns was tried.
async fn none_may_be_called(
    tried: &Tried,
    today: Stand<'_>,
    samples: &Samples<'_>,
    above: &Above,
) -> Result<Option<Outcome>, AwsError> {
    if !samples.untold().is_empty() {
        return Ok(Some(uncertain_calls(samples.untold())));
    }
    if !samples.are_some_of_many() {
        return Ok(None);
    }
    let Some(model) = tried.models.first() else { return Ok(None) };
    if !today.is_denied_above(model, None).await? {
        return Ok(None);
    }
    let message =
        format!("service control policies deny its calls of each of the {} models that were tried", tried.models.len());
    if above.unseen.is_empty() {
        return Ok(Some(Outcome::skipped(message)));
    }
    let unseen = above.unseen.iter().cloned().collect::<Vec<_>>().join("; ");
    let message = format!("{message}; it may call others, since what these policies say was not seen: {unseen}");
    Ok(Some(Outcome::unseen(message).fix("run it as the management account, or look at what they let it call")))
}

fn uncertain_calls(keys: &BTreeSet<String>) -> Outcome {
    let message = format!("whether it may call models hangs on {}, which a simulation is not told", listed(keys));
    Outcome::unseen(message).fix(LOOK)
}

/// What is said of a role that may call models under conditions that nobody tells here, and may not apply what is enforced.
fn uncertain<'k>(keys: impl IntoIterator<Item = &'k String>) -> Outcome {
    let message = format!(
        "it may not apply what is enforced, and whether it may call models hangs on {}, which a simulation is not told",
        listed(keys)
    );
    Outcome::unseen(message).fix(LOOK)
}
