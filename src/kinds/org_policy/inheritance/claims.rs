//! Which policy names the guardrail of a Region, and why the others that would have do not.

use super::super::document::ASSIGN;
use super::{Allowed, Combined, Inherited, Merged};
use crate::model::{Document, Ref, Region};

/// A value that a policy assigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The policy.
    pub policy: Ref,
    /// The place of its node in the chain, 0 for the root.
    pub at: usize,
    /// What it assigns.
    pub value: Document,
    /// What becomes of that.
    pub fate: Fate,
}

/// What becomes of a value that a policy assigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in effect.
    InEffect,
    /// A policy further down assigns another.
    Overridden {
        /// That policy.
        by: Ref,
        /// The place of its node.
        at: usize,
    },
    /// A policy further up forbids it.
    Forbidden {
        /// That policy.
        by: Ref,
        /// The place of its node.
        at: usize,
    },
    /// Another policy was attached to the same node before.
    Second {
        /// That policy.
        to: Ref,
    },
}

impl Inherited {
    /// Every guardrail that some policy names for this Region, in the order of the chain.
    pub fn claims(&self, region: &Region) -> Vec<&Claim> {
        let configurations = self.inference().filter(|(name, _)| *name == region.as_str());
        let elements = configurations.flat_map(|(_, configurations)| configurations.children.values());
        elements.filter_map(|configuration| configuration.child("identifier")).flat_map(|it| &it.claims).collect()
    }
}

impl Merged {
    /// Notes what the node at this place assigns, and what becomes of that and of what was assigned above.
    pub(super) fn claim(&mut self, said: &Combined, ceiling: &Allowed, at: usize) {
        let first = said.assign.first().map(|(_, policy)| policy.clone());
        for (place, (value, policy)) in said.assign.iter().enumerate() {
            let fate = match (ceiling.contains(ASSIGN), &self.closed, &first) {
                (false, Some((by, at)), _) => Fate::Forbidden { by: by.clone(), at: *at },
                (true, _, Some(to)) if place > 0 => Fate::Second { to: to.clone() },
                _ => {
                    for above in self.claims.iter_mut().filter(|claim| claim.fate == Fate::InEffect) {
                        above.fate = Fate::Overridden { by: policy.clone(), at };
                    }
                    Fate::InEffect
                }
            };
            self.claims.push(Claim { policy: policy.clone(), at, value: value.clone(), fate });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Attached, inherit};
    use super::*;
    use crate::kinds::org_policy::document::CHILD_OPERATORS;
    use crate::model::RemoteId;

    fn naming(version: &str, lock: bool) -> Document {
        let mut identifier = json!({ "@@assign": version });
        if lock {
            identifier[CHILD_OPERATORS] = json!(["@@none"]);
        }
        let region: Value = json!({"config_1": {"identifier": identifier}});
        Document::from(json!({"bedrock": {"guardrail_inference": {"us-east-1": region}}}))
    }

    #[test]
    fn each_claim_is_told_what_became_of_it() {
        let [a, b, c] = ["a", "b", "c"].map(|id| Ref::Foreign(RemoteId::new(id)));
        let (one, two, three) = (naming("arn:1", false), naming("arn:2", true), naming("arn:3", false));
        let nodes: [Vec<Attached<'_>>; 3] = [vec![(&a, &one)], vec![(&b, &two), (&c, &three)], vec![(&a, &three)]];
        let inherited = inherit(&nodes);
        let claims = inherited.claims(&Region::new("us-east-1"));
        let fates: Vec<(String, usize, Fate)> =
            claims.into_iter().map(|claim| (claim.policy.to_string(), claim.at, claim.fate.clone())).collect();
        let said = |policy: &str, at, fate| (policy.to_owned(), at, fate);
        assert_eq!(
            fates,
            [
                said("a", 0, Fate::Overridden { by: b.clone(), at: 1 }),
                said("b", 1, Fate::InEffect),
                said("c", 1, Fate::Second { to: b.clone() }),
                said("a", 2, Fate::Forbidden { by: b, at: 1 }),
            ]
        );
        assert!(inherited.claims(&Region::new("eu-west-1")).is_empty());
    }
}
