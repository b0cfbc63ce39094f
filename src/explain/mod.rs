//! Which guardrails the calls of an account meet in a Region, what they come to together, and what remains uncovered.
//!
//! [`Ground`] is what was read, or what will be when a plan is done; [`chains`] gathers accounts that are below the same
//! policies; [`explain`] answers for one cell: an account in a Region, maybe with a model and a role. Everything borrows from
//! the ground, and what is the same for many accounts is worked out once.

mod after;
mod apply;
mod chain;
mod chained;
mod demand;
mod gaps;
mod ground;
mod guard;
mod models;
mod part;
mod shadow;
mod union;
mod unseen;
mod verdict;

use serde_json::Value;

pub use after::Planned;
pub use chain::{Chain, InForce, Placed, chain_of, chains};
pub use chained::{Chained, pointed, troubles};
pub(crate) use chained::{common, is_management};
pub use demand::{Asks, Demanded, Reach};
pub use gaps::{Gap, GapKind};
pub use ground::{Cell, Enforced, Ground, Numbered, Policy, Role, Version, numbered};
pub use guard::{Cause, Guard, Level, Trouble, objects};
pub use models::{Models, Which, model_id};
pub use part::{Part, Side};
pub use shadow::{Shadowed, node, plain};
pub use union::{Control, Degree, Found, Strictest, Union};
pub use unseen::{Hides, Unseen};
pub use verdict::Verdict;

use crate::model::{Facts, Region, words};

/// What calls of a cell meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation<'g> {
    /// The guardrails, the organization's first.
    pub guards: Vec<Guard<'g>>,
    /// What policies say of the Region and what is not in effect.
    pub shadowed: Vec<Shadowed<'g>>,
    /// What IAM demands of each call.
    pub demanded: Vec<Demanded<'g>>,
    /// The models that the guardrails tell apart, those that no list names first.
    pub models: Vec<Models>,
    /// What remains uncovered.
    pub gaps: Vec<Gap>,
    /// What ought not to be so.
    pub findings: Vec<Finding>,
    /// Why there is nothing to call, where there is no Bedrock.
    pub unavailable: Option<String>,
    /// What could not be read, and may change the answer.
    pub unseen: Vec<Unseen>,
}

words! {
    /// What a finding is.
    FindingKind {
        CallsFail = "calls-fail",
        EffectiveDiffers = "effective-differs",
        EffectiveInvalid = "effective-invalid",
        OrderUnknown = "order-unknown",
    }
}

/// Something that ought not to be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// In a sentence.
    pub message: String,
    /// The effective policies that differ: what the policies come to, and what AWS says.
    pub documents: Option<(Value, Value)>,
}

impl Explanation<'_> {
    /// What the guardrails that these models meet come to for a part of a call.
    pub fn union(&self, models: &Models, part: Part) -> Union<'_> {
        gaps::union(&self.guards, &models.guards, part)
    }
}

/// What calls of `cell` meet. `chain` is that of its account.
pub fn explain<'g>(ground: &'g Ground, facts: &'g Facts, chain: &Chain<'g>, cell: &Cell<'_>) -> Explanation<'g> {
    let demanded = demand::demanded(ground, facts, chain, cell);
    let mut guards = guard::enforced(ground, facts, chain, cell);
    guards.extend(demand::required(ground, facts, &demanded, cell));
    for guard in &mut guards {
        guard.troubles.extend(apply::may_apply(ground, facts, chain, cell, &guard.version));
    }
    let models = models::models(&guards, cell.model);
    let gaps = gaps::gaps(&guards, &models);
    let met = models.first().map(|models| models.guards.as_slice()).unwrap_or_default();
    Explanation {
        unseen: unseen::unseen(ground, facts, chain, cell, &guards, met),
        unavailable: unavailable(ground, cell),
        shadowed: shadow::shadowed(ground, facts, chain, cell.region),
        findings: findings(chain, &guards, &demanded, cell.region),
        guards,
        demanded,
        models,
        gaps,
    }
}

/// Why there is nothing to call.
fn unavailable(ground: &Ground, cell: &Cell<'_>) -> Option<String> {
    match ground.enforced.get(&cell.scope()) {
        Some(Enforced::Unavailable(why)) => Some(why.clone()),
        _ => None,
    }
}

fn findings(chain: &Chain<'_>, guards: &[Guard<'_>], demanded: &[Demanded<'_>], region: &Region) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |kind, message: String, documents| found.push(Finding { kind, message, documents });
    for guard in guards {
        for trouble in guard.troubles.iter().filter(|trouble| trouble.is_certain) {
            add(FindingKind::CallsFail, format!("each call that meets {} fails: {}", guard.version, trouble.why), None);
        }
    }
    for Demanded { policy, node, asks, reach, .. } in demanded {
        let Asks::NoneHere(named) = asks else { continue };
        let by = node.map_or_else(|| format!("the policy {policy} of the role"), |node| format!("{policy} on {node}"));
        let whose = match reach {
            Reach::Every => "each call fails",
            Reach::Some => "each call that it is about fails",
        };
        let named: Vec<String> = named.iter().map(plain).collect();
        let named = named.join(", ");
        add(
            FindingKind::CallsFail,
            format!("{whose}: {by} asks for {named}, and no guardrail of {region} is that"),
            None,
        );
    }
    let defects: Vec<String> = chain.inherited.defects().iter().map(ToString::to_string).collect();
    match (chain.is_invalid, defects.is_empty()) {
        (_, false) => add(
            FindingKind::EffectiveInvalid,
            format!(
                "the policies come to no valid effective policy, so that AWS keeps the last valid one until they are repaired: {}",
                defects.join("; ")
            ),
            None,
        ),
        (true, true) => add(
            FindingKind::EffectiveInvalid,
            "AWS calls the effective policy of the account invalid and keeps the last valid one; `aws organizations list-effective-policy-validation-errors` tells why".to_owned(),
            None,
        ),
        (false, true) => {}
    }
    if let Some((ours, told)) = chain.disagreement() {
        let message = "AWS says that another effective policy is in force than the attached policies come to; what AWS says is told above. It may lag behind a change for some minutes";
        add(FindingKind::EffectiveDiffers, message.to_owned(), Some((ours, told)));
    }
    if !chain.unordered.is_empty() {
        add(
            FindingKind::OrderUnknown,
            format!(
                "several policies on {} speak of the same, the one that was attached first counts, and AWS does not tell which that is",
                chain.unordered.join(" and ")
            ),
            None,
        );
    }
    found
}
