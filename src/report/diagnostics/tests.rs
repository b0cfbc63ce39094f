use super::*;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;
use crate::spec::codes;

/// A span over the first `needle`.
fn at(sources: &Sources, file: usize, needle: &str) -> Span {
    let (id, source) = sources.iter().nth(file).unwrap();
    let start = source.text.find(needle).unwrap();
    let offset = |at: usize| u32::try_from(at).unwrap();
    Span::new(id, offset(start), offset(start + needle.len()))
}

fn example() -> (Diagnostics, Sources) {
    let mut sources = Sources::new();
    sources.add("spec/a.yaml", "\u{feff}format: 1\r\nstack: acme\r\nguardrials: {}\r\n");
    sources.add("b, 100%.yaml", "# é\nstack: über # ü\n");
    let diagnostics = [
        Diagnostic::at(at(&sources, 0, "guardrials"), codes::UNKNOWN_KEY, "unknown key `guardrials` at the top level")
            .help("did you mean `guardrails`?"),
        Diagnostic::at(at(&sources, 1, "über"), codes::SINGLE_KEY_TWICE, "`stack` stands in two files")
            .label("again here")
            .related(at(&sources, 0, "stack"), "first here"),
        Diagnostic::new(codes::NO_FILES, "the folder x holds no spec"),
    ];
    (diagnostics.into_iter().collect(), sources)
}

fn rendered(form: Form) -> String {
    let (diagnostics, sources) = example();
    render(&diagnostics, &sources, form, 100)
}

#[test]
fn text_shows_the_place_and_the_advice() {
    insta::assert_snapshot!(rendered(Form::Text(Paint::Plain)), @r"
    error[E0201]: unknown key `guardrials` at the top level
     --> spec/a.yaml:3:1
      |
    3 | guardrials: {}
      | ^^^^^^^^^^
      |
      = help: did you mean `guardrails`?

    error[E0402]: `stack` stands in two files
     --> b, 100%.yaml:2:8
      |
    2 | stack: über # ü
      |        ^^^^ again here
      |
     ::: spec/a.yaml:2:1
      |
    2 | stack: acme
      | ----- first here

    error[E0005]: the folder x holds no spec

    3 errors
    ");
}

#[test]
fn github_annotations_are_escaped() {
    insta::assert_snapshot!(rendered(Form::Github), @r"
    ::error file=spec/a.yaml,line=3,endLine=3,col=1,endColumn=11,title=E0201::unknown key `guardrials` at the top level%0Ahelp: did you mean `guardrails`?
    ::error file=b%2C 100%25.yaml,line=2,endLine=2,col=8,endColumn=12,title=E0402::`stack` stands in two files
    ::error title=E0005::the folder x holds no spec
    ");
}

#[test]
fn json_says_the_same() {
    let report: serde_json::Value = serde_json::from_str(&rendered(Form::Json)).unwrap();
    assert_eq!((&report["valid"], &report["errors"]), (&false.into(), &3.into()));
    let second = &report["diagnostics"][1];
    assert_eq!((&second["file"], &second["line"], &second["column"]), (&"b, 100%.yaml".into(), &2.into(), &8.into()));
    assert_eq!((&second["end_line"], &second["end_column"]), (&2.into(), &12.into()));
    assert_eq!(second["related"][0]["line"], 2);
    assert_eq!(report["diagnostics"][2]["line"], serde_json::Value::Null);
}

#[test]
fn sarif_has_rules_and_places() {
    let report: serde_json::Value = serde_json::from_str(&rendered(Form::Sarif)).unwrap();
    let run = &report["runs"][0];
    let second = &run["results"][1];
    let rule = usize::try_from(second["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], "E0402");
    let place = &second["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "b%2C%20100%25.yaml");
    assert_eq!(place["region"]["startColumn"], 8);
}

#[test]
fn no_terminal_obeys_what_a_spec_says() {
    let mut sources = Sources::new();
    sources.add("a\u{1b}[31m.yaml", "key\u{1b}]0;x\u{7}: \u{9b}31m \u{202e}abc\n");
    let span = at(&sources, 0, "abc");
    let fault = Diagnostic::at(span, codes::SYNTAX, "it says \u{1b}[2J\u{9b}\u{202e}\nhere")
        .label("l\u{1b}")
        .help("h\u{1b}\u{85}");
    let diagnostics = Diagnostics::from(fault);
    for form in [Form::Text(Paint::Plain), Form::Github, Form::Json, Form::Sarif] {
        let out = render(&diagnostics, &sources, form, 100);
        let bad = |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
        assert_eq!(out.chars().find(bad), None, "{out:?}");
    }
}

#[test]
fn a_place_over_many_lines_shows_its_first() {
    let mut sources = Sources::new();
    let text = format!("a:\n{}", "  b: 1\n".repeat(500));
    sources.add("a.yaml", text.as_str());
    let whole = Span::new(sources.iter().next().unwrap().0, 0, u32::try_from(text.len()).unwrap());
    let diagnostics = Diagnostics::from(Diagnostic::at(whole, codes::WRONG_TYPE, "no").related(whole.at_start(), "x"));
    assert!(render(&diagnostics, &sources, Form::Text(Paint::Plain), 80).lines().count() < 10);
}

#[test]
fn a_point_at_the_end_of_a_text_can_be_shown() {
    let (sources, id) = Sources::one("a.yaml", "");
    let diagnostics = Diagnostics::from(Diagnostic::at(Span::new(id, 0, 0), codes::EMPTY, "a.yaml holds nothing"));
    assert!(render(&diagnostics, &sources, Form::Text(Paint::Colour), 80).contains("holds nothing"));
}

/// A fault at each of `count` lines.
fn many(count: usize) -> (Diagnostics, Sources) {
    let text = "key: 1\n".repeat(count);
    let (sources, _) = Sources::one("a.yaml", text);
    let id = sources.iter().next().unwrap().0;
    let fault = |line| {
        let start = sources.line_start(id, line);
        Diagnostic::at(Span::new(id, start, start + 2), codes::UNKNOWN_KEY, format!("fault of line {line}"))
    };
    ((1..=count).map(fault).collect(), sources)
}

#[test]
fn people_are_shown_500_and_told_of_the_rest_and_machines_get_all() {
    for (count, more) in [(500, None), (501, Some("\n… and 1 more, which")), (620, Some("\n… and 120 more, which"))]
    {
        let (diagnostics, sources) = many(count);
        let text = render(&diagnostics, &sources, Form::Text(Paint::Plain), 80);
        assert_eq!(text.matches("fault of line").count(), 500);
        assert!(text.contains("fault of line 500\n") && !text.contains("fault of line 501\n"));
        assert_eq!(text.find("\n… and"), more.and_then(|more| text.find(more)), "{count}");
        assert!(text.ends_with(&format!("\n{count} errors\n")), "{count}");
        for form in [Form::Json, Form::Sarif, Form::Github] {
            let all = render(&diagnostics, &sources, form, 80);
            assert_eq!(all.matches("fault of line").count(), count, "{form:?}");
        }
    }
}

#[test]
fn of_a_long_line_little_is_shown_and_its_place_always() {
    for (length, shown) in [(500, true), (30 * 1024, true), (40 * 1024, false)] {
        let text = format!("a: 1\nb: é{} nmae {}\n", "x".repeat(length), "y".repeat(length));
        let (sources, _) = Sources::one("a.yaml", text);
        let (span, first) = (at(&sources, 0, "nmae"), at(&sources, 0, "b"));
        let name = |span: Span| Diagnostic::at(span, codes::UNKNOWN_KEY, "unknown key").help("did you mean `name`?");
        let wide = Span::new(span.source, span.start, span.end + u32::try_from(length).unwrap());
        for (fault, marked) in [
            (name(span).label("here"), "^^^^ here"),
            (name(span).label("here").related(first, "and there"), "^^^^ here"),
            (name(first).label("here").related(span, "and there"), "---- and there"),
            (name(wide), "^^^^"),
        ] {
            let out = render(&Diagnostics::from(fault), &sources, Form::Text(Paint::Plain), 80);
            let place = format!("a.yaml:2:{}", "b: é".chars().count() + length + 2);
            assert!(out.contains(&place) && out.contains("did you mean `name`?"), "{out:.3000}");
            assert_eq!(out.contains(marked), shown, "{out:.3000}");
            assert!(out.len() < 2_000, "{length}: {} bytes: {out:.3000}", out.len());
        }
    }
}
