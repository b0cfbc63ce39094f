//! Files of others, as stock: requests and answers of Bedrock's API, templates of `CloudFormation`, state of Terraform.
//! Nothing is asked of AWS.

mod api;
mod beyond;
mod blocks;
pub mod cloudformation;
mod documents;
mod enforced;
mod form;
mod guardrail;
mod intrinsics;
mod parameters;
pub mod terraform;
mod text;

use std::collections::{BTreeMap, BTreeSet};

pub use parameters::parameters;

use super::stock::Stock;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{AccountId, Region, words};
use crate::spec::codes::{FILE_TOO_LARGE, NOT_UTF8};
use crate::spec::node::Node;
use crate::spec::sources::Sources;
use crate::spec::{suggest, yaml};

words! {
    /// What a file is.
    Format { Api = "api", CloudFormation = "cloudformation", Terraform = "terraform", }
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What can be carried over, and what not.
    pub stock: Stock,
    /// The account that its ARNs name, where it is one.
    pub account: Option<AccountId>,
    /// The organization's id and the account that manages it, where an ARN names them.
    pub organization: Option<(String, AccountId)>,
    /// What there is to say of the whole.
    pub remarks: Vec<String>,
}

/// What only a deployment knows otherwise.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Parameters of a template.
    pub parameters: BTreeMap<String, String>,
    /// The Regions that it is deployed to.
    pub regions: BTreeSet<Region>,
}

/// Reads a file, whose text becomes one of `sources`. Reports why it is none of this format, and what is given in vain; `None`
/// then.
pub fn read(
    format: Format,
    (name, text): (&str, &str),
    given: &Given,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Found> {
    let source = sources.add(name, text::readable(text));
    let text = sources.text(source);
    let mut faults = Diagnostics::new();
    let node = yaml::parse_foreign(source, text, &mut faults);
    let Some(node) = node.filter(|node| node.literal().is_none()) else {
        match form::stranger(text, format) {
            Some((message, help)) => diagnostics.push(Diagnostic::new(OTHER_FORMAT, message).help(help)),
            None if faults.is_empty() => diagnostics.push(nothing(text, format)),
            None => diagnostics.extend(faults),
        }
        return None;
    };
    let found = form::check(&node, format).and_then(|()| {
        in_vain(format, &node, &given.parameters)?;
        match format {
            Format::Api => api::read(&node),
            Format::CloudFormation => cloudformation::read(&node, given),
            Format::Terraform => terraform::read(&node),
        }
    });
    found.map_err(|fault| diagnostics.push(*fault)).ok()
}

crate::codes! {
    /// A file of another kind.
    OTHER_FORMAT = "E0007": "a file is not what `import` is told that it is";
    /// A value for what is not there.
    NO_PARAMETER = "E0008": "`import --from` is given a value with `--var` that the file has no parameter for, or that the parameter does not take";
}

/// What to do about a file that cannot be read as text; `None` where there is no more to say.
pub fn advice(format: Format, fault: Code) -> Option<&'static str> {
    if fault == NOT_UTF8 {
        return (format == Format::Terraform)
            .then_some("of a plan file, convert what `terraform show -json PLAN` prints");
    }
    (fault == FILE_TOO_LARGE).then_some(match format {
        Format::Api => "convert fewer guardrails at once",
        Format::CloudFormation => "CloudFormation takes templates of 1 MB: see that this is one",
        Format::Terraform => {
            "keep what is about Bedrock: `jq '.resources |= map(select(.type | test(\"bedrock|organizations_policy\")))' STATE`"
        }
    })
}

/// The root is not what it should be.
fn other(root: &Node, message: &str, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::at(root.span.at_start(), OTHER_FORMAT, message).help(help))
}

/// The file is sound, and a mere text, or empty.
fn nothing(text: &str, format: Format) -> Diagnostic {
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let message = if text.lines().any(says) { "this is a text, and no map or list" } else { "this is empty" };
    let help = format!("give it {}; where a command is to write it, see whether that failed", form::what(format));
    Diagnostic::new(OTHER_FORMAT, message).help(help)
}

fn in_vain(format: Format, root: &Node, given: &BTreeMap<String, String>) -> Result<(), Box<Diagnostic>> {
    let known = || intrinsics::Deck::names(root);
    let unknown = |name: &&String| format != Format::CloudFormation || !known().any(|known| known == name.as_str());
    let Some(name) = given.keys().find(unknown) else {
        return given.iter().find_map(|(name, value)| not_allowed(root, name, value)).map_or(Ok(()), Err);
    };
    let message = format!("`--var {name}=…` sets no parameter of this file");
    let help = match format {
        Format::CloudFormation => suggest::advise(name, known()),
        Format::Api | Format::Terraform => Some("only a template of CloudFormation has parameters".to_owned()),
    };
    Err(Box::new(Diagnostic::new(NO_PARAMETER, message).maybe_help(help)))
}

/// What is wrong with a value that `CloudFormation` would not take for a parameter of the template.
fn not_allowed(root: &Node, name: &str, value: &str) -> Option<Box<Diagnostic>> {
    let declared = root.get("Parameters")?.get(name)?;
    let allowed: Vec<&str> = declared.get("AllowedValues")?.items()?.iter().filter_map(Node::literal).collect();
    let is_list = declared.get("Type").and_then(Node::literal).is_some_and(|kind| kind.contains("List"));
    let mut parts: Box<dyn Iterator<Item = &str>> =
        if is_list { Box::new(value.split(',').map(str::trim)) } else { Box::new(std::iter::once(value)) };
    let other = parts.find(|part| !allowed.contains(part))?;
    let message = format!("the parameter {name} does not take `{other}`");
    Some(Box::new(Diagnostic::new(NO_PARAMETER, message).maybe_help(suggest::advise(other, allowed.iter().copied()))))
}
