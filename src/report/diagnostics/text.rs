//! Diagnostics with snippets, in the manner of rustc.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Paint, summary};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::span::{SourceId, Span};
use crate::report::clean;
use crate::report::wrap::wrap;
use crate::spec::sources::{Position, Sources};

/// Places further apart get snippets of their own, so that no snippet takes in a whole file.
const NEAR: usize = 200;
/// Marks further apart do, too, and a longer mark is cut: the renderer shows all of a line between the first mark and the
/// last, and what is longer than a page shows nobody a place.
const WIDE: usize = 200;
/// Bytes of lines that a snippet shows at most; the renderer takes its time with each.
const LONGEST: usize = 64 * 1024;
/// Columns that stand before a title: `warning[W0604]: `.
const TITLE: usize = 16;
/// Columns that stand before a message below a snippet, whose lines have numbers of up to four digits: `     = help: `.
const MESSAGE: usize = 13;
/// How many diagnostics are shown before the rest is counted: nobody reads more, and the machine's forms have all of them.
const SHOWN: usize = 500;

pub(super) fn render(diagnostics: &Diagnostics, sources: &Sources, paint: Paint, width: usize) -> String {
    let mut out = each(diagnostics, sources, paint, width, "validate", |_| None);
    if !diagnostics.is_empty() {
        out.push_str(&summary(diagnostics));
        out.push('\n');
    }
    out
}

/// The diagnostics of a command without their count, each with what `note` says of it.
pub(super) fn each<'d>(
    diagnostics: &'d Diagnostics,
    sources: &Sources,
    paint: Paint,
    width: usize,
    command: &str,
    mut note: impl FnMut(&'d Diagnostic) -> Option<String>,
) -> String {
    let renderer = match paint {
        Paint::Colour => Renderer::styled().hyperlink(false),
        Paint::Plain => Renderer::plain(),
    }
    .term_width(width);
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN) {
        out.push_str(&renderer.render(&[group(diagnostic, sources, note(diagnostic), width)]));
        out.push_str("\n\n");
    }
    let more = diagnostics.iter().count().saturating_sub(SHOWN);
    if more > 0 {
        push!(out, "… and {more} more, which `bedrail {command} --format json` lists\n\n");
    }
    out
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources, note: Option<String>, width: usize) -> Group<'a> {
    let Diagnostic { code, severity, message, span, label, help, related } = diagnostic;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(lines(message, width.saturating_sub(TITLE))).id(code.id()));
    let marks = span.iter().map(|span| Mark { span: *span, label: label.as_deref(), kind: AnnotationKind::Primary });
    let others =
        related.iter().map(|(span, label)| Mark { span: *span, label: Some(label), kind: AnnotationKind::Context });
    for marks in together(marks.chain(others).collect(), sources) {
        group = match snippet(&marks, sources) {
            Some(snippet) => group.element(snippet),
            None => group.elements(marks.iter().map(|mark| origin(mark.span, sources))),
        };
    }
    if let Some(note) = note {
        group = group.element(Level::NOTE.message(lines(&note, width.saturating_sub(MESSAGE))));
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(lines(help, width.saturating_sub(MESSAGE))));
    }
    group
}

/// A text on lines of at most `width` columns.
fn lines(text: &str, width: usize) -> String {
    wrap(&clean::line(text), width).join("\n")
}

#[derive(Clone, Copy)]
struct Mark<'a> {
    span: Span,
    label: Option<&'a str>,
    kind: AnnotationKind,
}

/// Marks of one source that stand near each other share a snippet; the primary one leads.
fn together<'a>(marks: Vec<Mark<'a>>, sources: &Sources) -> Vec<Vec<Mark<'a>>> {
    let mut snippets: Vec<Vec<Mark<'a>>> = Vec::new();
    let mut leaders: Vec<(SourceId, Position)> = Vec::new();
    for mark in marks {
        let Position { line, column } = sources.position(mark.span);
        let near = |(source, leader): &(SourceId, Position)| {
            *source == mark.span.source && leader.line.abs_diff(line) <= NEAR && leader.column.abs_diff(column) <= WIDE
        };
        if let Some(at) = leaders.iter().position(near) {
            snippets[at].push(mark);
        } else {
            leaders.push((mark.span.source, Position { line, column }));
            snippets.push(vec![mark]);
        }
    }
    snippets
}

/// The place alone.
fn origin(span: Span, sources: &Sources) -> Origin<'_> {
    let Position { line, column } = sources.position(span);
    Origin::path(clean::line(sources.name(span.source))).line(line).char_column(column)
}

/// The lines of these marks; `None` where they are too long to be shown.
fn snippet<'a>(marks: &[Mark<'a>], sources: &'a Sources) -> Option<Snippet<'a, Annotation<'a>>> {
    let source = marks.first().map_or(SourceId::new(0), |mark| mark.span.source);
    let lines = marks.iter().map(|mark| sources.position(mark.span).line);
    let (first, last) = lines.fold((usize::MAX, 1), |(first, last), line| (first.min(line), last.max(line)));
    let (start, end) = (sources.line_start(source, first), sources.line_start(source, last + 1));
    let whole = Span::new(source, start, end).slice(sources.text(source));
    let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
    if text.len() > LONGEST {
        return None;
    }
    let skipped = start as usize + (whole.len() - text.len());
    let annotations = marks.iter().map(|mark| {
        let range = within_line(mark.span, skipped, text);
        mark.kind.span(range).label(mark.label.map(|label| Cow::Owned(clean::line(label))))
    });
    let snippet = Snippet::source(visible(text)).path(clean::line(sources.name(source))).line_start(first);
    Some(snippet.annotations(annotations))
}

/// What a mark covers of the lines that are shown: at most to the end of its first line, and at most [`WIDE`].
fn within_line(span: Span, skipped: usize, text: &str) -> Range<usize> {
    let start = (span.start as usize).saturating_sub(skipped).min(text.len());
    let line_end = text.get(start..).and_then(|rest| rest.find(['\n', '\r'])).map_or(text.len(), |at| start + at);
    let end = (span.end as usize).saturating_sub(skipped).clamp(start, line_end);
    start..text.floor_char_boundary(end.min(start + WIDE))
}

/// Control characters are made visible by the renderer, but for those of two bytes; what deceives a reader is not. Each is
/// replaced by something visible of its own length, so that every mark stays where it is.
fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| ('\u{80}'..='\u{9f}').contains(&c) || clean::is_deceptive(c);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        match (hidden(c), c.len_utf8()) {
            (false, _) => shown.push(c),
            (true, 2) => shown.push('\u{bf}'),
            (true, 3) => shown.push('\u{fffd}'),
            (true, _) => shown.push_str("\u{bf}\u{bf}"),
        }
        shown
    });
    Cow::Owned(shown)
}
