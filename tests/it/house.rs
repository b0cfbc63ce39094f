//! What holds for the repository as a whole, so that no review has to ask for it.

use std::collections::BTreeSet;

use crate::source;

/// Lines of code that a module may have, its tests apart.
const LONGEST: usize = 400;

#[test]
fn no_module_is_longer_than_a_person_reads_at_once() {
    let files = ["src", "localstack/src"].map(source::sources).concat();
    let long = files.iter().filter_map(|file| {
        let lines = source::untested(&source::text(file)).lines().count();
        (lines > LONGEST).then(|| format!("{file} has {lines} lines"))
    });
    let long: Vec<String> = long.collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn no_module_has_a_name_that_fits_anything() {
    let vague = ["utils", "util", "common", "helpers", "helper", "misc", "manager", "handler", "types"];
    for file in ["src", "localstack/src", "tests"].map(|folder| source::files(folder, ".rs")).concat() {
        let vague = file.trim_end_matches(".rs").split('/').find(|part| vague.contains(part));
        assert_eq!(vague, None, "{file}");
    }
}

#[test]
fn each_kind_is_a_folder_and_a_line_of_the_registry() {
    let registry = source::text("src/kinds/mod.rs");
    let lines = registry.split("macro_rules! for_each_kind").nth(1).expect("the registry stands in src/kinds/mod.rs");
    let listed: BTreeSet<&str> = lines
        .lines()
        .filter_map(|line| {
            let (variant, kind) = line.trim().strip_suffix("\",")?.split_once(": ")?;
            variant.chars().all(char::is_alphanumeric).then_some(kind.split_once(" = \"")?.0)
        })
        .collect();
    let sources = source::sources("src/kinds");
    let folders: BTreeSet<&str> = sources
        .iter()
        .filter_map(|file| file.strip_prefix("src/kinds/")?.split_once('/').map(|(kind, _)| kind))
        .collect();
    assert_eq!(listed, folders);
    for kind in folders {
        assert!(sources.contains(&format!("src/kinds/{kind}/aws.rs")), "{kind} has no AWS half");
    }
}

#[test]
fn every_code_that_is_declared_is_documented() {
    let page = source::text("docs/codes.md");
    let documented: BTreeSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |").map(|(code, _)| code)).collect();
    for file in source::sources("src") {
        let text = source::text(&file);
        let lines = source::untested(&text).lines().filter(|line| !line.trim_start().starts_with("//"));
        for code in lines.filter_map(|line| line.split_once("= \"")?.1.split('"').next()) {
            let is_code = code.len() == 5
                && code.starts_with(['E', 'L', 'W', 'P'])
                && code[1..].bytes().all(|digit| digit.is_ascii_digit());
            assert!(!is_code || documented.contains(code), "{file} declares {code}, which docs/codes.md does not list");
        }
    }
}

#[test]
fn the_readme_has_the_test_command_that_ci_runs() {
    let readme = source::text("README.md");
    let commands: Vec<&str> = readme.lines().filter(|line| line.starts_with("cargo test")).collect();
    assert_eq!(commands, ["cargo test --workspace"]);
    assert!(source::text(".ci/run").contains("grep -m1 '^cargo test' README.md"));
    assert!(source::text("justfile").contains("\n    .ci/run\n"));
}

#[test]
fn links_between_documents_lead_somewhere() {
    for file in source::files(".", ".md") {
        let folder = source::root().join(&file);
        let folder = folder.parent().expect("a folder");
        let text = source::text(&file);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            if path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let target = folder.join(path);
            assert!(path.is_empty() || target.exists(), "{file} links to {link}, which is not there");
            let target =
                if path.is_empty() { text.clone() } else { std::fs::read_to_string(target).unwrap_or_default() };
            assert!(anchor.is_empty() || anchors(&target).contains(anchor), "{file} links to {link}: no such heading");
        }
    }
}

/// The anchors that a forge makes of a document's headings.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let headings = markdown.lines().filter_map(|line| line.strip_prefix('#'));
    headings
        .map(|heading| {
            let kept = heading.trim_start_matches('#').trim().to_lowercase();
            kept.chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

#[test]
fn every_decision_is_listed() {
    let index = source::text("docs/adr/README.md");
    for file in source::files("docs/adr", ".md") {
        let name = file.trim_start_matches("docs/adr/");
        assert!(
            name == "README.md" || index.contains(&format!("]({name})")),
            "docs/adr/README.md does not list {name}"
        );
    }
}

#[test]
fn the_documentation_lists_every_action_that_is_called() {
    let permissions = source::text("docs/permissions.md");
    let is_action = |text: &str| {
        let known = ["bedrock", "organizations", "iam", "sts"];
        text.split_once(':').is_some_and(|(service, operation)| {
            known.contains(&service)
                && operation.starts_with(char::is_uppercase)
                && operation.chars().all(char::is_alphanumeric)
        })
    };
    let rows = permissions.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let listed: BTreeSet<&str> = rows.filter(|text| is_action(text)).collect();
    let kinds = source::files("src/kinds", ".rs").into_iter().filter(|file| file.contains("/aws"));
    let texts: Vec<String> = kinds
        .chain(source::files("src/aws", ".rs"))
        .map(|file| source::untested(&source::text(&file)).to_owned())
        .collect();
    let called: BTreeSet<&str> = texts.iter().flat_map(|text| text.split('"')).filter(|text| is_action(text)).collect();
    assert_eq!(called, listed, "called, and listed");
}
