//! What `coverage` found, for people: a terminal, markdown, and a page. All show the value that the JSON is.

use std::collections::BTreeMap;

use super::disclosure::counted;
use super::json::coverage::{Account, Cell, Covered, Passages, Row, Totals};
use crate::coverage::{ACCOUNT, GUARDRAIL, Passage, State, Way};

mod html;
mod markdown;
mod table;
mod text;

pub use html::html;
pub use markdown::markdown;
pub use text::text;

/// How many lines a table has before OUs further down are folded into those above.
const MOST_LINES: usize = 60;

/// What is told, in a line.
fn title(covered: &Covered) -> String {
    let (accounts, regions) = (counted(covered.accounts.len(), "account"), counted(covered.regions.len(), "Region"));
    let when = if covered.want.is_some() { ", now and when the plan is done" } else { "" };
    format!("{accounts} in {regions}{when}")
}

/// What a cell is called in a table, in a word or two.
fn label(cell: &Cell) -> String {
    let levels: Vec<&str> = cell
        .levels
        .iter()
        .map(|level| match level.as_str() {
            "organization" => "org",
            level => level,
        })
        .collect();
    match cell.state {
        State::Protected => levels.join("+"),
        State::Unprotected if levels.is_empty() => "none".to_owned(),
        State::Unprotected => format!("{} only", levels.join("+")),
        State::Denied => "denied".to_owned(),
        State::Invalid => "invalid".to_owned(),
        State::Unavailable => "–".to_owned(),
        State::Unseen => "unseen".to_owned(),
    }
}

/// What the words of a table mean.
const LEGEND: &str = "org: the organization enforces a guardrail; account: the account does; request only: IAM demands that calls name one; \
    none: nothing; denied, invalid: calls fail; –: no Bedrock; n/m: so many of so many cells that can be called are protected";

/// How many cells stand how, in words; those that there are none of are left out.
fn states(totals: &Totals) -> Vec<(State, String)> {
    let counts = State::ALL.iter().map(|state| (*state, totals.in_state(*state)));
    counts.filter(|(_, count)| *count > 0).map(|(state, count)| (state, format!("{count} {state}"))).collect()
}

/// So many of so many that can be called are protected.
fn share(totals: &Totals) -> String {
    let all: usize = State::ALL.iter().map(|state| totals.in_state(*state)).sum();
    format!("{}/{}", totals.protected, all - totals.unavailable)
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

/// Where each cell is among what is told last; none where it is not.
fn places(covered: &Covered) -> Vec<Place> {
    let mut places = vec![Place::default(); covered.cells.len()];
    for (at, account) in covered.accounts.iter().enumerate() {
        for (region, cell) in last(account).cells.iter().enumerate() {
            let place = &mut places[*cell];
            place.count += 1;
            place.region = region;
            // Two are as many as thousands here.
            if place.accounts.len() < 2 && !place.accounts.contains(&at) {
                place.accounts.push(at);
            }
        }
    }
    places
}

/// The cells that are told last, each with its place.
fn told(covered: &Covered) -> Vec<(&Cell, Place)> {
    covered.cells.iter().zip(places(covered)).filter(|(_, place)| place.count > 0).collect()
}

/// A text of a cell for people: what is left out is filled in where it is of one account, and else nobody's in particular.
fn filled(covered: &Covered, place: &Place, text: &str) -> String {
    let [only] = place.accounts.as_slice() else { return general(text) };
    let account = &covered.accounts[*only];
    let own = last(account).guardrails.get(&covered.regions[place.region]).map_or("*", String::as_str);
    text.replace(ACCOUNT, &account.id).replace(GUARDRAIL, own)
}

/// When the plan is done, or else as it is.
fn last(account: &Account) -> &Row {
    account.want.as_ref().unwrap_or(&account.have)
}

/// Each guardrail that is enforced, with its level and how many cells it is for.
fn enforced(covered: &Covered) -> Vec<(String, usize)> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (cell, place) in told(covered) {
        for met in &cell.guardrails {
            let name = met.name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
            let by = met.policy.as_ref().map(|policy| format!(", by the policy {}", policy.name)).unwrap_or_default();
            let told = format!("{}: {name}{}{by}", met.level, filled(covered, &place, &met.version));
            *found.entry(told).or_default() += place.count;
        }
    }
    ranked(found)
}

/// Each thing that ought not to be so, with how many cells it is about.
fn findings(covered: &Covered) -> Vec<(String, usize)> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (cell, place) in told(covered) {
        for finding in &cell.findings {
            let message = filled(covered, &place, &finding.message);
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

/// A way around as a table has it: what it is, in how many cells it is how, and the most frequent reason that it is not closed.
struct Told {
    way: Way,
    counts: Passages,
    why: Option<String>,
}

fn ways(covered: &Covered) -> Vec<Told> {
    let cells = told(covered);
    let reason = |way: Way| {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for (cell, place) in &cells {
            let here = cell.ways.iter().filter(|around| around.way == way);
            for around in here.filter(|around| around.passage != Passage::Closed) {
                *found.entry(filled(covered, place, &around.why)).or_default() += place.count;
            }
        }
        ranked(found).into_iter().next().map(|(why, _)| why)
    };
    let totals = covered.told();
    let all = Way::ALL.iter().map(|way| Told {
        way: *way,
        counts: totals.ways.get(way.word()).cloned().unwrap_or_default(),
        why: reason(*way),
    });
    all.filter(|told| told.counts != Passages::default()).collect()
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
