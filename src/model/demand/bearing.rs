//! The calls that a demand is about: as what a model is called, in which Regions, and which models.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::texts;
use crate::model::address::like;
use crate::model::document::Document;
use crate::model::partition::known_regions;
use crate::model::scope::{Partition, Region};
use crate::model::words;

/// What stands for a model that no policy names.
const STRANGE: &str = "strange.model-v9:0";

words! {
    /// As what a model is called. `Converse` and its stream are authorised as these (Service Authorization Reference, "Amazon
    /// Bedrock").
    Call {
        Invoke = "bedrock:InvokeModel",
        Stream = "bedrock:InvokeModelWithResponseStream",
    }
}

words! {
    /// Of which models a demand is.
    Kinds {
        /// Those of AWS's catalogue, whether called by themselves or through a profile.
        Foundation = "foundation",
        /// Custom, imported and provisioned ones, too.
        Every = "every",
    }
}

/// The calls that a demand is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearing {
    /// As what the model is called; at least one.
    pub calls: BTreeSet<Call>,
    /// The Regions, of every partition, in which it is about each model that is not spared; at least one.
    pub regions: BTreeSet<Region>,
    /// Which models those are.
    pub models: Kinds,
}

impl Bearing {
    /// The calls that a statement is about, as far as it is about each model there but the ones that it names; `None` where there
    /// is no Region in which it is.
    pub(super) fn of(statement: &Document) -> Option<Self> {
        let calls = calls(statement);
        let takes_in = |model: &str| match (statement.get("Resource"), statement.get("NotResource")) {
            (Some(_), None) => texts(statement, "Resource").iter().any(|pattern| like(pattern, model)),
            (None, Some(_)) => !texts(statement, "NotResource").iter().any(|pattern| like(pattern, model)),
            _ => false,
        };
        let places: Vec<&Place> = PLACES.iter().filter(|place| takes_in(&place.foundation)).collect();
        let every = places.iter().all(|place| takes_in(&place.other));
        let regions: BTreeSet<Region> = places.into_iter().map(|place| place.region.clone()).collect();
        let models = if every { Kinds::Every } else { Kinds::Foundation };
        (!calls.is_empty() && !regions.is_empty()).then_some(Self { calls, regions, models })
    }

    /// Whether it takes in every call there is in a Region, but for models of other kinds.
    pub fn is_whole_in(&self, region: &Region) -> bool {
        self.calls.len() == Call::ALL.len() && self.regions.contains(region)
    }

    /// The calls that both are about; `None` where there is none.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let calls: BTreeSet<Call> = self.calls.intersection(&other.calls).copied().collect();
        let regions: BTreeSet<Region> = self.regions.intersection(&other.regions).cloned().collect();
        let models = self.models.min(other.models);
        (!calls.is_empty() && !regions.is_empty()).then_some(Self { calls, regions, models })
    }

    /// How much it takes in: of two, the one that takes in more says more.
    pub fn width(&self) -> (usize, Kinds) {
        (self.calls.len() * self.regions.len(), self.models)
    }

    /// What it is limited to, to stand behind what is said of models that are called; empty where that is nothing.
    pub fn limits(&self) -> String {
        let calls: Vec<&str> = self.calls.iter().map(|call| call.word()).collect();
        let calls = if calls.len() == Call::ALL.len() { String::new() } else { format!(" by {}", calls.join(" and ")) };
        // Nobody calls in two partitions.
        let whole = |partition: &Partition| {
            PLACES
                .iter()
                .filter(|place| place.partition == *partition)
                .all(|place| self.regions.contains(&place.region))
        };
        let everywhere = self.regions.iter().any(|region| whole(&Partition::of(region)));
        let regions: Vec<&str> = self.regions.iter().map(Region::as_str).collect();
        let regions = if everywhere { String::new() } else { format!(" in {}", regions.join(", ")) };
        let models = match self.models {
            Kinds::Every => "",
            Kinds::Foundation => " of AWS's catalogue",
        };
        format!("{models}{calls}{regions}")
    }
}

/// The actions of a statement that call models.
pub(super) fn calls(statement: &Document) -> BTreeSet<Call> {
    let patterns: Vec<String> = texts(statement, "Action").into_iter().map(str::to_lowercase).collect();
    let has = |call: &Call| patterns.iter().any(|pattern| like(pattern, &call.word().to_lowercase()));
    Call::ALL.iter().copied().filter(has).collect()
}

/// A Region that has Bedrock, with a model of the catalogue and one of another kind that no policy names.
struct Place {
    partition: Partition,
    region: Region,
    foundation: String,
    other: String,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let place = |region: &str| {
        let region = Region::new(region);
        let partition = Partition::of(&region);
        let foundation = format!("arn:{partition}:bedrock:{region}::foundation-model/{STRANGE}");
        let other = format!("arn:{partition}:bedrock:{region}:999999999999:strange-model/{STRANGE}");
        Place { partition, region, foundation, other }
    };
    known_regions().map(place).collect()
});
