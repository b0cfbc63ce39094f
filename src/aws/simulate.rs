//! What IAM says would become of calls that nobody makes.
//!
//! It counts what a role has of its own, its boundary and the organization's service control policies. It knows no more of a call than
//! it is told, so the keys that conditions ask for are told as far as they are known (API reference, `SimulatePrincipalPolicy`).

use std::collections::BTreeSet;

use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType, ResourceSpecificResult,
};

use super::call::ReadCx;
use super::error::AwsError;
use crate::model::Scope;

const SIMULATE: &str = "iam:SimulatePrincipalPolicy";
/// How many resources are asked for at once: AWS names no limit, and a request of that size is no long one.
const RESOURCES: usize = 50;
/// How many results a page has at most.
const PAGE: i32 = 1000;
/// How many pages are read at most: each trial asks for some dozens of results.
const PAGES: usize = 20;

/// Calls that a role might make: each action on each resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// The role's ARN.
    pub role: String,
    /// `service:Action`
    pub actions: Vec<&'static str>,
    /// ARNs without wildcards; at least one.
    pub resources: BTreeSet<String>,
    /// What else is known of the calls, as condition keys with their values. A key that is left out is absent, which is not the same
    /// as empty.
    pub keys: Vec<(&'static str, String)>,
    /// Identity policies that the role is taken to have besides its own, as JSON.
    pub besides: Vec<String>,
}

/// What IAM decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// Nothing allows it.
    Denied,
    /// Something denies it, whatever else allows it.
    Forbidden,
}

impl Decision {
    /// `None` for a word that this release does not know.
    pub(crate) fn of(word: &PolicyEvaluationDecisionType) -> Option<Self> {
        match word {
            PolicyEvaluationDecisionType::Allowed => Some(Self::Allowed),
            PolicyEvaluationDecisionType::ImplicitDeny => Some(Self::Denied),
            PolicyEvaluationDecisionType::ExplicitDeny => Some(Self::Forbidden),
            _ => None,
        }
    }

    /// AWS's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "implicitDeny",
            Self::Forbidden => "explicitDeny",
        }
    }
}

/// What would become of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// The action.
    pub action: String,
    /// The resource, one of those that were asked for.
    pub resource: String,
    /// What IAM decides.
    pub decision: Decision,
    /// Whether service control policies are among what does not allow it, or another of the resources that were asked for with it.
    pub by_organization: bool,
    /// The condition keys that policies ask for and the trial does not tell, in AWS's spelling: what IAM decides where they are
    /// told may be otherwise.
    pub missing: BTreeSet<String>,
}

/// What IAM says to these calls.
///
/// # Errors
/// The failure of a call, or an answer that leaves out what was asked.
pub async fn simulate(cx: &ReadCx<'_>, scope: &Scope, trial: &Trial) -> Result<Vec<Simulated>, AwsError> {
    let (mut all, resources) = (Vec::new(), trial.resources.iter().cloned().collect::<Vec<_>>());
    for some in resources.chunks(RESOURCES) {
        all.extend(some_of(cx, scope, &Trial { resources: some.iter().cloned().collect(), ..trial.clone() }).await?);
    }
    Ok(all)
}

async fn some_of(cx: &ReadCx<'_>, scope: &Scope, trial: &Trial) -> Result<Vec<Simulated>, AwsError> {
    let unreadable = |what: &str| AwsError::unreadable(SIMULATE, &trial.role, what);
    let entries: Vec<ContextEntry> = trial.keys.iter().map(|(key, value)| entry(key, value)).collect();
    let (mut all, mut marker) = (Vec::new(), None);
    for _ in 0..PAGES {
        let request = cx.clients.iam(scope).simulate_principal_policy().policy_source_arn(&trial.role).max_items(PAGE);
        let request = request
            .set_policy_input_list(Some(trial.besides.clone()).filter(|besides| !besides.is_empty()))
            .set_action_names(Some(trial.actions.iter().map(|action| (*action).to_owned()).collect()))
            .set_resource_arns(Some(trial.resources.iter().cloned().collect()))
            .set_context_entries(Some(entries.clone()).filter(|entries| !entries.is_empty()))
            .set_marker(marker);
        let page = cx.call(SIMULATE, &trial.role, request.send()).await?;
        for result in page.evaluation_results() {
            all.extend(rows(result, trial).ok_or_else(|| unreadable("a decision is of no known word"))?);
        }
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            let asked = trial.actions.len() * trial.resources.len();
            return if all.len() >= asked {
                Ok(all)
            } else {
                Err(unreadable("the answer leaves out some of the calls"))
            };
        }
    }
    Err(unreadable("the answer has more pages than there are calls"))
}

/// What a call says of itself: IAM has no type for ARNs here.
pub(crate) fn entry(key: &str, value: &str) -> ContextEntry {
    ContextEntry::builder()
        .context_key_name(key)
        .context_key_values(value)
        .context_key_type(ContextKeyTypeEnum::String)
        .build()
}

/// The verdict on each resource, and where AWS gives one for all, that on all.
fn rows(result: &EvaluationResult, trial: &Trial) -> Option<Vec<Simulated>> {
    let refused = result.organizations_decision_detail().is_some_and(|detail| !detail.allowed_by_organizations());
    let row = |resource: &str, word: &PolicyEvaluationDecisionType, missing: &[String]| {
        Some(Simulated {
            action: result.eval_action_name().to_owned(),
            resource: resource.to_owned(),
            decision: Decision::of(word)?,
            by_organization: refused,
            // AWS tells them of the single resources, or of all (API reference, `EvaluationResult`).
            missing: result.missing_context_values().iter().chain(missing).cloned().collect(),
        })
    };
    let specific = result.resource_specific_results();
    if !specific.is_empty() {
        let of = |one: &ResourceSpecificResult| {
            row(one.eval_resource_name(), one.eval_resource_decision(), one.missing_context_values())
        };
        return specific.iter().map(of).collect();
    }
    let named = result.eval_resource_name().filter(|name| trial.resources.contains(*name));
    let all: Vec<&str> = match named {
        Some(name) => vec![name],
        None => trial.resources.iter().map(String::as_str).collect(),
    };
    all.into_iter().map(|resource| row(resource, result.eval_decision(), &[])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial() -> Trial {
        let resources = ["arn:1", "arn:2"].map(str::to_owned).into();
        Trial { role: "arn:r".to_owned(), actions: vec!["bedrock:InvokeModel"], resources, ..Trial::default() }
    }

    fn result(resource: Option<&str>, specific: &[(&str, &str)]) -> EvaluationResult {
        let specific = specific.iter().map(|(name, word)| {
            let row = ResourceSpecificResult::builder().eval_resource_name(*name);
            row.eval_resource_decision((*word).into()).build().expect("it is whole")
        });
        EvaluationResult::builder()
            .eval_action_name("bedrock:InvokeModel")
            .eval_decision(PolicyEvaluationDecisionType::Allowed)
            .set_eval_resource_name(resource.map(str::to_owned))
            .set_resource_specific_results(Some(specific.collect()))
            .build()
            .expect("it is whole")
    }

    fn said(result: &EvaluationResult) -> Option<Vec<(String, Decision)>> {
        Some(rows(result, &trial())?.into_iter().map(|row| (row.resource, row.decision)).collect())
    }

    #[test]
    fn verdicts_are_those_of_single_resources_where_there_are_any() {
        let each = result(Some("*"), &[("arn:1", "explicitDeny"), ("arn:2", "implicitDeny")]);
        let want = vec![("arn:1".to_owned(), Decision::Forbidden), ("arn:2".to_owned(), Decision::Denied)];
        assert_eq!(said(&each), Some(want));
        assert_eq!(said(&result(Some("arn:2"), &[])), Some(vec![("arn:2".to_owned(), Decision::Allowed)]));
        assert_eq!(said(&result(Some("*"), &[])).map(|all| all.len()), Some(2));
        assert_eq!(said(&result(None, &[("arn:1", "perhaps")])), None, "no decision is no permission");
    }

    #[test]
    fn what_was_not_told_is_carried_for_each_resource() {
        let row =
            ResourceSpecificResult::builder().eval_resource_name("arn:1").missing_context_values("aws:SourceVpce");
        let row = row.eval_resource_decision("implicitDeny".into()).build().expect("it is whole");
        let mut all = result(None, &[("arn:2", "allowed")]);
        all.resource_specific_results.get_or_insert_default().push(row);
        let missing: Vec<_> = rows(&all, &trial()).expect("rows").into_iter().map(|row| row.missing).collect();
        assert_eq!(missing, [BTreeSet::new(), BTreeSet::from(["aws:SourceVpce".to_owned()])]);
    }
}
