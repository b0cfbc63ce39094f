//! Identity policies that users write themselves.

use std::collections::BTreeMap;

use super::codes;
use super::document::normal;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::model::{AccountId, Document, Region, Scope};
use crate::spec::decode::Tree;
use crate::spec::lower::Lowering;
use crate::spec::lower::document::{entries, items, text};
use crate::spec::suggest;
use crate::spec::template::{Expression, Segment, Template};

/// A document in normal form for something in `account`. What it says of guardrails and versions stands for them in every
/// one of these Regions in which they are. Reports what AWS would refuse, at its place.
pub(super) fn document(
    tree: &Spanned<Tree>,
    (account, regions): (&AccountId, &[Region]),
    lowering: &mut Lowering<'_>,
) -> Option<Document> {
    let faults = lowering.diagnostics.errors();
    check(tree, lowering);
    let scopes: Vec<Scope> = regions.iter().map(|region| Scope::regional(account.clone(), region.clone())).collect();
    let document = spread(tree, &Scope::global(account.clone()), &scopes, lowering);
    (lowering.diagnostics.errors() == faults).then(|| document.map(normal))?
}

/// The elements of a policy and of its statements (IAM user guide, "IAM JSON policy elements reference").
const POLICY: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT: &[&str] = &["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

fn check(tree: &Spanned<Tree>, lowering: &mut Lowering<'_>) {
    let Some(statements) = children(tree, "a policy", POLICY, lowering).and_then(|_| tree.get("Statement")) else {
        let known = entries(tree).is_some();
        if known {
            report(tree.span, "a policy needs `Statement`", None, lowering);
        }
        return;
    };
    for statement in items(statements) {
        let Some(found) = children(statement, "a statement", STATEMENT, lowering) else { continue };
        let has = |key: &str| found.iter().any(|(name, _)| name.value == key);
        match statement.get("Effect").map(|effect| (effect, text(effect).and_then(Template::literal))) {
            Some((_, Some("Allow" | "Deny"))) => {}
            Some((effect, _)) => report(effect.span, "`Effect` is `Allow` or `Deny`", None, lowering),
            None => report(statement.span, "a statement needs `Effect`", None, lowering),
        }
        for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource")] {
            if has(one) == has(other) {
                let message = format!("a statement needs `{one}` or `{other}`, and not both");
                report(statement.span, &message, None, lowering);
            }
        }
    }
}

fn report(span: Span, message: &str, help: Option<String>, lowering: &mut Lowering<'_>) {
    lowering.diagnostics.push(Diagnostic::at(span, codes::STATEMENT, message).maybe_help(help));
}

/// The entries of an object; reports what is none, and keys that do not belong there.
fn children<'t>(
    tree: &'t Spanned<Tree>,
    what: &str,
    known: &[&'static str],
    lowering: &mut Lowering<'_>,
) -> Option<&'t [(Spanned<String>, Spanned<Tree>)]> {
    let Some(found) = entries(tree) else {
        report(tree.span, &format!("{what} is an object"), None, lowering);
        return None;
    };
    for (key, _) in found.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
        let help = if key.value == "Principal" || key.value == "NotPrincipal" {
            Some("whoever the policy is attached to is its principal; remove it".to_owned())
        } else {
            suggest::advise(key, known.iter().copied())
        };
        report(key.span, &format!("{what} has no element `{}`", key.value), help, lowering);
    }
    Some(found)
}

/// As [`Lowering::document`], where a text that speaks of a guardrail becomes one for each Region.
fn spread(tree: &Tree, global: &Scope, scopes: &[Scope], lowering: &mut Lowering<'_>) -> Option<Document> {
    Some(match tree {
        Tree::Text(text) if is_regional(text) => {
            let there = there(text, scopes, lowering);
            let mut texts: Vec<Document> =
                there.into_iter().map(|scope| lowering.document(tree, scope)).collect::<Option<_>>()?;
            texts.dedup();
            Document::list(texts)
        }
        Tree::List(items) => {
            let items: Vec<_> = items.iter().map(|item| spread(item, global, scopes, lowering)).collect();
            let flat = items.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flat_map(|item| match item {
                Document::List(inner) => inner,
                other => vec![other],
            });
            Document::list(flat.collect::<Vec<_>>())
        }
        Tree::Map(found) => {
            let read = |(key, value): &(Spanned<String>, Spanned<Tree>)| {
                (key.value.clone(), spread(value, global, scopes, lowering))
            };
            let found: Vec<_> = found.iter().map(read).collect();
            let all: Option<BTreeMap<_, _>> = found.into_iter().map(|(key, value)| Some((key, value?))).collect();
            Document::Map(all?)
        }
        leaf => lowering.document(leaf, global)?,
    })
}

fn references(text: &Template) -> impl Iterator<Item = &Spanned<Expression>> {
    text.segments().iter().filter_map(|segment| match segment {
        Segment::Ref(expression) => Some(expression),
        Segment::Text(_) => None,
    })
}

fn is_regional(text: &Template) -> bool {
    references(text).any(|one| matches!(one.value, Expression::Guardrail { .. } | Expression::Version(_)))
}

/// The scopes in which everything that a text speaks of is; all of them where something is in none, so that it is told.
fn there<'s>(text: &Template, scopes: &'s [Scope], lowering: &mut Lowering<'_>) -> Vec<&'s Scope> {
    let keys: Vec<String> = references(text)
        .filter_map(|one| match &one.value {
            Expression::Guardrail { key, .. } => Some(key.clone()),
            Expression::Version(key) => lowering.guardrail_of_version(key),
            _ => None,
        })
        .collect();
    let known: Vec<_> = keys.iter().filter_map(|key| lowering.declared().find(|one| one.key.value == *key)).collect();
    let home = lowering.facts.home();
    let is_there = |scope: &&Scope| known.iter().all(|one| one.scope_for(scope, home).is_some());
    let found: Vec<&Scope> = scopes.iter().filter(is_there).collect();
    if found.is_empty() { scopes.iter().take(1).collect() } else { found }
}
