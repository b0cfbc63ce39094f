//! Pages of a list.
//!
//! AWS's lists may answer with an empty page that carries a token; clients that stop there lose the rest. So wherever a list
//! does not fit on one page, the second page is empty.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A part of a list, and the token for the rest if there is one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// The page that the token stands for, the first without one; `None` if the token was not given out by this function.
pub(crate) fn page<T>(items: Vec<T>, size: usize, token: Option<&str>) -> Option<Page<T>> {
    let Position { offset, pause } = token.map_or(Some(Position::default()), Position::read)?;
    let rest = items.len().saturating_sub(offset);
    if pause {
        let next = Position { offset, pause: false };
        return Some(Page { items: Vec::new(), next: Some(next.write()) });
    }
    let items = items.into_iter().skip(offset).take(size).collect();
    let next = Position { offset: offset + size, pause: offset == 0 };
    Some(Page { items, next: (rest > size).then(|| next.write()) })
}

#[derive(Default)]
struct Position {
    offset: usize,
    pause: bool,
}

impl Position {
    fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}/{}", self.offset, if self.pause { "pause" } else { "go" }))
    }

    fn read(token: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (offset, state) = text.split_once('/')?;
        Some(Self { offset: offset.parse().ok()?, pause: state == "pause" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn following_the_tokens_gives_everything_with_an_empty_page_between() {
        let mut sizes = Vec::new();
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let Page { items, next } = page((0..5).collect(), 2, token.as_deref()).expect("a token of ours");
            sizes.push(items.len());
            all.extend(items);
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!((sizes, all), (vec![2, 0, 2, 1], (0..5).collect()));
    }

    #[test]
    fn what_fits_is_one_page() {
        assert_eq!(page(vec![1, 2], 2, None), Some(Page { items: vec![1, 2], next: None }));
        assert_eq!(page(vec![1], 1, Some("x")), None);
    }
}
