//! Model calls of a role, as IAM says they would end.

use std::collections::BTreeSet;

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
        let Self { cx, facts, scope, identity, besides } = self;
        let mut keys = vec![
            ("aws:PrincipalArn", identity.arn.clone()),
            ("aws:PrincipalAccount", scope.account.to_string()),
            ("aws:RequestedRegion", scope.region_name().to_owned()),
        ];
        keys.extend(facts.organization.as_ref().map(|organization| ("aws:PrincipalOrgID", organization.id.clone())));
        keys.extend(guardrail.map(|guardrail| (GUARDRAIL, guardrail.to_owned())));
        let (role, besides) = (identity.arn.clone(), besides.to_vec());
        let trial = Trial { role, actions: actions.to_vec(), resources, keys, besides };
        simulate(cx, &Scope::global(scope.account.clone()), &trial).await
    }

    /// Which of these models the role may call with this guardrail, or with none, in one way at least.
    ///
    /// # Errors
    /// The failure of a call.
    pub async fn callable(
        &self,
        models: &BTreeSet<String>,
        guardrail: Option<&str>,
    ) -> Result<BTreeSet<String>, AwsError> {
        let said = self.ask(&INVOKE, models.clone(), guardrail).await?;
        Ok(said.into_iter().filter(|one| one.decision == Decision::Allowed).map(|one| one.resource).collect())
    }
}
