//! Files that give parameters: a map, what `AWS CodePipeline` takes, or what the AWS CLI takes.

use std::collections::BTreeMap;

use super::{other, text};
use crate::model::diagnostic::Diagnostics;
use crate::spec::node::{Entry, Node};
use crate::spec::sources::Sources;
use crate::spec::yaml;

/// The parameters in a file, whose text becomes one of `sources`. Reports what is none.
pub fn parameters(
    (name, text): (&str, &str),
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<BTreeMap<String, String>> {
    let source = sources.add(name, text::readable(text));
    let root = yaml::parse_foreign(source, sources.text(source), diagnostics)?;
    let found = of_list(&root).or_else(|| of_map(root.get("Parameters").unwrap_or(&root)));
    if found.is_none() {
        let help =
            "give it a map of names to values, or the list that `aws cloudformation create-stack --parameters` takes";
        diagnostics.push(*other(&root, "this holds no parameters of a template", help));
    }
    found
}

/// `[{"ParameterKey": …, "ParameterValue": …}]`
fn of_list(root: &Node) -> Option<BTreeMap<String, String>> {
    let one =
        |item: &Node| Some((item.get("ParameterKey")?.literal()?.to_owned(), value(item.get("ParameterValue")?)?));
    root.items()?.iter().map(one).collect()
}

fn of_map(root: &Node) -> Option<BTreeMap<String, String>> {
    let one = |Entry { key, value: of }: &Entry| Some((key.value.clone(), value(of)?));
    root.entries()?.iter().map(one).collect()
}

/// A text, or the items of a list with commas, as `CloudFormation` has it.
fn value(node: &Node) -> Option<String> {
    match node.items() {
        Some(items) => Some(items.iter().map(Node::literal).collect::<Option<Vec<_>>>()?.join(",")),
        None => node.literal().map(str::to_owned),
    }
}
