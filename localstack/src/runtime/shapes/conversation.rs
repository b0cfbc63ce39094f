//! What a conversation is made of: the structures of the service model, each under its name there.

use super::{ANY_TEXT, BYTES, GUARDED, LATENCY, SOME_TEXT, TIER};
use crate::shape::{Shape, UNBOUNDED, list, one_of, optional, pattern, required, text};

const S3_LOCATION: Shape = Shape::Structure(&[
    required("uri", pattern(1, 1024, r"s3://[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9](/.*)?")),
    optional("bucketOwner", pattern(0, UNBOUNDED, "[0-9]{12}")),
]);
const IMAGE_SOURCE: Shape = Shape::Union(&[optional("bytes", BYTES), optional("s3Location", S3_LOCATION)]);
const ERROR_BLOCK: Shape = Shape::Structure(&[optional("message", ANY_TEXT)]);
const IMAGE_BLOCK: Shape = Shape::Structure(&[
    required("format", one_of(&["png", "jpeg", "gif", "webp"])),
    required("source", IMAGE_SOURCE),
    optional("error", ERROR_BLOCK),
]);
const DOCUMENT_CONTENT_BLOCK: Shape = Shape::Union(&[optional("text", ANY_TEXT)]);
const DOCUMENT_SOURCE: Shape = Shape::Union(&[
    optional("bytes", BYTES),
    optional("s3Location", S3_LOCATION),
    optional("text", ANY_TEXT),
    optional("content", list(0, UNBOUNDED, &DOCUMENT_CONTENT_BLOCK)),
]);
const CITATIONS_CONFIG: Shape = Shape::Structure(&[required("enabled", Shape::Flag)]);
const DOCUMENT_BLOCK: Shape = Shape::Structure(&[
    optional("format", one_of(&["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"])),
    required("name", text(1, 200)),
    required("source", DOCUMENT_SOURCE),
    optional("context", ANY_TEXT),
    optional("citations", CITATIONS_CONFIG),
]);
const VIDEO_SOURCE: Shape = Shape::Union(&[optional("bytes", BYTES), optional("s3Location", S3_LOCATION)]);
const VIDEO_BLOCK: Shape = Shape::Structure(&[
    required("format", one_of(&["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"])),
    required("source", VIDEO_SOURCE),
]);
const AUDIO_SOURCE: Shape = Shape::Union(&[optional("bytes", BYTES), optional("s3Location", S3_LOCATION)]);
const AUDIO_BLOCK: Shape = Shape::Structure(&[
    required(
        "format",
        one_of(&[
            "mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm",
            "webm",
        ]),
    ),
    required("source", AUDIO_SOURCE),
    optional("error", ERROR_BLOCK),
]);
const TOOL_USE_BLOCK: Shape = Shape::Structure(&[
    required("toolUseId", pattern(1, 64, "[a-zA-Z0-9_.:-]+")),
    required("name", pattern(1, 64, "[a-zA-Z0-9_-]+")),
    required("input", Shape::Document),
    optional("type", one_of(&["server_tool_use"])),
]);
const SEARCH_RESULT_CONTENT_BLOCK: Shape = Shape::Structure(&[required("text", ANY_TEXT)]);
const SEARCH_RESULT_BLOCK: Shape = Shape::Structure(&[
    required("source", ANY_TEXT),
    required("title", ANY_TEXT),
    required("content", list(0, UNBOUNDED, &SEARCH_RESULT_CONTENT_BLOCK)),
    optional("citations", CITATIONS_CONFIG),
]);
const TOOL_RESULT_CONTENT_BLOCK: Shape = Shape::Union(&[
    optional("json", Shape::Document),
    optional("text", ANY_TEXT),
    optional("image", IMAGE_BLOCK),
    optional("document", DOCUMENT_BLOCK),
    optional("video", VIDEO_BLOCK),
    optional("searchResult", SEARCH_RESULT_BLOCK),
]);
const TOOL_RESULT_BLOCK: Shape = Shape::Structure(&[
    required("toolUseId", pattern(1, 64, "[a-zA-Z0-9_.:-]+")),
    required("content", list(0, UNBOUNDED, &TOOL_RESULT_CONTENT_BLOCK)),
    optional("status", one_of(&["success", "error"])),
    optional("type", ANY_TEXT),
]);
const CACHE_POINT_BLOCK: Shape =
    Shape::Structure(&[required("type", one_of(&["default"])), optional("ttl", one_of(&["5m", "1h"]))]);
const REASONING_TEXT_BLOCK: Shape = Shape::Structure(&[required("text", ANY_TEXT), optional("signature", ANY_TEXT)]);
const REASONING_CONTENT_BLOCK: Shape =
    Shape::Union(&[optional("reasoningText", REASONING_TEXT_BLOCK), optional("redactedContent", BYTES)]);
const CITATION_GENERATED_CONTENT: Shape = Shape::Union(&[optional("text", ANY_TEXT)]);
const CITATION_SOURCE_CONTENT: Shape = Shape::Union(&[optional("text", ANY_TEXT)]);
const WEB_LOCATION: Shape = Shape::Structure(&[optional("url", ANY_TEXT), optional("domain", ANY_TEXT)]);
const DOCUMENT_CHAR_LOCATION: Shape = Shape::Structure(&[
    optional("documentIndex", Shape::Integer { min: 0, max: i64::MAX }),
    optional("start", Shape::Integer { min: 0, max: i64::MAX }),
    optional("end", Shape::Integer { min: 0, max: i64::MAX }),
]);
const DOCUMENT_PAGE_LOCATION: Shape = Shape::Structure(&[
    optional("documentIndex", Shape::Integer { min: 0, max: i64::MAX }),
    optional("start", Shape::Integer { min: 0, max: i64::MAX }),
    optional("end", Shape::Integer { min: 0, max: i64::MAX }),
]);
const DOCUMENT_CHUNK_LOCATION: Shape = Shape::Structure(&[
    optional("documentIndex", Shape::Integer { min: 0, max: i64::MAX }),
    optional("start", Shape::Integer { min: 0, max: i64::MAX }),
    optional("end", Shape::Integer { min: 0, max: i64::MAX }),
]);
const SEARCH_RESULT_LOCATION: Shape = Shape::Structure(&[
    optional("searchResultIndex", Shape::Integer { min: 0, max: i64::MAX }),
    optional("start", Shape::Integer { min: 0, max: i64::MAX }),
    optional("end", Shape::Integer { min: 0, max: i64::MAX }),
]);
const CITATION_LOCATION: Shape = Shape::Union(&[
    optional("web", WEB_LOCATION),
    optional("documentChar", DOCUMENT_CHAR_LOCATION),
    optional("documentPage", DOCUMENT_PAGE_LOCATION),
    optional("documentChunk", DOCUMENT_CHUNK_LOCATION),
    optional("searchResultLocation", SEARCH_RESULT_LOCATION),
]);
const CITATION: Shape = Shape::Structure(&[
    optional("title", ANY_TEXT),
    optional("source", ANY_TEXT),
    optional("sourceContent", list(0, UNBOUNDED, &CITATION_SOURCE_CONTENT)),
    optional("location", CITATION_LOCATION),
]);
const CITATIONS_CONTENT_BLOCK: Shape = Shape::Structure(&[
    optional("content", list(0, UNBOUNDED, &CITATION_GENERATED_CONTENT)),
    optional("citations", list(0, UNBOUNDED, &CITATION)),
]);
const TOOL_REFERENCE: Shape = Shape::Structure(&[
    optional("type", text(1, 64)),
    optional("name", text(1, 128)),
    optional("serverName", text(1, 128)),
]);
const TOOL_ADDITION_BLOCK: Shape = Shape::Structure(&[required("tool", TOOL_REFERENCE)]);
const TOOL_REMOVAL_BLOCK: Shape = Shape::Structure(&[required("tool", TOOL_REFERENCE)]);
const CONTENT_BLOCK: Shape = Shape::Union(&[
    optional("text", ANY_TEXT),
    optional("image", IMAGE_BLOCK),
    optional("document", DOCUMENT_BLOCK),
    optional("video", VIDEO_BLOCK),
    optional("audio", AUDIO_BLOCK),
    optional("toolUse", TOOL_USE_BLOCK),
    optional("toolResult", TOOL_RESULT_BLOCK),
    optional("guardContent", GUARDED),
    optional("cachePoint", CACHE_POINT_BLOCK),
    optional("reasoningContent", REASONING_CONTENT_BLOCK),
    optional("citationsContent", CITATIONS_CONTENT_BLOCK),
    optional("searchResult", SEARCH_RESULT_BLOCK),
    optional("toolAddition", TOOL_ADDITION_BLOCK),
    optional("toolRemoval", TOOL_REMOVAL_BLOCK),
]);
pub(super) const MESSAGE: Shape = Shape::Structure(&[
    required("role", one_of(&["user", "assistant", "system"])),
    required("content", list(0, UNBOUNDED, &CONTENT_BLOCK)),
]);
pub(super) const SYSTEM_CONTENT_BLOCK: Shape = Shape::Union(&[
    optional("text", SOME_TEXT),
    optional("guardContent", GUARDED),
    optional("cachePoint", CACHE_POINT_BLOCK),
]);
pub(super) const INFERENCE_CONFIGURATION: Shape = Shape::Structure(&[
    optional("maxTokens", Shape::Integer { min: 1, max: i64::MAX }),
    optional("temperature", Shape::Number { min: 0.0, max: 1.0 }),
    optional("topP", Shape::Number { min: 0.0, max: 1.0 }),
    optional("stopSequences", list(0, 2500, &SOME_TEXT)),
]);
const TOOL_INPUT_SCHEMA: Shape = Shape::Union(&[optional("json", Shape::Document)]);
const TOOL_SPECIFICATION: Shape = Shape::Structure(&[
    required("name", pattern(1, 64, "[a-zA-Z0-9_-]+")),
    optional("description", SOME_TEXT),
    required("inputSchema", TOOL_INPUT_SCHEMA),
    optional("strict", Shape::Flag),
]);
const SYSTEM_TOOL: Shape = Shape::Structure(&[required("name", pattern(1, 64, "[a-zA-Z0-9_-]+"))]);
const TOOL: Shape = Shape::Union(&[
    optional("toolSpec", TOOL_SPECIFICATION),
    optional("systemTool", SYSTEM_TOOL),
    optional("cachePoint", CACHE_POINT_BLOCK),
]);
const AUTO_TOOL_CHOICE: Shape = Shape::Structure(&[]);
const ANY_TOOL_CHOICE: Shape = Shape::Structure(&[]);
const SPECIFIC_TOOL_CHOICE: Shape = Shape::Structure(&[required("name", pattern(1, 64, "[a-zA-Z0-9_-]+"))]);
const TOOL_CHOICE: Shape = Shape::Union(&[
    optional("auto", AUTO_TOOL_CHOICE),
    optional("any", ANY_TOOL_CHOICE),
    optional("tool", SPECIFIC_TOOL_CHOICE),
]);
pub(super) const TOOL_CONFIGURATION: Shape =
    Shape::Structure(&[required("tools", list(1, UNBOUNDED, &TOOL)), optional("toolChoice", TOOL_CHOICE)]);
const PROMPT_VARIABLE_VALUES: Shape = Shape::Union(&[optional("text", ANY_TEXT)]);
pub(super) const PERFORMANCE_CONFIGURATION: Shape = Shape::Structure(&[optional("latency", LATENCY)]);
pub(super) const SERVICE_TIER: Shape = Shape::Structure(&[required("type", TIER)]);
const JSON_SCHEMA_DEFINITION: Shape =
    Shape::Structure(&[required("schema", ANY_TEXT), optional("name", ANY_TEXT), optional("description", ANY_TEXT)]);
const OUTPUT_FORMAT_STRUCTURE: Shape = Shape::Union(&[optional("jsonSchema", JSON_SCHEMA_DEFINITION)]);
const OUTPUT_FORMAT: Shape =
    Shape::Structure(&[required("type", one_of(&["json_schema"])), required("structure", OUTPUT_FORMAT_STRUCTURE)]);
pub(super) const OUTPUT_CONFIG: Shape =
    Shape::Structure(&[optional("textFormat", OUTPUT_FORMAT), optional("effort", text(0, 16))]);

pub(super) const PROMPT_VARIABLE_MAP: Shape =
    Shape::Map { min: 0, max: UNBOUNDED, key: &ANY_TEXT, value: &PROMPT_VARIABLE_VALUES };
pub(super) const REQUEST_METADATA: Shape = Shape::Map {
    min: 1,
    max: 16,
    key: &pattern(1, 256, r"[a-zA-Z0-9\s:_@$#=/+,-.]{1,256}").sensitive(),
    value: &pattern(0, 256, r"[a-zA-Z0-9\s:_@$#=/+,-.]{0,256}").sensitive(),
};
