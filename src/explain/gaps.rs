//! What remains uncovered: what no guardrail examines, however strict the union of those that are met.

use std::collections::{BTreeMap, BTreeSet};

use super::guard::{Guard, Level};
use super::models::{Models, Which};
use super::part::{Part, Side};
use super::union::{Control, Union};
use crate::kinds::guardrail::{ContentFilterType, Modality, PiiAction};
use crate::model::words;

words! {
    /// Why something remains uncovered.
    GapKind {
        NoGuardrail = "no-guardrail",
        Models = "models",
        Variants = "model-variants",
        SystemPrompts = "untagged-system-prompts",
        Messages = "untagged-messages",
        Side = "one-side",
        Images = "images",
        OnlyReported = "only-reported",
        PromptAttacks = "prompt-attacks",
        Unknown = "unknown-content",
        OtherCalls = "other-calls",
    }
}

/// Something that remains uncovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Why.
    pub kind: GapKind,
    /// The models that it is about; empty for every model that is asked about.
    pub models: BTreeSet<String>,
    /// The guardrails that it is about, by their place among those that are met.
    pub guards: Vec<usize>,
    /// The controls that it is about, by name.
    pub controls: BTreeSet<String>,
}

impl Gap {
    fn new(kind: GapKind) -> Self {
        Self { kind, models: BTreeSet::new(), guards: Vec::new(), controls: BTreeSet::new() }
    }
}

/// What remains uncovered of the calls of these models, those that no list names first.
pub(super) fn gaps(guards: &[Guard<'_>], models: &[Models]) -> Vec<Gap> {
    let mut found = Vec::new();
    let Some(first) = models.first() else { return found };
    if first.guards.is_empty() {
        found.push(Gap::new(GapKind::NoGuardrail));
    }
    if let Which::These(asked) = &first.which {
        let doubtful = |place: &usize| asked.iter().any(|model| guards[*place].may_spare(model).is_some());
        let doubtful: Vec<usize> = first.guards.iter().copied().filter(doubtful).collect();
        if !doubtful.is_empty() {
            found.push(Gap { models: asked.clone(), guards: doubtful, ..Gap::new(GapKind::Variants) });
        }
    }
    for other in &models[1..] {
        let Which::These(named) = &other.which else { continue };
        let missed: Vec<usize> = first.guards.iter().copied().filter(|place| !other.guards.contains(place)).collect();
        if !missed.is_empty() {
            found.push(Gap { models: named.clone(), guards: missed, ..Gap::new(GapKind::Models) });
        }
    }
    if first.guards.is_empty() {
        return found;
    }
    let met = || first.guards.iter().map(|place| (*place, &guards[*place]));
    for (kind, part, whole) in [
        (GapKind::SystemPrompts, Part::UntaggedSystem, Part::TaggedSystem),
        (GapKind::Messages, Part::BesideTagged, Part::TaggedMessage),
    ] {
        let blind: Vec<usize> =
            met().filter(|(_, guard)| !part.is_examined(&guard.guarding)).map(|(place, _)| place).collect();
        if !blind.is_empty() {
            let controls = lost(guards, &first.guards, whole, part);
            found.push(Gap { guards: blind, controls, ..Gap::new(kind) });
        }
    }
    let unknown: Vec<usize> = met().filter(|(_, guard)| guard.seen.is_err()).map(|(place, _)| place).collect();
    if !unknown.is_empty() {
        found.push(Gap { guards: unknown, ..Gap::new(GapKind::Unknown) });
    }
    found.extend(of_controls(guards, &first.guards));
    found.push(Gap::new(GapKind::OtherCalls));
    found
}

/// The controls that are weaker for one part of a call than for another.
fn lost(guards: &[Guard<'_>], met: &[usize], whole: Part, part: Part) -> BTreeSet<String> {
    let (all, left) = (union(guards, met, whole), union(guards, met, part));
    let left: BTreeMap<_, _> = left.controls().collect();
    let weaker = all.controls().filter(|(control, found)| {
        let left =
            left.get(control).map(|left| left.settings.iter().map(|one| (one.action, one.degree)).collect::<Vec<_>>());
        left != Some(found.settings.iter().map(|one| (one.action, one.degree)).collect())
    });
    weaker.map(|(control, found)| title(control, found.name)).collect()
}

/// The union of the guardrails that examine this part of a call.
pub(super) fn union<'g>(guards: &[Guard<'g>], met: &[usize], part: Part) -> Union<'g> {
    let examining = met.iter().filter_map(|place| {
        let guard = guards.get(*place).filter(|guard| part.is_examined(&guard.guarding))?;
        Some((*place, &guard.seen.as_ref().ok()?.content))
    });
    Union::of(part.side(), examining)
}

/// What the controls themselves leave open.
fn of_controls(guards: &[Guard<'_>], met: &[usize]) -> Vec<Gap> {
    let [input, output] = [Part::TaggedMessage, Part::Answer].map(|part| union(guards, met, part));
    let mut found = Vec::new();
    let mut gap = |kind, controls: BTreeSet<String>| {
        if !controls.is_empty() {
            found.push(Gap { controls, ..Gap::new(kind) });
        }
    };
    let has = |union: &Union<'_>, control: &Control<'_>| union.controls().any(|(other, _)| other == control);
    let both_sides = |control: &Control<'_>| {
        !matches!(control, Control::Grounding(_) | Control::Filter(ContentFilterType::PromptAttack, _))
    };
    let one_sided = [(Side::Input, &input, &output), (Side::Output, &output, &input)];
    let one_sided = one_sided.into_iter().flat_map(|(side, here, there)| {
        let alone = here.controls().filter(|(control, _)| both_sides(control) && !has(there, control));
        alone.map(move |(control, found)| format!("{} ({}s only)", title(control, found.name), text(side)))
    });
    gap(GapKind::Side, one_sided.collect());
    let only_text = |control: &Control<'_>| match control {
        Control::Filter(category, Modality::Text) => {
            !has(&input, &Control::Filter(*category, Modality::Image))
                && !has(&output, &Control::Filter(*category, Modality::Image))
        }
        _ => false,
    };
    let sides = || input.controls().chain(output.controls());
    gap(
        GapKind::Images,
        sides().filter(|(control, _)| only_text(control)).map(|(_, found)| found.name.to_owned()).collect(),
    );
    let reports = sides().filter(|(_, found)| found.settings.iter().all(|one| one.action == PiiAction::None));
    gap(GapKind::OnlyReported, reports.map(|(control, found)| title(control, found.name)).collect());
    let attacks =
        input.controls().any(|(control, _)| matches!(control, Control::Filter(ContentFilterType::PromptAttack, _)));
    if attacks {
        found.push(Gap::new(GapKind::PromptAttacks));
    }
    found
}

const fn text(side: Side) -> &'static str {
    match side {
        Side::Input => "prompt",
        Side::Output => "answer",
    }
}

/// What a report may call a control. Words may be secret, and are not named.
fn title(control: &Control<'_>, name: &str) -> String {
    match control {
        Control::Word(_) => "words".to_owned(),
        _ => name.to_owned(),
    }
}

/// Whether only a call that names its guardrail itself meets one.
pub(super) fn is_by_request(guards: &[Guard<'_>], met: &[usize]) -> bool {
    !met.is_empty() && met.iter().all(|place| guards[*place].level == Level::Request)
}
