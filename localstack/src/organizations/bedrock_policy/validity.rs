//! When an effective document is whole.
//!
//! Source: the required elements of user guide "Amazon Bedrock policy syntax and examples", and the codes of "About invalid
//! effective policy alerts". Which code goes with which rule is inferred, and so is that a Region has one configuration.

use serde_json::{Map, Value};

use crate::organizations::effective::Defect;

/// What is wrong with an effective document, in order of keys; the contributing policies are left for the caller to fill in.
pub(in crate::organizations) fn defects(document: &Value) -> Vec<Defect> {
    let mut found = Vec::new();
    for (region, configurations) in regions(document) {
        let path = ["bedrock", "guardrail_inference", region];
        if configurations.len() > 1 {
            found.push(defect("ELEMENTS_TOO_MANY", &path, "a Region has one configuration"));
        }
        for (name, configuration) in configurations {
            let mut path = path.to_vec();
            path.push(name);
            if configuration.get("identifier").is_none() {
                found.push(required(&path, "identifier"));
            }
            if let Some(lists) = configuration.get("model_enforcement") {
                path.push("model_enforcement");
                let absent = ["included_models", "excluded_models"].into_iter().filter(|key| lists.get(key).is_none());
                found.extend(absent.map(|key| required(&path, key)));
            }
        }
    }
    found
}

/// Region and `ARN:version` of every configuration in an effective document.
pub(in crate::organizations) fn identifiers(document: &Value) -> impl Iterator<Item = (&str, &str)> {
    regions(document).flat_map(|(region, configurations)| {
        let named = configurations.values().filter_map(|one| one.get("identifier")?.as_str());
        named.map(move |identifier| (region, identifier))
    })
}

fn regions(document: &Value) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    let regions = document.pointer("/bedrock/guardrail_inference").and_then(Value::as_object);
    regions.into_iter().flatten().filter_map(|(region, value)| Some((region.as_str(), value.as_object()?)))
}

fn required(path: &[&str], key: &str) -> Defect {
    let path: Vec<&str> = path.iter().copied().chain([key]).collect();
    defect("KEY_REQUIRED", &path, &format!("{key} is required"))
}

fn defect(code: &str, path: &[&str], message: &str) -> Defect {
    Defect {
        code: code.to_owned(),
        path: path.iter().map(|key| (*key).to_owned()).collect(),
        message: message.to_owned(),
        policies: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_whole_document_has_no_defects() {
        let whole = json!({"identifier": "a:1", "model_enforcement": {"included_models": [], "excluded_models": []}});
        let rows = [
            (json!({"config_1": whole}), vec![]),
            (json!({"config_1": {"input_tags": "honor"}}), vec![("KEY_REQUIRED", "config_1.identifier")]),
            (
                json!({"config_1": {"identifier": "a:1", "model_enforcement": {"excluded_models": ["m"]}}}),
                vec![("KEY_REQUIRED", "config_1.model_enforcement.included_models")],
            ),
            (
                json!({"config_1": {"identifier": "a:1"}, "config_2": {"identifier": "b:1"}}),
                vec![("ELEMENTS_TOO_MANY", "")],
            ),
        ];
        for (region, want) in rows {
            let have = defects(&json!({"bedrock": {"guardrail_inference": {"us-east-1": region}}}));
            let have: Vec<(&str, String)> =
                have.iter().map(|one| (one.code.as_str(), one.path[3..].join("."))).collect();
            let have: Vec<(&str, &str)> = have.iter().map(|(code, path)| (*code, path.as_str())).collect();
            assert_eq!(have, want, "{region}");
        }
    }
}
