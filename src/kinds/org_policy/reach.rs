//! Whether the accounts that a policy reaches may use the guardrails it enforces. An account that may not fails every
//! model call (Bedrock user guide, "guardrails-enforcements").

use super::codes;
use super::section::Named;
use crate::kinds::resource_policy::permission::{Permission, advice};
use crate::kinds::resource_policy::section::of_guardrail;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;
use crate::model::{Account, AccountId, Address};
use crate::spec::lower::{Lowering, Node};
use crate::spec::suggest;

/// The resource policies that let the reached accounts use these guardrails. Reports what is known not to let them.
pub(super) fn permissions(guardrails: &[Named], nodes: &[(Node, Span)], lowering: &mut Lowering<'_>) -> Vec<Address> {
    let mut needs = Vec::new();
    for named in guardrails.iter().filter(|named| !named.guardrail.is_external()) {
        needs.extend(of_guardrail(&named.guardrail, &named.scope, lowering));
        check(named, nodes, lowering);
    }
    needs.sort();
    needs.dedup();
    needs
}

fn check(named: &Named, nodes: &[(Node, Span)], lowering: &mut Lowering<'_>) {
    let owner = &named.scope.account;
    let key = &named.guardrail.key.value;
    let members: Vec<&(Node, Span)> = nodes.iter().filter(|(node, _)| node.id != owner.as_str()).collect();
    let Some((_, first)) = members.first() else { return };
    let permission = Permission::of(&named.guardrail, &named.scope, lowering);
    if let Permission::Nobody = permission {
        let message = format!("no resource policy lets member accounts apply the guardrail `{key}`");
        let fault = Diagnostic::at(named.span, codes::NOT_PERMITTED, message).related(*first, "it is enforced here");
        let help = advice(key, &named.scope, lowering);
        lowering.diagnostics.push(fault.help(help));
        return;
    }
    for (node, span) in members {
        let left: Vec<String> = left_out(node, &permission, owner, lowering);
        if !left.is_empty() {
            let message = format!("the resource policy of `{key}` leaves out {}", suggest::brief(&left));
            let fault = Diagnostic::at(*span, codes::NOT_PERMITTED, message).related(named.span, "enforced here");
            lowering.diagnostics.push(fault.help("share it with their OUs too, or with the `organization`"));
        }
    }
}

fn left_out(node: &Node, permission: &Permission, owner: &AccountId, lowering: &Lowering<'_>) -> Vec<String> {
    let name = |account: &Account| format!("{} ({})", account.name, account.id);
    let outside = |account: &&Account| account.id != *owner && permission.leaves_out(account);
    lowering.reached(node).into_iter().flatten().filter(outside).map(name).collect()
}
