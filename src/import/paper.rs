//! A spec to be written: its head, its sections, and in which file they stand.

use std::collections::{BTreeMap, BTreeSet};

use super::guardrails;
use super::notes::{Note, Weight};
use super::pointing::{self, External};
use super::stock::Stock;
use crate::model::{AccountId, Organization, Region};
use crate::spec::top::SECTIONS;
use crate::spec::write::{Entry, Item, Value, write};

/// Whose the spec is, as far as that is known.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// The name of the stack.
    pub stack: String,
    /// Where it is read from, in words.
    pub said: String,
    /// The account of the caller, or the one that the source names.
    pub account: Option<AccountId>,
    /// The organization; its id is empty where the source does not tell it.
    pub organization: Option<Organization>,
    /// Whether the account is known to be in it. Else it is named only where something in the spec takes it.
    pub is_member: bool,
    /// The role by which members are read, where it is not the usual one.
    pub member_role: Option<String>,
    /// The Regions of a spec in which nothing tells any.
    pub regions: BTreeSet<Region>,
    /// What every text of the source says of itself.
    pub remarks: Vec<String>,
}

impl Home {
    /// The account that an entry means which names none.
    pub(super) fn account(&self) -> Option<&AccountId> {
        self.organization.as_ref().map(|organization| &organization.management_account).or(self.account.as_ref())
    }

    /// What people call an account.
    pub(super) fn name_of(&self, account: &AccountId) -> Option<String> {
        let accounts = self.organization.iter().flat_map(|organization| &organization.accounts);
        let mut known = accounts.filter(|known| known.id == *account);
        known.next().map(|known| known.name.clone()).filter(|name| !name.is_empty())
    }
}

/// The selectors of these accounts; `None` where it is only the one that goes without saying.
pub(super) fn accounts(of: &BTreeSet<Option<AccountId>>, home: &Home) -> Option<Value> {
    let of: Vec<&AccountId> = of.iter().flatten().collect();
    if of.is_empty() || of.as_slice() == home.account().into_iter().collect::<Vec<_>>().as_slice() {
        return None;
    }
    let item = |account: &AccountId| Item { value: Value::text(account.as_str()), remark: home.name_of(account) };
    Some(Value::List(of.into_iter().map(item).collect()))
}

/// The selector of a node of the organization, and what is said behind it.
pub(super) fn node(id: &str, home: &Home) -> (String, Option<String>) {
    let Some(organization) = &home.organization else { return (id.to_owned(), None) };
    if id == organization.root {
        return ("root".to_owned(), None);
    }
    match organization.units.iter().find(|unit| unit.id == id) {
        Some(unit) => (format!("ou:{}", unit.path), None),
        None => (id.to_owned(), id.parse().ok().and_then(|account| home.name_of(&account))),
    }
}

/// A spec to be written.
#[derive(Clone, Debug)]
pub(super) struct Paper {
    head: Vec<Entry>,
    said: Vec<String>,
    pub(super) sections: BTreeMap<&'static str, Vec<Entry>>,
}

/// The files of a spec, and which sections stand in each.
const FILES: [(&str, &[&str]); 4] = [
    ("bedrail.yaml", &[]),
    ("guardrails.yaml", &["guardrails", "external_guardrails", "versions", "resource_policies"]),
    ("enforcement.yaml", &["org_policies", "account_enforcement"]),
    ("logging.yaml", &["invocation_logging"]),
];

impl Paper {
    /// The spec that declares what there is.
    pub(super) fn of(stock: &Stock, home: &Home, notes: &mut Vec<Note>) -> Self {
        let regions = regions(stock, home);
        let mut external = External::default();
        let mut made = guardrails::entries(stock, home, &regions, notes);
        let enforcements = pointing::enforcements(stock, home, &regions, &mut made, &mut external, notes);
        let policies = pointing::policies(stock, home, &mut made, &mut external, notes);
        let logging = pointing::logging(stock, home, &regions, notes);
        let sections = BTreeMap::from([
            ("guardrails", made.entries),
            ("versions", made.versions),
            ("resource_policies", made.resource_policies),
            ("external_guardrails", external.entries()),
            ("org_policies", policies),
            ("account_enforcement", enforcements),
            ("invocation_logging", logging),
        ]);
        Self { head: head(home, &regions), said: said(home), sections }
    }

    /// Whether it declares nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.sections.values().all(Vec::is_empty)
    }

    /// Whether something in it takes an organization: a policy of it, or what is shared with it.
    pub(super) fn names_organization(&self) -> bool {
        let entries = |section| self.sections.get(section).into_iter().flatten();
        let shared = write(&[], &entries("resource_policies").cloned().collect::<Vec<_>>());
        entries("org_policies").next().is_some()
            || ["share_with", "${organization_id}"].iter().any(|word| shared.contains(word))
    }

    /// The text of one file.
    pub(super) fn text(&self, notes: &[Note]) -> String {
        let entries: Vec<Entry> = self.head.iter().cloned().chain(self.named(&SECTIONS)).collect();
        write(&self.head_of(notes), &entries)
    }

    /// The texts of several files, by name; those that would say nothing are left out.
    pub(super) fn files(&self, notes: &[Note]) -> Vec<(String, String)> {
        let file = |(name, sections): &(&'static str, &'static [&'static str])| {
            let entries: Vec<Entry> = self.named(sections).collect();
            let text = if sections.is_empty() { write(&self.head_of(notes), &self.head) } else { write(&[], &entries) };
            (!entries.is_empty() || sections.is_empty()).then(|| ((*name).to_owned(), text))
        };
        FILES.iter().filter_map(file).collect()
    }

    fn named<'s>(&'s self, sections: &'s [&'static str]) -> impl Iterator<Item = Entry> + 's {
        let full = sections.iter().filter_map(|name| Some((*name, self.sections.get(name)?)));
        full.filter(|(_, entries)| !entries.is_empty())
            .map(|(name, entries)| Entry::new(name, Value::Map(entries.clone())))
    }

    /// The comment at the head, with what was not carried over.
    fn head_of(&self, notes: &[Note]) -> Vec<String> {
        let mut lines = self.said.clone();
        for (weight, title) in TITLES {
            let told: Vec<&Note> = notes.iter().filter(|note| note.weight == weight).collect();
            if !told.is_empty() {
                lines.extend([String::new(), title.to_owned()]);
                lines.extend(told.iter().map(|note| format!("- {note}")));
            }
        }
        lines
    }
}

/// How what is missing is announced, the gravest first.
const TITLES: [(Weight, &str); 3] = [
    (Weight::Weaker, "PROTECTS LESS than its source, since this is not carried over:"),
    (Weight::Lost, "Not carried over:"),
    (Weight::Aside, "To know:"),
];

fn said(home: &Home) -> Vec<String> {
    let mut lines = vec![home.said.clone()];
    lines.extend(home.remarks.iter().cloned());
    lines
}

/// The Regions in which there is something, or those of `home` where nothing tells any.
fn regions(stock: &Stock, home: &Home) -> BTreeSet<Region> {
    let places = stock.guardrails.iter().map(|one| &one.place);
    let places = places.chain(stock.enforcements.iter().map(|one| &one.place));
    let places = places.chain(stock.logging.iter().map(|one| &one.place));
    let found: BTreeSet<Region> = places.filter_map(|place| place.region.clone()).collect();
    if found.is_empty() { home.regions.clone() } else { found }
}

fn head(home: &Home, regions: &BTreeSet<Region>) -> Vec<Entry> {
    let mut head = vec![
        Entry::new("format", Value::Plain("1".to_owned())),
        Entry::new("stack", Value::text(home.stack.as_str()))
            .said("The mark of all that this spec manages. Choose it before the first apply."),
    ];
    if let Some(organization) = &home.organization {
        let mut members = Vec::new();
        if !organization.id.is_empty() {
            members.push(Entry::new("id", Value::text(organization.id.as_str())));
        }
        members.push(Entry::new("management_account", Value::text(organization.management_account.as_str())));
        members.extend(home.member_role.as_ref().map(|role| Entry::new("member_role", Value::text(role.as_str()))));
        head.push(Entry::new("organization", Value::Map(members)));
    } else if let Some(account) = &home.account {
        head.push(Entry::new("account_id", Value::text(account.as_str())));
    }
    head.push(Entry::new("regions", guardrails::list(regions)));
    head
}
