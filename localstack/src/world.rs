//! All state, behind one lock.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::bedrock::Bedrock;
use crate::caller::Caller;
use crate::clock::{Clock, Millis};
use crate::config::{Options, Partition};
use crate::iam::{self, Iam};
use crate::ids::Ids;
use crate::organizations::Organization;
use crate::regions;

/// Everything that the emulator remembers.
///
/// Reads go to the fields and to the methods that take `&self`; changes go through the methods ending in `_mut`, which note
/// the shard that has to be written to disk before the reply is sent.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) partition: Partition,
    pub(crate) options: Options,
    /// Read here; change it through [`World::organization_mut`].
    pub(crate) organization: Organization,
    meta: Meta,
    bedrock: BTreeMap<Scope, Bedrock>,
    iam: iam::Accounts,
    dirty: BTreeSet<Shard>,
}

/// What belongs to no service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Meta {
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) accounts: BTreeMap<String, Account>,
}

/// What an account has set up for itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Account {
    /// The opt-in Regions that it has enabled.
    pub(crate) enabled_regions: BTreeSet<String>,
}

/// An account in a Region: where regional resources live.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scope {
    pub(crate) account: String,
    pub(crate) region: String,
}

impl Scope {
    /// Where a caller's own resources live.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self { account: caller.account.clone(), region: caller.region.clone() }
    }
}

/// The part of the state that is one file on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shard {
    /// Written first, so that after a crash between two files no id is given twice.
    Meta,
    Organization,
    Bedrock(Scope),
    /// An account's IAM, or under [`iam::EVERY`] what every account begins with.
    Iam(String),
}

/// The whole state as one value: what seeds, state files and `GET /_bedrail/state` hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) partition: Partition,
    #[serde(default)]
    pub(crate) meta: Meta,
    pub(crate) organization: Organization,
    /// By account and Region.
    pub(crate) bedrock: BTreeMap<String, BTreeMap<String, Bedrock>>,
    /// By account. Under [`iam::EVERY`]: what each account of the organization has that is not named.
    #[serde(default)]
    pub(crate) iam: BTreeMap<String, Iam>,
}

impl World {
    pub(crate) fn new(state: State, options: Options) -> Self {
        let State { partition, meta, organization, bedrock, iam } = state;
        let iam = iam::Accounts::new(iam, &organization, partition);
        let bedrock = bedrock.into_iter().flat_map(|(account, regions)| {
            regions.into_iter().map(move |(region, bedrock)| (Scope { account: account.clone(), region }, bedrock))
        });
        Self { partition, options, organization, meta, bedrock: bedrock.collect(), iam, dirty: BTreeSet::new() }
    }

    /// The whole state.
    pub(crate) fn state(&self) -> State {
        let mut bedrock: BTreeMap<String, BTreeMap<String, Bedrock>> = BTreeMap::new();
        for (Scope { account, region }, value) in &self.bedrock {
            bedrock.entry(account.clone()).or_default().insert(region.clone(), value.clone());
        }
        State {
            partition: self.partition,
            meta: self.meta.clone(),
            organization: self.organization.clone(),
            bedrock,
            iam: self.iam.parts().map(|key| (key.to_owned(), self.iam.part(key).clone())).collect(),
        }
    }

    pub(crate) fn now(&self) -> Millis {
        self.meta.clock.now()
    }

    pub(crate) fn clock(&self) -> Clock {
        self.meta.clock
    }

    pub(crate) fn clock_mut(&mut self) -> &mut Clock {
        self.dirty.insert(Shard::Meta);
        &mut self.meta.clock
    }

    /// A new id of `length` characters of `[a-z0-9]`; see [`Ids::lower`].
    pub(crate) fn new_id(&mut self, key: &str, length: usize) -> String {
        self.dirty.insert(Shard::Meta);
        self.meta.ids.lower(key, length)
    }

    /// The organization, to change it.
    pub(crate) fn organization_mut(&mut self) -> &mut Organization {
        self.dirty.insert(Shard::Organization);
        &mut self.organization
    }

    /// What Bedrock holds for an account in a Region.
    pub(crate) fn bedrock(&self, scope: &Scope) -> &Bedrock {
        static NOTHING: Bedrock = Bedrock::nothing();
        self.bedrock.get(scope).unwrap_or(&NOTHING)
    }

    /// The same, to change it.
    pub(crate) fn bedrock_mut(&mut self, scope: &Scope) -> &mut Bedrock {
        self.dirty.insert(Shard::Bedrock(scope.clone()));
        self.bedrock.entry(scope.clone()).or_insert_with(Bedrock::nothing)
    }

    /// What Bedrock holds for each account in one Region.
    pub(crate) fn bedrock_in<'a>(&'a self, region: &'a str) -> impl Iterator<Item = &'a Bedrock> {
        self.bedrock.iter().filter(move |(scope, _)| scope.region == region).map(|(_, bedrock)| bedrock)
    }

    /// The account's roles and managed policies.
    #[allow(dead_code, reason = "its readers follow")]
    pub(crate) fn iam(&self, account: &str) -> &Iam {
        self.iam.get(account)
    }

    /// The same, to change it.
    #[allow(dead_code, reason = "its operations follow")]
    pub(crate) fn iam_mut(&mut self, account: &str) -> &mut Iam {
        self.dirty.insert(Shard::Iam(account.to_owned()));
        self.iam.get_mut(account)
    }

    /// Whether the account can call a regional service there: the Region is the partition's and, if it is an opt-in Region,
    /// enabled.
    pub(crate) fn reaches(&self, account: &str, region: &str) -> bool {
        regions::find(self.partition, region).is_some_and(|found| {
            let enabled =
                || self.meta.accounts.get(account).is_some_and(|account| account.enabled_regions.contains(region));
            !found.opt_in || enabled()
        })
    }

    /// The shards changed since the last call, which are from then on the caller's to write.
    pub(crate) fn take_dirty(&mut self) -> BTreeSet<Shard> {
        std::mem::take(&mut self.dirty)
    }

    /// Every shard that holds something.
    pub(crate) fn shards(&self) -> BTreeSet<Shard> {
        let bedrock = self.bedrock.keys().cloned().map(Shard::Bedrock);
        let iam = self.iam.parts().map(|key| Shard::Iam(key.to_owned()));
        [Shard::Meta, Shard::Organization].into_iter().chain(bedrock).chain(iam).collect()
    }

    /// The shard's content.
    pub(crate) fn shard(&self, shard: &Shard) -> serde_json::Result<Vec<u8>> {
        match shard {
            Shard::Meta => serde_json::to_vec(&self.meta),
            Shard::Organization => serde_json::to_vec(&self.organization),
            Shard::Bedrock(scope) => serde_json::to_vec(self.bedrock(scope)),
            Shard::Iam(key) => serde_json::to_vec(self.iam.part(key)),
        }
    }
}
