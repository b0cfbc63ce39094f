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
mod literal;
mod members;
mod models;
mod policy;
mod resource_policy;
mod said;
mod spec;

pub use document::Kind;
pub use finding::Findings;
pub use spec::spec;

use std::collections::BTreeSet;

use literal::Literal;

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{SourceId, Span};
use crate::spec::codes::EMPTY;
use crate::spec::node::Node;
use crate::spec::yaml;

/// What came of looking at a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// What each document was taken for that could be read.
    pub kinds: Vec<Kind>,
    /// What was found in them. A document of a template that is not written out is a finding of its own.
    pub findings: Findings,
    /// What cannot be read, or is no document that is known.
    pub faults: Diagnostics,
}

/// What is found in the documents of a text, JSON or YAML, within the limits of a spec: in one, or in each of a list or of a
/// template of `CloudFormation`, whatever is wrong with the others. `given` is what each is, where their text is not to be
/// asked.
pub fn document(source: SourceId, text: &str, given: Option<Kind>) -> Looked {
    let mut looked = Looked::default();
    let root = match parse(source, text) {
        Ok(root) => literal::unfolded(root),
        Err(faults) => return Looked { faults, ..looked },
    };
    let members = members::of(&root);
    if members.is_empty() {
        let message = "this template holds no document that lint knows";
        let help = "known are policies of IAM and Organizations, of VPC endpoints and keys, and guardrails";
        looked.faults.push(Diagnostic::at(root.span.at_start(), codes::UNKNOWN_DOCUMENT, message).help(help));
        return looked;
    }
    let (mut counted, mut noted) = (BTreeSet::new(), BTreeSet::new());
    for member in &members {
        let mut findings = Findings::default();
        let mut remark = |span: Span, whole: bool| {
            if noted.insert(member.owner()) {
                findings.find(span, codes::NOT_LITERAL, not_literal(whole), NOT_LITERAL_HELP);
            }
        };
        let kind = if yaml::function(&member.node).is_some()
            && said::word(&member.node).is_none_or(|it| !literal::is_document(&it))
        {
            remark(member.node.span, true);
            member.kind
        } else {
            match document::classify(&member.node, member.kind.or(given)) {
                Ok((node, kind)) => {
                    match literal::literal(node, kind) {
                        Literal::All => findings.extend(look(node, kind)),
                        Literal::Part(left, span) => {
                            remark(span, false);
                            findings.extend(look(&left, kind).without(codes::BY_ABSENCE));
                        }
                        Literal::Nothing(span) => remark(span, true),
                    }
                    Some(kind)
                }
                Err(fault) => {
                    looked.faults.push(*fault);
                    continue;
                }
            }
        };
        findings.belong_to(&member.path);
        looked.findings.extend(findings);
        if counted.insert(&member.path) {
            looked.kinds.extend(kind);
        }
    }
    looked.findings.locate(&root, "", None);
    looked.findings = looked.findings.sorted();
    looked.faults = looked.faults.sorted();
    looked
}

const NOT_LITERAL_HELP: &str = "lint the template as it is deployed, functions resolved, or write the document out";

const fn not_literal(whole: bool) -> &'static str {
    if whole {
        "this document is known when the template is deployed, and was not looked at"
    } else {
        "a part of this document is known when the template is deployed, and was not looked at"
    }
}

fn look(node: &Node, kind: Kind) -> Findings {
    let mut findings = Findings::default();
    match kind {
        Kind::Principals => policy::lint(node, policy::Attached::Somewhere, &mut findings),
        Kind::Control => policy::lint(node, policy::Attached::Organization, &mut findings),
        Kind::GuardrailPolicy => resource_policy::lint(node, &mut findings),
        Kind::Endpoint => policy::lint_endpoint(node, &mut findings),
        Kind::Trust => policy::lint_resource(node, policy::Stands::Role, &mut findings),
        Kind::OtherResource => policy::lint_resource(node, policy::Stands::Resource, &mut findings),
        Kind::Bedrock => bedrock_policy::lint(node, &mut findings),
        Kind::Guardrail => guardrail::lint(node, node.span.at_start(), &mut findings),
        Kind::Enforcement => bedrock_policy::account(node, &mut findings),
    }
    findings
}

fn parse(source: SourceId, text: &str) -> Result<Node, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let root = yaml::parse_document(source, &spaced(text), &mut diagnostics);
    match root {
        Some(root) if !root.is_null() => Ok(root),
        _ if diagnostics.has_errors() => Err(diagnostics),
        _ => Err(Diagnostic::at(Span::new(source, 0, 0), EMPTY, "the document holds nothing").into()),
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
