//! Telling documents apart by what they say.

use super::codes::{IN_TEXT, IS_SPEC, UNKNOWN_DOCUMENT};
use super::glob;
use super::literal::is_document;
use super::said::{entry, get, is_map, items, word, words};
use crate::kinds::guardrail::spelled::is_guardrail;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;
use crate::spec::node::Node;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A policy for principals: of a role, a permissions boundary, a service control policy.
    Principals,
    /// A resource policy on a guardrail or a guardrail profile.
    GuardrailPolicy,
    /// A service control policy.
    Control,
    /// The policy of a VPC endpoint of Bedrock.
    Endpoint,
    /// The trust policy of a role.
    Trust,
    /// A resource policy on something else.
    OtherResource,
    /// A Bedrock policy of an organization.
    Bedrock,
    /// A guardrail, as it is created, read, or written in a template.
    Guardrail,
    /// The enforced configuration of an account.
    Enforcement,
}

impl Kind {
    /// With an article.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Principals => "an identity or service control policy",
            Self::Control => "a service control policy",
            Self::GuardrailPolicy => "a resource policy on a guardrail",
            Self::Endpoint => "the policy of a VPC endpoint",
            Self::Trust => "a trust policy",
            Self::OtherResource => "a resource policy",
            Self::Bedrock => "a Bedrock policy",
            Self::Guardrail => "a guardrail",
            Self::Enforcement => "an enforced configuration",
        }
    }

    /// Whether it is written in the language of IAM.
    const fn is_policy(self) -> bool {
        !matches!(self, Self::Bedrock | Self::Guardrail | Self::Enforcement)
    }
}

/// Elements in which AWS's answers wrap a document.
const WRAPS: &[&str] = &[
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "Document",
    "PolicyVersion",
    "Policy",
    "Content",
    "EffectivePolicy",
    "PolicyContent",
    "resourcePolicy",
    "Properties",
];

/// The document itself, and what it is. `given` is what it is said to be, where that is known.
///
/// # Errors
/// What the root is instead.
pub(super) fn classify(root: &Node, given: Option<Kind>) -> Result<(&Node, Kind), Box<Diagnostic>> {
    if let Some(text) = word(root).filter(|text| is_document(text)) {
        return Err(Box::new(in_text(text.span)));
    }
    let mut node = root;
    loop {
        if let Some(kind) = kind(node) {
            return match given {
                Some(given) if given != kind && !(given.is_policy() && kind.is_policy()) => {
                    let message = format!("this is {}, and {} was to be looked at", kind.name(), given.name());
                    Err(Box::new(
                        Diagnostic::at(node.span.at_start(), UNKNOWN_DOCUMENT, message)
                            .help("leave `--kind` out, or give it the kind of this document"),
                    ))
                }
                given => Ok((node, given.unwrap_or(kind))),
            };
        }
        let Some(inside) = WRAPS.iter().find_map(|wrap| get(node, wrap)) else { break };
        if let Some(text) = word(inside).filter(|text| is_document(text)) {
            return Err(Box::new(in_text(text.span)));
        }
        node = inside;
    }
    Err(Box::new(stranger(root)))
}

/// What is said of a string that is meant for a document and is none.
fn in_text(span: Span) -> Diagnostic {
    let fault = Diagnostic::at(span, IN_TEXT, "the document in this string cannot be read");
    fault.help("save what the string holds as a file of its own, and lint that: it says what is wrong with it")
}

fn stranger(root: &Node) -> Diagnostic {
    let is = |key| get(root, key).is_some();
    if is("format") && is("stack") {
        let fault = Diagnostic::at(root.span.at_start(), IS_SPEC, "this is a spec, not a document");
        return fault.help("lint it with `bedrail lint --spec PATH`, without naming files");
    }
    if is("cases") && is("guardrail") {
        let fault = Diagnostic::at(root.span.at_start(), UNKNOWN_DOCUMENT, "this is a test suite, not a document");
        return fault.help("check it with `bedrail validate --spec PATH`");
    }
    let message = format!("this is {}, and no document that lint knows", root.kind());
    let help = "known are IAM policies (`Statement`), Bedrock policies (`bedrock`), guardrails \
                (`blockedInputMessaging`, `contentPolicyConfig`, …) and enforced configurations (`guardrailInferenceConfig`)";
    Diagnostic::at(root.span.at_start(), UNKNOWN_DOCUMENT, message).help(help)
}

fn kind(node: &Node) -> Option<Kind> {
    if !is_map(node) {
        return None;
    }
    if let Some(statements) = get(node, "Statement") {
        return Some(policy(statements));
    }
    if get(node, "bedrock").is_some_and(is_map) {
        return Some(Kind::Bedrock);
    }
    let enforcement = ["guardrailInferenceConfig", "guardrailsConfig"];
    if enforcement.iter().any(|key| get(node, key).is_some()) {
        return Some(Kind::Enforcement);
    }
    is_guardrail(node).then_some(Kind::Guardrail)
}

/// Which language of policies, told by whether and whom statements name as principal.
fn policy(statements: &Node) -> Kind {
    let statements = items(statements);
    let named = |statement: &Node| ["Principal", "NotPrincipal"].iter().any(|key| entry(statement, key).is_some());
    if !statements.iter().any(named) {
        return Kind::Principals;
    }
    let says = |statement: &Node, element: &str, is: fn(&str) -> bool| {
        get(statement, element).is_some_and(|values| words(values).iter().any(|value| is(&value.to_ascii_lowercase())))
    };
    if statements.iter().any(|one| says(one, "Action", |action| action.starts_with("sts:"))) {
        return Kind::Trust;
    }
    let calls = |one: &Node| says(one, "Action", |action| action.starts_with("bedrock"));
    if !statements.iter().any(calls) {
        return if statements.iter().any(|one| says(one, "Resource", |arn| arn.contains(":guardrail"))) {
            Kind::GuardrailPolicy
        } else {
            Kind::OtherResource
        };
    }
    // A policy on a guardrail names guardrails only and nothing that calls a model. That of an endpoint is one for all that
    // goes through it; where it names one guardrail and what may be done with it, the text does not tell them apart.
    let calls_models = |one: &Node| {
        says(one, "Action", |action| {
            ["bedrock:invokemodel", "bedrock:invokemodelwithresponsestream"]
                .iter()
                .any(|call| glob::matches(action, call))
        })
    };
    let beyond = |one: &Node| says(one, "Resource", |arn| arn.starts_with("arn:") && !arn.contains(":guardrail"));
    let of_guardrails = |one: &Node| {
        says(one, "Action", |action| action.contains("guardrail"))
            || says(one, "Resource", |arn| arn.contains(":guardrail"))
    };
    let everything = |one: &Node| says(one, "Resource", |arn| arn == "*") && entry(one, "Condition").is_none();
    let excepts = |one: &Node| entry(one, "NotPrincipal").is_some() && of_guardrails(one);
    let of_endpoint = |one: &Node| calls_models(one) || beyond(one) || everything(one) || !of_guardrails(one);
    if statements.iter().any(of_endpoint) && !statements.iter().any(excepts) {
        Kind::Endpoint
    } else {
        Kind::GuardrailPolicy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::node;

    #[test]
    fn documents_are_told_apart_by_what_they_say() {
        for (text, want) in [
            (r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#, Kind::Principals),
            (r#"{"PolicyVersion": {"Document": {"Statement": []}}}"#, Kind::Principals),
            (r#"{"Statement": [{"Principal": "*", "Action": "bedrock:ApplyGuardrail"}]}"#, Kind::GuardrailPolicy),
            (
                r#"{"Statement": [{"Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::b"}]}"#,
                Kind::OtherResource,
            ),
            (
                r#"{"Statement": [{"Principal": "*", "Action": "bedrock:InvokeModel", "Resource": "*"}]}"#,
                Kind::Endpoint,
            ),
            (
                r#"{"Statement": [{"Principal": "*", "Action": "bedrock:ApplyGuardrail", "Resource": "*"}]}"#,
                Kind::Endpoint,
            ),
            (
                r#"{"Statement": [{"Principal": "*", "Action": ["bedrock:InvokeModel", "bedrock:ApplyGuardrail"], "Resource": "*"}]}"#,
                Kind::Endpoint,
            ),
            (
                r#"{"Statement": [{"NotPrincipal": {"AWS": "1"}, "Action": "bedrock:ApplyGuardrail", "Resource": "*"}]}"#,
                Kind::GuardrailPolicy,
            ),
            (r#"{"Statement": [{"Principal": {"AWS": "1"}, "Action": "sts:AssumeRole"}]}"#, Kind::Trust),
            (r#"{"bedrock": {"guardrail_inference": {}}}"#, Kind::Bedrock),
            (r#"{"name": "x", "blockedInputMessaging": "no"}"#, Kind::Guardrail),
            (r#"{"Type": "AWS::Bedrock::Guardrail", "Properties": {"ContentPolicyConfig": {}}}"#, Kind::Guardrail),
            ("blocked_input_messaging: no\n", Kind::Guardrail),
            (r#"{"guardrailInferenceConfig": {}}"#, Kind::Enforcement),
        ] {
            let root = node(text);
            assert_eq!(classify(&root, None).map(|(_, kind)| kind), Ok(want), "{text}");
        }
    }

    #[test]
    fn what_is_no_document_is_told() {
        for (text, code) in [
            ("[]", "E0801"),
            ("7", "E0801"),
            (r#"{"name": "x"}"#, "E0801"),
            ("format: 1\nstack: acme\n", "E0802"),
            (r#"{"resourcePolicy": "{\"Statement\": [}"}"#, "E0803"),
        ] {
            let root = node(text);
            assert_eq!(classify(&root, None).map_err(|fault| fault.code.id()), Err(code), "{text}");
        }
    }
}
