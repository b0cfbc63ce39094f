//! The close name that a user may have meant.

/// The known name closest to `given`, if one is close: the same but for case and `-`, `_`, or few letters away.
pub fn closest<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let folded = fold(given);
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let candidate = fold(name);
        let (shorter, longer) = (folded.len().min(candidate.len()), folded.len().max(candidate.len()));
        if shorter * 2 < longer {
            continue;
        }
        let likeness =
            if candidate == folded { 2.0 } else { strsim::normalized_damerau_levenshtein(&folded, &candidate) };
        // A short name is misspelt by one letter; more would make `a` a suggestion for `b`.
        let near = strsim::damerau_levenshtein(&folded, &candidate) <= (folded.chars().count() / 3).max(1);
        if (near || likeness >= 0.75) && likeness > 0.3 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, name));
        }
    }
    best.map(|(_, name)| name)
}

/// `did you mean …?` if a known name is close, else the list of known names, if it is short enough to be read.
pub fn advise<'n>(given: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> Option<String> {
    let close = closest(given, known.clone()).map(|name| format!("did you mean `{name}`?"));
    match (close, list(known)) {
        (Some(close), Some(all)) => Some(format!("{close} known here: {all}")),
        (Some(close), None) => Some(close),
        (None, all) => all.map(|all| format!("known here: {all}")),
    }
}

/// Names in back quotes, with commas; none if there are none. Long lists end with their count.
pub fn list<'n>(known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let names: Vec<&str> = known.into_iter().collect();
    let shown = names.len().min(40);
    if shown == 0 {
        return None;
    }
    let mut text = names[..shown].iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if shown < names.len() {
        text.extend([" and ", &(names.len() - shown).to_string(), " more"]);
    }
    Some(text)
}

/// As names are compared: without case, `-` and `_`.
fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_found_and_far_ones_are_not() {
        let known = ["regions", "guardrails", "blocked_input_messaging", "name"];
        for (given, want) in [
            ("region", Some("regions")),
            ("blockedInputMessaging", Some("blocked_input_messaging")),
            ("blocked-input-mesaging", Some("blocked_input_messaging")),
            ("nmae", Some("name")),
            ("guardrials", Some("guardrails")),
            ("tags", None),
            ("", None),
        ] {
            assert_eq!(closest(given, known), want, "{given}");
        }
    }
}
