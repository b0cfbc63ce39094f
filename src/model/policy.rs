//! Policy documents of AWS, in which one value and a list of it say the same.

use super::document::Document;

/// What a policy language takes for granted.
#[derive(Clone, Copy, Debug)]
pub struct PolicyLanguage {
    /// Condition keys in their usual letter case; AWS takes them in any.
    pub keys: &'static [&'static str],
    /// The members that usually are lists, whatever stands in them.
    pub lists: &'static [&'static str],
}

impl PolicyLanguage {
    /// A document in normal form: what usually is a list is one, and what usually is one value is no list. Lists are sorted
    /// sets, and condition keys have their usual letter case.
    #[must_use]
    pub fn normal(self, document: Document) -> Document {
        match document {
            Document::List(items) => {
                let items = items.into_iter().map(|item| self.normal(item));
                let Document::List(mut items) = Document::list(items) else { return Document::Null };
                items.dedup();
                if let [Document::Text(_)] = items.as_slice() { items.swap_remove(0) } else { Document::List(items) }
            }
            Document::Map(entries) => {
                let inside = |(key, value): (String, Document)| {
                    let usual = self.keys.iter().find(|usual| key.eq_ignore_ascii_case(usual));
                    let key = usual.map_or(key, |usual| (*usual).to_owned());
                    let value = match self.normal(value) {
                        value @ Document::List(_) => value,
                        value if self.lists.contains(&key.as_str()) => Document::List(vec![value]),
                        value => value,
                    };
                    (key, value)
                };
                Document::Map(entries.into_iter().map(inside).collect())
            }
            leaf => leaf,
        }
    }
}

/// A value, or the values of a list.
pub fn items(value: Option<&Document>) -> &[Document] {
    match value {
        None => &[],
        Some(Document::List(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}
