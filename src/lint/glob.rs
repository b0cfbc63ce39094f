//! Patterns of IAM: `*` for any characters, `?` for one.

/// The longest pattern that is looked at; IAM takes no policy with a longer one.
const LONGEST: usize = 2048;

/// Whether `pattern` matches all of `text`, letter case aside.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    if pattern.len() > LONGEST {
        return false;
    }
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut in_text, mut retry) = (0, 0, None);
    while in_text < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at, in_text));
                at += 1;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&text[in_text]) => {
                at += 1;
                in_text += 1;
            }
            _ => {
                let Some((star, taken)) = retry else { return false };
                retry = Some((star, taken + 1));
                at = star + 1;
                in_text = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// Whether a text is a pattern at all.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_those_of_iam() {
        for (pattern, text, want) in [
            ("bedrock:Invoke*", "bedrock:InvokeModel", true),
            ("BEDROCK:invokemodel", "bedrock:InvokeModel", true),
            ("bedrock:*Model*", "bedrock:InvokeModelWithResponseStream", true),
            ("bedrock:Get?uardrail", "bedrock:GetGuardrail", true),
            ("bedrock:Invoke?", "bedrock:Invoke", false),
            ("", "", true),
            ("*", "", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
        ] {
            assert_eq!(matches(pattern, text), want, "{pattern} {text}");
        }
        assert!(!matches(&"*".repeat(LONGEST + 1), "a"));
    }
}
