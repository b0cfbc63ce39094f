//! The marks by which a resource in AWS is known to be ours: tags, and a marker in the description of what takes no tags.

use std::collections::BTreeMap;

use serde::Serialize;

use super::digest::Digest;
use super::field::FieldDiff;

/// The tags of a resource by key.
pub type Tags = BTreeMap<String, String>;

/// A key and its value.
type Tag<'a> = (&'a String, &'a String);

/// Names the stack that owns a resource.
pub const STACK_TAG: &str = "bedrail:stack";
/// Names the spec entry that declares a resource.
pub const NAME_TAG: &str = "bedrail:name";
/// Marks what `prevent_destroy` protects; lifting it and deleting are two applies.
pub const PROTECTED_TAG: &str = "bedrail:protected";

/// Marks a guardrail that is there to be tested only, and names the entry whose content it holds. It stands in place of [`NAME_TAG`].
pub const CANDIDATE_TAG: &str = "bedrail:candidate";
/// How AWS's names of such guardrails begin.
pub const CANDIDATE_PREFIX: &str = "bedrail-candidate-";

/// Whose a resource is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Owner {
    /// It carries this stack's mark.
    Ours,
    /// It carries the mark of another stack.
    Other(String),
    /// It carries no mark.
    Unmarked,
    /// Its marks could not be read, for this reason.
    Unseen(String),
}

/// What changes of tags: those that are set, with their values, and the keys of those that go. `fields` are the differing fields
/// of the resource, its tags among them as `tags.<key>`.
pub fn changed_tags<'a>(
    fields: impl IntoIterator<Item = &'a FieldDiff>,
    want: &'a Tags,
) -> (Vec<Tag<'a>>, Vec<String>) {
    let (mut set, mut removed) = (Vec::new(), Vec::new());
    for key in fields.into_iter().filter_map(|field| field.path.strip_prefix("tags.")) {
        match want.get_key_value(key) {
            Some(tag) => set.push(tag),
            None => removed.push(key.to_owned()),
        }
    }
    (set, removed)
}

/// Whose mark these tags are, and under which entry's name.
pub fn owner_of(tags: &Tags, stack: &str) -> (Owner, Option<String>) {
    let name = tags.get(NAME_TAG).cloned();
    match tags.get(STACK_TAG) {
        Some(found) if found == stack => (Owner::Ours, name),
        Some(found) => (Owner::Other(found.clone()), name),
        None => (Owner::Unmarked, None),
    }
}

/// The entry whose content a guardrail of this AWS name and these tags holds to be tested with; `None` unless everything says that it
/// is this stack's and there for nothing else, since what is there for nothing else is removed without asking.
pub fn candidate_of<'t>(name: &str, tags: &'t Tags, stack: &str) -> Option<&'t str> {
    let ours = tags.get(STACK_TAG).is_some_and(|found| found == stack);
    let declared = tags.contains_key(NAME_TAG) || tags.contains_key(PROTECTED_TAG);
    let of = tags.get(CANDIDATE_TAG).filter(|_| ours && !declared && name.starts_with(CANDIDATE_PREFIX));
    of.map(String::as_str)
}

/// What the description of a version says of it: `[bedrail <key> 1-<12 hex>]`, without the key for an implicit version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marker {
    /// The key under `versions`; `None` for an implicit version.
    pub key: Option<String>,
    /// The scheme of the digest.
    pub scheme: u32,
    /// The first twelve hex digits of the content digest: a hint that is never trusted without reading.
    pub hint: String,
}

impl Marker {
    /// The marker for this content.
    pub fn new(key: Option<&str>, scheme: u32, content: &Digest) -> Self {
        Self { key: key.map(str::to_owned), scheme, hint: content.short().to_owned() }
    }

    /// Splits a description into what the user wrote and the marker that ends it.
    pub fn read(description: &str) -> (&str, Option<Self>) {
        let parse = || {
            let (head, marker) = description.strip_suffix(']')?.rsplit_once("[bedrail ")?;
            let (key, digest) = match marker.split_once(' ') {
                Some((key, digest)) => (Some(key.to_owned()), digest),
                None => (None, marker),
            };
            let (scheme, hint) = digest.split_once('-')?;
            let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            let sound = hint.len() == 12 && hint.bytes().all(hex);
            let scheme = scheme.parse().ok().filter(|_| sound)?;
            Some((head.trim_end(), Some(Self { key, scheme, hint: hint.to_owned() })))
        };
        parse().unwrap_or((description, None))
    }

    /// The description that carries this marker behind the user's words.
    pub fn describe(&self, words: Option<&str>) -> String {
        let key = self.key.as_ref().map(|key| format!("{key} ")).unwrap_or_default();
        let marker = format!("[bedrail {key}{}-{}]", self.scheme, self.hint);
        match words.filter(|words| !words.is_empty()) {
            Some(words) => format!("{words} {marker}"),
            None => marker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_reads_back_as_it_was_written() {
        let content = Digest::of(&"content");
        for (key, words) in
            [(None, None), (None, Some("by hand")), (Some("v-1"), Some("November [draft]")), (Some("v-1"), None)]
        {
            let marker = Marker::new(key, 1, &content);
            let description = marker.describe(words);
            assert_eq!(Marker::read(&description), (words.unwrap_or_default(), Some(marker)), "{description}");
        }
    }

    #[test]
    fn a_candidate_is_one_by_its_name_and_all_of_its_tags() {
        let name = format!("{CANDIDATE_PREFIX}1f3c9a0b77de");
        let tags = |tags: &[(&str, &str)]| -> Tags {
            tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let (stack, of) = ((STACK_TAG, "acme"), (CANDIDATE_TAG, "baseline"));
        assert_eq!(candidate_of(&name, &tags(&[stack, of, ("owner", "x")]), "acme"), Some("baseline"));
        assert_eq!(candidate_of("acme-baseline", &tags(&[stack, of]), "acme"), None, "another name");
        for other in [
            &[of][..],
            &[stack],
            &[(STACK_TAG, "others"), of],
            &[stack, of, (NAME_TAG, "baseline")],
            &[stack, of, (PROTECTED_TAG, "true")],
        ] {
            assert_eq!(candidate_of(&name, &tags(other), "acme"), None, "{other:?}");
        }
    }

    #[test]
    fn other_descriptions_carry_no_marker() {
        for text in [
            "",
            "plain",
            "[bedrail]",
            "[bedrail 1-xyz]",
            "[bedrail 1-1f3c9a0b77d]",
            "[bedrail 1-1F3C9A0B77DE]",
            "[bedrail 1-1f3c9a0b77de] x",
        ] {
            assert_eq!(Marker::read(text), (text, None), "{text}");
        }
    }
}
