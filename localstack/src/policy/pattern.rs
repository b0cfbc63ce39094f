//! Patterns with `*` and `?`, ARNs of them, and the variables in them.

use super::request::Context;

/// A piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// `*`
    Any,
    /// `?`
    One,
    Is(char),
}

/// A pattern with its variables replaced. What a variable stands for is taken to the letter, wildcards included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

impl Pattern {
    /// A pattern without variables.
    fn plain(text: &str) -> Self {
        Self(text.chars().map(Piece::of).collect())
    }

    /// Reads a pattern and fills in its variables, if the document's version has any (`2012-10-17` on). `None`: a variable has
    /// neither a value nor a default, so that the pattern fits nothing.
    pub(super) fn read(text: &str, variables: Option<&Context>) -> Option<Self> {
        let Some(context) = variables else { return Some(Self::plain(text)) };
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            pieces.extend(rest[..start].chars().map(Piece::of));
            let Some((variable, after)) = rest[start + 2..].split_once('}') else {
                rest = &rest[start..];
                break;
            };
            pieces.extend(value(variable, context)?.chars().map(Piece::Is));
            rest = after;
        }
        pieces.extend(rest.chars().map(Piece::of));
        Some(Self(pieces))
    }

    /// Whether the pattern covers the whole text.
    pub(super) fn fits(&self, text: &str) -> bool {
        covers(&self.0, &text.chars().collect::<Vec<_>>())
    }

    /// Whether the text is an ARN that the pattern covers part by part: no wildcard reaches over one of the first five colons.
    ///
    /// Inferred: `*` alone stands for any ARN, and any other pattern with fewer than six parts for none.
    pub(super) fn fits_arn(&self, text: &str) -> bool {
        let is_arn = |parts: &[&str]| parts.len() == 6 && parts[0] == "arn";
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        if !is_arn(&parts) {
            return false;
        }
        if self.0 == [Piece::Any] {
            return true;
        }
        let patterns: Vec<&[Piece]> = self.0.splitn(6, |piece| *piece == Piece::Is(':')).collect();
        let covered = |(pattern, part): (&&[Piece], &&str)| covers(pattern, &part.chars().collect::<Vec<_>>());
        patterns.len() == 6 && patterns.iter().zip(&parts).all(covered)
    }

    /// The pattern as a text, in which `*` and `?` are nothing special.
    pub(super) fn text(&self) -> String {
        let letter = |piece: &Piece| match piece {
            Piece::Any => '*',
            Piece::One => '?',
            Piece::Is(letter) => *letter,
        };
        self.0.iter().map(letter).collect()
    }
}

impl Piece {
    fn of(letter: char) -> Self {
        match letter {
            '*' => Self::Any,
            '?' => Self::One,
            letter => Self::Is(letter),
        }
    }

    fn takes(self, letter: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Is(wanted) => wanted == letter,
        }
    }
}

/// What stands for `${variable}`: `*`, `?` and `$` for themselves, else the one value of a key, else the default after a comma.
fn value<'a>(variable: &'a str, context: &'a Context) -> Option<&'a str> {
    if matches!(variable, "*" | "?" | "$") {
        return Some(variable);
    }
    let (key, default) =
        variable.split_once(',').map_or((variable, None), |(key, default)| (key, Some(default.trim())));
    let default = default.and_then(|default| default.strip_prefix('\'')?.strip_suffix('\''));
    match context.get(key.trim()) {
        Some([one]) => Some(one),
        _ => default,
    }
}

/// Goes through the text once and comes back to the last `*` when it is stuck, so that no pattern takes long.
fn covers(pattern: &[Piece], text: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(Piece::Any) => {
                star = Some((at, read));
                at += 1;
            }
            Some(piece) if piece.takes(text[read]) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|piece| *piece == Piece::Any)
}

/// Whether a pattern with `*` and `?` covers the whole text.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    Pattern::plain(pattern).fits(text)
}

/// Whether an action is one of those that the pattern names, whatever the case of either.
pub(crate) fn action_fits(pattern: &str, action: &str) -> bool {
    like(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_any_text_and_any_letter() {
        for (pattern, text, fits) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a:b/c", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*c", "abcc", true),
            ("a*b*c", "axxbyybzc", true),
            ("a*b*c", "axxcyyb", false),
            ("*a", "aab", false),
            ("é?", "éü", true),
            ("***", "", true),
        ] {
            assert_eq!(like(pattern, text), fits, "{pattern} and {text}");
        }
        let many = "*a".repeat(40);
        assert!(!like(&many, &"b".repeat(4000)), "and does not take forever");
    }

    #[test]
    fn arns_are_covered_part_by_part() {
        const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc";
        for (pattern, arn, fits, why) in [
            (GUARDRAIL, GUARDRAIL, true, "itself"),
            ("arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:*", GUARDRAIL, false, "DRAFT has no colon"),
            (
                "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:*",
                "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:12",
                true,
                "the last part has colons of its own",
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:guardrail/a*",
                "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:1",
                true,
                "a prefix takes versions, too",
            ),
            ("arn:aws:bedrock:*:*:guardrail/*", GUARDRAIL, true, "a wildcard for a part"),
            ("arn:aws:bedrock:*:guardrail/*", GUARDRAIL, false, "a wildcard does not reach over a colon"),
            ("arn:aws:bedrock:us-*:1?3456789012:guardrail/???", GUARDRAIL, true, "within a part"),
            ("*", GUARDRAIL, true, "alone"),
            ("*", "", false, "nothing is no ARN"),
            ("*", "abc", false, "an id is no ARN"),
        ] {
            assert_eq!(Pattern::plain(pattern).fits_arn(arn), fits, "{pattern} and {arn}: {why}");
        }
    }

    #[test]
    fn variables_stand_for_single_values_to_the_letter() {
        let context = Context::default().with("aws:PrincipalAccount", "1*").with_all("aws:TagKeys", ["a", "b"]);
        for (pattern, text, fits) in [
            ("a/${aws:PrincipalAccount}/*", "a/1*/x", true),
            ("a/${AWS:principalaccount}", "a/1*", true),
            ("a/${aws:PrincipalAccount}", "a/12", false),
            ("a${*}${?}${$}", "a*?$", true),
            ("a${*}", "ab", false),
            ("${aws:username}", "", false),
            ("${aws:username, 'nobody'}", "nobody", true),
            ("${aws:PrincipalAccount, 'nobody'}", "nobody", false),
            ("${aws:TagKeys}", "a", false),
            ("${open", "${open", true),
        ] {
            let fitted = Pattern::read(pattern, Some(&context)).is_some_and(|pattern| pattern.fits(text));
            assert_eq!(fitted, fits, "{pattern} and {text}");
        }
        let old = Pattern::read("${aws:PrincipalAccount}", None).expect("no variables, none unknown");
        assert!(old.fits("${aws:PrincipalAccount}"), "before 2012-10-17 they are text");
    }
}
