//! Diagnostics for machines. Lines and columns count from 1, columns in characters, ends point behind.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::model::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::span::Span;
use crate::report::clean;
use crate::spec::sources::Sources;

pub(super) fn json(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let items: Vec<Json> = diagnostics
        .iter()
        .map(|Diagnostic { code, severity, message, span, label, help, related }| {
            let mut item = json!({
                "code": code.id(), "severity": severity.as_str(), "message": message,
                "label": label, "help": help, "file": null, "line": null, "column": null,
                "end_line": null, "end_column": null,
                "related": related.iter().map(|(span, label)| {
                    let mut place = place(*span, sources);
                    place["message"] = label.as_str().into();
                    place
                }).collect::<Vec<_>>(),
            });
            if let Some(span) = span
                && let (Json::Object(place), Some(item)) = (place(*span, sources), item.as_object_mut())
            {
                item.extend(place);
            }
            item
        })
        .collect();
    let report = json!({
        "format_version": "1",
        "valid": !diagnostics.has_errors(),
        "errors": diagnostics.errors(),
        "warnings": diagnostics.warnings(),
        "diagnostics": items,
    });
    lines(&report)
}

fn place(span: Span, sources: &Sources) -> Json {
    let (start, end) = (sources.position(span), sources.end_position(span));
    json!({
        "file": sources.name(span.source), "line": start.line, "column": start.column,
        "end_line": end.line, "end_column": end.column,
    })
}

/// Workflow commands of GitHub Actions: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.
pub(super) fn github(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let mut out = String::new();
    for Diagnostic { code, severity, message, span, label: _, help, related: _ } in diagnostics {
        let mut properties = Vec::new();
        if let Some(span) = span {
            let (start, end) = (sources.position(*span), sources.end_position(*span));
            properties.push(format!("file={}", property(sources.name(span.source))));
            properties.push(format!("line={},endLine={}", start.line, end.line));
            // Columns are only taken where they lie in one line.
            if start.line == end.line {
                properties.push(format!("col={},endColumn={}", start.column, end.column));
            }
        }
        properties.push(format!("title={}", property(code.id())));
        let text = match help {
            Some(help) => format!("{}\nhelp: {}", clean::line(message), clean::line(help)),
            None => clean::line(message),
        };
        let _ = writeln!(out, "::{} {}::{}", severity.as_str(), properties.join(","), data(&text));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&clean::line(text)).replace(':', "%3A").replace(',', "%2C")
}

/// SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
pub(super) fn sarif(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let codes: BTreeMap<&str, Code> = diagnostics.iter().map(|d| (d.code.id(), d.code)).collect();
    let rules: Vec<Json> =
        codes.values().map(|code| json!({ "id": code.id(), "shortDescription": { "text": code.meaning() } })).collect();
    let results: Vec<Json> = diagnostics
        .iter()
        .map(|Diagnostic { code, severity, message, span, label: _, help, related }| {
            let text = help.as_ref().map_or_else(|| message.clone(), |help| format!("{message}\nhelp: {help}"));
            let related: Vec<Json> = related
                .iter()
                .map(|(span, label)| {
                    let mut location = location(*span, sources);
                    location["message"] = json!({ "text": label });
                    location
                })
                .collect();
            json!({
                "ruleId": code.id(),
                "ruleIndex": codes.keys().position(|id| *id == code.id()),
                "level": match severity { Severity::Error => "error", Severity::Warning => "warning" },
                "message": { "text": text },
                "locations": span.iter().map(|span| location(*span, sources)).collect::<Vec<_>>(),
                "relatedLocations": related,
            })
        })
        .collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "bedrail", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    lines(&report)
}

fn location(span: Span, sources: &Sources) -> Json {
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

fn lines(report: &Json) -> String {
    clean::json(&format!("{report:#}\n"))
}
