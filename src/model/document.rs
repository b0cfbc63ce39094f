//! Policy documents: JSON whose strings may hold references to what AWS has yet to name.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use super::address::Address;
use super::names::Names;
use super::reference::{Ref, RemoteId};
use super::scope::Scope;
use crate::kinds::Kind;

/// A policy document in normal form. Its lists are sets: AWS gives no meaning to the order of any list in the policies
/// that bedrail writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string, possibly with references inside.
    Text(Template),
    /// A list, read as a set.
    List(Vec<Document>),
    /// An object.
    Map(BTreeMap<String, Document>),
}

/// A string with references inside.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Template(pub Vec<Segment>);

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text as it is.
    Text(String),
    /// The id of something else, in one of its forms.
    Id(Ref, Form),
}

/// How an id is written into a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The id as it is: an ARN, or `ARN:number` for a version.
    Whole,
    /// What stands behind the last `/`: the bare id of a guardrail.
    Bare,
}

impl Form {
    fn of(self, id: &RemoteId) -> &str {
        match self {
            Self::Whole => id.as_str(),
            Self::Bare => id.as_str().rsplit('/').next().unwrap_or_default(),
        }
    }
}

impl Template {
    /// A string without references.
    pub fn text(text: impl Into<String>) -> Self {
        Self(vec![Segment::Text(text.into())])
    }

    /// A string that is just one whole id. A foreign one is text as AWS has it.
    pub fn id(id: Ref) -> Self {
        Self(vec![match id {
            Ref::Foreign(id) => Segment::Text(id.as_str().to_owned()),
            id @ Ref::To(_) => Segment::Id(id, Form::Whole),
        }])
    }

    /// Every text that this string may stand for now: one for each combination of the ids that its references have.
    /// None while one of them has no id yet.
    fn renderings(&self, names: &Names) -> Vec<String> {
        let mut all = vec![String::new()];
        for segment in &self.0 {
            let pieces: Vec<String> = match segment {
                Segment::Text(text) => vec![text.clone()],
                Segment::Id(Ref::Foreign(id), form) => vec![form.of(id).to_owned()],
                Segment::Id(Ref::To(address), form) => names.ids(address).map(|id| form.of(id).to_owned()).collect(),
            };
            all = all.iter().flat_map(|head| pieces.iter().map(move |piece| format!("{head}{piece}"))).collect();
        }
        all
    }
}

impl Document {
    /// A string without references.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Template::text(text))
    }

    /// A map of these entries.
    pub fn map<const N: usize>(entries: [(&str, Self); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// A list of these items, in the order in which two equal sets are equal lists.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let mut items: Vec<Self> = items.into_iter().collect();
        items.sort_by_cached_key(|item| serde_json::to_string(item).unwrap_or_default());
        Self::List(items)
    }

    /// The value of a key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The string, if this is one without references.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(Template(segments)) => match segments.as_slice() {
                [] => Some(""),
                [Segment::Text(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The addresses to which the document points.
    pub fn references(&self) -> Vec<Address> {
        let mut found = Vec::new();
        self.visit(&mut |template| {
            found.extend(template.0.iter().filter_map(|segment| match segment {
                Segment::Id(Ref::To(address), _) => Some(address.clone()),
                Segment::Id(Ref::Foreign(_), _) | Segment::Text(_) => None,
            }));
        });
        found
    }

    /// Every string without references, keys left out.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        let mut found = Vec::new();
        self.visit(&mut |template| {
            if let [Segment::Text(text)] = template.0.as_slice() {
                found.push(text.clone());
            }
        });
        found.into_iter()
    }

    fn visit(&self, see: &mut impl FnMut(&Template)) {
        match self {
            Self::Text(template) => see(template),
            Self::List(items) => items.iter().for_each(|item| item.visit(see)),
            Self::Map(entries) => entries.values().for_each(|value| value.visit(see)),
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }

    /// The JSON that is sent, every reference replaced by the id that `id_of` knows.
    ///
    /// # Errors
    /// The first address that has no id.
    pub fn render<'a>(&self, id_of: &impl Fn(&Address) -> Option<&'a RemoteId>) -> Result<Value, Address> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(template) => {
                let mut text = String::new();
                for segment in &template.0 {
                    match segment {
                        Segment::Text(piece) => text.push_str(piece),
                        Segment::Id(Ref::Foreign(id), form) => text.push_str(form.of(id)),
                        Segment::Id(Ref::To(address), form) => {
                            text.push_str(form.of(id_of(address).ok_or_else(|| address.clone())?));
                        }
                    }
                }
                Value::String(text)
            }
            Self::List(items) => Value::Array(items.iter().map(|item| item.render(id_of)).collect::<Result<_, _>>()?),
            Self::Map(entries) => {
                let render = |(key, value): (&String, &Self)| Ok((key.clone(), value.render(id_of)?));
                Value::Object(entries.iter().map(render).collect::<Result<_, Address>>()?)
            }
        })
    }

    /// How many characters the document has as minified JSON at least: references count as the shortest ids that AWS
    /// gives.
    pub fn least_length(&self) -> usize {
        let shortest = |address: &Address| {
            let Scope { account, .. } = &address.scope;
            let number = if address.kind == Kind::GuardrailVersion { ":1" } else { "" };
            let region = address.scope.region_name();
            RemoteId::new(format!("arn:aws:bedrock:{region}:{account}:guardrail/aaaaaaaaaaaa{number}"))
        };
        let ids: BTreeMap<Address, RemoteId> =
            self.references().into_iter().map(|address| (address.clone(), shortest(&address))).collect();
        self.render(&|address| ids.get(address)).map_or(0, |json| json.to_string().chars().count())
    }

    /// Brings a document as read from AWS into the words of the one that is wanted: where an id that stands there is one
    /// that a wanted reference may stand for, the reference takes its place, and lists take the wanted order. What
    /// remains different is different in meaning.
    pub fn align(&mut self, want: &Self, names: &Names) {
        match (&mut *self, want) {
            (Self::Text(have), Self::Text(wanted)) => {
                if let [Segment::Text(text)] = have.0.as_slice()
                    && wanted.renderings(names).contains(text)
                {
                    *have = wanted.clone();
                }
            }
            (Self::Map(have), Self::Map(wanted)) => {
                for (key, value) in have {
                    if let Some(other) = wanted.get(key) {
                        value.align(other, names);
                    }
                }
            }
            (Self::List(have), Self::List(wanted)) => {
                let mut rest = std::mem::take(have);
                let mut missing = Vec::new();
                for item in wanted {
                    let same = rest.iter().position(|candidate| {
                        let mut candidate = candidate.clone();
                        candidate.align(item, names);
                        candidate == *item
                    });
                    if let Some(at) = same {
                        rest.remove(at);
                        have.push(item.clone());
                    } else {
                        missing.push(item);
                    }
                }
                // What differs may still hold ids that a wanted item speaks of by reference.
                for candidate in &mut rest {
                    for item in &missing {
                        candidate.align(item, names);
                    }
                }
                have.extend(rest);
            }
            _ => {}
        }
    }

    /// Replaces the ids that still stand in the text by the addresses that carry them, so that a diff speaks of names.
    /// What already is as wanted stays: a spec may spell an id that has an address.
    pub fn name(&mut self, want: Option<&Self>, names: &Names) {
        if want.is_some_and(|want| want == self) {
            return;
        }
        match self {
            Self::Text(template) => {
                if let [Segment::Text(text)] = template.0.as_slice()
                    && let Some(address) = names.address(&RemoteId::new(text.as_str()))
                {
                    *template = Template::id(Ref::To(address.clone()));
                }
            }
            Self::List(items) => {
                let wanted = match want {
                    Some(Self::List(wanted)) => wanted.as_slice(),
                    _ => &[],
                };
                let mut missing = wanted.iter().filter(|item| !items.contains(item)).collect::<Vec<_>>().into_iter();
                for item in items.iter_mut().filter(|item| !wanted.contains(item)) {
                    item.name(missing.next(), names);
                }
            }
            Self::Map(entries) => {
                for (key, value) in entries {
                    value.name(want.and_then(|want| want.get(key)), names);
                }
            }
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}

/// JSON as read from AWS: text without references, lists sorted.
impl From<Value> for Document {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::list(items.into_iter().map(Self::from)),
            Value::Object(entries) => {
                Self::Map(entries.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
        }
    }
}

/// A reference is written as `${address}`, which no AWS document can hold by accident.
impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(template) => {
                let piece = |segment: &Segment| match segment {
                    Segment::Text(text) => text.clone(),
                    Segment::Id(id, Form::Whole) => format!("${{{id}}}"),
                    Segment::Id(id, Form::Bare) => format!("${{{id}.id}}"),
                };
                serializer.serialize_str(&template.0.iter().map(piece).collect::<String>())
            }
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => serializer.collect_map(entries),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn version() -> Address {
        "guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de".parse().expect("an address")
    }

    #[test]
    fn any_id_that_serves_a_reference_is_that_reference() {
        let want = Document::map([("identifier", Document::Text(Template::id(Ref::To(version()))))]);
        let mut names = Names::default();
        names.serve(version(), RemoteId::new("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:3"));
        names.serve(version(), RemoteId::new("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:4"));
        for number in [3, 4] {
            let arn = format!("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:{number}");
            let mut have = Document::from(json!({ "identifier": arn }));
            have.align(&want, &names);
            assert_eq!(have, want);
        }
        let mut have = Document::from(json!({"identifier": "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:5"}));
        have.align(&want, &names);
        assert_ne!(have, want);
    }

    #[test]
    fn lists_are_sets() {
        let want = Document::from(json!({"models": ["b", "a"]}));
        let mut have = Document::List(vec![Document::text("b"), Document::text("a")]);
        have.align(&Document::List(vec![Document::text("a"), Document::text("b")]), &Names::default());
        assert_eq!(Document::map([("models", have)]), want);
    }

    #[test]
    fn an_id_that_the_spec_spells_is_not_renamed() {
        let mut names = Names::default();
        names.serve(version(), RemoteId::new("arn:x:4"));
        let want = Document::from(json!({"Statement": [{"Resource": "arn:x:4"}], "b": "arn:x:5"}));
        let mut have = Document::from(json!({"Statement": [{"Resource": "arn:x:4"}], "b": "arn:x:4"}));
        have.align(&want, &names);
        have.name(Some(&want), &names);
        assert_eq!(have.get("Statement"), want.get("Statement"));
        assert_eq!(have.get("b"), Some(&Document::Text(Template::id(Ref::To(version())))));
    }

    #[test]
    fn a_reference_without_an_id_cannot_be_rendered() {
        let document = Document::Text(Template::id(Ref::To(version())));
        assert_eq!(document.render(&|_| None), Err(version()));
        let id = RemoteId::new("arn:x:4");
        assert_eq!(document.render(&|_| Some(&id)), Ok(json!("arn:x:4")));
    }
}
