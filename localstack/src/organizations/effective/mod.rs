//! Effective policies: what the merges along each chain came to, seen only after a while.
//!
//! A timeline is kept for each node that has, or once had, a policy of the type attached; every other node shares that of the
//! closest node above. So thousands of accounts below one attachment cost one merge.

mod timeline;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use timeline::{Defect, Effective, Outcome, Timeline};

use super::bedrock_policy;
use super::inheritance::{self, Element};
use super::organization::Organization;
use super::policy_type::PolicyType;
use crate::clock::Millis;
use crate::tracked::Entities;

impl Organization {
    /// What is in effect at a node; a node that nothing was ever attached to or above has no document.
    pub(super) fn effective(&self, policy_type: PolicyType, id: &str, now: Millis) -> Effective {
        let timelines = self.effective.get(&policy_type);
        let governing = timelines.and_then(|timelines| Some(&timelines[self.governing(timelines, id)?]));
        governing.map(|timeline| timeline.at(now)).unwrap_or_default()
    }

    /// The closest node, the given one included, that has a timeline of its own.
    fn governing<'a>(&'a self, timelines: &Entities<String, Timeline>, id: &'a str) -> Option<&'a str> {
        self.upward(id).find(|step| timelines.contains_key(*step))
    }

    /// For each account the node whose timeline it shares; accounts without one are left out.
    pub(super) fn governed(&self, policy_type: PolicyType) -> BTreeMap<&str, Vec<&String>> {
        let mut by_node: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        let Some(timelines) = self.effective.get(&policy_type) else { return by_node };
        let own = |id| timelines.get_key_value(id).map(|(id, _)| id.as_str());
        let mut below = vec![(self.root.id.as_str(), own(&self.root.id))];
        while let Some((parent, governing)) = below.pop() {
            below.extend(self.units_under(parent).iter().map(|unit| (unit.as_str(), own(unit).or(governing))));
            for account in self.accounts_under(parent) {
                if let Some(node) = own(account).or(governing) {
                    by_node.entry(node).or_default().push(account);
                }
            }
        }
        by_node
    }

    /// Merges anew after a change of attachments or documents of one type; what differs is visible from `due` on.
    pub(super) fn propagate(&mut self, policy_type: PolicyType, now: Millis, due: Millis) {
        for (id, outcome) in self.merges(policy_type) {
            let have = self.effective.get(&policy_type).and_then(|timelines| timelines.get(&id));
            if have.is_some_and(|timeline| timeline.latest() == outcome) {
                continue;
            }
            let inherited = self.inherited(policy_type, &id);
            let timelines = self.effective.get_or_insert_with(policy_type, Entities::new);
            timelines.get_or_insert_with(id, || inherited).change(now, due, outcome);
        }
    }

    /// Brings timelines and attachments together at once, after a state was read that someone may have edited.
    pub(super) fn settle(&mut self) {
        let nodes: BTreeSet<String> = self.node_ids().cloned().collect();
        let with_timelines: Vec<PolicyType> = self.effective.keys().copied().collect();
        for policy_type in &with_timelines {
            if let Some(timelines) = self.effective.get_mut(policy_type) {
                timelines.retain(|id, _| nodes.contains(id));
            }
        }
        let types: BTreeSet<PolicyType> = self.policies.values().map(|policy| policy.kind).collect();
        for policy_type in types.into_iter().chain(with_timelines) {
            for (id, outcome) in self.merges(policy_type) {
                let have = self.effective.get(&policy_type).and_then(|timelines| timelines.get(&id));
                if have.is_none_or(|timeline| timeline.latest() != outcome) {
                    let settled = Timeline::settled_on(have.unwrap_or(&Timeline::default()), outcome);
                    self.effective.get_or_insert_with(policy_type, Entities::new).insert(id, settled);
                }
            }
        }
    }

    /// The timeline that a node shares until it has its own.
    fn inherited(&self, policy_type: PolicyType, id: &str) -> Timeline {
        let timelines = self.effective.get(&policy_type);
        timelines.and_then(|timelines| Some(timelines[self.governing(timelines, id)?].clone())).unwrap_or_default()
    }

    /// The merge for each node that has attachments or a timeline, children before parents: a child's first timeline must begin
    /// as its parent's was before this change.
    fn merges(&self, policy_type: PolicyType) -> Vec<(String, Outcome)> {
        if !policy_type.merges() {
            return Vec::new();
        }
        let with_timeline = self.effective.get(&policy_type).into_iter().flat_map(|timelines| timelines.keys());
        let attached = self.attachments.iter().filter(|(_, types)| types.contains_key(&policy_type));
        let ids: BTreeSet<&String> = attached.map(|(id, _)| id).chain(with_timeline).collect();
        let mut chains: Vec<(&String, Vec<&str>)> = ids.into_iter().map(|id| (id, self.downward(id))).collect();
        chains.sort_by_key(|(_, chain)| std::cmp::Reverse(chain.len()));
        let parsed = self.parsed(policy_type);
        chains.into_iter().map(|(id, chain)| (id.clone(), self.merge(policy_type, &chain, &parsed))).collect()
    }

    fn parsed(&self, policy_type: PolicyType) -> BTreeMap<&str, Element> {
        let of_type = self.policies.iter().filter(|(_, policy)| policy.kind == policy_type);
        of_type.filter_map(|(id, policy)| Some((id.as_str(), Element::parse(&policy.content).ok()?))).collect()
    }

    fn merge(&self, policy_type: PolicyType, chain: &[&str], parsed: &BTreeMap<&str, Element>) -> Outcome {
        let levels: Vec<Vec<(&str, &Element)>> = chain
            .iter()
            .map(|id| {
                let attached = self.attached(id, policy_type).iter();
                attached.filter_map(|policy| Some((policy.as_str(), parsed.get(policy.as_str())?))).collect()
            })
            .collect();
        let elements: Vec<Vec<&Element>> =
            levels.iter().map(|level| level.iter().map(|(_, element)| *element).collect()).collect();
        let Some(document) = inheritance::effective(&elements) else { return Outcome::Nothing };
        if policy_type != PolicyType::BedrockPolicy {
            return Outcome::Valid(document);
        }
        let mut defects = bedrock_policy::defects(&document);
        for defect in &mut defects {
            let place = &defect.path[..defect.path.len().min(bedrock_policy::CONFIGURATION_DEPTH)];
            let having_a_say = levels.iter().flatten().filter(|(_, element)| element.reaches(place));
            defect.policies =
                having_a_say.map(|(id, _)| (*id).to_owned()).collect::<BTreeSet<_>>().into_iter().collect();
        }
        if defects.is_empty() { Outcome::Valid(document) } else { Outcome::Invalid(defects) }
    }
}
