//! What `explain` found, as machines read it and as people are shown it: one value for all forms.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::explain::{Cell, Verdict};
use crate::model::Facts;

mod gap;
mod view;

pub use view::Shown;

/// The version of the form.
pub const FORMAT_VERSION: &str = "1";

/// Which guardrails the calls of one account meet in one Region, and what they come to.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Explained {
    /// `1`.
    pub format_version: String,
    /// What is explained: `live`, `spec` or `plan`.
    pub from: String,
    /// The account that calls.
    pub account: String,
    /// What people call it, where that is known.
    pub account_name: Option<String>,
    /// The Region that is called.
    pub region: String,
    /// The model; null for every model.
    pub model: Option<String>,
    /// The role that calls; null for whoever may.
    pub principal: Option<String>,
    /// As it is in AWS; null where only the spec is explained.
    pub have: Option<View>,
    /// As it will be when the plan is done; null where only AWS is explained.
    pub want: Option<View>,
    /// Changes that the spec wants, that are held, and that are not counted in `want`.
    pub held: Vec<String>,
}

/// What calls meet at one time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct View {
    /// How it stands with calls of models that no list names: `protected`; `observed-only`, where guardrails are enforced and
    /// block and mask nothing; `demanded`, where nothing is enforced and IAM denies calls that name no guardrail;
    /// `not-protected`; `calls-fail`; `unavailable`, where there is no Bedrock; or `unknown`, where not everything was seen.
    pub verdict: String,
    /// Whether each call meets a guardrail that the organization or the account enforces, and that blocks or masks something.
    pub protected: bool,
    /// Whether each call fails.
    pub fails: bool,
    /// Why nothing can be called, where there is no Bedrock.
    pub unavailable: Option<String>,
    /// The guardrails that calls meet. All apply together, and the strictest verdict counts.
    pub guardrails: Vec<Met>,
    /// What policies name for the Region and what is not in effect.
    pub not_in_effect: Vec<NotInEffect>,
    /// What IAM demands of each call.
    pub demands: Vec<Demand>,
    /// What the guardrails come to, for models that meet the same ones; those that no list names first.
    pub union: Vec<Union>,
    /// What remains uncovered.
    pub uncovered: Vec<Uncovered>,
    /// What ought not to be so.
    pub findings: Vec<Finding>,
    /// What could not be read, and may change the answer.
    pub unseen: Vec<String>,
}

/// A guardrail that calls meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Met {
    /// `organization` or `account`, which enforce it, or `request`, where IAM demands that each call names it.
    pub level: String,
    /// The version: `ARN:number`, or the address of what is yet to be published.
    pub version: String,
    /// The key under `versions` that its description tells.
    pub name: Option<String>,
    /// The digest of its content; null where that was not read.
    pub content: Option<String>,
    /// AWS's status of the version.
    pub status: Option<String>,
    /// Why what it holds is not known.
    pub unknown: Option<String>,
    /// The policy that names it; null for the account's own configuration, and where AWS does not tell.
    pub policy: Option<Policy>,
    /// What of a call is examined.
    pub guarding: Guarding,
    /// The models that are held to it: `ALL`, or ids.
    pub included_models: Vec<String>,
    /// The models that are not.
    pub excluded_models: Vec<String>,
    /// What makes calls fail, for sure or perhaps.
    pub troubles: Vec<Trouble>,
}

/// A policy of the organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// AWS's name.
    pub name: String,
    /// Its id, or the address of one that is yet to be made.
    pub id: String,
    /// The nodes on the way to the account that bear it, the root first.
    pub nodes: Vec<String>,
}

/// What of a call is examined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Guarding {
    /// System prompts: `COMPREHENSIVE` or `SELECTIVE`.
    pub system: String,
    /// Messages: `COMPREHENSIVE` or `SELECTIVE`.
    pub messages: String,
}

/// Why calls fail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trouble {
    /// Whether they do for sure.
    pub certain: bool,
    /// Why.
    pub why: String,
}

/// A guardrail that a policy names and that is not in effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotInEffect {
    /// The policy.
    pub policy: String,
    /// The node that bears it.
    pub node: String,
    /// The version that it names.
    pub version: String,
    /// Why that is not in effect.
    pub why: String,
}

/// What IAM demands of each call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Demand {
    /// The policy that demands it.
    pub policy: String,
    /// The node that bears it; null for a policy of the role.
    pub node: Option<String>,
    /// What a call must name: `any` guardrail, `one-of` the `guardrails`, or one of them where `none-here` is of this Region, so
    /// that no call can.
    pub asks: String,
    /// The guardrails of which a call must name one; none where any will do.
    pub guardrails: Vec<String>,
    /// Patterns of the principals that are let off.
    pub exempt: Vec<String>,
    /// Patterns of the models that are left out.
    pub except_models: Vec<String>,
    /// Of which models it is: `every`, or `foundation`, which leaves out custom, imported and provisioned ones.
    pub models: String,
    /// Whether it is about each call that is asked about: no caller is let off and no model left out.
    pub every_call: bool,
}

/// What the guardrails come to for some models.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Union {
    /// Whether the models are all but the ones that are named.
    pub all_but: bool,
    /// The models.
    pub models: Vec<String>,
    /// The guardrails that they meet, by their place in `guardrails`, from 0.
    pub guardrails: Vec<usize>,
    /// Every control that looks for something, with its strictest settings.
    pub controls: Vec<Control>,
}

/// What is done about one thing on one side.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Control {
    /// The policy of a guardrail that it belongs to, as the spec calls it.
    pub policy: String,
    /// Its name; of a word its digest, unless content is shown.
    pub name: String,
    /// `input` or `output`.
    pub side: String,
    /// `TEXT` or `IMAGE`, of a content filter.
    pub modality: Option<String>,
    /// The strictest setting of each action, the severest first.
    pub settings: Vec<Setting>,
}

/// The strictest setting for one action.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Setting {
    /// `BLOCK`, `ANONYMIZE`, or `NONE`, which only reports.
    pub action: String,
    /// Of a content filter.
    pub strength: Option<String>,
    /// Of a grounding check.
    pub threshold: Option<f64>,
    /// The guardrails that do this, by their place in `guardrails`.
    pub from: Vec<usize>,
}

/// Something that remains uncovered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Uncovered {
    /// Why.
    pub kind: String,
    /// In a sentence.
    pub message: String,
    /// The models that it is about; none for all that are asked about.
    pub models: Vec<String>,
    /// The guardrails that it is about, by their place in `guardrails`.
    pub guardrails: Vec<usize>,
    /// The controls that it is about.
    pub controls: Vec<String>,
}

/// Something that ought not to be so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// `calls-fail`, `effective-differs`, `effective-invalid` or `order-unknown`.
    pub kind: String,
    /// In a sentence.
    pub message: String,
    /// The effective policy that the attached policies come to, where AWS says another.
    pub expected: Option<Value>,
    /// The effective policy that AWS says.
    pub found: Option<Value>,
}

impl Explained {
    /// The frame, without any view yet.
    pub fn new(from: &str, cell: &Cell<'_>, facts: &Facts) -> Self {
        let accounts = facts.organization.iter().flat_map(|organization| &organization.accounts);
        let name = accounts.into_iter().find(|account| account.id == *cell.account).map(|account| account.name.clone());
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            from: from.to_owned(),
            account: cell.account.to_string(),
            account_name: name,
            region: cell.region.to_string(),
            model: cell.model.map(str::to_owned),
            principal: cell.role.map(str::to_owned),
            have: None,
            want: None,
            held: Vec::new(),
        }
    }

    /// The views there are, the earlier first.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        self.have.iter().chain(&self.want)
    }
}

impl View {
    /// Adds what could not be read besides.
    pub fn not_seen(&mut self, more: impl IntoIterator<Item = String>) {
        self.unseen.extend(more);
        if !self.unseen.is_empty() && self.verdict == Verdict::NotProtected.word() {
            Verdict::Unknown.word().clone_into(&mut self.verdict);
        }
    }
}

/// The policies of a guardrail as the spec and as people call them, in the order in which they are shown.
pub(in crate::report) const POLICIES: [(&str, &str); 7] = [
    ("content_policy", "content filters"),
    ("topic_policy", "denied topics"),
    ("word_policy.managed_word_lists", "word lists of AWS"),
    ("word_policy.words", "words"),
    ("sensitive_information_policy.pii_entities", "personal data"),
    ("sensitive_information_policy.regexes", "regexes"),
    ("contextual_grounding_policy", "grounding"),
];
