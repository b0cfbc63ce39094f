//! How long to wait, and how often to look meanwhile.

use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::error::{AwsError, Class};

/// The longest waits for what AWS does in its own time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deadlines {
    /// Until a guardrail or version is `READY`.
    pub ready: Duration,
    /// Until reads know what was just made; what they do not know then is gone, and is made once more. Never less than 7.5 s,
    /// however short the other waits: taking what is new for what is gone makes a second one.
    pub visible: Duration,
    /// Until a change is seen everywhere.
    pub propagation: Duration,
    /// Until another change of the same guardrail is over.
    pub conflict: Duration,
    /// Until another change of the organization is over.
    pub concurrency: Duration,
}

/// The least wait until reads know what was just made.
const VISIBLE: Duration = Duration::from_millis(7500);

impl Deadlines {
    /// The deadlines of the command reference (READY 5 min, propagation 15, Conflict 2, Organizations concurrency 5; and
    /// 7.5 s to be visible, which only grows), scaled so that READY has this many minutes.
    pub fn scaled(minutes: f64) -> Self {
        let scaled = |share: f64| Duration::try_from_secs_f64(minutes * share * 60.0).unwrap_or_default();
        Self {
            ready: scaled(1.0),
            visible: scaled(0.025).max(VISIBLE),
            propagation: scaled(3.0),
            conflict: scaled(0.4),
            concurrency: scaled(1.0),
        }
    }
}

impl Deadlines {
    /// How long something that a create has answered with may stay unknown, before it is one that was made by the same
    /// token and deleted since: at once if it is old; and where one was found `undone` already, not before it is old, so
    /// that what spreads slowly is not made again and again.
    pub(crate) fn unknown(&self, undone: usize, age: Duration) -> Duration {
        let old = self.visible * 16;
        match old.checked_sub(age) {
            None => Duration::ZERO,
            Some(_) if undone == 0 => self.visible,
            Some(left) => left.max(self.visible),
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self::scaled(5.0)
    }
}

/// How a run waits.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The longest waits.
    pub deadlines: Deadlines,
    seed: u64,
    interrupted: Arc<AtomicBool>,
}

impl Wait {
    /// Two runs at once rest at different moments, so that they do not meet again and again.
    pub fn new(deadlines: Deadlines) -> Self {
        Self::seeded(deadlines, RandomState::new().hash_one(0))
    }

    /// Rests told by `seed` alone.
    pub fn seeded(deadlines: Deadlines, seed: u64) -> Self {
        Self { deadlines, seed, interrupted: Arc::default() }
    }

    /// The same waits, which all end within seconds once `interrupted` is set.
    #[must_use]
    pub fn until(self, interrupted: Arc<AtomicBool>) -> Self {
        Self { interrupted, ..self }
    }

    /// How long a call that failed like this may be tried again; `None` for what waiting does not cure. Throttling and
    /// failures of the service are the SDK's to retry.
    pub fn patience(&self, error: &AwsError) -> Option<Duration> {
        match error.class {
            Class::Conflict => Some(self.deadlines.conflict),
            Class::Busy => Some(self.deadlines.concurrency),
            Class::InUse => Some(self.deadlines.propagation),
            _ => None,
        }
    }

    /// A clock that starts now; `key` sets its rests apart from those of other waits.
    pub(crate) fn pace(&self, key: &str) -> Pace {
        let mut hasher = DefaultHasher::new();
        (self.seed, key).hash(&mut hasher);
        Pace {
            seed: hasher.finish(),
            started: Instant::now(),
            rests: 0,
            interrupted: Arc::clone(&self.interrupted),
            noticed: None,
        }
    }
}

/// The first rest: short, since the local AWS is fast.
const FIRST: Duration = Duration::from_millis(100);
/// How soon a rest notices that the run is interrupted.
const SLICE: Duration = Duration::from_millis(250);
/// How long an interrupted run goes on waiting, for what is nearly done. Runners of pipelines kill what does not end within
/// some 7 s.
const GRACE: Duration = Duration::from_secs(3);
/// The longest rest.
const LONGEST: Duration = Duration::from_secs(5);

/// Rests that grow from a tenth of a second to five seconds.
#[derive(Debug)]
pub(crate) struct Pace {
    seed: u64,
    started: Instant,
    rests: u32,
    interrupted: Arc<AtomicBool>,
    noticed: Option<Instant>,
}

impl Pace {
    /// How long this has been going on.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Rests, unless `deadline` has passed since the start, or the run was interrupted a while ago: then returns `false`.
    pub(crate) async fn rest(&mut self, deadline: Duration) -> bool {
        let Some(left) = deadline.checked_sub(self.started.elapsed()).filter(|left| !left.is_zero()) else {
            return false;
        };
        let mut rest = self.next_rest().min(left);
        while !rest.is_zero() {
            if self.is_cut_short() {
                return false;
            }
            let slice = rest.min(SLICE);
            sleep(slice).await;
            rest -= slice;
        }
        true
    }

    fn is_cut_short(&mut self) -> bool {
        let interrupted = self.interrupted.load(Ordering::Relaxed);
        interrupted && self.noticed.get_or_insert_with(Instant::now).elapsed() >= GRACE
    }

    /// Half of it grows by half each time, half of it is by chance, as far as the seed is.
    fn next_rest(&mut self) -> Duration {
        let whole = FIRST.mul_f64(1.5_f64.powi(self.rests.min(20).cast_signed())).min(LONGEST);
        let mut hasher = DefaultHasher::new();
        (self.seed, self.rests).hash(&mut hasher);
        self.rests += 1;
        let chance = f64::from(u32::try_from(hasher.finish() >> 32).unwrap_or_default()) / f64::from(u32::MAX);
        whole.mul_f64(0.5 + chance / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_to_a_bound_and_depend_on_the_seed_alone() {
        let wait = Wait::seeded(Deadlines::default(), 7);
        let rests = |key| {
            let mut pace = wait.pace(key);
            (0..20).map(|_| pace.next_rest()).collect::<Vec<_>>()
        };
        let all = rests("guardrail");
        assert_eq!(all, rests("guardrail"));
        assert_ne!(all, rests("another"));
        assert!(all[0] <= FIRST && all[0] >= FIRST / 2, "{all:?}");
        assert!(all[19] <= LONGEST && all[19] >= LONGEST / 2, "{all:?}");
    }

    #[test]
    fn deadlines_scale_together() {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        let standard = Deadlines::default();
        assert_eq!(
            [standard.ready, standard.propagation, standard.conflict, standard.concurrency],
            [minutes(5), minutes(15), minutes(2), minutes(5)]
        );
        assert_eq!(Deadlines::scaled(10.0).propagation, minutes(30));
        assert_eq!(Deadlines::scaled(-1.0).ready, Duration::ZERO);
        let visible = |minutes| Deadlines::scaled(minutes).visible;
        assert_eq!([0.1, 5.0, 10.0].map(visible).map(|wait| wait.as_millis()), [7500, 7500, 15_000]);
    }

    #[tokio::test]
    async fn after_the_deadline_there_is_no_rest() {
        let mut pace = Wait::seeded(Deadlines::default(), 7).pace("guardrail");
        assert!(pace.rest(Duration::from_millis(1)).await);
        sleep(Duration::from_millis(2)).await;
        assert!(!pace.rest(Duration::from_millis(1)).await);
    }
}
