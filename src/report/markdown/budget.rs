//! Fitting a comment into a number of bytes, from its least important part.

/// A part of a comment. Its forms go from the fullest to the briefest, which may be empty.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// How much it matters; the least is cut first, and of equals the last.
    pub(crate) weight: u8,
    /// The fullest form first.
    pub(crate) forms: Vec<String>,
}

impl Part {
    /// A part that is shown whole or not at all.
    pub(crate) fn new(weight: u8, text: String) -> Self {
        Self { weight, forms: vec![text, String::new()] }
    }

    /// A part that is never cut.
    pub(crate) fn whole(text: String) -> Self {
        Self { weight: u8::MAX, forms: vec![text] }
    }
}

/// The parts in their order, in at most `bytes` where what is never cut leaves room; says so in `cut` at the end if
/// something was cut.
pub(crate) fn fit(parts: &[Part], bytes: usize, cut: &str) -> String {
    let mut level = vec![0; parts.len()];
    let size = |level: &[usize]| -> usize { parts.iter().zip(level).map(|(part, at)| part.forms[*at].len()).sum() };
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| (parts[*at].weight, std::cmp::Reverse(*at)));
    let mut total = size(&level);
    let mut was_cut = false;
    // All of one weight become brief before any of them goes.
    while total + if was_cut { cut.len() } else { 0 } > bytes {
        let open = |at: &&usize| level[**at] + 1 < parts[**at].forms.len();
        let least = order.iter().filter(open).map(|at| parts[*at].weight).min();
        let next =
            order.iter().filter(open).filter(|at| Some(parts[**at].weight) == least).min_by_key(|at| level[**at]);
        let Some(&next) = next else { break };
        total -= parts[next].forms[level[next]].len();
        level[next] += 1;
        total += parts[next].forms[level[next]].len();
        was_cut = true;
    }
    let mut out: String = parts.iter().zip(&level).map(|(part, at)| part.forms[*at].as_str()).collect();
    if was_cut {
        out += cut;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_important_goes_first_and_the_verdict_never() {
        let parts = [
            Part::whole("verdict ".to_owned()),
            Part { weight: 2, forms: vec!["long long ".to_owned(), "l ".to_owned(), String::new()] },
            Part::new(1, "note ".to_owned()),
        ];
        assert_eq!(fit(&parts, 99, "cut"), "verdict long long note ");
        assert_eq!(fit(&parts, 21, "cut"), "verdict long long cut");
        assert_eq!(fit(&parts, 13, "cut"), "verdict l cut");
        assert_eq!(fit(&parts, 0, "cut"), "verdict cut");
    }
}
