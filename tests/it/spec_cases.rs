//! Specs and what is said of them: each file in `tests/cases/spec` has a sibling with what is expected.
//!
//! `bad/<rule>.yaml` has `<rule>.diagnostics`: what `validate` finds. `good/<name>.yaml` has `<name>.desired`: what it is
//! lowered to in the default sandbox, warnings first. `tree/<rule>.yaml` is sound until the organization is known. `tree/<rule>.yaml` passes `validate` and is at fault only where the
//! organization is known. `BEDRAIL_BLESS=1 cargo test --test it spec_cases` writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bedrail::model::diagnostic::Diagnostics;
use bedrail::model::{Account, Caller, Facts, Organization, OrganizationalUnit, Partition, bedrock_regions};
use bedrail::spec::lower::{check, lower};
use bedrail::spec::sources::Sources;
use bedrail::spec::{Input, Spec, read, schema};

use crate::support::MANAGEMENT;

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/spec").join(folder);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder of cases").map(|entry| entry.expect("a case").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

/// Reads a case with `SECRET` in the environment.
pub(crate) fn parse(text: &str, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Spec {
    let file = sources.add("case.yaml", text);
    let environment = BTreeMap::from([("SECRET".to_owned(), "hunter2".to_owned())]);
    read(Input { sources, files: &[file], given: Vec::new(), environment: &environment, env: None }, diagnostics)
}

pub(crate) fn render(diagnostics: Diagnostics, sources: &Sources) -> String {
    let at = |span| {
        let position = sources.position(span);
        format!("{}:{}", position.line, position.column)
    };
    let mut text = String::new();
    for fault in diagnostics.sorted() {
        let place = fault.span.map_or_else(|| "-".to_owned(), at);
        writeln!(text, "{} {place} {}", fault.code, fault.message).expect("a string");
        for (word, line) in [("label", fault.label), ("help", fault.help)] {
            if let Some(line) = line {
                writeln!(text, "  {word}: {line}").expect("a string");
            }
        }
        for (span, label) in fault.related {
            writeln!(text, "  {}: {label}", at(span)).expect("a string");
        }
    }
    text
}

/// Compares with the sibling of this extension, or writes it.
pub(crate) fn compare(case: &Path, extension: &str, found: &str, failures: &mut Vec<String>) {
    let sibling = case.with_extension(extension);
    if std::env::var_os("BEDRAIL_BLESS").is_some() {
        fs::write(&sibling, found).expect("the expectation is written");
        return;
    }
    let wanted = fs::read_to_string(&sibling).unwrap_or_default();
    if wanted != found {
        failures.push(format!("{}\nwanted:\n{wanted}\nfound:\n{found}", sibling.display()));
    }
}

/// The management account, its organization and the tree that the cases speak of.
fn facts() -> Facts {
    let management: bedrail::model::AccountId = MANAGEMENT.parse().expect("an account id");
    let account = |id: &str, name: &str, ancestors: &[&str]| Account {
        id: id.parse().expect("an account id"),
        name: name.to_owned(),
        active: true,
        ancestors: ancestors.iter().map(|&id| id.to_owned()).collect(),
    };
    let unit = |id: &str, path: &str| OrganizationalUnit {
        id: id.to_owned(),
        path: path.to_owned(),
        ancestors: vec!["r-ab12".to_owned(), id.to_owned()],
    };
    let partition = Partition::new("aws");
    Facts {
        roles: bedrail::model::RoleNames::default(),
        bedrock_regions: bedrock_regions(&partition),
        caller: Caller { arn: format!("arn:aws:iam::{management}:role/Admin"), account: management.clone(), partition },
        organization: Some(Organization {
            id: "o-exampleorgid".to_owned(),
            management_account: management,
            root: "r-ab12".to_owned(),
            policy_types: Vec::new(),
            all_features: Some(true),
            delegation: Ok(None),
            accounts: vec![
                account(MANAGEMENT, "management", &["r-ab12"]),
                account("222233334444", "prod-1", &["r-ab12", "ou-ab12-workload"]),
                account("333344445555", "dev-2", &["r-ab12", "ou-ab12-workload"]),
                Account { active: false, ..account("444455556666", "closed-3", &["r-ab12", "ou-ab12-graveyard"]) },
            ],
            units: vec![unit("ou-ab12-workload", "Workloads"), unit("ou-ab12-graveyard", "Closed")],
        }),
    }
}

#[test]
fn each_fault_is_found_where_it_stands() {
    let mut failures = Vec::new();
    for case in cases("bad") {
        let text = fs::read_to_string(&case).expect("a case");
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let spec = parse(&text, &mut sources, &mut diagnostics);
        check(&spec, &mut diagnostics);
        let found = render(diagnostics, &sources);
        if found.is_empty() {
            failures.push(format!("{} has no fault", case.display()));
        }
        assert!(!found.contains("hunter2"), "a secret is shown: {found}");
        compare(&case, "diagnostics", &found, &mut failures);
    }
    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_only_the_tree_can_tell_is_told_then() {
    let mut failures = Vec::new();
    for case in cases("tree") {
        let text = fs::read_to_string(&case).expect("a case");
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let spec = parse(&text, &mut sources, &mut diagnostics);
        check(&spec, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{}: {}", case.display(), render(diagnostics, &sources));
        assert!(lower(&spec, &facts(), &mut diagnostics).is_none(), "{} has no fault", case.display());
        compare(&case, "diagnostics", &render(diagnostics, &sources), &mut failures);
    }
    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_sound_spec_is_lowered_to_what_it_says() {
    let validator = jsonschema::draft7::new(&schema::schema()).expect("a schema");
    let mut failures = Vec::new();
    for case in cases("good") {
        let text = fs::read_to_string(&case).expect("a case");
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let spec = parse(&text, &mut sources, &mut diagnostics);
        check(&spec, &mut diagnostics);
        let desired = lower(&spec, &facts(), &mut diagnostics);
        let mut found = render(diagnostics, &sources);
        let Some(desired) = desired else {
            failures.push(format!("{} has faults:\n{found}", case.display()));
            continue;
        };
        for (address, wanted) in &desired.resources {
            writeln!(found, "{address} from {}", wanted.entry).expect("a string");
            for former in &wanted.previously {
                writeln!(found, "  previously {former}").expect("a string");
            }
            let fields = serde_json::to_string_pretty(&wanted.model.fields()).expect("JSON");
            for line in fields.lines() {
                writeln!(found, "  {line}").expect("a string");
            }
        }
        let bedrail::model::Desired { keep_versions, external, declared_regions, scanned_only, secrets, .. } = desired;
        for (address, keep) in keep_versions {
            writeln!(found, "keep {keep} of {address}").expect("a string");
        }
        for (address, mark) in external {
            writeln!(found, "external {address} is {} of {}", mark.name, mark.stack).expect("a string");
        }
        let regions: Vec<String> = declared_regions.iter().map(ToString::to_string).collect();
        let scanned: Vec<String> = scanned_only.iter().map(ToString::to_string).collect();
        writeln!(found, "declared {regions:?}\nscanned {scanned:?}\nsecrets {secrets:?}").expect("a string");
        compare(&case, "desired", &found, &mut failures);
        let instance: serde_json::Value = serde_saphyr::from_str(&text).expect("YAML");
        let faults: Vec<String> =
            validator.iter_errors(&instance).map(|e| format!("{} {e}", e.instance_path())).collect();
        if !faults.is_empty() {
            failures.push(format!("{} against the schema: {faults:#?}", case.display()));
        }
    }
    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
}
