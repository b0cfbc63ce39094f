//! The accounts below what policies are attached to. One that is not active calls no models, so it is only told.

use std::collections::BTreeSet;

use super::codes::ACTIVE;
use super::finding::Finding;
use super::permission::accounts;
use super::pointer::View;
use crate::kinds::Model;
use crate::model::{Account, AccountId};

/// Which accounts below the nodes of each policy are not reached.
pub(super) fn examine(view: &View<'_>) -> Vec<Finding> {
    let Some(organization) = view.organization() else { return Vec::new() };
    let policies = view.wanted().filter(|(_, model)| matches!(model, Model::OrgPolicy(_))).map(|(address, _)| address);
    let about = |policy| {
        let targets = view.targets(policy);
        let below = |account: &&Account| {
            targets
                .iter()
                .any(|target| account.id.as_str() == *target || account.ancestors.iter().any(|id| id == target))
        };
        let below: Vec<&Account> = organization.accounts.iter().filter(below).collect();
        let away: BTreeSet<&AccountId> =
            below.iter().filter(|account| !account.active).map(|account| &account.id).collect();
        let reached = below.len() - away.len();
        let message = match away.len() {
            0 => format!("all {reached} {} below its nodes are active", accounts(reached)),
            count => {
                format!("{reached} {} below its nodes are active; {count} not, and not reached", accounts(reached))
            }
        };
        Finding::ok(ACTIVE, policy, message).about(away)
    };
    policies.map(about).collect()
}
