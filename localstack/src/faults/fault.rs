//! One fault: what goes wrong, for which requests, and how often.

use serde::{Deserialize, Deserializer, Serialize};

use super::random::Random;
use crate::caller::is_account;
use crate::config::Partition;
use crate::{operations, regions};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// The request waits before it has any effect.
    Latency,
    /// The request is refused as one too many.
    Throttle,
    /// The service fails.
    Error,
    /// The connection is cut before the effect.
    Reset,
    /// The connection is cut after the effect.
    LostReply,
    /// For a while after a write, a read answers from before it.
    StaleRead,
    /// The change of a guardrail does not come to its end.
    Stuck,
    /// The change of a guardrail ends `FAILED`.
    Fail,
}

/// The operations whose outcome is seen later, in a status.
const CHANGES: [&str; 3] = ["CreateGuardrail", "UpdateGuardrail", "CreateGuardrailVersion"];

/// A fault as it is asked for. `*` stands for every operation, account or Region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(super) kind: Kind,
    #[serde(default = "all", deserialize_with = "or_all")]
    operation: String,
    /// The caller's.
    #[serde(default = "all", deserialize_with = "or_all")]
    account: String,
    /// The one that the request is signed for.
    #[serde(default = "all", deserialize_with = "or_all")]
    region: String,
    /// Only this one of the matching requests, counted from 1; every one without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nth: Option<u64>,
    /// How likely it is; certain without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    /// How long; only of kinds that last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ms: Option<u32>,
    /// Where the random numbers of `probability` begin; at 0 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

fn all() -> String {
    ALL.to_owned()
}

/// Null is not given, as with every other member.
fn or_all<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(all))
}

const ALL: &str = "*";

/// A request, as faults look at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) operation: &'a str,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
}

impl Fault {
    /// What is wrong with it, so that no fault is accepted that could never happen.
    pub(super) fn check(&self, partition: Partition) -> Result<(), String> {
        let Self { kind, operation, account, region, nth, probability, ms, .. } = self;
        if operation != ALL && !operations::exists(operation) {
            return Err(format!("there is no operation '{operation}'"));
        }
        if operation != ALL && !kind.strikes(operation) {
            return Err(format!("{operation} is no operation that this kind of fault can strike"));
        }
        if account != ALL && !is_account(account) {
            return Err(format!("'{account}' is not an account id"));
        }
        if region != ALL && regions::find(partition, region).is_none() {
            return Err(format!("there is no Region '{region}' in the partition {}", partition.id()));
        }
        if *nth == Some(0) {
            return Err("'nth' counts from 1".to_owned());
        }
        if probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            return Err("'probability' is between 0 and 1".to_owned());
        }
        match (kind, ms) {
            (Kind::Latency | Kind::StaleRead, None) => Err("this kind of fault needs 'ms'".to_owned()),
            _ => Ok(()),
        }
    }

    fn matches(&self, asked: &Asked<'_>) -> bool {
        let fits = |pattern: &str, value: &str| pattern == ALL || pattern == value;
        fits(&self.operation, asked.operation)
            && fits(&self.account, asked.account)
            && fits(&self.region, asked.region)
            && self.kind.strikes(asked.operation)
    }
}

impl Kind {
    /// Whether an operation can suffer it at all.
    fn strikes(self, operation: &str) -> bool {
        match self {
            Self::StaleRead => operations::reads(operation),
            Self::Stuck | Self::Fail => CHANGES.contains(&operation),
            Self::Latency | Self::Throttle | Self::Error | Self::Reset | Self::LostReply => true,
        }
    }

    /// Whether nothing more can happen to a request that suffered it.
    pub(super) fn ends(self) -> bool {
        matches!(self, Self::Throttle | Self::Error | Self::Reset)
    }
}

/// A fault and what became of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Active {
    #[serde(flatten)]
    pub(super) fault: Fault,
    /// How many requests matched.
    matched: u64,
    /// How many of them it happened to.
    fired: u64,
    #[serde(skip)]
    random: Random,
}

impl Active {
    pub(super) fn new(fault: Fault) -> Self {
        let random = Random::new(fault.seed.unwrap_or_default());
        Self { fault, matched: 0, fired: 0, random }
    }

    /// Whether it happens to this request, which is counted if it matches.
    pub(super) fn strikes(&mut self, asked: &Asked<'_>) -> bool {
        if !self.fault.matches(asked) {
            return false;
        }
        self.matched += 1;
        let due = self.fault.nth.is_none_or(|nth| nth == self.matched);
        // A request that is not the nth takes no random number: the seed decides about those that are.
        let fires = due && self.fault.probability.is_none_or(|probability| self.random.happens(probability));
        self.fired += u64::from(fires);
        fires
    }
}
