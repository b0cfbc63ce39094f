//! The page as a text: it holds everything itself, and nothing in an organization can get out of the data.

use std::time::Instant;

use bedrail::coverage::State;
use bedrail::report::coverage::{html, markdown, text};
use bedrail::report::{Disclosure, Look, Style};
use serde_json::Value;

use super::world::{Size, covered};

const HOSTILE: &str =
    "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> {{script}} \u{202e}\u{2028} ' \" & `";

/// What the page draws.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").expect("the data");
    let (data, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(data).expect("JSON")
}

#[test]
fn hostile_names_stay_text() {
    let page = html(&covered(&Size { accounts: 9, units: 7, name: HOSTILE }, true));
    let tame = html(&covered(&Size { accounts: 9, units: 7, name: "tame" }, true));
    for markup in ["<script", "</script", "<!--", "<img"] {
        assert_eq!(page.matches(markup).count(), tame.matches(markup).count(), "{markup}");
    }
    let name = data(&page)["accounts"]
        .as_array()
        .expect("accounts")
        .iter()
        .find_map(|account| account[1].as_str().filter(|name| name.contains("alert")).map(str::to_owned));
    let name = name.expect("the account");
    assert!(
        name.starts_with("</script><script>alert(1)</script>")
            && name.contains("{{script}}")
            && !name.contains('\u{202e}'),
        "{name}"
    );
    for scheme in ["http://", "https://", "//cdn", "url(", "@import", "src=", "href="] {
        assert!(!tame.contains(scheme), "{scheme}: the page needs nothing else");
    }
    let told = covered(&Size { accounts: 9, units: 7, name: HOSTILE }, true);
    assert!(!markdown(&told).contains("<script") && !markdown(&told).contains('\u{202e}'));
    let disclosure = Disclosure::default();
    let look = Look { style: Style::Plain, width: 100, disclosure: &disclosure, beyond: &[] };
    assert!(!text(&told, look).contains('\u{202e}'));
}

#[test]
fn five_thousand_accounts_are_a_small_page_and_a_short_table() {
    let size = Size { accounts: 5000, units: 200, name: "first" };
    let began = Instant::now();
    let covered = covered(&size, false);
    assert_eq!(covered.accounts.len() * covered.regions.len(), 85_000);
    assert!(covered.cells.len() < 200, "{} cells differ", covered.cells.len());
    let page = html(&covered);
    assert!(page.len() < 700_000, "{} bytes", page.len());
    let disclosure = Disclosure::default();
    let table = text(&covered, Look { style: Style::Plain, width: 100, disclosure: &disclosure, beyond: &[] });
    assert!(table.lines().count() < 140, "{} lines\n{table}", table.lines().count());
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    assert!(markdown(&covered).len() < 60_000, "a comment takes no more");
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    let sum: usize = State::ALL.iter().map(|state| covered.have.in_state(*state)).sum();
    assert_eq!(sum, 85_000);
}
