//! One change: its headline, and a row for each thing to know about it.

use crate::plan::Phase;
use crate::report::fold::Entry;
use crate::report::rows::{Piece, Row};
use crate::report::summary::Deed;
use crate::report::wrap::{columns, indented, pad, wrap};
use crate::report::{Look, Style, Tone, clean};

/// Where rows begin.
const INDENT: usize = 6;
/// The widest column that old values are aligned in.
const HAVES: usize = 16;

/// The sign and the word that begin a headline, in the tone of both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) sign: char,
    pub(crate) word: &'static str,
    pub(crate) tone: Tone,
}

impl From<Deed> for Mark {
    fn from(deed: Deed) -> Self {
        Self { sign: deed.sign(), word: deed.word(), tone: tone(deed) }
    }
}

/// A change in full.
pub(crate) fn entry(entry: &Entry<'_>, mark: Mark, look: Look<'_>) -> String {
    let mut out = headline(entry, mark, look);
    // A longer label would leave no room for its value.
    let widest = look.width * 9 / 20;
    let labels = entry.rows.iter().map(|row| columns(row.label())).filter(|width| *width <= widest).max().unwrap_or(0);
    let haves = entry.rows.iter().filter_map(|row| match row {
        Row::Change { have: Some(have), want: Some(_), .. } => Some(columns(have)),
        _ => None,
    });
    let haves = haves.filter(|width| *width <= HAVES).max().unwrap_or(0);
    for row in &entry.rows {
        out += &match row {
            Row::Value { label, value } => value_row(label, value, labels, look),
            Row::Change { label, have: Some(have), want: Some(want) } => {
                change(label, have, want, (labels, haves), look)
            }
            Row::Change { label, have: Some(gone), want: None } => value_row(label, &signed('-', gone), labels, look),
            Row::Change { label, have: None, want: Some(new) } => value_row(label, &signed('+', new), labels, look),
            Row::Change { have: None, want: None, .. } => String::new(),
            Row::Words { label, pieces } => value_row(label, &words(pieces, look.style), labels, look),
            Row::Lines { label, lines } => document(label, lines, look.style),
        };
    }
    if let Some(phase) = entry.action.phase {
        let text = match phase {
            Phase::Widen => "widen: what is new is added, and nothing taken away yet",
            Phase::Narrow => "narrow: what is no longer wanted is taken away",
        };
        push!(out, "{:INDENT$}{}  {text}\n", "", pad("phase", labels));
    }
    let hazards: Vec<&str> = entry.action.hazards.iter().map(|hazard| hazard.word()).collect();
    if !hazards.is_empty() {
        let text = look.style.paint(Tone::Bad, hazards.join(", "));
        push!(out, "{:INDENT$}{}  {text}\n", "", pad("hazard", labels));
    }
    out
}

/// The sign and word of a change, its address and the spec entry behind it.
pub(crate) fn headline(entry: &Entry<'_>, mark: Mark, look: Look<'_>) -> String {
    let Mark { sign, word, tone } = mark;
    let address = entry.address();
    let sign = look.style.paint(tone, format!("{sign} {word}"));
    let mut out = format!("  {sign} {}", look.style.paint(Tone::Strong, &address));
    let width = 5 + word.len() + columns(&address);
    if let Some(declared) = &entry.action.entry {
        let declared = format!("({})", clean::line(declared));
        let fits = width + 2 + columns(&declared) <= look.width;
        let gap = if fits { "  ".to_owned() } else { format!("\n{:INDENT$}", "") };
        push!(out, "{gap}{}", look.style.paint(Tone::Quiet, &declared));
    }
    out.push('\n');
    if let Some(regions) = entry.regions() {
        out += &indented(&format!("in {regions}"), INDENT, look.width);
    }
    out
}

const fn tone(deed: Deed) -> Tone {
    match deed {
        Deed::Create => Tone::Create,
        Deed::Publish => Tone::Publish,
        Deed::Update => Tone::Update,
        Deed::Adopt => Tone::Adopt,
        Deed::Delete | Deed::Prune => Tone::Delete,
    }
}

/// A value that comes or goes.
fn signed(sign: char, value: &str) -> String {
    format!("{sign} {value}")
}

/// A label and a text that wraps beside it, or below it where the label is long.
fn value_row(label: &str, value: &str, labels: usize, look: Look<'_>) -> String {
    if columns(label) > labels && INDENT + columns(label) + 2 + columns(value) > look.width {
        let value = indented(value, INDENT + 2, look.width);
        return format!("{:INDENT$}{}\n{value}", "", look.style.paint(Tone::Quiet, label));
    }
    let label = pad(label, labels);
    let hang = INDENT + columns(&label) + 2;
    let lines = wrap(value, look.width.saturating_sub(hang).max(24));
    let mut out = format!("{:INDENT$}{}  ", "", look.style.paint(Tone::Quiet, label));
    out += &lines.join(&format!("\n{:hang$}", ""));
    out.push('\n');
    out
}

/// `label  have → want`, or the two below one another where the line would be too long.
fn change(label: &str, have: &str, want: &str, (labels, haves): (usize, usize), look: Look<'_>) -> String {
    let (label, padded) = (pad(label, labels), pad(have, haves));
    let shown = look.style.paint(Tone::Quiet, &label);
    if INDENT + columns(&label) + 2 + columns(&padded) + 3 + columns(want) <= look.width {
        return format!("{:INDENT$}{shown}  {padded} → {want}\n", "");
    }
    let side = |sign: char, text: &str, tone: Tone| {
        let hang = INDENT + 4;
        let lines = wrap(text, look.width.saturating_sub(hang).max(24));
        let lines = lines.join(&format!("\n{:hang$}", ""));
        format!("{:1$}{2}\n", "", INDENT + 2, look.style.paint(tone, format!("{sign} {lines}")))
    };
    let label = look.style.paint(Tone::Quiet, label.trim_end());
    format!("{:INDENT$}{label}\n{}{}", "", side('-', have, Tone::Delete), side('+', want, Tone::Create))
}

/// Words that go in `[-…-]`, words that come in `{+…+}`.
fn words(pieces: &[Piece], style: Style) -> String {
    let is_list = pieces.iter().all(|piece| !matches!(piece, Piece::Same(text) if text.ends_with(' ')));
    let shown = pieces.iter().map(|piece| match piece {
        Piece::Same(text) => text.clone(),
        Piece::Gone(text) => style.paint(Tone::Delete, format!("[-{text}-]")),
        Piece::New(text) => style.paint(Tone::Create, format!("{{+{text}+}}")),
        Piece::Skipped => "…".to_owned(),
    });
    shown.collect::<Vec<_>>().join(if is_list { " " } else { "" })
}

/// The lines of a document that change, and a few around them.
fn document(label: &str, lines: &[Piece], style: Style) -> String {
    let mut out = format!("{:INDENT$}{}\n", "", style.paint(Tone::Quiet, label));
    for line in lines {
        let line = match line {
            Piece::Same(text) => format!("  {text}"),
            Piece::Gone(text) => style.paint(Tone::Delete, format!("- {text}")),
            Piece::New(text) => style.paint(Tone::Create, format!("+ {text}")),
            Piece::Skipped => style.paint(Tone::Quiet, "  …"),
        };
        push!(out, "{:1$}{line}\n", "", INDENT + 2);
    }
    out
}
