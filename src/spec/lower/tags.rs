//! Tags: those of the spec, those of the entry, and our marks.

use super::{Lowering, codes};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{Desired, NAME_TAG, PROTECTED_TAG, STACK_TAG, Scope, Tags};
use crate::spec::decode::{Exact, Map, Text};
use crate::spec::top::{TagKey, TagValue};

/// Tags as an entry writes them.
pub(crate) type TagMap = Map<Exact<TagKey>, Text<TagValue>>;

/// Which characters a service takes in tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// `[a-zA-Z0-9\s._:/=+@-]` (Bedrock).
    Bedrock,
    /// Letters, digits and spaces of every script besides (Organizations, IAM).
    Wide,
}

impl Alphabet {
    fn takes(self, text: &str) -> bool {
        let common = |c: char| "._:/=+@-".contains(c);
        match self {
            Self::Bedrock => text.chars().all(|c| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || common(c)),
            Self::Wide => text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || common(c)),
        }
    }
}

impl Lowering<'_> {
    /// Reports patterns of `ignore_tags` that would make us blind to our own marks.
    pub(super) fn check_ignored_tags(&mut self) {
        for pattern in self.top.ignore_tags.iter().flat_map(|patterns| patterns.iter()) {
            let alone = Desired { ignore_tags: vec![pattern.value.as_str().to_owned()], ..Desired::default() };
            if let Some(mark) = [STACK_TAG, NAME_TAG, PROTECTED_TAG].into_iter().find(|mark| alone.ignores_tag(mark)) {
                let message = format!("`{}` would ignore `{mark}`, by which bedrail knows what it owns", pattern.value);
                self.diagnostics.push(Diagnostic::at(pattern.span, codes::IGNORED_MARK, message));
            }
        }
    }

    /// The whole set of tags of a resource: the spec's, the entry's over them, and our marks. `name` is the entry's key.
    pub(crate) fn tags(
        &mut self,
        own: Option<&Spanned<TagMap>>,
        name: &str,
        protected: bool,
        scope: &Scope,
        alphabet: Alphabet,
    ) -> Tags {
        let mut tags = Tags::new();
        let general = self.top.tags.as_ref();
        for map in general.into_iter().chain(own) {
            for (key, entry) in map.iter() {
                let key = Spanned::new(key.as_str(), entry.key);
                let Some(value) = self.text(&entry.value, scope) else { continue };
                if self.may_tag(&key, &value, &entry.value, alphabet) {
                    tags.insert(key.value.to_owned(), value);
                }
            }
        }
        tags.insert(STACK_TAG.to_owned(), self.desired.stack.clone());
        tags.insert(NAME_TAG.to_owned(), name.to_owned());
        if protected {
            tags.insert(PROTECTED_TAG.to_owned(), "true".to_owned());
        }
        if tags.len() > 50 {
            let span = own.or(general).map(|map| map.span);
            let message = format!("this makes {} tags, and AWS documents 50 for a resource", tags.len());
            self.diagnostics.push(Diagnostic { span, ..Diagnostic::new(codes::MANY_TAGS, message) });
        }
        tags.retain(|key, _| !self.desired.ignores_tag(key));
        tags
    }

    fn may_tag(&mut self, key: &Spanned<&str>, value: &str, at: &Spanned<Text<TagValue>>, alphabet: Alphabet) -> bool {
        if key.value.starts_with("bedrail:") {
            let message = format!("the tag `{}` is bedrail's own", key.value);
            let fault = Diagnostic::at(key.span, codes::RESERVED_TAG, message);
            self.diagnostics
                .push(fault.help("tags that begin with `bedrail:` mark what a stack owns; take another key"));
            return false;
        }
        if key.value.starts_with("aws:") {
            let message = format!("the tag `{}` begins with `aws:`, which AWS keeps for itself", key.value);
            let fault = Diagnostic::at(key.span, codes::AWS_TAG, message);
            self.diagnostics.push(fault.help("bedrail leaves tags of AWS alone, so this one is not set"));
            return false;
        }
        let wrong = [(key.value, key.span, "key"), (value, at.span, "value")];
        let wrong: Vec<_> = wrong.into_iter().filter(|(text, ..)| !alphabet.takes(text)).collect();
        for (_, span, part) in &wrong {
            let message = format!("a tag {part} holds a character that Bedrock does not accept");
            let fault = Diagnostic::at(*span, codes::TAG_ALPHABET, message);
            self.diagnostics.push(fault.help("use letters, digits, spaces and `._:/=+@-`"));
        }
        wrong.is_empty()
    }
}
