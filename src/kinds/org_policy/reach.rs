//! Whether the accounts that a policy reaches may use the guardrails it enforces. An account that may not fails every
//! model call (Bedrock user guide, "guardrails-enforcements").

use super::codes;
use super::section::Named;
use crate::kinds::resource_policy::document::{Grantees, grantees};
use crate::kinds::resource_policy::section::of_guardrail;
use crate::kinds::{Kind, Model};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;
use crate::model::{Account, AccountId, Address};
use crate::spec::lower::{Lowering, Node};

/// The resource policies that let the reached accounts use these guardrails. Reports what is known not to let them.
pub(super) fn permissions(guardrails: &[Named], nodes: &[(Node, Span)], lowering: &mut Lowering<'_>) -> Vec<Address> {
    let mut permitted_by = Vec::new();
    for named in guardrails.iter().filter(|named| !named.guardrail.is_external()) {
        permitted_by.extend(of_guardrail(&named.guardrail, &named.scope, lowering));
        check(named, nodes, lowering);
    }
    permitted_by.sort();
    permitted_by.dedup();
    permitted_by
}

fn check(named: &Named, nodes: &[(Node, Span)], lowering: &mut Lowering<'_>) {
    let owner = &named.scope.account;
    let key = &named.guardrail.key.value;
    let members: Vec<&(Node, Span)> = nodes.iter().filter(|(node, _)| node.id != owner.as_str()).collect();
    let Some((_, first)) = members.first() else { return };
    let address = Address::new(Kind::ResourcePolicy, named.scope.clone(), key.as_str());
    let exists = lowering.desired.resources.contains_key(&address);
    let granted = match lowering.desired.resources.get(&address).map(|wanted| &wanted.model) {
        Some(Model::ResourcePolicy(policy)) => grantees(&policy.document),
        // An entry at fault may grant all that is needed.
        _ if entry_at_fault(named, lowering) => return,
        _ => None,
    };
    let help = if exists {
        "let its resource policy allow `ApplyGuardrail` to the `organization`, or to the OUs that are reached"
            .to_owned()
    } else {
        format!("add to `resource_policies`: `{key}: {{guardrail: {key}, share_with: organization}}`")
    };
    match granted.filter(|granted| !granted.is_own_account()) {
        None => {
            let message = format!("no resource policy lets member accounts apply the guardrail `{key}`");
            let fault =
                Diagnostic::at(named.span, codes::NOT_PERMITTED, message).related(*first, "it is enforced here");
            lowering.diagnostics.push(fault.help(help));
        }
        Some(granted) => {
            for (node, span) in members {
                let left: Vec<String> = left_out(node, &granted, owner, lowering);
                if !left.is_empty() {
                    let message = format!("the resource policy of `{key}` leaves out {}", brief(&left));
                    let fault =
                        Diagnostic::at(*span, codes::NOT_PERMITTED, message).related(named.span, "enforced here");
                    lowering.diagnostics.push(fault.help("share it with their OUs too, or with the `organization`"));
                }
            }
        }
    }
}

fn left_out(node: &Node, granted: &Grantees, owner: &AccountId, lowering: &Lowering<'_>) -> Vec<String> {
    let name = |account: &Account| format!("{} ({})", account.name, account.id);
    let outside = |account: &&Account| account.id != *owner && !granted.admit(&account.ancestors);
    lowering.reached(node).into_iter().flatten().filter(outside).map(name).collect()
}

fn brief(names: &[String]) -> String {
    let shown = names.len().min(3);
    let more = if names.len() > shown { format!(" and {} more", names.len() - shown) } else { String::new() };
    format!("{}{more}", names[..shown].join(", "))
}

/// Whether there is an entry for the guardrail that lowering could make nothing of, or a file that could not be read.
fn entry_at_fault(named: &Named, lowering: &Lowering<'_>) -> bool {
    let is_for = |node: &crate::spec::node::Node| {
        let key = node.get("guardrail").and_then(|value| value.as_scalar()).and_then(|scalar| scalar.text.literal());
        key == Some(named.guardrail.key.value.as_str())
    };
    !lowering.spec.complete || lowering.spec.section("resource_policies").iter().any(|entry| is_for(&entry.node))
}
