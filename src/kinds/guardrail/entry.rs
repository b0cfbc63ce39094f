//! An entry of `guardrails` as a spec writes it.

use super::Mode;
use super::policy::{
    ContentPolicyEntry, GroundingPolicyEntry, ReasoningPolicyEntry, SensitivePolicyEntry, TopicPolicyEntry,
    WordPolicyEntry,
};
use crate::model::Region;
use crate::spec::decode::{Exact, List, OneOrMany, Text, Whole};
use crate::spec::lower::TagMap;
use crate::spec::selector::{AccountSelector, HolderSelector};
use crate::spec::top::EntryKey;

crate::text! { pub(crate) GuardrailName: "a guardrail name", 1..=50, "[0-9a-zA-Z_-]+", "made of letters, digits, `-` and `_`" }
crate::text! { pub(crate) Description: "a description", 1..=200 }
crate::text! { pub(crate) Message: "a message", 1..=500 }
crate::text! { pub(crate) KmsKey: "a KMS key", 1..=2048 }
crate::text! { pub(crate) CrossRegionProfile: "a cross-Region profile", 1..=2048 }

crate::decodes_as_word! { Mode: "a mode"; }

crate::entry! {
    /// A guardrail, once in each of its Regions.
    pub(crate) struct Entry: "a guardrail" {
        /// AWS's name of it, 1 to 50 characters. Default: the key.
        optional name: Text<GuardrailName>,
        /// The account that holds it: `management` (default with an organization), or the caller's account (default without).
        optional account: HolderSelector,
        /// Instead: one guardrail in each selected account.
        optional accounts: List<AccountSelector, 1>,
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
