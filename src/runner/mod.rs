//! Puts a suite to guardrails: sends each case as fast as AWS lets and no faster, and hands the answers to the tally.
//!
//! Each Region of each account has its own pace (see [`pace`]). What AWS throttles is asked again more slowly; what fails for a
//! moment is asked again after a rest; what AWS refuses whatever is asked ends the place. Nothing is changed in AWS, so that a
//! run may end at any moment with what is known by then.

mod aim;
mod pace;
mod place;

pub use aim::settle;
pub use pace::quota;

use std::sync::atomic::AtomicBool;

use futures::future::join_all;

use crate::aws::{Clients, Wait};
use crate::suite::Loaded;
use crate::suite::trial::{Absent, Place, Target, Trial};

/// How a run goes about it.
#[derive(Clone, Copy)]
pub struct Going<'a> {
    /// Requests per second in each Region of an account; `None` is AWS's quota there.
    pub rate: Option<f64>,
    /// How many requests may be under way in one place.
    pub parallelism: usize,
    /// How long the rests after a failure are.
    pub wait: &'a Wait,
    /// Set once the run should end: nothing more is sent, and what is under way is waited for.
    pub interrupted: &'a AtomicBool,
    /// Called after each answer, and after each request that gets none.
    pub answered: &'a (dyn Fn() + Sync),
}

/// Puts the suite to each of `targets`; where one is absent, that is told with its place. What fails is told in the trial.
pub async fn run(clients: &Clients, loaded: &Loaded, targets: Vec<Result<Target, Absent>>, going: Going<'_>) -> Trial {
    let suite = loaded.suite();
    let places = targets.into_iter().map(|target| async move {
        let place = Place::new(target.clone(), suite);
        match target {
            Ok(target) => place::ask(clients, loaded, &target, place, going).await,
            Err(_) => place,
        }
    });
    let mut places = join_all(places).await;
    places.sort_by(|one, other| one.scope.cmp(&other.scope));
    let interrupted = going.interrupted.load(std::sync::atomic::Ordering::Relaxed);
    Trial { places, interrupted }
}
