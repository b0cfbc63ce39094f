//! What shadows what: the guardrails that policies name for a Region and that are not in effect, each with the reason.

use super::chain::Chain;
use super::ground::Ground;
use crate::kinds::org_policy::inheritance::{Claim, Fate};
use crate::model::{Document, Facts, Ref, Region, Segment, Template};

/// A guardrail that a policy names and that is not in effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadowed<'g> {
    /// The policy, by its name.
    pub policy: &'g str,
    /// The node that bears it, by the name that people know.
    pub node: String,
    /// The version.
    pub version: String,
    /// Why it is not.
    pub why: String,
}

/// What the policies on the way say of the Region and what is not in effect, in their order.
pub(super) fn shadowed<'g>(ground: &'g Ground, facts: &Facts, chain: &Chain<'g>, region: &Region) -> Vec<Shadowed<'g>> {
    let policy = |id: &Ref| ground.policies.get(id).map_or("", |policy| policy.name.as_str());
    let place = |at: usize| {
        let id = chain.nodes.get(at).copied().unwrap_or_default();
        node(facts, id)
    };
    let shadowed = |claim: &Claim| {
        let why = match &claim.fate {
            Fate::InEffect => return None,
            Fate::Overridden { by, at } => {
                format!("the policy {} on {}, further down, names one too", policy(by), place(*at))
            }
            Fate::Forbidden { by, at } => format!("the policy {} on {}, further up, is locked", policy(by), place(*at)),
            Fate::Second { to } => format!("the policy {} was attached to the same node before", policy(to)),
        };
        let version = match &claim.value {
            Document::Text(template) => plain(template),
            _ => String::new(),
        };
        Some(Shadowed { policy: policy(&claim.policy), node: place(claim.at), version, why })
    };
    chain.inherited.claims(region).into_iter().filter_map(shadowed).collect()
}

/// What a template names: an id, or the address of what is yet to be made.
pub fn plain(template: &Template) -> String {
    let piece = |segment: &Segment| match segment {
        Segment::Text(text) => text.clone(),
        Segment::Id(of, _) => of.to_string(),
    };
    template.0.iter().map(piece).collect()
}

/// What people call a node.
pub fn node(facts: &Facts, id: &str) -> String {
    let target = facts.organization.as_ref().map(|organization| organization.target(id));
    match target {
        Some(target) if target.name != target.id => format!("{} ({id})", target.name),
        _ => id.to_owned(),
    }
}
