//! What IAM says of the model calls of one role under statements that require a guardrail.

use std::collections::BTreeSet;

use super::Examined;
use crate::aws::{AwsError, Decision, Identity};
use crate::checks::Outcome;
use crate::model::Scope;
use crate::plan::{Requirement, candidates, denials, policies};
use crate::readiness::{Calls, Stand, TOLD, examples, listed, models};

pub(super) fn passed() -> Outcome {
    Outcome::passed("IAM denies its model calls without the guardrail, and allows them with it")
}

/// A role in one Region, with what binds it.
pub(super) struct Bound<'b> {
    pub(super) examined: &'b Examined<'b>,
    pub(super) place: &'b Scope,
    pub(super) identity: &'b Identity,
    /// The statements that let it off neither by its name nor by the account.
    pub(super) required: Vec<&'b Requirement>,
}

impl Bound<'_> {
    /// What is to be said of it; `None` where nothing binds it or no policy of its own lets it call a model in the Region.
    pub(super) async fn outcome(&self) -> Option<Outcome> {
        let partition = &self.examined.sides.facts.caller.partition;
        let samples = models(self.identity, self.place, partition);
        if self.required.is_empty() || samples.is_empty() {
            return None;
        }
        let mut models: BTreeSet<String> = samples.keys().cloned().collect();
        if samples.values().any(|is_exact| !is_exact) {
            // What it means among others may be all that a statement is about.
            models.extend(examples(self.required.iter().flat_map(|one| &one.only), self.place, partition));
        }
        // A model is free where every statement leaves it out.
        models.retain(|model| !self.required.iter().all(|one| one.spares(model)));
        if models.is_empty() {
            let message = format!("{} leaves out every model that it may call", policies(&self.required));
            return Some(Outcome::skipped(message));
        }
        Some(self.tried(&models).await.unwrap_or_else(|error| error.unseen()))
    }

    /// What IAM says. Its simulation is told the statements that deny as if they were the role's own: they mean the same there, and it
    /// need not know the organization.
    async fn tried(&self, models: &BTreeSet<String>) -> Result<Outcome, AwsError> {
        let facts = &self.examined.sides.facts;
        let besides = denials(&self.required);
        let stand =
            Stand { cx: self.examined.cx, facts, scope: self.place, identity: self.identity, besides: &besides };
        let without = stand.calls(models, None).await?;
        if let Some(model) = without.callable().first() {
            return Ok(self.allowed(model));
        }
        let candidates = candidates(&self.required, self.place, facts);
        if candidates.is_empty() {
            let message = "it must name a guardrail, and none of this Region is among those that it may name: all of its calls are \
                           denied there";
            return Ok(Outcome::skipped(message));
        }
        let (with, alone) = (self.with(&stand, models, &candidates).await?, Stand { besides: &[], ..stand });
        // What nothing allows is denied by no statement: with a key that is not told here it may be allowed.
        let left_open = without.0.iter().filter(|one| one.decision == Decision::Denied && !one.missing.is_empty());
        let left_open = listed(left_open.flat_map(|one| &one.missing));
        if !left_open.is_empty() {
            return Ok(Outcome::unseen(format!(
                "whether it may call models without a guardrail hangs on {left_open}, which a simulation is not told"
            )));
        }
        if !with.callable().is_empty() {
            return Ok(passed());
        }
        let alone = self.with(&alone, models, &candidates).await?;
        let named = candidates.join(", ");
        if let Some(model) = alone.callable().first() {
            return Ok(Outcome::failed(format!(
                "IAM would deny its call of {model} with each of the guardrails that it may name: {named}"
            ))
            .fix("let it apply and name one that every policy takes"));
        }
        if let Some(denied) = alone.0.iter().find(|one| one.decision == Decision::Forbidden || one.by_organization) {
            let what = if denied.by_organization { "a service control policy" } else { "a policy" };
            return Ok(Outcome::failed(format!(
                "{what} besides {} denies its call of {} with each of the guardrails that it may name: {named}",
                policies(&self.required),
                denied.resource
            ))
            .fix("look for what else speaks there: service control policies of others, other policies of the role, its boundary"));
        }
        let open = alone.open();
        if !open.is_empty() {
            let keys = listed(open.values().flatten());
            let message = format!(
                "whether it may call models with the guardrail hangs on {keys}, which a simulation is not told"
            );
            return Ok(Outcome::unseen(message));
        }
        Ok(Outcome::skipped("IAM lets it call no model, with or without the guardrail"))
    }

    async fn with(
        &self,
        stand: &Stand<'_>,
        models: &BTreeSet<String>,
        candidates: &[String],
    ) -> Result<Calls, AwsError> {
        let mut with = Calls::default();
        for version in candidates {
            with.0.extend(stand.calls(models, Some(version)).await?.0);
        }
        Ok(with)
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
