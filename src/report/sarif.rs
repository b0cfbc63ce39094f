//! What every report in SARIF 2.1.0 has in common: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::json::pretty;
use crate::model::span::Span;
use crate::spec::sources::Sources;

/// A log, its members in the order of their names.
#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [Run<R>; 1],
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R> {
    column_kind: &'static str,
    results: R,
    tool: Json,
}

/// A log of one run with these rules and results.
pub(super) fn log<R: Serialize>(rules: &[Json], results: R) -> String {
    pretty(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        runs: [Run {
            column_kind: "unicodeCodePoints",
            results,
            tool: json!({ "driver": { "name": "bedrail", "version": env!("CARGO_PKG_VERSION"), "rules": rules } }),
        }],
        version: "2.1.0",
    })
}

/// A place in a text.
pub(super) fn location(span: Span, sources: &Sources) -> Json {
    let (start, end) = (sources.position(span), sources.end_position(span));
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(sources.name(span.source)) },
        "region": {
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
        },
    } })
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
