//! What IAM says of the model calls of one role under statements that require a guardrail.

use std::collections::BTreeSet;

use super::Examined;
use super::invoked::arns;
use crate::aws::{AwsError, Decision, Identity, Simulated};
use crate::checks::{Outcome, State};
use crate::kinds::iam_policy::document::normal;
use crate::model::{Document, Scope};
use crate::plan::{Requirement, denials, policies};
use crate::readiness::{
    Above, Calls, Samples, Stand, TOLD, denies_by_guardrail, listed, may_apply_one, nameable, service,
};

/// A role in one Region, with what binds it.
pub(super) struct Bound<'b> {
    pub(super) examined: &'b Examined<'b>,
    pub(super) place: &'b Scope,
    pub(super) identity: &'b Identity,
    /// The statements that let it off neither by its name nor by the account.
    pub(super) required: Vec<&'b Requirement>,
}

/// What IAM says to calls of some models.
struct Trial {
    models: BTreeSet<String>,
    /// To those that name no guardrail.
    without: Calls,
    /// To those that name one, for each that they may name.
    with: Vec<(String, Calls)>,
}

impl Trial {
    /// The versions with which a model may be called.
    fn allowed(&self) -> Vec<String> {
        let allowed = self.with.iter().filter(|(_, calls)| !calls.callable().is_empty());
        allowed.map(|(version, _)| version.clone()).collect()
    }
}

impl Bound<'_> {
    /// What is to be said of it; `None` where nothing binds it or no policy of its own lets it call a model in the Region.
    pub(super) async fn outcome(&self) -> Option<Outcome> {
        let samples = Samples::of(self.identity, Vec::new(), self.place, &self.examined.sides.facts);
        if self.required.is_empty() || samples.is_empty() {
            return None;
        }
        let models = self.bound(samples.models(self.required.iter().flat_map(|one| &one.only)));
        if models.is_empty() {
            let message = format!("{} leaves out every model that it may call", policies(&self.required));
            return Some(Outcome::skipped(message));
        }
        Some(self.tried(&samples, models).await.unwrap_or_else(|error| error.unseen()))
    }

    /// Those of these models that are not free: one is where every statement leaves it out.
    fn bound(&self, mut models: BTreeSet<String>) -> BTreeSet<String> {
        models.retain(|model| !self.required.iter().all(|one| one.spares(model)));
        models
    }

    /// What IAM says. Its simulation is told the statements that deny as if they were the role's own: they mean the same there, and it
    /// need not know the organization.
    async fn tried(&self, samples: &Samples<'_>, models: BTreeSet<String>) -> Result<Outcome, AwsError> {
        let facts = &self.examined.sides.facts;
        let besides = denials(&self.required);
        let (cx, scope, identity) = (self.examined.cx, self.place, self.identity);
        let stand = Stand { cx, facts, scope, identity, besides: &besides };
        let versions = nameable(&stand, &self.required);
        let mut trial = trial(&stand, models, &versions).await?;
        if let Some(model) = trial.without.callable().first() {
            return Ok(self.allowed(model));
        }
        if versions.is_empty() {
            let message = "it must name a guardrail, and none of this Region is among those that it may name: all of its calls are \
                           denied there";
            return Ok(Outcome::skipped(message));
        }
        if let Some(outcome) = left_open(&trial, samples) {
            return Ok(outcome);
        }
        let mut above = Above::default();
        if trial.allowed().is_empty() && samples.are_some_of_many() {
            // What was tried for an allowance of many may be what others deny, and not the rest of it.
            above = self.examined.controls.above(&self.place.account).await;
            let wider = self.bound(samples.wider(&above.documents(), &self.called()));
            trial = self::trial(&stand, wider, &versions).await?;
            if let Some(model) = trial.without.callable().first() {
                return Ok(self.allowed(model));
            }
            if let Some(outcome) = left_open(&trial, samples) {
                return Ok(outcome);
            }
        }
        let allowed = trial.allowed();
        if !allowed.is_empty() {
            return self.proven(&stand, &trial, &allowed).await;
        }
        let named = versions.join(", ");
        let alone = Stand { besides: &[], ..stand };
        let said = with(&alone, &trial.models, &versions).await?;
        if let Some(model) = said.iter().find_map(|(_, calls)| calls.callable().first().cloned()) {
            return Ok(Outcome::failed(format!(
                "IAM would deny its call of {model} with each of the guardrails that it may name: {named}"
            ))
            .fix("let it apply and name one that every policy takes"));
        }
        let denied = |one: &&Simulated| one.decision == Decision::Forbidden || one.by_organization;
        let calls: Vec<&Calls> = said.iter().map(|(_, calls)| calls).collect();
        if let Some(denied) = calls.iter().flat_map(|calls| &calls.0).find(denied) {
            return self.denied(&alone, &versions, &denied.resource, above).await;
        }
        let open: BTreeSet<String> = calls.iter().flat_map(|calls| calls.open()).flat_map(|(_, keys)| keys).collect();
        if !open.is_empty() {
            let keys = listed(&open);
            let message = format!(
                "whether it may call models with the guardrail hangs on {keys}, which a simulation is not told"
            );
            return Ok(Outcome::unseen(message));
        }
        Ok(Outcome::skipped("IAM lets it call no model, with or without the guardrail"))
    }

    /// The ARNs of the model that is called, too.
    fn called(&self) -> Vec<String> {
        let invoked = self.examined.options.invoke.as_ref().and_then(|invoke| invoke.model(self.place));
        invoked.map(|model| arns(self.examined, model, self.place)).unwrap_or_default()
    }

    /// What is said of a role that may call models with these versions, and with none of them not.
    async fn proven(&self, stand: &Stand<'_>, trial: &Trial, allowed: &[String]) -> Result<Outcome, AwsError> {
        if let Some(service) = service(self.identity) {
            let message = format!(
                "{} calls models by it and names no guardrail, so {} denies its calls",
                service.word(),
                policies(&self.required)
            );
            return Ok(Outcome::failed(message).for_good().fix(
                "let the role off with `exempt_principals`, where an enforcement covers it all the same, or leave out the models that it calls",
            ));
        }
        // A guardrail's id has letters, so this one is nobody's.
        let (partition, region) = (&stand.facts.caller.partition, stand.scope.region_name());
        let another = format!("arn:{partition}:bedrock:{region}:000000000000:guardrail/000000000000:1");
        let is_of_roles = self.required.iter().any(|one| one.role.is_some());
        let is_taken = |other: &String| self.required.iter().all(|one| one.takes(other));
        for other in [String::new(), another].into_iter().filter(|other| is_of_roles && !is_taken(other)) {
            if let Some(model) = stand.calls(&trial.models, Some(&other)).await?.callable().first() {
                let shown = if other.is_empty() { "an empty guardrail" } else { "a guardrail that it must not name" };
                return Ok(Outcome::failed(format!(
                    "IAM would allow its call of {model} with {shown}, in spite of {}",
                    policies(&self.required)
                ))
                .fix("look at what the policy leaves out: `bedrail lint` explains"));
            }
        }
        let outcome = may_apply_one(self.examined.sides, stand, allowed).await?;
        if outcome.state != State::Passed {
            return Ok(outcome);
        }
        Ok(Outcome::passed("IAM denies its model calls without the guardrail, and allows them with it"))
    }

    /// What is said of a role whose calls something else denies: it is locked out if that is for the guardrail that they name, and
    /// calls no models there whatever they name otherwise. A simulation does not tell which, so the policies are read for it.
    async fn denied(
        &self,
        alone: &Stand<'_>,
        versions: &[String],
        model: &str,
        mut above: Above,
    ) -> Result<Outcome, AwsError> {
        let mut is_above = false;
        for version in versions {
            is_above |= alone.is_denied_above(model, Some(version)).await?;
        }
        let besides = policies(&self.required);
        let named = versions.join(", ");
        let failed = |who: &str, whose: &str| {
            Outcome::failed(format!(
                "{who} besides {besides} denies its call of {model} with each of the guardrails that it may name: {named}{whose}"
            ))
            .fix("look for what else speaks there: service control policies of others, other policies of the role, its boundary")
        };
        let nothing = |who: &str| {
            Outcome::skipped(format!("{who} denies its model calls there, of {model} among others, whatever they name"))
        };
        if !is_above {
            let own = self.identity.policies.iter().chain(&self.identity.boundary);
            let is_for_it = own.cloned().map(|policy| normal(Document::from(policy))).any(|policy| {
                denies_by_guardrail(&policy).any(|statement| !self.required.iter().any(|one| one.is_of(statement)))
            });
            // What the spec attaches to a role is to let it call models with the guardrail.
            let is_of_roles = self.required.iter().any(|one| one.role.is_some());
            let who = "a policy of its own, or its boundary,";
            return Ok(if is_for_it || is_of_roles { failed(who, "") } else { nothing(who) });
        }
        if above.policies.is_empty() && above.unseen.is_empty() {
            above = self.examined.controls.above(&self.place.account).await;
        }
        let ours: BTreeSet<_> =
            self.required.iter().flat_map(|one| self.examined.sides.live.names.ids(&one.by)).collect();
        let theirs = above.policies.iter().filter(|(_, id, _)| id.as_ref().is_none_or(|id| !ours.contains(id)));
        let named: BTreeSet<&str> = theirs
            .filter(|(_, _, policy)| denies_by_guardrail(policy).next().is_some())
            .map(|(name, ..)| name.as_str())
            .collect();
        if !named.is_empty() {
            let named = named.into_iter().collect::<Vec<_>>().join(" and ");
            return Ok(failed("a service control policy", &format!("; {named} speaks of guardrails, too")));
        }
        if above.unseen.is_empty() {
            return Ok(nothing("a service control policy"));
        }
        let unseen = above.unseen.into_iter().collect::<Vec<_>>().join("; ");
        let message = format!(
            "a service control policy besides {besides} denies its call of {model}; whether it does so for the guardrail was not \
             seen: {unseen}"
        );
        Ok(Outcome::unseen(message)
            .fix("run it as the management account, or look at what the policies above the account say"))
    }

    /// What is said of a call that IAM allows without a guardrail.
    fn allowed(&self, model: &str) -> Outcome {
        let binding = || self.required.iter().filter(|one| !one.spares(model));
        if binding().any(|one| one.further.is_empty()) {
            let message = format!(
                "IAM would allow its call of {model} without a guardrail, in spite of {}",
                policies(&self.required)
            );
            return Outcome::failed(message).fix("look at what the policy leaves out: `bedrail lint` explains");
        }
        let untold: Vec<&String> =
            binding().flat_map(|one| &one.further).filter(|key| !TOLD.contains(&key.as_str())).collect();
        if untold.is_empty() {
            let keys = listed(binding().flat_map(|one| &one.further));
            return Outcome::skipped(format!(
                "{} does not bind it there, by its condition on {keys}",
                policies(&self.required)
            ));
        }
        let keys = listed(untold);
        Outcome::unseen(format!(
            "whether {} denies its call of {model} without a guardrail hangs on {keys}, which a simulation is not told",
            policies(&self.required)
        ))
    }
}

/// What is said where it is left open whether calls without a guardrail are allowed: what nothing allows is denied by no statement, and
/// with a key that is not told here it may be allowed.
fn left_open(trial: &Trial, samples: &Samples<'_>) -> Option<Outcome> {
    let is_open = |one: &&Simulated| one.decision == Decision::Denied && !one.missing.is_empty();
    let keys = trial.without.0.iter().filter(is_open).flat_map(|one| &one.missing);
    let untold = samples.untold().iter().filter(|_| trial.allowed().is_empty());
    let keys = listed(keys.chain(untold));
    (!keys.is_empty()).then(|| {
        Outcome::unseen(format!(
            "whether it may call models without a guardrail hangs on {keys}, which a simulation is not told"
        ))
    })
}

/// Tries calls of these models without a guardrail and, where none gets through, with each of these versions.
async fn trial(stand: &Stand<'_>, models: BTreeSet<String>, versions: &[String]) -> Result<Trial, AwsError> {
    let without = stand.calls(&models, None).await?;
    let with = if without.callable().is_empty() { with(stand, &models, versions).await? } else { Vec::new() };
    Ok(Trial { models, without, with })
}

/// Tries calls of these models with each of these versions.
async fn with(
    stand: &Stand<'_>,
    models: &BTreeSet<String>,
    versions: &[String],
) -> Result<Vec<(String, Calls)>, AwsError> {
    let mut with = Vec::new();
    for version in versions {
        with.push((version.clone(), stand.calls(models, Some(version)).await?));
    }
    Ok(with)
}
