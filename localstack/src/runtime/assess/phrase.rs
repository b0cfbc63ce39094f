//! Words and phrases in a text.

/// A text prepared for many searches.
#[derive(Debug)]
pub(super) struct Haystack(Vec<char>);

impl Haystack {
    pub(super) fn new(text: &str) -> Self {
        Self(normal(text))
    }

    /// Whether the phrase is there. Inferred: without regard to case, as whole words, any white space for any other. Where
    /// scripts write words without spaces between them, part of a run of characters will do.
    pub(super) fn has(&self, phrase: &str) -> bool {
        let phrase = normal(phrase);
        let (Some(first), Some(last)) = (phrase.first(), phrase.last()) else { return false };
        self.0.windows(phrase.len()).enumerate().any(|(start, window)| {
            let before = start.checked_sub(1).map(|before| self.0[before]);
            let after = self.0.get(start + phrase.len()).copied();
            window == phrase
                && !before.is_some_and(|before| runs_on(before, *first))
                && !after.is_some_and(|after| runs_on(*last, after))
        })
    }
}

fn normal(text: &str) -> Vec<char> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase().chars().collect()
}

/// Whether two neighbours belong to one word.
fn runs_on(left: char, right: char) -> bool {
    // From here on come the scripts of East Asia.
    let spaced = |letter: char| letter.is_alphanumeric() && letter < '\u{2e80}';
    spaced(left) && spaced(right)
}

/// The words of a text that carry meaning: of four letters or more, without the commonest, in lower case.
pub(super) fn significant(text: &str) -> Vec<String> {
    const COMMON: &[&str] = &[
        "about", "also", "been", "does", "from", "have", "into", "more", "most", "must", "only", "other", "over",
        "should", "some", "such", "than", "that", "their", "them", "then", "there", "these", "they", "this", "what",
        "when", "where", "which", "will", "with", "would", "your",
    ];
    let words = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() >= 4 && !COMMON.contains(&word.as_str())).map(stem).collect()
}

/// A plural and its singular are one.
fn stem(mut word: String) -> String {
    if word.len() > 4 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_whole_words_in_any_case() {
        for (text, phrase, there) in [
            ("A Tulip.", "tulip", true),
            ("tulips", "tulip", false),
            ("catulip", "tulip", false),
            ("tulip", "TULIP", true),
            ("two\n  lips", "two lips", true),
            ("tu-lip tulip-mania", "tulip", true),
            ("die STRAßE hier", "straße", true),
            ("これは極秘です", "極秘", true),
            ("c++ is fine", "c++", true),
            ("", "tulip", false),
            ("tulip", " ", false),
        ] {
            assert_eq!(Haystack::new(text).has(phrase), there, "{phrase:?} in {text:?}");
        }
    }

    #[test]
    fn common_and_short_words_mean_little() {
        assert_eq!(significant("What should your Stocks and bonds do?"), ["stock", "bond"]);
    }
}
