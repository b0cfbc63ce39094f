//! A prompt in parts, and what of it a guardrail examines.

use super::assess::Passage;
use super::guards::{Guarding, Mode};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    System,
    Message,
}

/// A piece of a prompt.
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) place: Place,
    pub(super) text: String,
    /// Whether its author marked it to be examined.
    pub(super) tagged: bool,
    pub(super) is_source: bool,
    pub(super) is_query: bool,
    /// Whether it belongs to what the user said last, which the toy model says again.
    pub(super) echoed: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prompt {
    pub(super) parts: Vec<Part>,
    pub(super) images: usize,
}

impl Prompt {
    /// The parts as a guardrail reads them.
    pub(super) fn examined(&self, guarding: Guarding) -> Vec<Passage> {
        let has_tags = |place| self.parts.iter().any(|part| part.place == place && part.tagged);
        let tags = [has_tags(Place::System), has_tags(Place::Message)];
        let passage = |part: &Part| {
            let (mode, has_tags) = match part.place {
                Place::System => (guarding.system, tags[0]),
                Place::Message => (guarding.messages, tags[1]),
            };
            let for_grounding = part.is_source || part.is_query;
            let guarded = match mode {
                Mode::All => true,
                Mode::TaggedOrAll => part.tagged || (!has_tags && !for_grounding),
                Mode::Tagged => part.tagged,
            };
            Passage { text: part.text.clone(), guarded, is_source: part.is_source, is_query: part.is_query }
        };
        self.parts.iter().map(passage).collect()
    }

    /// What an answer is held against.
    pub(super) fn grounds(&self) -> impl Iterator<Item = Passage> {
        let parts = self.parts.iter().filter(|part| part.is_source || part.is_query);
        parts.map(|part| Passage {
            text: part.text.clone(),
            guarded: false,
            is_source: part.is_source,
            is_query: part.is_query,
        })
    }

    /// Whether any of it is tagged.
    pub(super) fn is_tagged(&self) -> bool {
        self.parts.iter().any(|part| part.tagged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the user guide on selective and comprehensive guarding, row by row.
    #[test]
    fn modes_choose_parts() {
        let part = |place, text: &str, tagged| Part {
            place,
            text: text.to_owned(),
            tagged,
            is_source: false,
            is_query: false,
            echoed: false,
        };
        let examined = |tagged: bool, guarding| {
            let parts = vec![
                part(Place::System, "s1", false),
                part(Place::System, "s2", tagged),
                part(Place::Message, "m1", false),
                part(Place::Message, "m2", tagged),
            ];
            let passages = Prompt { parts, images: 0 }.examined(guarding);
            passages.into_iter().filter(|passage| passage.guarded).map(|passage| passage.text).collect::<Vec<_>>()
        };
        let comprehensive = Guarding { system: Mode::All, messages: Mode::All };
        for (tagged, guarding, want) in [
            (true, comprehensive, &["s1", "s2", "m1", "m2"][..]),
            (false, comprehensive, &["s1", "s2", "m1", "m2"]),
            (true, Guarding::SELECTIVE, &["s2", "m2"]),
            (false, Guarding::SELECTIVE, &["m1", "m2"]),
        ] {
            assert_eq!(examined(tagged, guarding), want, "{tagged} {guarding:?}");
        }
    }
}
