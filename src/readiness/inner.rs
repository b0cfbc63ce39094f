//! Whether calls that Bedrock makes by a role would be denied: they name no guardrail.

use std::collections::BTreeSet;

use super::LOOK;
use super::examine::Place;
use super::identity::Service;
use super::{Calls, Stand, TOLD, listed};
use crate::aws::{AwsError, Decision};
use crate::checks::Outcome;
use crate::plan::{Requirement, candidates, denials};

/// A role by which Bedrock calls models.
pub(super) struct Inner<'i> {
    pub(super) place: &'i Place<'i>,
    /// The role as it is, with what the spec is to allow it and without what it is to deny it.
    pub(super) today: Stand<'i>,
    /// The statements of the policies that are to bear on it, those among them that let it off.
    pub(super) required: &'i [&'i Requirement],
    pub(super) service: Service,
}

impl Inner<'_> {
    /// What the policies would make of these calls, of which `unnamed` says what they are without a guardrail today. `None` where
    /// it calls no model. IAM weighs every statement by itself, so it is asked about the policies as they are written.
    pub(super) async fn judge(&self, models: &BTreeSet<String>, unnamed: &Calls) -> Result<Option<Outcome>, AwsError> {
        let word = self.service.word();
        let (callable, open) = (unnamed.callable(), unnamed.open());
        if callable.is_empty() {
            if let Some(model) = self.denied_already(models).await? {
                return Ok(Some(self.lost(&model, "denies that already")));
            }
            return Ok((!open.is_empty() && !self.required.is_empty()).then(|| {
                let keys = listed(open.values().flatten());
                let message =
                    format!("whether {word} may call models by it hangs on {keys}, which a simulation is not told");
                Outcome::unseen(message).fix(LOOK)
            }));
        }
        let besides = denials(self.required);
        let under = Stand { besides: &besides, ..self.today }.calls(&callable, None).await?;
        let allowed = |calls: &Calls| -> BTreeSet<(String, String)> {
            let allowed = calls.0.iter().filter(|one| one.decision == Decision::Allowed);
            allowed.map(|one| (one.resource.clone(), one.action.clone())).collect()
        };
        let left = allowed(&under);
        if let Some((model, _)) = allowed(unnamed).into_iter().find(|call| !left.contains(call)) {
            return Ok(Some(self.lost(&model, "would deny that")));
        }
        // A denial that asks for what nobody tells here denies nothing in a simulation.
        let bound =
            self.required.iter().filter(|one| self.binds(one) && !callable.iter().all(|model| one.spares(model)));
        let untold: Vec<&String> =
            bound.flat_map(|one| &one.further).filter(|key| !TOLD.contains(&key.as_str())).collect();
        if !untold.is_empty() {
            let keys = listed(untold);
            let message = format!(
                "{word} calls models by it; whether that would be denied hangs on {keys}, which a simulation is not told"
            );
            return Ok(Some(Outcome::unseen(message).fix(LOOK)));
        }
        Ok(Some(Outcome::passed(format!("{word} may go on calling models by it"))))
    }

    fn binds(&self, one: &Requirement) -> bool {
        one.binds(self.place.account, &self.today.identity.arn)
    }

    /// A model that the role may call with a guardrail and, since a policy of the spec is in force already, without one no more.
    async fn denied_already(&self, models: &BTreeSet<String>) -> Result<Option<String>, AwsError> {
        let bound: Vec<&Requirement> = self.required.iter().copied().filter(|one| self.binds(one)).collect();
        if bound.is_empty() {
            return Ok(None);
        }
        for version in candidates(&bound, self.today.scope, &self.place.sides.facts) {
            let callable = self.today.calls(models, Some(&version)).await?.callable();
            if let Some(model) = callable.into_iter().find(|model| !bound.iter().all(|one| one.spares(model))) {
                return Ok(Some(model));
            }
        }
        Ok(None)
    }

    fn lost(&self, model: &str, how: &str) -> Outcome {
        let binding = self.required.iter().filter(|one| self.binds(one) && !one.spares(model));
        let mut by: BTreeSet<String> = binding.map(|one| one.by.to_string()).collect();
        if by.is_empty() {
            // It is one of their other denials.
            by = self.required.iter().map(|one| one.by.to_string()).collect();
        }
        let named = by.into_iter().collect::<Vec<_>>().join(" and ");
        let whose = if self.service == Service::Bedrock { "" } else { ", which names none" };
        let message = format!("{} calls models by it, {model} among them{whose}: {named} {how}", self.service.word());
        Outcome::failed(message).fix(
            "let the role off with `exempt_principals`, where an enforcement covers it all the same, or leave out the models that it calls",
        )
    }
}
