//! What AWS answered, as stock.

use std::collections::BTreeMap;

use super::notes::Note;
use super::stock::{Enforcement, Guardrail, Logging, Place, Policy, Release, Stock, Version};
use crate::kinds::guardrail::Content;
use crate::kinds::{Model, org_policy};
use crate::model::{Document, Evidence, Marker, Owner, Raw, Readings, RemoteId, Scope, owner_of};

/// Everything that was read and that a spec of the stack `stack` can declare.
pub fn stock(readings: Readings, stack: &str) -> Stock {
    let Readings { items, unread, contents, .. } = readings;
    let mut pass = Pass { stack, stock: Stock::default(), contents };
    for unread in &unread {
        let id = unread.id.as_ref().map_or_else(|| unread.scope.to_string(), ToString::to_string);
        pass.stock.notes.push(Note::lost(id, format!("{} could not be read: {}", unread.kind, unread.why)));
    }
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
                let Ok(key) = pass.own(&item) else { continue };
                let mut versions = versions.remove(&item.id).unwrap_or_default();
                versions.sort_by_key(number);
                let policy = policies.remove(&item.id);
                let (place, said, id) = (place(&item.scope), said(&item), item.id.to_string());
                pass.stock.guardrails.push(Guardrail { place, id, said, key, model, versions, policy });
            }
            Some(Model::AccountEnforcement(model)) => pass.stock.enforcements.push(Enforcement {
                place: place(&item.scope),
                said: format!("{} of {}", item.id, item.scope),
                version: model.version.to_string(),
                guarding: model.selective_content_guarding,
                models: model.model_enforcement,
            }),
            Some(Model::InvocationLogging(model)) => {
                let said = format!("the logging of {}", item.scope);
                pass.stock.logging.push(Logging { place: place(&item.scope), said, model });
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
}

/// Something that belongs to others, or to nobody knows whom.
struct NotOurs;

impl Pass<'_> {
    /// The key that the mark of this stack gives it, if it has one.
    ///
    /// # Errors
    /// It is not to be taken over, which is noted.
    fn own(&mut self, item: &Raw) -> Result<Option<String>, NotOurs> {
        let Evidence::Tags(tags) = &item.evidence else {
            if let Evidence::Unseen(why) = &item.evidence {
                self.stock.notes.push(Note::lost(item.id.to_string(), format!("its tags could not be read: {why}")));
            }
            return Err(NotOurs);
        };
        match owner_of(tags, self.stack) {
            (Owner::Other(stack), _) => {
                let what = format!("`{}` belongs to the stack `{stack}`, and is left to it", item.name);
                self.stock.notes.push(Note::aside(item.id.to_string(), what));
                Err(NotOurs)
            }
            (Owner::Ours, key) => Ok(key),
            _ => Ok(None),
        }
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

fn place(scope: &Scope) -> Place {
    Place { account: Some(scope.account.clone()), region: scope.region.clone() }
}

fn said(item: &Raw) -> String {
    match &item.changed_at {
        Some(at) => format!("{}, changed {at}", item.id),
        None => item.id.to_string(),
    }
}
