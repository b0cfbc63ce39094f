//! `invocation-logging`: where Bedrock writes what models are asked and answer, in one account and Region.
//!
//! AWS keeps one configuration there and no mark on it, so who wrote it is never known: it is created where there is none,
//! left alone where it is as wanted, changed with `--adopt` only, and never deleted.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{ResourceKind, Use, Verb};
use crate::model::{Address, FieldDiff, words};

pub mod codes;
pub(crate) mod section;
pub(crate) mod written;

mod aws;

words! {
    /// What of a call is delivered, by what it is. What is called, when and by whom is delivered always.
    DataKind { Text = "TEXT", Image = "IMAGE", Embedding = "EMBEDDING", Video = "VIDEO", Audio = "AUDIO", }
}

/// A bucket, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct S3 {
    /// 3–63 characters.
    pub bucket: String,
    /// 1–1024 characters; `None` for the top of the bucket.
    pub key_prefix: Option<String>,
}

/// A log group of `CloudWatch`, and the role by which Bedrock writes to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CloudWatch {
    /// The name of the log group, 1–512 characters.
    pub log_group: String,
    /// An ARN.
    pub role_arn: String,
    /// Where to put what is too large for an event of the log.
    pub large_data_delivery_s3: Option<S3>,
}

/// The logging of one account and Region; at least one of the two destinations is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The log group.
    pub cloud_watch: Option<CloudWatch>,
    /// The bucket.
    pub s3: Option<S3>,
    /// What of a call is delivered.
    pub data: BTreeSet<DataKind>,
}

/// The name of the only resource of this kind in a scope.
pub const NAME: &str = "logging";

/// The kind.
pub struct InvocationLogging;

/// Every change is neutral: logging controls no call. With more or fewer kinds of data, or another destination, no
/// guardrail gets less strict and none covers less, which is what `weakens` means.
impl ResourceKind for InvocationLogging {
    type Model = Model;
    const READS: &'static [&'static str] = &[];
    const WRITES: &'static [&'static str] = &["bedrock:PutModelInvocationLoggingConfiguration"];

    /// The role and the bucket are others' to make.
    fn requires(_model: &Self::Model) -> Vec<Address> {
        Vec::new()
    }

    fn unmarked(address: &Address, _id: &str) -> String {
        format!(
            "another configuration is there, and AWS does not tell whose: review the difference with `bedrail plan --adopt --target {address}`, and replace it by applying with the same flags"
        )
    }

    fn uses(model: &Model) -> Vec<Use<'_>> {
        let role = model.cloud_watch.as_ref().map(|delivery| Use::Passes(&delivery.role_arn));
        role.into_iter().chain([Use::Reading("bedrock:GetModelInvocationLoggingConfiguration")]).collect()
    }

    fn calls(verb: Verb, _fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create | Verb::Update | Verb::Adopt => vec!["bedrock:PutModelInvocationLoggingConfiguration"],
            Verb::Delete => Vec::new(),
        }
    }
}
