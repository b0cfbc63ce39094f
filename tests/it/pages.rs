//! The reference pages of the documents are what the code says, and the book has every page.
//!
//! `BEDRAIL_BLESS=1` writes the pages anew.

use std::collections::BTreeSet;
use std::fs;

use bedrail::report::json::coverage::Covered;
use bedrail::report::json::explain::Explained;
use bedrail::report::json::{AuditLine, JsonChecks, PlanFile, TestReport};
use bedrail::report::reference::Reference;
use bedrail::{cli, spec};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::source;

const SPEC: &str = "# The spec

Every section and every field, written by the schema that `bedrail schema` prints; examples are in the [guide](../getting-started.md) and in
[`examples`](../../examples). A spec is a file, or a folder of files that are merged by key.

`${var.<name>}`, `${env.<NAME>}`, `${account}`, `${region}` and the like may stand in every text, and `${var.<name>}` for a whole list or map.
`region_overrides` in an entry lays something else over it in a Region, and `environments` over the whole spec: see
[environments](../environments.md).

## At the top

";

const JSON: &str = "# JSON

What machines read, written by the schemas that `bedrail schema plan`, `drift`, `explain`, `coverage`, `verify`, `readiness`, `results` and
`audit` print. `format_version` changes when a member goes or means something else; new members may come at any time, so take what you know and leave the rest.

";

fn draft07<T: JsonSchema>() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value()
}

fn json() -> String {
    let mut page = JSON.to_owned();
    for (title, schema) in [
        ("`plan --format json` and `plan --out`", draft07::<PlanFile>()),
        ("`explain --format json`", draft07::<Explained>()),
        ("`coverage --format json`", draft07::<Covered>()),
        ("`verify --format json` and `readiness --format json`", draft07::<JsonChecks>()),
        ("`test --format json`", draft07::<TestReport>()),
        ("A line of `apply --audit-log`", draft07::<AuditLine>()),
    ] {
        let docs = schema["description"].as_str().unwrap_or_default();
        page.extend(["## ", title, "\n\n", docs, "\n\n", &Reference::new(&schema).list(), "\n"]);
    }
    page.truncate(page.trim_end().len());
    page + "\n"
}

#[test]
fn the_reference_is_what_the_code_says() {
    let schema = spec::schema::schema();
    let pages = [
        ("docs/reference/spec.md", SPEC.to_owned() + &Reference::new(&schema).sections(2)),
        ("docs/reference/commands.md", cli::reference::page()),
        ("docs/reference/json.md", json()),
    ];
    for (file, page) in pages {
        if source::bless() {
            fs::write(source::root().join(file), page).expect("the page is written");
        } else {
            assert_eq!(source::text(file), page, "{file}: write it with BEDRAIL_BLESS=1");
        }
    }
}

#[test]
fn the_book_has_every_page_once() {
    let summary = source::text("docs/SUMMARY.md");
    let linked = summary.lines().filter_map(|line| line.split_once("](")?.1.strip_suffix(')'));
    let mut pages = BTreeSet::new();
    for page in linked {
        assert!(pages.insert(format!("docs/{page}")), "{page} is there twice");
    }
    let files: BTreeSet<String> =
        source::files("docs", ".md").into_iter().filter(|file| *file != "docs/SUMMARY.md").collect();
    assert_eq!(pages, files);
}
