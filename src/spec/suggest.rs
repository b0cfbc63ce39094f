//! The close name that a user may have meant.

/// How many names are listed besides the one that was probably meant.
const BRIEF: usize = 8;

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
        let distance = strsim::damerau_levenshtein(&folded, &candidate);
        let most = folded.chars().count().max(candidate.chars().count());
        let likeness = if candidate == folded { 2.0 } else { 1.0 - share(distance, most) };
        // A short name is misspelt by one letter; more would make `a` a suggestion for `b`.
        let near = distance <= (folded.chars().count() / 3).max(1);
        if (near || likeness >= 0.75) && likeness > 0.3 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, name));
        }
    }
    best.map(|(_, name)| name)
}

/// `did you mean …?` if a known name is close, the list of known names if none is or the list is short.
pub fn advise<'n>(given: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> Option<String> {
    advise_free(given, known.clone(), known)
}

/// As [`advise`], where only the names of `free` can have been meant.
pub fn advise_free<'n>(
    given: &str,
    free: impl IntoIterator<Item = &'n str>,
    known: impl IntoIterator<Item = &'n str> + Clone,
) -> Option<String> {
    let all = list(known.clone()).map(|all| format!("known here: {all}"));
    let Some(close) = closest(given, free) else { return all };
    let close = format!("did you mean `{close}`?");
    match all {
        Some(all) if known.into_iter().count() <= BRIEF => Some(format!("{close} {all}")),
        _ => Some(close),
    }
}

/// As [`advise`], of names that may be hundreds: where none is close, a few are listed.
pub fn advise_of_many<'n>(given: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> Option<String> {
    let names: Vec<String> = known.clone().into_iter().map(|name| format!("`{name}`")).collect();
    match closest(given, known.clone()) {
        Some(_) => advise(given, known),
        None => (!names.is_empty()).then(|| format!("known here: {}", brief(&names))),
    }
}

/// The first few of many, with commas, and how many more there are.
pub fn brief(names: &[String]) -> String {
    let shown = names[..names.len().min(BRIEF)].join(", ");
    match names.len().saturating_sub(BRIEF) {
        0 => shown,
        more => format!("{shown} and {more} more"),
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

/// How much of `whole` a part is.
fn share(part: usize, whole: usize) -> f64 {
    let float = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    float(part) / float(whole.max(1))
}

/// As names are compared: without case, `-` and `_`.
fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_a_few_are_named() {
        let names: Vec<String> = (1..=10).map(|number| format!("a{number}")).collect();
        assert_eq!(brief(&names), "a1, a2, a3, a4, a5, a6, a7, a8 and 2 more");
        assert_eq!(brief(&names[..8]), "a1, a2, a3, a4, a5, a6, a7, a8");
        assert_eq!(advise_of_many("zzz", ["one", "two"]).as_deref(), Some("known here: `one`, `two`"));
        assert_eq!(
            advise_of_many("twoo", ["one", "two"]).as_deref(),
            Some("did you mean `two`? known here: `one`, `two`")
        );
    }

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
