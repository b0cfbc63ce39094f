//! Lists of the tree. All are in order of ids (inferred: AWS promises no order).

use serde_json::json;

use super::{Answer, Request};
use crate::organizations::errors::Refused;
use crate::organizations::tree::Node;

pub(super) fn roots(request: Request<'_>) -> Answer {
    let rows = request.rows();
    Ok(request.page()?.answer("Roots", &[()], |()| rows.root()))
}

pub(super) fn accounts(request: Request<'_>) -> Answer {
    let ids = request.organization().account_ids();
    let rows = request.rows();
    Ok(request.page()?.answer("Accounts", ids, |id| rows.account(id)))
}

pub(super) fn accounts_for_parent(request: Request<'_>) -> Answer {
    let parent = parent(request)?;
    let ids = request.organization().accounts_under(parent);
    let rows = request.rows();
    Ok(request.page()?.answer("Accounts", ids, |id| rows.account(id)))
}

pub(super) fn organizational_units_for_parent(request: Request<'_>) -> Answer {
    let parent = parent(request)?;
    let ids = request.organization().units_under(parent);
    let rows = request.rows();
    Ok(request.page()?.answer("OrganizationalUnits", ids, |id| rows.unit(id)))
}

pub(super) fn children(request: Request<'_>) -> Answer {
    let kind = request.input.one_of("ChildType", &["ACCOUNT", "ORGANIZATIONAL_UNIT"])?;
    let parent = parent(request)?;
    let organization = request.organization();
    let ids = match kind {
        "ACCOUNT" => organization.accounts_under(parent),
        _ => organization.units_under(parent),
    };
    Ok(request.page()?.answer("Children", ids, |id| json!({"Id": id, "Type": kind})))
}

/// The one parent that every OU and account has.
pub(super) fn parents(request: Request<'_>) -> Answer {
    let child = request.input.child("ChildId")?;
    let organization = request.organization();
    let parent = organization.node(child).and_then(Node::parent).ok_or(Refused::ChildNotFound)?;
    let kind = organization.node(parent).map(Node::kind);
    Ok(request.page()?.answer("Parents", &[parent], |id| json!({"Id": id, "Type": kind})))
}

fn parent(request: Request<'_>) -> Result<&str, crate::error::ApiError> {
    let id = request.input.parent("ParentId")?;
    request.organization().node(id).ok_or(Refused::ParentNotFound)?;
    Ok(id)
}
