//! The published throttles, as token buckets on the emulator's clock: moving the clock refills them.
//!
//! What has no published rate (the Bedrock control plane, IAM, effective policies) is never throttled. Inferred: each operation
//! has buckets of its own, also where the tables give one figure for several.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::clock::Millis;

#[derive(Debug, Deserialize)]
struct Table {
    throttles: Vec<Throttle>,
}

#[derive(Debug, Deserialize)]
struct Throttle {
    service: String,
    operations: Vec<String>,
    /// Where it holds; everywhere without it. The first throttle that fits counts.
    regions: Option<Vec<String>>,
    /// Whether its operations have one bucket together.
    #[serde(default)]
    shared: bool,
    account: Limit,
    organization: Option<Limit>,
}

/// Requests per second, and as many at once.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Limit {
    rate: i64,
    burst: i64,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/throttles.json"))
        .expect("the built-in table is valid, which a test proves")
});

/// A request, as throttles look at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) service: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    /// The organization that the account is in.
    pub(crate) organization: Option<&'a str>,
}

/// How full the buckets are. A bucket that was never used is full.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    buckets: BTreeMap<Key, Bucket>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The operation, or the service where its operations share.
    what: String,
    region: String,
    /// An account or an organization.
    whose: String,
}

/// A thousandth of a token is what a rate of one fills in a millisecond.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    thousandths: i64,
    at: Millis,
}

const TOKEN: i64 = 1000;

impl Buckets {
    /// Takes a token for the request from each bucket that it draws on, or none if one of them is empty.
    pub(crate) fn take(&mut self, asked: &Asked<'_>, now: Millis) -> bool {
        let Some(throttle) = TABLE.throttles.iter().find(|throttle| throttle.fits(asked)) else { return true };
        let what = if throttle.shared { asked.service } else { asked.operation };
        let key = |whose: &str| Key { what: what.to_owned(), region: asked.region.to_owned(), whose: whose.to_owned() };
        let own = (key(asked.account), throttle.account);
        let common = asked.organization.zip(throttle.organization).map(|(whose, limit)| (key(whose), limit));
        let drawn: Vec<(Key, Bucket)> =
            [own].into_iter().chain(common).map(|(key, limit)| (key.clone(), self.filled(&key, limit, now))).collect();
        if drawn.iter().any(|(_, bucket)| bucket.thousandths < TOKEN) {
            return false;
        }
        let taken = drawn
            .into_iter()
            .map(|(key, Bucket { thousandths, at })| (key, Bucket { thousandths: thousandths - TOKEN, at }));
        self.buckets.extend(taken);
        true
    }

    fn filled(&self, key: &Key, Limit { rate, burst }: Limit, now: Millis) -> Bucket {
        let full = burst * TOKEN;
        let thousandths = self.buckets.get(key).map_or(full, |Bucket { thousandths, at }| {
            let gained = now.saturating_sub(*at).max(0).saturating_mul(rate);
            thousandths.saturating_add(gained).min(full)
        });
        Bucket { thousandths, at: now }
    }
}

impl Throttle {
    fn fits(&self, asked: &Asked<'_>) -> bool {
        let has = |list: &[String], one: &str| list.iter().any(|item| item == one);
        self.service == asked.service
            && has(&self.operations, asked.operation)
            && self.regions.as_ref().is_none_or(|regions| has(regions, asked.region))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOTS: Asked<'_> = Asked {
        service: "organizations",
        operation: "ListRoots",
        account: "111122223333",
        region: "us-east-1",
        organization: Some("o-example"),
    };

    #[test]
    fn a_burst_empties_the_bucket_and_time_refills_it() {
        let mut buckets = Buckets::default();
        let mut at = |now| buckets.take(&ROOTS, now);
        assert_eq!([at(0), at(0), at(0), at(999)], [true, true, false, false]);
        assert_eq!([at(1000), at(1000)], [true, false], "one a second");
        assert_eq!([at(60_000), at(60_000), at(60_000)], [true, true, false], "never more than the burst");
    }

    #[test]
    fn accounts_share_what_is_the_organizations() {
        let mut buckets = Buckets::default();
        let mut from = |account: &str| buckets.take(&Asked { account, ..ROOTS }, 0);
        assert_eq!([from("a"), from("a"), from("b"), from("b")], [true, true, true, false]);
        let stranger = Asked { account: "c", organization: None, ..ROOTS };
        assert!(buckets.take(&stranger, 0), "an account outside has its own only");
    }

    #[test]
    fn rates_are_those_of_the_table() {
        let burst = |asked: Asked<'_>| {
            let mut buckets = Buckets::default();
            (0..1000).take_while(|_| buckets.take(&asked, 0)).count()
        };
        let runtime = Asked { service: "bedrock-runtime", operation: "ApplyGuardrail", ..ROOTS };
        for (asked, want) in [
            (Asked { operation: "ListAccounts", ..ROOTS }, 12),
            (Asked { operation: "AttachPolicy", ..ROOTS }, 3),
            (Asked { operation: "DescribeEffectivePolicy", ..ROOTS }, 1000),
            (Asked { service: "bedrock", operation: "TagResource", ..ROOTS }, 1000),
            (runtime, 100),
            (Asked { region: "eu-west-1", ..runtime }, 25),
            (Asked { service: "sts", operation: "GetCallerIdentity", ..ROOTS }, 600),
        ] {
            assert_eq!(burst(asked), want, "{asked:?}");
        }
    }
}
