//! The cross-Region guardrail profiles: from which Regions each may be used, and where it sends content.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::Region;

/// The table, with its sources.
#[derive(Deserialize)]
struct Table {
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    id: String,
    /// Destinations by source Region.
    routes: BTreeMap<String, Vec<String>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/guardrail-profiles.json")).expect("the table is sound JSON")
});

/// The profile of a guardrail in this Region, as `auto` takes it: the first of the table.
pub(crate) fn profile_for(region: &Region) -> Option<&'static str> {
    profiles_from(region).next().map(|(profile, _)| profile)
}

/// The profiles that a guardrail in this Region may use, each with the Regions to which it sends content.
pub(crate) fn profiles_from(source: &Region) -> impl Iterator<Item = (&'static str, Vec<Region>)> {
    let fits = |profile: &&Profile| profile.routes.contains_key(source.as_str());
    TABLE.profiles.iter().filter(fits).map(|profile| (profile.id.as_str(), destinations(&profile.id, source)))
}

/// The Regions in which a guardrail may use a profile, sorted; `None` for a profile that the table does not know.
pub(crate) fn sources(profile: &str) -> Option<Vec<&'static str>> {
    let known = TABLE.profiles.iter().find(|known| known.id == profile)?;
    Some(known.routes.keys().map(String::as_str).collect())
}

/// The Regions to which a profile sends the content of a guardrail in `source`, sorted; for what the table does not know,
/// `source` alone.
pub(crate) fn destinations(profile: &str, source: &Region) -> Vec<Region> {
    let known = TABLE.profiles.iter().find(|known| known.id == profile);
    let routes = known.and_then(|known| known.routes.get(source.as_str()));
    let mut all: Vec<Region> =
        routes.map_or_else(|| vec![source.clone()], |all| all.iter().map(|to| Region::new(to.as_str())).collect());
    all.sort();
    all
}
