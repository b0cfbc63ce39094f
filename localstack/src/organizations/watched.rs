//! What the timeline of `/_bedrail/timeline` follows.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::bedrock_policy;
use super::effective::{Defect, Timeline};
use super::managed::is_managed;
use super::organization::{JoinedMethod, Organization};
use super::policy_type::{PolicyType, Status};
use crate::clock::Millis;

/// What the effective Bedrock policy of a node comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InEffect {
    /// Region and identifier of each guardrail in the last valid document.
    pub(crate) enforced: Vec<(String, String)>,
    /// Region and fault, where a newer merge is not valid.
    pub(crate) faults: Vec<(String, String)>,
}

/// The types that say what may be done, and not how.
const CONTROLS: [PolicyType; 2] = [PolicyType::ServiceControlPolicy, PolicyType::ResourceControlPolicy];

impl Organization {
    /// For each node with an effective Bedrock policy of its own, or one that is not valid, what is in effect.
    pub(crate) fn in_effect_by_node(&self, now: Millis) -> BTreeMap<String, InEffect> {
        let owned = |(region, identifier): (&str, &str)| (region.to_owned(), identifier.to_owned());
        let fault = |defect: &Defect| {
            let region = defect.path.get(bedrock_policy::REGION_DEPTH)?.clone();
            Some((region, format!("the effective policy is not valid: {} at {}", defect.code, defect.path.join("."))))
        };
        let lines = self.effective.get(&PolicyType::BedrockPolicy).into_iter().flat_map(|lines| lines.iter());
        let seen = lines.map(|(node, line)| {
            let enforced = line.document(now).into_iter().flat_map(bedrock_policy::identifiers).map(owned).collect();
            let faults = line.defects(now).iter().filter_map(fault).collect();
            (node.clone(), InEffect { enforced, faults })
        });
        seen.filter(|(_, found)| !found.enforced.is_empty() || !found.faults.is_empty()).collect()
    }

    /// When effective Bedrock policies will change, and when control policies come into effect or go out of it.
    pub(crate) fn enforcement_dues(&self, now: Millis) -> impl Iterator<Item = Millis> {
        let lines = self.effective.get(&PolicyType::BedrockPolicy).into_iter().flat_map(|lines| lines.values());
        let switches = CONTROLS.iter().filter_map(|kind| Some(self.policy_types.get(kind)?.from));
        lines.flat_map(Timeline::dues).chain(switches).filter(move |due| *due > now)
    }

    /// The node whose effective Bedrock policy the account shares.
    pub(crate) fn enforcing_node<'a>(&'a self, account: &'a str) -> Option<&'a str> {
        let lines = self.effective.get(&PolicyType::BedrockPolicy)?;
        self.upward(account).find(|node| lines.contains_key(*node))
    }

    /// The root or OU that an account is in, and whether it was invited. Accounts in one place are controlled alike, unless they
    /// have [control policies of their own](Self::has_own_controls).
    pub(crate) fn place_of(&self, account: &str) -> Option<(&str, bool)> {
        let account = self.accounts.get(account)?;
        Some((&account.parent, account.joined_method == JoinedMethod::Invited))
    }

    /// Whether control policies other than AWS's own are attached to the account itself.
    pub(crate) fn has_own_controls(&self, account: &str) -> bool {
        CONTROLS.iter().any(|kind| self.attached(account, *kind).iter().any(|id| !is_managed(id)))
    }

    /// Whether there are control policies other than AWS's own.
    pub(crate) fn is_controlled(&self) -> bool {
        self.policies.values().any(|policy| CONTROLS.contains(&policy.kind))
    }

    /// Stands for the control policies in effect: another number after something about them has changed.
    pub(crate) fn control_stamp(&self, now: Millis) -> u64 {
        let mut hasher = DefaultHasher::new();
        for kind in CONTROLS {
            (self.status(kind, now) == Some(Status::Enabled)).hash(&mut hasher);
            let documents = self.policies.iter().filter(|(_, policy)| policy.kind == kind);
            documents.for_each(|(id, policy)| (id, &policy.content).hash(&mut hasher));
            let attached = self.attachments.iter().filter_map(|(node, types)| Some((node, types.get(&kind)?)));
            attached.for_each(|attached| attached.hash(&mut hasher));
        }
        hasher.finish()
    }
}
