//! AWS's names of guardrails and policies, unique where they are: who takes one must wait until it has been given up.

use std::borrow::Cow;

use super::Change;
use super::decide::{Decisions, codes};
use super::order::Draft;
use crate::kinds::{Kind, Model, Verb};
use crate::model::Address;
use crate::model::diagnostic::{Diagnostic, Diagnostics};

/// AWS's name of what has one that its own kind and scope cannot have twice.
pub(super) fn name(model: &Model) -> Option<Cow<'_, str>> {
    match model {
        Model::Guardrail(model) => Some(model.name.as_str().into()),
        Model::OrgPolicy(model) => Some(model.name.as_str().into()),
        // Whatever the path, and without regard to letter case.
        Model::IamPolicy(model) => Some(model.name.to_lowercase().into()),
        _ => None,
    }
}

/// The name that a change takes.
pub(super) fn taken(change: &Change) -> Option<Cow<'_, str>> {
    match change {
        Change::Create { want } => name(want),
        Change::Update { have, want, .. } => name(want).filter(|taken| name(have).as_ref() != Some(taken)),
        Change::Delete { .. } => None,
    }
}

/// Whether `draft` takes a name that `other` gives up for another.
pub(super) fn takes_over(draft: &Draft, other: &Draft) -> bool {
    let Change::Update { have, .. } = &other.change else { return false };
    taken(&draft.change).is_some_and(|wanted| {
        same_place(&draft.address, &other.address) && taken(&other.change).is_some() && name(have) == Some(wanted)
    })
}

fn same_place(one: &Address, other: &Address) -> bool {
    (one.kind, &one.scope) == (other.kind, &other.scope)
}

/// Names that are not free: held by what this plan deletes, or would if it could, and those that go round in a circle.
pub(super) fn faults(decisions: &Decisions<'_>) -> Diagnostics {
    let mut faults = Diagnostics::default();
    for made in &decisions.drafts {
        let Some(wanted) = taken(&made.change) else { continue };
        let span = decisions.desired.resources.get(&made.address).and_then(|wanted| wanted.span);
        let mut report = |mut fault: Diagnostic| {
            fault.span = span;
            faults.push(fault);
        };
        if let Some(gone) = leaving_with(decisions, &made.address, &wanted) {
            let message = format!("{} would take the name `{wanted}`, which {gone} still holds", made.address);
            let help = match made.verb {
                Verb::Create if made.address.kind == Kind::IamPolicy => {
                    "the path and the letters of a name never change: give the policy another `name`".to_owned()
                }
                Verb::Create => {
                    let key = &gone.name;
                    format!("if the key has changed, say so with `previously: {key}`, and the resource is kept")
                }
                _ => "take the other out of the spec and apply first, or choose another name".to_owned(),
            };
            report(Diagnostic::new(codes::RENAMED, message).help(help));
        }
        if goes_round(&decisions.drafts, made) {
            let message = format!("{} would take the name `{wanted}` from one that waits for its own", made.address);
            report(Diagnostic::new(codes::SWAPPED, message).help("apply first with a third name for one of them"));
        }
    }
    faults
}

/// What is held and so keeps the name that `draft` would take; with that name.
pub(super) fn kept_by<'d>(decisions: &'d Decisions<'_>, draft: &'d Draft) -> Option<(&'d Address, Cow<'d, str>)> {
    let wanted = taken(&draft.change)?;
    let keeps = |other: &&Address| {
        same_place(other, &draft.address)
            && decisions
                .live
                .found
                .get(*other)
                .is_some_and(|found| name(&found.model).is_some_and(|name| name == wanted))
    };
    // What would be deleted is told as a fault of the spec, and what is a duplicate has no one model.
    let renamed = decisions.held.values().filter(|held| held.verb != Verb::Delete).map(|held| &held.address);
    let keeper = renamed.filter(|other| **other != draft.address).find(keeps)?;
    Some((keeper, wanted))
}

/// What holds this name, and is not wanted any more.
fn leaving_with<'d>(decisions: &'d Decisions<'_>, taker: &Address, wanted: &str) -> Option<&'d Address> {
    let bears = |model: &Model| name(model).is_some_and(|name| name == wanted);
    let deleted = decisions.drafts.iter().filter_map(|draft| match &draft.change {
        Change::Delete { have, .. } if bears(have) => Some(&draft.address),
        _ => None,
    });
    let kept = decisions.held.values().filter(|held| held.verb == Verb::Delete).filter_map(|held| {
        let found = decisions.live.found.get(&held.address)?;
        bears(&found.model).then_some(&held.address)
    });
    deleted.chain(kept).find(|other| same_place(other, taker))
}

/// Whether a name can only be taken once it has been given.
fn goes_round(drafts: &[Draft], start: &Draft) -> bool {
    if !matches!(start.address.kind, Kind::Guardrail | Kind::OrgPolicy) {
        return false;
    }
    let mut at = start;
    for _ in drafts {
        let Some(next) = drafts.iter().find(|other| takes_over(at, other)) else { return false };
        if next.address == start.address {
            return true;
        }
        at = next;
    }
    false
}
