//! Diagnostics for machines. Lines and columns count from 1, columns in characters, ends point behind.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};

use crate::lint::explain::{self, Explanation};
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::span::Span;
use crate::report::clean;
use crate::report::json::pretty;
use crate::report::sarif;
use crate::spec::sources::Sources;

/// A list whose items are made one by one while it is written: a large spec can have as many faults as values, and all of
/// them as trees take ten times the memory of their text.
struct Each<'a, F>(&'a Diagnostics, F);

impl<F: Fn(&Diagnostic) -> Json> Serialize for Each<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(diagnostics, item) = self;
        serializer.collect_seq(diagnostics.iter().map(item))
    }
}

/// What `validate --format json` writes, its members in the order of their names.
#[derive(Serialize)]
struct Report<D> {
    diagnostics: D,
    errors: usize,
    format_version: &'static str,
    valid: bool,
    warnings: usize,
}

pub(super) fn json(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let item = |diagnostic: &Diagnostic| item(diagnostic, sources);
    pretty(&Report {
        diagnostics: Each(diagnostics, item),
        errors: diagnostics.errors(),
        format_version: "1",
        valid: !diagnostics.has_errors(),
        warnings: diagnostics.warnings(),
    })
}

/// A diagnostic as an object.
fn item(diagnostic: &Diagnostic, sources: &Sources) -> Json {
    let Diagnostic { code, severity, message, span, label, help, related } = diagnostic;
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
}

/// What `lint --format json` writes, its members in the order of their names.
#[derive(Serialize)]
struct Linted<F, D> {
    clean: bool,
    documents: usize,
    faults: D,
    findings: F,
    format_version: &'static str,
}

pub(super) fn lint(linted: &super::Lint<'_>) -> String {
    let super::Lint { findings, faults, documents, sources } = linted;
    let finding = |diagnostic: &Diagnostic| {
        let mut item = item(diagnostic, sources);
        item["path"] = diagnostic.span.and_then(|span| findings.paths.get(&span)).map(String::as_str).into();
        if let Some(Explanation { why, instead, source }) = explain::of(diagnostic.code) {
            item["why"] = (*why).into();
            item["instead"] = (*instead).into();
            item["source"] = (*source).into();
        }
        item
    };
    pretty(&Linted {
        clean: findings.is_empty() && !faults.has_errors(),
        documents: *documents,
        faults: Each(faults, |fault: &Diagnostic| item(fault, sources)),
        findings: Each(&findings.diagnostics, finding),
        format_version: "1",
    })
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

/// Each diagnostic as a result, each code as a rule.
pub(super) fn sarif(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let codes: BTreeMap<&str, Code> = diagnostics.iter().map(|d| (d.code.id(), d.code)).collect();
    let rules: Vec<Json> = codes.values().map(|code| rule(*code)).collect();
    let result = |Diagnostic { code, severity, message, span, label: _, help, related }: &Diagnostic| {
        let text = help.as_ref().map_or_else(|| message.clone(), |help| format!("{message}\nhelp: {help}"));
        let related = related.iter().map(|(span, label)| {
            let mut location = sarif::location(*span, sources);
            location["message"] = json!({ "text": label });
            location
        });
        json!({
            "ruleId": code.id(),
            "ruleIndex": codes.keys().position(|id| *id == code.id()),
            "level": severity.as_str(),
            "message": { "text": text },
            "locations": span.iter().map(|span| sarif::location(*span, sources)).collect::<Vec<_>>(),
            "relatedLocations": related.collect::<Vec<_>>(),
        })
    };
    sarif::log(&rules, Each(diagnostics, result))
}

/// A code as a rule, explained where it is one of `lint`.
fn rule(code: Code) -> Json {
    let mut rule = json!({ "id": code.id(), "shortDescription": { "text": code.meaning() } });
    if let Some(Explanation { why, instead, source }) = explain::of(code) {
        rule["fullDescription"] = json!({ "text": why });
        rule["help"] = json!({ "text": instead });
        rule["helpUri"] = (*source).into();
    }
    rule
}
