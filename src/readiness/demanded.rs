//! Whether a role whose calls must name a guardrail may apply one that they may name.

use std::collections::{BTreeMap, BTreeSet};

use super::needed::{may_apply_one, nameable};
use super::{LOOK, Stand, TOLD, listed};
use crate::aws::AwsError;
use crate::checks::{Outcome, State};
use crate::plan::{Requirement, denials, policies};
use crate::reconcile::Sides;

/// A role under statements that deny its calls without a guardrail.
pub(super) struct Demanded<'d> {
    pub(super) sides: &'d Sides,
    /// The role with what the spec is to attach to it.
    pub(super) stand: Stand<'d>,
    /// The statements that let it off neither by its name nor by the account.
    pub(super) required: &'d [&'d Requirement],
}

impl Demanded<'_> {
    /// What is to be said of it. `callable` are models that it may call, `open` those that it may perhaps. `None` where nothing binds
    /// its calls of these.
    pub(super) async fn judge(
        &self,
        callable: &BTreeSet<String>,
        open: &BTreeMap<String, BTreeSet<String>>,
    ) -> Result<Option<Outcome>, AwsError> {
        let models: BTreeSet<String> = callable.iter().chain(open.keys()).cloned().collect();
        let spared = |one: &Requirement| models.iter().all(|model| one.spares(model));
        let bound: Vec<&Requirement> = self.required.iter().copied().filter(|one| !spared(one)).collect();
        if bound.is_empty() {
            return Ok(None);
        }
        let hangs_on = self.hangs_on(&bound, &models).await?;
        if hangs_on.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(None);
        }
        let versions = nameable(&self.stand, &bound);
        if versions.is_empty() {
            let message = format!(
                "{} wants its calls to name a guardrail, and none of this Region is among those that they may name: all of them will be \
                 denied there",
                policies(&bound)
            );
            return Ok(Some(Outcome::skipped(message)));
        }
        let outcome = may_apply_one(self.sides, &self.stand, &versions).await?;
        let open: BTreeSet<String> =
            if callable.is_empty() { open.values().flatten().cloned().collect() } else { BTreeSet::new() };
        let doubts: BTreeSet<String> = hangs_on.into_iter().flatten().chain(open).collect();
        if outcome.state != State::Failed || doubts.is_empty() {
            return Ok(Some(outcome));
        }
        let message = format!(
            "it may not apply a guardrail that its calls would have to name, and whether {} binds them hangs on {}, which a simulation \
             is not told",
            policies(&bound),
            listed(&doubts)
        );
        Ok(Some(Outcome::unseen(message).fix(LOOK)))
    }

    /// The keys on which it hangs whether any of these statements binds the role's calls: `None` where one does whatever they are, and
    /// an empty set where none does.
    async fn hangs_on(
        &self,
        bound: &[&Requirement],
        models: &BTreeSet<String>,
    ) -> Result<Option<BTreeSet<String>>, AwsError> {
        if bound.iter().any(|one| one.further.is_empty()) {
            return Ok(None);
        }
        let besides: Vec<String> = self.stand.besides.iter().cloned().chain(denials(bound)).collect();
        let under = Stand { besides: &besides, ..self.stand }.calls(models, None).await?;
        if under.callable().is_empty() {
            return Ok(None);
        }
        let keys = bound.iter().flat_map(|one| &one.further);
        Ok(Some(keys.filter(|key| !TOLD.contains(&key.as_str())).cloned().collect()))
    }
}
