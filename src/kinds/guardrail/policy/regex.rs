//! What may be wrong with a regular expression. AWS is not known to refuse any, so these are doubts, not faults.

use crate::kinds::guardrail::codes;
use crate::model::diagnostic::Code;

/// Why `pattern` may not do what it says.
pub(super) fn doubts(pattern: &str) -> Vec<(Code, String)> {
    let mut doubts = Vec::new();
    if let Some(found) = ["(?=", "(?!", "(?<=", "(?<!"].into_iter().find(|around| pattern.contains(around)) {
        let message = format!("the pattern looks around with `{found}`, which AWS does not support");
        doubts.push((codes::LOOK_AROUND, message));
    }
    if let Some(bracket) = unbalanced(pattern) {
        doubts.push((codes::UNBALANCED, format!("the `{bracket}` of the pattern has no partner")));
    }
    doubts
}

/// The first bracket that closes nothing, else one that nothing closes. Inside `[…]` only `]` means anything, and not as
/// the first character.
fn unbalanced(pattern: &str) -> Option<char> {
    let mut open = Vec::new();
    let mut class_length = None;
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        if c == '\\' {
            rest.next();
            class_length = class_length.map(|length: usize| length + 1);
            continue;
        }
        match (class_length, c) {
            (Some(length), ']') if length > 0 => class_length = None,
            (Some(0), '^') => {}
            (Some(length), _) => class_length = Some(length + 1),
            (None, '[') => class_length = Some(0),
            (None, '(') => open.push(c),
            (None, ')') => {
                if open.pop().is_none() {
                    return Some(c);
                }
            }
            (None, _) => {}
        }
    }
    if class_length.is_some() { Some('[') } else { open.pop() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_find_their_partners() {
        for sound in [r"CLM-\d{8}", r"(a|b)[)(]", r"\(", r"[]a]", r"[^]a]", r"[\]]", "", r"((a)(b))"] {
            assert_eq!(unbalanced(sound), None, "{sound}");
        }
        for (broken, bracket) in [("(a", '('), ("a)", ')'), ("[a", '['), ("[]", '['), (r"(\)", '('), ("[^]", '[')] {
            assert_eq!(unbalanced(broken), Some(bracket), "{broken}");
        }
    }

    #[test]
    fn look_around_is_doubted_and_other_groups_are_not() {
        for pattern in ["(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b"] {
            assert_eq!(doubts(pattern).len(), 1, "{pattern}");
        }
        for pattern in ["(?:a)b", "(?i)a", "(?<name>a)"] {
            assert!(doubts(pattern).is_empty(), "{pattern}");
        }
    }
}
