//! What IAM policies of ours say to the roles that they are attached to of applying a guardrail. A role has all of its policies
//! at once, and a denial in any of them goes before what the others allow.

use std::collections::BTreeMap;

use crate::kinds::Model;
use crate::kinds::iam_policy::applying::{Sure, applying};
use crate::model::{AccountId, Address, Names, Ref, RemoteId, Segment, Template, wildcard};

/// A policy, and what attaches it to a role.
pub(super) type Attached<'m> = (&'m Address, &'m Address);

/// What the policies of one role say.
#[derive(Default)]
pub(super) struct Said<'m> {
    /// Those that allow it.
    pub(super) allow: Vec<Attached<'m>>,
    /// Those that deny it, or may.
    pub(super) deny: Vec<Attached<'m>>,
}

impl Said<'_> {
    /// Whether the role may apply it, as far as ours go.
    pub(super) fn is_allowed(&self) -> bool {
        !self.allow.is_empty() && self.deny.is_empty()
    }
}

/// What is said to each role of the account, by those of `all` that are attached there, of the guardrail of this address and this
/// ARN, whichever of the two are known.
pub(super) fn said<'m>(
    all: &[(&'m Address, &'m Model)],
    account: &AccountId,
    (address, arn): (Option<&Address>, Option<&RemoteId>),
    names: &Names,
) -> BTreeMap<&'m str, Said<'m>> {
    let is_it = |resource: &Template| is_guardrail(resource, address, arn, names);
    let mut roles: BTreeMap<&str, Said<'m>> = BTreeMap::new();
    for (at, model) in all.iter().copied().filter(|(at, _)| at.scope.account == *account) {
        let Model::IamPolicyAttachment(attachment) = model else { continue };
        let policy = all.iter().copied().find(|(other, _)| attachment.policy.address() == Some(*other));
        let Some((policy, Model::IamPolicy(model))) = policy else { continue };
        let it = applying(&model.document, |resource| if is_it(resource) { Sure::Yes } else { Sure::No });
        let role = roles.entry(attachment.role.as_str()).or_default();
        if it.denied != Sure::No {
            role.deny.push((policy, at));
        } else if it.allowed == Sure::Yes {
            role.allow.push((policy, at));
        }
    }
    roles
}

/// Whether a resource of an identity policy is this guardrail, by its address or by its ARN.
fn is_guardrail(resource: &Template, address: Option<&Address>, arn: Option<&RemoteId>, names: &Names) -> bool {
    let by_arn = |pattern: &str| arn.is_some_and(|arn| wildcard(pattern.as_bytes(), arn.as_str().as_bytes()));
    match resource.0.as_slice() {
        [Segment::Text(text)] => by_arn(text) || text == "*",
        [Segment::Id(Ref::To(other), _)] => Some(other) == address || names.ids(other).any(|id| Some(id) == arn),
        [Segment::Id(Ref::Foreign(id), _)] => Some(id) == arn,
        _ => false,
    }
}
