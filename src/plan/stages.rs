//! Where a change that goes from stage to stage stands, and what is wanted until it has come to its end.
//!
//! Nothing is remembered: the policy of AWS differs from the spec as long as the change is on its way, and the attachments of the
//! second policy, which bears the new text, tell how far it has come.

use std::borrow::Cow;

use super::Warning;
use super::decide::{Options, Purpose, codes};
use crate::kinds::{Model, org_policy};
use crate::model::{Address, Desired, Live, Owner, Staged, Wanted};

/// Where the change of one policy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The policy.
    pub policy: Address,
    /// How many stages bear the new text already; 0 before the first.
    pub reached: usize,
    /// How many stages there are, the last one, at which the policy itself changes, among them.
    pub stages: usize,
}

/// The changes that are on their way, or about to begin.
pub fn standing(desired: &Desired, live: &Live) -> Vec<Standing> {
    desired.staged.iter().filter_map(|(policy, staged)| stand(policy, staged, desired, live)).collect()
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
        if ![policy, &staged.next].into_iter().all(|address| is_seen(address, live)) {
            keep(settled.to_mut(), policy, staged, live);
        } else if let Some(standing) = stand(policy, staged, desired, live) {
            let going = if standing.reached == 0 || options.advance { standing.reached + 1 } else { standing.reached };
            told.push(tell(policy, staged, &standing, going));
            if going < standing.stages {
                leave_text(settled.to_mut(), policy, live);
                want_next(settled.to_mut(), staged, staged.stages[..going].iter().flat_map(|stage| &stage.attachments));
            }
        }
    }
    (settled, told)
}

/// `None` where nothing is on its way: AWS has the text of the spec, or no such policy of ours, or it could not be read.
fn stand(policy: &Address, staged: &Staged, desired: &Desired, live: &Live) -> Option<Standing> {
    let (have, want) = (ours(policy, live)?, org_policy(&desired.resources.get(policy)?.model)?);
    let standing =
        || Standing { policy: policy.clone(), reached: reached(staged, live), stages: staged.stages.len() + 1 };
    (have.document != want.document).then(standing)
}

/// How many stages bear the new text, those before them, too. A second policy with another text has reached none.
fn reached(staged: &Staged, live: &Live) -> usize {
    let (Some(have), Some(want)) = (ours(&staged.next, live), org_policy(&staged.wanted.model)) else { return 0 };
    let attached = |address: &Address| live.found.contains_key(address);
    let so_far = staged.stages.iter().take_while(|stage| stage.attachments.keys().all(attached));
    if have.document == want.document { so_far.count() } else { 0 }
}

/// Where it stands is not known, for something of it could not be read: what is there stays.
fn keep(desired: &mut Desired, policy: &Address, staged: &Staged, live: &Live) {
    let all = staged.stages.iter().flat_map(|stage| &stage.attachments);
    let there: Vec<_> = all.filter(|(address, _)| live.found.contains_key(address)).collect();
    leave_text(desired, policy, live);
    if !there.is_empty() || live.found.contains_key(&staged.next) {
        want_next(desired, staged, there);
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

fn tell(policy: &Address, staged: &Staged, standing: &Standing, going: usize) -> Warning {
    let all = standing.stages;
    let name = |at: usize| staged.stages.get(at - 1).map_or("what it is attached to", |stage| stage.name.as_str());
    let message = if going == all {
        format!("stage {all} of {all}, the last: the policy itself changes, and {} goes", staged.next.name)
    } else {
        format!(
            "stage {going} of {all} ({}) bears what is new, the rest what was; `bedrail apply --advance` goes on to {}",
            name(going),
            name(going + 1)
        )
    };
    Warning { code: codes::STAGED.id(), message, address: Some(policy.clone()) }
}

fn is_seen(policy: &Address, live: &Live) -> bool {
    live.found.contains_key(policy) || live.blind_at(policy).is_none()
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
