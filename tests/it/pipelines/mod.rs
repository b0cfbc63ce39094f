//! The pipelines of `action.yml` and `examples/ci`: each is read as the YAML it is, and its shell steps are run with bash against
//! a served local AWS, with small programs in place of GitHub's command line, of curl and of apk.

mod bench;
mod codebuild;
mod expression;
mod flow;
mod github;
mod gitlab;
mod kubernetes;
mod pinned;
mod runner;
mod scripts;

use serde_json::Value;

use crate::cli::SPEC;
use crate::source;

/// The usual spec without a named version: what is enforced follows the content.
fn following() -> String {
    SPEC.replace("versions:\n  first: {guardrail: baseline}\n", "").replace(", version: first", "")
}

/// A file of the project as YAML; GitLab's `!reference` is the list that it stands before.
fn yaml(file: &str) -> Value {
    let text = source::text(file).replace("!reference ", "");
    serde_saphyr::from_str(&text).unwrap_or_else(|fault| panic!("{file}: {fault}"))
}

/// The texts of a list, or of one text; lists within are opened.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// What a key of a map says, as text.
fn text_of(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}
