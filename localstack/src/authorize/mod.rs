//! Whether a principal may do something: all policies that have a say, put together as AWS does.
//!
//! ```text
//! who      the principal of a request, and the condition keys that come with it
//! gather   the policies that have a say, from the world
//! chain    their common verdict (pure)
//! verdict  … and its words
//! ```
//!
//! [`decide`] answers for anybody, whatever the options say. [`check()`] puts the question of each call, if they say so:
//!
//! ```text
//! check    … for one call
//! needs    what each operation needs
//! ```

mod chain;
mod check;
mod gather;
mod needs;
#[cfg(test)]
mod tests;
mod verdict;
mod who;

use crate::policy::{Context, Document, Request};
use crate::world::World;

pub(crate) use chain::{Origin, Policies, Source, allow};
pub(crate) use check::check;
pub(crate) use gather::{boundary, identity, owner, source};
pub(crate) use verdict::{Verdict, Why};
pub(crate) use who::Who;

/// What somebody wants to do.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    /// Such as `bedrock:InvokeModel`.
    pub(crate) action: &'a str,
    /// An ARN, or `*` for an action on no resource of its own. The account in an ARN is its owner; one without, such as that of
    /// a model, counts as the caller's.
    pub(crate) resource: &'a str,
    /// The condition keys of the service. Those that every request has are filled in.
    pub(crate) context: Context,
    /// The document that is attached to the resource; for an action of STS the role's trust policy.
    pub(crate) resource_policy: Option<&'a str>,
}

impl<'a> Ask<'a> {
    /// An action on a resource that has no policy of its own, without condition keys of the service.
    pub(crate) fn new(action: &'a str, resource: &'a str) -> Self {
        Self { action, resource, context: Context::default(), resource_policy: None }
    }
}

/// Whether the principal may.
pub(crate) fn decide(world: &World, who: Who<'_>, ask: &Ask<'_>) -> Verdict {
    let policies = gather::policies(world, who, ask);
    request(world, who, ask, |request| policies.decide(request))
}

/// Whether one document allows it, whatever the others say.
pub(crate) fn admits(world: &World, document: &Document, who: Who<'_>, ask: &Ask<'_>) -> bool {
    request(world, who, ask, |request| document.decide(request).allows())
}

fn request<T>(world: &World, who: Who<'_>, ask: &Ask<'_>, answer: impl FnOnce(&Request<'_>) -> T) -> T {
    let (principal, context) = (who.principal(world), who.context(world, ask));
    answer(&Request { principal: &principal, action: ask.action, resource: ask.resource, context: &context })
}
