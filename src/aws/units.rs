//! The organizational units, as far as somebody needs them.

use std::collections::{BTreeMap, BTreeSet};

use super::call::{CallLog, ReadCx};
use super::clients::Clients;
use super::error::AwsError;
use crate::model::{Organization, OrganizationalUnit};

const LIST: &str = "organizations:ListOrganizationalUnitsForParent";

/// The OUs on the levels that the paths pass through, siblings included: they are read anyway, and name candidates.
///
/// # Errors
/// A read that failed.
pub(super) async fn along(
    cx: &ReadCx<'_>,
    root: &str,
    paths: &BTreeSet<String>,
) -> Result<Vec<OrganizationalUnit>, AwsError> {
    let mut units = Vec::new();
    let mut listed = BTreeSet::new();
    for path in paths {
        let (mut parent, mut parent_path, mut ancestors) = (root.to_owned(), String::new(), vec![root.to_owned()]);
        for name in path.split('/') {
            if listed.insert(parent.clone()) {
                units.extend(children(cx, &parent, &parent_path, &ancestors).await?);
            }
            parent_path = join(&parent_path, name);
            let Some(unit) = units.iter().find(|unit| unit.path == parent_path) else { break };
            parent.clone_from(&unit.id);
            ancestors.clone_from(&unit.ancestors);
        }
    }
    units.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(units)
}

/// Adds the OUs among `nodes` to the organization, with those above them: one call for each level that was not read yet.
///
/// They are only wanted for their names, so what is refused stays under its id. Where an OU stands is told by the accounts
/// below it; one without accounts stays under its id, too.
pub async fn name(clients: &Clients, organization: &mut Organization, nodes: &BTreeSet<String>) {
    let log = CallLog::default();
    let cx = clients.reading(&log);
    let mut levels: BTreeMap<String, Vec<OrganizationalUnit>> = BTreeMap::new();
    for node in nodes {
        let Some(above) = organization.above(node).map(<[String]>::to_vec) else { continue };
        let mut chain = above.into_iter().chain([node.clone()]);
        let Some(mut parent) = chain.next() else { continue };
        let (mut path, mut ancestors) = (String::new(), vec![parent.clone()]);
        for id in chain.filter(|id| id.starts_with("ou-")) {
            let known = organization.units.iter().find(|unit| unit.id == id).cloned();
            let unit = if let Some(unit) = known {
                unit
            } else {
                if !levels.contains_key(&parent) {
                    let Ok(level) = children(&cx, &parent, &path, &ancestors).await else { break };
                    levels.insert(parent.clone(), level);
                }
                let Some(unit) = levels[&parent].iter().find(|unit| unit.id == id).cloned() else { break };
                organization.units.push(unit.clone());
                unit
            };
            (parent, path, ancestors) = (unit.id, unit.path, unit.ancestors);
        }
    }
    organization.units.sort_by(|one, other| one.path.cmp(&other.path));
}

async fn children(
    cx: &ReadCx<'_>,
    parent: &str,
    path: &str,
    ancestors: &[String],
) -> Result<Vec<OrganizationalUnit>, AwsError> {
    let (mut units, mut next) = (Vec::new(), None);
    loop {
        let request = cx.clients.organizations().list_organizational_units_for_parent();
        let request = request.parent_id(parent).max_results(20).set_next_token(next);
        let page = cx.call(LIST, parent, request.send()).await?;
        for row in page.organizational_units() {
            let (Some(id), Some(name)) = (row.id(), row.name()) else {
                return Err(AwsError::unreadable(LIST, parent, "an OU has no id or name"));
            };
            let ancestors = ancestors.iter().cloned().chain([id.to_owned()]).collect();
            units.push(OrganizationalUnit { id: id.to_owned(), path: join(path, name), ancestors });
        }
        next = page.next_token;
        if next.is_none() {
            return Ok(units);
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}
