//! A change to one resource, with everything that is known of it by itself.

use std::collections::BTreeSet;

use serde_json::Value;

use super::decide::Decisions;
use super::order::Draft;
use super::{Change, Hazard};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{Kind, Model, Verb};
use crate::model::{AccountId, Address, Direction, FieldDiff, Guard, Wanted};

impl Decisions<'_> {
    /// A change, its fields as they may be shown.
    pub(super) fn draft(&self, address: &Address, wanted: Option<&Wanted>, verb: Verb, change: Change) -> Draft {
        let mut fields = match &change {
            Change::Create { want } => Model::compare(None, Some(want)),
            Change::Update { have, want, .. } => Model::compare(Some(have), Some(want)),
            Change::Delete { have, .. } => Model::compare(Some(have), None),
        };
        guard_secrets(&mut fields, &self.desired.secrets);
        let fact = self.fact(address, &change);
        Draft {
            address: address.clone(),
            entry: wanted.map(|wanted| wanted.entry.clone()),
            verb,
            phase: None,
            prune: false,
            makes_room: false,
            recalls: false,
            calls: address.kind.calls(verb, &fields),
            direction: Direction::Neutral,
            // The second policy of one with stages goes when it has done its work, or is called back.
            hazards: if verb == Verb::Delete && !self.desired.is_second(address) {
                BTreeSet::from([Hazard::Deletes])
            } else {
                BTreeSet::new()
            },
            reach: self.reach(address),
            locked_out: BTreeSet::new(),
            target: self.target(address),
            change,
            fields,
            fact,
            serves: Vec::new(),
        }
    }

    fn fact(&self, address: &Address, change: &Change) -> String {
        let of = match change {
            Change::Create { want: Model::GuardrailVersion(model) } => model.guardrail.address().unwrap_or(address),
            _ => address,
        };
        self.live.found.get(of).map(|found| found.fact.clone()).unwrap_or_default()
    }

    fn reach(&self, address: &Address) -> Option<usize> {
        let organization = self.facts.organization.as_ref();
        let attached = |policy: &str| -> Option<usize> {
            let of_policy = |other: &&Address| {
                other.kind == Kind::OrgPolicyAttachment
                    && other.name.split_once(':').is_some_and(|(name, _)| name == policy)
            };
            // The second policy of one with stages is attached to no node that it is to leave once its text changes.
            let leaves = self.desired.is_second(address) && self.desired.resources.contains_key(address);
            let found = self.live.found.keys().filter(|_| !leaves);
            let known = self.desired.resources.keys().chain(found).filter(of_policy);
            let targets: BTreeSet<&str> = known.filter_map(|other| Some(other.name.split_once(':')?.1)).collect();
            let accounts: BTreeSet<_> = targets.iter().flat_map(|target| self.bound(address, target)).collect();
            Some(accounts.len())
        };
        match address.kind {
            Kind::AccountEnforcement => Some(1),
            Kind::OrgPolicy => attached(&address.name),
            Kind::OrgPolicyAttachment => {
                let target = address.name.split_once(':')?.1;
                organization?;
                Some(self.bound(address, target).count())
            }
            _ => None,
        }
    }

    /// The accounts that a policy or attachment binds through `target`.
    fn bound<'t>(&'t self, address: &Address, target: &'t str) -> impl Iterator<Item = &'t AccountId> {
        let wanted = self.desired.resources.get(address).map(|wanted| &wanted.model);
        let policy_type = match wanted.or_else(|| self.live.found.get(address).map(|found| &found.model)) {
            Some(Model::OrgPolicy(model)) => model.policy_type,
            Some(Model::OrgPolicyAttachment(model)) => model.policy_type,
            _ => PolicyType::Bedrock,
        };
        let reached = self.facts.organization.iter().flat_map(move |it| it.reach(target)).map(|account| &account.id);
        reached.filter(move |account| policy_type.affects_management() || *account != self.facts.home())
    }

    fn target(&self, address: &Address) -> Option<String> {
        if address.kind != Kind::OrgPolicyAttachment {
            return None;
        }
        Some(self.facts.organization.as_ref()?.target(address.name.split_once(':')?.1).name)
    }
}

/// Marks the fields that hold a secret, those below others too.
pub(super) fn guard_secrets(fields: &mut [FieldDiff], secrets: &BTreeSet<String>) {
    for field in fields {
        guard_secrets(&mut field.below, secrets);
        let values = [&field.have, &field.want].into_iter().flatten();
        if values.into_iter().any(|value| holds_secret(value, secrets)) {
            field.guard = Guard::Secret;
        }
    }
}

/// Whether a text, wherever it stands in `value`, holds a secret; as it is, for an escaped form would hide its quotes.
fn holds_secret(value: &Value, secrets: &BTreeSet<String>) -> bool {
    let secret = |text: &str| secrets.iter().any(|secret| text.contains(secret.as_str()));
    match value {
        Value::String(text) => secret(text),
        Value::Array(items) => items.iter().any(|item| holds_secret(item, secrets)),
        Value::Object(entries) => entries.iter().any(|(key, value)| secret(key) || holds_secret(value, secrets)),
        other => secret(&other.to_string()),
    }
}
