//! Carrying out a plan: every action whose predecessors are done runs, up to a bound at once.
//!
//! Nothing is decided here. A failed action skips those that wait for it, and no others; what was written is read back;
//! and everything that happens, or does not, is an [`Event`].

mod candidate;
mod event;
mod read_ahead;
mod read_back;
mod until;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::channel::mpsc;
use futures::stream::{FuturesUnordered, StreamExt};

pub use candidate::{Left, Unmade, make, remove, sweep};
pub use event::{Event, Happened, Outcome};
pub use read_ahead::Moved;
pub use read_back::Mismatch;
pub use until::Unsettled;

use crate::aws::{ApplyError, Call, Clients, Place, Run, WriteCx, chain, perform, place};
use crate::kinds::Verb;
use crate::model::{Desired, RemoteId};
use crate::plan::{Action, ActionId, Plan};

/// What an apply needs besides the plan.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// The clients.
    pub clients: &'a Clients,
    /// Ids, waits and the lane of Organizations.
    pub run: &'a Run,
    /// What the plan was made from: it says which tags count when a write is read back.
    pub desired: &'a Desired,
    /// How many actions run at once.
    pub parallelism: usize,
    /// Set from outside to start nothing more; what is in flight is finished.
    pub interrupted: &'a AtomicBool,
}

/// Why an action failed.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// AWS refused, or did not get there in time.
    #[error(transparent)]
    Aws(#[from] ApplyError),
    /// What must come first has not been seen.
    #[error(transparent)]
    Unsettled(#[from] Unsettled),
    /// It is not as planned any more, and nothing was written.
    #[error(transparent)]
    Moved(#[from] Moved),
    /// AWS accepted the write and holds something else.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

impl ActionError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(),
            Self::Unsettled(unsettled) if unsettled.interrupted => None,
            Self::Unsettled(_) => Some(
                "run again, or wait longer with --wait; ListEffectivePolicyValidationErrors tells whether a merge is not valid"
                    .to_owned(),
            ),
            Self::Moved(_) => Some("something else changes it: plan again, and review what it is now".to_owned()),
            Self::Mismatch(_) => {
                Some("plan again, which shows the difference field by field; another apply may be under way".to_owned())
            }
        }
    }
}

/// Executes `plan` and tells `see` everything that happens, in the order in which it does.
pub async fn apply(plan: &Plan, tools: Tools<'_>, see: &mut impl FnMut(&Event)) -> Outcome {
    let mut walk = Walk::new(plan);
    let mut outcome = Outcome::default();
    let mut running: FuturesUnordered<Pin<Box<dyn Future<Output = Finished> + Send + '_>>> = FuturesUnordered::new();
    let (said, mut heard) = mpsc::unbounded();
    loop {
        while running.len() < tools.parallelism.max(1) && !tools.interrupted.load(Ordering::Relaxed) {
            let Some(action) = walk.next() else { break };
            tell(see, &mut outcome, Event::new(action, Happened::Started));
            let again = plan.actions.iter().any(|other| other.address == action.address && other.id < action.id);
            let said = said.clone();
            let say = move |happened| _ = said.unbounded_send((action, happened));
            running.push(Box::pin(carry_out(action, again, tools, say)));
        }
        let finished = tokio::select! {
            biased;
            Some((action, waiting)) = heard.next() => {
                tell(see, &mut outcome, Event::new(action, waiting));
                continue;
            }
            finished = running.next() => finished,
        };
        let Some(Finished { action, calls, result }) = finished else { break };
        match result {
            Ok(id) => {
                settle(action, id, tools.run);
                walk.done(action.id);
                tell(see, &mut outcome, Event::new(action, Happened::Done { calls }));
            }
            Err(error) => {
                let hint = error.hint();
                let error = chain(&error);
                tell(see, &mut outcome, Event::new(action, Happened::Failed { calls, error, hint }));
                for skipped in walk.failed(action.id) {
                    let because = action.address.clone();
                    tell(see, &mut outcome, Event::new(skipped, Happened::Skipped { because: Some(because) }));
                }
            }
        }
    }
    for skipped in walk.rest() {
        tell(see, &mut outcome, Event::new(skipped, Happened::Skipped { because: None }));
    }
    outcome.interrupted = tools.interrupted.load(Ordering::Relaxed);
    outcome
}

struct Finished<'a> {
    action: &'a Action,
    calls: Vec<Call>,
    result: Result<Option<RemoteId>, ActionError>,
}

/// `again` says that another action of this plan has written the same resource; `say` is told what happens meanwhile.
async fn carry_out<'a>(
    action: &'a Action,
    again: bool,
    tools: Tools<'a>,
    say: impl FnOnce(Happened) + Send,
) -> Finished<'a> {
    let log = tools.run.log(&action.address);
    let cx = WriteCx { read: tools.clients.reading(&log), run: tools.run };
    let result = async {
        until::settle(&cx, action, tools.interrupted, say).await?;
        let id = {
            // What is read before a write of the organization must still be so when its turn comes.
            let _turn = match place(action.address.kind) {
                Place::Organization => Some(cx.run.lane().await),
                Place::Region | Place::Account => None,
            };
            read_ahead::unmoved(&cx, action, again, tools.desired).await?;
            perform(&cx, action).await?
        };
        read_back::confirm(&cx, action, &id, tools.desired).await?;
        Ok((action.verb != Verb::Delete).then_some(id))
    };
    let result = result.await;
    Finished { action, calls: log.calls(), result }
}

/// What is done has an id under every address that it serves; what is gone has none.
fn settle(action: &Action, id: Option<RemoteId>, run: &Run) {
    match id {
        Some(id) => {
            for address in std::iter::once(&action.address).chain(&action.serves) {
                run.ids.insert(address.clone(), id.clone());
            }
        }
        None => run.ids.remove(&action.address),
    }
}

fn tell(see: &mut impl FnMut(&Event), outcome: &mut Outcome, event: Event) {
    see(&event);
    outcome.note(event);
}

/// Which actions are ready, and which can never be.
struct Walk<'a> {
    actions: BTreeMap<ActionId, &'a Action>,
    waiting: BTreeMap<ActionId, BTreeSet<ActionId>>,
}

impl<'a> Walk<'a> {
    fn new(plan: &'a Plan) -> Self {
        Self {
            actions: plan.actions.iter().map(|action| (action.id, action)).collect(),
            waiting: plan.actions.iter().map(|action| (action.id, action.after.clone())).collect(),
        }
    }

    /// The ready action with the least number, which is then no longer waiting.
    fn next(&mut self) -> Option<&'a Action> {
        let id = self.waiting.iter().find(|(_, after)| after.is_empty()).map(|(id, _)| *id)?;
        self.waiting.remove(&id);
        self.actions.get(&id).copied()
    }

    fn done(&mut self, id: ActionId) {
        for after in self.waiting.values_mut() {
            after.remove(&id);
        }
    }

    /// Takes out everything that waits for a failed action, directly or through others, and names it.
    fn failed(&mut self, id: ActionId) -> Vec<&'a Action> {
        let mut lost = BTreeSet::from([id]);
        loop {
            let next = self.waiting.iter().find(|(_, after)| !after.is_disjoint(&lost)).map(|(id, _)| *id);
            let Some(next) = next else { break };
            self.waiting.remove(&next);
            lost.insert(next);
        }
        lost.into_iter().filter(|other| *other != id).filter_map(|other| self.actions.get(&other).copied()).collect()
    }

    /// What was never started.
    fn rest(self) -> Vec<&'a Action> {
        self.waiting.keys().filter_map(|id| self.actions.get(id).copied()).collect()
    }
}

/// The ids of the live resources, for a run.
pub fn live_ids(live: &crate::model::Live) -> crate::aws::Ids {
    crate::aws::Ids::of(&live.names)
}
