//! What `coverage` found, for people: a terminal, markdown, and a page. All show the value that the JSON is.

use std::collections::BTreeMap;

use super::disclosure::counted;
use super::json::coverage::{Account, Cell, Covered, Passages, Row, Totals};
use super::json::explain::{Guarding, Met};
use crate::coverage::{ACCOUNT, GUARDRAIL, Passage, State, Way};

mod html;
mod markdown;
mod table;
mod text;
mod versions;

pub use html::html;
pub use markdown::markdown;
pub use text::text;
use versions::Versions;

/// How many lines a table has before OUs further down are folded into those above.
const MOST_LINES: usize = 60;

/// What is told, in a line.
fn title(covered: &Covered) -> String {
    let (accounts, regions) = (counted(covered.accounts.len(), "account"), counted(covered.regions.len(), "Region"));
    let when = if covered.want.is_some() { ", now and when the plan is done" } else { "" };
    format!("{accounts} in {regions}{when}")
}

/// What the words of a table mean.
const LEGEND: &str = "org: the organization enforces a guardrail; account: the account does; each with its version, and with #n where one is \
    enforced in several ways; request only: IAM demands that calls name one; none: nothing; denied: calls are denied; invalid: what is \
    enforced cannot be, or the policies are not valid; –: no Bedrock; n/m: so many of so many cells that can be called are protected";

/// How many cells stand how, in words; those that there are none of are left out.
fn states(totals: &Totals) -> Vec<(State, String)> {
    let counts = State::ALL.iter().map(|state| (*state, totals.in_state(*state)));
    counts.filter(|(_, count)| *count > 0).map(|(state, count)| (state, format!("{count} {state}"))).collect()
}

/// So many of so many that can be called are protected.
fn share(totals: &Totals) -> String {
    let all: usize = State::ALL.iter().map(|state| totals.in_state(*state)).sum();
    format!("{}/{}", totals.protected, all - totals.unavailable - totals.denied)
}

/// What an account is called.
fn called(account: &Account) -> String {
    account.name.as_ref().map_or_else(|| account.id.clone(), |name| format!("{name} ({})", account.id))
}

/// What shared texts say of no account in particular.
fn general(text: &str) -> String {
    text.replace(&format!("account {ACCOUNT}"), "the account").replace(ACCOUNT, "*").replace(GUARDRAIL, "*")
}

/// Where a cell is told: in how many places, and the account and Region if it is of one account only.
#[derive(Clone, Default)]
struct Place {
    count: usize,
    accounts: Vec<usize>,
    region: usize,
}

/// The cells of an account at some time.
type At = fn(&Account) -> &Row;

/// As it is in AWS.
fn now(account: &Account) -> &Row {
    &account.have
}

/// When the plan is done, or else as it is.
fn last(account: &Account) -> &Row {
    account.want.as_ref().unwrap_or(&account.have)
}

/// Where each cell is at this time; none where it is not.
fn places(covered: &Covered, at: At) -> Vec<Place> {
    let mut places = vec![Place::default(); covered.cells.len()];
    for (account, row) in covered.accounts.iter().map(at).enumerate() {
        for (region, cell) in row.cells.iter().enumerate() {
            let place = &mut places[*cell];
            place.count += 1;
            place.region = region;
            // Two are as many as thousands here.
            if place.accounts.len() < 2 && !place.accounts.contains(&account) {
                place.accounts.push(account);
            }
        }
    }
    places
}

/// The cells that there are at this time, each with its place.
fn told(covered: &Covered, at: At) -> Vec<(&Cell, Place)> {
    covered.cells.iter().zip(places(covered, at)).filter(|(_, place)| place.count > 0).collect()
}

/// A text of a cell for people: what is left out is filled in where it is of one account, and else nobody's in particular.
fn filled(covered: &Covered, at: At, place: &Place, text: &str) -> String {
    let [only] = place.accounts.as_slice() else { return general(text) };
    let account = &covered.accounts[*only];
    let own = at(account).guardrails.get(&covered.regions[place.region]).map_or("*", String::as_str);
    text.replace(ACCOUNT, &account.id).replace(GUARDRAIL, own)
}

/// A number now, and when the plan is done.
fn becomes(have: usize, told: usize) -> String {
    if have == told { told.to_string() } else { format!("{have} → {told}") }
}

/// Each guardrail that is enforced, with its level and how many cells it is for; with a plan those that it ends, too.
fn enforced(covered: &Covered) -> Vec<String> {
    let versions = Versions::of(covered);
    let mut found: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for (nth, at) in [now as At, last].into_iter().enumerate() {
        for (cell, place) in told(covered, at) {
            for met in &cell.guardrails {
                let by = met.policy.as_ref().map(|policy| format!(", by the policy {}", policy.name));
                let (level, called, limits) = (&met.level, versions.called(met), limits(met));
                let version = filled(covered, at, &place, &met.version);
                let told = format!("{level}: {called}, {version}{}{limits}", by.unwrap_or_default());
                found.entry(told).or_default()[nth] += place.count;
            }
        }
    }
    let mut found: Vec<(String, [usize; 2])> = found.into_iter().collect();
    found.sort_by(|(one, [_, many]), (other, [_, more])| more.cmp(many).then_with(|| one.cmp(other)));
    let count = |[have, told]: [usize; 2]| {
        if have == told { counted(told, "cell") } else { format!("{have} → {}", counted(told, "cell")) }
    };
    found.into_iter().map(|(told, counts)| format!("{told} ({})", count(counts))).collect()
}

/// In what a guardrail is not for whole calls of every model.
fn limits(met: &Met) -> String {
    let Met { guarding: Guarding { system, messages }, included_models, excluded_models, .. } = met;
    let mut limits = String::new();
    for (part, mode) in [("system prompts", system), ("messages", messages)] {
        if mode == "SELECTIVE" {
            push!(limits, ", {part} {mode}");
        }
    }
    if !included_models.is_empty() && included_models.iter().all(|model| model != "ALL") {
        push!(limits, ", for {}", included_models.join(", "));
    }
    if !excluded_models.is_empty() {
        push!(limits, ", not for {}", excluded_models.join(", "));
    }
    limits
}

/// Each thing that ought not to be so, with how many cells it is about.
fn findings(covered: &Covered) -> Vec<(String, usize)> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (cell, place) in told(covered, last) {
        for finding in &cell.findings {
            let message = filled(covered, last, &place, &finding.message);
            *found.entry(format!("{}: {message}", finding.kind)).or_default() += place.count;
        }
    }
    ranked(found)
}

/// The most frequent first.
fn ranked(found: BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = found.into_iter().collect();
    found.sort_by(|(one, many), (other, more)| more.cmp(many).then_with(|| one.cmp(other)));
    found
}

/// A way around as a table has it: what it is, in how many cells it is how now and at last, and the most frequent reason that it
/// is not closed at last.
struct Told {
    way: Way,
    have: Passages,
    counts: Passages,
    why: Option<String>,
}

impl Told {
    /// In how many cells it is open, closed and unknown.
    fn numbers(&self) -> [String; 3] {
        let Self { have, counts, .. } = self;
        [becomes(have.open, counts.open), becomes(have.closed, counts.closed), becomes(have.unknown, counts.unknown)]
    }
}

fn ways(covered: &Covered) -> Vec<Told> {
    let cells = told(covered, last);
    let reason = |way: Way| {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for (cell, place) in &cells {
            let here = cell.ways.iter().filter(|around| around.way == way);
            for around in here.filter(|around| around.passage != Passage::Closed) {
                *found.entry(filled(covered, last, place, &around.why)).or_default() += place.count;
            }
        }
        ranked(found).into_iter().next().map(|(why, _)| why)
    };
    let counts = |totals: &Totals, way: &Way| totals.ways.get(way.word()).cloned().unwrap_or_default();
    let all = Way::ALL.iter().map(|way| Told {
        way: *way,
        have: counts(&covered.have, way),
        counts: counts(covered.told(), way),
        why: reason(*way),
    });
    all.filter(|told| [&told.have, &told.counts].iter().any(|counts| **counts != Passages::default())).collect()
}

/// What a way around is.
const fn meaning(way: Way) -> &'static str {
    match way {
        Way::Region => "calls of models where nothing is enforced",
        Way::Models => "models that the guardrails are not for",
        Way::Untagged => "what the caller has not tagged",
        Way::PromptAttacks => "prompt attacks without input tags",
        Way::Mantle => "the endpoint bedrock-mantle",
        Way::AsyncCalls => "StartAsyncInvoke",
        Way::BidirectionalStreams => "InvokeModelWithBidirectionalStream",
        Way::BatchJobs => "batch inference",
        Way::LongTermKeys => "long-term keys of Bedrock",
    }
}

#[cfg(test)]
mod tests;
