//! The geographies of inference profiles: from which Regions each is called, and to which Regions it leads.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::Region;

/// The table, with its source.
#[derive(Deserialize)]
struct Table {
    geographies: Vec<Geography>,
}

#[derive(Deserialize)]
struct Geography {
    prefix: String,
    sources: Vec<String>,
    destinations: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/inference-profiles.json")).expect("the table is sound JSON")
});

/// The prefix of profiles that lead everywhere.
const GLOBAL: &str = "global";

/// The prefix and the model of an inference profile's id; `None` for the id of a model.
pub(super) fn profile(id: &str) -> Option<(&str, &str)> {
    let (prefix, model) = id.split_once('.')?;
    let known = prefix == GLOBAL || TABLE.geographies.iter().any(|geography| geography.prefix == prefix);
    (known && model.contains('.')).then_some((prefix, model))
}

/// The prefixes that are known, in back quotes.
pub(super) fn prefixes() -> String {
    let known = TABLE.geographies.iter().map(|geography| geography.prefix.as_str()).chain([GLOBAL]);
    known.map(|prefix| format!("`{prefix}.`")).collect::<Vec<_>>().join(", ")
}

/// The prefixes of the profiles that can be called from a Region.
pub(crate) fn prefixes_from(region: &Region) -> impl Iterator<Item = &'static str> {
    let known = TABLE.geographies.iter().map(|geography| geography.prefix.as_str()).chain([GLOBAL]);
    known.filter(|prefix| is_source(prefix, region))
}

/// Whether a profile of this prefix can be called from a Region.
pub(super) fn is_source(prefix: &str, region: &Region) -> bool {
    let of = |geography: &Geography| {
        geography.prefix == prefix && geography.sources.iter().any(|source| source == region.as_str())
    };
    prefix == GLOBAL || TABLE.geographies.iter().any(of)
}

/// The Regions in whose models a call of such a profile from these Regions is authorised; the empty text stands for none.
pub(super) fn destinations(prefix: &str, called_from: &[Region]) -> Vec<String> {
    let sources =
        called_from.iter().filter(|region| is_source(prefix, region)).map(|region| region.as_str().to_owned());
    if prefix == GLOBAL {
        return sources.chain([String::new()]).collect();
    }
    let geography = TABLE.geographies.iter().find(|geography| geography.prefix == prefix);
    let mut all: Vec<String> =
        geography.into_iter().flat_map(|geography| geography.destinations.iter().cloned()).chain(sources).collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_told_from_models() {
        for (id, is) in [
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", Some(("us", "anthropic.claude-sonnet-4-5-20250929-v1:0"))),
            (
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
                Some(("global", "anthropic.claude-sonnet-4-5-20250929-v1:0")),
            ),
            ("amazon.nova-pro-v1:0", None),
            ("deepseek.v3.2", None),
        ] {
            assert_eq!(profile(id), is);
        }
    }

    #[test]
    fn a_profile_leads_to_the_regions_of_its_geography() {
        let from = |prefix: &str, region: &str| destinations(prefix, &[Region::new(region)]).join(" ");
        assert_eq!(from("jp", "ap-northeast-1"), "ap-northeast-1 ap-northeast-3");
        assert_eq!(from("global", "eu-west-1"), "eu-west-1 ");
        assert!(from("eu", "eu-west-2").contains("eu-west-2 eu-west-3"), "the Region that is called, too");
        assert!(!is_source("us", &Region::new("eu-west-1")));
    }
}
