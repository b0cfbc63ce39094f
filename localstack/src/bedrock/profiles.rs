//! Guardrail profiles: the objects behind cross-Region guardrail inference, which AWS keeps in each account and Region.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::content::CrossRegionDetails;
use super::rules::invalid;
use crate::config::Partition;
use crate::error::ApiError;
use crate::world::Scope;

#[derive(Debug, Deserialize)]
struct Table {
    /// The Regions that are known to be without the STANDARD tier.
    classic_only: Vec<String>,
    profiles: Vec<Profile>,
}

#[derive(Debug, Deserialize)]
struct Profile {
    id: String,
    /// Source Region to destination Regions.
    routes: BTreeMap<String, Vec<String>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/guardrail-profiles.json"))
        .expect("the built-in table is valid, which a test proves")
});

/// Whether the STANDARD tier is there, as far as is known.
pub(super) fn has_standard_tier(region: &str) -> bool {
    !TABLE.classic_only.iter().any(|without| without == region)
}

/// Whether a Region holds the object of a profile: as a source or as a destination.
pub(super) fn exists(id: &str, region: &str) -> bool {
    let holds = |profile: &Profile| {
        profile.routes.contains_key(region) || profile.routes.values().flatten().any(|to| to == region)
    };
    TABLE.profiles.iter().any(|profile| profile.id == id && holds(profile))
}

/// Where the profile leads to from a Region.
pub(crate) fn destinations(id: &str, region: &str) -> &'static [String] {
    let routes = TABLE.profiles.iter().find(|profile| profile.id == id).and_then(|profile| profile.routes.get(region));
    routes.map_or(&[], Vec::as_slice)
}

/// What a guardrail with that profile, named by id or ARN, shows.
///
/// A profile of another geography is refused with the service's message (measured by badmintoncryer/cdk-preflight). Not
/// refused are a Region that the table does not know, and an ARN of another account or Region, which counts by its own Region.
pub(super) fn details(partition: Partition, scope: &Scope, identifier: &str) -> Result<CrossRegionDetails, ApiError> {
    let Scope { account, region } = scope;
    let (id, source) = match *identifier.split(":guardrail-profile/").collect::<Vec<_>>() {
        [arn, id] => (id, arn.split(':').nth(3).unwrap_or(region)),
        _ => (identifier, region.as_str()),
    };
    let known = TABLE.profiles.iter().any(|profile| profile.routes.contains_key(source));
    let usable = TABLE.profiles.iter().any(|profile| profile.id == id && profile.routes.contains_key(source));
    if known && !usable {
        return Err(invalid(
            "Guardrail cross-Region profile ID is invalid. Specify a guardrail profile ID that's supported in your current AWS \
             Region",
        ));
    }
    Ok(CrossRegionDetails {
        guardrail_profile_id: id.to_owned(),
        guardrail_profile_arn: format!("arn:{}:bedrock:{region}:{account}:guardrail-profile/{id}", partition.id()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details_in(region: &str, identifier: &str) -> Result<CrossRegionDetails, ApiError> {
        let scope = Scope { account: "111122223333".to_owned(), region: region.to_owned() };
        details(Partition::Aws, &scope, identifier)
    }

    #[test]
    fn id_and_arn_show_alike() {
        let by_id = details_in("us-east-1", "us.guardrail.v1:0").expect("usable");
        assert_eq!(
            by_id.guardrail_profile_arn,
            "arn:aws:bedrock:us-east-1:111122223333:guardrail-profile/us.guardrail.v1:0"
        );
        assert_eq!(details_in("us-east-1", &by_id.guardrail_profile_arn), Ok(by_id));
    }

    #[test]
    fn a_profile_serves_its_geography() {
        assert!(details_in("eu-west-1", "us.guardrail.v1:0").is_err());
        assert!(details_in("eu-west-1", "eu.guardrail.v1:0").is_ok());
        assert!(details_in("sa-east-1", "sa.guardrail.v1:0").is_ok(), "a Region outside the table");
        assert!(exists("us.guardrail.v1:0", "us-west-2") && !exists("us.guardrail.v1:0", "eu-west-1"));
    }
}
