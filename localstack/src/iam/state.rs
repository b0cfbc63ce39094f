//! What IAM remembers of an account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text::Text;
use crate::clock::Millis;
use crate::ids;
use crate::policy::{Document, Kind};
use crate::tracked::{Entities, parts};

/// The roles and the customer managed policies of an account, by name. AWS takes two names that differ in case only for one.
///
/// ARNs are not part of it: they are made from the account, the path and the name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Iam {
    pub(crate) roles: Entities<String, Role>,
    pub(crate) policies: Entities<String, Policy>,
}

parts!(Iam { roles, policies } fixed {});

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    /// `AROA…`; a state written by hand can leave it out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) id: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) description: String,
    /// Who may assume it.
    pub(crate) trust: Text,
    /// In seconds.
    #[serde(default = "an_hour")]
    pub(crate) max_session_duration: u32,
    /// The ARN of a managed policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary: Option<String>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    /// The documents of its inline policies, by name.
    #[serde(default)]
    pub(crate) inline: BTreeMap<String, Text>,
    /// The ARNs of its managed policies, first attached first.
    #[serde(default)]
    pub(crate) attached: Vec<String>,
    /// 0, or left out: when the account joined.
    #[serde(default)]
    pub(crate) created: Millis,
}

/// A customer managed policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    /// `ANPA…`; a state written by hand can leave it out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) id: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    /// By the number in `v<number>`.
    pub(crate) versions: BTreeMap<u32, PolicyVersion>,
    /// The number of the version in effect, one of `versions`.
    pub(crate) default_version: u32,
    /// The highest number given out. Numbers are not used again.
    pub(crate) last_version: u32,
    /// 0, or left out: when the account joined.
    #[serde(default)]
    pub(crate) created: Millis,
    #[serde(default)]
    pub(crate) updated: Millis,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyVersion {
    pub(crate) document: Text,
    #[serde(default)]
    pub(crate) created: Millis,
}

fn root_path() -> String {
    "/".to_owned()
}

const fn an_hour() -> u32 {
    3600
}

impl Iam {
    pub(super) const fn nothing() -> Self {
        Self { roles: Entities::new(), policies: Entities::new() }
    }

    /// Fills in what a state written by hand may leave out.
    pub(super) fn complete(&mut self, account: &str, joined: Millis) {
        let since = |at: &mut Millis, default: Millis| {
            if *at == 0 {
                *at = default;
            }
        };
        self.roles.edit_all(|name, role| {
            if role.id.is_empty() {
                role.id = format!("AROA{}", ids::upper(&format!("role/{account}/{name}"), 17));
            }
            since(&mut role.created, joined);
        });
        self.policies.edit_all(|name, policy| {
            if policy.id.is_empty() {
                policy.id = format!("ANPA{}", ids::upper(&format!("policy/{account}/{name}"), 17));
            }
            since(&mut policy.created, joined);
            since(&mut policy.updated, policy.created);
            for version in policy.versions.values_mut() {
                since(&mut version.created, policy.created);
            }
        });
    }

    /// All documents: whose they are, of what kind, and their text.
    fn documents(&self) -> impl Iterator<Item = (String, Kind, &Text)> {
        let trust =
            self.roles.iter().map(|(name, role)| (format!("the trust of the role {name}"), Kind::Trust, &role.trust));
        let inline = self.roles.iter().flat_map(|(name, role)| {
            let of = move |policy: &String| format!("the policy {policy} of the role {name}");
            role.inline.iter().map(move |(policy, text)| (of(policy), Kind::Identity, text))
        });
        let managed = self.policies.iter().flat_map(|(name, policy)| {
            let of = move |number: &u32| format!("the version v{number} of the policy {name}");
            policy.versions.iter().map(move |(number, version)| (of(number), Kind::Identity, &version.document))
        });
        trust.chain(inline).chain(managed)
    }

    /// What makes no sense, in words.
    pub(super) fn faults(&self) -> Vec<String> {
        let names = self.roles.keys().map(|name| ("role", name));
        let names = names.chain(self.policies.keys().map(|name| ("policy", name)));
        let mut seen = BTreeMap::new();
        let twice = names.filter_map(|(kind, name)| {
            let other = seen.insert((kind, name.to_lowercase()), name)?;
            Some(format!("the {kind} names {other} and {name} differ in case only"))
        });
        let mut faults: Vec<String> = twice.collect();
        faults.extend(self.documents().filter_map(|(whose, kind, text)| {
            let malformed = Document::parse(text).and_then(|document| document.fits(kind)).err()?;
            Some(format!("{whose}: {malformed}"))
        }));
        for (name, policy) in &self.policies {
            if !policy.versions.contains_key(&policy.default_version) {
                faults.push(format!("the policy {name} has no version v{}", policy.default_version));
            }
            if policy.versions.keys().any(|number| *number > policy.last_version) {
                faults.push(format!("the policy {name} has a version after the last, v{}", policy.last_version));
            }
        }
        faults
    }
}

impl Role {
    /// `arn:<partition>:iam::<account>:role<path><name>`
    pub(crate) fn arn(&self, partition: &str, account: &str, name: &str) -> String {
        format!("arn:{partition}:iam::{account}:role{}{name}", self.path)
    }
}

impl Policy {
    /// `arn:<partition>:iam::<account>:policy<path><name>`
    pub(crate) fn arn(&self, partition: &str, account: &str, name: &str) -> String {
        format!("arn:{partition}:iam::{account}:policy{}{name}", self.path)
    }

    /// The document in effect.
    pub(crate) fn document(&self) -> &Text {
        let version = self.versions.get(&self.default_version);
        &version.expect("the default version is kept, and states are checked when they are read").document
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(state: Value) -> Iam {
        serde_json::from_value(state).expect("a state")
    }

    fn trust() -> Value {
        json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}})
    }

    fn document() -> Value {
        json!({"Statement": {"Effect": "Allow", "Resource": "*", "Action": "a:B"}})
    }

    #[test]
    fn a_state_by_hand_needs_little() {
        let mut iam = read(json!({
            "roles": {"app": {"trust": trust()}},
            "policies": {"p": {"versions": {"2": {"document": document()}}, "default_version": 2, "last_version": 3}},
        }));
        assert_eq!(iam.faults(), [""; 0]);
        iam.complete("111122223333", 7);
        let (role, policy) = (&iam.roles["app"], &iam.policies["p"]);
        assert!(role.id.starts_with("AROA") && role.id.len() == 21, "{}", role.id);
        assert!(policy.id.starts_with("ANPA") && policy.id.len() == 21, "{}", policy.id);
        assert_eq!((role.created, policy.updated, policy.versions[&2].created), (7, 7, 7));
        assert_eq!(role.arn("aws", "111122223333", "app"), "arn:aws:iam::111122223333:role/app");
        assert_eq!(policy.arn("aws", "1", "p"), "arn:aws:iam::1:policy/p");
        assert_eq!(**policy.document(), document().to_string());
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let policy = |document: Value, default, last| json!({"versions": {"2": {"document": document}}, "default_version": default, "last_version": last});
        for (state, part) in [
            (json!({"roles": {"app": {"trust": trust()}, "App": {"trust": trust()}}}), "differ in case only"),
            (json!({"policies": {"p": policy(document(), 1, 2)}}), "has no version v1"),
            (json!({"policies": {"p": policy(document(), 2, 1)}}), "after the last, v1"),
            (json!({"policies": {"p": policy(trust(), 2, 2)}}), "the version v2 of the policy p: "),
            (json!({"roles": {"app": {"trust": document()}}}), "the trust of the role app: "),
            (json!({"roles": {"app": {"trust": trust(), "inline": {"x": "{"}}}}), "the policy x of the role app: "),
        ] {
            let faults = read(state).faults();
            assert!(faults.len() == 1 && faults[0].contains(part), "{faults:?}");
        }
    }
}
