//! An effective policy as AWS writes it: merged, without operators, each setting a plain value (Organizations user guide,
//! "Inheritance examples").

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kinds::account_enforcement::{Guarding, ModelEnforcement, SelectiveContentGuarding};
use crate::model::{Region, RemoteId};

/// What is enforced in one Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InEffect {
    /// The version.
    pub version: RemoteId,
    /// What of a call is examined.
    pub guarding: SelectiveContentGuarding,
    /// Which models are held to it.
    pub models: ModelEnforcement,
}

/// What an effective policy enforces in each Region of which it speaks. A configuration that names no version enforces nothing.
pub fn in_effect(document: &Value) -> BTreeMap<Region, Vec<InEffect>> {
    let regions = document.pointer("/bedrock/guardrail_inference").and_then(Value::as_object);
    let enforced = |configurations: &Value| -> Vec<InEffect> {
        let configurations = configurations.as_object().into_iter().flat_map(|all| all.values());
        configurations.filter_map(configuration).collect()
    };
    let regions = regions.into_iter().flatten();
    regions.map(|(region, configurations)| (Region::new(region.as_str()), enforced(configurations))).collect()
}

fn configuration(found: &Value) -> Option<InEffect> {
    let (guarding, models) = settings(found);
    Some(InEffect { version: RemoteId::new(found.get("identifier")?.as_str()?), guarding, models })
}

/// What a configuration examines, and for which models; what is left out is the default.
pub(super) fn settings(found: &Value) -> (SelectiveContentGuarding, ModelEnforcement) {
    // The preview's element, which selective guarding took the place of: `honor` examined what was tagged (inferred).
    let honours = found.get("selective_content_guarding").is_none() && found["input_tags"] == "honor";
    let mode = |member: &str| match found.pointer(&format!("/selective_content_guarding/{member}")) {
        Some(mode) if mode == "selective" => Guarding::Selective,
        _ if honours => Guarding::Selective,
        _ => Guarding::Comprehensive,
    };
    let list = |member: &str| -> BTreeSet<String> {
        let items = found.pointer(&format!("/model_enforcement/{member}")).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut included_models = list("included_models");
    if included_models.is_empty() {
        included_models = ModelEnforcement::default().included_models;
    }
    let guarding = SelectiveContentGuarding { system: mode("system"), messages: mode("messages") };
    (guarding, ModelEnforcement { included_models, excluded_models: list("excluded_models") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_out_is_the_default() {
        let document = json!({"bedrock": {"guardrail_inference": {
            "us-east-1": {"config_1": {"identifier": "arn:1"}},
            "eu-west-1": {"config_1": {"identifier": "arn:2", "selective_content_guarding": {"messages": "selective"},
                "model_enforcement": {"included_models": [], "excluded_models": ["a.b"]}}},
            "eu-west-3": {"config_1": {"identifier": "arn:3", "input_tags": "honor"}},
            "eu-north-1": {"config_1": {"selective_content_guarding": {"messages": "selective"}}}}}});
        let found = in_effect(&document);
        let plain = InEffect {
            version: RemoteId::new("arn:1"),
            guarding: SelectiveContentGuarding::default(),
            models: ModelEnforcement::default(),
        };
        assert_eq!(found[&Region::new("us-east-1")], [plain]);
        let [set] = &found[&Region::new("eu-west-1")][..] else { panic!("{found:?}") };
        assert_eq!((set.guarding.system, set.guarding.messages), (Guarding::Comprehensive, Guarding::Selective));
        assert_eq!(set.models.included_models, ModelEnforcement::default().included_models);
        assert!(set.models.excluded_models.contains("a.b"));
        let guarding = &found[&Region::new("eu-west-3")][0].guarding;
        assert_eq!((guarding.system, guarding.messages), (Guarding::Selective, Guarding::Selective));
        assert!(found[&Region::new("eu-north-1")].is_empty() && in_effect(&json!({})).is_empty());
    }
}
