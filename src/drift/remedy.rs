//! What to type to put a difference right.

use std::collections::BTreeSet;

use crate::kinds::Verb;
use crate::model::Address;
use crate::plan::{Action, Hazard};

/// How bedrail was called, as far as another call must be alike: the words before the command's own flags, such as
/// `-f policies --env prod`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation(Vec<String>);

impl Invocation {
    /// These words, which a shell is to take as they are.
    pub fn new(words: impl IntoIterator<Item = String>) -> Self {
        Self(words.into_iter().collect())
    }

    fn command(&self, command: &str) -> String {
        let words = self.0.iter().map(|word| quoted(word));
        ["bedrail".to_owned(), command.to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
    }

    /// The command that carries out these actions on `address`, and what they require.
    pub(super) fn mending(&self, address: &Address, actions: &[&Action]) -> String {
        let address = address.to_string();
        let mut command = format!("{} --target {}", self.command("apply"), quoted(&address));
        let hazards: BTreeSet<Hazard> = actions.iter().flat_map(|action| &action.hazards).copied().collect();
        if !hazards.is_empty() {
            // A comma would end the pattern.
            let place = if address.contains(',') { String::new() } else { format!(":{address}") };
            let allowed: Vec<String> = hazards.into_iter().map(|hazard| format!("{hazard}{place}")).collect();
            command.extend([" --allow ", &quoted(&allowed.join(","))]);
        }
        if actions.iter().any(|action| action.verb == Verb::Adopt) {
            command += " --adopt";
        }
        command
    }

    /// The command that takes over what is not marked, once it is declared.
    pub(super) fn adopting(&self) -> String {
        self.command("apply") + " --adopt"
    }

    /// The command that looks again.
    pub(super) fn looking(&self) -> String {
        self.command("drift")
    }
}

/// A word of a shell of POSIX.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.:@+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_leaves_its_quotes() {
        assert_eq!(quoted("a/b-1.yaml"), "a/b-1.yaml");
        assert_eq!(quoted("a b; rm -rf $(c) 'd'"), r"'a b; rm -rf $(c) '\''d'\'''");
        assert_eq!(quoted(""), "''");
        let invocation = Invocation::new(["-f".to_owned(), "my spec".to_owned()]);
        assert_eq!(invocation.adopting(), "bedrail apply -f 'my spec' --adopt");
    }
}
