//! Content filters, approximated: the surest phrase of the lexicon that is in a text is how sure the filter is.

use serde_json::json;

use super::lexicon::LEXICON;
use super::phrase::Haystack;
use super::{Found, Side, Subject};
use crate::bedrock::content::{ContentFilter, ContentPolicy, Strength};

pub(super) fn assess(policy: &ContentPolicy, subject: &Subject<'_>) -> Found {
    let texts: Vec<Haystack> = subject.guarded().map(Haystack::new).collect();
    let mut found = Found::default();
    for filter in policy.filters.iter().filter(|filter| looks(filter, subject)) {
        let Some(action) = subject.action(filter.switches()) else { continue };
        let strength = strength(filter, subject.side);
        let confidence = confidence(&filter.r#type, &texts);
        let entry = json!({ "type": filter.r#type, "confidence": confidence, "filterStrength": strength });
        if catches(strength, confidence) {
            found.add(action, entry);
        } else if subject.full {
            found.add_absent(entry);
        }
    }
    found
}

fn strength(filter: &ContentFilter, side: Side) -> Strength {
    match side {
        Side::Input => filter.input_strength,
        Side::Output => filter.output_strength,
    }
}

/// A filter that is off, or only for images, or for prompt attacks where none are looked for, does nothing.
fn looks(filter: &ContentFilter, subject: &Subject<'_>) -> bool {
    let modalities = match subject.side {
        Side::Input => &filter.input_modalities,
        Side::Output => &filter.output_modalities,
    };
    let reads = modalities.as_ref().is_none_or(|modalities| modalities.iter().any(|one| one == "TEXT"));
    let attacks = filter.r#type != "PROMPT_ATTACK" || subject.prompt_attacks;
    strength(filter, subject.side) != Strength::None && reads && attacks
}

fn confidence(kind: &str, texts: &[Haystack]) -> Strength {
    let levels = LEXICON.content.get(kind).into_iter().flatten();
    let met = levels.filter(|(_, phrases)| phrases.iter().any(|phrase| texts.iter().any(|text| text.has(phrase))));
    met.map(|(level, _)| *level).max().unwrap_or(Strength::None)
}

/// The stronger the filter, the less sure it has to be (user guide, `guardrails-content-filters.html`).
fn catches(strength: Strength, confidence: Strength) -> bool {
    let least = match strength {
        Strength::None => return false,
        Strength::Low => Strength::High,
        Strength::Medium => Strength::Medium,
        Strength::High => Strength::Low,
    };
    confidence >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stronger_filter_needs_less() {
        use Strength::{High, Low, Medium, None};
        let rows = [(None, [false; 3]), (Low, [false, false, true]), (Medium, [false, true, true]), (High, [true; 3])];
        for (strength, want) in rows {
            assert_eq!([Low, Medium, High].map(|confidence| catches(strength, confidence)), want, "{strength:?}");
            assert!(!catches(strength, None));
        }
    }

    #[test]
    fn every_filter_has_phrases_of_every_level() {
        let levels = [Strength::Low, Strength::Medium, Strength::High];
        for kind in ["SEXUAL", "VIOLENCE", "HATE", "INSULTS", "MISCONDUCT", "PROMPT_ATTACK"] {
            for level in levels {
                let phrase = &LEXICON.content[kind][&level][0];
                assert_eq!(confidence(kind, &[Haystack::new(phrase)]), level, "{kind} {phrase}");
            }
        }
    }
}
