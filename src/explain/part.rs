//! What a call consists of, and which of it a guardrail examines (Bedrock user guide, "guardrails-enforcements"; Organizations
//! user guide, "Amazon Bedrock policy syntax and examples").

use crate::kinds::account_enforcement::{Guarding, SelectiveContentGuarding};
use crate::model::words;

words! {
    /// Which way a text goes: to the model, or from it.
    Side { Input = "input", Output = "output", }
}

words! {
    /// A piece of a call, as far as guardrails treat it differently.
    Part {
        TaggedSystem = "tagged system prompt",
        UntaggedSystem = "untagged system prompt",
        TaggedMessage = "tagged message",
        BesideTagged = "untagged message beside a tagged one",
        UntaggedMessage = "message where nothing is tagged",
        Answer = "answer",
    }
}

impl Part {
    /// Which way it goes.
    pub const fn side(self) -> Side {
        match self {
            Self::Answer => Side::Output,
            _ => Side::Input,
        }
    }

    /// Whether a guardrail that is enforced like this examines it.
    pub fn is_examined(self, guarding: &SelectiveContentGuarding) -> bool {
        match self {
            Self::TaggedSystem | Self::TaggedMessage | Self::UntaggedMessage | Self::Answer => true,
            Self::UntaggedSystem => guarding.system == Guarding::Comprehensive,
            Self::BesideTagged => guarding.messages == Guarding::Comprehensive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the user guide, row by row.
    #[test]
    fn selective_guarding_examines_what_is_tagged() {
        let examined = |guarding: Guarding| {
            let guarding = SelectiveContentGuarding { system: guarding, messages: guarding };
            Part::ALL.iter().copied().filter(|part| part.is_examined(&guarding)).collect::<Vec<_>>()
        };
        assert_eq!(examined(Guarding::Comprehensive), Part::ALL);
        let selective = [Part::TaggedSystem, Part::TaggedMessage, Part::UntaggedMessage, Part::Answer];
        assert_eq!(examined(Guarding::Selective), selective);
    }
}
