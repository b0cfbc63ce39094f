//! What `coverage` found, as machines read it and as people are shown it: one value for all forms.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::explain::{Demand, Finding, Met, NotInEffect, Uncovered};
use crate::coverage::{self, Passage, State};

mod view;

pub use view::{Shown, Side};

/// The version of the form.
pub const FORMAT_VERSION: &str = "1";

/// Every account in every Region that has Bedrock: what is enforced there, and the ways around.
///
/// In the texts of `cells`, `{account}` stands for the id of the account, and `{guardrail}` for that of the guardrail of its own
/// that it enforces on itself: see `guardrails` of the account.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Covered {
    /// `1`.
    pub format_version: String,
    /// What is told: `live`, or `plan` where a saved plan is told, before and after.
    pub from: String,
    /// The Regions that have Bedrock, in the order of the cells of an account.
    pub regions: Vec<String>,
    /// The root and the OUs that have accounts, each before what is below it.
    pub nodes: Vec<Node>,
    /// The active accounts, in the order of the tree.
    pub accounts: Vec<Account>,
    /// The cells that differ; many accounts and Regions share one.
    pub cells: Vec<Cell>,
    /// What guardrails come to, of the cells that refer to it.
    pub unions: Vec<Union>,
    /// As it is in AWS.
    pub have: Totals,
    /// As it will be when the plan is done; null without a plan.
    pub want: Option<Totals>,
    /// How many cells are unprotected or invalid; when the plan is done, where one is told.
    pub uncovered: usize,
    /// What could not be read, and may change the answer.
    pub unseen: Vec<String>,
    /// Changes that the plan holds, and that are not counted in `want`.
    pub held: Vec<String>,
}

/// The root, or an OU.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Node {
    /// `r-…` or `ou-…`; the account's id where there is no organization.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The node above, by its place in `nodes`, from 0; null for the root.
    pub parent: Option<usize>,
    /// The first of the accounts below it, by its place in `accounts`, from 0.
    pub first: usize,
    /// How many accounts are below it, however deep.
    pub accounts: usize,
    /// As it is in AWS.
    pub have: Totals,
    /// As it will be when the plan is done; null without a plan.
    pub want: Option<Totals>,
}

/// How many cells stand how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    /// Each call meets a guardrail that is enforced.
    pub protected: usize,
    /// Calls are denied.
    pub denied: usize,
    /// What is enforced cannot be.
    pub invalid: usize,
    /// Calls meet no guardrail that is enforced.
    pub unprotected: usize,
    /// There is no Bedrock.
    pub unavailable: usize,
    /// What decides could not be read.
    pub unseen: usize,
    /// In how many cells each way around is open, closed or unknown; it counts where there is something to get around.
    pub ways: BTreeMap<String, Passages>,
}

/// In how many cells a way around is so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Passages {
    /// It can be taken.
    pub open: usize,
    /// It cannot.
    pub closed: usize,
    /// Nobody knows.
    pub unknown: usize,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Its name; null where it was not read.
    pub name: Option<String>,
    /// The node that it is in, by its place in `nodes`, from 0.
    pub node: usize,
    /// As it is in AWS.
    pub have: Row,
    /// As it will be when the plan is done; null without a plan.
    pub want: Option<Row>,
}

/// The cells of an account.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// For each of `regions` the cell, by its place in `cells`, from 0.
    pub cells: Vec<usize>,
    /// The ids of the guardrails of its own that it enforces on itself, by Region.
    pub guardrails: BTreeMap<String, String>,
}

/// How the calls of an account in a Region stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// How they stand.
    pub state: State,
    /// The levels of the guardrails that they meet: `organization`, `account`, and `request` where IAM demands one.
    pub levels: Vec<String>,
    /// The same in a sentence.
    pub verdict: String,
    /// The guardrails that calls meet. All apply together, and the strictest verdict counts.
    pub guardrails: Vec<Met>,
    /// What policies name for the Region and what is not in effect.
    pub not_in_effect: Vec<NotInEffect>,
    /// What IAM demands of each call.
    pub demands: Vec<Demand>,
    /// What the guardrails come to, for models that meet the same ones, by their places in `unions`, from 0.
    pub unions: Vec<usize>,
    /// What remains uncovered of the calls themselves.
    pub uncovered: Vec<Uncovered>,
    /// What ought not to be so.
    pub findings: Vec<Finding>,
    /// What could not be read, and may change the answer.
    pub unseen: Vec<String>,
    /// The ways around.
    pub ways: Vec<Around>,
}

/// A way around.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Around {
    /// Which it is.
    pub way: coverage::Way,
    /// Whether it can be taken.
    pub passage: Passage,
    /// Why.
    pub why: String,
}

/// What guardrails come to for some models, as a table that people read.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Union {
    /// The models.
    pub models: String,
    /// The controls that look for something; words that are treated alike are counted.
    pub controls: Vec<Control>,
}

/// What is done about one thing. Numbers in brackets are those of the guardrails that do it, from 1.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Control {
    /// The policy of a guardrail that it belongs to.
    pub policy: String,
    /// Its name.
    pub name: String,
    /// What is done about it in prompts.
    pub prompts: String,
    /// What is done about it in answers.
    pub answers: String,
}

impl Totals {
    /// How many cells are in this state.
    pub const fn in_state(&self, state: State) -> usize {
        match state {
            State::Protected => self.protected,
            State::Denied => self.denied,
            State::Invalid => self.invalid,
            State::Unprotected => self.unprotected,
            State::Unavailable => self.unavailable,
            State::Unseen => self.unseen,
        }
    }

    /// How many somebody may call a model in, and nobody can tell that a guardrail holds.
    pub fn uncovered(&self) -> usize {
        State::ALL.iter().filter(|state| state.is_uncovered()).map(|state| self.in_state(*state)).sum()
    }
}

impl Covered {
    /// What is told last: when the plan is done, or else as it is.
    pub fn told(&self) -> &Totals {
        self.want.as_ref().unwrap_or(&self.have)
    }
}
