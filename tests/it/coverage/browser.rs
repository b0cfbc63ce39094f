//! The page in Chromium, used as people use it: by pointer, by keyboard alone, in light and dark, and by those who are read to.
//!
//! `BEDRAIL_BLESS=1` writes the pictures of docs/images anew, and what their pages said.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bedrail::report::coverage::html;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::world::{Size, covered};
use crate::source;

/// How a browser may be called; `tests/browser/install` installs the first.
const BROWSERS: [&str; 4] = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/// How long the largest page may take from its first byte until it can be used, in milliseconds. It takes a tenth of that.
const USABLE: f64 = 3000.0;
/// How long anything may take that somebody does on it, in milliseconds; a tenth of that on a machine that does nothing else.
const ANSWERED: f64 = 1500.0;

fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("BEDRAIL_BROWSER").map(PathBuf::from);
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let found = BROWSERS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = named.or_else(|| found.into_iter().find(|path| path.exists()));
    let installed = source::root().join("tests/browser/node_modules/axe-core").exists();
    if found.is_none() || !installed {
        assert!(std::env::var_os("CI").is_none(), "no browser, or no axe-core: tests/browser/install");
        let _ = writeln!(std::io::stderr(), "SKIPPED: no page was opened: run tests/browser/install");
        return None;
    }
    found
}

/// A page in a folder of its own, and what is done on it.
struct Visit {
    folder: TempDir,
    steps: Vec<Value>,
    asked: Vec<usize>,
}

impl Visit {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), steps: Vec::new(), asked: Vec::new() }
    }

    fn write(&self, name: &str, page: &str) -> String {
        let file = self.folder.path().join(name);
        std::fs::write(&file, page).expect("a file");
        format!("file://{}", file.display())
    }

    fn does(&mut self, step: Value) -> &mut Self {
        self.steps.push(step);
        self
    }

    /// What the page says of an expression; the answers come in the order of the questions.
    fn asks(&mut self, expression: &str) -> &mut Self {
        self.asked.push(self.steps.len());
        self.does(json!({ "tell": expression }))
    }

    fn asks_for(&mut self, what: &str) -> &mut Self {
        self.asked.push(self.steps.len());
        self.does(json!({ what: true }))
    }

    fn ends(&self, browser: &Path) -> Vec<Value> {
        let mut child = Command::new("node")
            .arg(source::root().join("tests/browser/session.mjs"))
            .arg(browser)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("node runs");
        let steps = Value::from(self.steps.clone()).to_string();
        child.stdin.take().expect("a pipe").write_all(steps.as_bytes()).expect("node reads");
        let output = child.wait_with_output().expect("node ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let answers: Vec<Value> = serde_json::from_slice(&output.stdout).expect("answers");
        self.asked.iter().map(|at| answers[*at].clone()).collect()
    }
}

const SMALL: Size = Size { accounts: 36, units: 7, name: "sandbox-first" };

/// What has the focus, as it is read aloud.
const FOCUS: &str = "(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent).replace(/\\s+/g, ' ').trim()";

#[test]
fn a_page_is_used_by_the_keyboard_alone() {
    let Some(browser) = browser() else { return };
    let mut visit = Visit::new();
    let page = visit.write("page.html", &html(&covered(&SMALL, false)));
    visit.does(json!({ "open": page })).asks_for("requests").asks_for("faults");
    // From the search field on, Tab reaches the grid once, and the arrow keys do the rest.
    visit.does(json!({"click": "#fold"})).does(json!({"press": "Tab"})).asks(FOCUS);
    visit.asks("document.querySelector('#grid').getAttribute('aria-rowcount')");
    visit.does(json!({"press": ["ArrowDown", "ArrowDown"]})).asks(FOCUS);
    visit.does(json!({"press": "ArrowRight"})).asks("document.querySelector('#grid').getAttribute('aria-rowcount')");
    visit.asks("document.activeElement.closest('[role=row]').getAttribute('aria-expanded')");
    visit.does(json!({"press": ["ArrowRight", "End"]})).asks(FOCUS);
    visit.does(json!({"press": "Home"})).does(json!({"press": "End", "control": true})).asks(FOCUS);
    visit
        .does(json!({"press": "Home", "control": true}))
        .does(json!({"press": ["ArrowDown", "ArrowRight"]}))
        .asks(FOCUS);
    visit
        .does(json!({"press": "Enter"}))
        .asks(FOCUS)
        .asks("document.querySelector('#panel .verdict').textContent.trim()");
    visit.does(json!({"press": "Escape"})).asks(FOCUS).asks("document.querySelector('#panel').hidden");
    visit.asks("getComputedStyle(document.activeElement).outlineWidth");
    visit.asks("document.querySelectorAll('#grid [tabindex=\"0\"]').length");
    let answers = visit.ends(&browser);
    let [
        requests,
        faults,
        fold,
        before,
        down,
        after,
        expanded,
        last,
        bottom,
        first,
        told,
        verdict,
        back,
        hidden,
        outline,
        stops,
    ] = answers.as_slice()
    else {
        panic!("{answers:#?}")
    };
    assert_eq!(requests, &json!([page]), "nothing is asked of anybody");
    assert_eq!(faults, &json!([]));
    assert_eq!(fold, "▾ root 36 accounts");
    assert!(down.as_str().is_some_and(|words| words.contains("Data")), "{down}");
    assert!(number(after) > number(before) && expanded == "true", "{before} {after} {expanded}");
    assert!(last.as_str().is_some_and(|words| words.starts_with("Data, us-west-2: ")), "{last}");
    assert!(bottom.as_str().is_some_and(|words| words.contains("Workloads")), "{bottom}");
    assert_eq!(first, "acme, af-south-1: unprotected");
    assert_eq!(told, "acme in af-south-1");
    assert!(
        verdict.as_str().is_some_and(|words| words.contains("Not protected: no guardrail is enforced here.")),
        "{verdict}"
    );
    assert_eq!((back, hidden), (first, &json!(true)), "Escape leads back to the cell");
    assert_eq!(outline, "3px", "the focus is seen");
    assert_eq!(stops, 1, "the grid is one stop for Tab");
}

fn number(value: &Value) -> usize {
    value.as_str().and_then(|text| text.parse().ok()).expect("a number")
}

#[test]
fn filters_leave_what_is_asked_for() {
    let Some(browser) = browser() else { return };
    let mut visit = Visit::new();
    let page = visit.write("page.html", &html(&covered(&SMALL, true)));
    let status = "document.querySelector('#status').textContent";
    let choose = |id: &str, value: &str| json!({"tell": format!("(() => {{ const found = document.getElementById('{id}'); found.value = '{value}'; found.dispatchEvent(new Event('change')); return null; }})()")});
    visit.does(json!({ "open": page })).asks(status);
    visit.does(json!({"click": "#search"})).does(json!({"write": "payments"})).asks(status);
    visit.asks("[...document.querySelectorAll('#body .row:not(.node) .text')].every((name) => name.textContent.startsWith('payments'))");
    visit.does(json!({"tell": "(() => { const found = document.getElementById('search'); found.value = 'no such account'; found.dispatchEvent(new Event('input')); return null; })()"}));
    visit.asks(
        "document.querySelector('#nothing').hidden === false && document.querySelectorAll('#body .row').length === 0",
    );
    visit.does(json!({"tell": "(() => { const found = document.getElementById('search'); found.value = ''; found.dispatchEvent(new Event('input')); return null; })()"}));
    // Only what is invalid: now in one Region, and then nowhere.
    for state in [0, 1, 3, 4, 5] {
        visit.does(json!({"click": format!("#state-{state}")}));
    }
    visit.asks(status).does(json!({"click": "#time-have"})).asks(status);
    for state in [0, 1, 3, 4, 5] {
        visit.does(json!({"click": format!("#state-{state}")}));
    }
    visit
        .does(choose("region", "5"))
        .asks(status)
        .asks("document.querySelectorAll('#head [role=columnheader]').length");
    visit.does(choose("region", "")).does(choose("way", "0")).does(choose("passage", "closed")).asks(status);
    visit.does(choose("way", "-1")).does(json!({"click": "#time-changed"})).asks(status);
    visit.asks("document.querySelectorAll('.cell.changed').length > 0").asks_for("faults");
    let answers = visit.ends(&browser);
    let [all, found, only, nothing, then, now, region, headers, closed, changed, dashed, faults] = answers.as_slice()
    else {
        panic!("{answers:#?}")
    };
    assert_eq!(all, "36 of 36 accounts, 17 of 17 Regions");
    assert!(found.as_str().is_some_and(|words| words.starts_with("5 of 36")), "{found}");
    assert_eq!((only, nothing, dashed), (&json!(true), &json!(true), &json!(true)));
    assert_eq!(then, "0 of 36 accounts, 17 of 17 Regions", "nothing is invalid when the plan is done");
    assert!(now.as_str().is_some_and(|words| !words.starts_with("0 of")), "{now}");
    assert_eq!((region, headers), (&json!("36 of 36 accounts, 1 of 17 Regions"), &json!(2)));
    assert!(
        [closed, changed].iter().all(|words| words.as_str().is_some_and(|words| !words.starts_with("0 of"))),
        "{closed} {changed}"
    );
    assert_eq!(faults, &json!([]));
}

#[test]
fn the_counts_beside_the_filters_are_of_the_time_that_is_shown() {
    let Some(browser) = browser() else { return };
    let told = covered(&SMALL, true);
    let mut visit = Visit::new();
    let page = visit.write("page.html", &html(&told));
    let protected = "document.getElementById('count-0').textContent";
    visit.does(json!({ "open": page })).asks(protected);
    visit.does(json!({"click": "#time-have"})).asks(protected).asks_for("faults");
    let answers = visit.ends(&browser);
    let want = told.want.as_ref().expect("a plan").protected;
    assert_ne!(told.have.protected, want);
    assert_eq!(answers, [json!(want.to_string()), json!(told.have.protected.to_string()), json!([])]);
}

#[test]
fn five_thousand_accounts_in_seventeen_regions_stay_responsive() {
    let Some(browser) = browser() else { return };
    let mut visit = Visit::new();
    let page = visit.write("large.html", &html(&covered(&Size { accounts: 5000, units: 200, name: "first" }, true)));
    let timed = |act: &str| {
        format!(
            "(async () => {{ const began = performance.now(); {act}; await new Promise((done) => requestAnimationFrame(() => setTimeout(done))); return performance.now() - began; }})()"
        )
    };
    visit.does(json!({ "open": page })).asks("Number(document.documentElement.dataset.ready)");
    visit.asks(&timed("document.getElementById('unfold').click()"));
    visit.asks(&timed("document.getElementById('view').scrollTop = 100000"));
    visit.asks(&timed("const found = document.getElementById('search'); found.value = 'team-1'; found.dispatchEvent(new Event('input'))"));
    visit.asks(&timed("document.getElementById('time-changed').click()"));
    visit.asks(&timed("document.querySelector('.row:not(.node) .cell').click()"));
    visit.asks("document.querySelectorAll('#body .row').length");
    visit.asks("document.querySelector('#panel').hidden").asks_for("faults").asks_for("requests");
    let answers = visit.ends(&browser);
    let [ready, unfold, scroll, search, change, click, rows, hidden, faults, requests] = answers.as_slice() else {
        panic!("{answers:#?}")
    };
    let _ = writeln!(
        std::io::stderr(),
        "usable after {ready} ms; unfold {unfold}, scroll {scroll}, search {search}, change {change}, click {click} ms"
    );
    assert!(ready.as_f64().is_some_and(|time| time < USABLE), "{ready}");
    for time in [unfold, scroll, search, change, click] {
        assert!(time.as_f64().is_some_and(|time| time < ANSWERED), "{answers:#?}");
    }
    assert!(rows.as_u64().is_some_and(|rows| (10..100).contains(&rows)), "only what is in sight is drawn: {rows}");
    assert_eq!((hidden, faults, requests), (&json!(false), &json!([]), &json!([page])));
}

/// Each picture: its page, in which colours, and what is done on it first.
fn pictures(visit: &Visit) -> Vec<(&'static str, Value, Vec<Value>)> {
    let now = visit.write("now.html", &html(&covered(&SMALL, false)));
    let plan = visit.write("plan.html", &html(&covered(&SMALL, true)));
    let large = visit.write("large.html", &html(&covered(&Size { accounts: 5000, units: 200, name: "first" }, false)));
    let open = |page: &str, scheme: &str| json!({"open": page, "scheme": scheme, "width": 1180, "height": 680});
    let cell =
        |line: usize, column: usize| json!({"click": format!("[data-line=\"{line}\"] [data-column=\"{column}\"]")});
    vec![
        ("coverage-light", open(&now, "light"), vec![cell(4, 10)]),
        ("coverage-dark", open(&now, "dark"), vec![cell(3, 7)]),
        ("coverage-plan", open(&plan, "light"), vec![json!({"click": "#time-changed"}), cell(3, 2)]),
        ("coverage-large", open(&large, "light"), vec![json!({"click": "#fold"}), cell(5, 0), cell(6, 0)]),
    ]
}

/// What a page says in sight, a line of the table each.
const SAID: &str = "[document.querySelector('body > header').innerText, ...[...document.querySelectorAll('#grid [role=row]')]\
    .map((row) => [...row.children].map((cell) => cell.innerText.replace(/\\s+/g, ' ').trim()).join(' | ')), \
    document.querySelector('#status').innerText, document.querySelector('#panel').innerText].join('\\n')";

#[test]
fn everybody_can_use_it_and_the_pictures_are_of_it() {
    let Some(browser) = browser() else { return };
    let mut visit = Visit::new();
    let folder = source::root().join("docs/images");
    let shown = pictures(&visit);
    for (name, open, acts) in &shown {
        visit.does(open.clone());
        for act in acts {
            visit.does(act.clone());
        }
        let into = if source::bless() { folder.clone() } else { visit.folder.path().to_owned() };
        visit.does(json!({"picture": into.join(format!("{name}.png"))}));
        visit.asks(SAID).asks_for("judge");
    }
    if source::bless() {
        std::fs::create_dir_all(&folder).expect("a folder");
    }
    let answers = visit.ends(&browser);
    let mut said: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ((name, ..), answers) in shown.iter().zip(answers.chunks(2)) {
        assert_eq!(answers[1], json!([]), "{name}: what axe says of it");
        let words = answers[0].as_str().expect("text").lines().map(str::trim).filter(|line| !line.is_empty());
        said.insert(name, words.collect());
        // Fonts differ from machine to machine, and with them each pixel.
        let into = if source::bless() { &folder } else { visit.folder.path() };
        for place in [folder.as_path(), into] {
            let picture = std::fs::read(place.join(format!("{name}.png"))).expect("a picture");
            assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n", "{name}");
            let side = |at: usize| u32::from_be_bytes([picture[at], picture[at + 1], picture[at + 2], picture[at + 3]]);
            assert_eq!((side(16), side(20)), (1180, 680), "{name}");
            assert!(picture.len() < 200_000, "{name} has {} bytes", picture.len());
        }
    }
    let file = "tests/cases/coverage/pictures.json";
    let said = serde_json::to_string_pretty(&said).expect("JSON") + "\n";
    if source::bless() {
        std::fs::create_dir_all(source::root().join("tests/cases/coverage")).expect("a folder");
        std::fs::write(source::root().join(file), said).expect("a file");
    } else {
        assert_eq!(source::text(file), said, "the pictures show another page: write them with BEDRAIL_BLESS=1");
    }
}
