//! Resources of Terraform's AWS provider.

use std::fmt::Write as _;

use serde_json::Value;

use crate::permissions::declared::ExternalId;
use crate::permissions::paper::{Body, Paper};
use crate::permissions::statement::{ACCOUNT, EXTERNAL_ID, TRUSTED, managed};

const THIS: &str = "${data.aws_caller_identity.current.account_id}";

pub(super) fn resources(paper: &Paper) -> String {
    let body = match &paper.body {
        Body::Role { name, purpose, trust, policies } => {
            let documents = policies.as_deref().map(managed).unwrap_or_default();
            role(paper, name, purpose, trust, &documents)
        }
        Body::Keys(policies) => keys(policies.iter()),
    };
    let data = "data \"aws_caller_identity\" \"current\" {}\n\n";
    if body.contains(THIS) { format!("{data}{body}") } else { body }
}

fn role(paper: &Paper, name: &str, purpose: &str, trust: &Value, documents: &[Value]) -> String {
    let (path, name) = name.rsplit_once('/').unwrap_or(("", name));
    let label = label(&paper.stack, name);
    let mut out = variable("role_name", "string", "Name of the role", Some(&text(name)), false);
    let trusted: Vec<String> = paper.trusted.iter().map(|principal| text(principal)).collect();
    let default = (!trusted.is_empty()).then(|| format!("[{}]", trusted.join(", ")));
    out +=
        &variable("trusted_principals", "list(string)", "ARNs of who may assume the role", default.as_deref(), false);
    if let Some(id) = &paper.external_id {
        let default = match id {
            ExternalId::Open(id) => Some(text(id)),
            ExternalId::Secret => None,
        };
        let secret = default.is_none();
        out += &variable("external_id", "string", "External id that the role asks for", default.as_deref(), secret);
    }
    let _ = writeln!(out, "resource \"aws_iam_role\" \"{label}\" {{");
    let _ = writeln!(out, "  name = var.role_name");
    if !path.is_empty() {
        let _ = writeln!(out, "  path = {}", text(&format!("/{}/", path.trim_start_matches('/'))));
    }
    let _ = writeln!(out, "  description = {}", text(purpose));
    let _ = writeln!(out, "  assume_role_policy = jsonencode({})\n}}", value(trust, 1));
    for (number, document) in (1..).zip(documents) {
        let _ = writeln!(out, "\nresource \"aws_iam_policy\" \"{label}_{number}\" {{");
        let _ = writeln!(out, "  name = \"${{var.role_name}}-{number}\"");
        let _ = writeln!(out, "  description = {}", text(purpose));
        let _ = writeln!(out, "  policy = jsonencode({})\n}}", value(document, 1));
        let _ = writeln!(out, "\nresource \"aws_iam_role_policy_attachment\" \"{label}_{number}\" {{");
        let _ = writeln!(out, "  role = aws_iam_role.{label}.name");
        let _ = writeln!(out, "  policy_arn = aws_iam_policy.{label}_{number}.arn\n}}");
    }
    let _ = writeln!(out, "\noutput \"role_arn\" {{\n  value = aws_iam_role.{label}.arn\n}}");
    out
}

fn keys<'a>(policies: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let mut out = String::new();
    for (number, (arn, policy)) in (1..).zip(policies) {
        let gap = if number == 1 { "" } else { "\n" };
        let _ = writeln!(out, "{gap}resource \"aws_kms_key_policy\" \"guardrails_{number}\" {{");
        let _ = writeln!(out, "  key_id = {}", text(arn));
        let _ = writeln!(out, "  policy = jsonencode({})\n}}", value(policy, 1));
    }
    out
}

fn variable(name: &str, kind: &str, description: &str, default: Option<&str>, secret: bool) -> String {
    let mut out = format!("variable \"{name}\" {{\n  type = {kind}\n  description = {}\n", text(description));
    if let Some(default) = default {
        let _ = writeln!(out, "  default = {default}");
    }
    if secret {
        out += "  sensitive = true\n";
    }
    out + "}\n\n"
}

/// A name that the language takes: letters, digits, `_` and `-`, a letter first.
fn label(stack: &str, role: &str) -> String {
    let name = if role.starts_with(stack) { role } else { &format!("bedrail_{role}") };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { plain } else { format!("bedrail_{plain}") }
}

fn value(value: &Value, depth: usize) -> String {
    let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    match value {
        Value::Object(members) => {
            let lines = members.iter().fold(String::new(), |lines, (key, member)| {
                lines
                    + &format!(
                        "{inner}{} = {}
",
                        text(key),
                        self::value(member, depth + 1)
                    )
            });
            format!("{{\n{lines}{outer}}}")
        }
        Value::Array(items) => {
            let lines = items.iter().fold(String::new(), |lines, item| {
                lines
                    + &format!(
                        "{inner}{},
",
                        self::value(item, depth + 1)
                    )
            });
            format!("[\n{lines}{outer}]")
        }
        Value::String(text) if text == TRUSTED => "var.trusted_principals".to_owned(),
        Value::String(text) if text == EXTERNAL_ID => "var.external_id".to_owned(),
        Value::String(text) => self::text(text),
        other => other.to_string(),
    }
}

/// A text in quotes, which the language does not read as a template. JSON's escapes are its own.
fn text(text: &str) -> String {
    let quoted = Value::from(text.replace("${", "$${").replace("%{", "%%{")).to_string();
    quoted.replace(ACCOUNT, THIS)
}
