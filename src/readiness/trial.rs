//! Model calls of a role, as IAM says they would end.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{AwsError, Decision, Identity, ReadCx, Simulated, Trial, simulate};
use crate::kinds::iam_policy::document::{GUARDRAIL, INVOKE};
use crate::model::{Facts, Scope};

/// A role in one Region, about to be tried.
#[derive(Clone, Copy, Debug)]
pub struct Stand<'a> {
    /// With what IAM is asked.
    pub cx: ReadCx<'a>,
    /// Who calls, and in which organization.
    pub facts: &'a Facts,
    /// The account of the role, and the Region of the calls.
    pub scope: &'a Scope,
    /// The role.
    pub identity: &'a Identity,
    /// Identity policies that it is taken to have besides its own.
    pub besides: &'a [String],
}

impl Stand<'_> {
    /// What IAM says to `actions` on `resources`, in calls that name this guardrail, or none.
    ///
    /// # Errors
    /// The failure of a call.
    pub async fn ask(
        &self,
        actions: &[&'static str],
        resources: BTreeSet<String>,
        guardrail: Option<&str>,
    ) -> Result<Vec<Simulated>, AwsError> {
        let Self { cx, facts, scope, identity, besides } = *self;
        let mut keys = vec![
            ("aws:PrincipalArn", identity.arn.clone()),
            ("aws:PrincipalAccount", scope.account.to_string()),
            ("aws:RequestedRegion", scope.region_name().to_owned()),
        ];
        keys.extend(facts.organization.as_ref().map(|organization| ("aws:PrincipalOrgID", organization.id.clone())));
        keys.extend(guardrail.map(|guardrail| (GUARDRAIL, guardrail.to_owned())));
        let (role, besides) = (identity.arn.clone(), besides.to_vec());
        let trial = Trial { role, actions: actions.to_vec(), resources, keys, besides };
        let mut said = simulate(&cx, &Scope::global(scope.account.clone()), &trial).await?;
        // A call that names no guardrail has no such key: that is told, and not left open.
        for one in &mut said {
            one.missing.retain(|key| !key.eq_ignore_ascii_case(GUARDRAIL));
        }
        Ok(said)
    }

    /// What would become of calls of these models with this guardrail, or with none, in each way to call them.
    ///
    /// # Errors
    /// The failure of a call.
    pub async fn calls(&self, models: &BTreeSet<String>, guardrail: Option<&str>) -> Result<Calls, AwsError> {
        if models.is_empty() {
            return Ok(Calls::default());
        }
        Ok(Calls(self.ask(&INVOKE, models.clone(), guardrail).await?))
    }
}

impl Stand<'_> {
    /// Whether service control policies deny calls of this model with this guardrail, or with none. IAM tells it of all models together
    /// that it is asked about, so it is asked about one.
    ///
    /// # Errors
    /// The failure of a call.
    pub async fn is_denied_above(&self, model: &str, guardrail: Option<&str>) -> Result<bool, AwsError> {
        let said = self.calls(&BTreeSet::from([model.to_owned()]), guardrail).await?;
        Ok(said.0.iter().any(|one| one.by_organization))
    }
}

/// The condition keys that are told of every call, in lower case.
pub(crate) const TOLD: [&str; 4] =
    ["aws:principalarn", "aws:principalaccount", "aws:requestedregion", "aws:principalorgid"];

/// Model calls, and what IAM says to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls(pub Vec<Simulated>);

impl Calls {
    /// The models that may be called, in one way at least.
    pub fn callable(&self) -> BTreeSet<String> {
        let allowed = self.0.iter().filter(|one| one.decision == Decision::Allowed);
        allowed.map(|one| one.resource.clone()).collect()
    }

    /// The models that may not be called as far as was told, and perhaps with what was not: each with the keys that it hangs on.
    pub fn open(&self) -> BTreeMap<String, BTreeSet<String>> {
        let callable = self.callable();
        let mut open: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for one in self.0.iter().filter(|one| !one.missing.is_empty() && !callable.contains(&one.resource)) {
            open.entry(one.resource.clone()).or_default().extend(one.missing.iter().cloned());
        }
        open
    }
}

/// Condition keys as a sentence has them.
pub(crate) fn listed<'k>(keys: impl IntoIterator<Item = &'k String>) -> String {
    let keys: BTreeSet<&str> = keys.into_iter().map(String::as_str).collect();
    keys.into_iter().collect::<Vec<_>>().join(", ")
}
