//! Writing a spec: values with comments, as YAML that `fmt` has nothing to change about.
//!
//! What is written is a text like any other: a `${` in it is doubled, so that nothing of AWS or of another tool is ever read
//! as an expression.

mod document;

pub use document::document;

use super::format::format;
use super::node::Core;
use super::sources::Sources;
use super::yaml::is_control;
use crate::model::diagnostic::Diagnostics;

/// A value to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text as it is.
    Text(String),
    /// Text that may hold expressions, as a user would write it.
    Spelled(String),
    /// Text of an IAM policy: what stands for IAM to replace (`${aws:username}`) stays.
    Policy(String),
    /// A number, `true` or `false`.
    Plain(String),
    /// A list.
    List(Vec<Item>),
    /// A map with one entry a line.
    Map(Vec<Entry>),
    /// A map in one line.
    Inline(Vec<Entry>),
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The value.
    pub value: Value,
    /// What is said behind it.
    pub remark: Option<String>,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is said above it, a line each.
    pub comments: Vec<String>,
    /// The key.
    pub key: String,
    /// The value.
    pub value: Value,
    /// What is said behind it.
    pub remark: Option<String>,
}

/// How the texts of a source become values: [`Value::Text`] or [`Value::Spelled`].
pub type Spell = fn(String) -> Value;

impl Entry {
    /// A key with its value.
    pub fn new(key: impl Into<String>, value: Value) -> Self {
        Self { comments: Vec::new(), key: key.into(), value, remark: None }
    }

    /// The same with a comment above it.
    #[must_use]
    pub fn said(mut self, comment: impl Into<String>) -> Self {
        self.comments.push(comment.into());
        self
    }
}

impl Value {
    /// A word that is text as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// True or false.
    pub fn bool(value: bool) -> Self {
        Self::Plain(value.to_string())
    }

    /// A list of these.
    pub fn list(values: impl IntoIterator<Item = Self>) -> Self {
        Self::List(values.into_iter().map(|value| Item { value, remark: None }).collect())
    }

    /// A map of one line.
    pub fn inline(entries: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        Self::Inline(entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect())
    }

    /// The value of a key, if it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) | Self::Inline(entries) => {
                entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
            }
            _ => None,
        }
    }

    /// Whether each text in it, keys among them, can stand in a spec at all: no escape makes a control character one of the format.
    pub fn can_be_read(&self) -> bool {
        let sound = |text: &str| !text.chars().any(is_control);
        match self {
            Self::Text(text) | Self::Spelled(text) | Self::Policy(text) | Self::Plain(text) => sound(text),
            Self::List(items) => items.iter().all(|item| item.value.can_be_read()),
            Self::Map(entries) | Self::Inline(entries) => {
                entries.iter().all(|entry| sound(&entry.key) && entry.value.can_be_read())
            }
        }
    }

    /// The value in one line, if it can stand in one and takes no more than this many characters.
    fn in_line(&self, most: usize) -> Option<String> {
        let line = match self {
            Self::Text(_) | Self::Spelled(_) | Self::Policy(_) | Self::Plain(_) => self.scalar(),
            Self::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Map(_) => return None,
            Self::List(items) => {
                let item = |item: &Item| item.value.in_line(most).filter(|_| item.remark.is_none());
                format!("[{}]", items.iter().map(item).collect::<Option<Vec<_>>>()?.join(", "))
            }
            Self::Inline(entries) => {
                let entry = |entry: &Entry| {
                    let silent = entry.comments.is_empty() && entry.remark.is_none();
                    Some(format!("{}: {}", key(&entry.key), entry.value.in_line(most).filter(|_| silent)?))
                };
                format!("{{{}}}", entries.iter().map(entry).collect::<Option<Vec<_>>>()?.join(", "))
            }
        };
        (line.chars().count() <= most).then_some(line)
    }

    fn scalar(&self) -> String {
        match self {
            Self::Text(text) => quoted(&text.replace("${", "$${")),
            Self::Spelled(text) => quoted(text),
            Self::Policy(text) => quoted(&for_iam(text)),
            Self::Plain(text) => text.clone(),
            Self::List(_) | Self::Map(_) | Self::Inline(_) => String::new(),
        }
    }
}

/// Doubles each `${` of a text but those that IAM replaces.
pub fn for_iam(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let inside = rest[at + 2..].split('}').next().unwrap_or_default();
        let is_iam = inside.contains(':') && inside.len() < rest.len() - at - 2 || matches!(inside, "*" | "?" | "$");
        out.push_str(&rest[..at]);
        out.push_str(if is_iam { "${" } else { "$${" });
        rest = &rest[at + 2..];
    }
    out + rest
}

/// Columns that a value of one line may take beside its key.
const LINE: usize = 88;

/// The text of a map at the top of a file, with these comments at its head, formatted as `fmt` does it.
pub fn write(head: &[String], entries: &[Entry]) -> String {
    let mut text = String::new();
    for line in head {
        comment(line, 0, &mut text);
    }
    if !head.is_empty() {
        text.push('\n');
    }
    for (at, entry) in entries.iter().enumerate() {
        let spacious = matches!(&entry.value, Value::Map(entries) if !entries.is_empty());
        if at > 0 && (spacious || !entry.comments.is_empty()) {
            text.push('\n');
        }
        entry.write(0, &mut text);
    }
    let (_, source) = Sources::one("spec", text.as_str());
    // What the printer cannot take is sound all the same.
    format(source, &text, &mut Diagnostics::new()).unwrap_or(text)
}

impl Entry {
    fn write(&self, depth: usize, out: &mut String) {
        for line in &self.comments {
            comment(line, depth, out);
        }
        indent(depth, out);
        out.push_str(&key(&self.key));
        out.push(':');
        below(&self.value, self.remark.as_deref(), depth, out);
    }
}

/// Writes a value behind its key or dash.
fn below(value: &Value, remark: Option<&str>, depth: usize, out: &mut String) {
    let remark = remark.map(|remark| format!(" # {}", visible(remark))).unwrap_or_default();
    let most = if matches!(value, Value::List(_) | Value::Inline(_)) { LINE } else { usize::MAX };
    if let Some(line) = value.in_line(most) {
        out.extend([" ", line.as_str(), remark.as_str(), "\n"]);
        return;
    }
    out.push_str(&remark);
    out.push('\n');
    match value {
        Value::Map(entries) | Value::Inline(entries) => {
            for (at, entry) in entries.iter().enumerate() {
                // The entries of a section stand apart.
                if at > 0 && depth == 0 && matches!(entry.value, Value::Map(_)) {
                    out.push('\n');
                }
                entry.write(depth + 1, out);
            }
        }
        Value::List(items) => items.iter().for_each(|item| item.write(depth + 1, out)),
        _ => {}
    }
}

impl Item {
    fn write(&self, depth: usize, out: &mut String) {
        let (Value::Map(entries) | Value::Inline(entries)) = &self.value else {
            indent(depth, out);
            out.push('-');
            return below(&self.value, self.remark.as_deref(), depth, out);
        };
        if let Some(line) = self.value.in_line(LINE) {
            indent(depth, out);
            out.extend(["- ", line.as_str(), "\n"]);
            return;
        }
        let mut inner = String::new();
        for entry in entries {
            entry.write(depth + 1, &mut inner);
        }
        let mut dash = String::new();
        indent(depth, &mut dash);
        dash.push_str("- ");
        out.push_str(&dash);
        // The first line stands behind the dash, which is as wide as one step.
        out.push_str(inner.get(dash.len()..).unwrap_or_default());
    }
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn comment(text: &str, depth: usize, out: &mut String) {
    const WIDEST: usize = 110;
    let mut line = String::new();
    let mut lines = Vec::new();
    let further = if text.starts_with("- ") { "  " } else { "" };
    for word in visible(text).split(' ') {
        if !line.is_empty() && line.chars().count() + word.chars().count() > WIDEST - 2 * depth {
            lines.push(std::mem::replace(&mut line, further.to_owned()));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    // What is indented is so on purpose: a list below its title.
    let within = " ".repeat(text.chars().take_while(|c| *c == ' ').count().min(8));
    for line in lines {
        indent(depth, out);
        out.push_str(format!("# {within}{line}").trim_end());
        out.push('\n');
    }
}

/// One line of what can be seen.
pub fn visible(text: &str) -> String {
    let seen = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c));
    seen.collect::<String>().trim().to_owned()
}

/// Whether a character cannot be seen, or changes how others are.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

fn key(key: &str) -> String {
    quoted(key)
}

/// A text as YAML has it: plain where nobody could take it for anything else.
fn quoted(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let needs_escape = text.chars().any(is_hidden);
    if !needs_escape && text.contains(['"', '\\']) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if !is_hidden(c) => out.push(c),
            c => out.push_str(&escape(c)),
        }
    }
    out.push('"');
    out
}

fn escape(c: char) -> String {
    let number = u32::from(c);
    if number > 0xffff { format!("\\U{number:08x}") } else { format!("\\u{number:04x}") }
}

/// Whether a text needs no quotes, in brackets or not, for readers of YAML 1.1 too.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 8] = ["y", "n", "yes", "no", "on", "off", "true", "false"];
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '.' | '/' | '-' | '@' | '+');
    let at_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '/');
    let is_arn = text.starts_with("ou:") || text.starts_with("account:");
    let colons = text.matches(':').count();
    at_end(text.chars().next())
        && text.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '_' | '-'))
        && text.chars().all(|c| inside(c) || c == ':')
        && (colons == 0 || is_arn && colons == 1 && !text.contains(": "))
        && Core::of(text) == Core::Text
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::span::SourceId;
    use crate::spec::{node::Node, yaml};

    fn read(text: &str) -> Node {
        let mut faults = Diagnostics::new();
        let node = yaml::parse(SourceId::new(0), text, &mut faults);
        node.unwrap_or_else(|| panic!("{faults:?}\n{text}"))
    }

    #[test]
    fn values_are_written_as_people_write_them() {
        let entries = [
            Entry::new("format", Value::Plain("1".to_owned())),
            Entry::new("account_id", Value::text("111122223333")),
            Entry::new(
                "guardrails",
                Value::Map(vec![
                    Entry::new(
                        "baseline",
                        Value::Map(vec![
                            Entry::new("message", Value::text("No: ${region} \"x\"")),
                            Entry::new("filters", Value::inline([("HATE", Value::text("HIGH"))])),
                            Entry::new(
                                "topics",
                                Value::List(vec![Item {
                                    value: Value::Map(vec![
                                        Entry::new("name", Value::text("Legal advice")),
                                        Entry::new("examples", Value::list(["a?", "b"].map(Value::text))),
                                    ]),
                                    remark: None,
                                }]),
                            ),
                        ]),
                    )
                    .said("from here"),
                ]),
            ),
        ];
        insta::assert_snapshot!(write(&["Head".to_owned()], &entries), @r#"
        # Head

        format: 1
        account_id: "111122223333"

        guardrails:
          # from here
          baseline:
            message: 'No: $${region} "x"'
            filters: {HATE: HIGH}
            topics:
              - name: Legal advice
                examples: ["a?", b]
        "#);
    }

    #[test]
    fn what_iam_replaces_stays() {
        for (text, written) in [
            ("${aws:username}", "${aws:username}"),
            ("a${*}b", "a${*}b"),
            ("${region}", "$${region}"),
            ("${aws:x", "$${aws:x"),
        ] {
            assert_eq!(for_iam(text), written);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in "\\PC{0,12}|[ -~]{0,20}|(?s).{0,8}", word in "[a-zA-Z0-9:.$ {}-]{0,9}") {
            for text in [text, word].into_iter().filter(|text| Value::text(text.as_str()).can_be_read()) {
                let entries = [
                    Entry::new("a", Value::text(text.as_str())).said(text.as_str()),
                    Entry::new("b", Value::list([Value::text(text.as_str()), Value::text("x")])),
                ];
                let written = write(std::slice::from_ref(&text), &entries);
                let node = read(&written);
                prop_assert_eq!(node.get("a").and_then(Node::literal), Some(text.as_str()), "{}", written);
                let first = node.get("b").and_then(Node::items).and_then(|items| items.first()?.literal());
                prop_assert_eq!(first, Some(text.as_str()), "{}", written);
                let (_, source) = Sources::one("spec", written.as_str());
                let again = format(source, &written, &mut Diagnostics::new());
                prop_assert_eq!(again.as_deref(), Some(written.as_str()));
            }
        }
    }
}
