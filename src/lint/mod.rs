//! Bad practice in policies, guardrails and specs, found without asking AWS.
//!
//! A document is told by what it says ([`Kind`]); the rules on it stand in one module for each kind of document. What is
//! found has a [code](codes), a place, and advice; why it matters is told by [`explain`], once for each code.

mod bedrock_policy;
pub mod codes;
mod document;
pub mod explain;
mod finding;
mod glob;
mod guardrail;
mod members;
mod models;
mod policy;
mod resource_policy;
mod said;
mod spec;

pub use document::Kind;
pub use finding::Findings;
pub use spec::spec;

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::SourceId;
use crate::spec::codes::EMPTY;
use crate::spec::node::Node;
use crate::spec::yaml;

/// What is found in the documents of a text, JSON or YAML, within the limits of a spec: in one, or in each of a list or of a
/// template of `CloudFormation`. `given` is what each is, where their text is not to be asked. Says what each was taken for.
///
/// # Errors
/// What is wrong with a text that cannot be read, or that is no document that is known.
pub fn document(source: SourceId, text: &str, given: Option<Kind>) -> Result<(Vec<Kind>, Findings), Diagnostics> {
    let root = parse(source, text)?;
    let members = members::of(&root);
    if members.is_empty() {
        let message = "this template holds no document that lint knows";
        let help = "known are policies of IAM and Organizations, of VPC endpoints and keys, and guardrails";
        return Err(Diagnostic::at(root.span.at_start(), codes::UNKNOWN_DOCUMENT, message).help(help).into());
    }
    let (mut kinds, mut all, mut faults) = (Vec::new(), Findings::default(), Diagnostics::new());
    for member in &members {
        match document::classify(member.node, member.kind.or(given)) {
            Ok((node, kind)) => {
                let mut findings = look(node, kind);
                findings.belong_to(&member.path);
                all.extend(findings);
                kinds.push(kind);
            }
            Err(fault) => faults.push(*fault),
        }
    }
    if faults.has_errors() {
        return Err(faults);
    }
    all.locate(&root, "", None);
    Ok((kinds, all.sorted()))
}

fn look(node: &Node, kind: Kind) -> Findings {
    let mut findings = Findings::default();
    match kind {
        Kind::Principals => policy::lint(node, policy::Attached::Somewhere, &mut findings),
        Kind::Control => policy::lint(node, policy::Attached::Organization, &mut findings),
        Kind::GuardrailPolicy => resource_policy::lint(node, &mut findings),
        Kind::Endpoint => policy::lint_endpoint(node, &mut findings),
        Kind::Trust => policy::lint_resource(node, true, &mut findings),
        Kind::OtherResource => policy::lint_resource(node, false, &mut findings),
        Kind::Bedrock => bedrock_policy::lint(node, &mut findings),
        Kind::Guardrail => guardrail::lint(node, node.span.at_start(), &mut findings),
        Kind::Enforcement => bedrock_policy::account(node, &mut findings),
    }
    findings
}

fn parse(source: SourceId, text: &str) -> Result<Node, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let root = yaml::parse(source, &spaced(text), &mut diagnostics);
    match root {
        Some(root) if !root.is_null() => Ok(root),
        _ if diagnostics.has_errors() => Err(diagnostics),
        _ => {
            Err(Diagnostic::at(crate::model::span::Span::new(source, 0, 0), EMPTY, "the document holds nothing").into())
        }
    }
}

/// JSON with its tabs made spaces: YAML takes none at the beginning of a line. Every byte stays where it is.
fn spaced(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with(['{', '[']) || !text.contains('\t') {
        return text.into();
    }
    let (mut quoted, mut escaped) = (false, false);
    let space = |c: char| {
        match c {
            '"' if !escaped => quoted = !quoted,
            '\t' if !quoted => return ' ',
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
        c
    };
    text.chars().map(space).collect::<String>().into()
}

#[cfg(test)]
mod tests;
