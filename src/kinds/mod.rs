//! The kinds of resource, one folder each: a pure half (`mod.rs`, `section.rs`) and an AWS half (`aws.rs`).
//!
//! The set is closed and made by the registry at the end of this file; a new kind is a folder and one line there.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::model::{Address, Direction, FieldDiff, Names, Ref, Shift, diff};

pub mod account_enforcement;
pub mod guardrail;
pub mod guardrail_version;
pub mod iam_policy;
pub mod iam_policy_attachment;
pub mod invocation_logging;
pub mod org_policy;
pub mod org_policy_attachment;
pub mod org_policy_type;
pub mod resource_policy;

/// What an action does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// It does not exist yet.
    Create,
    /// It exists and differs.
    Update,
    /// It exists unmarked and becomes ours, with the changes that this brings.
    Adopt,
    /// It is ours and no longer wanted.
    Delete,
}

impl Verb {
    /// The word that reports use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Adopt => "adopt",
            Self::Delete => "delete",
        }
    }
}

/// What versions hold, by which a pointer that moves from one to another is judged.
pub trait Contents {
    /// What the version holds that AWS has a pointer at.
    ///
    /// # Errors
    /// Why it is not known.
    fn have(&self, version: &Ref) -> Result<&guardrail::Content, String>;

    /// What the version holds, or will, that a pointer is wanted at.
    ///
    /// # Errors
    /// Why it is not known.
    fn want(&self, version: &Ref) -> Result<&guardrail::Content, String>;
}

/// Something of AWS that a resource makes use of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use<'a> {
    /// A key of KMS, by its ARN or id.
    Key(&'a str),
    /// A guardrail profile, by its id.
    Profile(&'a str),
    /// A role of IAM that a policy is attached to, by its name.
    Role(&'a str),
    /// A role that the service acts as, by its ARN.
    Passes(&'a str),
    /// An operation that reads, and is called only where such a resource is wanted.
    Reading(&'static str),
}

/// The pure half of a kind. `have` is what AWS has, `want` what the spec wants, both in normal form.
pub trait ResourceKind {
    /// The normal form, made by lowering the spec and by reading AWS alike.
    type Model: Clone + Eq + fmt::Debug + Serialize;

    /// The AWS operations, as `service:Operation`, that reading resources of this kind takes: what permissions are derived
    /// from, beside [`ResourceKind::WRITES`].
    const READS: &'static [&'static str];

    /// The AWS operations that changes take: all that [`ResourceKind::calls`] names, and what they look at besides.
    const WRITES: &'static [&'static str];

    /// The paths of text that may be offensive or secret (see [`diff`] for the patterns).
    const GUARDED: &'static [&'static str] = &[];

    /// What must exist, as wanted, before this can be made, and must not go before this is gone.
    fn requires(model: &Self::Model) -> Vec<Address>;

    /// Puts the ids in `have` into the words of `want` where they mean the same, and by name elsewhere.
    fn align(_have: &mut Self::Model, _want: Option<&Self::Model>, _names: &Names) {}

    /// The model as the tree that is compared and shown, in the spec's own terms.
    fn fields(model: &Self::Model) -> Value {
        serde_json::to_value(model).expect("a model is always JSON")
    }

    /// The fields that must change for `have` to become `want`. `None` stands for a resource that does not exist.
    fn compare(have: Option<&Self::Model>, want: Option<&Self::Model>) -> Vec<FieldDiff> {
        let fields = |model: Option<&Self::Model>| model.map_or(Value::Null, Self::fields);
        diff(&fields(have), &fields(want), Self::GUARDED)
    }

    /// Gives each of these fields, in which `have` and `want` differ, its direction; together they are that of the
    /// change. Where nothing is said, a change is neutral.
    fn judge(
        _have: Option<&Self::Model>,
        _want: Option<&Self::Model>,
        _fields: &mut [FieldDiff],
        _contents: &dyn Contents,
    ) {
    }

    /// What to tell the user of a resource at `address` that exists as `id`, differs, and carries no mark.
    fn unmarked(_address: &Address, id: &str) -> String {
        format!("{id} exists and carries no mark of bedrail; take it over with `--adopt`")
    }

    /// What a change adds for somebody and what it takes away, where that is a question: what is added must be there early, and
    /// what is taken away goes late.
    fn shift(_have: &Self::Model, _want: &Self::Model) -> Option<Shift> {
        None
    }

    /// What has both what `have` has and what `want` has, and stands between the two where one write would add and take away;
    /// `None` where nothing can.
    fn joined(_have: &Self::Model, _want: &Self::Model) -> Option<Self::Model> {
        None
    }

    /// What else of AWS a resource like this makes use of, and so takes permissions of its own to write or to read.
    fn uses(_model: &Self::Model) -> Vec<Use<'_>> {
        Vec::new()
    }

    /// The AWS operations, as `service:Operation`, that bring this change about; the changed fields decide which.
    fn calls(verb: Verb, fields: &[FieldDiff]) -> Vec<&'static str>;
}

/// Makes [`Kind`], [`Model`] and their dispatch from one line per kind.
macro_rules! registry {
    ($($variant:ident: $module:ident = $word:literal,)+) => {
        /// The kinds, in the order in which they are read and shown.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The first segment of an address.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The paths of text that may be offensive or secret.
            pub const fn guarded(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $module::$variant::GUARDED,)+ }
            }

            /// See [`ResourceKind::unmarked`].
            pub fn unmarked(self, address: &Address, id: &str) -> String {
                match self { $(Self::$variant => $module::$variant::unmarked(address, id),)+ }
            }

            /// The AWS operations that reading takes.
            pub const fn reads(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $module::$variant::READS,)+ }
            }

            /// The AWS operations that changes take.
            pub const fn writes(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $module::$variant::WRITES,)+ }
            }

            /// The AWS operations of a change.
            pub fn calls(self, verb: Verb, fields: &[FieldDiff]) -> Vec<&'static str> {
                match self { $(Self::$variant => $module::$variant::calls(verb, fields),)+ }
            }
        }

        /// A resource of any kind, in normal form.
        #[expect(clippy::large_enum_variant, reason = "guardrails are the most of them, and models are never moved in bulk")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Model {
            $(#[doc = concat!("A `", $word, "`.")] $variant($module::Model),)+
        }

        impl Model {
            /// The kind.
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$variant(_) => Kind::$variant,)+ }
            }

            /// What must exist before this.
            pub fn requires(&self) -> Vec<Address> {
                match self { $(Self::$variant(model) => $module::$variant::requires(model),)+ }
            }

            /// Puts ids into the words of `want`; a model of another kind says nothing.
            pub fn align(&mut self, want: Option<&Self>, names: &Names) {
                match self {
                    $(Self::$variant(have) => {
                        let want = match want { Some(Self::$variant(want)) => Some(want), _ => None };
                        $module::$variant::align(have, want, names);
                    })+
                }
            }

            /// The fields that must change. `have` or `want` may be absent; models of two kinds have nothing in common.
            pub fn compare(have: Option<&Self>, want: Option<&Self>) -> Vec<FieldDiff> {
                match (have, want) {
                    $((Some(Self::$variant(have)), Some(Self::$variant(want))) => $module::$variant::compare(Some(have), Some(want)),
                    (Some(Self::$variant(have)), None) => $module::$variant::compare(Some(have), None),
                    (None, Some(Self::$variant(want))) => $module::$variant::compare(None, Some(want)),)+
                    _ => Vec::new(),
                }
            }

            /// Gives each of these fields its direction, and returns that of all together; see [`ResourceKind::judge`].
            pub fn judge(
                have: Option<&Self>,
                want: Option<&Self>,
                fields: &mut [FieldDiff],
                contents: &dyn Contents,
            ) -> Direction {
                match (have, want) {
                    $((Some(Self::$variant(have)), Some(Self::$variant(want))) => $module::$variant::judge(Some(have), Some(want), fields, contents),
                    (Some(Self::$variant(have)), None) => $module::$variant::judge(Some(have), None, fields, contents),
                    (None, Some(Self::$variant(want))) => $module::$variant::judge(None, Some(want), fields, contents),)+
                    _ => {}
                }
                fields.iter().map(|field| field.direction).collect()
            }

            /// What a change adds and takes away; see [`ResourceKind::shift`].
            pub fn shift(have: &Self, want: &Self) -> Option<Shift> {
                match (have, want) {
                    $((Self::$variant(have), Self::$variant(want)) => $module::$variant::shift(have, want),)+
                    _ => None,
                }
            }

            /// What stands between the two halves of a change; see [`ResourceKind::joined`].
            pub fn joined(have: &Self, want: &Self) -> Option<Self> {
                match (have, want) {
                    $((Self::$variant(have), Self::$variant(want)) => $module::$variant::joined(have, want).map(Self::$variant),)+
                    _ => None,
                }
            }

            /// What else of AWS it makes use of.
            pub fn uses(&self) -> Vec<Use<'_>> {
                match self { $(Self::$variant(model) => $module::$variant::uses(model),)+ }
            }

            /// The model as the tree that reports show.
            pub fn fields(&self) -> Value {
                match self { $(Self::$variant(model) => $module::$variant::fields(model),)+ }
            }
        }

        $(impl From<$module::Model> for Model {
            fn from(model: $module::Model) -> Self {
                Self::$variant(model)
            }
        })+
    };
}

/// The registry: hands its lines to the macro named `$to`, so that every layer makes its own dispatch from them.
macro_rules! for_each_kind {
    ($to:ident) => {
        $to! {
            Guardrail: guardrail = "guardrail",
            GuardrailVersion: guardrail_version = "guardrail-version",
            ResourcePolicy: resource_policy = "resource-policy",
            AccountEnforcement: account_enforcement = "account-enforcement",
            OrgPolicyType: org_policy_type = "org-policy-type",
            OrgPolicy: org_policy = "org-policy",
            OrgPolicyAttachment: org_policy_attachment = "org-policy-attachment",
            InvocationLogging: invocation_logging = "invocation-logging",
            IamPolicy: iam_policy = "iam-policy",
            IamPolicyAttachment: iam_policy_attachment = "iam-policy-attachment",
        }
    };
}
pub(crate) use for_each_kind;

for_each_kind!(registry);

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// Text that names no kind.
#[derive(Debug, thiserror::Error)]
#[error("no kind is called `{0}`")]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|kind| kind.word() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
