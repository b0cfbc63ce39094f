//! Denials that leave no model to call.

use super::statements;
use crate::kinds::org_policy::codes;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{Document, wildcard};
use crate::spec::decode::Tree;
use crate::spec::lower::Lowering;
use crate::spec::lower::document::items;

/// The actions as which models are called (Service Authorization Reference, "Amazon Bedrock").
const CALLS: [&str; 2] = ["bedrock:invokemodel", "bedrock:invokemodelwithresponsestream"];
/// A call of bedrail's in every account, whatever the spec declares there.
const OWN: &str = "bedrock:listguardrails";

/// Warns of each statement that denies every call of a model to everybody. A condition lets somebody or something off.
/// `document` is what `tree` comes to, in normal form.
pub(super) fn warn(tree: &Spanned<Tree>, document: &Document, lowering: &mut Lowering<'_>) {
    let places: Vec<_> = tree.get("Statement").map(items).unwrap_or_default().iter().map(|one| one.span).collect();
    for (at, statement) in statements(document).iter().enumerate() {
        if !cuts(statement) {
            continue;
        }
        let own = if denied(statement, OWN) { ", and bedrail's own `member_role` with them" } else { "" };
        let message = format!("this denies every model call of every account that the policy reaches{own}");
        let place = places.get(at).copied().unwrap_or(tree.span);
        let warning = Diagnostic::at(place, codes::CUTS_ALL, message);
        let help = "deny calls without a guardrail instead, as `template: require_guardrail` does, or let principals off by \
                    a condition on `aws:PrincipalArn`";
        lowering.diagnostics.push(warning.help(help));
    }
}

fn cuts(statement: &Document) -> bool {
    let condition = matches!(statement.get("Condition"), Some(Document::Map(tests)) if !tests.is_empty());
    let deny = statement.get("Effect").and_then(Document::as_text) == Some("Deny");
    let every_model = "arn:aws:bedrock:zz-strange-9::foundation-model/strange.model-v9";
    deny && !condition && named(statement, "Resource", every_model) && CALLS.iter().all(|call| denied(statement, call))
}

fn denied(statement: &Document, action: &str) -> bool {
    match statement.get("NotAction") {
        Some(_) => !named(statement, "NotAction", action),
        None => named(statement, "Action", action),
    }
}

/// Whether a pattern of a list matches a text.
fn named(statement: &Document, list: &str, text: &str) -> bool {
    let Some(Document::List(patterns)) = statement.get(list) else { return false };
    let matches = |pattern: &str| wildcard(pattern.to_ascii_lowercase().as_bytes(), text.as_bytes());
    patterns.iter().filter_map(Document::as_text).any(matches)
}
