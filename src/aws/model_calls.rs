//! Model calls as applications make them, and which guardrails their answers say were applied: the only positive proof that one is
//! enforced (Bedrock user guide, "guardrails-enforcements"). A converse tells it in its trace, an invocation in its body.

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, ConverseStreamOutput, GuardrailAssessment, GuardrailConfiguration,
    GuardrailContentBlock, GuardrailContentSource, GuardrailStreamConfiguration, GuardrailTextBlock, GuardrailTrace,
    GuardrailTraceAssessment, InferenceConfiguration, Message, ResponseStream, Trace,
};
use serde_json::Value;

use super::call::ReadCx;
use super::clients::{Acting, Clients};
use super::error::{AwsError, chain};
use crate::kinds::guardrail_version::aws::split;
use crate::model::{AccountId, RemoteId, Scope};
use crate::permissions::session;

const APPLY: &str = "bedrock:ApplyGuardrail";
/// How long an answer may get, in tokens: nobody reads it.
const TOKENS: i32 = 16;

crate::model::words! {
    /// How a model is called.
    Api {
        Converse = "Converse",
        ConverseStream = "ConverseStream",
        InvokeModel = "InvokeModel",
        InvokeModelWithResponseStream = "InvokeModelWithResponseStream",
    }
}

impl Api {
    const fn operation(self) -> &'static str {
        match self {
            Self::Converse => "bedrock:Converse",
            Self::ConverseStream => "bedrock:ConverseStream",
            Self::InvokeModel => "bedrock:InvokeModel",
            Self::InvokeModelWithResponseStream => "bedrock:InvokeModelWithResponseStream",
        }
    }
}

/// A call to make.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// How.
    pub api: Api,
    /// A model's id, an inference profile's, or an ARN.
    pub model: &'a str,
    /// What is said.
    pub prompt: &'a str,
    /// The body of an invocation, in the model's own form; a converse has none.
    pub body: &'a [u8],
    /// The version of a guardrail that the call names.
    pub guardrail: Option<&'a RemoteId>,
}

/// A guardrail that an answer says was applied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Applied {
    /// `ARN:number`
    pub version: String,
    /// Why it was, in AWS's words: `REQUEST`, `ACCOUNT_ENFORCED`, `ORGANIZATION_ENFORCED`.
    pub origins: BTreeSet<String>,
}

/// What an answer tells of guardrails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traced {
    /// What was applied to what was said.
    pub input: BTreeSet<Applied>,
    /// What was applied to what the model answered; nothing where it never did.
    pub output: BTreeSet<Applied>,
    /// Whether a guardrail blocked or masked something.
    pub intervened: bool,
}

/// Somebody who calls models.
#[derive(Clone, Debug)]
pub struct Invoker(SdkConfig);

impl Invoker {
    /// Whoever calls models in `account`, in a session that may do nothing but that.
    ///
    /// # Errors
    /// Nothing leads there, or AWS refuses the role.
    pub async fn open(clients: &Clients, account: &AccountId, acting: Acting<'_>) -> Result<Self, AwsError> {
        clients.settings(account, acting, session::calling_models()).await.map(Self)
    }

    /// Calls a model.
    ///
    /// # Errors
    /// The failure of the call, or of its stream.
    pub async fn call(&self, cx: &ReadCx<'_>, scope: &Scope, ask: &Ask<'_>) -> Result<Traced, AwsError> {
        let Some(region) = &scope.region else {
            return Err(AwsError::unreadable(ask.api.operation(), ask.model, "a model is called in a Region"));
        };
        let runtime = Clients::runtime_as(&self.0, region);
        // Each of these is a large future.
        match ask.api {
            Api::Converse => Box::pin(converse(cx, &runtime, ask)).await,
            Api::ConverseStream => Box::pin(converse_stream(cx, &runtime, ask)).await,
            Api::InvokeModel => Box::pin(invoke(cx, &runtime, ask)).await,
            Api::InvokeModelWithResponseStream => Box::pin(invoke_stream(cx, &runtime, ask)).await,
        }
    }
}

/// Applies a version of a guardrail to a text that means no harm, as whoever reads in the account of `scope`.
///
/// # Errors
/// The failure of the call; what the guardrail makes of the text is no matter.
pub async fn apply_guardrail(cx: &ReadCx<'_>, scope: &Scope, version: &RemoteId, text: &str) -> Result<(), AwsError> {
    cx.clients.enter(scope).await?;
    let (arn, number) = split(version)?;
    let block = GuardrailTextBlock::builder().text(text).build().expect("a text is set");
    let request = cx.clients.runtime(scope).apply_guardrail().guardrail_identifier(arn).guardrail_version(number);
    let request = request.source(GuardrailContentSource::Input).content(GuardrailContentBlock::Text(block));
    cx.call(APPLY, version.as_str(), request.send()).await.map(|_| ())
}

type Runtime = aws_sdk_bedrockruntime::Client;

fn message(ask: &Ask<'_>) -> Message {
    let message = Message::builder().role(ConversationRole::User).content(ContentBlock::Text(ask.prompt.to_owned()));
    message.build().expect("role and content are set")
}

fn brief() -> InferenceConfiguration {
    InferenceConfiguration::builder().max_tokens(TOKENS).build()
}

/// The identifier and the number of the guardrail that is named; both are empty where none is: the SDK sends them in any case, and
/// the patterns of both admit it (botocore model `bedrock-runtime` 2023-09-30). That it means none is inferred.
fn named<'a>(ask: &Ask<'a>) -> Result<(&'a str, &'a str), AwsError> {
    ask.guardrail.map_or(Ok(("", "")), split)
}

async fn converse(cx: &ReadCx<'_>, runtime: &Runtime, ask: &Ask<'_>) -> Result<Traced, AwsError> {
    let (identifier, version) = named(ask)?;
    let config = GuardrailConfiguration::builder().trace(GuardrailTrace::Enabled);
    let config = config.guardrail_identifier(identifier).guardrail_version(version).build();
    let request = runtime.converse().model_id(ask.model).messages(message(ask)).inference_config(brief());
    let answer = cx.call(ask.api.operation(), ask.model, request.guardrail_config(config).send()).await?;
    let trace = answer.trace().and_then(|trace| trace.guardrail());
    let intervened = answer.stop_reason().as_str() == "guardrail_intervened";
    Ok(Traced { intervened, ..trace.map(of_trace).unwrap_or_default() })
}

async fn converse_stream(cx: &ReadCx<'_>, runtime: &Runtime, ask: &Ask<'_>) -> Result<Traced, AwsError> {
    let (identifier, version) = named(ask)?;
    let config = GuardrailStreamConfiguration::builder().trace(GuardrailTrace::Enabled);
    let config = config.guardrail_identifier(identifier).guardrail_version(version).build();
    let request = runtime.converse_stream().model_id(ask.model).messages(message(ask)).inference_config(brief());
    let answer = cx.call(ask.api.operation(), ask.model, request.guardrail_config(config).send()).await?;
    let (mut events, mut found, mut intervened) = (answer.stream, Traced::default(), false);
    while let Some(event) = events.recv().await.map_err(|error| broken(ask, &chain(&error)))? {
        match event {
            ConverseStreamOutput::MessageStop(stop) => {
                intervened = stop.stop_reason().as_str() == "guardrail_intervened";
            }
            ConverseStreamOutput::Metadata(metadata) => {
                let trace = metadata.trace().and_then(|trace| trace.guardrail());
                found = trace.map(of_trace).unwrap_or_default();
            }
            _ => {}
        }
    }
    Ok(Traced { intervened, ..found })
}

async fn invoke(cx: &ReadCx<'_>, runtime: &Runtime, ask: &Ask<'_>) -> Result<Traced, AwsError> {
    let named = ask.guardrail.map(split).transpose()?;
    let request = runtime.invoke_model().model_id(ask.model).body(Blob::new(ask.body)).content_type("application/json");
    let request = request
        .set_guardrail_identifier(named.map(|(identifier, _)| identifier.to_owned()))
        .set_guardrail_version(named.map(|(_, version)| version.to_owned()));
    let answer = cx.call(ask.api.operation(), ask.model, request.trace(Trace::Enabled).send()).await?;
    let body: Value =
        serde_json::from_slice(answer.body().as_ref()).map_err(|error| broken(ask, &error.to_string()))?;
    Ok(of_body(&body))
}

async fn invoke_stream(cx: &ReadCx<'_>, runtime: &Runtime, ask: &Ask<'_>) -> Result<Traced, AwsError> {
    let named = ask.guardrail.map(split).transpose()?;
    let request = runtime.invoke_model_with_response_stream().model_id(ask.model);
    let request = request
        .body(Blob::new(ask.body))
        .content_type("application/json")
        .set_guardrail_identifier(named.map(|(identifier, _)| identifier.to_owned()))
        .set_guardrail_version(named.map(|(_, version)| version.to_owned()));
    let answer = cx.call(ask.api.operation(), ask.model, request.trace(Trace::Enabled).send()).await?;
    let (mut events, mut found) = (answer.body, Traced::default());
    while let Some(event) = events.recv().await.map_err(|error| broken(ask, &chain(&error)))? {
        let ResponseStream::Chunk(chunk) = event else { continue };
        // Which chunk carries the trace differs from model to model.
        let bytes = chunk.bytes().map(Blob::as_ref).unwrap_or_default();
        let Ok(part) = serde_json::from_slice::<Value>(bytes) else { continue };
        let Traced { input, output, intervened } = of_body(&part);
        found.input.extend(input);
        found.output.extend(output);
        found.intervened |= intervened;
    }
    Ok(found)
}

fn broken(ask: &Ask<'_>, why: &str) -> AwsError {
    AwsError::unreadable(ask.api.operation(), ask.model, format!("the answer cannot be read: {why}"))
}

fn of_trace(trace: &GuardrailTraceAssessment) -> Traced {
    let input = trace.input_assessment().into_iter().flatten().filter_map(|(_, one)| of_assessment(one));
    let output = trace.output_assessments().into_iter().flatten().flat_map(|(_, all)| all);
    Traced { input: input.collect(), output: output.filter_map(of_assessment).collect(), intervened: false }
}

fn of_assessment(assessment: &GuardrailAssessment) -> Option<Applied> {
    let details = assessment.applied_guardrail_details()?;
    let origins = details.guardrail_origin().iter().map(|origin| origin.as_str().to_owned());
    Some(Applied {
        version: format!("{}:{}", details.guardrail_arn()?, details.guardrail_version()?),
        origins: origins.collect(),
    })
}

/// What stands in the body of an invocation, or in a part of one.
fn of_body(body: &Value) -> Traced {
    let trace = &body["amazon-bedrock-trace"]["guardrail"];
    let applied = |assessments: &Value| -> BTreeSet<Applied> {
        let all = assessments.as_object().into_iter().flat_map(|all| all.values());
        // One guardrail may be told of once or in a list.
        let all = all.flat_map(|one| one.as_array().map_or_else(|| std::slice::from_ref(one), Vec::as_slice));
        all.filter_map(of_json).collect()
    };
    let output = trace["outputs"].as_array().into_iter().flatten().flat_map(applied);
    let action = &body["amazon-bedrock-guardrailAction"];
    Traced { input: applied(&trace["input"]), output: output.collect(), intervened: action == "INTERVENED" }
}

fn of_json(assessment: &Value) -> Option<Applied> {
    let details = &assessment["appliedGuardrailDetails"];
    let origins = details["guardrailOrigin"].as_array().into_iter().flatten();
    Some(Applied {
        version: format!("{}:{}", details["guardrailArn"].as_str()?, details["guardrailVersion"].as_str()?),
        origins: origins.filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_tells_what_was_applied_to_both_sides() {
        let details = |origin: &str| json!({"appliedGuardrailDetails": {"guardrailArn": "arn:g", "guardrailVersion": "2", "guardrailOrigin": [origin]}});
        let body = json!({"amazon-bedrock-guardrailAction": "INTERVENED", "amazon-bedrock-trace": {"guardrail": {
            "input": {"g": details("REQUEST")},
            "outputs": [{"g": [details("ACCOUNT_ENFORCED")]}, {"h": {"wordPolicy": {}}}],
        }}});
        let applied = |origin: &str| {
            BTreeSet::from([Applied { version: "arn:g:2".to_owned(), origins: BTreeSet::from([origin.to_owned()]) }])
        };
        let want = Traced { input: applied("REQUEST"), output: applied("ACCOUNT_ENFORCED"), intervened: true };
        assert_eq!(of_body(&body), want);
        assert_eq!(of_body(&json!({"completion": "Paris"})), Traced::default());
    }
}
