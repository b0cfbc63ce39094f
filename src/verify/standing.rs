//! Whether the policies that require a guardrail stand in AWS as the spec has them. What denies calls is what AWS has, so that is what
//! is read, and not what was written once.

use std::collections::BTreeMap;

use super::{Examined, differs};
use crate::aws::read;
use crate::checks::Outcome;
use crate::kinds::{Kind, Model, org_policy_attachment};
use crate::model::{AccountId, Address, RemoteId, Scope};
use crate::plan::{Requirement, statements};

/// A policy of the organization, as AWS has it.
pub(super) struct Standing {
    /// The statements of what was read, binding whom the spec attaches it to; or why it does not count.
    pub(super) required: Result<Vec<Requirement>, Outcome>,
    /// The nodes that it is not attached to, and ought to be.
    detached: BTreeMap<String, Outcome>,
}

impl Standing {
    /// Why the policy binds nobody in the account as it ought to.
    pub(super) fn amiss(&self, examined: &Examined<'_>, account: &AccountId) -> Option<Outcome> {
        if let Err(outcome) = &self.required {
            return Some(outcome.clone());
        }
        let organization = examined.sides.facts.organization.as_ref()?;
        let mut detached = self.detached.iter();
        let reaches = |target: &str| organization.reach(target).any(|reached| reached.id == *account);
        detached.find(|(target, _)| reaches(target)).map(|(_, outcome)| outcome.clone())
    }

    /// Whether all of it is as it must be.
    pub(super) fn failures(&self) -> impl Iterator<Item = &Outcome> {
        self.required.as_ref().err().into_iter().chain(self.detached.values())
    }
}

/// Reads a policy and where it is attached. `known` are its statements as the spec has them.
pub(super) async fn standing(examined: &Examined<'_>, policy: &Address, known: &[&Requirement]) -> Standing {
    let id = match id_of(examined, policy) {
        Ok(id) => id,
        Err(outcome) => return Standing { required: Err(outcome), detached: BTreeMap::new() },
    };
    let required = text(examined, Kind::OrgPolicy, &policy.scope, policy, id).await.map(|live| {
        let found = match &live {
            Model::OrgPolicy(model) => {
                statements(policy, &model.document, &examined.sides.live.names, &examined.sides.facts)
            }
            _ => Vec::new(),
        };
        let accounts = known.first().map(|one| one.accounts.clone()).unwrap_or_default();
        found.into_iter().map(|one| Requirement { accounts: accounts.clone(), ..one }).collect()
    });
    let mut detached = BTreeMap::new();
    for (address, wanted) in &examined.sides.desired.resources {
        let Model::OrgPolicyAttachment(model) = &wanted.model else { continue };
        if model.policy.address() != Some(policy) {
            continue;
        }
        let attachment = RemoteId::new(org_policy_attachment::name(id.as_str(), &model.target));
        let outcome = match read(Kind::OrgPolicyAttachment, &examined.cx, &policy.scope, &attachment).await {
            Ok(Some(_)) => continue,
            Ok(None) => {
                examined.settled(address, Outcome::failed(format!("{address} does not exist")).fix("apply the spec"))
            }
            Err(error) => error.unseen(),
        };
        detached.insert(model.target.clone(), outcome);
    }
    Standing { required, detached }
}

/// The id of a policy of the spec.
///
/// # Errors
/// How a check ends that depends on it.
pub(super) fn id_of<'e>(examined: &'e Examined<'_>, policy: &Address) -> Result<&'e RemoteId, Outcome> {
    let live = &examined.sides.live;
    live.names.ids(policy).next().ok_or_else(|| match live.blind_at(policy) {
        Some(blind) => Outcome::unseen(format!("{policy} could not be read: {}", blind.why)),
        None => Outcome::failed(format!("{policy} does not exist")).fix("apply the spec").for_good(),
    })
}

/// What AWS has under the id of a policy, word for word, if it says what the spec says.
///
/// # Errors
/// How a check ends that depends on it.
pub(super) async fn text(
    examined: &Examined<'_>,
    kind: Kind,
    scope: &Scope,
    policy: &Address,
    id: &RemoteId,
) -> Result<Model, Outcome> {
    let found = read(kind, &examined.cx, scope, id).await.map_err(|error| error.unseen())?;
    let Some(found) = found else {
        return Err(Outcome::failed(format!("{policy} does not exist")).fix("apply the spec"));
    };
    let Some(live) = found.model else {
        return Err(Outcome::unseen(format!("{policy} could not be read")));
    };
    let want = examined.sides.desired.resources.get(policy).map(|wanted| &wanted.model);
    let mut have = live.clone();
    have.align(want, &examined.sides.live.names);
    if differs(&have, want).is_empty() {
        return Ok(live);
    }
    let message = format!("{policy} does not say what the spec says: somebody changed it, or it is yet to be changed");
    let outcome = Outcome::failed(message).fix("`bedrail drift` shows what differs; apply the spec");
    Err(examined.settled(policy, outcome))
}
