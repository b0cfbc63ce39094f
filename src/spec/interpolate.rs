//! Putting variables and the environment in place. What depends on the scope stays an expression.

use std::collections::{BTreeMap, BTreeSet};

use super::decode::{Reading, Shape};
use super::node::{Entry, Node, Value, Written};
use super::sources::{MAX_BYTES, Sources};
use super::template::{Expression, Segment, Template};
use super::yaml::{MAX_DEPTH, MAX_NODES};
use super::{codes, suggest, yaml};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{SourceId, Span, Spanned};

/// The environment variables that `${env.NAME}` may name.
pub type Environment = BTreeMap<String, String>;

/// The variables of a spec, each with its own expressions put in place.
#[derive(Debug, Default)]
pub struct Vars<'e> {
    declared: BTreeMap<String, State>,
    environment: Option<&'e Environment>,
    spent_nodes: usize,
    spent_bytes: usize,
    broke: bool,
    secrets: BTreeSet<String>,
}

#[derive(Debug)]
enum State {
    Raw(Node),
    Resolving,
    Done(Node),
    Faulty,
}

impl<'e> Vars<'e> {
    /// Takes the declared variables and lays the `given` ones, of the command line, over them. Reports names that no
    /// expression can say, and circles.
    pub fn new(
        declared: Option<&Entry>,
        given: Vec<(Spanned<String>, Node)>,
        environment: &'e Environment,
        cx: &mut Reading,
    ) -> Self {
        let mut vars = Self { environment: Some(environment), ..Self::default() };
        let entries = match declared {
            None => &[][..],
            Some(entry) => entry.value.entries().unwrap_or_else(|| {
                cx.within(&entry.key, |cx| cx.wrong_shape(&entry.value, Shape::Map, "a map from names to values"));
                &[]
            }),
        };
        for Entry { key, value } in entries {
            if !is_name(key) {
                let message = format!("`{}` cannot be the name of a variable", key.value);
                let fault = Diagnostic::at(key.span, codes::BAD_VAR_NAME, message);
                cx.push(fault.help("use letters, digits, `-` and `_`"));
            }
            vars.declared.insert(key.value.clone(), State::Raw(value.clone()));
        }
        for (name, value) in given {
            vars.declared.insert(name.value, State::Raw(value));
        }
        for name in vars.declared.keys().cloned().collect::<Vec<_>>() {
            vars.value(&name, &mut Vec::new(), cx);
        }
        vars
    }

    /// `node` with every variable and environment variable in place, and keys checked to hold no expressions.
    pub fn apply(&mut self, node: Node, cx: &mut Reading) -> Node {
        self.put(node, &mut Vec::new(), cx)
    }

    /// What came from the environment so far, apart from nothing: an empty text is in every other.
    pub fn secrets(self) -> BTreeSet<String> {
        self.secrets.into_iter().filter(|secret| !secret.is_empty()).collect()
    }

    fn put(&mut self, node: Node, path: &mut Vec<String>, cx: &mut Reading) -> Node {
        let span = node.span;
        let value = match node.value {
            Value::Null => Value::Null,
            Value::Seq(items) => Value::Seq(items.into_iter().map(|item| self.put(item, path, cx)).collect()),
            Value::Map(entries) => {
                let put = |Entry { key, value }| {
                    check_key(&key, cx);
                    Entry { key, value: self.put(value, path, cx) }
                };
                Value::Map(entries.into_iter().map(put).collect())
            }
            Value::Scalar(scalar) => {
                let uses_vars = scalar
                    .text
                    .expressions()
                    .any(|expression| matches!(expression.value, Expression::Var(_) | Expression::Env(_)));
                if uses_vars {
                    return self.scalar(span, &scalar.text, path, cx);
                }
                Value::Scalar(scalar)
            }
        };
        Node::new(span, value)
    }

    /// A scalar in which variables stand: what is nothing but a variable becomes its value, whatever that is.
    fn scalar(&mut self, span: Span, text: &Template, path: &mut Vec<String>, cx: &mut Reading) -> Node {
        let faulty = || Node::scalar(span, text.clone(), Written::Computed);
        if let Some(Spanned { value: Expression::Var(name), span: place }) = text.lone() {
            let Some(found) = self.lookup(name, *place, path, cx) else { return faulty() };
            return if self.spend(&found, *place, cx) { Node { span, ..found } } else { faulty() };
        }
        let mut segments = Vec::new();
        let mut secret = text.is_secret();
        for segment in text.segments() {
            match segment {
                Segment::Ref(Spanned { value: Expression::Var(name), span: place }) => {
                    let Some(found) = self.lookup(name, *place, path, cx) else { return faulty() };
                    let Value::Scalar(scalar) = &found.value else {
                        let message = format!("`${{var.{name}}}` is {} and cannot stand inside text", found.kind());
                        let fault = Diagnostic::at(*place, codes::VAR_NOT_TEXT, message);
                        cx.push(fault.help("use it as the whole value").related(found.span, "declared here"));
                        return faulty();
                    };
                    if !self.spend(&found, *place, cx) {
                        return faulty();
                    }
                    secret |= scalar.text.is_secret();
                    segments.extend(scalar.text.segments().iter().cloned());
                }
                Segment::Ref(Spanned { value: Expression::Env(name), span: place }) => {
                    let Some(value) = self.environment(name, *place, cx) else { return faulty() };
                    secret = true;
                    self.secrets.insert(value.clone());
                    segments.push(Segment::Text(value));
                }
                other => segments.push(other.clone()),
            }
        }
        Node::scalar(span, Template::of(segments, secret), Written::Computed)
    }

    fn environment(&self, name: &str, place: Span, cx: &mut Reading) -> Option<String> {
        let found = self.environment.and_then(|environment| environment.get(name)).cloned();
        if found.is_none() {
            let message = format!("the environment variable {name} is not set");
            let names = self.environment.into_iter().flat_map(|environment| environment.keys().map(String::as_str));
            let help = suggest::closest(name, names).map(|close| format!("did you mean `${{env.{close}}}`?"));
            cx.push(Diagnostic::at(place, codes::UNDEFINED_ENV, message).maybe_help(help));
        }
        found
    }

    fn lookup(&mut self, name: &str, place: Span, path: &mut Vec<String>, cx: &mut Reading) -> Option<Node> {
        if self.declared.contains_key(name) {
            if matches!(self.declared.get(name), Some(State::Resolving)) {
                let from = path.iter().position(|step| step == name).unwrap_or(0);
                let circle: Vec<&str> = path[from..].iter().map(String::as_str).chain([name]).collect();
                let message = format!("variables refer to each other in a circle: {}", circle.join(" → "));
                cx.push(Diagnostic::at(place, codes::VAR_CYCLE, message));
                return None;
            }
            if path.len() >= MAX_DEPTH {
                let message = format!("variables lead through more than {MAX_DEPTH} others");
                cx.push(Diagnostic::at(place, codes::EXPANSION_BUDGET, message));
                return None;
            }
            return self.value(name, path, cx);
        }
        let message = format!("the variable `{name}` is not declared");
        let help = suggest::closest(name, self.declared.keys().map(String::as_str)).map_or_else(
            || "declare it in `vars`, or give it with `--var`".to_owned(),
            |close| format!("did you mean `${{var.{close}}}`?"),
        );
        cx.push(Diagnostic::at(place, codes::UNDEFINED_VAR, message).help(help));
        None
    }

    /// The value of a declared variable, made once.
    fn value(&mut self, name: &str, path: &mut Vec<String>, cx: &mut Reading) -> Option<Node> {
        match self.declared.get_mut(name)? {
            State::Done(node) => Some(node.clone()),
            State::Faulty | State::Resolving => None,
            state @ State::Raw(_) => {
                let State::Raw(node) = std::mem::replace(state, State::Resolving) else { return None };
                let before = cx.diagnostics.errors();
                path.push(name.to_owned());
                let node = self.put(node, path, cx);
                path.pop();
                for expression in expressions(&node) {
                    super::decode::unknown(expression, cx);
                }
                let sound = cx.diagnostics.errors() == before;
                let state = if sound { State::Done(node.clone()) } else { State::Faulty };
                self.declared.insert(name.to_owned(), state);
                sound.then_some(node)
            }
        }
    }

    /// Counts a value that is put in place of a variable. Whether there is room for it; the first that finds none says so.
    fn spend(&mut self, node: &Node, place: Span, cx: &mut Reading) -> bool {
        self.spent_nodes += node.weight();
        self.spent_bytes += node.text_bytes();
        let room = self.spent_nodes <= MAX_NODES && self.spent_bytes <= MAX_BYTES;
        if !room && !self.broke {
            self.broke = true;
            let message = "the variables expand to too much";
            let help = format!("together they may give {MAX_NODES} values and {MAX_BYTES} bytes of text");
            cx.push(Diagnostic::at(place, codes::EXPANSION_BUDGET, message).help(help));
        }
        room
    }
}

fn check_key(key: &Spanned<String>, cx: &mut Reading) {
    if key.value.contains("${") {
        let message = format!("the key `{}` holds an expression", key.value);
        let fault = Diagnostic::at(key.span, codes::EXPRESSION_IN_KEY, message);
        cx.push(fault.help("expressions stand in values only; write the key out"));
    }
}

fn expressions(node: &Node) -> Vec<&Spanned<Expression>> {
    match &node.value {
        Value::Null => Vec::new(),
        Value::Scalar(scalar) => scalar.text.expressions().collect(),
        Value::Seq(items) => items.iter().flat_map(expressions).collect(),
        Value::Map(entries) => entries.iter().flat_map(|entry| expressions(&entry.value)).collect(),
    }
}

/// A variable given as `name=value` on the command line: the text as it is, which its reader may take for a number.
/// The argument becomes a source of its own, so that faults have a place.
pub fn given(argument: &str, sources: &mut Sources) -> Result<(Spanned<String>, Node), Box<Diagnostic>> {
    let source = sources.add("--var", argument);
    let place = |start: usize, end: usize| {
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(source, offset(start), offset(end))
    };
    let Some((name, value)) = argument.split_once('=').filter(|(name, _)| is_name(name)) else {
        let whole = place(0, argument.len());
        let fault = Diagnostic::at(whole, codes::BAD_VAR_NAME, "a variable is given as NAME=VALUE");
        return Err(Box::new(fault));
    };
    let name = Spanned::new(name.to_owned(), place(0, name.len()));
    let at = place(argument.len() - value.len(), argument.len());
    Ok((name, Node::scalar(at, Template::text(value), Written::Computed)))
}

/// The variables of a file: a map like `vars`.
pub fn given_file(source: SourceId, sources: &Sources, cx: &mut Reading) -> Vec<(Spanned<String>, Node)> {
    let Some(node) = yaml::parse(source, sources.text(source), &mut cx.diagnostics) else { return Vec::new() };
    let Value::Map(entries) = node.value else {
        cx.wrong_shape(&node, Shape::Map, "a map from names to values");
        return Vec::new();
    };
    entries.into_iter().map(|Entry { key, value }| (key, value)).collect()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The value of `use` after interpolation, and the faults as code and cited text.
    fn run(text: &str) -> (String, Vec<(&'static str, String)>) {
        let mut cx = Reading::default();
        let node = yaml::parse(SourceId::new(0), text, &mut cx.diagnostics).expect("sound YAML");
        let environment = Environment::from([("TOKEN".into(), "hunter2 ${region}".into())]);
        let mut vars = Vars::new(node.entry("vars"), Vec::new(), &environment, &mut cx);
        let used = vars.apply(node.get("use").cloned().unwrap_or(node.clone()), &mut cx);
        let faults = cx.diagnostics.sorted();
        let cite = |d: &Diagnostic| (d.code.id(), d.span.map_or("", |span| span.slice(text)).to_owned());
        (format!("{:?}", said(&used)), faults.iter().map(cite).collect())
    }

    fn said(node: &Node) -> Vec<String> {
        match &node.value {
            Value::Null => vec!["null".into()],
            Value::Scalar(scalar) => vec![scalar.text.shown()],
            Value::Seq(items) => items.iter().flat_map(said).collect(),
            Value::Map(entries) => entries.iter().flat_map(|entry| said(&entry.value)).collect(),
        }
    }

    #[test]
    fn variables_and_environment_are_put_in_place() {
        let vars =
            "vars: {team: ai, who: 'the ${var.team} team', list: [a, b], n: 3, r: 'x-${region}', t: '${env.TOKEN}'}\n";
        for (value, want) in [
            ("'${var.team}'", "[\"ai\"]"),
            ("'by ${var.who}!'", "[\"by the ai team!\"]"),
            ("'${var.list}'", "[\"a\", \"b\"]"),
            ("'${var.r}-${account}'", "[\"x-${region}-${account}\"]"),
            ("['${env.TOKEN}', '${var.t}', 'a ${var.t}']", "[\"(secret)\", \"(secret)\", \"(secret)\"]"),
            ("'$${var.team}'", "[\"${var.team}\"]"),
        ] {
            assert_eq!(run(&format!("{vars}use: {value}\n")), (want.into(), vec![]), "{value}");
        }
    }

    #[test]
    fn a_value_of_the_environment_is_never_an_expression() {
        let mut cx = Reading::default();
        let environment = Environment::from([("A".into(), "${var.x}".into())]);
        let mut vars = Vars::new(None, Vec::new(), &environment, &mut cx);
        let node = yaml::parse(SourceId::new(0), "${env.A}", &mut cx.diagnostics).unwrap();
        assert_eq!(vars.apply(node, &mut cx).literal(), Some("${var.x}"));
        assert!(cx.diagnostics.is_empty());
    }

    #[test]
    fn faults_are_named_at_their_place() {
        for (text, want) in [
            ("use: '${var.x}'", vec![("E0302", "${var.x}")]),
            ("use: 'a ${env.TOKE} ${var.x}'", vec![("E0303", "${env.TOKE}")]),
            ("vars: {l: [a]}\nuse: 'x ${var.l}'", vec![("E0305", "${var.l}")]),
            ("vars: {a: '${var.b}', b: 'x${var.c}', c: '${var.a}'}\nuse: '${var.a}'", vec![("E0304", "${var.a}")]),
            ("vars: {a: '${var.a}'}", vec![("E0304", "${var.a}")]),
            ("vars: {a: '${nope}'}\nuse: '${var.a}'", vec![("E0301", "${nope}")]),
            ("use: {'${region}': 1}", vec![("E0308", "'${region}'")]),
            ("vars: [a]", vec![("E0203", "[a]")]),
            ("vars: {'a b': 1}", vec![("E0310", "'a b'")]),
        ] {
            let found = run(text).1;
            let found: Vec<(&str, &str)> = found.iter().map(|(code, place)| (*code, place.as_str())).collect();
            assert_eq!(found, want, "{text}");
        }
    }

    #[test]
    fn a_long_chain_of_variables_is_an_error_and_no_crash() {
        let mut text = String::from("vars:\n");
        for level in 0..50_000 {
            writeln!(text, "  v{level:05}: '${{var.v{:05}}}'", level + 1).unwrap();
        }
        assert!(run(&text).1.iter().any(|(code, _)| *code == "E0309"));
    }

    #[test]
    fn variables_that_multiply_are_stopped() {
        let mut text = String::from("vars:\n  v0: [a, a, a, a, a, a, a, a, a, a]\n  s0: xxxxxxxxxxxxxxxxxxxx\n");
        for level in 1..30 {
            let before = level - 1;
            let list = vec![format!("'${{var.v{before}}}'"); 10].join(", ");
            writeln!(text, "  v{level}: [{list}]\n  s{level}: '{}'", format!("${{var.s{before}}}").repeat(10)).unwrap();
        }
        assert!(run(&text).1.iter().any(|(code, _)| *code == "E0309"));
    }
}
