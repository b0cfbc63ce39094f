//! Where a change that goes from stage to stage stands, and what is wanted until it has come to its end.
//!
//! Nothing is remembered: the policy of AWS differs from the spec as long as the change is on its way, and the attachments of the
//! second policy, which bears the new text, tell how far it has come. Where the second policy bears another text, the spec has
//! changed on the way: that change begins with its first stage, and until the second policy is attached there alone its text
//! stays as it is ([`super::recall`]).

use std::borrow::Cow;

use super::Warning;
use super::decide::{Options, Purpose, codes};
use crate::kinds::{Model, org_policy};
use crate::model::{Address, Blind, Desired, Live, Owner, Stage, Staged, Wanted};

/// Where the change of one policy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The policy.
    pub policy: Address,
    /// How many stages bear the new text already, all of their nodes; 0 before the first.
    pub reached: usize,
    /// How many stages there are, the last one, at which the policy itself changes, among them.
    pub stages: usize,
}

/// The changes that are on their way, or about to begin.
pub fn standing(desired: &Desired, live: &Live) -> Vec<Standing> {
    let seen = desired.staged.iter().filter(|(policy, staged)| unseen(policy, staged, live).is_none());
    seen.filter_map(|(policy, staged)| stand(policy, staged, desired, live)).collect()
}

/// The policies of which it is not known where their change stands, each with what could not be read.
pub fn not_standing(desired: &Desired, live: &Live) -> Vec<(Address, Blind)> {
    let all = desired.staged.iter();
    all.filter_map(|(policy, staged)| Some((policy.clone(), unseen(policy, staged, live)?.clone()))).collect()
}

/// What is wanted as long as nobody advances: what is in AWS once the spec is applied. It is what the spec wants where no change is
/// on its way.
pub fn until_advanced<'a>(desired: &'a Desired, live: &Live) -> Cow<'a, Desired> {
    settle(desired, live, &Options::default()).0
}

/// What is wanted now, and what to know of it. A change begins with its first stage; with `--advance` it goes one stage on.
pub(super) fn settle<'a>(desired: &'a Desired, live: &Live, options: &Options) -> (Cow<'a, Desired>, Vec<Warning>) {
    let mut settled = Cow::Borrowed(desired);
    let mut told = Vec::new();
    if options.purpose == Purpose::Destroy {
        return (settled, told);
    }
    for (policy, staged) in &desired.staged {
        if let Some(blind) = unseen(policy, staged, live) {
            keep(settled.to_mut(), policy, staged, live);
            told.push(tell_unseen(policy, blind));
        } else if let Some(standing) = stand(policy, staged, desired, live) {
            let going = if standing.reached == 0 || options.advance { standing.reached + 1 } else { standing.reached };
            let (so_far, further) = staged.stages.split_at(going.min(staged.stages.len()));
            let further = further.iter().flat_map(|stage| &stage.attachments);
            let further: Vec<_> = further.filter(|(address, _)| is_there(address, live)).collect();
            let new = bears_new(staged, live);
            told.push(tell(policy, staged, &standing, going, Further { nodes: further.len(), new }));
            if going < standing.stages {
                let so_far = so_far.iter().flat_map(|stage| &stage.attachments);
                // What bears the new text further on stays: to take it away would be a step back that nobody asked for.
                let stays = further.into_iter().filter(|_| new);
                leave_text(settled.to_mut(), policy, live);
                want_next(settled.to_mut(), staged, so_far.chain(stays));
            }
        }
    }
    (settled, told)
}

/// `None` where nothing is on its way: AWS has the text of the spec, or no such policy of ours.
fn stand(policy: &Address, staged: &Staged, desired: &Desired, live: &Live) -> Option<Standing> {
    let (have, want) = (ours(policy, live)?, org_policy(&desired.resources.get(policy)?.model)?);
    if have.document == want.document {
        return None;
    }
    let new = bears_new(staged, live);
    let whole = |stage: &&Stage| new && stage.attachments.keys().all(|address| is_there(address, live));
    let reached = staged.stages.iter().take_while(whole).count();
    Some(Standing { policy: policy.clone(), reached, stages: staged.stages.len() + 1 })
}

/// Whether the second policy bears the text that the spec has now. One with another text has reached no stage.
fn bears_new(staged: &Staged, live: &Live) -> bool {
    let (have, want) = (ours(&staged.next, live), org_policy(&staged.wanted.model));
    have.zip(want).is_some_and(|(have, want)| have.document == want.document)
}

/// What of it could not be read: the policy, the second one, or where that is attached.
fn unseen<'l>(policy: &Address, staged: &Staged, live: &'l Live) -> Option<&'l Blind> {
    let attachments = staged.stages.iter().flat_map(|stage| stage.attachments.keys());
    let mut all = [policy, &staged.next].into_iter().chain(attachments);
    all.find_map(|address| live.blind_at(address).filter(|_| !is_there(address, live)))
}

fn is_there(address: &Address, live: &Live) -> bool {
    live.found.contains_key(address)
}

/// Where it stands is not known, for something of it could not be read: what is there stays, with the texts that it has.
fn keep(desired: &mut Desired, policy: &Address, staged: &Staged, live: &Live) {
    let all = staged.stages.iter().flat_map(|stage| &stage.attachments);
    let there: Vec<_> = all.filter(|(address, _)| is_there(address, live)).collect();
    leave_text(desired, policy, live);
    if !there.is_empty() || is_there(&staged.next, live) {
        want_next(desired, staged, there);
        leave_text(desired, &staged.next, live);
    }
}

/// Leaves the text of the policy as AWS has it.
fn leave_text(desired: &mut Desired, policy: &Address, live: &Live) {
    if let (Some(have), Some(wanted)) = (ours(policy, live), desired.resources.get_mut(policy))
        && let Model::OrgPolicy(want) = &mut wanted.model
    {
        want.document = have.document.clone();
    }
}

/// Wants the second policy, and it there.
fn want_next<'a>(
    desired: &mut Desired,
    staged: &Staged,
    attachments: impl IntoIterator<Item = (&'a Address, &'a Wanted)>,
) {
    desired.resources.insert(staged.next.clone(), staged.wanted.clone());
    let attachments = attachments.into_iter().map(|(address, wanted)| (address.clone(), wanted.clone()));
    desired.resources.extend(attachments);
}

/// What the second policy is attached to besides, in later stages.
#[derive(Clone, Copy)]
struct Further {
    /// How many nodes.
    nodes: usize,
    /// Whether it bears what the spec says now.
    new: bool,
}

fn tell(policy: &Address, staged: &Staged, standing: &Standing, going: usize, further: Further) -> Warning {
    let all = standing.stages;
    let name = |at: usize| staged.stages.get(at - 1).map_or("what it is attached to", |stage| stage.name.as_str());
    let message = if going == all {
        format!("stage {all} of {all}, the last: the policy itself changes, and {} goes", staged.next.name)
    } else {
        let further = match further {
            Further { nodes: 0, .. } => String::new(),
            Further { nodes, new: true } => {
                format!("; so do {} of the stages after it, since a run ended early", count(nodes))
            }
            Further { nodes, new: false } => format!(
                "; the spec has changed on the way, so {} is taken back from {} further on before its text changes",
                staged.next.name,
                count(nodes)
            ),
        };
        format!(
            "stage {going} of {all} ({}) bears what is new, the rest what was{further}; `bedrail apply --advance` goes on to {}",
            name(going),
            name(going + 1)
        )
    };
    Warning { code: codes::STAGED.id(), message, address: Some(policy.clone()) }
}

fn tell_unseen(policy: &Address, blind: &Blind) -> Warning {
    let message = format!(
        "how far its stages have come is not known, and nothing of them changes: {} could not be read: {}",
        blind.name.as_deref().map_or_else(|| blind.kind.to_string(), |name| format!("{} {name}", blind.kind)),
        blind.why
    );
    Warning { code: codes::STAGED.id(), message, address: Some(policy.clone()) }
}

fn count(nodes: usize) -> String {
    if nodes == 1 { "1 node".to_owned() } else { format!("{nodes} nodes") }
}

fn ours<'l>(policy: &Address, live: &'l Live) -> Option<&'l org_policy::Model> {
    let found = live.found.get(policy).filter(|found| found.owner == Owner::Ours)?;
    org_policy(&found.model)
}

const fn org_policy(model: &Model) -> Option<&org_policy::Model> {
    match model {
        Model::OrgPolicy(model) => Some(model),
        _ => None,
    }
}
