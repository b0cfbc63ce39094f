//! `environments`: what differs in one of them, laid over the spec.

use super::codes;
use super::decode::{Decode, Reading, Shape};
use super::merge::overlay;
use super::node::{Entry, Node, Value};
use super::schema::section;
use super::suggest;
use super::top::{SECTIONS, Top};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;

/// The key under which environments stand.
pub const KEY: &str = "environments";

/// The names of the environments of a spec, in the order of the text.
pub(super) fn names(environments: Option<&Entry>) -> Vec<String> {
    let entries = environments.and_then(|entry| entry.value.entries()).unwrap_or_default();
    entries.iter().map(|entry| entry.key.value.clone()).collect()
}

/// What the environment of this name changes, as top-level entries. Reports one that is not declared, if the spec is
/// `complete`; and of every environment, chosen or not, keys that no spec has.
pub(super) fn chosen(environments: Option<&Entry>, name: Option<&str>, complete: bool, cx: &mut Reading) -> Vec<Entry> {
    let declared = match environments {
        None => &[][..],
        Some(entry) => entry.value.entries().unwrap_or_else(|| {
            cx.within(&entry.key, |cx| cx.wrong_shape(&entry.value, Shape::Map, "a map from names to what differs"));
            &[]
        }),
    };
    for environment in declared {
        check(environment, cx);
    }
    let Some(name) = name else { return Vec::new() };
    let found = declared.iter().find(|environment| environment.key.value == name);
    // It may stand in the file that could not be read.
    if found.is_none() && complete {
        let known = declared.iter().map(|environment| environment.key.value.as_str());
        let help = suggest::advise(name, known).unwrap_or_else(|| format!("declare it under `{KEY}`"));
        let message = format!("the spec has no environment `{name}`");
        let mut fault = Diagnostic::new(codes::NO_ENVIRONMENT, message).help(help);
        fault.span = environments.map(|entry| entry.key.span);
        cx.push(fault);
    }
    found.and_then(|environment| environment.value.entries()).unwrap_or_default().to_vec()
}

fn check(environment: &Entry, cx: &mut Reading) {
    let Some(entries) = environment.value.entries() else {
        let expected = "a map: what is different there";
        cx.within(&environment.key, |cx| cx.wrong_shape(&environment.value, Shape::Map, expected));
        return;
    };
    for Entry { key, .. } in entries {
        let known = || Top::KEYS.iter().copied().chain(["vars"]).chain(SECTIONS);
        if !known().any(|known| known == key.value) {
            let message = format!("unknown key `{}` in the environment `{}`", key.value, environment.key.value);
            let help = suggest::advise(&key.value, known());
            cx.push(Diagnostic::at(key.span, codes::UNKNOWN_KEY, message).maybe_help(help));
        }
    }
}

/// `entries` with `over` laid over them as the format has it, after short forms are written out.
pub(super) fn lay(entries: Vec<Entry>, over: Vec<Entry>, start: Span) -> Vec<Entry> {
    if over.is_empty() {
        return entries;
    }
    let root = |entries: Vec<Entry>| Top::expand(Node::new(start, Value::Map(entries.into_iter().map(long).collect())));
    match overlay(&root(entries), &root(over)).value {
        Value::Map(entries) => entries,
        _ => Vec::new(),
    }
}

/// A section with the short forms of its entries written out.
fn long(Entry { key, value }: Entry) -> Entry {
    let Some(section) = section(&key.value) else { return Entry { key, value } };
    let value = match value {
        Node { span, value: Value::Map(entries) } => {
            let expand = |Entry { key, value }| Entry { key, value: (section.expand)(value) };
            Node::new(span, Value::Map(entries.into_iter().map(expand).collect()))
        }
        other => other,
    };
    Entry { key, value }
}

#[cfg(test)]
mod tests {
    use crate::model::diagnostic::Diagnostics;
    use crate::spec::interpolate::Environment;
    use crate::spec::sources::Sources;
    use crate::spec::{Input, Spec, read};

    const SPEC: &str = r#"
format: 1
stack: acme
regions: [us-east-1]
vars: {word: base, other: kept}
tags: {owner: "${var.word}", cost: "${var.other}"}
guardrails:
  baseline:
    content_policy: {filters: {HATE: HIGH}}
    region_overrides: {eu-west-1: {content_policy: {filters: {HATE: LOW}}}}
  gone: {description: "${var.word}"}
environments:
  prod:
    stack: acme-prod
    regions: [us-east-1, eu-west-1]
    vars: {word: prod}
    tags: {cost: null}
    guardrails:
      baseline:
        content_policy: {filters: {HATE: {output: MEDIUM}}}
        region_overrides: {eu-west-1: {content_policy: {filters: {HATE: {output: NONE}}}}}
      gone: null
      added: {description: "${var.word} and ${var.other}"}
  test: {}
"#;

    /// Code, message and help of a fault.
    type Fault = (&'static str, String, Option<String>);

    fn in_environment(env: Option<&str>) -> (Spec, Vec<Fault>) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let file = sources.add("bedrail.yaml", SPEC);
        let environment = Environment::new();
        let input = Input { sources: &sources, files: &[file], given: Vec::new(), environment: &environment, env };
        let spec = read(input, &mut diagnostics);
        let found = diagnostics.into_iter().map(|fault| (fault.code.id(), fault.message, fault.help)).collect();
        (spec, found)
    }

    #[test]
    fn what_differs_is_laid_over_the_rest() {
        let (spec, faults) = in_environment(Some("prod"));
        assert_eq!(faults, []);
        let top = spec.top.as_ref().expect("a top level");
        assert_eq!(top.stack.as_str(), "acme-prod");
        assert_eq!(top.regions.iter().count(), 2);
        let tags = format!("{:?}", top.tags);
        assert!(tags.contains("prod") && !tags.contains("cost"), "{tags}");
        let [baseline, added] = spec.section("guardrails") else { panic!("two guardrails") };
        assert_eq!((baseline.key.as_str(), added.key.as_str()), ("baseline", "added"));
        assert_eq!(added.node.get("description").and_then(|text| text.literal()), Some("prod and kept"));
        let strength = |path: &[&str], side: &str| {
            let filters = path.iter().try_fold(&baseline.node, |node, key| node.get(key));
            filters.and_then(|it| it.get("filters")?.get("HATE")?.get(side)?.literal()).map(str::to_owned)
        };
        let here: &[&str] = &["content_policy"];
        assert_eq!((strength(here, "input"), strength(here, "output")), (Some("HIGH".into()), Some("MEDIUM".into())));
        let there: &[&str] = &["region_overrides", "eu-west-1", "content_policy"];
        assert_eq!((strength(there, "input"), strength(there, "output")), (Some("LOW".into()), Some("NONE".into())));
    }

    #[test]
    fn without_one_the_rest_stands_as_it_is() {
        for env in [None, Some("test")] {
            let (spec, faults) = in_environment(env);
            assert_eq!(faults, []);
            assert_eq!(spec.environments, ["prod", "test"]);
            assert_eq!(spec.top.as_ref().expect("a top level").stack.as_str(), "acme");
            let keys: Vec<&str> = spec.section("guardrails").iter().map(|entry| entry.key.as_str()).collect();
            assert_eq!(keys, ["baseline", "gone"]);
        }
    }

    #[test]
    fn one_that_is_not_declared_is_told() {
        let (_, faults) = in_environment(Some("prd"));
        let [(code, message, help)] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((*code, message.as_str()), ("E0504", "the spec has no environment `prd`"));
        assert!(help.as_deref().is_some_and(|help| help.contains("prod")), "{help:?}");
    }
}
