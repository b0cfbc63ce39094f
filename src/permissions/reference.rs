//! `docs/permissions.md`, from the table.

use super::needs::{CHECKS, EFFECTIVE, Guard, INVALID, Need, On, TESTING, needs, table};
use crate::kinds::Kind;

const HEAD: &str = include_str!("reference.md");

/// The whole document.
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    out += "| operation | of | actions |\n|---|---|---|\n";
    for (operation, needs) in table() {
        out += &row(operation, &users(operation), &needs);
    }
    out += &row("bedrock:ApplyGuardrail", "`test`", TESTING);
    out
}

fn row(operation: &str, users: &str, needs: &[Need]) -> String {
    let action = |need: &Need| {
        let guard = condition(need.guard).map(|guard| format!(" if {guard}")).unwrap_or_default();
        format!("`{}` on {}{guard}", need.action, object(need.on))
    };
    let actions = needs.iter().map(action).collect::<Vec<_>>().join("<br>");
    format!("| `{operation}` | {users} | {} |\n", if actions.is_empty() { free(operation) } else { &actions })
}

fn users(operation: &str) -> String {
    let reads = Kind::ALL.iter().filter(|kind| kind.reads().contains(&operation)).map(|kind| format!("reads `{kind}`"));
    let writes =
        Kind::ALL.iter().filter(|kind| kind.writes().contains(&operation)).map(|kind| format!("writes `{kind}`"));
    let checks = CHECKS.contains(&operation).then(|| match operation {
        "bedrock:ApplyGuardrail" | "iam:GetRole" => "`verify`".to_owned(),
        _ => "`verify`, `readiness`".to_owned(),
    });
    let users: Vec<String> = reads.chain(writes).chain(checks).collect();
    match operation {
        INVALID => "`drift`, `explain`, `coverage`, `verify`".to_owned(),
        EFFECTIVE => "`drift`, `explain`, `coverage`, `verify`, and every run that changes something".to_owned(),
        "iam:ListRolePolicies" | "iam:GetRolePolicy" => "`explain --principal`".to_owned(),
        _ if needs(operation).iter().any(|need| need.on == On::Called) => "`verify --invoke`".to_owned(),
        _ if users.is_empty() => "every run".to_owned(),
        _ => users.join(", "),
    }
}

fn free(operation: &str) -> &'static str {
    if operation == "sts:AssumeRole" { "`sts:AssumeRole` on the roles that the spec names" } else { "none" }
}

const fn object(on: On) -> &'static str {
    match on {
        On::Region => "`*`, in the Regions",
        On::Guardrails => "`guardrail/*` of the account, in the Regions",
        On::Profiles => "the guardrail profiles that guardrails use",
        On::ProfilePolicies => "the guardrail profiles that are shared",
        On::AppliedProfiles => "the guardrail profiles that guardrails use, in every Region that they lead to",
        On::External => "the guardrails of `external_guardrails`",
        On::Root => "the root",
        On::Units => "root and OUs",
        On::Accounts => "the accounts",
        On::Targets => "root, OUs and accounts",
        On::Policies => "policies of the types",
        On::Anything => "`*`",
        On::IamPolicies => "`policy/*` of the account",
        On::DeclaredPolicies => "the declared policies",
        On::Roles => "the roles that they are attached to",
        On::Passed => "the role that Bedrock writes logs as",
        On::Keys => "the keys that guardrails use",
        On::Simulated => {
            "the roles of the account, where something is enforced or required; else those that declared policies are attached to"
        }
        On::Enforced => "the guardrails that are enforced, and their profiles wherever these lead",
        On::EnforcedKeys => "the keys of these guardrails",
        On::Reached => "`*`, where something is enforced or required",
        On::Called => "the model, by whoever calls it",
    }
}

const fn condition(guard: Guard) -> Option<&'static str> {
    match guard {
        Guard::None => None,
        Guard::Ours => Some("it carries the stack's mark"),
        Guard::Free => Some("it carries no other stack's mark"),
        Guard::Marks => Some("the request sets the stack's mark"),
        Guard::MarksFree => Some("the request sets the stack's mark and it carries no other's"),
        Guard::Declared => Some("`iam:PolicyARN` is declared"),
        Guard::ToBedrock => Some("`iam:PassedToService` is `bedrock.amazonaws.com`"),
        Guard::ForService => Some("a service asks for it (`kms:GrantIsForAWSResource`)"),
        Guard::Type => Some("`organizations:PolicyType` is of the spec"),
        Guard::OursType => Some("`organizations:PolicyType` is of the spec and it carries the stack's mark"),
        Guard::FreeType => Some("`organizations:PolicyType` is of the spec and it carries no other stack's mark"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> std::path::PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md")
    }

    #[test]
    fn the_documentation_is_the_table() {
        let written = std::fs::read_to_string(file()).unwrap();
        assert_eq!(written, markdown(), "write it with `cargo test --lib write_permissions -- --ignored`");
    }

    #[test]
    #[ignore = "writes docs/permissions.md"]
    fn write_permissions() {
        std::fs::write(file(), markdown()).unwrap();
    }
}
