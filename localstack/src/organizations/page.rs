//! Pages of lists. A page may be empty and carry a token all the same, which AWS documents: of a list that takes several pages
//! the second answer is such a one, so that no client passes that stops there.

use serde_json::{Value, json};

use super::errors::invalid;
use super::input::Input;
use crate::error::ApiError;
use crate::paging;

/// The most that a page holds, and what it holds without `MaxResults` (inferred: AWS gives no default).
const LARGEST: u64 = 20;

/// Which page a request asks for.
#[derive(Clone, Debug)]
pub(super) struct Page {
    operation: &'static str,
    skip: usize,
    size: usize,
    place: Place,
}

/// Which of a list's answers the page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The first, and it has items.
    First,
    /// One that has none: the second, or with the option `empty_pages` the first.
    Empty,
    /// One after it.
    Later,
}

impl Page {
    pub(super) fn read(operation: &'static str, input: Input<'_>, empty_pages: bool) -> Result<Self, ApiError> {
        let size = input.number("MaxResults", 1, LARGEST)?.unwrap_or(LARGEST);
        let (place, skip) = match input.bounded("NextToken", 0, 100_000)? {
            Some(token) => place(operation, token)?,
            None if empty_pages => (Place::Empty, 0),
            None => (Place::First, 0),
        };
        Ok(Self { operation, skip, size: usize::try_from(size).unwrap_or(usize::MAX), place })
    }

    /// Pages of another size, for a list without `MaxResults`.
    pub(super) fn holding(self, size: usize) -> Self {
        Self { size, ..self }
    }

    /// The answer: the page of `items` under `member`, each put into its form by `row`, and a token if more follow.
    pub(super) fn answer<T>(&self, member: &str, items: &[T], row: impl FnMut(&T) -> Value) -> Value {
        let size = if self.place == Place::Empty { 0 } else { self.size };
        let rest = items.get(self.skip..).unwrap_or_default();
        let page: Vec<Value> = rest.iter().take(size).map(row).collect();
        let mut answer = json!({member: page});
        if rest.len() > size {
            let list = if self.place == Place::First { empty(self.operation) } else { self.operation.to_owned() };
            answer["NextToken"] = paging::token(&list, self.skip + size).into();
        }
        answer
    }
}

/// Where the token leads to, and how many items it skips.
fn place(operation: &str, token: &str) -> Result<(Place, usize), ApiError> {
    let message = "Get the value for NextToken from the response to a previous call of the operation.";
    let later = paging::skip(operation, token).map(|skip| (Place::Later, skip));
    later
        .or_else(|| paging::skip(&empty(operation), token).map(|skip| (Place::Empty, skip)))
        .ok_or_else(|| invalid("INVALID_NEXT_TOKEN", message))
}

/// What tokens for the empty page of a list name.
fn empty(operation: &str) -> String {
    format!("{operation}/empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All pages of five items, as a client sees them that stops where there is no token.
    fn walk(size: &Value, empty_pages: bool) -> Vec<usize> {
        let items: Vec<u32> = (0..5).collect();
        let (mut sizes, mut seen, mut token) = (Vec::new(), Vec::new(), Value::Null);
        loop {
            let body = json!({"MaxResults": size, "NextToken": token});
            let page = Page::read("ListRoots", Input::new(&body).expect("an object"), empty_pages).expect("a page");
            let answer = page.answer("Items", &items, |item| json!(item));
            sizes.push(answer["Items"].as_array().expect("a list").len());
            seen.extend(answer["Items"].as_array().expect("a list").clone());
            token = answer["NextToken"].clone();
            if token.is_null() {
                assert_eq!(seen, [0, 1, 2, 3, 4].map(Value::from));
                return sizes;
            }
        }
    }

    #[test]
    fn every_item_comes_once() {
        assert_eq!(walk(&Value::Null, false), [5]);
        assert_eq!(walk(&json!(2), false), [2, 0, 2, 1]);
        assert_eq!(walk(&json!(5), false), [5]);
        assert_eq!(walk(&json!(3), true), [0, 3, 2]);
    }

    #[test]
    fn an_empty_list_is_one_page() {
        let body = json!({});
        let page = Page::read("ListRoots", Input::new(&body).expect("an object"), true).expect("a page");
        assert_eq!(page.answer("Items", &[] as &[u32], |item| json!(item)), json!({"Items": []}));
    }

    #[test]
    fn bounds_and_tokens_are_checked() {
        let rows = [
            (json!({"MaxResults": 0}), "MIN_VALUE_EXCEEDED"),
            (json!({"MaxResults": -1}), "MIN_VALUE_EXCEEDED"),
            (json!({"MaxResults": 21}), "MAX_VALUE_EXCEEDED"),
            (json!({"NextToken": "x"}), "INVALID_NEXT_TOKEN"),
            (json!({"NextToken": paging::token("ListAccounts", 2)}), "INVALID_NEXT_TOKEN"),
            (json!({"NextToken": paging::token(&empty("ListAccounts"), 2)}), "INVALID_NEXT_TOKEN"),
        ];
        for (body, reason) in rows {
            let refusal = Page::read("ListRoots", Input::new(&body).expect("an object"), false).expect_err(reason);
            assert_eq!(refusal.members["Reason"], reason, "{body}");
        }
    }
}
