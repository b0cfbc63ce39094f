//! What a document enforces, Region by Region, as far as its text alone tells; and which way a change of it goes.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{ASSIGN, CHILD_OPERATORS, Configuration, spelled};
use crate::kinds::Contents;
use crate::kinds::account_enforcement::{Guarding, ModelEnforcement, Protection, SelectiveContentGuarding};
use crate::model::{Direction, Document, FieldDiff, Form, Ref, RemoteId, Segment, Template};

/// Where a configuration stands: its Region, and its name there.
pub(crate) type Place = (String, String);

/// The configurations of a document, each with what it enforces; `None` for one that this does not tell, since its
/// operators work on what stands further up.
pub(crate) fn configurations(document: &Document) -> BTreeMap<Place, Option<Configuration>> {
    let regions = document.get("bedrock").and_then(|bedrock| bedrock.get("guardrail_inference"));
    let below = |document: &Document| -> Vec<(String, Document)> {
        let Document::Map(entries) = document else { return Vec::new() };
        entries.iter().filter(|(key, _)| !key.starts_with("@@")).map(|(key, of)| (key.clone(), of.clone())).collect()
    };
    let regions = regions.map(below).unwrap_or_default();
    let places = regions.iter().flat_map(|(region, configurations)| {
        below(configurations)
            .into_iter()
            .map(move |(name, elements)| ((region.clone(), name), configuration(&elements)))
    });
    places.collect()
}

fn configuration(elements: &Document) -> Option<Configuration> {
    let elements = Elements::of(elements, &["identifier", "selective_content_guarding", "model_enforcement"])?;
    let default = ModelEnforcement::default();
    let guarding = match elements.get("selective_content_guarding") {
        None => SelectiveContentGuarding::default(),
        Some(members) => {
            let members = Elements::of(members, &["system", "messages"])?;
            let of = |member: &str| match members.get(member) {
                None => Some(Guarding::Comprehensive),
                Some(value) => {
                    let word = assigned(value)?.as_text()?;
                    Guarding::ALL.iter().copied().find(|guarding| spelled(*guarding) == word)
                }
            };
            SelectiveContentGuarding { system: of("system")?, messages: of("messages")? }
        }
    };
    let models = match elements.get("model_enforcement") {
        None => default,
        Some(lists) => {
            let lists = Elements::of(lists, &["included_models", "excluded_models"])?;
            let of = |list: &str, default: BTreeSet<String>| match lists.get(list) {
                None => Some(default),
                Some(value) => texts(assigned(value)?),
            };
            ModelEnforcement {
                included_models: of("included_models", default.included_models)?,
                excluded_models: of("excluded_models", default.excluded_models)?,
            }
        }
    };
    Some(Configuration { version: version(assigned(elements.get("identifier")?)?)?, guarding, models })
}

/// The elements of an object in which nothing else stands than these keys and a lock, which enforces nothing.
struct Elements<'a>(&'a BTreeMap<String, Document>);

impl<'a> Elements<'a> {
    fn of(document: &'a Document, known: &[&str]) -> Option<Self> {
        let Document::Map(entries) = document else { return None };
        entries.keys().all(|key| key == CHILD_OPERATORS || known.contains(&key.as_str())).then_some(Self(entries))
    }

    fn get(&self, key: &str) -> Option<&'a Document> {
        self.0.get(key)
    }
}

/// The value of an element that sets one, and does nothing else.
fn assigned(element: &Document) -> Option<&Document> {
    Elements::of(element, &[ASSIGN])?.get(ASSIGN)
}

fn texts(list: &Document) -> Option<BTreeSet<String>> {
    let Document::List(items) = list else { return None };
    items.iter().map(|item| item.as_text().map(str::to_owned)).collect()
}

fn version(identifier: &Document) -> Option<Ref> {
    let Document::Text(Template(segments)) = identifier else { return None };
    match segments.as_slice() {
        [Segment::Id(version, Form::Whole)] => Some(version.clone()),
        [Segment::Text(id)] => Some(Ref::Foreign(RemoteId::new(id.as_str()))),
        _ => None,
    }
}

/// Gives each field of a document that changes its direction by what the texts enforce in each Region, as if the policy
/// reached somebody and nothing else did.
pub(super) fn judge(have: &Document, want: &Document, fields: &mut [FieldDiff], contents: &dyn Contents) {
    let (have, want) = (configurations(have), configurations(want));
    let places: BTreeSet<&Place> = have.keys().chain(want.keys()).collect();
    let mut judged: BTreeMap<String, FieldDiff> = BTreeMap::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for place in places {
        let (have, want) = (have.get(place), want.get(place));
        if matches!(have, Some(None)) || matches!(want, Some(None)) {
            continue;
        }
        let (have, want) = (have.and_then(Option::as_ref), want.and_then(Option::as_ref));
        let have = have.map(|have| have.protection(contents.have(&have.version)));
        let want = want.map(|want| want.protection(contents.want(&want.version)));
        let at = format!("document.bedrock.guardrail_inference.{}.{}.", place.0, place.1);
        for field in Protection::compare(have.as_ref(), want.as_ref()) {
            let element = if field.path == "version" { "identifier" } else { field.path.as_str() };
            judged.insert(format!("{at}{element}.{ASSIGN}"), field);
        }
        told.insert(at);
    }
    for field in fields.iter_mut().filter(|field| field.path.starts_with("document.")) {
        let settles_nothing = field.path.split('.').any(|segment| segment == CHILD_OPERATORS)
            || told.iter().any(|at| field.path.starts_with(at.as_str()));
        match judged.get(&field.path) {
            Some(found) => field.judged_as(found),
            None if settles_nothing => {}
            None => {
                field.direction = Direction::Unranked;
                field.why = Some("what it does depends on the policies further up".to_owned());
            }
        }
    }
}

impl Configuration {
    /// What calls meet under it, where its version holds `content`.
    pub fn protection<'a>(&'a self, content: Result<&'a crate::kinds::guardrail::Content, String>) -> Protection<'a> {
        let Self { version, guarding, models } = self;
        Protection { version, content, guarding, models }
    }
}

#[cfg(test)]
mod tests;
