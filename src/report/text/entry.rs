//! One change: its headline, and a row for each thing to know about it.

use crate::model::Direction;
use crate::plan::Phase;
use crate::report::fold::Entry;
use crate::report::rows::{Piece, Row, Says};
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
    let labels = entry.rows.iter().map(|row| columns(&row.label)).filter(|width| *width <= widest).max().unwrap_or(0);
    let haves = entry.rows.iter().filter_map(|row| match &row.says {
        Says::Change { have: Some(have), want: Some(_) } => Some(columns(have)),
        _ => None,
    });
    let haves = haves.filter(|width| *width <= HAVES).max().unwrap_or(0);
    for row in &entry.rows {
        let verdict = verdict(row, look.style);
        let value = |value: &str| value_row(&row.label, value, &verdict, labels, look);
        out += &match &row.says {
            Says::Value(text) => value(text),
            Says::Change { have: Some(have), want: Some(want) } => {
                change(&row.label, have, want, &verdict, (labels, haves), look)
            }
            Says::Change { have: Some(gone), want: None } => value(&signed('-', gone)),
            Says::Change { have: None, want: Some(new) } => value(&signed('+', new)),
            Says::Change { have: None, want: None } => String::new(),
            Says::Words(pieces) => value(&words(pieces, look.style)),
            Says::Lines(lines) => document(&row.label, lines, &verdict, look.style),
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
    if let Some(places) = entry.places() {
        out += &indented(&format!("in {places}"), INDENT, look.width);
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

/// The word behind a row.
fn verdict(row: &Row, style: Style) -> String {
    let tone = match row.direction {
        Direction::Weakens | Direction::Mixed => Tone::Bad,
        Direction::Unranked => Tone::Doubt,
        Direction::Strengthens => Tone::Good,
        Direction::Neutral => Tone::Quiet,
    };
    row.verdict().map(|word| format!("  {}", style.paint(tone, word))).unwrap_or_default()
}

/// A value that comes or goes.
fn signed(sign: char, value: &str) -> String {
    format!("{sign} {value}")
}

/// A label and a text that wraps beside it, or below it where the label is long; the verdict ends it.
fn value_row(label: &str, value: &str, verdict: &str, labels: usize, look: Look<'_>) -> String {
    if columns(label) > labels && INDENT + columns(label) + 2 + columns(value) + columns(verdict) > look.width {
        let nested = label.len() - label.trim_start().len();
        let value = indented(value, INDENT + nested + 2, look.width);
        return format!("{:INDENT$}{}{verdict}\n{value}", "", look.style.paint(Tone::Quiet, label));
    }
    let label = pad(label, labels);
    let hang = INDENT + columns(&label) + 2;
    let room = look.width.saturating_sub(hang).max(24);
    let mut lines = wrap(value, room);
    match lines.last_mut() {
        Some(last) if columns(last) + columns(verdict) <= room => last.push_str(verdict),
        _ if verdict.is_empty() => {}
        _ => lines.push(verdict.trim_start().to_owned()),
    }
    let mut out = format!("{:INDENT$}{}  ", "", look.style.paint(Tone::Quiet, &label));
    out += &lines.join(&format!("\n{:hang$}", ""));
    out.push('\n');
    out
}

/// `label  have → want`, or the two below one another where the line would be too long.
fn change(
    label: &str,
    have: &str,
    want: &str,
    verdict: &str,
    (labels, haves): (usize, usize),
    look: Look<'_>,
) -> String {
    let (label, padded) = (pad(label, labels), pad(have, haves));
    let shown = look.style.paint(Tone::Quiet, &label);
    if INDENT + columns(&label) + 2 + columns(&padded) + 3 + columns(want) + columns(verdict) <= look.width {
        return format!("{:INDENT$}{shown}  {padded} → {want}{verdict}\n", "");
    }
    let side = |sign: char, text: &str, tone: Tone| {
        let hang = INDENT + 4;
        let lines = wrap(text, look.width.saturating_sub(hang).max(24));
        let lines = lines.join(&format!("\n{:hang$}", ""));
        format!("{:1$}{2}\n", "", INDENT + 2, look.style.paint(tone, format!("{sign} {lines}")))
    };
    let label = look.style.paint(Tone::Quiet, label.trim_end());
    format!("{:INDENT$}{label}{verdict}\n{}{}", "", side('-', have, Tone::Delete), side('+', want, Tone::Create))
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
fn document(label: &str, lines: &[Piece], verdict: &str, style: Style) -> String {
    let mut out = format!("{:INDENT$}{}{verdict}\n", "", style.paint(Tone::Quiet, label));
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
