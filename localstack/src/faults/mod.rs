//! Things that go wrong on purpose, as they go wrong at AWS: `/_bedrail/faults`.
//!
//! Every fault that is set is asked about every request, in the order in which they were set, until one of them ends the
//! request (`throttle`, `error`, `reset`); those after it do not see it. A fault counts the requests that match it, so with the
//! same requests in the same order the same ones are struck: `nth` counts, and `probability` draws from the numbers of `seed`.

mod fault;
mod random;

pub(crate) use fault::{Asked, Fault};

use fault::{Active, Kind};
use serde_json::Value;

use crate::config::Partition;

/// The faults that are set. They belong to the run, as the options do, not to the state.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Vec<Active>,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Struck {
    /// It waits this long before it has any effect.
    pub(crate) latency_ms: u64,
    /// It is not carried out.
    pub(crate) ends: Option<End>,
    /// Its answer does not arrive.
    pub(crate) lost_reply: bool,
    /// It reads what was there this long ago, or after.
    pub(crate) stale_ms: Option<u32>,
    /// The change that it begins takes this course.
    pub(crate) course: Course,
}

/// How a request ends that is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Throttled,
    Failed,
    Reset,
}

/// How a change goes whose outcome is seen in a status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Course {
    #[default]
    Normal,
    /// It takes this much longer, or never ends.
    Stuck(Option<u32>),
    Fails,
}

impl Faults {
    /// Sets the fault of a body, or all of a list; the message tells what is wrong, and then none is set.
    pub(crate) fn add(&mut self, body: Value, partition: Partition) -> Result<(), String> {
        let bodies = match body {
            Value::Array(bodies) => bodies,
            one => vec![one],
        };
        let read = |body: Value| {
            let fault: Fault = serde_json::from_value(body).map_err(|error| error.to_string())?;
            fault.check(partition).map(|()| Active::new(fault))
        };
        let added: Vec<Active> = bodies.into_iter().map(read).collect::<Result<_, _>>()?;
        self.active.extend(added);
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.active.clear();
    }

    /// The faults, and how often each happened.
    pub(crate) fn active(&self) -> &[Active] {
        &self.active
    }

    /// How far back a read may see.
    pub(crate) fn memory_ms(&self) -> Option<u32> {
        let stale = self.active.iter().filter(|active| active.fault.kind == Kind::StaleRead);
        stale.filter_map(|active| active.fault.ms).max()
    }

    /// What happens to a request.
    pub(crate) fn strike(&mut self, asked: &Asked<'_>) -> Struck {
        let mut struck = Struck::default();
        for active in &mut self.active {
            if !active.strikes(asked) {
                continue;
            }
            let Fault { kind, ms, .. } = active.fault;
            match kind {
                Kind::Latency => struck.latency_ms += u64::from(ms.unwrap_or_default()),
                Kind::Throttle => struck.ends = Some(End::Throttled),
                Kind::Error => struck.ends = Some(End::Failed),
                Kind::Reset => struck.ends = Some(End::Reset),
                Kind::LostReply => struck.lost_reply = true,
                Kind::StaleRead => struck.stale_ms = struck.stale_ms.max(ms),
                Kind::Stuck => struck.course = Course::Stuck(ms),
                Kind::Fail => struck.course = Course::Fails,
            }
            if kind.ends() {
                break;
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GET: Asked<'_> = Asked { operation: "GetGuardrail", account: "111122223333", region: "us-east-1" };

    fn faults(body: Value) -> Faults {
        let mut faults = Faults::default();
        faults.add(body, Partition::Aws).expect("valid");
        faults
    }

    #[test]
    fn a_fault_strikes_what_it_names() {
        let mut faults = faults(json!([
            {"kind": "latency", "operation": "ListGuardrails", "ms": 1},
            {"kind": "latency", "account": "222233334444", "ms": 10},
            {"kind": "latency", "region": "us-east-1", "ms": 100},
            {"kind": "latency", "ms": 1000},
        ]));
        assert_eq!(faults.strike(&GET).latency_ms, 1100);
        assert_eq!(faults.strike(&Asked { account: "222233334444", ..GET }).latency_ms, 1110);
        assert_eq!(faults.strike(&Asked { region: "eu-west-1", ..GET }).latency_ms, 1000);
        assert_eq!(faults.strike(&Asked { operation: "ListGuardrails", ..GET }).latency_ms, 1101);
        let counts = serde_json::to_value(faults.active()).expect("JSON");
        assert_eq!((&counts[1]["matched"], &counts[3]["fired"]), (&json!(1), &json!(4)));
    }

    #[test]
    fn the_nth_is_one_and_what_ends_hides_the_request_from_the_rest() {
        let mut faults = faults(json!([
            {"kind": "throttle", "nth": 2},
            {"kind": "lost-reply", "nth": 2},
        ]));
        let struck: Vec<_> = (0..4).map(|_| faults.strike(&GET)).map(|one| (one.ends, one.lost_reply)).collect();
        assert_eq!(struck, [(None, false), (Some(End::Throttled), false), (None, true), (None, false)]);
    }

    #[test]
    fn a_kind_strikes_only_what_can_suffer_it() {
        let mut faults =
            faults(json!([{"kind": "stale-read", "ms": 5}, {"kind": "stuck"}, {"kind": "fail", "nth": 2}]));
        assert_eq!(faults.memory_ms(), Some(5));
        assert_eq!(faults.strike(&GET), Struck { stale_ms: Some(5), ..Struck::default() });
        let create = Asked { operation: "CreateGuardrail", ..GET };
        assert_eq!(faults.strike(&create), Struck { course: Course::Stuck(None), ..Struck::default() });
        assert_eq!(faults.strike(&create), Struck { course: Course::Fails, ..Struck::default() });
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests() {
        let run = |seed: u64| {
            let mut faults = faults(json!({"kind": "error", "probability": 0.5, "seed": seed}));
            (0..64).map(|_| faults.strike(&GET).ends.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert!(run(1).contains(&true) && run(1).contains(&false));
    }

    #[test]
    fn what_could_never_happen_is_refused() {
        for (body, part) in [
            (json!({"kind": "flood"}), "unknown variant `flood`"),
            (json!({}), "missing field `kind`"),
            (json!({"kind": "error", "often": 1}), "unknown field `often`"),
            (json!("error"), "invalid type"),
            (json!({"kind": "error", "operation": "GetGuardrails"}), "no operation 'GetGuardrails'"),
            (json!({"kind": "error", "account": "123"}), "'123' is not an account id"),
            (json!({"kind": "error", "region": "us-gov-west-1"}), "no Region 'us-gov-west-1'"),
            (json!({"kind": "error", "nth": 0}), "'nth' counts from 1"),
            (json!({"kind": "error", "probability": 1.5}), "between 0 and 1"),
            (json!({"kind": "latency"}), "needs 'ms'"),
            (json!({"kind": "stale-read", "ms": 9, "operation": "CreatePolicy"}), "CreatePolicy is no operation"),
            (json!({"kind": "fail", "operation": "DeleteGuardrail"}), "DeleteGuardrail is no operation"),
        ] {
            let mut faults = Faults::default();
            let list = json!([{"kind": "error"}, body]);
            let message = faults.add(list, Partition::Aws).expect_err("refused");
            assert!(message.contains(part), "{message}");
            assert!(faults.active().is_empty(), "none of a list is set when one is wrong");
        }
    }
}
