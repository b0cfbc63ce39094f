//! Single objects of the tree.

use serde_json::json;

use super::{Answer, Request};
use crate::organizations::errors::Refused;
use crate::organizations::organization::FeatureSet;

#[expect(clippy::unnecessary_wraps, reason = "operations have one signature")]
pub(super) fn organization(request: Request<'_>) -> Answer {
    let mut row = request.rows().organization();
    // Deprecated and incomplete in AWS as well: it lists service control policies alone.
    row["AvailablePolicyTypes"] = match request.organization().feature_set {
        FeatureSet::All => json!([{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]),
        FeatureSet::ConsolidatedBilling => json!([]),
    };
    Ok(json!({"Organization": row}))
}

pub(super) fn account(request: Request<'_>) -> Answer {
    let id = request.input.account("AccountId")?;
    request.organization().accounts.get(id).ok_or(Refused::AccountNotFound)?;
    Ok(json!({"Account": request.rows().account(id)}))
}

pub(super) fn organizational_unit(request: Request<'_>) -> Answer {
    let id = request.input.unit("OrganizationalUnitId")?;
    request.organization().units.get(id).ok_or(Refused::OrganizationalUnitNotFound)?;
    Ok(json!({"OrganizationalUnit": request.rows().unit(id)}))
}
