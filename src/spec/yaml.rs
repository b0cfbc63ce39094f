//! YAML text to nodes, strictly: the only file that names the YAML library.
//!
//! The library's parser is read event by event rather than through serde, because its events say whether a scalar was
//! quoted and keep `0123`, `no` and `1e3` as they were written.

use std::collections::BTreeMap;

use serde_saphyr::granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as Range, options};

use super::codes;
use super::node::{Core, Entry, Node, Value, Written};
use super::sources::MAX_BYTES;
use super::template::Template;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{SourceId, Span, Spanned};

/// How many values one file may hold, and how many more its aliases may add.
pub const MAX_NODES: usize = 250_000;
/// How deep values may nest.
pub const MAX_DEPTH: usize = 64;

mod fault;
mod intrinsic;

pub(crate) use fault::{STAND_IN, is_control};
use fault::{control_character, faulty_key, restored};
use intrinsic::applied;
pub(crate) use intrinsic::{function, is_function};

/// Reads one text. Every fault that does not stop the parser is reported; there is a node if none was found.
pub fn parse(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    parse_with(Mode { template: Template::parse, intrinsics: false, controls: false }, source, text, diagnostics)
}

/// As [`parse`], for a text without expressions: a `${` in it is nothing but text.
pub fn parse_literal(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let template: ReadText = |text, _, _| Template::text(text);
    parse_with(Mode { template, intrinsics: false, controls: false }, source, text, diagnostics)
}

/// As [`parse`], for a document that may be a template of `CloudFormation`: a short intrinsic function (`!Sub x`) is read as
/// its long form (`Fn::Sub: x`). Other tags are refused all the same.
pub fn parse_document(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    parse_with(Mode { template: Template::parse, intrinsics: true, controls: false }, source, text, diagnostics)
}

/// As [`parse_document`], for a file of others whose texts are taken as they are: a `${` in it is for others to replace, and a
/// control character is no matter before somebody wants the text.
pub fn parse_foreign(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let template: ReadText = |text, _, _| Template::text(text);
    parse_with(Mode { template, intrinsics: true, controls: true }, source, text, diagnostics)
}

/// How the text of a scalar, at a place and as it is written there, becomes a template.
type ReadText = fn(&str, Span, &str) -> Template;

/// What a text may hold besides YAML's own.
#[derive(Clone, Copy)]
struct Mode {
    template: ReadText,
    /// Whether short intrinsic functions of `CloudFormation` stand for their long form.
    intrinsics: bool,
    /// Whether control characters may stand in it.
    controls: bool,
}

fn parse_with(mode: Mode, source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut reader = Reader {
        mode,
        source,
        text,
        diagnostics: Diagnostics::new(),
        stack: Vec::new(),
        root: None,
        anchors: BTreeMap::new(),
        nodes: 0,
        copied_nodes: 0,
        copied_bytes: 0,
    };
    let outcome = reader.check_characters().and_then(|()| reader.run());
    if let Err(fault) = outcome {
        reader.diagnostics.push(*fault);
    }
    let sound = !reader.diagnostics.has_errors();
    diagnostics.extend(reader.diagnostics);
    reader.root.filter(|_| sound)
}

/// A fault after which reading on makes no sense.
type Stop = Box<Diagnostic>;

struct Reader<'t> {
    mode: Mode,
    source: SourceId,
    text: &'t str,
    diagnostics: Diagnostics,
    stack: Vec<Open>,
    root: Option<Node>,
    anchors: BTreeMap<usize, Anchored>,
    nodes: usize,
    copied_nodes: usize,
    copied_bytes: usize,
}

/// A value that an alias may repeat. The sizes are kept so that a bomb is seen before it goes off.
struct Anchored {
    node: Node,
    weight: usize,
    bytes: usize,
}

/// A list or map that has begun.
struct Open {
    start: u32,
    flow: bool,
    anchor: usize,
    function: Option<Spanned<String>>,
    children: Children,
}

enum Children {
    Items(Vec<Node>),
    Entries { entries: Vec<Entry>, seen: BTreeMap<String, Span>, key: Option<Spanned<String>> },
}

impl Reader<'_> {
    /// Refuses what YAML does not allow in a text at all; the parser would let some of it pass.
    fn check_characters(&mut self) -> Result<(), Stop> {
        if self.text.len() > MAX_BYTES {
            let message = format!("the file has {} bytes, and at most {MAX_BYTES} are read", self.text.len());
            return Err(Box::new(Diagnostic::at(self.span(0, 0), codes::FILE_TOO_LARGE, message)));
        }
        if self.mode.controls {
            return Ok(());
        }
        // A binary file would drown every other message: ten are enough.
        let found = self.text.char_indices().filter(|(_, found)| is_control(*found)).take(10);
        let mut faults: Vec<Diagnostic> =
            found.map(|(at, found)| control_character(self.span(at, at + found.len_utf8()), found)).collect();
        let Some(last) = faults.pop() else { return Ok(()) };
        self.diagnostics.extend(faults);
        Err(Box::new(last))
    }

    fn run(&mut self) -> Result<(), Stop> {
        let options = options! {
            disallow_directives: true,
            emit_comments: false,
            emit_unresolved_aliases: true,
            flow_nesting_limit: MAX_DEPTH * 2,
            block_nesting_limit: MAX_DEPTH * 2,
        };
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(self.text, options) {
            let (event, range) = event.map_err(|error| Box::new(self.syntax(&error)))?;
            if let Event::DocumentStart(..) = event {
                documents += 1;
                if documents > 1 {
                    let fault = Diagnostic::at(
                        self.range(&range),
                        codes::MULTIPLE_DOCUMENTS,
                        "a second YAML document begins here",
                    );
                    return Err(Box::new(fault.help("keep one document per file; a spec may be a folder of files")));
                }
                continue;
            }
            self.event(event, &range)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, range: &Range) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let function = self.function(tag.is_some(), range);
                self.scalar(&text, style, anchor, function, range)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let function = self.function(tag.is_some(), range);
                self.open(range, anchor, function, Children::Items(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                let function = self.function(tag.is_some(), range);
                let children = Children::Entries { entries: Vec::new(), seen: BTreeMap::new(), key: None };
                self.open(range, anchor, function, children)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range),
            Event::Alias(id) => self.alias(id, range),
            Event::UnresolvedAlias(name) => {
                let message = format!("the alias `*{name}` refers to an anchor that does not stand before it");
                let fault = Diagnostic::at(self.range(range), codes::SYNTAX, message);
                Err(Box::new(fault.help(format!("write `&{name}` before the value that is meant"))))
            }
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        function: Option<Spanned<String>>,
        range: &Range,
    ) -> Result<(), Stop> {
        self.count(range)?;
        let span = self.range(range);
        let plain = style == ScalarStyle::Plain;
        let raw = span.slice(self.text);
        let text = if plain && raw.is_empty() { "" } else { text };
        let text = &*if self.mode.controls { restored(text) } else { text.into() };
        if let Some(found) = text.chars().find(|found| is_control(*found)).filter(|_| !self.mode.controls) {
            self.diagnostics.push(control_character(span, found));
        }
        if let Some(Open { children: Children::Entries { key: key @ None, seen, .. }, .. }) = self.stack.last_mut() {
            let fault = faulty_key(text, span, plain, anchor != 0, seen.get(text).copied());
            seen.entry(text.to_owned()).or_insert(span);
            *key = Some(Spanned::new(text.to_owned(), span));
            self.diagnostics.extend(fault);
            return Ok(());
        }
        let node = if plain && Core::of(text) == Core::Null {
            Node::new(span, Value::Null)
        } else {
            let written = if plain { Written::Plain } else { Written::Quoted };
            Node::scalar(span, (self.mode.template)(text, span, raw), written)
        };
        self.finish(applied(function, node), anchor)
    }

    fn open(
        &mut self,
        range: &Range,
        anchor: usize,
        function: Option<Spanned<String>>,
        children: Children,
    ) -> Result<(), Stop> {
        self.count(range)?;
        let span = self.range(range);
        if let Some(Open { children: Children::Entries { key: None, .. }, .. }) = self.stack.last() {
            let fault = Diagnostic::at(span, codes::COMPLEX_KEY, "a list or map stands where a key is expected");
            let help = "a text with `{…}` in front of a value needs quotes: \"{x}\"";
            return Err(Box::new(fault.help(help)));
        }
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("values are nested more than {MAX_DEPTH} levels deep");
            return Err(Box::new(Diagnostic::at(span, codes::TOO_DEEP, message)));
        }
        let flow = self.text[span.start as usize..].starts_with(['[', '{']);
        self.stack.push(Open { start: span.start, flow, anchor, function, children });
        Ok(())
    }

    fn close(&mut self, range: &Range) -> Result<(), Stop> {
        let Some(Open { mut start, flow, anchor, function, children }) = self.stack.pop() else { return Ok(()) };
        // A block collection ends for the parser where the next token begins: it ends with its last value.
        let mut end = self.range(range).end;
        let value = match children {
            Children::Items(items) => {
                if !flow {
                    end = items.last().map_or(start, |item| item.span.end);
                    start = items.first().map_or(start, |item| item.span.start);
                }
                Value::Seq(items)
            }
            Children::Entries { entries, .. } => {
                if !flow {
                    end = entries.last().map_or(start, |entry| entry.value.span.end.max(entry.key.span.end));
                    start = entries.first().map_or(start, |entry| entry.key.span.start);
                }
                Value::Map(entries)
            }
        };
        let node = Node::new(Span::new(self.source, start, end.max(start)), value);
        self.finish(applied(function, node), anchor)
    }

    fn alias(&mut self, id: usize, range: &Range) -> Result<(), Stop> {
        self.count(range)?;
        let span = self.range(range);
        if let Some(Open { children: Children::Entries { key: None, .. }, .. }) = self.stack.last() {
            let fault = Diagnostic::at(span, codes::COMPLEX_KEY, "an alias stands where a key is expected");
            return Err(Box::new(fault.help("write the key out")));
        }
        let Some(anchored) = self.anchors.get(&id) else {
            let message = "the alias stands inside the value that it refers to";
            return Err(Box::new(Diagnostic::at(span, codes::RECURSIVE_ALIAS, message)));
        };
        self.copied_nodes += anchored.weight;
        self.copied_bytes += anchored.bytes;
        if self.copied_nodes > MAX_NODES || self.copied_bytes > MAX_BYTES {
            let message = "the aliases of this file repeat too much";
            let help = format!("together they may repeat {MAX_NODES} values and {MAX_BYTES} bytes of text");
            return Err(Box::new(Diagnostic::at(span, codes::ALIAS_BUDGET, message).help(help)));
        }
        let node = Node { span, ..anchored.node.clone() };
        self.finish(node, 0)
    }

    /// Hands a complete value to what encloses it.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Stop> {
        if anchor != 0 {
            let (weight, bytes) = (node.weight(), node.text_bytes());
            // Keeping a copy costs as much as an alias does.
            self.copied_nodes += weight;
            self.copied_bytes += bytes;
            if self.copied_nodes > MAX_NODES || self.copied_bytes > MAX_BYTES {
                let message = "the anchors of this file hold too much";
                return Err(Box::new(Diagnostic::at(node.span, codes::ALIAS_BUDGET, message)));
            }
            self.anchors.insert(anchor, Anchored { node: node.clone(), weight, bytes });
        }
        match self.stack.last_mut().map(|open| &mut open.children) {
            None => self.root = Some(node),
            Some(Children::Items(items)) => items.push(node),
            Some(Children::Entries { entries, key, .. }) => {
                if let Some(key) = key.take() {
                    entries.push(Entry { key, value: node });
                }
            }
        }
        Ok(())
    }

    /// The long form of the intrinsic function that the tag of a value is. Reports any other tag.
    fn function(&mut self, tagged: bool, range: &Range) -> Option<Spanned<String>> {
        if !tagged {
            return None;
        }
        let span = range.tag_span().map_or_else(|| self.range(range), |tag| self.range(&tag));
        let tag = span.slice(self.text);
        let is_key = matches!(self.stack.last(), Some(Open { children: Children::Entries { key: None, .. }, .. }));
        if let Some(long) = intrinsic::long_form(tag).filter(|_| self.mode.intrinsics && !is_key) {
            return Some(Spanned::new(long, span));
        }
        let message = format!("the tag `{tag}` is not part of the format");
        self.diagnostics.push(Diagnostic::at(span, codes::TAG, message).help("remove it, and quote what is text"));
        None
    }

    fn count(&mut self, range: &Range) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = format!("the file holds more than {MAX_NODES} values");
        Err(Box::new(Diagnostic::at(self.range(range), codes::TOO_MANY_NODES, message)))
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let end = self.text[at..].chars().next().filter(|c| !c.is_control()).map_or(at, |c| at + c.len_utf8());
        let (code, message) = match error.kind() {
            ErrorKind::RecursionLimitExceeded => (codes::TOO_DEEP, "values are nested too deep".to_owned()),
            kind => (codes::SYNTAX, kind.to_string()),
        };
        let expression = self.text[..at].ends_with('$') && self.text[at..].starts_with('{');
        let quote = expression.then_some("inside `{…}` and `[…]` an expression needs quotes: \"${…}\"");
        Diagnostic::at(self.span(at, end), code, message).maybe_help(quote.or(advice(error.kind())))
    }

    fn range(&self, range: &Range) -> Span {
        let start = range.start.byte_offset().unwrap_or(0);
        let end = range.end.byte_offset().unwrap_or(start).max(start);
        let raw = self.text.get(start..end).unwrap_or_default();
        // The parser lets some scalars run on over the white space behind them.
        self.span(start, start + raw.trim_end_matches([' ', '\t', '\n', '\r']).len())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.source, offset(start), offset(end))
    }
}

fn advice(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::TabInIndentation | ErrorKind::TabInBlockIndentation | ErrorKind::TabNotAllowed => {
            "indent with spaces"
        }
        ErrorKind::DirectiveDisallowed => "remove the line that begins with `%`",
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "text that holds `: ` needs quotes; otherwise check the indentation"
        }
        ErrorKind::UnclosedQuotedScalar => "close the quote",
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => {
            "check the indentation: what belongs together begins in one column"
        }
        ErrorKind::SimpleKeyExpected => "write `key: value`, with a space behind the colon",
        ErrorKind::UnknownQuotedScalarEscape => {
            "in double quotes a backslash begins an escape: use single quotes for regular expressions"
        }
        ErrorKind::UnexpectedCharacter { .. } => "text that begins with this character needs quotes",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
