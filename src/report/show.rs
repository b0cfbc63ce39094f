//! What is declared, under the ids that AWS gave it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::kinds::{Model, guardrail_version};
use crate::model::{Address, Desired, Found, Live, Wanted};
use crate::plan::carrier;

/// One declared resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Resource {
    /// The resource.
    pub address: String,
    /// The spec entry that declares it.
    pub entry: String,
    /// Whether it is there.
    pub state: Presence,
    /// AWS's id: an ARN, `ARN:number`, a policy id.
    pub id: Option<String>,
    /// The number of a version; of a guardrail, that of the newest version with the content that the spec declares.
    pub version: Option<String>,
    /// The digest of a guardrail's or version's content.
    pub digest: Option<String>,
    /// When it was made or last changed, as AWS says (ISO 8601).
    pub changed_at: Option<String>,
    /// The declared resources that point at it.
    pub users: Vec<String>,
}

/// Whether a declared resource is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// It exists at its address.
    Exists,
    /// It does not.
    Missing,
    /// Whether it does could not be read.
    NotSeen,
}

/// The declared resources that a pattern matches; all of them without a pattern.
pub fn resources(desired: &Desired, live: &Live, patterns: &[String]) -> Vec<Resource> {
    let mut users: BTreeMap<&Address, Vec<String>> = BTreeMap::new();
    let pointing: Vec<(&Address, Vec<Address>)> =
        desired.resources.iter().map(|(address, wanted)| (address, wanted.model.requires())).collect();
    for (user, used) in &pointing {
        for address in used {
            users.entry(address).or_default().push(user.to_string());
        }
    }
    let wanted = |address: &Address| patterns.is_empty() || patterns.iter().any(|pattern| address.matches(pattern));
    desired
        .resources
        .iter()
        .filter(|(address, _)| wanted(address))
        .map(|(address, wanted)| resource(address, wanted, live, users.get(address).cloned().unwrap_or_default()))
        .collect()
}

fn resource(address: &Address, wanted: &Wanted, live: &Live, mut users: Vec<String>) -> Resource {
    users.sort();
    users.dedup();
    let found = live.found.get(address);
    // An implicit version is served by any version of that content, so it may stand under another address.
    let id = found.map(|found| &found.id).or_else(|| live.names.ids(address).next());
    let state = match (id, live.blind_at(address)) {
        (Some(_), _) => Presence::Exists,
        (None, Some(_)) => Presence::NotSeen,
        (None, None) => Presence::Missing,
    };
    Resource {
        address: address.to_string(),
        entry: wanted.entry.clone(),
        state,
        id: id.map(ToString::to_string),
        version: id.and_then(|id| number(&wanted.model, address, id.as_str(), live)),
        digest: digest(found, &wanted.model),
        changed_at: found.and_then(|found| found.changed_at.clone()),
        users,
    }
}

/// The number behind the ARN of a version, or of the version that carries what is wanted of a guardrail.
fn number(wanted: &Model, address: &Address, id: &str, live: &Live) -> Option<String> {
    match wanted {
        Model::GuardrailVersion(_) => id.rsplit_once(':').map(|(_, number)| number.to_owned()),
        Model::Guardrail(model) => {
            carrier(live, address, &model.content.digest()).map(|version| version.number.to_string())
        }
        _ => None,
    }
}

/// The digest of the content that is there, or is wanted where nothing is.
fn digest(found: Option<&Found>, wanted: &Model) -> Option<String> {
    match found.map_or(wanted, |found| &found.model) {
        Model::Guardrail(model) => Some(model.content.digest().to_string()),
        Model::GuardrailVersion(guardrail_version::Model { content, .. }) => content.as_ref().map(ToString::to_string),
        _ => None,
    }
}
