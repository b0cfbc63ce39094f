//! The texts of a spec, with the names that diagnostics call them by.

use crate::model::span::{SourceId, Span};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// One text and its name: a path as the user wrote it, or `--var team`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What diagnostics call it.
    pub name: String,
    /// Its content.
    pub text: String,
    /// Where each line begins.
    lines: Vec<u32>,
    /// How many characters stand before each stride of bytes.
    strides: Vec<u32>,
}

/// Bytes between two counts of characters. A line may be the whole file, with a fault at each of its words: counting each
/// column from the start of the line would take the square of its length.
const STRIDE: usize = 1024;

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

impl Source {
    /// How many characters stand before a byte.
    fn characters_before(&self, offset: u32) -> usize {
        let offset = (offset as usize).min(self.text.len());
        let stride = offset / STRIDE;
        let counted = self.strides.get(stride).map_or(0, |count| *count as usize);
        counted + characters(&self.text.as_bytes()[stride * STRIDE..offset])
    }
}

/// Every text that a run has read. Only ever grows, so that a `SourceId` stays good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(Vec<Source>);

/// A place as people count: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Sources {
    /// No texts yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One text, for tests and for input that comes from no file.
    pub fn one(name: impl Into<String>, text: impl Into<String>) -> (Self, SourceId) {
        let mut sources = Self::new();
        let id = sources.add(name, text);
        (sources, id)
    }

    /// Adds a text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId::new(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        let text: String = text.into();
        let breaks = text.bytes().zip(1u32..).filter(|(byte, _)| *byte == b'\n').map(|(_, next)| next);
        let lines = std::iter::once(0).chain(breaks).collect();
        let mut before = 0;
        let count = |stride: &[u8]| {
            let here = before;
            before += u32::try_from(characters(stride)).unwrap_or(u32::MAX);
            here
        };
        let strides = text.as_bytes().chunks(STRIDE).map(count).collect();
        self.0.push(Source { name: name.into(), text, lines, strides });
        id
    }

    /// Each text with its id.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        (0u32..).map(SourceId::new).zip(&self.0)
    }

    /// The name of a text.
    pub fn name(&self, id: SourceId) -> &str {
        self.0.get(id.index()).map_or("", |source| &source.name)
    }

    /// A text; empty for an id that is not of these sources.
    pub fn text(&self, id: SourceId) -> &str {
        self.0.get(id.index()).map_or("", |source| &source.text)
    }

    /// What stands at `span`.
    pub fn slice(&self, span: Span) -> &str {
        span.slice(self.text(span.source))
    }

    /// Line and column of the first byte of `span`.
    pub fn position(&self, span: Span) -> Position {
        self.locate(span.source, span.start)
    }

    /// Line and column of the byte behind `span`.
    pub fn end_position(&self, span: Span) -> Position {
        self.locate(span.source, span.end)
    }

    /// Where line `line`, from 1, begins; the end of the text for a line that is not there.
    pub fn line_start(&self, id: SourceId, line: usize) -> u32 {
        let source = self.0.get(id.index());
        let start = source.and_then(|source| source.lines.get(line.saturating_sub(1)).copied());
        start.unwrap_or_else(|| u32::try_from(self.text(id).len()).unwrap_or(u32::MAX))
    }

    fn locate(&self, id: SourceId, offset: u32) -> Position {
        let Some(source) = self.0.get(id.index()) else { return Position { line: 1, column: 1 } };
        let line = source.lines.partition_point(|start| *start <= offset);
        let start = self.line_start(id, line);
        let marked = source.text.get(start as usize..).is_some_and(|text| text.starts_with('\u{feff}'));
        let before = source.characters_before(offset).saturating_sub(source.characters_before(start));
        // A byte order mark is no character of its line.
        Position { line, column: before.saturating_sub(usize::from(marked)) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let (sources, id) = Sources::one("a.yaml", "\u{feff}é: 1\r\nkey: välue\n");
        let at = |needle: &str| {
            let start = u32::try_from(sources.text(id).find(needle).unwrap()).unwrap();
            sources.position(Span::new(id, start, start))
        };
        assert_eq!(at("é"), Position { line: 1, column: 1 });
        assert_eq!(at("lue"), Position { line: 2, column: 8 });
    }

    #[test]
    fn columns_of_a_long_line_are_counted_from_its_start() {
        for before in ["", "a: 1\n", "\u{feff}"] {
            let text = format!("{before}{}", "xé\u{1f600}".repeat(2 * STRIDE));
            let (sources, id) = Sources::one("a.yaml", text.as_str());
            let start = before.find('\n').map_or(before.len(), |at| at + 1);
            for (column, (at, _)) in (1..).zip(text[start..].char_indices()).step_by(97) {
                let offset = u32::try_from(start + at).unwrap();
                let place = sources.position(Span::new(id, offset, offset));
                assert_eq!(place, Position { line: before.matches('\n').count() + 1, column });
            }
        }
    }
}
