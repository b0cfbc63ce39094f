//! `guardrail-version`: an immutable, numbered snapshot of a guardrail's content, by key or by content.

use serde::Serialize;

use super::{ResourceKind, Verb};
use crate::model::{Address, Digest, FieldDiff, Marker, Ref, RemoteId};

pub(crate) mod aws;
pub mod codes;
pub(crate) mod section;

/// A version of one guardrail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The guardrail.
    pub guardrail: Ref,
    /// By what it is known.
    pub release: Release,
    /// The digest of its content; `None` for a version of AWS's whose content nobody has needed to read.
    pub content: Option<Digest>,
    /// What the user says of it, in front of the marker.
    pub description: Option<String>,
}

/// By what a version is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// A key under `versions`: published once, never changed.
    Named(String),
    /// A key under `versions` for a number that exists already.
    Numbered(String, String),
    /// Its content alone.
    Implicit,
}

impl Model {
    /// The description that publishes this version: the user's words and the marker. `None` for a number that exists
    /// already and for content that is not known.
    pub fn described(&self) -> Option<String> {
        let content = self.content.as_ref()?;
        let key = match &self.release {
            Release::Named(key) => Some(key.as_str()),
            Release::Implicit => None,
            Release::Numbered(..) => return None,
        };
        let marker = Marker::new(key, super::guardrail::Content::DIGEST_SCHEME, content);
        Some(marker.describe(self.description.as_deref()))
    }
}

/// The name of an implicit version within its scope: `<guardrail key>@<12 hex>`.
pub fn implicit_name(guardrail: &str, content: &Digest) -> String {
    format!("{guardrail}@{}", content.short())
}

/// The name that stands for a version of a guardrail of another stack: its number, or its newest one, whichever that is.
pub fn external_name(external: &str, number: Option<&str>) -> String {
    format!("{external}@{}", number.unwrap_or("newest"))
}

/// The ARN in front of the number of a version's id.
pub fn guardrail_of(version: &RemoteId) -> Option<RemoteId> {
    let (arn, number) = version.as_str().rsplit_once(':')?;
    let is_version = arn.contains(":guardrail/") && number.bytes().all(|byte| byte.is_ascii_digit());
    is_version.then(|| RemoteId::new(arn))
}

/// The kind.
pub struct GuardrailVersion;

impl ResourceKind for GuardrailVersion {
    type Model = Model;
    const READS: &'static [&'static str] = &["bedrock:ListGuardrails", "bedrock:GetGuardrail"];
    const WRITES: &'static [&'static str] = &["bedrock:CreateGuardrailVersion", "bedrock:DeleteGuardrail"];

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.guardrail.address().into_iter().cloned().collect()
    }

    /// A version never changes, so one that exists is as it should be; whether its content is what a reference wants was
    /// settled when its address was found.
    fn compare(have: Option<&Self::Model>, want: Option<&Self::Model>) -> Vec<FieldDiff> {
        match (have, want) {
            (Some(_), Some(_)) => Vec::new(),
            (have, want) => {
                let fields = |model: Option<&Model>| model.map_or(serde_json::Value::Null, Self::fields);
                crate::model::diff(&fields(have), &fields(want), Self::GUARDED)
            }
        }
    }

    fn calls(verb: Verb, _fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create => vec!["bedrock:CreateGuardrailVersion"],
            Verb::Delete => vec!["bedrock:DeleteGuardrail"],
            Verb::Update | Verb::Adopt => Vec::new(),
        }
    }
}
