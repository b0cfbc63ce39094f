//! Which models an enforcement reaches.

use super::codes::{EMBEDDINGS, INPUT_TAGS, LIST_MISSING, SYNTAX};
use super::finding::Findings;
use super::said::{Word, entry, get, is_placeholder, words};
use crate::kinds::account_enforcement::models::{EVERY_MODEL, fault};
use crate::model::span::Span;
use crate::spec::node::{Entry, Node};
use crate::spec::suggest;

/// What the ids of models have in common that make vectors: `amazon.titan-embed-text-v2:0`,
/// `amazon.nova-2-multimodal-embeddings-v1:0`, `cohere.embed-v4:0`, `twelvelabs.marengo-embed-3-0-v1:0`.
const EMBED: &str = "embed";

/// Whether a model makes vectors.
pub(super) fn is_embedding(id: &str) -> bool {
    id.to_ascii_lowercase().contains(EMBED)
}

const ADVICE: &str = "list the embedding models that are in use, such as \"amazon.titan-embed-text-v2:0\" and \
                      \"cohere.embed-v4:0\"; both lists are required, and `[\"ALL\"]` includes the rest";

/// The two lists as a document writes them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    pub(super) enforcement: &'static str,
    pub(super) included: &'static str,
    pub(super) excluded: &'static str,
    /// Whether AWS requires both; a spec fills in the default.
    pub(super) both: bool,
}

/// As Bedrock policies and specs write them.
pub(super) const SNAKE: Names =
    Names { enforcement: "model_enforcement", included: "included_models", excluded: "excluded_models", both: true };

/// Looks at the model enforcement of a configuration. `at` is where what is absent is missed; `listed` reads a list.
pub(super) fn lint(
    configuration: &Node,
    names: Names,
    at: Span,
    listed: impl Fn(&Node) -> Vec<Word>,
    findings: &mut Findings,
) {
    let Names { enforcement, included, excluded, both } = names;
    let Some(Entry { key, value }) = entry(configuration, enforcement) else {
        let message =
            format!("without `{enforcement}` the guardrail is enforced on every model, embedding models among them");
        return findings.find(at, EMBEDDINGS, message, format!("add `{enforcement}` with `{excluded}`: {ADVICE}"));
    };
    let (include, exclude) = (get(value, included), get(value, excluded));
    for (missing, list) in [(included, include), (excluded, exclude)] {
        if list.is_none() && both {
            let message = format!("`{enforcement}` lacks `{missing}`, and AWS requires both lists");
            findings.find(key.span, LIST_MISSING, message, format!("add `{missing}`, empty where it says nothing"));
        }
    }
    // A spec has been checked for what follows.
    if both {
        lists(value, names, &listed, findings);
    }
    let include = include.map(&listed).unwrap_or_default();
    if let Some(named) = include.iter().find(|id| is_embedding(id)) {
        let message = format!("`{}` is an embedding model, which no guardrail examines", named.value);
        return findings.find(named.span, EMBEDDINGS, message, format!("remove it from `{included}`"));
    }
    let everything = include.is_empty() || include.iter().any(|id| id.value == EVERY_MODEL);
    let left_out = exclude.is_none() && both;
    let excludes = exclude.map(&listed).unwrap_or_default();
    if everything && !left_out && !excludes.iter().any(|id| is_embedding(id)) {
        let span = entry(value, excluded).map_or(key.span, |entry| entry.key.span);
        let message = format!("`{excluded}` names no embedding model, so the guardrail is enforced on all of them");
        findings.find(span, EMBEDDINGS, message, ADVICE);
    }
}

/// Lists that do not exist, and models that cannot be named.
fn lists(enforcement: &Node, names: Names, listed: impl Fn(&Node) -> Vec<Word>, findings: &mut Findings) {
    let known = [names.included, names.excluded];
    for Entry { key, value } in enforcement.entries().unwrap_or_default() {
        if key.starts_with("@@") {
            continue;
        }
        if !known.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            let help = suggest::advise(key, known).unwrap_or_default();
            findings.find(key.span, SYNTAX, format!("`{}` is not a list of models", key.value), help);
            continue;
        }
        for id in listed(value).iter().filter(|id| !is_placeholder(id)) {
            let every = id.value == EVERY_MODEL;
            if every && key.eq_ignore_ascii_case(names.excluded) {
                findings.find(
                    id.span,
                    SYNTAX,
                    "`ALL` cannot be excluded",
                    "where no model is to be held to a guardrail, enforce none",
                );
            } else if let Some((_, message, help)) = fault(id).filter(|_| !every) {
                findings.find(id.span, SYNTAX, message, help);
            }
        }
    }
}

/// The element of the preview, wherever an enforcement may have it.
pub(super) fn input_tags(configuration: &Node, name: &str, findings: &mut Findings) {
    if let Some(old) = entry(configuration, name) {
        let message = format!("`{name}` is of the preview, and `selective_content_guarding` has replaced it");
        let help =
            "for `ignore` write `comprehensive`, for `honor` write `selective`, for `system` and `messages` alike";
        findings.find(old.key.span, INPUT_TAGS, message, help);
    }
}

/// The texts of a plain list.
pub(super) fn plain(list: &Node) -> Vec<Word> {
    words(list)
}
