//! A resource policy as an entry of `resource_policies`: with whom the guardrail is shared where that says all, else the
//! document.

use std::collections::BTreeSet;

use super::document::{self as documents, APPLY, GET, Grantees, grantees, unit_pattern};
use crate::model::{AccountId, Document, Organization, Partition, Ref, RemoteId, items};
use crate::spec::write::{Entry, Spell, Value, document as written};

/// The guardrail whose policy is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of<'a> {
    /// Its key.
    pub(crate) key: &'a str,
    /// What stands for it in the document: its ARN.
    pub(crate) arn: &'a str,
    /// Whose it is, where that is known.
    pub(crate) owner: Option<(&'a Partition, &'a AccountId)>,
    /// How other texts of the document are spelled.
    pub(crate) text: Spell,
}

/// The members of an entry beside `guardrail`.
pub(crate) fn entry(document: &Document, of: Of<'_>, organization: Option<&Organization>) -> Vec<Entry> {
    if let Some(members) = shared(document, of, organization) {
        return members;
    }
    let id = organization.map(|organization| organization.id.as_str()).filter(|id| !id.is_empty());
    let root = of.owner.map(|(partition, account)| format!("arn:{partition}:iam::{account}:root"));
    let spelled = |text: &str| {
        if text == of.arn {
            return Some(format!("${{guardrail.{}.arn}}", of.key));
        }
        if Some(text) == root.as_deref() {
            return Some("arn:${partition}:iam::${account}:root".to_owned());
        }
        let id = id.filter(|id| text == *id || text.starts_with(&format!("{id}/")))?;
        Some(text.replace("${", "$${").replacen(id, "${organization_id}", 1))
    };
    vec![Entry::new("document", written(document, &spelled, of.text))]
}

fn shared(document: &Document, of: Of<'_>, organization: Option<&Organization>) -> Option<Vec<Entry>> {
    let statements = items(document.get("Statement"));
    let actions: Vec<&str> =
        items(statements.first()?.get("Action")).iter().filter_map(|action| action.as_text()).collect();
    let actions: BTreeSet<&str> = actions.into_iter().filter(|action| [APPLY, GET].contains(action)).collect();
    let grantees = grantees(document)?;
    let resource = Ref::Foreign(RemoteId::new(of.arn));
    // What is built from it says the same, or it does not say all.
    if documents::document(&resource, of.owner?, &grantees, &actions, None) != *document {
        return None;
    }
    let share_with = share_with(&grantees, organization)?;
    let mut members = vec![Entry::new("share_with", share_with)];
    if actions != BTreeSet::from([APPLY]) {
        let words = actions.iter().map(|action| Value::text(action.trim_start_matches("bedrock:")));
        members.push(Entry::new("actions", Value::list(words)));
    }
    Some(members)
}

fn share_with(grantees: &Grantees, organization: Option<&Organization>) -> Option<Value> {
    let mut shares = Vec::new();
    if grantees.is_own_account() {
        return Some(Value::text("own_account"));
    }
    let organization = organization?;
    if let Some(id) = &grantees.organization {
        shares.push((*id == organization.id).then(|| Value::text("organization"))?);
    }
    for (id, patterns) in &grantees.units {
        let unit = |pattern: &String| {
            let unit = pattern.split('/').find(|part| part.starts_with("ou-"))?;
            let known = organization.units.iter().find(|known| known.id == unit);
            let selector = known.map_or_else(|| unit.to_owned(), |known| format!("ou:{}", known.path));
            (*pattern == unit_pattern(id, unit)).then_some(Value::text(selector))
        };
        let units: Vec<Value> = patterns.iter().map(unit).collect::<Option<_>>()?;
        let list = Value::inline([("organizational_units", Value::list(units))]);
        shares.push((*id == organization.id).then_some(list)?);
    }
    Some(if shares.len() == 1 { shares.remove(0) } else { Value::list(shares) })
}
