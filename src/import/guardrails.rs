//! The entries of `guardrails`, `versions` and `resource_policies`: what is the same in several Regions is one entry.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{Keys, key_of};
use super::notes::Note;
use super::paper::{Home, accounts};
use super::stock::{Guardrail, Release, Stock, Version};
use crate::kinds::{guardrail, resource_policy};
use crate::model::{AccountId, Partition, Region};
use crate::spec::write::{Entry, Value};

/// The entries, and by what others refer to them.
#[derive(Debug, Default)]
pub(super) struct Guardrails {
    pub(super) entries: Vec<Entry>,
    pub(super) versions: Vec<Entry>,
    pub(super) resource_policies: Vec<Entry>,
    /// The key of a guardrail by its id.
    pub(super) keys: BTreeMap<String, String>,
    /// The keys of guardrail and version by the version's id; no key of a version where the current content is meant.
    pub(super) of_version: BTreeMap<String, (String, Option<String>)>,
    /// The keys that are taken, those of external guardrails among them.
    pub(super) taken: Keys,
}

/// What says that two guardrails can be one entry.
struct Member<'s> {
    guardrail: &'s Guardrail,
    members: Vec<Entry>,
    policy: Option<Vec<Entry>>,
}

/// The member that may differ between the Regions of one entry.
const KEY: &str = "kms_key_id";
/// Stands for the key of a guardrail until it has one.
const SELF: &str = "self";

/// Makes the entries. `default` are the Regions of the spec.
pub(super) fn entries(stock: &Stock, home: &Home, default: &BTreeSet<Region>, notes: &mut Vec<Note>) -> Guardrails {
    let mut made = Guardrails::default();
    let mut version_keys = Keys::default();
    let mut groups = groups(stock, home, notes);
    groups.sort_by_cached_key(|group| group.first().map(|first| key_of(&first.guardrail.model.name)));
    let marked = |group: &Vec<Member<'_>>| group.first().and_then(|first| first.guardrail.key.clone());
    let marks: Vec<Option<String>> =
        groups.iter().map(|group| marked(group).filter(|key| made.taken.take(key))).collect();
    for (group, mark) in groups.iter().zip(marks) {
        let Some(first) = group.first() else { continue };
        let ending = [&first.guardrail.place.region.as_ref().map(ToString::to_string), &account_of(first)];
        let ending = ending.into_iter().flatten().next().cloned().unwrap_or_default();
        let key = mark.unwrap_or_else(|| made.taken.of(&first.guardrail.model.name, &ending));
        for member in group {
            made.keys.insert(member.guardrail.id.clone(), key.clone());
        }
        made.entries.push(guardrail_entry(&key, group, home, default));
        versions(&key, group, &mut version_keys, &mut made, notes);
        if group.iter().any(|member| member.policy != first.policy) {
            let what =
                "its resource policy is not carried over: it differs between Regions, and one entry holds for all";
            notes.push(Note::lost(first.guardrail.id.as_str(), what));
        } else if let Some(policy) = &first.policy {
            if let Some(profile) = &first.guardrail.model.content.cross_region_profile {
                let what = format!("sharing it shares the profile {profile} too: apply adds what its policies lack");
                notes.push(Note::aside(first.guardrail.id.as_str(), what));
            }
            let named = policy.iter().cloned().map(|entry| named(entry, &key));
            let members = std::iter::once(Entry::new("guardrail", Value::text(key.as_str()))).chain(named);
            made.resource_policies.push(Entry::new(key.as_str(), Value::Map(members.collect())));
        }
    }
    made
}

fn account_of(member: &Member<'_>) -> Option<String> {
    member.guardrail.place.account.as_ref().map(ToString::to_string)
}

/// The guardrails that become one entry each.
fn groups<'s>(stock: &'s Stock, home: &Home, notes: &mut Vec<Note>) -> Vec<Vec<Member<'s>>> {
    let mut by_name: BTreeMap<(Option<&AccountId>, &str), Vec<&Guardrail>> = BTreeMap::new();
    for guardrail in &stock.guardrails {
        by_name.entry((guardrail.place.account.as_ref(), &guardrail.model.name)).or_default().push(guardrail);
    }
    let mut groups: Vec<Vec<Member<'s>>> = Vec::new();
    for ((_, name), guardrails) in by_name {
        let start = groups.len();
        for guardrail in &guardrails {
            let same = |other: &&&Guardrail| other.place == guardrail.place && other.id != guardrail.id;
            if let Some(other) = guardrails.iter().find(same) {
                let what = format!(
                    "not carried over: {} is called `{name}` too, and bedrail knows a guardrail by its name; rename one of them",
                    other.id
                );
                notes.push(Note::lost(guardrail.id.as_str(), what));
                continue;
            }
            let member = member(guardrail, stock, home);
            let but_key = |member: &Member<'s>| -> Vec<Entry> {
                member.members.iter().filter(|entry| entry.key != KEY).cloned().collect()
            };
            // One mark is one entry, whatever differs.
            let is_one = |other: &Member<'s>| match (&other.guardrail.key, &guardrail.key) {
                (Some(one), Some(other)) => one == other,
                (None, None) => but_key(other) == but_key(&member) && other.policy == member.policy,
                _ => false,
            };
            let fits = |group: &&mut Vec<Member<'s>>| {
                group.iter().all(|other| is_one(other) && other.guardrail.place.region != guardrail.place.region)
            };
            match groups[start..].iter_mut().find(fits) {
                Some(group) => group.push(member),
                None => groups.push(vec![member]),
            }
        }
    }
    groups
}

fn member<'s>(guardrail: &'s Guardrail, stock: &Stock, home: &Home) -> Member<'s> {
    let mut members = guardrail::written::entry("", &guardrail.model, guardrail.place.region.as_ref(), stock.spell);
    let region = guardrail.place.region.as_ref();
    if let Some(key) = members.iter_mut().find(|entry| entry.key == KEY)
        && let Some(spelled) = guardrail.model.kms_key_id.as_deref().and_then(|arn| multi_region(arn, region?))
    {
        key.value = spelled;
    }
    let account = guardrail.place.account.as_ref().or(home.account.as_ref());
    let partition = guardrail.place.region.as_ref().map_or_else(|| Partition::new("aws"), Partition::of);
    let policy = guardrail.policy.as_ref().map(|document| {
        let of = resource_policy::written::Of {
            key: SELF,
            arn: &guardrail.id,
            owner: account.map(|account| (&partition, account)),
            text: stock.of_document(),
        };
        resource_policy::written::entry(document, of, home.organization.as_ref())
    });
    Member { guardrail, members, policy }
}

/// A multi-Region key has one id in each of its Regions, so its ARN can be written for all of them.
fn multi_region(arn: &str, region: &Region) -> Option<Value> {
    let own = format!(":kms:{region}:");
    let fits = arn.contains(":key/mrk-") && arn.contains(&own);
    fits.then(|| Value::Spelled(arn.replacen(&own, ":kms:${region}:", 1)))
}

/// The same entry with the key where [`SELF`] stood.
fn named(mut entry: Entry, key: &str) -> Entry {
    entry.value = renamed(entry.value, key);
    entry
}

fn renamed(value: Value, key: &str) -> Value {
    match value {
        Value::Spelled(text) => {
            Value::Spelled(text.replace("${guardrail.self.arn}", &format!("${{guardrail.{key}.arn}}")))
        }
        Value::List(mut items) => {
            for item in &mut items {
                item.value = renamed(item.value.clone(), key);
            }
            Value::List(items)
        }
        Value::Map(entries) => Value::Map(entries.into_iter().map(|entry| named(entry, key)).collect()),
        Value::Inline(entries) => Value::Inline(entries.into_iter().map(|entry| named(entry, key)).collect()),
        other => other,
    }
}

fn guardrail_entry(key: &str, group: &[Member<'_>], home: &Home, default: &BTreeSet<Region>) -> Entry {
    let regions: BTreeSet<Region> = group.iter().filter_map(|member| member.guardrail.place.region.clone()).collect();
    let first = &group[0];
    let (mut members, overrides) = spread(group);
    members.retain(|entry| entry.key != "name" || first.guardrail.model.name != key);
    let after_name = members.iter().take_while(|entry| entry.key == "name").count();
    let mut places = Vec::new();
    if let Some(account) = first.guardrail.place.account.as_ref().filter(|account| Some(*account) != home.account()) {
        places.push(Entry { remark: home.name_of(account), ..Entry::new("account", Value::text(account.as_str())) });
    }
    if !regions.is_empty() && regions != *default {
        places.push(Entry::new("regions", list(&regions)));
    }
    members.splice(after_name..after_name, places);
    members.extend(overrides);
    let mut entry = Entry::new(key, Value::Map(members));
    for member in group {
        if !entry.comments.contains(&member.guardrail.said) {
            entry = entry.said(member.guardrail.said.as_str());
        }
        if member.guardrail.model.failed {
            entry = entry.said("Its last change FAILED; apply writes it again.");
        }
    }
    entry
}

/// What the Regions of an entry have in common, and what differs.
fn spread(group: &[Member<'_>]) -> (Vec<Entry>, Option<Entry>) {
    let mut keys: Vec<&str> = Vec::new();
    for entry in group.iter().flat_map(|member| &member.members) {
        if !keys.contains(&entry.key.as_str()) {
            keys.push(&entry.key);
        }
    }
    let mut common = Vec::new();
    let mut overrides: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
    for key in keys {
        let of = |member: &Member<'_>| member.members.iter().find(|entry| entry.key == key).cloned();
        let found: Vec<Option<Entry>> = group.iter().map(of).collect();
        let first = found.first().cloned().flatten();
        let is_block = |entry: &Entry| matches!(entry.value, Value::Map(_) | Value::Inline(_) | Value::List(_));
        // An override is laid over what is common, so a map that differs is said for each Region.
        let laid = found.iter().all(Option::is_some) && !first.as_ref().is_some_and(is_block);
        let same = found.iter().all(|entry| *entry == first);
        if same || laid {
            common.extend(first.clone());
        }
        for (member, entry) in group.iter().zip(found) {
            if let (Some(entry), Some(region)) = (entry, &member.guardrail.place.region)
                && !same
                && !(laid && Some(&entry) == first.as_ref())
            {
                overrides.entry(region.as_str()).or_default().push(entry);
            }
        }
    }
    let inline = |entries: Vec<Entry>| match entries.as_slice() {
        [one] if one.key == KEY => Value::Inline(entries),
        _ => Value::Map(entries),
    };
    let overrides: Vec<Entry> =
        overrides.into_iter().map(|(region, entries)| Entry::new(region, inline(entries))).collect();
    (common, (!overrides.is_empty()).then(|| Entry::new("region_overrides", Value::Map(overrides))))
}

pub(super) fn list(regions: &BTreeSet<Region>) -> Value {
    Value::list(regions.iter().map(|region| Value::text(region.as_str())))
}

/// A release: the versions of several Regions that hold the same.
struct Shared<'s> {
    versions: Vec<(Option<&'s Region>, &'s Version)>,
}

fn versions(key: &str, group: &[Member<'_>], keys: &mut Keys, made: &mut Guardrails, notes: &mut Vec<Note>) {
    let mut releases: Vec<Shared<'_>> = Vec::new();
    for member in group {
        let region = member.guardrail.place.region.as_ref();
        let draft = member.guardrail.model.content.digest();
        for version in &member.guardrail.versions {
            if matches!(version.release, Release::Implicit(_)) && version.content.as_ref() == Some(&draft) {
                made.of_version.insert(version.id.clone(), (key.to_owned(), None));
                continue;
            }
            let same = |release: &&mut Shared<'_>| {
                release.versions.iter().all(|(other, known)| *other != region && is_same(known, version))
            };
            match releases.iter_mut().find(same) {
                Some(release) => release.versions.push((region, version)),
                None => releases.push(Shared { versions: vec![(region, version)] }),
            }
        }
    }
    let mut named: BTreeSet<String> = BTreeSet::new();
    for release in releases {
        let Some((_, first)) = release.versions.first() else { continue };
        let (version_key, numbers) = match &first.release {
            Release::Named(name) => {
                let is_key = named.insert(name.clone()) && can_be_key(name) && keys.take(name);
                let own = if is_key { name.clone() } else { keys.of(&format!("{key}-{name}"), "") };
                if !is_key {
                    notes.push(Note::aside(first.id.as_str(), format!("is called `{own}` here")));
                }
                (own, false)
            }
            Release::Numbered(number) | Release::Implicit(number) => (keys.of(&format!("{key}-v{number}"), ""), true),
        };
        for (_, version) in &release.versions {
            made.of_version.insert(version.id.clone(), (key.to_owned(), Some(version_key.clone())));
        }
        made.versions.push(version_entry(key, version_key, numbers, &release));
    }
}

/// Whether a version may have this key: it holds a letter and has no meaning of its own.
fn can_be_key(name: &str) -> bool {
    name.chars().any(char::is_alphabetic) && !["any", "current", "draft"].contains(&name)
}

fn is_same(one: &Version, other: &Version) -> bool {
    match (&one.release, &other.release) {
        (Release::Named(one), Release::Named(other)) => one == other,
        (Release::Named(_), _) | (_, Release::Named(_)) => false,
        _ => one.content.is_some() && one.content == other.content,
    }
}

fn version_entry(guardrail: &str, key: String, by_number: bool, release: &Shared<'_>) -> Entry {
    let mut members = vec![Entry::new("guardrail", Value::text(guardrail))];
    let descriptions: BTreeSet<&str> =
        release.versions.iter().filter_map(|(_, version)| version.description.as_deref()).collect();
    let mut entry = Entry::new(key, Value::Map(Vec::new()));
    if by_number {
        let number = |(region, version): &(Option<&Region>, &Version)| match version.release {
            Release::Numbered(number) | Release::Implicit(number) => {
                Some(Entry::new(region.as_ref()?.as_str(), Value::text(number.to_string())))
            }
            Release::Named(_) => None,
        };
        let numbers = release.versions.iter().filter_map(number).collect();
        members.push(Entry::new("numbers", Value::Inline(numbers)));
        entry.comments.extend(descriptions.into_iter().map(str::to_owned));
    } else if let Some(description) = descriptions.first().filter(|text| text.chars().count() <= 120) {
        members.push(Entry::new("description", Value::text(*description)));
    }
    entry.value = Value::Inline(members);
    entry
}

/// The accounts of entries that hold in several places; see [`accounts`].
pub(super) type Spread = BTreeMap<BTreeSet<Option<Region>>, BTreeSet<Option<AccountId>>>;

/// The members that say where an entry holds.
pub(super) fn places(
    regions: &BTreeSet<Option<Region>>,
    of: &BTreeSet<Option<AccountId>>,
    home: &Home,
    default: &BTreeSet<Region>,
) -> Vec<Entry> {
    let mut members = Vec::new();
    members.extend(accounts(of, home).map(|list| Entry::new("accounts", list)));
    let regions: BTreeSet<Region> = regions.iter().flatten().cloned().collect();
    if !regions.is_empty() && regions != *default {
        members.push(Entry::new("regions", list(&regions)));
    }
    members
}
