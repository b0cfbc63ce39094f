//! Policies of others beside, above and below what the spec attaches. Policies of this type do not add up: on one node the
//! first attached wins, and which that was is in no answer of AWS's; a policy further down replaces what one above sets,
//! unless that one forbids it.

use std::collections::BTreeSet;

use super::codes::{NODE, NOT_DISPLACED, NOT_LOCKED};
use super::finding::{Finding, or_ok};
use super::permission::accounts;
use super::pointer::{View, regions};
use crate::kinds::Model;
use crate::kinds::org_policy::document::CHILD_OPERATORS;
use crate::model::{AccountId, Address, Document, Owner, RemoteId, SeenPolicy};

/// How the neighbours of each wanted attachment stand to it.
pub(super) fn examine(view: &View<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (address, model) in view.wanted() {
        let Model::OrgPolicyAttachment(model) = model else { continue };
        if !model.policy_type.merges() {
            continue;
        }
        let Some(policy) = model.policy.address() else { continue };
        let Some(Model::OrgPolicy(wanted)) = view.0.desired.resources.get(policy).map(|wanted| &wanted.model) else {
            continue;
        };
        let about = Attachment { address, policy, target: &model.target, document: &wanted.document };
        found.extend(about.examine(view));
    }
    found
}

struct Attachment<'d> {
    address: &'d Address,
    policy: &'d Address,
    target: &'d str,
    document: &'d Document,
}

impl<'d> Attachment<'d> {
    fn examine(&self, view: &View<'d>) -> Vec<Finding> {
        let (mut beside, mut below, mut above) = (Vec::new(), Vec::new(), Vec::new());
        let mut hidden = BTreeSet::new();
        for (id, other) in &view.0.live.policies {
            if other.owner == Owner::Ours || other.address.as_ref() == Some(self.policy) {
                continue;
            }
            let Some(targets) = &other.targets else {
                beside.push(self.unseen(NODE, id, other, "where it is attached"));
                continue;
            };
            for target in targets {
                let place = self.place(view, target);
                let Some(document) = &other.document else {
                    if place != Place::Elsewhere {
                        beside.push(self.unseen(NODE, id, other, "what it sets"));
                    }
                    continue;
                };
                let here = regions(document);
                let shared: Vec<&str> =
                    regions(self.document).into_iter().filter(|region| here.contains(region)).collect();
                if shared.is_empty() {
                    continue;
                }
                match place {
                    Place::Beside => beside.push(self.beside(view, id, other, &shared)),
                    Place::Below => below.extend(self.below(view, (id, other, target), &shared, &mut hidden)),
                    Place::Above => above.extend(self.above(view, id, other, target, &shared)),
                    Place::Elsewhere => {}
                }
            }
        }
        let mut found =
            or_ok(beside, NODE, self.address, || "no policy of others on this node sets the same Regions".to_owned());
        if self.is_for_nobody(view, &hidden) {
            below = below.into_iter().map(|finding| finding.holds([self.address.clone()])).collect();
        }
        found.extend(or_ok(below, NOT_DISPLACED, self.address, || {
            "no policy of others further down replaces it".to_owned()
        }));
        found.extend(or_ok(above, NOT_LOCKED, self.address, || "no policy of others further up forbids it".to_owned()));
        found
    }

    fn place(&self, view: &View<'_>, other: &str) -> Place {
        let above = |node: &str, upper: &str| {
            let organization = view.organization();
            organization.and_then(|it| it.above(node)).is_some_and(|chain| chain.iter().any(|id| id == upper))
        };
        if other == self.target {
            Place::Beside
        } else if above(other, self.target) {
            Place::Below
        } else if above(self.target, other) {
            Place::Above
        } else {
            Place::Elsewhere
        }
    }

    fn unseen(&self, code: crate::model::diagnostic::Code, id: &RemoteId, other: &SeenPolicy, what: &str) -> Finding {
        let message =
            format!("{what} could not be read of the policy {} ({id}), which is not of this stack", other.name);
        Finding::unknown(code, self.address, message)
            .fix("allow `organizations:DescribePolicy` and `organizations:ListTargetsForPolicy`")
    }

    fn beside(&self, view: &View<'d>, id: &RemoteId, other: &SeenPolicy, shared: &[&str]) -> Finding {
        let (name, regions, target) = (&other.name, shared.join(", "), self.target);
        let fix = format!(
            "detach it (`aws organizations detach-policy --policy-id {id} --target-id {target}`), or attach to another node"
        );
        let reached: Vec<&AccountId> = view.reach(self.target).collect();
        if view.0.live.found.contains_key(self.address) {
            let message = format!(
                "the policy {name} ({id}), which is not of this stack, is on the same node and sets {regions}; which of the two was attached first, and counts, cannot be seen"
            );
            return Finding::unknown(NODE, self.address, message).about(reached).fix(fix);
        }
        let message = format!(
            "the policy {name} ({id}), which is not of this stack, is on the same node and sets {regions}; attached first, it is the one that counts"
        );
        Finding::failed(NODE, self.address, message).about(reached).fix(fix).holds([self.address.clone()])
    }

    /// The accounts below keep the guardrail of the others, and everybody else gets this one. What depends on not being
    /// displaced is the effect there, which nothing else needs, so a finding holds nothing by itself: the hazard `displaces`
    /// keeps the change from being carried out unseen.
    fn below<'s>(
        &'s self,
        view: &View<'d>,
        (id, other, target): (&RemoteId, &SeenPolicy, &'d str),
        shared: &[&'s str],
        hidden: &mut BTreeSet<(&'d AccountId, &'s str)>,
    ) -> Option<Finding> {
        let open: Vec<&str> = shared.iter().copied().filter(|region| !locks(self.document, region)).collect();
        if open.is_empty() {
            return None;
        }
        let organization = view.organization()?;
        let reached: BTreeSet<&AccountId> = organization.reach(target).map(|account| &account.id).collect();
        hidden.extend(reached.iter().flat_map(|account| open.iter().map(move |region| (*account, *region))));
        let message = format!(
            "the policy {} ({id}), which is not of this stack, replaces {} for {} {} on {}",
            other.name,
            open.join(", "),
            reached.len(),
            accounts(reached.len()),
            organization.target(target).name
        );
        let fix = format!(
            "set `lock: true` in `org_policies.{}`, or detach it (`aws organizations detach-policy --policy-id {id} --target-id {target}`); to let these accounts keep theirs, apply with `--allow displaces`",
            self.policy.name
        );
        Some(Finding::failed(NOT_DISPLACED, self.address, message).about(reached).fix(fix))
    }

    /// Whether policies further down replace all that this one sets for everybody it would reach: attached, it would look
    /// like protection and be none.
    fn is_for_nobody(&self, view: &View<'d>, hidden: &BTreeSet<(&AccountId, &str)>) -> bool {
        let all = regions(self.document);
        let mut reached = view.reach(self.target).flat_map(|account| all.iter().map(move |region| (account, *region)));
        !hidden.is_empty() && reached.all(|place| hidden.contains(&place))
    }

    fn above(
        &self,
        view: &View<'d>,
        id: &RemoteId,
        other: &SeenPolicy,
        target: &str,
        shared: &[&str],
    ) -> Option<Finding> {
        let document = other.document.as_ref()?;
        let locked: Vec<&str> = shared.iter().copied().filter(|region| locks(document, region)).collect();
        if locked.is_empty() {
            return None;
        }
        let message = format!(
            "the policy {} ({id}), which is not of this stack, has locked {} on {}, so that this one has no effect there",
            other.name,
            locked.join(", "),
            view.organization()?.target(target).name
        );
        let finding = Finding::failed(NOT_LOCKED, self.address, message).about(view.reach(self.target));
        Some(
            finding
                .fix("have its owner take out the lock, or leave these Regions out of this policy")
                .holds([self.address.clone()]),
        )
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Beside,
    Below,
    Above,
    Elsewhere,
}

/// Whether a document forbids policies further down to set the guardrail of a Region: an operator on the way to it that does
/// not allow `@@assign`.
fn locks(document: &Document, region: &str) -> bool {
    let forbids = |element: &Document| {
        let Some(Document::List(operators)) = element.get(CHILD_OPERATORS) else { return false };
        !operators.iter().any(|operator| matches!(operator.as_text(), Some("@@all" | "@@assign")))
    };
    let down = |element: Option<&Document>| -> bool { element.is_some_and(forbids) };
    let bedrock = document.get("bedrock");
    let inference = bedrock.and_then(|bedrock| bedrock.get("guardrail_inference"));
    let here = inference.and_then(|inference| inference.get(region));
    let configurations = match here {
        Some(Document::Map(entries)) => entries.values().collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    [Some(document), bedrock, inference, here].into_iter().any(down)
        || configurations.iter().any(|configuration| forbids(configuration) || down(configuration.get("identifier")))
}
