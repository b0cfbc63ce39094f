//! Policies of the organization are judged by what they come to in each account and Region, not by their text: one that is
//! attached nowhere concerns nobody, and one further down may take the place of a stricter one above.

use std::collections::BTreeSet;

use super::effect::{Chain, Effect, Moment};
use super::order::Draft;
use super::{Change, Hazard, Phase, recall};
use crate::kinds::account_enforcement::Protection;
use crate::kinds::guardrail::Content;
use crate::kinds::org_policy::inheritance::Effective;
use crate::kinds::org_policy::regions::regions;
use crate::kinds::{Kind, Model};
use crate::model::{Address, Desired, Direction, Document, Facts, Live, Owner, Ref, Region, RemoteId};

/// Judges the changes of policies and attachments again, and marks those that hide a policy of others or are hidden by one.
pub(super) fn judge(drafts: &mut [Draft], desired: &Desired, live: &Live, facts: &Facts) {
    let course = Course {
        desired,
        live,
        now: Effect::at(Moment::Now, drafts, live, facts),
        end: Effect::at(Moment::End, drafts, live, facts),
    };
    let verdicts: Vec<(Option<Direction>, bool)> = drafts
        .iter()
        .map(|draft| match course.concern(draft, drafts) {
            Some(concern) => (course.direction(&concern), course.displaces(&concern, drafts)),
            None => (None, false),
        })
        .collect();
    for (draft, (direction, displaces)) in drafts.iter_mut().zip(verdicts) {
        if let Some(direction) = direction {
            draft.direction = direction;
            draft.hazards.remove(&Hazard::Weakens);
            if direction.loses() {
                draft.hazards.insert(Hazard::Weakens);
            }
        }
        if displaces {
            draft.hazards.insert(Hazard::Displaces);
        }
    }
}

struct Course<'a> {
    desired: &'a Desired,
    live: &'a Live,
    now: Effect,
    end: Effect,
}

/// Where a change has a say: on the accounts below these nodes, in these Regions.
struct Concern {
    policy: Ref,
    nodes: BTreeSet<String>,
    regions: BTreeSet<Region>,
    /// Whether the policy has its say when the plan is done.
    stays: bool,
}

impl Course<'_> {
    fn concern(&self, draft: &Draft, drafts: &[Draft]) -> Option<Concern> {
        let named = |document: &Document| regions(document).into_keys().collect::<Vec<_>>();
        let own = Ref::To(draft.address.clone());
        // What is not merged hides nothing and is hidden by nothing: its text tells all that can be told.
        let merges = |model: &Model| match model {
            Model::OrgPolicy(model) => model.policy_type.merges(),
            Model::OrgPolicyAttachment(model) => model.policy_type.merges(),
            _ => true,
        };
        let (Change::Create { want: model } | Change::Update { want: model, .. } | Change::Delete { have: model, .. }) =
            &draft.change;
        if !merges(model) {
            return None;
        }
        Some(match &draft.change {
            Change::Create { want: Model::OrgPolicyAttachment(model) }
            | Change::Delete { have: Model::OrgPolicyAttachment(model), .. } => Concern {
                regions: self.documents(&model.policy, drafts).into_iter().flat_map(named).collect(),
                policy: model.policy.clone(),
                nodes: BTreeSet::from([model.target.clone()]),
                stays: matches!(draft.change, Change::Create { .. }),
            },
            Change::Update { have: Model::OrgPolicy(have), want: Model::OrgPolicy(want), .. } => {
                let changed = have.document != want.document;
                let both = [&have.document, &want.document].into_iter().flat_map(named);
                // What the first half leaves for the second to take away is that one's to answer for.
                let rest = drafts.iter().find_map(|other| match &other.change {
                    Change::Update { want: Model::OrgPolicy(want), .. }
                        if draft.phase == Some(Phase::Widen)
                            && other.phase == Some(Phase::Narrow)
                            && other.address == draft.address =>
                    {
                        Some(named(&want.document))
                    }
                    _ => None,
                });
                let stays = |region: &Region| rest.as_ref().is_none_or(|rest| rest.contains(region));
                let mut nodes = self.nodes(&own, drafts);
                // Where it is taken back first, that is what changes.
                for node in recall::recalled(&draft.address, drafts) {
                    nodes.remove(node);
                }
                let regions = both.filter(|it| changed && stays(it)).collect();
                Concern { nodes, regions, policy: own, stays: true }
            }
            _ => return None,
        })
    }

    /// What a policy says before and after the plan.
    fn documents<'d>(&'d self, policy: &Ref, drafts: &'d [Draft]) -> Vec<&'d Document> {
        let seen = self.live.policies.iter().filter(|(id, seen)| match policy {
            Ref::To(address) => seen.address.as_ref() == Some(address),
            Ref::Foreign(foreign) => *id == foreign,
        });
        let written = drafts.iter().filter(|draft| policy.address() == Some(&draft.address));
        let written = written.filter_map(|draft| match &draft.change {
            Change::Create { want: Model::OrgPolicy(want) } | Change::Update { want: Model::OrgPolicy(want), .. } => {
                Some(&want.document)
            }
            _ => None,
        });
        seen.filter_map(|(_, seen)| seen.document.as_ref()).chain(written).collect()
    }

    /// The nodes a policy is attached to before or after the plan.
    fn nodes(&self, policy: &Ref, drafts: &[Draft]) -> BTreeSet<String> {
        let seen = self.live.policies.values().filter(|seen| seen.address.as_ref() == policy.address());
        let made = drafts.iter().filter_map(|draft| match &draft.change {
            Change::Create { want: Model::OrgPolicyAttachment(want) } if want.policy == *policy => {
                Some(want.target.clone())
            }
            _ => None,
        });
        seen.flat_map(|seen| seen.targets.iter().flatten().cloned()).chain(made).collect()
    }

    /// The chains that a change has a say on, before and after.
    fn chains<'c>(&'c self, concern: &'c Concern) -> impl Iterator<Item = (&'c Chain, &'c Chain)> {
        let below = |(now, _): &(&Chain, &Chain)| now.nodes.iter().any(|node| concern.nodes.contains(node));
        self.now.chains.iter().zip(&self.end.chains).filter(below)
    }

    /// What the plan comes to where the change has a say; `None` where the content of a version is not known.
    fn direction(&self, concern: &Concern) -> Option<Direction> {
        let mut all = BTreeSet::new();
        for (now, end) in self.chains(concern) {
            for region in &concern.regions {
                let (have, want) = (now.regions.get(region), end.regions.get(region));
                all.insert(self.compared(have, want)?);
            }
        }
        Some(all.into_iter().collect())
    }

    fn compared(&self, have: Option<&Effective>, want: Option<&Effective>) -> Option<Direction> {
        let same = |one: &Effective, other: &Effective| {
            self.version(&one.version) == self.version(&other.version)
                && (&one.guarding, &one.models) == (&other.guarding, &other.models)
        };
        match (have, want) {
            (None, None) => return Some(Direction::Neutral),
            (None, Some(_)) => return Some(Direction::Strengthens),
            (Some(_), None) => return Some(Direction::Weakens),
            (Some(have), Some(want)) if same(have, want) => return Some(Direction::Neutral),
            (Some(_), Some(_)) => {}
        }
        let versions = [have, want].map(|side| side.map(|side| self.version(&side.version)));
        let sides = [have, want].into_iter().zip(&versions);
        let mut sides = sides.map(|(side, version)| {
            let (side, version) = (side?, version.as_ref()?);
            let content = Ok(self.content(version)?);
            Some(Protection { version, content, guarding: &side.guarding, models: &side.models })
        });
        let (have, want) = (sides.next()??, sides.next()??);
        Some(Protection::compare(Some(&have), Some(&want)).iter().map(|field| field.direction).collect())
    }

    /// A version by its id where it has one, so that two names of one version are equal.
    fn version(&self, version: &Ref) -> Ref {
        let id = version.address().and_then(|address| self.live.names.ids(address).last());
        id.map_or_else(|| version.clone(), |id| Ref::Foreign(id.clone()))
    }

    fn content(&self, version: &Ref) -> Option<&Content> {
        let specified = |guardrail: &Address| match self.desired.resources.get(guardrail).map(|wanted| &wanted.model) {
            Some(Model::Guardrail(model)) => Some(&model.content),
            _ => None,
        };
        match version {
            Ref::Foreign(id) => {
                let read = self.live.contents.get(id).and_then(|content| content.as_ref().ok());
                let seen = || {
                    let all = self.live.versions.iter().flat_map(|(of, all)| all.iter().map(move |one| (of, one)));
                    let (guardrail, version) = all.into_iter().find(|(_, version)| version.id == *id)?;
                    specified(guardrail).filter(|content| version.content.as_ref() == Some(&content.digest()))
                };
                read.or_else(seen)
            }
            Ref::To(address) => match self.desired.resources.get(address).map(|wanted| &wanted.model) {
                Some(Model::GuardrailVersion(model)) => specified(model.guardrail.address()?),
                _ => None,
            },
        }
    }

    /// Whether a policy of others keeps this one from having its say somewhere, or loses its own by it.
    fn displaces(&self, concern: &Concern, drafts: &[Draft]) -> bool {
        let ours = |policy: &Ref| match policy {
            Ref::Foreign(_) => false,
            Ref::To(address) => {
                let made =
                    drafts.iter().any(|draft| draft.address == *address && draft.address.kind == Kind::OrgPolicy);
                let is_ours = |id: &RemoteId| self.live.policies.get(id).is_some_and(|seen| seen.owner == Owner::Ours);
                made || self.live.names.ids(address).any(is_ours)
            }
        };
        concern.stays
            && self.chains(concern).any(|(now, end)| {
                concern.regions.iter().any(|region| {
                    let by = |chain: &Chain| chain.regions.get(region).map(|effective| effective.by.clone());
                    let (before, after) = (by(now), by(end));
                    let hidden = after.as_ref().is_some_and(|after| !ours(after));
                    let hides =
                        after.as_ref() == Some(&concern.policy) && before.as_ref().is_some_and(|before| !ours(before));
                    hidden || hides
                })
            })
    }
}
