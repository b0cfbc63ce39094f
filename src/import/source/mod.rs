//! Files of others, as stock: requests and answers of Bedrock's API, templates of `CloudFormation`, state of Terraform.
//! Nothing is asked of AWS.

mod api;
mod blocks;
pub mod cloudformation;
mod documents;
mod enforced;
mod guardrail;
mod intrinsics;
mod surrogates;
pub mod terraform;

use std::collections::BTreeMap;

use super::stock::Stock;
use crate::model::diagnostic::Diagnostics;
use crate::model::span::SourceId;
use crate::model::{AccountId, words};
use crate::spec::node::Node;
use crate::spec::yaml;

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

/// Reads a file. `given` are values that only a deployment knows otherwise, such as parameters of a template. Reports why it
/// is none of this format; `None` then.
pub fn read(
    format: Format,
    source: SourceId,
    text: &str,
    given: &BTreeMap<String, String>,
    diagnostics: &mut Diagnostics,
) -> Option<Found> {
    let text = surrogates::joined(text);
    let node = if format == Format::CloudFormation {
        yaml::parse_template(source, &text, diagnostics)
    } else {
        yaml::parse_literal(source, &text, diagnostics)
    }?;
    let found = match format {
        Format::Api => api::read(&node),
        Format::CloudFormation => cloudformation::read(&node, given),
        Format::Terraform => terraform::read(&node),
    };
    found.map_err(|fault| diagnostics.push(*fault)).ok()
}

crate::codes! {
    /// A file of another kind.
    OTHER_FORMAT = "E0007": "a file is not what `import --from` was told that it is";
}

/// The root is not what it should be.
fn other(root: &Node, message: &str, help: &str) -> Box<crate::model::diagnostic::Diagnostic> {
    Box::new(crate::model::diagnostic::Diagnostic::at(root.span.at_start(), OTHER_FORMAT, message).help(help))
}
