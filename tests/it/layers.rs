//! The layer rule: each layer imports only what stands left of it, and what decides does not touch the world.

use crate::source;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Core,
    Pure,
    Effects,
    Face,
}

impl Layer {
    /// The layer of a file of `src/`; `None` for the crate's root.
    fn of_file(file: &str) -> Option<Self> {
        let parts: Vec<&str> = file.trim_start_matches("src/").trim_end_matches(".rs").split('/').collect();
        match parts.as_slice() {
            ["main"] => Some(Self::Face),
            ["kinds", _, "aws", ..] => Some(Self::Effects),
            ["kinds", "mod"] | ["kinds", _, "mod"] => Some(Self::Core),
            // The section: what an entry of the spec looks like, which rules it obeys, and what becomes of it.
            ["kinds", _, ..] => Some(Self::Pure),
            [module, ..] => Self::of_module(module),
            [] => None,
        }
    }

    fn of_module(module: &str) -> Option<Self> {
        match module {
            "model" | "kinds" => Some(Self::Core),
            "coverage" | "spec" | "suite" | "plan" | "drift" | "explain" | "lint" | "permissions" | "import"
            | "checks" => Some(Self::Pure),
            "aws" | "live" | "apply" | "reconcile" | "doctor" | "inventory" | "readiness" | "runner" | "verify" => {
                Some(Self::Effects)
            }
            "load" | "report" | "cli" => Some(Self::Face),
            _ => None,
        }
    }
}

/// What only effects may do, and what only the face may.
const BEYOND_PURE: &[(&str, &str)] = &[
    ("async ", "waits"),
    (".await", "waits"),
    ("tokio", "waits"),
    ("futures::", "waits"),
    ("std::thread", "runs beside"),
    ("std::time", "looks at a clock"),
    ("SystemTime", "looks at a clock"),
    ("Instant::", "looks at a clock"),
    ("std::env", "looks at the environment"),
    ("std::fs", "looks at files"),
    ("std::io", "reads or writes"),
    ("std::net", "talks to others"),
    ("std::process", "talks to others"),
    ("RandomState", "depends on chance"),
    ("HashMap", "has an order that depends on chance"),
    ("HashSet", "has an order that depends on chance"),
];
/// What only `aws` and the AWS half of a kind may name.
const SDK: &[(&str, &str)] = &[
    ("aws_sdk_", "names a type of the SDK"),
    ("aws_config", "names a type of the SDK"),
    ("aws_smithy", "names a type of the SDK"),
    ("aws_types", "names a type of the SDK"),
];
const BEYOND_EFFECTS: &[(&str, &str)] = &[
    ("print!", "prints"),
    ("println!", "prints"),
    ("std::io::stdout", "prints"),
    ("anstream", "prints"),
    ("clap::", "knows the command line"),
    ("env::var", "looks at the environment"),
    ("anyhow", "forgets what an error is"),
];

/// Each place of `code` where one of `words` stands, as `line: what it does`.
fn found<'w>(code: &str, words: &'w [(&str, &str)]) -> Vec<(usize, &'w str, &'w str)> {
    let lines = code.lines().enumerate();
    lines
        .flat_map(|(number, line)| {
            words.iter().filter(move |(word, _)| line.contains(word)).map(move |(word, why)| (number + 1, *word, *why))
        })
        .collect()
}

/// The modules of the crate that `code` names, each with the line of its first use there.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut imports = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for (at, path) in line.match_indices("crate::") {
            let names = &line[at + path.len()..];
            let names = names.strip_prefix('{').unwrap_or(names);
            let module: String = names.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            imports.push((number + 1, module));
        }
    }
    imports
}

#[test]
fn what_decides_does_not_touch_the_world() {
    let mut faults = Vec::new();
    for file in source::sources("src") {
        let code = source::code(&source::text(&file));
        let Some(layer) = Layer::of_file(&file) else { continue };
        let mut words = Vec::new();
        if layer < Layer::Effects {
            words.extend(found(&code, BEYOND_PURE));
        }
        if layer < Layer::Face {
            words.extend(found(&code, BEYOND_EFFECTS));
        }
        let aws = file.starts_with("src/aws/") || layer == Layer::Effects && file.starts_with("src/kinds/");
        if !aws {
            words.extend(found(&code, SDK));
        }
        faults.extend(words.into_iter().map(|(line, word, why)| format!("{file}:{line}: `{word}` {why}")));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn each_layer_imports_only_what_stands_left_of_it() {
    let mut faults = Vec::new();
    for file in source::sources("src") {
        let Some(layer) = Layer::of_file(&file) else { continue };
        for (line, module) in imports(&source::code(&source::text(&file))) {
            if Layer::of_module(&module).is_some_and(|imported| imported > layer) {
                faults.push(format!("{file}:{line}: {layer:?} imports `{module}`"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_module_has_a_layer() {
    let (named, map) = (source::text("src/lib.rs"), source::text("CONTRIBUTING.md"));
    let modules: Vec<&str> =
        named.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(modules.len() > 20, "{modules:?}");
    for module in modules {
        assert!(Layer::of_module(module).is_some(), "src/lib.rs names `{module}`, which stands in no layer");
        assert!(named.contains(&format!("`{module}`")), "the layers at the head of src/lib.rs leave out `{module}`");
        let shown = ["`", "/", ".rs`"].iter().any(|end| map.contains(&format!("`src/{module}{end}")));
        assert!(shown, "the layers in CONTRIBUTING.md leave out `src/{module}`");
    }
}

#[test]
fn the_rule_sees_what_it_looks_for() {
    let code = source::code("use crate::aws::Clients; // async fn\nasync fn a() { \"std::env\"; }\n");
    assert_eq!(found(&code, BEYOND_PURE), [(2, "async ", "waits")]);
    assert_eq!(imports(&code), [(1, "aws".to_owned())]);
    assert_eq!(Layer::of_file("src/kinds/guardrail/aws.rs"), Some(Layer::Effects));
    assert_eq!(Layer::of_file("src/kinds/guardrail/section.rs"), Some(Layer::Pure));
    assert_eq!(Layer::of_file("src/kinds/guardrail/mod.rs"), Some(Layer::Core));
    assert_eq!(Layer::of_file("src/kinds/mod.rs"), Some(Layer::Core));
}
