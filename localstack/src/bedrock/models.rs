//! The foundation models of each Region, from a table of public ones.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::target::optional;
use crate::caller::Caller;
use crate::config::Partition;
use crate::error::ApiError;
use crate::world::World;

#[derive(Debug, Deserialize)]
struct Table {
    models: Vec<Model>,
}

/// A foundation model.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Model {
    pub(crate) id: String,
    name: Option<String>,
    provider: String,
    input: Vec<String>,
    output: Vec<String>,
    pub(crate) streaming: bool,
    customizations: Vec<String>,
    /// Status and dates, under the names of the answer.
    lifecycle: BTreeMap<String, String>,
    /// Regions where it is invoked by its id.
    #[serde(default)]
    on_demand: Vec<String>,
    /// Regions where it is invoked through an inference profile only.
    #[serde(default)]
    profile_only: Vec<String>,
    /// Regions where throughput can be bought for it.
    #[serde(default)]
    provisioned: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/foundation-models.json"))
        .expect("the built-in table is valid, which a test proves")
});

/// The ids of all models, of whatever Region.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    TABLE.models.iter().map(|model| model.id.as_str())
}

/// The model, if the Region has it.
pub(crate) fn find(id: &str, region: &str) -> Option<&'static Model> {
    TABLE.models.iter().find(|model| model.id == id && model.is_in(region))
}

impl Model {
    fn is_in(&self, region: &str) -> bool {
        [&self.on_demand, &self.profile_only, &self.provisioned].into_iter().flatten().any(|name| name == region)
    }

    /// Whether it answers in text; embeddings and images are not for a conversation.
    pub(crate) fn talks(&self) -> bool {
        self.output.iter().any(|modality| modality == "TEXT")
    }

    /// Whether its id alone invokes it there.
    pub(crate) fn is_on_demand(&self, region: &str) -> bool {
        self.on_demand.iter().any(|name| name == region)
    }

    /// A model that only a profile invokes has neither inference type, for the service's model knows no third.
    fn inference_types(&self, region: &str) -> Vec<&'static str> {
        let bought = self.provisioned.iter().any(|name| name == region);
        [(self.is_on_demand(region), "ON_DEMAND"), (bought, "PROVISIONED")]
            .into_iter()
            .filter_map(|(has, name)| has.then_some(name))
            .collect()
    }

    fn summary(&self, partition: Partition, region: &str) -> Value {
        let dates = self.lifecycle.iter().map(|(name, text)| {
            let is_date = name != "status";
            (name.clone(), Value::from(if is_date { format!("{text}T00:00:00Z") } else { text.clone() }))
        });
        let mut summary = json!({
            "modelArn": arn(partition, region, &self.id),
            "modelId": self.id,
            "providerName": self.provider,
            "inputModalities": self.input,
            "outputModalities": self.output,
            "responseStreamingSupported": self.streaming,
            "customizationsSupported": self.customizations,
            "inferenceTypesSupported": self.inference_types(region),
            "modelLifecycle": dates.collect::<Map<_, _>>(),
        });
        if let Some(name) = &self.name {
            summary["modelName"] = json!(name);
        }
        summary
    }
}

/// The ARN of a foundation model, which belongs to no account.
pub(crate) fn arn(partition: Partition, region: &str, id: &str) -> String {
    format!("arn:{}:bedrock:{region}::foundation-model/{id}", partition.id())
}

/// The models of the Region that fit every filter; the provider is compared without regard to case (inferred).
#[expect(clippy::unnecessary_wraps, reason = "every operation has this type")]
pub(super) fn list(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let region = &caller.region;
    let asks = |filter: &str, fits: &dyn Fn(&str) -> bool| optional(input, filter).is_none_or(fits);
    let rows: Vec<Value> = TABLE
        .models
        .iter()
        .filter(|model| {
            model.is_in(region)
                && asks("byProvider", &|provider| model.provider.eq_ignore_ascii_case(provider))
                && asks("byCustomizationType", &|kind| model.customizations.iter().any(|one| one == kind))
                && asks("byOutputModality", &|modality| model.output.iter().any(|one| one == modality))
                && asks("byInferenceType", &|kind| model.inference_types(region).contains(&kind))
        })
        .map(|model| model.summary(world.partition, region))
        .collect();
    Ok(json!({ "modelSummaries": rows }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::regions;

    #[test]
    fn the_table_is_of_one_piece() {
        let ids: BTreeSet<&str> = TABLE.models.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids.len(), TABLE.models.len(), "an id twice");
        assert!(ids.contains("deepseek.v3.2"), "an id with two dots");
        for model in &TABLE.models {
            let regions = [&model.on_demand, &model.profile_only, &model.provisioned].into_iter().flatten();
            assert!(regions.clone().count() > 0, "{}", model.id);
            for region in regions {
                let has = |partition| regions::find(partition, region).is_some_and(|found| found.bedrock);
                assert!(has(Partition::Aws) || has(Partition::UsGov), "{} in {region}", model.id);
            }
            assert!(matches!(model.lifecycle["status"].as_str(), "ACTIVE" | "LEGACY"), "{}", model.id);
            assert!(model.name.as_ref().is_none_or(|name| name.len() <= 20), "{}", model.id);
        }
    }

    #[test]
    fn a_model_is_where_it_is() {
        assert!(find("amazon.nova-lite-v1:0", "us-gov-west-1").is_some());
        assert!(find("amazon.nova-lite-v1:0", "us-gov-east-1").is_none());
        let profile_only = find("anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-1").expect("there");
        assert!(!profile_only.is_on_demand("us-east-1") && profile_only.talks());
        assert!(!find("amazon.titan-embed-text-v2:0", "us-east-1").expect("there").talks());
    }
}
