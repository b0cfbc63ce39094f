//! What was written is tried: whether IAM itself says that no model is called without a guardrail, that one is with it, and
//! none with another. IAM spreads changes with a delay, so each answer is waited for.

use std::collections::BTreeSet;

use aws_sdk_iam::types::ContextEntry;

use super::{default_document, get};
use crate::aws::{ApplyError, AwsError, Decision, ReadCx, Trial as Simulation, WriteCx, arn_of_role, entry, simulate};
use crate::kinds::iam_policy::document::{GUARDRAIL, INVOKE, statements};
use crate::kinds::iam_policy::template::{WITH_GUARDRAIL, WITHOUT_GUARDRAIL};
use crate::model::{Document, RemoteId, Scope, items, wildcard};

const SIMULATE: &str = "iam:SimulateCustomPolicy";

/// A model call to try.
struct Trial {
    /// In the words of the policy.
    what: String,
    /// The calls: one of them must end as it must.
    calls: Vec<Call>,
    allowed: bool,
}

/// A call of a model, and the guardrail or version that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Call {
    guardrail: Option<String>,
    model: String,
}

impl Call {
    /// Where it is made: in the Region of the model.
    fn region(&self) -> &str {
        self.model.split(':').nth(3).unwrap_or_default()
    }
}

/// What IAM says to a call: its decision on each way to make it, and the condition keys that it was not told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Said {
    decisions: Vec<Decision>,
    missing: BTreeSet<String>,
}

/// The calls to try under a policy that requires a guardrail; none for any other.
fn trials(document: &Document) -> Vec<Trial> {
    let text = |statement: &Document, key: &str| statement.get(key).and_then(Document::as_text).map(str::to_owned);
    let named = |sid: &str| statements(document).iter().find(|one| text(one, "Sid").as_deref() == Some(sid));
    let (Some(with), Some(without)) = (named(WITH_GUARDRAIL), named(WITHOUT_GUARDRAIL)) else { return Vec::new() };
    let Some(Document::Map(operators)) = with.get("Condition") else { return Vec::new() };
    let Some((operator, keys)) = operators.first_key_value() else { return Vec::new() };
    let texts = |document: Option<&Document>| -> Vec<String> {
        items(document).iter().filter_map(Document::as_text).map(str::to_owned).collect()
    };
    // A model that is excepted may be called without.
    let excepted = texts(without.get("NotResource"));
    let bound = |arn: &String| !excepted.iter().any(|pattern| wildcard(pattern.as_bytes(), arn.as_bytes()));
    let values = texts(keys.get(GUARDRAIL));
    let models: Vec<String> = texts(with.get("Resource")).into_iter().filter(bound).collect();
    let (Some(value), Some(model)) = (values.first(), models.first()) else { return Vec::new() };
    let any = operator == "Null";
    // A guardrail's id has letters, so this one is nobody's.
    let other = |of: &str| format!("{}:guardrail/000000000000:1", of.split(":guardrail/").next().unwrap_or(of));
    let partition = model.split(':').nth(1).unwrap_or("aws");
    let example = format!("arn:{partition}:bedrock:us-east-1:000000000000");
    let right: Vec<String> =
        if any { vec![other(&example)] } else { values.iter().map(|value| value.replace('*', "1")).collect() };
    let shown = match values.as_slice() {
        _ if any => "a guardrail".to_owned(),
        [one] => one.clone(),
        [one, more @ ..] => format!("{one}, and with any of the {} others that it names", more.len()),
        [] => return Vec::new(),
    };
    let called = if model.contains('*') { "a model".to_owned() } else { model.clone() };
    let call = |guardrail: Option<String>, model: &str| {
        let region = guardrail.as_deref().and_then(|guardrail| guardrail.split(':').nth(3)).unwrap_or("us-east-1");
        Call { model: filled(model, region), guardrail }
    };
    let trial =
        |how: String, calls: Vec<Call>, allowed| Trial { what: format!("a call of {called} {how}"), calls, allowed };
    let one = |guardrail: Option<String>| vec![call(guardrail, model)];
    let another = other(&value.replace('*', "1"));
    // A guardrail is named in calls of its own Region. One Region is enough: others may deny the calls of the rest.
    let right = right.iter().flat_map(|guardrail| models.iter().map(|model| call(Some(guardrail.clone()), model)));
    let is_of_region = |call: &Call| {
        let region = call.guardrail.as_deref().and_then(|guardrail| guardrail.split(':').nth(3));
        any || region.is_none_or(|region| region == call.region())
    };
    let mut seen = BTreeSet::new();
    let right: Vec<Call> = right
        .filter(is_of_region)
        .filter(|call| seen.insert((call.region().to_owned(), call.guardrail.clone())))
        .collect();
    let right = if right.is_empty() { one(Some(value.replace('*', "1"))) } else { right };
    let mut all = vec![
        trial("without a guardrail".to_owned(), one(None), false),
        trial("with an empty guardrail".to_owned(), one(Some(String::new())), false),
        trial(format!("with {shown}"), right, true),
    ];
    if !any {
        all.push(trial("with another guardrail".to_owned(), one(Some(another)), false));
    }
    all
}

/// A model that a pattern means; where that leaves the Region open, one of this Region. What else it stands for does not matter to it.
fn filled(pattern: &str, region: &str) -> String {
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let &[arn, partition, service, in_region, account, resource] = parts.as_slice() else {
        return pattern.replace('*', "x");
    };
    let region = if in_region.contains('*') { region } else { in_region };
    format!("{arn}:{partition}:{service}:{region}:{account}:{resource}").replace('*', "x")
}

/// Tries the policy as IAM has stored it, if it requires a guardrail.
///
/// # Errors
/// What IAM says instead, or a call that failed.
pub(super) async fn document(
    cx: &WriteCx<'_>,
    scope: &Scope,
    id: &RemoteId,
    want: &Document,
) -> Result<(), ApplyError> {
    if !crate::kinds::iam_policy::meaning::guards(want) {
        return Ok(());
    }
    let mut pace = cx.run.wait.pace(id.as_str());
    loop {
        let tried = async {
            let policy = get(&cx.read, scope, id.as_str()).await?;
            let stored = default_document(&cx.read, scope, id.as_str(), &policy).await?;
            let text = serde_json::to_string(&stored).unwrap_or_default();
            for trial in trials(&stored) {
                let simulated = |call: Call| {
                    let request = cx.read.clients.iam(scope).simulate_custom_policy().policy_input_list(text.as_str());
                    let request = request
                        .set_action_names(Some(INVOKE.map(str::to_owned).to_vec()))
                        .resource_arns(&call.model)
                        .set_context_entries(context(call.guardrail));
                    async move {
                        let answer = cx.read.call(SIMULATE, id.as_str(), request.send()).await?;
                        let decisions = answer.evaluation_results().iter().map(|one| Decision::of(one.eval_decision()));
                        let unknown = || AwsError::unreadable(SIMULATE, id.as_str(), "a decision is of no known word");
                        let decisions = decisions.collect::<Option<Vec<_>>>().ok_or_else(unknown)?;
                        Ok(Said { decisions, missing: BTreeSet::new() })
                    }
                };
                trial.judge(id.as_str(), simulated).await?;
            }
            Ok(())
        };
        match tried.await {
            Err(error) if may_pass(&error) && pace.rest(cx.run.wait.deadlines.conflict).await => {}
            result => return result,
        }
    }
}

/// Tries the role to which a policy that requires a guardrail is about to be attached: with everything else that it has. A
/// role that would be locked out so never is, and the next apply tries again. What hangs on keys that a simulation is not told is no
/// proof that it would be.
///
/// # Errors
/// What IAM says instead, or a call that failed.
pub(crate) async fn role(cx: &WriteCx<'_>, scope: &Scope, policy: &RemoteId, role: &str) -> Result<(), ApplyError> {
    let mut pace = cx.run.wait.pace(role);
    loop {
        match once(&cx.read, scope, policy, role).await {
            Err(error) if may_pass(&error) && pace.rest(cx.run.wait.deadlines.conflict).await => {}
            result => return result,
        }
    }
}

async fn once(cx: &ReadCx<'_>, scope: &Scope, policy: &RemoteId, role: &str) -> Result<(), ApplyError> {
    let arn = arn_of_role(cx, scope, role).await?;
    let written = get(cx, scope, policy.as_str()).await?;
    let stored = default_document(cx, scope, policy.as_str(), &written).await?;
    let text = serde_json::to_string(&stored).unwrap_or_default();
    for trial in &trials(&stored) {
        let simulated = |call: Call| {
            let mut keys = vec![
                ("aws:PrincipalArn", arn.clone()),
                ("aws:PrincipalAccount", scope.account.to_string()),
                ("aws:RequestedRegion", call.region().to_owned()),
            ];
            keys.extend(call.guardrail.map(|guardrail| (GUARDRAIL, guardrail)));
            let simulation = Simulation {
                role: arn.clone(),
                actions: INVOKE.to_vec(),
                resources: [call.model].into(),
                keys,
                besides: vec![text.clone()],
            };
            async move {
                let found = simulate(cx, scope, &simulation).await?;
                // That a call names no guardrail is told, by there being none.
                let missing = found.iter().flat_map(|one| &one.missing);
                let missing = missing.filter(|key| !key.eq_ignore_ascii_case(GUARDRAIL)).cloned().collect();
                Ok(Said { decisions: found.into_iter().map(|one| one.decision).collect(), missing })
            }
        };
        trial.judge(&arn, simulated).await?;
    }
    Ok(())
}

/// Whether IAM may say otherwise when the change has spread.
fn may_pass(error: &ApplyError) -> bool {
    match error {
        ApplyError::Unproven { .. } => true,
        ApplyError::Aws(error) => error.class == crate::aws::Class::NotFound,
        _ => false,
    }
}

/// What a call that names this guardrail says of it. Without one the key is absent, which is not the same as empty.
fn context(guardrail: Option<String>) -> Option<Vec<ContextEntry>> {
    Some(vec![entry(GUARDRAIL, &guardrail?)])
}

impl Trial {
    /// Makes the calls until one is as it must be. One that nothing allows by what was told may be allowed by what was not.
    async fn judge<F>(&self, object: &str, simulated: impl Fn(Call) -> F) -> Result<(), ApplyError>
    where
        F: Future<Output = Result<Said, AwsError>>,
    {
        let mut found = "not said to be anything".to_owned();
        for call in &self.calls {
            let Said { decisions, missing } = simulated(call.clone()).await?;
            let wrong = decisions.iter().find(|one| (**one == Decision::Allowed) != self.allowed);
            if let (None, false) = (wrong, decisions.is_empty()) {
                return Ok(());
            }
            // What a statement denies stays denied as far as anybody can tell, whatever keys other statements ask for.
            let is_open = !missing.is_empty() && !decisions.contains(&Decision::Forbidden);
            if self.allowed && is_open {
                return Ok(());
            }
            if let Some(wrong) = wrong {
                wrong.word().clone_into(&mut found);
            }
        }
        let wanted = if self.allowed { "allowed" } else { "denied" };
        Err(ApplyError::Unproven { object: object.to_owned(), simulated: self.what.clone(), found, wanted })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_that_must_be_allowed_is_tried_in_each_region() {
        let versions = ["us-east-1", "eu-west-1"].map(|region| format!("arn:aws:bedrock:{region}:1:guardrail/a:2"));
        let models = ["us-east-1", "eu-west-1"].map(|region| format!("arn:aws:bedrock:{region}::foundation-model/m"));
        let document = |models: serde_json::Value| {
            Document::from(json!({"Statement": [
                {"Sid": WITH_GUARDRAIL, "Effect": "Allow", "Resource": models, "Condition": {"StringEquals": {GUARDRAIL: versions}}},
                {"Sid": WITHOUT_GUARDRAIL, "Effect": "Deny", "Resource": "*"},
            ]}))
        };
        let calls = |models: serde_json::Value| -> Vec<(String, String)> {
            let all = trials(&document(models));
            let allowed = all.iter().find(|trial| trial.allowed).expect("one that is allowed");
            let call = |call: &Call| (call.region().to_owned(), call.guardrail.clone().unwrap_or_default());
            allowed.calls.iter().map(call).collect()
        };
        let mut each = calls(json!(models));
        each.sort();
        let want = versions
            .iter()
            .rev()
            .map(|version| (version.split(':').nth(3).unwrap_or_default().to_owned(), version.clone()));
        let want: Vec<(String, String)> = want.collect();
        assert_eq!(each, want);
        let mut open = calls(json!("arn:aws:bedrock:*::foundation-model/*"));
        open.sort();
        assert_eq!(open, want, "a pattern means the Region of the guardrail");
    }
}
