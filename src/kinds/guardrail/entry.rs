//! An entry of `guardrails` as a spec writes it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Mode;
use super::policy::{
    ContentPolicyEntry, GroundingPolicyEntry, ReasoningPolicyEntry, SensitivePolicyEntry, TopicPolicyEntry,
    WordPolicyEntry,
};
use crate::model::diagnostic::Diagnostic;
use crate::model::{AccountId, Region};
use crate::spec::codes;
use crate::spec::decode::{Decode, Exact, List, OneOrMany, Reading, Shape, Text, Whole, literal, unquoted_account};
use crate::spec::lower::TagMap;
use crate::spec::node::{Core, Node, Written};
use crate::spec::top::EntryKey;

crate::text! { pub(crate) GuardrailName: "a guardrail name", 1..=50, "[0-9a-zA-Z_-]+", "made of letters, digits, `-` and `_`" }
crate::text! { pub(crate) Description: "a description", 1..=200 }
crate::text! { pub(crate) Message: "a message", 1..=500 }
crate::text! { pub(crate) KmsKey: "a KMS key", 1..=2048 }
crate::text! { pub(crate) CrossRegionProfile: "a cross-Region profile", 1..=2048 }
crate::text! { pub(crate) Selector: "a selector of accounts", 1..=256 }

crate::decodes_as_word! { Mode: "a mode"; }

crate::entry! {
    /// A guardrail, once in each of its Regions.
    pub(crate) struct Entry: "a guardrail" {
        /// AWS's name of it, 1 to 50 characters. Default: the key.
        optional name: Text<GuardrailName>,
        /// The account that holds it: `management` (default with an organization), or the caller's account (default without).
        optional account: Holder,
        /// One guardrail in each selected account. Comes with a later release.
        optional accounts: OneOrMany<Exact<Selector>>,
        /// Its Regions. Default: the top-level `regions`.
        optional regions: List<Region, 1>,
        /// ENFORCE (default), or DETECT: every action becomes NONE, so that it only reports.
        optional mode: Mode,
        /// What it is for.
        optional description: Text<Description>,
        /// What a caller reads instead of a blocked prompt.
        required blocked_input_messaging: Text<Message>,
        /// What a caller reads instead of a blocked answer.
        required blocked_outputs_messaging: Text<Message>,
        /// The ARN or id of a customer key; no alias. Default: AWS's own key.
        optional kms_key_id: Text<KmsKey>,
        /// `auto` (the profile of the Region), a profile id such as `us.guardrail.v1:0`, or its ARN. Default: none.
        optional cross_region_profile: Text<CrossRegionProfile>,
        /// Harmful content by category.
        optional content_policy: ContentPolicyEntry,
        /// Denied topics.
        optional topic_policy: TopicPolicyEntry,
        /// Denied words.
        optional word_policy: WordPolicyEntry,
        /// Personal data and regular expressions.
        optional sensitive_information_policy: SensitivePolicyEntry,
        /// Whether answers keep to their sources and to the question.
        optional contextual_grounding_policy: GroundingPolicyEntry,
        /// Answers held against formal rules.
        optional automated_reasoning_policy: ReasoningPolicyEntry,
        /// Tags besides the top-level ones.
        optional tags: TagMap,
        /// How many implicit versions stay besides those in use. Default: 10; AWS allows 20 versions in all.
        optional keep_versions: Whole<0, 20>,
        /// Whether its deletion takes two applies.
        optional prevent_destroy: bool,
        /// Keys that this entry had before, so that the guardrails marked with them stay.
        optional previously: OneOrMany<Exact<EntryKey>>,
    }
}

/// The account that holds a guardrail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The management account, or the caller's without an organization.
    Home,
    /// The account of this id.
    Id(AccountId),
    /// The account of this name.
    Named(String),
}

const HOLDER: &str = "`management`, a quoted account id or `account:<name>`";

impl Decode for Holder {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let (text, scalar) = literal(node, HOLDER, cx)?;
        if text == "management" {
            return Some(Self::Home);
        }
        if let Some(name) = text.strip_prefix("account:").filter(|name| !name.is_empty()) {
            return Some(Self::Named(name.to_owned()));
        }
        if scalar.written == Written::Plain && matches!(Core::of(text), Core::Int | Core::Float) {
            cx.push(unquoted_account(node.span, text));
            return None;
        }
        let parsed = text.parse().ok().map(Self::Id);
        if parsed.is_none() {
            let message = format!("`{}` names no account", scalar.text.shown());
            cx.push(Diagnostic::at(node.span, codes::UNKNOWN_VALUE, message).help(format!("write {HOLDER}")));
        }
        parsed
    }
}

impl JsonSchema for Holder {
    fn schema_name() -> Cow<'static, str> {
        "Holder".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^(management|[0-9]{12}|account:.+|.*\$\{.*)$" })
    }
}
