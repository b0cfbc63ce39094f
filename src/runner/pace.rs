//! How fast requests may follow each other.

use std::time::{Duration, Instant};

use crate::model::Region;

/// The Regions in which AWS lets an account call `ApplyGuardrail` 100 times a second; elsewhere it is 25. Adjustable.
/// Source: <https://docs.aws.amazon.com/general/latest/gr/bedrock.html>
const FAST: [&str; 9] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "eu-central-1",
];

/// How many requests of `ApplyGuardrail` a second AWS takes of an account in this Region, unless it was asked for more.
pub fn quota(region: &Region) -> f64 {
    if FAST.contains(&region.as_str()) { 100.0 } else { 25.0 }
}

/// The part of the pace that is left after AWS has throttled.
const SLOWER: f64 = 0.7;
/// The part of the first pace that is won back with each second without a throttle.
const REGAINED: f64 = 0.05;
/// One request in ten seconds is the slowest: slower than that, a run makes no headway, and AWS recovers sooner.
const SLOWEST: f64 = 0.1;
/// Throttles that come within this time of each other are one: their requests left at the old pace.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A pace that AWS may slow down. It has no clock: whoever keeps to it says what time it is.
#[derive(Debug)]
pub(super) struct Pace {
    most: f64,
    rate: f64,
    next: Instant,
    judged: Instant,
}

impl Pace {
    /// So many requests a second, from now on.
    pub(super) fn new(rate: f64, now: Instant) -> Self {
        Self { most: rate, rate, next: now, judged: now }
    }

    /// When the next request may leave.
    pub(super) const fn next(&self) -> Instant {
        self.next
    }

    /// A request leaves. The next one counts from when this one was due and not from when it left, so that what wakes late does
    /// not add up; what comes later than a whole second is not caught up with.
    pub(super) fn leave(&mut self, now: Instant) {
        let quiet = now.saturating_duration_since(self.judged);
        if self.rate < self.most && quiet >= AT_ONCE {
            self.rate = (self.rate + self.most * REGAINED * quiet.as_secs_f64()).min(self.most);
            self.judged = now;
        }
        let due = self.next.max(now.checked_sub(AT_ONCE).unwrap_or(now));
        self.next = due + Duration::from_secs_f64(self.rate.recip());
    }

    /// AWS has throttled a request.
    pub(super) fn throttled(&mut self, now: Instant) {
        if self.rate >= self.most || now.saturating_duration_since(self.judged) >= AT_ONCE {
            self.rate = (self.rate * SLOWER).max(SLOWEST.min(self.most));
            self.judged = now;
            self.next = self.next.max(now + Duration::from_secs_f64(self.rate.recip()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// How many requests leave within `seconds` of simulated time, woken `late` after each is due.
    fn leaving(pace: &mut Pace, from: Instant, seconds: u32, late: Duration) -> u32 {
        let mut count = 0;
        while pace.next() + late < from + SECOND * seconds {
            let now = pace.next() + late;
            pace.leave(now);
            count += 1;
        }
        count
    }

    #[test]
    fn waking_late_does_not_add_up() {
        let start = Instant::now();
        for late in [Duration::ZERO, Duration::from_millis(3)] {
            let mut pace = Pace::new(25.0, start);
            let count = leaving(&mut pace, start, 40, late);
            assert!((999..=1001).contains(&count), "{count} with {late:?}");
        }
    }

    #[test]
    fn a_pause_is_not_caught_up_with() {
        let start = Instant::now();
        let mut pace = Pace::new(10.0, start);
        pace.leave(start + SECOND * 60);
        let count = leaving(&mut pace, start + SECOND * 60, 1, Duration::ZERO);
        assert!(count <= 20, "{count}");
    }

    #[test]
    fn throttles_slow_it_down_and_quiet_brings_it_back() {
        let start = Instant::now();
        let mut pace = Pace::new(100.0, start);
        pace.leave(start);
        pace.throttled(start);
        pace.throttled(start + SECOND / 10);
        assert!((pace.rate - 70.0).abs() < 1e-9, "throttles of one moment are one: {}", pace.rate);
        pace.throttled(start + SECOND * 2);
        assert!((pace.rate - 49.0).abs() < 1e-9, "{}", pace.rate);
        leaving(&mut pace, start, 20, Duration::ZERO);
        assert!((pace.rate - 100.0).abs() < 1e-9, "{}", pace.rate);
        for second in 100..200 {
            pace.throttled(start + SECOND * second);
        }
        assert!((pace.rate - SLOWEST).abs() < 1e-9, "{}", pace.rate);
    }

    #[test]
    fn a_pace_below_the_slowest_is_kept() {
        let start = Instant::now();
        let mut pace = Pace::new(0.05, start);
        pace.throttled(start);
        assert!((pace.rate - 0.05).abs() < 1e-9, "{}", pace.rate);
    }

    #[test]
    fn quotas_are_those_of_the_table() {
        assert!((quota(&Region::new("us-east-1")) - 100.0).abs() < 1e-9);
        assert!((quota(&Region::new("eu-west-1")) - 25.0).abs() < 1e-9);
    }
}
