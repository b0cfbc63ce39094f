//! What a policy says Region by Region, so that two of them can be compared by what they cover.

use std::collections::BTreeMap;

use super::{Model, control};
use crate::model::{Document, Region, Shift};

/// The configurations of each Region that a document speaks of.
pub(crate) fn regions(document: &Document) -> BTreeMap<Region, &Document> {
    let Some(Document::Map(entries)) = inference(document) else { return BTreeMap::new() };
    let named = entries.iter().filter(|(key, _)| !key.starts_with("@@"));
    named.map(|(key, configurations)| (Region::new(key.as_str()), configurations)).collect()
}

fn inference(document: &Document) -> Option<&Document> {
    document.get("bedrock")?.get("guardrail_inference")
}

impl Model {
    /// Whether `want` in the place of this says something new of a Region, and whether it falls silent on one.
    pub fn shift(&self, want: &Self) -> Shift {
        let (have, want) = (regions(&self.document), regions(&want.document));
        Shift {
            adds: want.iter().any(|(region, configurations)| have.get(region) != Some(configurations)),
            takes: have.keys().any(|region| !want.contains_key(region)),
        }
    }

    /// `want`, and what this says of the Regions on which that is silent; of a service control policy, `want` with the
    /// guardrails besides that this lets calls name.
    #[must_use]
    pub fn joined_with(&self, want: &Self) -> Self {
        if !want.policy_type.merges() {
            return Self { document: control::named::joined(&self.document, &want.document), ..want.clone() };
        }
        let wanted = regions(&want.document);
        let left: BTreeMap<Region, Document> = regions(&self.document)
            .into_iter()
            .filter(|(region, _)| !wanted.contains_key(region))
            .map(|(region, configurations)| (region, configurations.clone()))
            .collect();
        let mut joined = want.clone();
        if let Document::Map(top) = &mut joined.document
            && let Some(Document::Map(bedrock)) = top.get_mut("bedrock")
            && let Some(Document::Map(regions)) = bedrock.get_mut("guardrail_inference")
        {
            regions.extend(left.into_iter().map(|(region, configurations)| (region.to_string(), configurations)));
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(regions: &[(&str, &str)]) -> Model {
        let regions: serde_json::Map<_, _> = regions
            .iter()
            .map(|(region, version)| ((*region).to_owned(), json!({"config_1": {"identifier": {"@@assign": version}}})))
            .collect();
        let document = Document::from(json!({"bedrock": {"guardrail_inference": regions}}));
        Model {
            policy_type: crate::kinds::org_policy_type::PolicyType::Bedrock,
            name: "org".to_owned(),
            description: String::new(),
            document,
            tags: BTreeMap::new(),
            needs: Vec::new(),
        }
    }

    #[test]
    fn regions_come_and_go() {
        let (east, west) = (("us-east-1", "arn:1"), ("eu-west-1", "arn:2"));
        for (have, want, adds, takes) in [
            (policy(&[east]), policy(&[east]), false, false),
            (policy(&[east]), policy(&[east, west]), true, false),
            (policy(&[east, west]), policy(&[east]), false, true),
            (policy(&[east]), policy(&[("us-east-1", "arn:3")]), true, false),
            (policy(&[east]), policy(&[west]), true, true),
        ] {
            assert_eq!(have.shift(&want), Shift { adds, takes }, "{have:?} {want:?}");
            let joined = have.joined_with(&want);
            assert!(!have.shift(&joined).takes && !joined.shift(&want).adds, "{joined:?}");
        }
    }
}
