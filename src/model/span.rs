//! Places in the texts that users write.

use std::ops::Deref;

/// One text among those that make up a spec, by its position in the list of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// The source at `index` of the list of sources.
    pub const fn new(index: u32) -> Self {
        Self(index)
    }

    /// The position in the list of sources.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A stretch of one source, in byte offsets: `start` is its first byte, `end` the byte after its last.
/// Offsets stand on character boundaries, and `start <= end`; an empty span is a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text that the offsets count in.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset of the byte after the last.
    pub end: u32,
}

impl Span {
    /// A stretch of `source`.
    pub const fn new(source: SourceId, start: u32, end: u32) -> Self {
        Self { source, start, end }
    }

    /// The point where `self` begins.
    #[must_use]
    pub const fn at_start(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The part of `text`, the text of this span's source, that lies within. Empty if the span does not fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A value and the place that it was read from. Two are equal if their values are, wherever they stand.
#[derive(Clone, Copy, Debug)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, read at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }

    /// The same place with the value borrowed.
    pub const fn as_ref(&self) -> Spanned<&T> {
        Spanned { value: &self.value, span: self.span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T: PartialOrd> PartialOrd for Spanned<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Spanned<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_slices_its_text_and_a_wrong_one_yields_nothing() {
        let source = SourceId::new(0);
        assert_eq!(Span::new(source, 2, 4).slice("aébc"), "");
        assert_eq!(Span::new(source, 1, 3).slice("aébc"), "é");
        assert_eq!(Span::new(source, 3, 99).slice("aébc"), "");
    }

    #[test]
    fn equality_looks_at_the_value_only() {
        let at = |start| Spanned::new("x", Span::new(SourceId::new(0), start, start + 1));
        assert_eq!(at(0), at(7));
    }
}
