//! What was written is tried: whether IAM itself says that no model is called without a guardrail, that one is with it, and
//! none with another. IAM spreads changes with a delay, so each answer is waited for.

use aws_sdk_iam::types::ContextEntry;

use super::{default_document, get};
use crate::aws::{ApplyError, AwsError, Decision, ReadCx, Trial as Simulation, WriteCx, entry, simulate};
use crate::kinds::iam_policy::document::{GUARDRAIL, INVOKE, statements};
use crate::kinds::iam_policy::template::{WITH_GUARDRAIL, WITHOUT_GUARDRAIL};
use crate::model::{Document, RemoteId, Scope, items, wildcard};

const SIMULATE: &str = "iam:SimulateCustomPolicy";
const GET_ROLE: &str = "iam:GetRole";

/// A model call to try.
struct Trial {
    /// In the words of the policy.
    what: String,
    /// The guardrails and versions that it may name: one of them must do.
    guardrails: Vec<Option<String>>,
    /// The model.
    model: String,
    allowed: bool,
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
    let (Some(value), Some(model)) = (values.first(), texts(with.get("Resource")).into_iter().find(bound)) else {
        return Vec::new();
    };
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
    // What a pattern stands for does not matter to it.
    let model = model.replace('*', "x");
    let trial = |how: String, guardrails: Vec<Option<String>>, allowed| Trial {
        what: format!("a call of {called} {how}"),
        guardrails,
        model: model.clone(),
        allowed,
    };
    let another = other(&value.replace('*', "1"));
    let mut all = vec![
        trial("without a guardrail".to_owned(), vec![None], false),
        trial("with an empty guardrail".to_owned(), vec![Some(String::new())], false),
        trial(format!("with {shown}"), right.into_iter().map(Some).collect(), true),
    ];
    if !any {
        all.push(trial("with another guardrail".to_owned(), vec![Some(another)], false));
    }
    all
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
                let simulated = |guardrail: Option<String>| {
                    let request = cx.read.clients.iam(scope).simulate_custom_policy().policy_input_list(text.as_str());
                    let request = request
                        .set_action_names(Some(INVOKE.map(str::to_owned).to_vec()))
                        .resource_arns(&trial.model)
                        .set_context_entries(context(guardrail));
                    async move {
                        let answer = cx.read.call(SIMULATE, id.as_str(), request.send()).await?;
                        let decisions = answer.evaluation_results().iter().map(|one| Decision::of(one.eval_decision()));
                        let unknown = || AwsError::unreadable(SIMULATE, id.as_str(), "a decision is of no known word");
                        decisions.collect::<Option<Vec<_>>>().ok_or_else(unknown)
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
/// role that would be locked out so never is, and the next apply tries again.
///
/// # Errors
/// What IAM says instead, or a call that failed.
pub(crate) async fn role(cx: &WriteCx<'_>, scope: &Scope, policy: &RemoteId, role: &str) -> Result<(), ApplyError> {
    let mut pace = cx.run.wait.pace(role);
    loop {
        match once(&cx.read, scope, policy, role).await {
            Err(error) if may_pass(&error) && pace.rest(cx.run.wait.deadlines.conflict).await => {}
            result => return result.map(|_| ()),
        }
    }
}

/// Tries a role with a policy that requires a guardrail and everything else that it has, as IAM has them now. Tells whether there
/// was anything to try: it is known of the templates' statements alone.
///
/// # Errors
/// What IAM says instead, or a call that failed.
pub(crate) async fn once(cx: &ReadCx<'_>, scope: &Scope, policy: &RemoteId, role: &str) -> Result<bool, ApplyError> {
    cx.clients.enter(scope).await?;
    let found = cx.call(GET_ROLE, role, cx.clients.iam(scope).get_role().role_name(role).send()).await?;
    let arn = found.role().map(|role| role.arn().to_owned()).filter(|arn| !arn.is_empty());
    let arn = arn.ok_or_else(|| AwsError::unreadable(GET_ROLE, role, "the answer has no ARN"))?;
    let written = get(cx, scope, policy.as_str()).await?;
    let stored = default_document(cx, scope, policy.as_str(), &written).await?;
    let text = serde_json::to_string(&stored).unwrap_or_default();
    let trials = trials(&stored);
    for trial in &trials {
        let simulated = |guardrail: Option<String>| {
            let simulation = Simulation {
                role: arn.clone(),
                actions: INVOKE.to_vec(),
                resources: [trial.model.clone()].into(),
                keys: guardrail.into_iter().map(|guardrail| (GUARDRAIL, guardrail)).collect(),
                besides: vec![text.clone()],
            };
            async move {
                let found = simulate(cx, scope, &simulation).await?;
                Ok(found.into_iter().map(|one| one.decision).collect())
            }
        };
        trial.judge(&arn, simulated).await?;
    }
    Ok(!trials.is_empty())
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
    /// Makes the calls until one is as it must be.
    async fn judge<F>(&self, object: &str, simulated: impl Fn(Option<String>) -> F) -> Result<(), ApplyError>
    where
        F: Future<Output = Result<Vec<Decision>, AwsError>>,
    {
        let mut found = "not said to be anything".to_owned();
        for guardrail in &self.guardrails {
            let decisions = simulated(guardrail.clone()).await?;
            let wrong = decisions.iter().find(|one| (**one == Decision::Allowed) != self.allowed);
            if let (None, false) = (wrong, decisions.is_empty()) {
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
