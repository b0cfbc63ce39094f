//! Why a merge does not come into effect: AWS keeps the last valid effective policy until it is repaired (Organizations user
//! guide, "About invalid effective policy alerts").

use std::fmt;

use super::{Inherited, Merged};
use crate::model::Region;

/// What is wrong with what a chain of policies comes to. Which of AWS's codes goes with which rule is inferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// A Region has several configurations (`ELEMENTS_TOO_MANY`).
    Several {
        /// The Region.
        region: Region,
    },
    /// A configuration lacks something it must have (`KEY_REQUIRED`).
    Missing {
        /// The Region.
        region: Region,
        /// What is missing.
        element: &'static str,
    },
}

impl Defect {
    /// The Region that is configured wrongly.
    pub const fn region(&self) -> &Region {
        match self {
            Self::Several { region } | Self::Missing { region, .. } => region,
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Several { region } => write!(out, "{region} has more than one configuration"),
            Self::Missing { region, element } => write!(out, "the configuration of {region} has no `{element}`"),
        }
    }
}

impl Inherited {
    /// What keeps it from coming into effect; nothing where it is valid.
    pub fn defects(&self) -> Vec<Defect> {
        let mut found = Vec::new();
        for (name, configurations) in self.inference() {
            let region = Region::new(name.as_str());
            // What sets nothing is no part of the effective policy.
            let set: Vec<&Merged> =
                configurations.children.values().filter(|configuration| configuration.plain().is_some()).collect();
            if set.len() > 1 {
                found.push(Defect::Several { region: region.clone() });
            }
            for configuration in set {
                let lacking = configuration.lacking();
                found.extend(lacking.map(|element| Defect::Missing { region: region.clone(), element }));
            }
        }
        found
    }
}

impl Merged {
    fn has(&self, key: &str) -> bool {
        self.child(key).is_some_and(|child| child.plain().is_some())
    }

    /// What a configuration that sets something must have besides.
    fn lacking(&self) -> impl Iterator<Item = &'static str> {
        let identifier = (!self.has("identifier")).then_some("identifier");
        let models = self.child("model_enforcement").filter(|models| models.plain().is_some());
        let lists = models
            .into_iter()
            .flat_map(|models| ["included_models", "excluded_models"].into_iter().filter(|list| !models.has(list)));
        identifier.into_iter().chain(lists)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inherit;
    use crate::model::{Document, Ref, RemoteId};

    fn defects(configurations: &Value) -> Vec<String> {
        let document = Document::from(json!({"bedrock": {"guardrail_inference": {"us-east-1": configurations}}}));
        let policy = Ref::Foreign(RemoteId::new("p"));
        inherit(&[vec![(&policy, &document)]]).defects().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_configuration_must_have_is_missed() {
        let named = json!({"identifier": {"@@assign": "arn:1"}});
        assert!(defects(&json!({ "config_1": named })).is_empty());
        assert!(
            defects(&json!({"config_1": {"identifier": {"@@operators_allowed_for_child_policies": ["@@none"]}}}))
                .is_empty()
        );
        assert_eq!(
            defects(&json!({"config_1": {"selective_content_guarding": {"system": {"@@assign": "selective"}}}})),
            ["the configuration of us-east-1 has no `identifier`"]
        );
        let models =
            json!({"identifier": {"@@assign": "arn:1"}, "model_enforcement": {"excluded_models": {"@@assign": []}}});
        assert_eq!(
            defects(&json!({ "config_1": models })),
            ["the configuration of us-east-1 has no `included_models`"]
        );
        assert_eq!(
            defects(&json!({"config_1": named, "config_2": named})),
            ["us-east-1 has more than one configuration"]
        );
    }
}
