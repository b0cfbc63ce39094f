//! Time as the emulator knows it: the machine's, and what `POST /_bedrail/clock` added to it.
//!
//! Nothing runs on a timer. A state that ends at some moment stores that moment, and whoever reads it compares; so moving the
//! clock forward has the effect of waiting.

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch.
pub(crate) type Millis = i64;

/// The clock stops here, at the beginning of the year 9999, so that what is yet to come has a date too.
const LAST: Millis = 253_370_764_800_000;

/// The clock's distance from the machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clock {
    advanced_ms: Millis,
}

impl Clock {
    pub(crate) fn now(self) -> Millis {
        jiff::Timestamp::now().as_millisecond().saturating_add(self.advanced_ms).min(LAST)
    }

    pub(crate) fn advanced_ms(self) -> Millis {
        self.advanced_ms
    }

    /// Moves the clock forward. It never goes back: due times would come to life again.
    pub(crate) fn advance(&mut self, by: u32) {
        self.advanced_ms = self.advanced_ms.saturating_add(Millis::from(by));
    }
}

/// The moment in ISO 8601, as rest-json answers carry it.
pub(crate) fn iso8601(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |time| format!("{time:.3}"))
}

/// The moment in ISO 8601 to the second, as Query answers carry it.
pub(crate) fn iso8601_seconds(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |time| format!("{time:.0}"))
}

/// The moment in seconds since the epoch, as AWS JSON answers carry it.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit a double exactly")]
pub(crate) fn epoch_seconds(at: Millis) -> f64 {
    at as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_protocols_want_them() {
        assert_eq!(iso8601(1_700_000_000_250), "2023-11-14T22:13:20.250Z");
        assert_eq!(iso8601_seconds(1_700_000_000_950), "2023-11-14T22:13:20Z");
        assert!((epoch_seconds(1_700_000_000_250) - 1_700_000_000.25).abs() < 1e-6);
    }

    #[test]
    fn advancing_moves_now() {
        let mut clock = Clock::default();
        let before = clock.now();
        clock.advance(60_000);
        assert!(clock.now() >= before + 60_000);
        let far = Clock { advanced_ms: Millis::MAX };
        assert_eq!(iso8601(far.now()), "9999-01-01T00:00:00.000Z");
    }
}
