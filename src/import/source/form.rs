//! What a file is by what stands in it, whatever it is said to be.

use super::{Format, other};
use crate::kinds::guardrail::spelled;
use crate::model::diagnostic::Diagnostic;
use crate::spec::node::Node;

/// What a file may be taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Convertible(Format),
    /// A spec of bedrail.
    Spec,
}

/// Whether the file can be what it is said to be.
///
/// # Errors
/// It is something else, and what to do with that.
pub(super) fn check(root: &Node, said: Format) -> Result<(), Box<Diagnostic>> {
    match form(root) {
        Some(Form::Convertible(form)) if form != said => {
            let message = format!("this is {}, and not {}", what(form), what(said));
            Err(other(root, &message, &format!("convert it with `--from {}`", form.word())))
        }
        Some(Form::Spec) => {
            let message = format!("this is a spec of bedrail already, and not {}", what(said));
            Err(other(root, &message, "check it with `bedrail validate --spec PATH`"))
        }
        _ => Ok(()),
    }
}

pub(super) const fn what(format: Format) -> &'static str {
    match format {
        Format::Api => "JSON of the API",
        Format::CloudFormation => "a template of CloudFormation",
        Format::Terraform => "a state of Terraform",
    }
}

fn form(root: &Node) -> Option<Form> {
    let has = |key: &str| root.get(key).is_some();
    let is_resource = |node: &Node| node.get("Type").and_then(Node::literal).is_some_and(|kind| kind.contains("::"));
    let resources = root.get("Resources").and_then(Node::entries).unwrap_or_default();
    if has("AWSTemplateFormatVersion") || is_resource(root) || resources.iter().any(|entry| is_resource(&entry.value)) {
        return Some(Form::Convertible(Format::CloudFormation));
    }
    let module = |key: &str| root.get(key).is_some_and(|values| values.get("root_module").is_some());
    if has("terraform_version") || has("lineage") || module("values") || module("planned_values") {
        return Some(Form::Convertible(Format::Terraform));
    }
    if has("format") && has("stack") {
        return Some(Form::Spec);
    }
    let first = root.items().and_then(<[Node]>::first).unwrap_or(root);
    spelled::is_guardrail(first).then_some(Form::Convertible(Format::Api))
}

/// How Terraform's configuration begins its blocks.
const BLOCKS: [&str; 6] = ["resource \"", "provider \"", "module \"", "variable \"", "data \"", "terraform {"];

/// What is to be converted instead of a text that is none of the forms; `None` where that is not known.
pub(super) fn stranger(text: &str, said: Format) -> Option<(&'static str, &'static str)> {
    let block = |line: &str| BLOCKS.iter().any(|block| line.starts_with(block));
    if text.lines().any(block) {
        let message = "this is Terraform's configuration, which says what is wanted and not what is there";
        return Some((
            message,
            "convert the state: `terraform state pull`; or a plan: `terraform plan -out PLAN` and then `terraform show -json PLAN`",
        ));
    }
    if said == Format::Terraform && text.starts_with("{\"@level\"") {
        let message = "this is what `terraform plan -json` tells while it runs";
        return Some((message, "convert the plan: `terraform plan -out PLAN` and then `terraform show -json PLAN`"));
    }
    None
}
