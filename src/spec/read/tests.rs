use proptest::prelude::*;

use super::*;

/// The spec in these files, and its faults as code, cited text and message.
fn read_files(files: &[&str]) -> (Spec, Vec<(&'static str, String, String)>) {
    let mut sources = Sources::new();
    let ids: Vec<SourceId> =
        files.iter().enumerate().map(|(at, text)| sources.add(format!("{at}.yaml"), *text)).collect();
    let mut diagnostics = Diagnostics::new();
    let input =
        Input { sources: &sources, files: &ids, given: Vec::new(), environment: &Environment::new(), env: None };
    let spec = read(input, &mut diagnostics);
    let cite = |d: Diagnostic| {
        let place = d.span.map_or_else(String::new, |span| sources.slice(span).to_owned());
        (d.code.id(), place, d.message)
    };
    (spec, diagnostics.sorted().into_iter().map(cite).collect())
}

const HEAD: &str = "format: 1\nstack: acme\nregions: [us-east-1]\n";

fn faults(rest: &str) -> Vec<(&'static str, String)> {
    let found = read_files(&[&format!("{HEAD}{rest}")]).1;
    found.into_iter().map(|(code, place, _)| (code, place)).collect()
}

#[test]
fn a_folder_is_one_spec() {
    let (spec, found) = read_files(&[
        "format: 1\nstack: acme\nregions: ['${var.home}']\nguardrails: {a: {x: '${var.home}'}}\nx-a: &a [1]\n",
        "vars: {home: eu-west-1}\nguardrails: {b: 2}\ntags: {k: v}\nx-a: 3\n",
        "tags: {l: 4711}\norganization: {management_account: \"111122223333\"}\nscan: {regions: [us-east-1]}\n",
    ]);
    assert_eq!(found, vec![]);
    let top = spec.top.as_ref().unwrap();
    assert_eq!(top.regions[0].as_str(), "eu-west-1");
    assert_eq!(top.tags.as_ref().unwrap().len(), 2);
    assert_eq!(top.organization.as_ref().unwrap().management_account.as_str(), "111122223333");
    let keys: Vec<&str> = spec.section("guardrails").iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["a", "b"]);
    assert_eq!(spec.section("guardrails")[0].node.get("x").unwrap().literal(), Some("eu-west-1"));
    assert!(spec.section("versions").is_empty());
}

#[test]
fn what_stands_twice_is_named() {
    let first = format!("{HEAD}guardrails: {{a: 1}}\n");
    let found = read_files(&[&first, "stack: b\nguardrails: {a: 2}\n"]).1;
    let brief: Vec<(&str, &str)> = found.iter().map(|(code, _, message)| (*code, message.as_str())).collect();
    assert_eq!(brief, [("E0402", "`stack` stands in two files"), ("E0401", "`guardrails.a` is declared twice")]);
}

#[test]
fn the_top_level_reports_what_is_mistyped() {
    for (rest, want) in [
        ("guardrials: {}", vec![("E0201", "guardrials")]),
        ("environments: [prod]", vec![("E0203", "[prod]")]),
        ("environments: {prod: [a]}", vec![("E0203", "[a]")]),
        ("environments: {prod: {guardrials: {}}}", vec![("E0201", "guardrials")]),
        ("environments: {prod: {environments: {}}}", vec![("E0201", "environments")]),
        ("organization: {management_account: 111122223333}", vec![("E0206", "111122223333")]),
        ("organization: {id: o-x}", vec![("E0202", "organization"), ("E0208", "o-x")]),
        (
            "account_id: \"111122223333\"\norganization: {management_account: \"111122223333\"}",
            vec![("E0503", "account_id")],
        ),
        ("account_id: 111122223333", vec![("E0206", "111122223333")]),
        ("scan: {regions: All}", vec![("E0205", "All")]),
        ("scan: {accounts: [all]}", vec![("E0203", "[all]")]),
        ("guardrails: [a]", vec![("E0203", "[a]")]),
        ("guardrails: {Baseline: {}}", vec![("E0209", "Baseline")]),
        ("guardrails: {'': {}}", vec![("E0208", "''")]),
        ("tags: [a]", vec![("E0203", "[a]")]),
        ("tags: {a: '${organization_id}'}", vec![("E0306", "${organization_id}")]),
        ("vars: {a: '${var.b}'}\ntags: {x: '${var.c}'}", vec![("E0302", "${var.b}"), ("E0302", "${var.c}")]),
        ("ignore_tags: aws:*", vec![("E0203", "aws:*")]),
    ] {
        let found = faults(rest);
        let found: Vec<(&str, &str)> = found.iter().map(|(code, place)| (*code, place.as_str())).collect();
        assert_eq!(found, want, "{rest}");
    }
}

#[test]
fn format_stack_and_regions_are_needed_and_checked() {
    let found = read_files(&["format: 2\nstack: Acme Corp\n"]).1;
    let brief: Vec<(&str, &str)> = found.iter().map(|(code, place, _)| (*code, place.as_str())).collect();
    assert_eq!(brief, [("E0202", "format"), ("E0501", "2"), ("E0209", "Acme Corp")]);
    assert_eq!(read_files(&["format: 1\nstack: a\nregions: us-east-1\n"]).1[0].0, "E0203");
}

#[test]
fn a_broken_file_does_not_make_keys_of_another_seem_missing() {
    let (spec, found) = read_files(&["format: 1\nstack: [\n", "tags: {a: [b]}\n"]);
    let brief: Vec<&str> = found.iter().map(|(code, ..)| *code).collect();
    assert_eq!(brief, ["E0101", "E0203"]);
    assert!(!spec.complete && spec.top.is_none());
}

#[test]
fn files_without_keys_are_named() {
    for (text, code) in [("", "E0004"), ("# nothing\n", "E0004"), ("- a\n", "E0203"), ("text\n", "E0203")] {
        assert_eq!(read_files(&[HEAD, text]).1[0].0, code, "{text:?}");
    }
    assert_eq!(read_files(&[""]).1.len(), 1, "empty says it all");
}

#[test]
fn sections_decode_with_what_their_scope_offers() {
    crate::text! { Any: "a text", 1..=99 }
    crate::entry! {
        /// A thing.
        struct Thing: "a thing" {
            /// Text.
            required text: crate::spec::decode::Text<Any>,
        }
    }
    let (spec, found) = read_files(&[&format!("{HEAD}guardrails: {{a: {{text: '${{region}}'}}, b: {{}}}}\n")]);
    assert_eq!(found, vec![]);
    let mut diagnostics = Diagnostics::new();
    assert_eq!(spec.decode::<Thing>("guardrails", REGIONAL, &mut diagnostics).len(), 1);
    assert_eq!(diagnostics.iter().map(|d| d.message.as_str()).collect::<Vec<_>>(), ["a thing needs `text`"]);
    let mut diagnostics = Diagnostics::new();
    assert!(spec.decode::<Thing>("guardrails", GLOBAL, &mut diagnostics).is_empty());
    assert_eq!(diagnostics.errors(), 2);
}

proptest! {
    #[test]
    fn reading_a_spec_never_panics(text in "(format|stack|regions|vars|tags|guardrails|x-a|organization|[a-z])(: |:\n  )[\\[\\]{}:,\\-&*!${}.a-z0-9\"' \n]{0,80}") {
        read_files(&[HEAD, &text]);
    }
}
