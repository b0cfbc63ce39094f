//! The input shapes of the runtime: the service model's bounds, patterns and enums (2023-09-30).
//!
//! Blocks that the toy model does not read (documents, videos, audio, citations, results of searches) may hold any JSON.

use crate::shape::{Member, Shape, UNBOUNDED, header, label, list, one_of, optional, pattern, payload, required, text};

const ANY_TEXT: Shape = text(0, UNBOUNDED);
const SOME_TEXT: Shape = text(1, UNBOUNDED);
const BYTES: Shape = text(1, UNBOUNDED).sensitive();

const GUARDRAIL: Shape =
    pattern(0, 2048, "(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))");
const VERSION: Shape = pattern(0, UNBOUNDED, "(|([1-9][0-9]{0,7})|(DRAFT))");
const QUALIFIERS: Shape = list(0, UNBOUNDED, &one_of(&["grounding_source", "query", "guard_content"]));

const GUARDED_TEXT: Shape = Shape::Structure(&[required("text", ANY_TEXT), optional("qualifiers", QUALIFIERS)]);
const GUARDED_IMAGE: Shape = Shape::Structure(&[
    required("format", one_of(&["png", "jpeg"])),
    required("source", Shape::Union(&[optional("bytes", BYTES)])),
]);
/// What `ApplyGuardrail` examines, and what the blocks of a conversation mark.
const GUARDED: Shape = Shape::Union(&[optional("text", GUARDED_TEXT), optional("image", GUARDED_IMAGE)]);

pub(super) const APPLY_GUARDRAIL: &[Member] = &[
    label("guardrailIdentifier", GUARDRAIL),
    label("guardrailVersion", VERSION),
    required("source", one_of(&["INPUT", "OUTPUT"])),
    required("content", list(0, UNBOUNDED, &GUARDED)),
    optional("outputScope", one_of(&["INTERVENTIONS", "FULL"])),
];

/// The models of the two services differ in where they anchor: all of it has to match anyway.
const MODEL: Shape = pattern(
    1,
    2048,
    "(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:(([0-9]{12}:custom-model/[a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}/[a-z0-9]{12})|(:foundation-model/[a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63}))|([0-9]{12}:imported-model/[a-z0-9]{12})|([0-9]{12}:provisioned-model/[a-z0-9]{12})|([0-9]{12}:custom-model-deployment/[a-z0-9]{12})|([0-9]{12}:(inference-profile|application-inference-profile)/[a-zA-Z0-9-:.]+)))|([a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63}))|(([0-9a-zA-Z][_-]?)+)|([a-zA-Z0-9-:.]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:prompt/[0-9a-zA-Z]{10}(?::[0-9]{1,5})?)|(arn:aws:sagemaker:[a-z0-9-]+:[0-9]{12}:endpoint/[a-zA-Z0-9-]+)|(arn:aws(-[^:]+)?:bedrock:([0-9a-z-]{1,20}):([0-9]{12}):(default-)?prompt-router/[a-zA-Z0-9-:.]+)",
);

const CACHE_POINT: Shape =
    Shape::Structure(&[required("type", one_of(&["default"])), optional("ttl", one_of(&["5m", "1h"]))]);
const IMAGE: Shape = Shape::Structure(&[
    required("format", one_of(&["png", "jpeg", "gif", "webp"])),
    required("source", Shape::Union(&[optional("bytes", BYTES), optional("s3Location", Shape::Document)])),
    optional("error", Shape::Document),
]);
const TOOL_ID: Shape = pattern(1, 64, "[a-zA-Z0-9_.:-]+");
const TOOL_NAME: Shape = pattern(1, 64, "[a-zA-Z0-9_-]+");
const TOOL_USE: Shape = Shape::Structure(&[
    required("toolUseId", TOOL_ID),
    required("name", TOOL_NAME),
    required("input", Shape::Document),
    optional("type", one_of(&["server_tool_use"])),
]);
const TOOL_RESULT: Shape = Shape::Structure(&[
    required("toolUseId", TOOL_ID),
    required("content", list(0, UNBOUNDED, &Shape::Document)),
    optional("status", one_of(&["success", "error"])),
    optional("type", ANY_TEXT),
]);
const BLOCK: Shape = Shape::Union(&[
    optional("text", ANY_TEXT),
    optional("image", IMAGE),
    optional("document", Shape::Document),
    optional("video", Shape::Document),
    optional("audio", Shape::Document),
    optional("toolUse", TOOL_USE),
    optional("toolResult", TOOL_RESULT),
    optional("guardContent", GUARDED),
    optional("cachePoint", CACHE_POINT),
    optional("reasoningContent", Shape::Document),
    optional("citationsContent", Shape::Document),
    optional("searchResult", Shape::Document),
    optional("toolAddition", Shape::Document),
    optional("toolRemoval", Shape::Document),
]);
const MESSAGE: Shape = Shape::Structure(&[
    required("role", one_of(&["user", "assistant", "system"])),
    required("content", list(0, UNBOUNDED, &BLOCK)),
]);
const SYSTEM: Shape = Shape::Union(&[
    optional("text", SOME_TEXT),
    optional("guardContent", GUARDED),
    optional("cachePoint", CACHE_POINT),
]);
const INFERENCE: Shape = Shape::Structure(&[
    optional("maxTokens", Shape::Integer { min: 1, max: i64::MAX }),
    optional("temperature", Shape::Number { min: 0.0, max: 1.0 }),
    optional("topP", Shape::Number { min: 0.0, max: 1.0 }),
    optional("stopSequences", list(0, 2500, &SOME_TEXT)),
]);
const TOOLS: Shape = Shape::Structure(&[
    required("tools", list(1, UNBOUNDED, &Shape::Document)),
    optional("toolChoice", Shape::Document),
]);
const TRACE: Shape = one_of(&["enabled", "disabled", "enabled_full"]);
const LATENCY: Shape = one_of(&["standard", "optimized"]);
const TIER: Shape = one_of(&["priority", "default", "flex", "reserved"]);

const CONVERSE_GUARDRAIL: Shape = Shape::Structure(&[
    optional("guardrailIdentifier", GUARDRAIL),
    optional("guardrailVersion", VERSION),
    optional("trace", TRACE),
]);
const STREAM_GUARDRAIL: Shape = Shape::Structure(&[
    optional("guardrailIdentifier", GUARDRAIL),
    optional("guardrailVersion", VERSION),
    optional("trace", TRACE),
    optional("streamProcessingMode", one_of(&["sync", "async"])),
]);

macro_rules! converse {
    ($guardrail:expr) => {
        &[
            label("modelId", MODEL),
            optional("messages", list(0, UNBOUNDED, &MESSAGE)),
            optional("system", list(0, UNBOUNDED, &SYSTEM)),
            optional("inferenceConfig", INFERENCE),
            optional("toolConfig", TOOLS),
            optional("guardrailConfig", $guardrail),
            optional("additionalModelRequestFields", Shape::Document),
            optional("promptVariables", Shape::Document),
            optional("additionalModelResponseFieldPaths", list(0, 10, &text(1, 256))),
            optional("requestMetadata", Shape::Document),
            optional("performanceConfig", Shape::Structure(&[optional("latency", LATENCY)])),
            optional("serviceTier", Shape::Structure(&[required("type", TIER)])),
            optional("outputConfig", Shape::Document),
        ]
    };
}

pub(super) const CONVERSE: &[Member] = converse!(CONVERSE_GUARDRAIL);
pub(super) const CONVERSE_STREAM: &[Member] = converse!(STREAM_GUARDRAIL);

macro_rules! invoke {
    ($accept:literal) => {
        &[
            label("modelId", MODEL),
            payload("body"),
            header("contentType", "content-type", ANY_TEXT),
            header("accept", $accept, ANY_TEXT),
            header("trace", "x-amzn-bedrock-trace", one_of(&["ENABLED", "DISABLED", "ENABLED_FULL"])),
            header("guardrailIdentifier", "x-amzn-bedrock-guardrailidentifier", GUARDRAIL),
            header("guardrailVersion", "x-amzn-bedrock-guardrailversion", VERSION),
            header("performanceConfigLatency", "x-amzn-bedrock-performanceconfig-latency", LATENCY),
            header("serviceTier", "x-amzn-bedrock-service-tier", TIER),
            header("requestMetadata", "x-amzn-bedrock-request-metadata", text(0, 8500).sensitive()),
        ]
    };
}

pub(super) const INVOKE_MODEL: &[Member] = invoke!("accept");
pub(super) const INVOKE_MODEL_STREAM: &[Member] = invoke!("x-amzn-bedrock-accept");

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(shape: &Shape) {
        match shape {
            Shape::Text { pattern: Some(pattern), .. } => {
                regex_lite::Regex::new(&format!("^(?:{pattern})$")).expect(pattern);
            }
            Shape::List { item, .. } => visit(item),
            Shape::Structure(members) | Shape::Union(members) => members.iter().for_each(|member| visit(&member.shape)),
            _ => {}
        }
    }

    #[test]
    fn every_pattern_compiles() {
        for operation in super::super::OPERATIONS {
            operation.input.iter().for_each(|member| visit(&member.shape));
        }
    }
}
