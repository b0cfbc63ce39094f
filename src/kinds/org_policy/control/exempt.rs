//! Those whom service control policies let off. A condition on `aws:PrincipalArn` is as good as the roles of that name are
//! kept from others: whoever administers an account could make one, or let himself into one that is there.

use crate::kinds::org_policy::{codes, template};
use crate::kinds::{Kind, Model};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::span::Span;
use crate::model::{Address, Partition, Scope};
use crate::spec::lower::{Lowering, Node};

/// A policy that is made from a template.
#[derive(Clone, Debug)]
pub(crate) struct Templated {
    /// Its key.
    pub(crate) key: String,
    /// Whether it keeps the roles that are let off from others.
    pub(crate) protects: bool,
    /// Patterns of the ARNs of whom it lets off, each with the place that says so.
    pub(crate) exempt: Vec<(String, Span)>,
    /// The nodes it is attached to.
    pub(crate) nodes: Vec<Node>,
}

/// Lets each `protect_guardrails` keep from others the roles that any policy lets off, and the attachments of the declared
/// policies of IAM, and warns of those whom nothing keeps. Run once all sections are lowered.
pub(crate) fn finish(lowering: &mut Lowering<'_>) {
    let all = std::mem::take(&mut lowering.templated);
    for protecting in all.iter().filter(|templated| templated.protects) {
        complete(protecting, &all, lowering);
    }
    for templated in &all {
        for (arn, span) in &templated.exempt {
            if let Some((code, message, help)) = fault(arn, templated, &all, lowering) {
                lowering.diagnostics.push(Diagnostic::at(*span, code, message).help(help));
            }
        }
    }
}

/// Writes the document anew, now that all is known that it protects.
fn complete(protecting: &Templated, all: &[Templated], lowering: &mut Lowering<'_>) {
    let partition = lowering.facts.caller.partition.clone();
    let own: Vec<String> = protecting.exempt.iter().map(|(arn, _)| arn.clone()).collect();
    let exempt = all.iter().flat_map(|templated| &templated.exempt).map(|(arn, _)| arn.as_str());
    let mut roles: Vec<&str> = exempt.filter(|arn| can_be_kept(arn)).collect();
    roles.sort_unstable();
    roles.dedup();
    let policies = policies(&partition, lowering);
    let kept = template::protect_guardrails::Kept { roles: &roles, policies: &policies };
    let document = template::protect_guardrails::document(&partition, &lowering.desired.stack, &own, &kept);
    let address = Address::new(Kind::OrgPolicy, Scope::global(lowering.facts.home().clone()), protecting.key.as_str());
    let Some(wanted) = lowering.desired.resources.get_mut(&address) else { return };
    let Model::OrgPolicy(model) = &mut wanted.model else { return };
    model.document = super::normal(document);
    let (length, longest) = (model.document.least_length(), model.policy_type.longest());
    if let Some(span) = wanted.span.filter(|_| length > longest) {
        let message = format!("this policy has {length} characters as JSON, and AWS takes {longest}");
        let fault = Diagnostic::at(span, codes::SIZE, message);
        lowering.diagnostics.push(fault.help("let off fewer roles, or by a path that they share"));
    }
}

/// Patterns of the ARNs of the policies of IAM that the spec declares in members.
fn policies(partition: &Partition, lowering: &Lowering<'_>) -> Vec<String> {
    let home = lowering.facts.home();
    let declared = lowering.desired.resources.iter().filter_map(|(address, wanted)| match &wanted.model {
        Model::IamPolicy(_) if address.scope.account != *home => Some(&address.name),
        _ => None,
    });
    let mut arns: Vec<String> = declared.map(|name| format!("arn:{partition}:iam::*:policy/{name}")).collect();
    arns.sort();
    arns.dedup();
    arns
}

/// What an ARN says behind `role/`.
fn role(arn: &str) -> Option<&str> {
    arn.split_once(":role/").map(|(_, role)| role)
}

/// What stands before the first wildcard of a role's path and name; `None` where there is no wildcard.
fn before_wildcard(role: &str) -> Option<&str> {
    role.find(['*', '?']).map(|at| &role[..at])
}

/// Whether the roles of this pattern can be kept from others. Those of AWS's paths are, by AWS; and if every role is let off,
/// to keep them all would stop the work of the account.
fn can_be_kept(arn: &str) -> bool {
    let of_aws = |role: &str| ["aws-reserved/", "aws-service-role/"].iter().any(|path| role.starts_with(path));
    role(arn).is_some_and(|role| !of_aws(role) && before_wildcard(role) != Some(""))
}

type Fault = (Code, String, String);

/// Why others could become whom `templated` lets off.
fn fault(arn: &str, templated: &Templated, all: &[Templated], lowering: &Lowering<'_>) -> Option<Fault> {
    if let Some(before) = role(arn).and_then(before_wildcard).filter(|before| !before.contains('/')) {
        let message = if before.is_empty() {
            format!("`{arn}` lets off every role there is, or by a name that anybody may choose")
        } else {
            format!("`{arn}` lets off every role whose name begins with `{before}`, and those that are yet to be made")
        };
        let help = "name the role, or give such roles a path, as in `role/bedrail/*`, that `protect_guardrails` keeps";
        return Some((codes::WILD_EXEMPTION, message, help.to_owned()));
    }
    if arn.contains(":user/") {
        let message = format!("`{arn}` is let off, and administrators of an account may make such a user");
        let help = "exempt a role: `protect_guardrails` keeps roles from others, and no users";
        return Some((codes::UNKEPT_EXEMPTION, message, help.to_owned()));
    }
    if !can_be_kept(arn) {
        return None;
    }
    let kept = |node: &Node| {
        let protecting = all.iter().filter(|templated| templated.protects).flat_map(|templated| &templated.nodes);
        protecting.into_iter().any(|above| lowering.is_above(above, node))
    };
    let open = templated.nodes.iter().find(|node| !kept(node))?;
    let message =
        format!("`{arn}` is let off on `{}`, where administrators may make or change such a role", open.selector);
    let help =
        "attach a policy with `template: protect_guardrails` there or above: it keeps the roles that are let off";
    Some((codes::UNKEPT_EXEMPTION, message, help.to_owned()))
}
