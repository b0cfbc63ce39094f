//! The section `invocation_logging`.

use std::collections::{BTreeMap, BTreeSet};

use super::{CloudWatch, DataKind, Model, NAME, S3, codes};
use crate::kinds::Kind;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::Spanned;
use crate::model::{AccountId, Address, Region, Scope};
use crate::spec::codes::REPEATED;
use crate::spec::decode::{List, Text};
use crate::spec::lower::Lowering;
use crate::spec::schema::SectionSchema;
use crate::spec::selector::{AccountSelector, Selector};
use crate::spec::{Decoded, REGIONAL, Spec};

crate::decodes_as_word! { DataKind: "a kind of data"; }

crate::text! { pub(crate) LogGroupName: "the name of a log group", 1..=512 }
crate::text! {
    pub(crate) LoggingRoleArn: "the ARN of a role", 20..=2048, "arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+",
    "written like `arn:aws:iam::111122223333:role/BedrockLogging`"
}
crate::text! {
    pub(crate) BucketName: "the name of a bucket", 3..=63, "[a-z0-9][.a-z0-9-]*[a-z0-9]",
    "made of `a` to `z`, digits, `.` and `-`, and begins and ends with none of the last two"
}
crate::text! { pub(crate) KeyPrefix: "a key prefix", 0..=1024 }

crate::entry! {
    /// A bucket.
    pub(crate) struct BucketEntry: "a bucket" {
        /// Its name.
        required bucket: Text<BucketName>,
        /// What the keys of its objects begin with. Default: nothing.
        optional key_prefix: Text<KeyPrefix>,
    }
}

crate::entry! {
    /// A log group of `CloudWatch`.
    pub(crate) struct CloudWatchEntry: "a log group" {
        /// Its name.
        required log_group: Text<LogGroupName>,
        /// The role of the same account by which Bedrock writes to it.
        required role_arn: Text<LoggingRoleArn>,
        /// The bucket for what is too large for an event of the log.
        optional large_data_delivery_s3: BucketEntry,
    }
}

crate::entry! {
    /// Where Bedrock writes what models are asked and answer. AWS has one configuration per account and Region, and keeps
    /// no mark on it: where another one is, `--adopt` replaces it; one that is no longer declared is left.
    pub(crate) struct Entry: "an entry of invocation logging" {
        /// The accounts. Default: the management account, or the caller's without `organization`.
        optional accounts: List<AccountSelector, 1>,
        /// The Regions. Default: those of the spec.
        optional regions: List<Region, 1>,
        /// The log group. This, `s3` or both must be there.
        optional cloud_watch: CloudWatchEntry,
        /// The bucket.
        optional s3: BucketEntry,
        /// What of a call is delivered: `TEXT`, `IMAGE`, `EMBEDDING`, `VIDEO`, `AUDIO`; with none of them, only what is
        /// called, when and by whom. Default: all.
        optional data: List<DataKind>,
    }
}

/// What the section adds to the schema.
pub(crate) const SCHEMA: SectionSchema = SectionSchema::of::<Entry>(
    SECTION,
    "Where model invocations are logged, by key. AWS has one configuration per account and Region.",
);

/// The name of the section.
const SECTION: &str = "invocation_logging";

/// Reads the entries and reports their faults.
pub(crate) fn decode(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Decoded<Entry>> {
    spec.decode(SECTION, REGIONAL, diagnostics)
}

/// The selectors of an entry.
pub(crate) fn selectors(entry: &Entry) -> impl Iterator<Item = &Selector> {
    entry.accounts.iter().flat_map(|list| list.iter()).map(|selector| &*selector.value)
}

/// Reads the entries and adds what they want.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    let mut taken = BTreeMap::new();
    for Decoded { key, entry } in decode(lowering.spec, lowering.diagnostics) {
        let accounts = lowering.accounts(entry.accounts.as_ref(), None, key.span);
        let regions = lowering.regions(entry.regions.as_ref());
        if !is_sound(&key, &entry, lowering) {
            continue;
        }
        let (mut met, mut elsewhere) = (None, BTreeSet::new());
        for scope in
            regions.iter().flat_map(|region| accounts.iter().map(|it| Scope::regional(it.clone(), region.clone())))
        {
            let address = Address::new(Kind::InvocationLogging, scope.clone(), NAME);
            if let Some((other, span)) = taken.get(&address) {
                met.get_or_insert_with(|| (scope, String::clone(other), *span));
                continue;
            }
            taken.insert(address.clone(), (key.value.clone(), key.span));
            if let Some(owner) = lower_in(address, &key, &entry, lowering) {
                elsewhere.insert((scope.account, owner));
            }
        }
        if let Some((scope, other, span)) = met {
            let message = format!("`{}` and `{other}` both log the calls of {}", key.value, lowering.place(&scope));
            let fault = Diagnostic::at(key.span, codes::TWICE, message).related(span, "the other one");
            let advice = "AWS has one configuration per account and Region; narrow the `accounts` or `regions` of one";
            lowering.diagnostics.push(fault.help(advice));
        }
        role_elsewhere(&entry, &elsewhere, lowering);
    }
}

/// What is wrong with an entry wherever it holds.
fn is_sound(key: &Spanned<String>, entry: &Entry, lowering: &mut Lowering<'_>) -> bool {
    let data: &[Spanned<DataKind>] = entry.data.as_ref().map_or(&[], |data| data);
    for (at, kind) in data.iter().enumerate() {
        if let Some(first) = data[..at].iter().find(|other| other.value == kind.value) {
            let fault = Diagnostic::at(kind.span, REPEATED, format!("{} stands twice", kind.value.word()));
            lowering.diagnostics.push(fault.related(first.span, "first here"));
        }
    }
    if entry.cloud_watch.is_some() || entry.s3.is_some() {
        return true;
    }
    let fault = Diagnostic::at(key.span, codes::NO_DESTINATION, format!("`{}` logs to no place", key.value));
    lowering.diagnostics.push(fault.help("name a log group in `cloud_watch`, a bucket in `s3`, or both"));
    false
}

/// A role is passed to a service in its own account only (IAM user guide, "Granting a user permissions to pass a role").
fn role_elsewhere(entry: &Entry, elsewhere: &BTreeSet<(AccountId, String)>, lowering: &mut Lowering<'_>) {
    let (Some(cloud_watch), Some((account, owner))) = (&entry.cloud_watch, elsewhere.first()) else { return };
    let more = match elsewhere.len() - 1 {
        0 => String::new(),
        more => format!(", and of {more} more,"),
    };
    let message = format!("the role is of account {owner}, and the calls of account {account}{more} are logged");
    let doubt = Diagnostic::at(cloud_watch.role_arn.span, codes::ROLE_ELSEWHERE, message);
    let advice =
        "a role is passed to a service in its own account only: write `arn:${partition}:iam::${account}:role/…`";
    lowering.diagnostics.push(doubt.help(advice));
}

/// Adds what an entry wants in one scope; returns the account of its role, if that is another one.
fn lower_in(address: Address, key: &Spanned<String>, entry: &Entry, lowering: &mut Lowering<'_>) -> Option<String> {
    let scope = &address.scope.clone();
    let cloud_watch = entry.cloud_watch.as_ref().map(|entry| cloud_watch(entry, scope, lowering));
    let s3 = entry.s3.as_ref().map(|entry| bucket(entry, scope, lowering));
    let data = match &entry.data {
        Some(data) => data.iter().map(|kind| kind.value).collect(),
        None => DataKind::ALL.iter().copied().collect(),
    };
    // What breaks its rule there is reported.
    let (Ok(cloud_watch), Ok(s3)) = (cloud_watch.map_or(Ok(None), found), s3.map_or(Ok(None), found)) else {
        return None;
    };
    let role = cloud_watch.as_ref().and_then(|log| log.role_arn.split(':').nth(4)).map(str::to_owned);
    let model = Model { cloud_watch, s3, data };
    lowering.want(address, model, &format!("{SECTION}.{}", key.value), key.span, Vec::new());
    role.filter(|owner| owner != scope.account.as_str() && !lowering.assumed)
}

/// A destination that is named and at fault is not one that is absent.
fn found<T>(destination: Option<T>) -> Result<Option<T>, ()> {
    destination.map(Some).ok_or(())
}

fn cloud_watch(entry: &CloudWatchEntry, scope: &Scope, lowering: &mut Lowering<'_>) -> Option<CloudWatch> {
    let CloudWatchEntry { log_group, role_arn, large_data_delivery_s3 } = entry;
    let log_group = lowering.text(log_group, scope);
    let arn = lowering.text(role_arn, scope);
    let large = large_data_delivery_s3.as_ref().map(|entry| bucket(entry, scope, lowering));
    let large_data_delivery_s3 = large.map_or(Ok(None), found).ok()?;
    Some(CloudWatch { log_group: log_group?, role_arn: arn?, large_data_delivery_s3 })
}

fn bucket(entry: &BucketEntry, scope: &Scope, lowering: &mut Lowering<'_>) -> Option<S3> {
    let BucketEntry { bucket, key_prefix } = entry;
    let bucket = lowering.text(bucket, scope);
    let key_prefix = match key_prefix {
        Some(prefix) => Some(lowering.text(prefix, scope)?).filter(|prefix| !prefix.is_empty()),
        None => None,
    };
    Some(S3 { bucket: bucket?, key_prefix })
}
