//! Pages of lists.
//!
//! A token names its list and the number of items before the page, so it is good for that list only. AWS may answer with an
//! empty page that carries a token, and a client that stops there loses the rest: with the option `empty_pages` the first page
//! of every list of Bedrock and Organizations that is not empty is such a one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A part of a list, and the token for the rest if there is one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// The items from `skip` on, at most `size`.
pub(crate) fn page<T>(list: &str, items: Vec<T>, skip: usize, size: usize) -> Page<T> {
    let rest = items.len().saturating_sub(skip);
    let next = (rest > size).then(|| token(list, skip + size));
    Page { items: items.into_iter().skip(skip).take(size).collect(), next }
}

/// The token for the page after so many items.
pub(crate) fn token(list: &str, skip: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}/{skip}"))
}

/// How many items the token skips; `None` if it is not one of that list.
pub(crate) fn skip(list: &str, token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(list)?.strip_prefix('/')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn following_the_tokens_gives_everything() {
        let (mut all, mut skipped) = (Vec::new(), Some(0));
        while let Some(start) = skipped {
            let Page { items, next } = page("L", (0..5).collect(), start, 2);
            all.extend(items);
            skipped = next.map(|token| skip("L", &token).expect("a token of the list"));
        }
        assert_eq!(all, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_token_is_good_for_its_list() {
        assert_eq!(skip("L", &token("L", 7)), Some(7));
        for other in [token("M", 7), token("LL", 7), "x".to_owned(), String::new()] {
            assert_eq!(skip("L", &other), None, "{other}");
        }
    }
}
