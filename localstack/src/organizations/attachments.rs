//! Which policies hang where. The order on one node is that of attachment, for the first one wins there.

use std::collections::BTreeMap;

use super::organization::Organization;
use super::policy_type::{PolicyType, Status};
use crate::clock::Millis;

impl Organization {
    /// The policies of a type on a node, first attached first.
    pub(super) fn attached(&self, node: &str, policy_type: PolicyType) -> &[String] {
        let types = self.attachments.get(node);
        types.and_then(|types| types.get(&policy_type)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The nodes that a policy is attached to: root, OUs, accounts.
    pub(super) fn targets(&self, policy_type: PolicyType, policy: &str) -> Vec<&String> {
        let holds = |types: &BTreeMap<PolicyType, Vec<String>>| {
            types.get(&policy_type).is_some_and(|policies| policies.iter().any(|id| id == policy))
        };
        let mut targets: Vec<&String> =
            self.attachments.iter().filter(|(_, types)| holds(types)).map(|(node, _)| node).collect();
        targets.sort_by_key(|id| (**id != self.root.id, !self.units.contains_key(*id)));
        targets
    }

    pub(super) fn attach(&mut self, node: &str, policy_type: PolicyType, policy: &str) {
        let types = self.attachments.get_or_insert_with(node.to_owned(), BTreeMap::new);
        types.entry(policy_type).or_default().push(policy.to_owned());
    }

    /// Takes the policies of a type that `gone` says from a node; empty entries are not kept.
    fn prune(&mut self, node: &str, policy_type: PolicyType, gone: impl Fn(&str) -> bool) {
        if !self.attached(node, policy_type).iter().any(|policy| gone(policy)) {
            return;
        }
        let Some(types) = self.attachments.get_mut(node) else { return };
        if let Some(policies) = types.get_mut(&policy_type) {
            policies.retain(|policy| !gone(policy));
            if policies.is_empty() {
                types.remove(&policy_type);
            }
        }
        if types.is_empty() {
            self.attachments.remove(node);
        }
    }

    pub(super) fn detach(&mut self, node: &str, policy_type: PolicyType, policy: &str) {
        self.prune(node, policy_type, |id| id == policy);
    }

    /// Disabling a type takes its policies off every node; the documents stay.
    pub(super) fn detach_all(&mut self, policy_type: PolicyType) {
        let nodes: Vec<String> = self.attachments.keys().cloned().collect();
        for node in nodes {
            self.prune(&node, policy_type, |_| true);
        }
    }

    /// Attaches the type's managed policy to every node that has no policy of the type.
    pub(super) fn attach_managed(&mut self, policy_type: PolicyType) {
        let Some(policy) = policy_type.managed_policy() else { return };
        let bare = self.node_ids().filter(|node| self.attached(node, policy_type).is_empty());
        for node in bare.cloned().collect::<Vec<_>>() {
            self.attach(&node, policy_type, policy);
        }
    }

    /// Where a type stands; `None` is disabled.
    pub(super) fn status(&self, policy_type: PolicyType, now: Millis) -> Option<Status> {
        self.policy_types.get(&policy_type).and_then(|switch| switch.status(now))
    }
}
