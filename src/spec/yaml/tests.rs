use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Node, Vec<(&'static str, String)>> {
    let source = SourceId::new(0);
    let mut diagnostics = Diagnostics::new();
    let node = parse(source, text, &mut diagnostics);
    match node {
        Some(node) if diagnostics.is_empty() => Ok(node),
        _ => Err(diagnostics
            .iter()
            .map(|d| (d.code.id(), d.span.map_or("", |span| span.slice(text)).to_owned()))
            .collect()),
    }
}

fn codes_of(text: &str) -> Vec<(&'static str, String)> {
    read(text).expect_err("a fault")
}

/// Every scalar with what stands at its span.
fn scalars<'t>(node: &Node, text: &'t str, out: &mut Vec<(String, &'t str)>) {
    match &node.value {
        Value::Null => {}
        Value::Scalar(scalar) => out.push((scalar.text.shown(), node.span.slice(text))),
        Value::Seq(items) => items.iter().for_each(|item| scalars(item, text, out)),
        Value::Map(entries) => {
            for entry in entries {
                out.push((entry.key.value.clone(), entry.key.span.slice(text)));
                scalars(&entry.value, text, out);
            }
        }
    }
}

fn all_scalars(text: &str) -> Vec<(String, &str)> {
    let mut out = Vec::new();
    scalars(&read(text).expect("sound YAML"), text, &mut out);
    out
}

#[test]
fn plain_scalars_keep_their_text() {
    let found = all_scalars("a: 0123\nb: no\nc: 1e3\nd: 4711\ne: 0x1F\nf: 12:30:45\ng: 2001-01-01\n");
    for (text, raw) in found {
        assert_eq!(text, raw);
    }
}

#[test]
fn spans_hold_for_multibyte_text_line_ends_and_a_byte_order_mark() {
    let text = "\u{feff}# ünï\r\nkey: välue # é\r\n\"ké\": 'it''s'\r\nlist: [α, \"β\"]\r\n";
    assert_eq!(
        all_scalars(text),
        [
            ("key".into(), "key"),
            ("välue".into(), "välue"),
            ("ké".into(), "\"ké\""),
            ("it's".into(), "'it''s'"),
            ("list".into(), "list"),
            ("α".into(), "α"),
            ("β".into(), "\"β\""),
        ]
    );
}

#[test]
fn block_scalars_and_folded_lines_have_their_places() {
    let text = "a: |\n  one\n  two\n\nb: >-\n  three\n  four\nc: five\n  six\nd: end\n";
    let found = all_scalars(text);
    assert_eq!(found[1].0, "one\ntwo\n");
    assert_eq!(found[1].1, "one\n  two");
    assert_eq!(found[3].0, "three four");
    assert_eq!(found[3].1, "three\n  four");
    assert_eq!(found[5], ("five six".into(), "five\n  six"));
}

#[test]
fn collections_end_with_their_last_value() {
    let text = "a:\n  b: 1\n  c: [2, 3]\n\n# comment\nd:\n- x\n- y\n\n";
    let node = read(text).unwrap();
    assert_eq!(node.get("a").unwrap().span.slice(text), "b: 1\n  c: [2, 3]");
    assert_eq!(node.get("a").unwrap().get("c").unwrap().span.slice(text), "[2, 3]");
    assert_eq!(node.get("d").unwrap().span.slice(text), "x\n- y");
}

#[test]
fn nothing_is_null_and_points_behind_its_key() {
    let text = "a:\nb: ~\nc: null\nd: \"\"\ne: 'null'\n";
    let node = read(text).unwrap();
    for key in ["a", "b", "c"] {
        assert!(node.get(key).unwrap().is_null(), "{key}");
    }
    assert_eq!(node.get("d").unwrap().literal(), Some(""));
    assert_eq!(node.get("e").unwrap().literal(), Some("null"));
    assert!(node.get("a").unwrap().span.end <= 2);
}

#[test]
fn an_empty_text_is_nothing() {
    for text in ["", "\n\n", "# only a comment\n", "---\n"] {
        assert!(read(text).is_ok_and(|node| node.is_null()) || read(text).is_err_and(|f| f.is_empty()), "{text:?}");
    }
}

#[test]
fn what_the_format_leaves_out_is_refused() {
    for (text, code, place) in [
        ("a: !secret x\n", "E0103", "!secret"),
        ("a: !!str x\n", "E0103", "!!str"),
        ("a: 1\n---\nb: 2\n", "E0104", "---"),
        ("base: &b {x: 1}\na:\n  <<: *b\n", "E0105", "<<"),
        ("{a: 1}: 2\n", "E0110", "{"),
        ("? [a]\n: 2\n", "E0110", "["),
        (": 2\n", "E0110", ""),
        ("a: &a [*a]\n", "E0111", "*a"),
        ("a: *b\n", "E0101", "*b"),
        ("a: \"\\x07\"\n", "E0109", "\"\\x07\""),
        ("a: b\u{7}c\n", "E0109", "\u{7}"),
        ("%YAML 1.1\n---\na: 1\n", "E0101", "%"),
        ("a: \"x\n", "E0101", ""),
        ("a:\n\t- b\n", "E0101", "-"),
    ] {
        let found = codes_of(text);
        assert_eq!((found[0].0, found[0].1.as_str()), (code, place), "{text:?}: {found:?}");
    }
    assert!(read("\"<<\": 1\n").is_ok(), "a quoted key is a key");
}

#[test]
fn a_key_twice_names_both_places() {
    let text = "a: 1\nb: 2\n\"a\": 3\nb: 4\n";
    let mut diagnostics = Diagnostics::new();
    assert!(parse(SourceId::new(0), text, &mut diagnostics).is_none());
    let found: Vec<_> =
        diagnostics.iter().map(|d| (d.code, d.span.unwrap().slice(text), d.related[0].0.start)).collect();
    assert_eq!(found, [(codes::DUPLICATE_KEY, "\"a\"", 0), (codes::DUPLICATE_KEY, "b", 5)]);
}

#[test]
fn aliases_stand_where_they_are_used() {
    let text = "x-a: &a {k: v}\nb: *a\n";
    let node = read(text).unwrap();
    let used = node.get("b").unwrap();
    assert_eq!(used.span.slice(text), "*a");
    assert_eq!(used.get("k").unwrap().span.slice(text), "v");
}

#[test]
fn an_alias_bomb_ends() {
    let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..30 {
        let before = level - 1;
        writeln!(text, "a{level}: &a{level} [{}]", vec![format!("*a{before}"); 10].join(", ")).unwrap();
    }
    // Written out, it would never end.
    assert_eq!(codes_of(&text)[0].0, "E0108");
}

#[test]
fn a_long_text_repeated_by_aliases_counts_by_its_length() {
    let text = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 20].join(", "));
    assert_eq!(codes_of(&text)[0].0, "E0108");
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    for text in ["[".repeat(100_000), format!("{}1{}", "[".repeat(70), "]".repeat(70)), "{a: ".repeat(50_000)] {
        assert_eq!(codes_of(&text)[0].0, "E0107");
    }
    let mut block = String::new();
    for depth in 0..3000 {
        writeln!(block, "{}a:", " ".repeat(depth)).unwrap();
    }
    assert_eq!(codes_of(&block)[0].0, "E0107");
}

#[test]
fn a_large_file_is_refused_and_many_values_too() {
    assert_eq!(codes_of(&"# x\n".repeat(10 * 1024 * 1024 / 4))[0].0, "E0003");
    assert_eq!(codes_of(&"- 1\n".repeat(MAX_NODES + 1))[0].0, "E0106");
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn reading_yaml_like_text_never_panics(text in "[\\[\\]{}:,\\-?|>&*!#%@'\"\\\\ \n\r\tab0é\u{feff}~<]{0,60}") {
        let _ = read(&text);
    }

    #[test]
    fn spans_of_plain_scalars_slice_to_their_text(
        words in proptest::collection::vec("[a-zA-Zé漢0-9][a-zA-Zé漢0-9_.]{0,8}", 1..8),
        crlf in any::<bool>(),
        bom in any::<bool>(),
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = String::from(if bom { "\u{feff}" } else { "" });
        for (index, word) in words.iter().enumerate() {
            write!(text, "k{index}: {word}  # é{end}l{index}:{end}  - {word}{end}  - [{word}, {{{word}: {word}}}]{end}")
                .unwrap();
        }
        let mut out = Vec::new();
        scalars(&read(&text).unwrap(), &text, &mut out);
        for (value, raw) in out {
            prop_assert_eq!(value, raw);
        }
    }
}
