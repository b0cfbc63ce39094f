//! Looking again until it is so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::checks::{Check, State};

/// The first rest: short, since the local AWS is fast.
const FIRST: Duration = Duration::from_millis(100);
/// The longest rest: what AWS works out takes minutes.
const LONGEST: Duration = Duration::from_secs(15);
/// How soon a rest notices that somebody interrupts.
const STEP: Duration = Duration::from_millis(200);

/// Which part of the time is left to what was never applied by what was read first: lists of AWS may be seconds old.
const MOMENT: u32 = 60;

/// Until when AWS may take its time; all checks of a run share it.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    until: Instant,
    /// Until when what is wrong for good may be an old answer.
    moment: Instant,
    interrupted: Arc<AtomicBool>,
}

impl Patience {
    /// For as long as this, and until somebody sets `interrupted`.
    pub(super) fn new(timeout: Duration, interrupted: Arc<AtomicBool>) -> Self {
        let now = Instant::now();
        let after = |time: Duration| now.checked_add(time).unwrap_or(now);
        Self { until: after(timeout), moment: after(timeout / MOMENT), interrupted }
    }

    /// Looks until nothing is wrong any more that may pass, or the time is up. What could not be seen is no reason to look again:
    /// the SDK has tried as often as that may help. Nor, but for a moment, is what was not so before anything was looked at.
    pub(super) async fn look(&self, mut probe: impl AsyncFnMut() -> Vec<Check>) -> Vec<Check> {
        let mut rest = FIRST;
        loop {
            let checks = probe().await;
            let now = Instant::now();
            let left = self.until.saturating_duration_since(now);
            let is_early = now < self.moment;
            let may_pass =
                |check: &Check| check.outcome.state == State::Failed && (is_early || !check.outcome.is_final);
            if left.is_zero() || self.is_interrupted() || !checks.iter().any(may_pass) {
                return checks;
            }
            if !self.rest(rest.min(left)).await {
                return checks;
            }
            rest = (rest * 2).min(LONGEST);
        }
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Rests in steps, so that nobody who interrupts waits for it: then returns `false`.
    async fn rest(&self, rest: Duration) -> bool {
        let until = Instant::now() + rest;
        while !self.is_interrupted() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            sleep(left.min(STEP)).await;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{Outcome, What};
    use crate::model::Scope;

    async fn looks(timeout: Duration, outcomes: &[Outcome]) -> (usize, State) {
        let scope = Scope::global("111122223333".parse().expect("an id"));
        let mut seen = 0;
        let probe = async || {
            let outcome = outcomes[seen.min(outcomes.len() - 1)].clone();
            seen += 1;
            vec![Check::new(What::Version, &scope, outcome)]
        };
        let checks = Patience::new(timeout, Arc::default()).look(probe).await;
        (seen, checks[0].outcome.state)
    }

    #[tokio::test]
    async fn what_is_wrong_is_looked_at_again_and_nothing_else() {
        let (failed, passed) = (Outcome::failed("no"), Outcome::passed("yes"));
        let long = Duration::from_mins(1);
        assert_eq!(looks(long, &[failed.clone(), failed.clone(), passed.clone()]).await, (3, State::Passed));
        assert_eq!(looks(long, &[Outcome::unseen("dark")]).await, (1, State::Unseen));
        let second = Duration::from_secs(1);
        assert_eq!(
            looks(second, &[failed.clone(), failed.clone().for_good()]).await,
            (2, State::Failed),
            "it stays so"
        );
        assert_eq!(looks(long, &[failed.clone().for_good(), passed]).await, (2, State::Passed), "but for a moment");
        assert_eq!(looks(Duration::ZERO, std::slice::from_ref(&failed)).await, (1, State::Failed), "once at least");
        let scope = Scope::global("111122223333".parse().expect("an id"));
        let interrupted = Arc::new(AtomicBool::new(true));
        let probe = async || vec![Check::new(What::Version, &scope, failed.clone())];
        let began = Instant::now();
        assert_eq!(Patience::new(long, interrupted).look(probe).await.len(), 1, "what was found is told");
        assert!(began.elapsed() < Duration::from_secs(5), "and nobody waits any more");
        let (seen, state) = looks(Duration::from_millis(250), std::slice::from_ref(&failed)).await;
        assert!(seen >= 3 && state == State::Failed, "and once more when the time is up: {seen}");
    }
}
