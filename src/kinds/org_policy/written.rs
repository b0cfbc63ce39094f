//! What a policy of the organization says, taken apart for an entry of `org_policies`.

use std::collections::BTreeMap;

use super::Model;
use super::configuration::configurations;
use super::document::{CONFIGURATION, Configuration, Lock, document};
use crate::model::{Document, Region, items};

/// What a policy enforces by Region, and whether it is locked; `None` where `enforce` and `lock` do not say all.
pub(crate) fn enforced(model: &Model) -> Option<(BTreeMap<Region, Configuration>, Lock)> {
    if !model.policy_type.merges() {
        return None;
    }
    let found = configurations(&model.document);
    let configuration = |((region, name), found): ((String, String), Option<Configuration>)| {
        found.filter(|_| name == CONFIGURATION).map(|found| (Region::new(region), found))
    };
    let regions: BTreeMap<Region, Configuration> = found.into_iter().map(configuration).collect::<Option<_>>()?;
    // What is built from it says the same, or it does not say all.
    let lock = [Lock::Open, Lock::Locked].into_iter().find(|lock| document(&regions, *lock) == model.document)?;
    (!regions.is_empty()).then_some((regions, lock))
}

/// Whether each statement of a service control policy names actions of Bedrock, and no others.
pub(crate) fn is_about_bedrock(model: &Model) -> bool {
    let bedrock =
        |action: &Document| action.as_text().is_some_and(|action| action.to_ascii_lowercase().starts_with("bedrock"));
    let statements = items(model.document.get("Statement"));
    let named = |statement: &Document| {
        let actions = items(statement.get("Action"));
        !actions.is_empty() && actions.iter().all(bedrock)
    };
    !statements.is_empty() && statements.iter().all(named)
}
