//! What AWS answered, as stock.

use std::collections::BTreeMap;

use super::notes::Note;
use super::stock::{Enforcement, Guardrail, Logging, Place, Policy, Release, Stock, Version};
use crate::kinds::guardrail::Content;
use crate::kinds::guardrail_version::guardrail_of;
use crate::kinds::{Kind, Model, account_enforcement, org_policy};
use crate::model::{Document, Evidence, Marker, Owner, Raw, Readings, RemoteId, Unread};

/// Everything that was read and that a spec of the stack `stack` can declare.
pub fn stock(readings: Readings, stack: &str) -> Stock {
    let Readings { items, unread, contents, .. } = readings;
    let mut pass = Pass { stack, stock: Stock::default(), contents, owners: owners(&items, &unread, stack), unread };
    pass.stock.notes.extend(unread_notes(&pass.unread));
    let mut policies: BTreeMap<RemoteId, Document> = BTreeMap::new();
    let mut targets: BTreeMap<RemoteId, Vec<String>> = BTreeMap::new();
    let mut versions: BTreeMap<RemoteId, Vec<Version>> = BTreeMap::new();
    for item in &items {
        match (&item.model, &item.evidence) {
            (Some(Model::ResourcePolicy(model)), Evidence::Of(guardrail)) => {
                policies.insert(guardrail.clone(), model.document.clone());
            }
            (Some(Model::OrgPolicyAttachment(model)), Evidence::Of(policy)) => {
                targets.entry(policy.clone()).or_default().push(model.target.clone());
            }
            (model, Evidence::Version { of, marker }) => {
                let version = pass.version(item, model.as_ref(), marker.as_ref());
                versions.entry(of.clone()).or_default().extend(version);
            }
            _ => {}
        }
    }
    for item in items {
        match item.model.clone() {
            Some(Model::Guardrail(model)) => {
                if let Some(of) = item.candidate(pass.stack) {
                    let what =
                        format!("a candidate with which `apply --require-tests` tests `{of}`, and no part of a spec");
                    pass.stock.notes.push(Note::aside(item.id.to_string(), what));
                    continue;
                }
                let Ok(key) = pass.own(&item) else { continue };
                let mut versions = versions.remove(&item.id).unwrap_or_default();
                versions.sort_by_key(number);
                let policy = policies.remove(&item.id);
                let (place, said, id) = (Place::of(&item.scope), said(&item), item.id.to_string());
                pass.stock.guardrails.push(Guardrail { place, id, said, key, model, versions, policy });
            }
            Some(Model::AccountEnforcement(model)) => pass.enforcement(&item, model),
            Some(Model::InvocationLogging(model)) => {
                let said = format!("the logging of {}", item.scope);
                pass.stock.logging.push(Logging { place: Place::of(&item.scope), said, model });
            }
            Some(Model::OrgPolicy(model)) => pass.policy(&item, model, targets.remove(&item.id)),
            _ => {}
        }
    }
    pass.stock.guardrails.sort_by(|one, other| (&one.model.name, &one.place).cmp(&(&other.model.name, &other.place)));
    pass.stock.policies.sort_by(|one, other| one.model.name.cmp(&other.model.name));
    pass.stock
}

struct Pass<'a> {
    stack: &'a str,
    stock: Stock,
    contents: BTreeMap<RemoteId, Result<Content, String>>,
    /// Whose each guardrail is that was seen, by ARN.
    owners: BTreeMap<RemoteId, Owner>,
    unread: Vec<Unread>,
}

/// Whose each guardrail is, as far as that was seen.
fn owners(items: &[Raw], unread: &[Unread], stack: &str) -> BTreeMap<RemoteId, Owner> {
    let seen = items.iter().filter(|item| item.kind == Kind::Guardrail);
    let seen = seen.map(|item| (item.id.clone(), item.owner(stack).0));
    let unseen = unread.iter().filter(|unread| unread.kind == Kind::Guardrail);
    let unseen = unseen.filter_map(|unread| Some((unread.id.clone()?, Owner::Unseen(unread.why.clone()))));
    unseen.chain(seen).collect()
}

/// What could not be read; a place that refuses everything for one reason is told once.
fn unread_notes(unread: &[Unread]) -> Vec<Note> {
    let mut kinds: BTreeMap<(String, &str), Vec<&str>> = BTreeMap::new();
    for one in unread {
        let id = one.id.as_ref().map_or_else(|| one.scope.to_string(), ToString::to_string);
        // The request id differs from call to call.
        let why = one.why.split_once(" (request ").map_or(one.why.as_str(), |(why, _)| why);
        kinds.entry((id, why)).or_default().push(one.kind.word());
    }
    let note = |((at, why), kinds): ((String, &str), Vec<&str>)| {
        Note::lost(at, format!("{} could not be read: {why}", kinds.join(", ")))
    };
    kinds.into_iter().map(note).collect()
}

/// Something that belongs to others, or to nobody knows whom.
struct NotOurs;

impl Pass<'_> {
    /// The key that the mark of this stack gives it, if it has one.
    ///
    /// # Errors
    /// It is not to be taken over, which is noted.
    fn own(&mut self, item: &Raw) -> Result<Option<String>, NotOurs> {
        match item.owner(self.stack) {
            (Owner::Other(stack), _) => {
                let what = format!("`{}` belongs to the stack `{stack}`, and is left to it", item.name);
                self.stock.notes.push(Note::aside(item.id.to_string(), what));
                Err(NotOurs)
            }
            (Owner::Unseen(why), _) => {
                self.stock.notes.push(Note::lost(item.id.to_string(), format!("its tags could not be read: {why}")));
                Err(NotOurs)
            }
            (Owner::Ours, key) => Ok(key),
            (Owner::Unmarked, _) => Ok(None),
        }
    }

    /// It carries no mark: whose it is, is told by the guardrail that it enforces.
    fn enforcement(&mut self, item: &Raw, model: account_enforcement::Model) {
        let version = RemoteId::new(model.version.to_string());
        let said = format!("{} of {}", item.id, item.scope);
        match guardrail_of(&version).map(|guardrail| (self.owner(&guardrail), guardrail)) {
            Some((Some(Owner::Other(stack)), guardrail)) => {
                let what =
                    format!("not carried over: it enforces {guardrail} of the stack `{stack}`, and is left to it");
                return self.stock.notes.push(Note::aside(said, what));
            }
            Some((Some(Owner::Unseen(why)), guardrail)) => {
                let what =
                    format!("not carried over: it enforces {guardrail}, and whose that is could not be read: {why}");
                return self.stock.notes.push(Note::lost(said, what));
            }
            Some((None, guardrail)) => {
                let what = format!(
                    "it enforces {guardrail}, which is not among what was read: leave it out of the spec if another stack declares it"
                );
                self.stock.notes.push(Note::aside(said.as_str(), what));
            }
            Some((Some(Owner::Ours | Owner::Unmarked), _)) | None => {}
        }
        self.stock.enforcements.push(Enforcement {
            place: Place::of(&item.scope),
            said,
            version: version.to_string(),
            guarding: model.selective_content_guarding,
            models: model.model_enforcement,
        });
    }

    /// Whose a guardrail is; `None` where nobody looked, or it is not there.
    fn owner(&self, guardrail: &RemoteId) -> Option<Owner> {
        let place = Place::of_arn(guardrail.as_str());
        let hidden = |unread: &&Unread| {
            unread.kind == Kind::Guardrail && unread.id.is_none() && Place::of(&unread.scope) == place
        };
        let unseen = || Some(Owner::Unseen(self.unread.iter().find(hidden)?.why.clone()));
        self.owners.get(guardrail).cloned().or_else(unseen)
    }

    fn version(&self, item: &Raw, model: Option<&Model>, marker: Option<&Marker>) -> Option<Version> {
        let number: u32 = item.name.parse().ok()?;
        let description = match model {
            Some(Model::GuardrailVersion(model)) => model.description.clone(),
            _ => None,
        };
        let content = match self.contents.get(&item.id) {
            Some(Ok(content)) => Some(content.digest()),
            _ => None,
        };
        let release = match marker.map(|marker| marker.key.clone()) {
            None => Release::Numbered(number),
            Some(Some(key)) => Release::Named(key),
            Some(None) => Release::Implicit(number),
        };
        Some(Version { id: item.id.to_string(), release, content, description })
    }

    fn policy(&mut self, item: &Raw, model: org_policy::Model, targets: Option<Vec<String>>) {
        // Other service control policies are nobody's business here.
        if !model.policy_type.merges() && !org_policy::written::is_about_bedrock(&model) {
            return;
        }
        let Ok(key) = self.own(item) else { return };
        let mut targets = targets.unwrap_or_default();
        targets.sort();
        let said = format!("{} of {}", item.id, item.scope.account);
        self.stock.policies.push(Policy { id: item.id.to_string(), said, key, model, targets });
    }
}

fn number(version: &Version) -> u64 {
    version.id.rsplit(':').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn said(item: &Raw) -> String {
    match &item.changed_at {
        Some(at) => format!("{}, changed {at}", item.id),
        None => item.id.to_string(),
    }
}
