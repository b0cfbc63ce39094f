//! Input that means harm: files that would take all memory or time, and text that a terminal, a CI log or a comment would
//! obey, wherever it may come from.

use std::process::Command;

use serde_json::{Value, json};

use crate::behind::{find, guardrail, policy};
use crate::cli::served::Serving;
use crate::cli::{Desk, Ran};

/// A name for each harm, and a spec that does it.
fn harmful() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let top = "format: 1\nstack: acme\nregions: [us-east-1]\n";
    let laughs: String =
        (1..30).fold("vars:\n  a0: [x, x, x, x, x, x, x, x, x, x]\n".replace("a0:", "a0: &a0"), |text, n| {
            let last = format!("*a{}", n - 1);
            text + &format!("  a{n}: &a{n} [{}]\n", vec![last; 10].join(", "))
        });
    let variables: String = (1..40).fold("vars:\n  a0: xxxxxxxxxxxxxxxx\n".to_owned(), |text, n| {
        text + &format!("  a{n}: \"{}\"\n", format!("${{var.a{}}}", n - 1).repeat(8))
    });
    let circle = "vars: {a: \"${var.b}\", b: \"${var.a}\"}\n";
    let keys: String = (0..300_000).map(|n| ["k", &n.to_string(), ": 1\n"].concat()).collect();
    let unknown = (0..6_000).map(|n| ["k", &n.to_string(), ": 1"].concat()).collect::<Vec<_>>().join(", ");
    vec![
        ("aliases that multiply", format!("{top}{laughs}").into(), "E0108"),
        ("variables that multiply", format!("{top}{variables}").into(), "E0309"),
        ("variables in a circle", format!("{top}{circle}").into(), "E0304"),
        ("an alias in itself", format!("{top}vars: &a {{b: *a}}\n").into(), "E0111"),
        ("brackets", format!("{top}vars: {}", "[".repeat(1_000_000)).into(), "E0107"),
        ("braces", format!("{top}vars: {}", "{a: ".repeat(1_000_000)).into(), "E0107"),
        ("indentation", (0..2_000).map(|n| " ".repeat(n) + "a:\n").collect::<String>().into(), "E0107"),
        ("lists in lists", format!("{top}vars:\n  {}x", "- ".repeat(500_000)).into(), "E0107"),
        ("keys", keys.into(), "E0106"),
        ("unknown keys", format!("{top}guardrails: {{x: {{{unknown}}}}}").into(), "and 5502 more, which"),
        ("100 MB", [top.as_bytes(), &vec![b'#'; 100 << 20]].concat(), "E0003"),
        ("one line", [b"stack: ".as_slice(), &vec![b'x'; 8 << 20]].concat(), "E0003"),
        ("a long line", [b"stack: ".as_slice(), &vec![b'x'; 7 << 20]].concat(), "error"),
        ("no UTF-8", [top.as_bytes(), b"vars: {a: \xff\xfe}"].concat(), "E0002"),
        ("overlong UTF-8", [top.as_bytes(), b"vars: {a: \xc0\xaf}"].concat(), "E0002"),
        ("UTF-16", b"\xff\xfef\0o\0r\0m\0a\0t\0".to_vec(), "UTF-16"),
        ("NUL", format!("{top}vars: {{a: \"x\0y\"}}").into(), "E0109"),
        ("NUL, escaped", format!("{top}vars: {{a: \"x\\0y\"}}").into(), "E0109"),
        ("an escape sequence", format!("{top}vars: {{a: \"\u{1b}]0;x\u{7}\"}}").into(), "E0109"),
        ("an escape sequence, escaped", format!("{top}vars: {{a: \"\\e]0;x\\a\"}}").into(), "E0109"),
        ("quotes that never end", format!("{top}vars: {{a: \"{}", "x ".repeat(1_000_000)).into(), "E0101"),
        ("anchors", format!("{top}vars: {}1", "&a ".repeat(100_000)).into(), "E0101"),
        ("tags", format!("{top}vars: {}1", "!a ".repeat(100_000)).into(), "E0101"),
        ("documents", "---\n".repeat(100_000).into(), "error"),
        ("colons", ":".repeat(1_000_000).into(), "error"),
        ("question marks", "? ".repeat(500_000).into(), "error"),
        ("an expression", format!("{top}vars: {{a: \"{}\"}}", "${var.".repeat(500_000)).into(), "E0301"),
    ]
}

/// Address space that a check may take, in KiB: threads reserve much that they never touch.
#[cfg(target_os = "linux")]
const SPACE: usize = 2 << 20;

/// The longest that the binary may compute, in seconds of a processor.
const SECONDS: u32 = 60;

/// The binary, held to a bounded address space and to so much computing where the system can.
fn bounded(desk: &Desk, arguments: &[&str]) -> Command {
    let plain = desk.command(arguments);
    if !cfg!(target_os = "linux") {
        return plain;
    }
    let mut command = Command::new("sh");
    let limit = format!("ulimit -v {SPACE} && ulimit -t {SECONDS} && exec \"$0\" \"$@\"");
    command.args(["-c", &limit]).arg(plain.get_program()).args(arguments).env_clear().env("COLUMNS", "100");
    command.current_dir(desk.path("."));
    command
}

#[test]
fn a_harmful_file_is_refused_in_bounded_memory_and_time() {
    for (what, bytes, told) in harmful() {
        let desk = Desk::new("");
        std::fs::write(desk.path("bedrail.yaml"), bytes).expect("a file");
        for arguments in [&["validate"][..], &["apply", "--sandbox", "--yes"], &["plan", "--var-file", "bedrail.yaml"]]
        {
            let ran: Ran = bounded(&desk, arguments).output().expect("it runs").into();
            assert_eq!(ran.code, 1, "{what}: {:.300} {:.300}", ran.stdout, ran.stderr);
            assert!(ran.stderr.contains(told), "{what}: {:.500}", ran.stderr);
            // 500 faults with their advice at most.
            assert!(ran.stderr.len() < 400_000, "{what}: {} bytes are said", ran.stderr.len());
            obeyed_by_nobody(what, &ran.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_read_within_bounds_or_refused() {
    let desk = Desk::new(&spec());
    std::fs::create_dir(desk.path("folder")).expect("a folder");
    for (file, as_spec, as_plan) in [
        ("/dev/zero", "is larger than 8 MiB", "is larger than 32 MiB"),
        ("/dev/null", "E0004", "EOF while parsing"),
        ("folder", "holds no spec", "Is a directory"),
        ("missing", "it does not exist", "No such file"),
    ] {
        for (arguments, told) in [
            (&["validate", "-f", file][..], as_spec),
            (&["plan", "--sandbox", "-f", file], as_spec),
            (&["apply", "--sandbox", file], as_plan),
        ] {
            let ran: Ran = bounded(&desk, arguments).output().expect("it runs").into();
            assert_eq!(ran.code, 1, "{arguments:?}: {ran:?}");
            assert!(ran.stderr.contains(told) && ran.stderr.len() < 2_000, "{arguments:?}: {ran:?}");
        }
    }
    // A pipe is as good as a file where it is named, and is nobody's spec where it lies in a folder.
    let pipe = desk.path("folder/pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    assert!(desk.run(&["validate", "-f", "folder"]).stderr.contains("holds no spec"));
    let writer = std::thread::spawn(move || std::fs::write(pipe, spec()));
    let ran = desk.run(&["validate", "-f", "folder/pipe.yaml"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    writer.join().expect("it ends").expect("a reader");
}

/// What terminals, CI logs and comments obey, and readers are deceived by.
const TEXT: &str =
    "a\u{202e}b\u{200b} ::error::x ##[group]g ##vso[x] ::set-output a <script>x [l](x:y) ![i](x) `c` | @team #1 <!--";

/// The same with what YAML does not let in, as AWS may hold it.
const WORSE: &str = "\u{1b}]0;x\u{7}\u{1b}[2J\r\n::error::boom\n##[group]g\n::set-output name=a::b\n\u{9b}31m";

fn obeyed_by_nobody(what: &str, text: &str) {
    let deceives =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{feff}');
    let found = text.chars().find(|c| (c.is_control() && *c != '\n') || deceives(*c));
    assert_eq!(found, None, "{what}:\n{text:.2000}");
    let command = |line: &&str| ["::", "##[", "##vso"].iter().any(|start| line.trim_start().starts_with(start));
    assert_eq!(text.lines().find(command), None, "{what}");
}

/// Outside of fences there is no markup but that of the report.
fn rendered_by_nobody(what: &str, comment: &str) {
    let mut fence: Option<usize> = None;
    for line in comment.lines() {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match fence {
            Some(open) if ticks >= open => fence = None,
            None if ticks >= 3 => fence = Some(ticks),
            None => {
                for markup in ["<script", "](", "![", "@team"] {
                    assert!(!line.contains(markup), "{what}: {line}");
                }
            }
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "{what}: a fence stays open");
}

fn quoted(text: &str) -> String {
    // JSON is YAML.
    json!(text).to_string()
}

fn spec() -> String {
    let text = quoted(TEXT);
    format!(
        "format: 1\nstack: acme\norganization: {{management_account: \"111122223333\"}}\nregions: [us-east-1]\n\
         scan: {{regions: declared}}\nguardrails:\n  baseline:\n    description: {text}\n    blocked_input_messaging: {text}\n    \
         blocked_outputs_messaging: {text}\n    word_policy: {{words: [{text}]}}\n    topic_policy: {{topics: [{{name: Law, \
         definition: {text}, examples: [{text}]}}]}}\n    sensitive_information_policy: {{regexes: [{{name: r, pattern: {text}, \
         description: {text}, action: BLOCK}}]}}\nversions: {{first: {{guardrail: baseline, description: {text}}}}}\n\
         resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\n\
         org_policies: {{org: {{name: {text}, description: {text}, enforce: [{{guardrail: baseline}}], attach: [root]}}}}\n\
         account_enforcement: {{here: {{guardrail: baseline, version: first}}}}\n"
    )
}

/// Every report of the binary that shows foreign text.
fn read_everything(desk: &Desk, what: &str) {
    for arguments in [
        &["plan", "--sandbox"][..],
        &["plan", "--sandbox", "--show-content"],
        &["plan", "--sandbox", "--show-content", "--adopt"],
        &["plan", "--sandbox", "--format", "json", "--show-content"],
        &["plan", "--sandbox", "--format", "markdown", "--show-content", "--adopt"],
        &["drift", "--sandbox", "--show-content"],
        &["drift", "--sandbox", "--format", "markdown", "--show-content"],
        &["drift", "--sandbox", "--format", "json"],
        &["drift", "--sandbox", "--format", "sarif", "--show-content"],
        &["drift", "--sandbox", "--format", "junit", "--show-content"],
        &["show", "--sandbox"],
        &["show", "--sandbox", "--format", "json"],
        &["graph", "--sandbox"],
        &["coverage", "--sandbox"],
        &["coverage", "--sandbox", "--format", "markdown"],
        &["coverage", "--sandbox", "--format", "json"],
        &["coverage", "--sandbox", "--format", "html"],
        &["apply", "--sandbox", "--yes", "--format", "json", "--target", "no::such"],
        &["plan", "--sandbox", "-vvv", "--log-format", "json"],
    ] {
        let ran = desk.run(arguments);
        let what = format!("{what}: {arguments:?}");
        assert!(!ran.stdout.is_empty() || ran.code == 64, "{what}: {ran:?}");
        obeyed_by_nobody(&what, &ran.stdout);
        obeyed_by_nobody(&what, &ran.stderr);
        if arguments.contains(&"markdown") {
            rendered_by_nobody(&what, &ran.stdout);
        }
    }
}

#[test]
fn text_of_the_spec_and_of_aws_is_shown_and_never_obeyed() {
    let desk = Desk::new(&spec());
    let serving = Serving::start(&desk);
    let checked = desk.run(&["validate"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    read_everything(&desk, "before");
    for form in [&["--format", "json"][..], &[]] {
        let ran = desk
            .run(&[&["apply", "--sandbox", "--yes", "--show-content", "--audit-log", "audit.jsonl"], form].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        obeyed_by_nobody("apply", &ran.stdout);
        obeyed_by_nobody("apply", &ran.stderr);
    }
    obeyed_by_nobody("the audit log", &desk.read("audit.jsonl"));
    read_everything(&desk, "in sync");

    // Now AWS holds what no spec could say, on what is ours and on what is not.
    let mut state = serving.ask("GET", "/_bedrail/state", &Value::Null);
    let worse = format!("{WORSE}{TEXT}");
    let ours = guardrail(&mut state);
    ours["draft"]["content"]["description"] = json!(worse);
    ours["draft"]["content"]["blockedInputMessaging"] = json!(worse);
    ours["tags"][&worse] = json!(worse);
    policy(&mut state)["description"] = json!(worse);
    let accounts = find(&mut state, "accounts").and_then(Value::as_object_mut).expect("accounts");
    accounts.values_mut().for_each(|account| account["name"] = json!(worse));
    serving.ask("PUT", "/_bedrail/state", &state);
    read_everything(&desk, "behind our back");

    let foreign = guardrail(&mut state);
    foreign["tags"] = json!({"bedrail:stack": worse, "bedrail:name": worse});
    serving.ask("PUT", "/_bedrail/state", &state);
    read_everything(&desk, "another stack");
    assert_eq!(serving.stop(), Some(0));
}
