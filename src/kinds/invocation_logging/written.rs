//! Where calls are logged, as an entry of `invocation_logging`; all kinds of data are left out.

use super::{CloudWatch, DataKind, Model, S3};
use crate::spec::write::{Entry, Value};

/// The members of an entry beside its places; `None` for a configuration that logs to no place, which no spec says. An
/// account of this number is written as `${account}` where the ARN of the role names it.
pub(crate) fn entry(model: &Model, account: Option<&str>) -> Option<Vec<Entry>> {
    let Model { cloud_watch, s3, data } = model;
    if cloud_watch.is_none() && s3.is_none() {
        return None;
    }
    let mut members = Vec::new();
    if let Some(CloudWatch { log_group, role_arn, large_data_delivery_s3 }) = cloud_watch {
        let mut log = vec![
            Entry::new("log_group", Value::text(log_group.as_str())),
            Entry::new("role_arn", role(role_arn, account)),
        ];
        log.extend(large_data_delivery_s3.as_ref().map(|it| Entry::new("large_data_delivery_s3", bucket(it))));
        members.push(Entry::new("cloud_watch", Value::Map(log)));
    }
    members.extend(s3.as_ref().map(|it| Entry::new("s3", bucket(it))));
    if data.len() < DataKind::ALL.len() {
        members.push(Entry::new("data", Value::list(data.iter().map(|kind| Value::text(kind.word())))));
    }
    Some(members)
}

fn role(arn: &str, account: Option<&str>) -> Value {
    match account.map(|account| format!("::{account}:")) {
        Some(own) if arn.contains(&own) => Value::Spelled(arn.replace("${", "$${").replacen(&own, "::${account}:", 1)),
        _ => Value::text(arn),
    }
}

fn bucket(it: &S3) -> Value {
    let S3 { bucket, key_prefix } = it;
    let prefix = key_prefix.as_ref().map(|prefix| ("key_prefix", Value::text(prefix.as_str())));
    Value::inline([("bucket", Value::text(bucket.as_str()))].into_iter().chain(prefix))
}
