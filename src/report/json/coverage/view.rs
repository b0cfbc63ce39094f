//! From a grid to what is shown of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Account, Around, Cell, Control, Covered, FORMAT_VERSION, Node, Passages, Row, Totals, Union};
use crate::coverage::{self, ACCOUNT, Extent, Grid, Judged, Passage, State, Way, anywhere};
use crate::explain::Ground;
use crate::model::{AccountId, Facts};
use crate::report::Disclosure;
use crate::report::explain::{rows, verdict, which};
use crate::report::json::explain::{self, POLICIES, View};

/// What is shown is made from.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The organization.
    pub facts: &'a Facts,
    /// The accounts and Regions.
    pub extent: &'a Extent,
    /// What may be shown.
    pub disclosure: &'a Disclosure,
}

/// The cells at one time, and what they were judged by.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// What was read, or will be.
    pub ground: &'a Ground,
    /// The cells.
    pub grid: &'a Grid<'a>,
}

/// Values, each once.
struct Distinct<T> {
    values: Vec<T>,
    known: BTreeMap<String, usize>,
}

impl<T: Serialize> Distinct<T> {
    const fn new() -> Self {
        Self { values: Vec::new(), known: BTreeMap::new() }
    }

    fn place(&mut self, value: T) -> usize {
        let key = serde_json::to_string(&value).expect("a report is always JSON");
        *self.known.entry(key).or_insert_with(|| {
            self.values.push(value);
            self.values.len() - 1
        })
    }
}

impl Covered {
    /// What is in AWS, and what will be when a plan is done, if one is told.
    pub fn of(shown: Shown<'_>, have: Side<'_>, want: Option<Side<'_>>) -> Self {
        let (mut cells, mut unions) = (Distinct::new(), Distinct::new());
        let mut places = |side: Side<'_>| -> Vec<usize> {
            side.grid.judged.iter().map(|judged| cells.place(cell(judged, side, shown, &mut unions))).collect()
        };
        let sides: Vec<(Side<'_>, Vec<usize>)> =
            [Some(have), want].into_iter().flatten().map(|side| (side, places(side))).collect();
        let Shown { extent, disclosure, .. } = shown;
        let text = |text: &str| disclosure.scrub_text(text);
        let row = |at: usize, (side, places): &(Side<'_>, Vec<usize>)| Row {
            cells: side.grid.row(at).iter().map(|judged| places[*judged]).collect(),
            guardrails: extent
                .regions
                .iter()
                .enumerate()
                .filter_map(|(place, region)| {
                    Some((region.to_string(), side.grid.own_guardrail(at, place)?.to_owned()))
                })
                .collect(),
        };
        let accounts = extent.accounts.iter().enumerate().map(|(at, account)| Account {
            id: account.id.to_string(),
            name: Some(text(&account.name)).filter(|name| !name.is_empty()),
            node: account.node,
            have: row(at, &sides[0]),
            want: sides.get(1).map(|side| row(at, side)),
        });
        let nodes = extent.nodes.iter().map(|node| Node {
            id: node.id.clone(),
            name: text(&node.name),
            parent: node.parent,
            first: node.accounts.start,
            accounts: node.accounts.len(),
            have: Totals::of(&coverage::Totals::of(have.grid, node.accounts.clone())),
            want: want.map(|want| Totals::of(&coverage::Totals::of(want.grid, node.accounts.clone()))),
        });
        let all = |side: Side<'_>| Totals::of(&coverage::Totals::of(side.grid, 0..extent.accounts.len()));
        let (have, want) = (all(have), want.map(all));
        let mut covered = Self {
            format_version: FORMAT_VERSION.to_owned(),
            from: if want.is_some() { "plan" } else { "live" }.to_owned(),
            regions: extent.regions.iter().map(ToString::to_string).collect(),
            nodes: nodes.collect(),
            accounts: accounts.collect(),
            uncovered: want.as_ref().unwrap_or(&have).uncovered(),
            have,
            want,
            unseen: Vec::new(),
            held: Vec::new(),
            cells: cells.values,
            unions: unions.values,
        };
        covered.unseen = covered.not_seen();
        covered
    }

    /// What could not be read, once for all accounts that it is about.
    fn not_seen(&self) -> Vec<String> {
        // The same cell in the same Region has the same texts, whatever its account.
        let mut of_cell: BTreeMap<(usize, usize), BTreeSet<&str>> = BTreeMap::new();
        for account in &self.accounts {
            for row in std::iter::once(&account.have).chain(&account.want) {
                for (region, cell) in
                    row.cells.iter().enumerate().filter(|(_, cell)| !self.cells[**cell].unseen.is_empty())
                {
                    of_cell.entry((*cell, region)).or_default().insert(&account.id);
                }
            }
        }
        let mut about: BTreeMap<String, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
        for ((cell, region), accounts) in of_cell {
            let region = self.regions[region].as_str();
            for text in &self.cells[cell].unseen {
                let (known, regions) = about.entry(text.replace(region, REGION)).or_default();
                known.extend(&accounts);
                regions.insert(region);
            }
        }
        about.iter().map(|(text, (accounts, regions))| one_unseen(text, accounts, regions)).collect()
    }
}

/// What stands for the name of a Region in what could not be read in several.
const REGION: &str = "{region}";

/// One thing that could not be read, in these accounts and Regions.
fn one_unseen(text: &str, accounts: &BTreeSet<&str>, regions: &BTreeSet<&str>) -> String {
    let mut places: Vec<String> = Vec::new();
    let mut put = |text: String, mark: &str, all: &BTreeSet<&str>, one: (&str, &str), many: &str| match (
        all.first(),
        all.len(),
    ) {
        _ if !text.contains(mark) => text,
        (Some(only), 1) => text.replace(mark, only),
        (_, count) => {
            places.push(format!("{count} {many}"));
            text.replace(one.0, one.1).replace(mark, "*")
        }
    };
    let text = put(text.to_owned(), ACCOUNT, accounts, (&format!("account {ACCOUNT}"), "an account"), "accounts");
    let text = put(text, REGION, regions, (&format!("in {REGION}:"), "in several Regions:"), "Regions");
    if places.is_empty() { text } else { format!("{text} ({})", places.join(", ")) }
}

impl Totals {
    fn of(totals: &coverage::Totals) -> Self {
        let passages = |way: Way| Passages {
            open: totals.of_way(way, Passage::Open),
            closed: totals.of_way(way, Passage::Closed),
            unknown: totals.of_way(way, Passage::Unknown),
        };
        let ways = Way::ALL.iter().map(|way| (way.word().to_owned(), passages(*way)));
        Self {
            protected: totals.in_state(State::Protected),
            denied: totals.in_state(State::Denied),
            invalid: totals.in_state(State::Invalid),
            unprotected: totals.in_state(State::Unprotected),
            unavailable: totals.in_state(State::Unavailable),
            unseen: totals.in_state(State::Unseen),
            ways: ways.collect(),
        }
    }
}

fn cell(judged: &Judged<'_>, side: Side<'_>, shown: Shown<'_>, unions: &mut Distinct<Union>) -> Cell {
    let Shown { facts, extent, disclosure } = shown;
    let chain = &side.grid.chains[judged.chain];
    let view = View::of(&judged.explanation, explain::Shown { ground: side.ground, facts, chain, disclosure });
    let references = view.guardrails.len() > 1;
    let tables = view.union.iter().map(|union| Union {
        models: which(union),
        controls: rows(&[Some(union)], references)
            .into_iter()
            .map(|row| {
                let mut told = row.cells.into_iter();
                Control {
                    policy: POLICIES.get(row.policy).map_or("", |(_, title)| *title).to_owned(),
                    name: row.name,
                    prompts: told.next().unwrap_or_default(),
                    answers: told.next().unwrap_or_default(),
                }
            })
            .collect(),
    });
    let places = tables.filter(|table| !table.controls.is_empty()).map(|table| unions.place(table)).collect();
    let own = Own {
        account: &extent.accounts[judged.account].id,
        guardrail: side.grid.own_guardrail(judged.account, judged.region),
    };
    let verdict = sentence(judged, &view);
    let View { guardrails, not_in_effect, demands, uncovered, findings, unseen, .. } = view;
    let ways = judged.ways.iter().map(|around| Around {
        way: around.way,
        passage: around.passage,
        why: disclosure.scrub_text(&around.why),
    });
    own.shared(&Cell {
        state: judged.state,
        levels: judged.levels.iter().map(|level| level.word().to_owned()).collect(),
        verdict: disclosure.scrub_text(&verdict),
        guardrails,
        not_in_effect,
        demands,
        unions: places,
        // Where nothing can be called nothing is missed.
        uncovered: if judged.state == State::Unavailable { Vec::new() } else { uncovered },
        findings,
        // Where every call is denied, or none can be made, it changes nothing.
        unseen: if judged.denied_by.is_some() || judged.state == State::Unavailable { Vec::new() } else { unseen },
        ways: ways.collect(),
    })
}

/// The answer in one sentence.
fn sentence(judged: &Judged<'_>, view: &View) -> String {
    match (judged.state, judged.denied_by) {
        (State::Denied, Some(policy)) => format!("Denied: the policy {policy} denies every call of a model."),
        (State::Invalid, _) if !view.fails && view.guardrails.is_empty() => {
            "Invalid: the policies come to no valid effective policy, and nothing is seen to be enforced.".to_owned()
        }
        (State::Invalid, _) if !view.fails => {
            "Invalid: the policies come to no valid effective policy, so that AWS keeps the last valid one.".to_owned()
        }
        (State::Unseen, _) => "Not known: not everything that decides could be read.".to_owned(),
        _ => verdict(view).1,
    }
}

/// What is the cell's own.
struct Own<'a> {
    account: &'a AccountId,
    guardrail: Option<&'a str>,
}

impl Own<'_> {
    /// A value as it is for all that are alike.
    fn shared<T: Serialize + DeserializeOwned>(&self, value: &T) -> T {
        let mut value = serde_json::to_value(value).expect("a report is always JSON");
        self.replace(&mut value);
        serde_json::from_value(value).expect("texts stay texts")
    }

    fn replace(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = anywhere(text, self.account, self.guardrail),
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace(item)),
            Value::Object(entries) => entries.values_mut().for_each(|item| self.replace(item)),
            _ => {}
        }
    }
}
