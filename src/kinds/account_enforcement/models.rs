//! The models that an enforcement names.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::codes;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::spec::codes::LETTER_CASE;
use crate::spec::decode::{Decode, Reading, Shape, literal};
use crate::spec::node::Node;

/// Stands for every model.
pub(crate) const EVERY_MODEL: &str = "ALL";

/// The pattern of both lists (botocore `bedrock` 2023-04-20, `EnforcedGuardrailModelId`).
const PATTERN: &str = "[a-z0-9-]{1,63}[.][a-z0-9-]{1,63}(?:[:][a-z0-9-]{1,63}){0,2}(?:/[a-z0-9]{12})?";

static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("^(?:{PATTERN})$")).ok());

/// The geographies that begin the ids of inference profiles.
const PROFILES: [&str; 11] = ["us.", "us-gov.", "eu.", "apac.", "ap.", "jp.", "au.", "ca.", "sa.", "me.", "global."];

fn has_form(id: &str) -> bool {
    FORM.as_ref().is_some_and(|form| form.is_match(id))
}

/// What is wrong with a model id: code, message and help.
pub(crate) fn fault(id: &str) -> Option<(Code, String, String)> {
    if has_form(id) {
        return None;
    }
    if id.eq_ignore_ascii_case(EVERY_MODEL) {
        return Some((
            LETTER_CASE,
            format!("`{id}` is not a model, though `ALL` is every one"),
            "write `ALL`".to_owned(),
        ));
    }
    let mistake = |message: String, help: String| Some((codes::MODEL_ID, message, help));
    let name = |id: &str| if has_form(id) { format!("name the model: `{id}`") } else { reach() };
    if id.starts_with("arn:") {
        let last = id.rsplit('/').next().unwrap_or_default();
        return mistake("an ARN cannot be named here, only the id of a model".to_owned(), name(last));
    }
    let profile = PROFILES.into_iter().find_map(|prefix| id.strip_prefix(prefix)).filter(|model| model.contains('.'));
    if let Some(model) = profile {
        return mistake(format!("`{id}` is an inference profile, and only models can be named"), name(model));
    }
    if id.contains(['*', '?']) {
        return mistake(
            format!("`{id}` has a wildcard, and AWS knows none here"),
            "list the models one by one".to_owned(),
        );
    }
    let lower = id.to_ascii_lowercase();
    if lower != id && has_form(&lower) {
        return mistake(format!("`{id}` has upper case, and model ids have none"), format!("write `{lower}`"));
    }
    if id.split(':').next().unwrap_or_default().matches('.').count() > 1 {
        return mistake(format!("`{id}` has a second dot, which AWS's pattern does not take"), reach());
    }
    mistake(format!("`{id}` is not the id of a model"), "an id looks like `amazon.nova-pro-v1:0`".to_owned())
}

fn reach() -> String {
    "such a model cannot be named: `included_models: [ALL]` reaches it, and nothing excludes it".to_owned()
}

fn read(node: &Node, cx: &mut Reading) -> Option<String> {
    let (text, scalar) = literal(node, "the id of a model", cx)?;
    match fault(text) {
        Some((code, message, help)) if text != EVERY_MODEL => {
            let fault = if scalar.text.is_secret() {
                Diagnostic::at(node.span, code, "this is not the id of a model")
            } else {
                Diagnostic::at(node.span, code, message).help(help)
            };
            cx.push(fault);
            None
        }
        _ => Some(text.to_owned()),
    }
}

/// A model, or `ALL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncludedModel(pub(crate) String);

/// A model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExcludedModel(pub(crate) String);

impl Decode for IncludedModel {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        read(node, cx).map(Self)
    }
}

impl Decode for ExcludedModel {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let id = read(node, cx)?;
        if id == EVERY_MODEL {
            let fault = Diagnostic::at(node.span, codes::EXCLUDED_ALL, "`ALL` cannot be excluded");
            cx.push(fault.help("where no model is to be held to a guardrail, enforce none"));
            return None;
        }
        Some(Self(id))
    }
}

macro_rules! schema {
    ($($type:ident: $docs:literal, $word:literal;)+) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let pattern = format!(r"^({}{PATTERN}|.*\$\{{.*)$", $word);
                json_schema!({ "type": "string", "description": $docs, "pattern": pattern })
            }
        }
    )+};
}

schema! {
    IncludedModel: "`ALL`, or the id of a model, such as `amazon.nova-pro-v1:0`.", "ALL|";
    ExcludedModel: "The id of a model, such as `amazon.nova-pro-v1:0`.", "";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_go_by_id() {
        for id in ["amazon.titan-embed-text-v2:0", "amazon.nova-pro-v1:0:300k", "openai.gpt-oss-120b-1:0"] {
            assert_eq!(fault(id), None, "{id}");
        }
    }

    #[test]
    fn what_cannot_be_named_is_told_why() {
        for (id, why) in [
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "inference profile"),
            ("global.anthropic.claude-opus-4-v1:0", "inference profile"),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "an ARN"),
            ("deepseek.v3.2", "second dot"),
            ("Amazon.Nova-pro-v1:0", "upper case"),
            ("amazon.*", "wildcard"),
            ("all", "`ALL` is every one"),
            ("claude", "is not the id"),
        ] {
            let (_, message, _) = fault(id).expect("a fault");
            assert!(message.contains(why), "{id}: {message}");
        }
    }
}
