//! The input shapes of the runtime: the service model's bounds, patterns and enums (2023-09-30).

mod conversation;

use self::conversation::{
    INFERENCE_CONFIGURATION, MESSAGE, OUTPUT_CONFIG, PERFORMANCE_CONFIGURATION, PROMPT_VARIABLE_MAP, REQUEST_METADATA,
    SERVICE_TIER, SYSTEM_CONTENT_BLOCK, TOOL_CONFIGURATION,
};
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
            optional("system", list(0, UNBOUNDED, &SYSTEM_CONTENT_BLOCK)),
            optional("inferenceConfig", INFERENCE_CONFIGURATION),
            optional("toolConfig", TOOL_CONFIGURATION),
            optional("guardrailConfig", $guardrail),
            optional("additionalModelRequestFields", Shape::Document),
            optional("promptVariables", PROMPT_VARIABLE_MAP),
            optional("additionalModelResponseFieldPaths", list(0, 10, &text(1, 256))),
            optional("requestMetadata", REQUEST_METADATA),
            optional("performanceConfig", PERFORMANCE_CONFIGURATION),
            optional("serviceTier", SERVICE_TIER),
            optional("outputConfig", OUTPUT_CONFIG),
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
            Shape::Map { key, value, .. } => [key, value].into_iter().for_each(|part| visit(part)),
            Shape::Structure(members) | Shape::Union(members) => members.iter().for_each(|member| visit(&member.shape)),
            _ => {}
        }
    }

    #[test]
    fn every_pattern_compiles() {
        for operation in crate::runtime::OPERATIONS {
            operation.input.iter().for_each(|member| visit(&member.shape));
        }
    }
}
