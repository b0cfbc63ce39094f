//! Reading an organization from a seed, a state file or `PUT /_bedrail/state`: it is checked as a whole, so that no operation meets
//! a reference that leads nowhere.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::documents;
use super::id::Id;
use super::organization::{Organization, Policy};
use super::policy_type::PolicyType;
use crate::tracked::Part;

/// How deep OUs may be nested below the root.
const DEEPEST: usize = 5;

impl Serialize for Organization {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Organization {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut organization = Self::deserialize(deserializer)?;
        let faults = organization.faults();
        if !faults.is_empty() {
            return Err(D::Error::custom(format!("organization: {}", faults.join("; "))));
        }
        let enabled = organization.policy_types.iter().filter(|(_, switch)| switch.enabled);
        let enabled: Vec<PolicyType> = enabled.map(|(policy_type, _)| *policy_type).collect();
        for policy_type in enabled {
            organization.attach_managed(policy_type);
        }
        organization.settle();
        // What is read is written as a whole.
        organization.forget_changes();
        Ok(organization)
    }
}

impl Organization {
    /// Everything that is wrong, in words.
    fn faults(&self) -> Vec<String> {
        let mut faults = self.wrong_ids();
        faults.extend(self.wrong_parents());
        faults.extend(self.policies.iter().filter_map(|(id, policy)| wrong_document(id, policy)));
        faults.extend(self.wrong_attachments());
        if !self.accounts.contains_key(&self.management_account) {
            faults.push(format!("the management account {} is not among the accounts", self.management_account));
        }
        let strangers = self.delegated_administrators.keys().filter(|id| !self.accounts.contains_key(*id));
        faults.extend(strangers.map(|id| format!("the delegated administrator {id} is not among the accounts")));
        faults
    }

    fn wrong_ids(&self) -> Vec<String> {
        let units = self.units.keys().map(|id| (id, Id::Unit, "an OU"));
        let accounts = self.accounts.keys().map(|id| (id, Id::Account, "an account"));
        let policies = self.policies.keys().map(|id| (id, Id::Policy, "a policy"));
        let single = [(&self.id, Id::Organization, "an organization"), (&self.root.id, Id::Root, "a root")];
        let ids = single.into_iter().chain(units).chain(accounts).chain(policies);
        ids.filter(|(id, form, _)| !form.fits(id))
            .map(|(id, _, what)| format!("{id} is not the id of {what}"))
            .collect()
    }

    fn wrong_parents(&self) -> Vec<String> {
        let units = self.units.iter().map(|(id, unit)| (id, &unit.parent));
        let accounts = self.accounts.iter().map(|(id, account)| (id, &account.parent));
        let holds = |parent: &String| *parent == self.root.id || self.units.contains_key(parent);
        let mut faults: Vec<String> = units
            .chain(accounts)
            .filter(|(_, parent)| !holds(parent))
            .map(|(id, parent)| format!("the parent {parent} of {id} is not a root or OU"))
            .collect();
        // One step more than is allowed is enough to tell, and ends where OUs go round in a circle.
        let deep = self.units.keys().filter(|id| self.upward(id).take(DEEPEST + 2).count() > DEEPEST + 1);
        faults.extend(deep.map(|id| format!("{id} is more than {DEEPEST} OUs deep, or its own ancestor")));
        faults
    }

    fn wrong_attachments(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (node, types) in &self.attachments {
            if self.node(node).is_none() {
                faults.push(format!("policies are attached to {node}, which is not there"));
            }
            for (policy_type, policies) in types {
                if !self.policy_types.get(policy_type).is_some_and(|switch| switch.enabled) {
                    faults.push(format!("{node} has policies of a type that is not enabled"));
                }
                let of_type = |id: &String| self.policy(id).is_some_and(|policy| policy.kind == *policy_type);
                let unknown = policies.iter().filter(|id| !of_type(id));
                faults.extend(unknown.map(|id| format!("{id}, attached to {node}, is not a policy of that type")));
                if policies.iter().collect::<BTreeSet<_>>().len() < policies.len() {
                    faults.push(format!("{node} has a policy attached twice"));
                }
            }
        }
        faults
    }
}

fn wrong_document(id: &str, policy: &Policy) -> Option<String> {
    documents::check(policy.kind, &policy.content).err().map(|refusal| format!("{id}: {}", refusal.message))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::organizations::sample::{SANDBOX, WORKLOADS, naming, value};

    fn read(edit: impl FnOnce(&mut Value)) -> Result<Organization, String> {
        let mut organization = value();
        edit(&mut organization);
        serde_json::from_value(organization).map_err(|error| error.to_string())
    }

    fn with_policy(organization: &mut Value, content: &Value) {
        let content = content.to_string();
        organization["policies"] = json!({"p-aaaaaaaa": {"name": "a", "type": "BEDROCK_POLICY", "content": content}});
    }

    #[test]
    fn what_is_written_is_read_back() {
        let organization = read(|_| ()).expect("the seed is valid");
        let written = serde_json::to_value(&organization).expect("JSON");
        assert_eq!(serde_json::from_value::<Organization>(written).expect("valid"), organization);
    }

    /// What is said, and the edit that it is said of.
    type Row = (&'static str, fn(&mut Value));

    #[test]
    fn what_leads_nowhere_is_refused() {
        let rows: [Row; 11] = [
            ("short is not the id of an organization", |state| state["id"] = json!("short")),
            ("the management account 999999999999 is not", |state| state["management_account"] = json!("999999999999")),
            ("the parent ou-sand-nowhere0 of 333344445555", |state| {
                state["accounts"]["333344445555"]["parent"] = json!("ou-sand-nowhere0");
            }),
            ("or its own ancestor", |state| state["units"][WORKLOADS]["parent"] = json!("ou-sand-wlprod00")),
            ("unknown field `colour`", |state| state["colour"] = json!("red")),
            ("is not the name of a Region", |state| {
                with_policy(state, &json!({"bedrock": {"guardrail_inference": {"x": {"config_1": {}}}}}));
            }),
            ("r-sand has policies of a type that is not enabled", |state| {
                with_policy(state, &naming("aaa", 1));
                state["attachments"] = json!({"r-sand": {"BEDROCK_POLICY": ["p-aaaaaaaa"]}});
            }),
            ("p-bbbbbbbb, attached to r-sand, is not a policy of that type", |state| {
                state["policy_types"] = json!({"BEDROCK_POLICY": {"enabled": true}});
                state["attachments"] = json!({"r-sand": {"BEDROCK_POLICY": ["p-bbbbbbbb"]}});
            }),
            ("r-sand has a policy attached twice", |state| {
                with_policy(state, &naming("aaa", 1));
                state["policy_types"] = json!({"BEDROCK_POLICY": {"enabled": true}});
                state["attachments"] = json!({"r-sand": {"BEDROCK_POLICY": ["p-aaaaaaaa", "p-aaaaaaaa"]}});
            }),
            ("attached to ou-sand-nowhere0, which is not there", |state| {
                state["attachments"] = json!({"ou-sand-nowhere0": {}});
            }),
            ("the delegated administrator 999999999999", |state| {
                state["delegated_administrators"] = json!({"999999999999": {}});
            }),
        ];
        for (want, edit) in rows {
            let said = read(edit).expect_err(want);
            assert!(said.contains(want), "{want}: {said}");
        }
    }

    #[test]
    fn five_levels_of_units_are_the_most() {
        let nest = |levels: usize| {
            read(|state| {
                for level in 1..=levels {
                    let parent = if level == 1 { "r-sand".to_owned() } else { format!("ou-sand-nest000{}", level - 1) };
                    state["units"][format!("ou-sand-nest000{level}")] = json!({"name": "nest", "parent": parent});
                }
            })
        };
        assert!(nest(5).is_ok());
        assert!(nest(6).is_err_and(|said| said.contains("ou-sand-nest0006 is more than 5 OUs deep")));
    }

    #[test]
    fn enabled_service_control_policies_are_attached_everywhere() {
        let organization = read(|state| state["policy_types"] = json!({"SERVICE_CONTROL_POLICY": {"enabled": true}}));
        let organization = organization.expect("valid");
        let bare =
            organization.node_ids().find(|id| organization.attached(id, PolicyType::ServiceControlPolicy).is_empty());
        assert_eq!(bare, None);
        assert_eq!(organization.attached(SANDBOX, PolicyType::ServiceControlPolicy), ["p-FullAWSAccess"]);
    }
}
