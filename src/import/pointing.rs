//! The entries that point at versions, `org_policies` and `account_enforcement`, and `invocation_logging`.

use std::collections::{BTreeMap, BTreeSet};

use super::guardrails::{Guardrails, Spread, list, places};
use super::keys::Keys;
use super::notes::Note;
use super::paper::{Home, node};
use super::stock::{Enforcement, Policy, Stock};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{account_enforcement, invocation_logging, org_policy};
use crate::model::{NAME_TAG, Region, STACK_TAG};
use crate::spec::write::{Entry, Item, Value, document};

/// A guardrail and its version, as entries name them.
type Named = (String, Option<String>);

/// Guardrails that entries point at and that are not carried over.
#[derive(Debug, Default)]
pub(super) struct External {
    /// By key: the ARN of each Region.
    arns: BTreeMap<String, BTreeMap<String, String>>,
    keys: BTreeMap<String, String>,
}

impl External {
    /// The guardrail of this `ARN:number`, and the number.
    fn of(&mut self, version: &str, taken: &mut Keys) -> Option<Named> {
        let (arn, number) = version.rsplit_once(':')?;
        let region = arn.split(':').nth(3).filter(|_| arn.starts_with("arn:") && arn.contains(":guardrail/"))?;
        let id = arn.rsplit('/').next()?;
        let key = self.keys.entry(arn.to_owned()).or_insert_with(|| taken.of(&format!("external-{id}"), ""));
        self.arns.entry(key.clone()).or_default().insert(region.to_owned(), arn.to_owned());
        Some((key.clone(), Some(number.to_owned())))
    }

    /// The entries of `external_guardrails`.
    pub(super) fn entries(self) -> Vec<Entry> {
        let entry = |(key, arns): (String, BTreeMap<String, String>)| {
            let arns = arns.into_iter().map(|(region, arn)| Entry::new(region, Value::text(arn))).collect();
            Entry::new(key, Value::Map(vec![Entry::new("arns", Value::Map(arns))]))
        };
        self.arns.into_iter().map(entry).collect()
    }
}

fn resolve(version: &str, made: &mut Guardrails, external: &mut External) -> Option<Named> {
    let known = made.of_version.get(version).cloned();
    let known = known.or_else(|| {
        // A version that nothing declares is named by its number.
        let (guardrail, number) = version.rsplit_once(':')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        Some((made.keys.get(guardrail)?.clone(), is_number.then(|| number.to_owned())))
    });
    known.or_else(|| external.of(version, &mut made.taken))
}

/// `guardrail` and `version`.
fn reference((guardrail, version): &Named) -> Vec<Entry> {
    let guardrail = Entry::new("guardrail", Value::text(guardrail.as_str()));
    let version = version.as_ref().map(|version| Entry::new("version", Value::text(version.as_str())));
    std::iter::once(guardrail).chain(version).collect()
}

/// The entries of `account_enforcement`: those that say the same of accounts and Regions are one.
pub(super) fn enforcements(
    stock: &Stock,
    home: &Home,
    default: &BTreeSet<Region>,
    made: &mut Guardrails,
    external: &mut External,
    notes: &mut Vec<Note>,
) -> Vec<Entry> {
    let mut alike: Vec<(Named, Vec<Entry>, Vec<&Enforcement>)> = Vec::new();
    for enforcement in &stock.enforcements {
        let Some(named) = resolve(&enforcement.version, made, external) else {
            let what = format!("not carried over: what it enforces, {}, is not known", enforcement.version);
            notes.push(Note::lost(enforcement.said.as_str(), what));
            continue;
        };
        let settings = account_enforcement::written::settings(&enforcement.guarding, &enforcement.models);
        match alike.iter_mut().find(|(other, have, _)| *other == named && *have == settings) {
            Some((.., all)) => all.push(enforcement),
            None => alike.push((named, settings, vec![enforcement])),
        }
    }
    let mut keys = Keys::default();
    let mut entries = Vec::new();
    for (named, settings, all) in alike {
        for (regions, accounts) in spread(all.iter().map(|one| &one.place)) {
            let mut members = places(&regions, &accounts, home, default);
            members.extend(reference(&named));
            members.extend(settings.iter().cloned());
            let mut entry = Entry::new(keys.of(&named.0, ""), Value::Map(members));
            let here =
                all.iter().filter(|one| accounts.contains(&one.place.account) && regions.contains(&one.place.region));
            entry.comments.extend(here.map(|one| one.said.clone()).collect::<BTreeSet<_>>());
            entries.push(entry);
        }
    }
    entries
}

/// Accounts by the Regions that they have in common, so that each account stands in one entry.
fn spread<'p>(places: impl Iterator<Item = &'p super::stock::Place>) -> Spread {
    let mut regions: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for place in places {
        regions.entry(place.account.clone()).or_default().insert(place.region.clone());
    }
    let mut spread = Spread::new();
    for (account, regions) in regions {
        spread.entry(regions).or_default().insert(account);
    }
    spread
}

/// The entries of `invocation_logging`.
pub(super) fn logging(stock: &Stock, home: &Home, default: &BTreeSet<Region>, notes: &mut Vec<Note>) -> Vec<Entry> {
    let mut alike: Vec<(Vec<Entry>, Vec<&super::stock::Logging>)> = Vec::new();
    for one in &stock.logging {
        let account = one.place.account.as_ref().map(crate::model::AccountId::as_str);
        let Some(members) = invocation_logging::written::entry(&one.model, account) else {
            notes.push(Note::aside(one.said.as_str(), "not carried over: it logs to no place"));
            continue;
        };
        match alike.iter_mut().find(|(have, _)| *have == members) {
            Some((_, all)) => all.push(one),
            None => alike.push((members, vec![one])),
        }
    }
    let mut keys = Keys::default();
    let mut entries = Vec::new();
    for (settings, all) in alike {
        for (regions, accounts) in spread(all.iter().map(|one| &one.place)) {
            let mut members = places(&regions, &accounts, home, default);
            members.extend(settings.iter().cloned());
            entries.push(Entry::new(keys.of("logging", ""), Value::Map(members)));
        }
    }
    entries
}

/// The entries of `org_policies`.
pub(super) fn policies(
    stock: &Stock,
    home: &Home,
    made: &mut Guardrails,
    external: &mut External,
    notes: &mut Vec<Note>,
) -> Vec<Entry> {
    let mut keys = Keys::default();
    let mut entries = Vec::new();
    for policy in &stock.policies {
        if policy.targets.is_empty() {
            notes.push(Note::lost(policy.said.as_str(), "not carried over: it is attached to nothing"));
            continue;
        }
        let key = policy.key.clone().filter(|key| keys.take(key)).unwrap_or_else(|| keys.of(&policy.model.name, ""));
        entries.push(policy_entry(key, policy, stock, home, made, external));
    }
    entries
}

fn policy_entry(
    key: String,
    policy: &Policy,
    stock: &Stock,
    home: &Home,
    made: &mut Guardrails,
    external: &mut External,
) -> Entry {
    let org_policy::Model { policy_type, name, description, document: text, tags, needs: _ } = &policy.model;
    let mut members = Vec::new();
    if *policy_type != PolicyType::Bedrock {
        members.push(Entry::new("type", Value::text(policy_type.word())));
    }
    members.push(Entry::new("name", Value::text(name.as_str())));
    if !description.is_empty() {
        members.push(Entry::new("description", Value::text(description.as_str())));
    }
    if let Some(enforced) = enforce(policy, made, external) {
        members.extend(enforced);
    } else {
        let spelled = |text: &str| {
            if let Some((_, Some(version))) = made.of_version.get(text) {
                return Some(format!("${{version.{version}}}"));
            }
            Some(format!("${{guardrail.{}.arn}}", made.keys.get(text)?))
        };
        members.push(Entry::new("document", document(text, &spelled, stock.of_document())));
    }
    let nodes: Vec<(String, Option<String>)> = policy.targets.iter().map(|target| node(target, home)).collect();
    let item = |(selector, remark): (String, _)| Item { value: Value::text(selector), remark };
    members.push(Entry::new("attach", Value::List(nodes.into_iter().map(item).collect())));
    let ours = |key: &str| [STACK_TAG, NAME_TAG].contains(&key) || key.starts_with("aws:");
    let tags: Vec<Entry> = tags
        .iter()
        .filter(|(key, _)| !ours(key))
        .map(|(key, value)| Entry::new(key.as_str(), Value::text(value.as_str())))
        .collect();
    if !tags.is_empty() {
        members.push(Entry::new("tags", Value::Map(tags)));
    }
    Entry::new(key, Value::Map(members)).said(policy.said.as_str())
}

/// `enforce` and `lock`, where they say all.
fn enforce(policy: &Policy, made: &mut Guardrails, external: &mut External) -> Option<Vec<Entry>> {
    let (regions, lock) = org_policy::written::enforced(&policy.model)?;
    let mut alike: Vec<(Named, Vec<Entry>, BTreeSet<Region>)> = Vec::new();
    for (region, configuration) in regions {
        let named = resolve(&configuration.version.to_string(), made, external)?;
        let settings = account_enforcement::written::settings(&configuration.guarding, &configuration.models);
        match alike.iter_mut().find(|(other, have, _)| *other == named && *have == settings) {
            Some((.., regions)) => drop(regions.insert(region)),
            None => alike.push((named, settings, BTreeSet::from([region]))),
        }
    }
    let item = |(named, settings, regions): (Named, Vec<Entry>, BTreeSet<Region>)| {
        let mut members = reference(&named);
        members.push(Entry::new("regions", list(&regions)));
        members.extend(settings);
        Value::Map(members)
    };
    let enforce = Entry::new("enforce", Value::list(alike.into_iter().map(item)));
    let locked = lock == org_policy::document::Lock::Locked;
    Some(std::iter::once(enforce).chain(locked.then(|| Entry::new("lock", Value::bool(true)))).collect())
}
