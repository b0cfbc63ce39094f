//! What surrounds the actions of a plan: scope, refusals, what is held or unseen, warnings, what is not ours.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use crate::model::{Address, Region, Silence};
use crate::plan::{Held, Plan, Precondition, State, Why};
use crate::report::disclosure::{self, counted, some};
use crate::report::fold::{anywhere, places};
use crate::report::refusal::{Refusal, flags};
use crate::report::summary::Deed;
use crate::report::unseen::{self, Refused, Unseen, general, unseen};
use crate::report::wrap::indented;
use crate::report::{Disclosure, Look, Tone, clean};

/// How many resources are named before the rest is counted.
const NAMED: usize = 20;

/// How many resources stand before what is said of them; more stand below it.
const FEW: usize = 2;

/// `Looked at 1 account in 2 Regions: …`, and which Regions refused the scan.
pub(crate) fn scope(plan: &Plan, look: Look<'_>) -> String {
    let sentences = iter::once(looked_at(plan)).chain(refused_scan(plan, look.disclosure));
    sentences.map(|sentence| indented(&sentence, 0, look.width)).collect()
}

/// The scope in one sentence: Regions of the spec by name, those that only the scan looks at as a number.
pub(crate) fn looked_at(plan: &Plan) -> String {
    let declared: Vec<String> = plan.scanned.declared.iter().map(Region::as_str).map(clean::line).collect();
    let others = plan.scanned.regions.iter().filter(|region| !plan.scanned.declared.contains(region)).count();
    let stack = clean::line(&plan.stack);
    let accounts = counted(plan.scanned.accounts, "account");
    let named = format!("{}: {}", counted(declared.len(), "Region"), declared.join(", "));
    match (declared.len(), others) {
        (0, 0) => format!("Stack {stack}. Looked at {accounts}."),
        (0, _) => format!("Stack {stack}. Looked at {accounts}, and scanned {}.", counted(others, "Region")),
        (_, 0) => format!("Stack {stack}. Looked at {accounts} in {named}."),
        _ => format!("Stack {stack}. Looked at {accounts} in {named}, and scanned {}.", counted(others, "other")),
    }
}

/// The Regions and accounts that only the scan looks at and that show nothing, a sentence for each reason. A Region that is
/// not enabled is told of as what it is: what AWS answers there reads like credentials that are no good.
pub(crate) fn refused_scan(plan: &Plan, disclosure: &Disclosure) -> Vec<String> {
    let sentence = |Refused { counted, named, silence, why }: &Refused| match silence {
        Silence::NotEnabled => {
            let are = if counted.starts_with("1 ") { "is" } else { "are" };
            format!("{counted} {are} not enabled, so nothing of this stack can be in use there: {named}.")
        }
        Silence::Refused => {
            let why = clean::line(&disclosure.scrub_text(why));
            format!("{counted} refused the scan ({}): {named}.", why.trim_end_matches('.'))
        }
    };
    unseen::refused(&plan.scanned.not_scanned).iter().map(sentence).collect()
}

fn heading(text: &str, tone: Tone, look: Look<'_>) -> String {
    format!("\n{}\n", look.style.paint(tone, text))
}

/// What apply refuses, and what to type.
pub(crate) fn refused(refusals: &[Refusal], look: Look<'_>) -> String {
    if refusals.is_empty() {
        return String::new();
    }
    let mut out = heading("Refused until it is allowed", Tone::Bad, look);
    let mut hazards: Vec<(_, Vec<&Address>)> = Vec::new();
    for refusal in refusals {
        match refusal {
            Refusal::Hazard { hazard, address } => match hazards.iter_mut().find(|(known, _)| *known == hazard) {
                Some((_, addresses)) => addresses.push(address),
                None => hazards.push((hazard, vec![address])),
            },
            Refusal::TooManyDeletes { deletes, allowed } => {
                out += &indented(&format!("{deletes} deletes at once, where {allowed} are allowed"), 2, look.width);
            }
        }
    }
    for (hazard, addresses) in hazards {
        for place in places(addresses) {
            push!(out, "  {hazard}  {place}\n");
        }
    }
    let flags: Vec<String> = flags(refusals).iter().map(|flag| clean::line(flag)).collect();
    push!(out, "  To allow it, add:  {}\n", look.style.paint(Tone::Strong, flags.join(" ")));
    out
}

/// What must be so: what is not, with the accounts that it would hurt, and what could not be seen. What is so is counted.
pub(crate) fn preconditions(plan: &Plan, look: Look<'_>) -> String {
    let count = |state: State| plan.preconditions.iter().filter(|one| one.state == state).count();
    let doubtful: Vec<&Precondition> = plan.preconditions.iter().filter(|one| one.state != State::Ok).collect();
    // What could not be seen matters to those who are about to change something.
    if doubtful.is_empty() || (plan.actions.is_empty() && count(State::Failed) == 0) {
        return String::new();
    }
    let parts = [(State::Failed, "failed"), (State::Unknown, "unknown"), (State::Ok, "ok")];
    let parts = parts.into_iter().map(|(state, word)| (count(state), word)).filter(|(count, _)| *count > 0);
    let counts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
    let tone = if count(State::Failed) > 0 { Tone::Bad } else { Tone::Doubt };
    let mut out = heading(&format!("Preconditions: {}", counts.join(", ")), tone, look);
    let mut alike: BTreeMap<_, Vec<&Precondition>> = BTreeMap::new();
    for one in doubtful {
        alike.entry((one.state != State::Failed, one.code, general_message(one), &one.fix)).or_default().push(one);
    }
    for ((_, code, message, fix), all) in alike {
        let Some(one) = all.first() else { continue };
        let tone = if one.state == State::Failed { Tone::Bad } else { Tone::Doubt };
        let about = places(all.iter().filter_map(|one| one.address.as_ref()));
        let about = if about.is_empty() { String::new() } else { format!("{}: ", some(&about, NAMED)) };
        let message = if all.len() == 1 { &one.message } else { &message };
        let said = clean::line(&look.disclosure.scrub_text(&format!("{message} [{code}]")));
        let said = format!("{} {about}{said}", one.state.word());
        out += &look.style.paint(tone, indented(&said, 2, look.width).trim_end());
        out.push('\n');
        // One that is about everything is true of most plans: a line is enough, and the JSON has the rest.
        if one.address.is_none() && one.state == State::Unknown {
            continue;
        }
        let accounts: BTreeSet<_> = all.iter().flat_map(|one| &one.accounts).collect();
        if !accounts.is_empty() {
            let named = if one.state == State::Failed { disclosure::NAMED } else { FEW };
            out += &indented(&format!("accounts: {}", some(accounts, named)), 6, look.width);
        }
        if let Some(fix) = fix {
            out += &indented(&format!("fix: {}", clean::line(&look.disclosure.scrub_text(fix))), 6, look.width);
        }
    }
    out
}

/// What a precondition says of its place, and of every other alike.
fn general_message(one: &Precondition) -> String {
    one.address.as_ref().map_or_else(|| one.message.clone(), |address| anywhere(&one.message, &address.scope))
}

/// Why something is held there, and anywhere else alike: the accounts that it would hurt stand with the precondition.
fn general_hint(held: &Held) -> String {
    let reason = anywhere(&general(&held.hint, &held.address.scope.account), &held.address.scope);
    let accounts = reason.split_once("]: ").filter(|_| held.why == Why::Precondition);
    match accounts.and_then(|(cause, tail)| Some((cause, tail.split_once("; ")?.1))) {
        Some((cause, fix)) => format!("{cause}]; {fix}"),
        None => reason,
    }
}

/// What is not done, and why.
pub(crate) fn held(plan: &Plan, look: Look<'_>) -> String {
    if plan.held.is_empty() {
        return String::new();
    }
    let mut out = heading(&format!("Held, and not done: {}", plan.held.len()), Tone::Doubt, look);
    let mut said: BTreeMap<_, BTreeMap<Deed, Vec<&Held>>> = BTreeMap::new();
    for held in &plan.held {
        let deed = Deed::named(held.verb, held.address.kind, false);
        let hint = general_hint(held);
        said.entry((held.why, hint)).or_default().entry(deed).or_default().push(held);
    }
    for ((why, general), deeds) in said {
        let why = look.style.paint(Tone::Doubt, why.word());
        let mut hints: Vec<&str> = deeds.values().flatten().map(|held| held.hint.as_str()).collect();
        hints.dedup();
        for (deed, held) in deeds {
            for place in places(held.into_iter().map(|held| &held.address)) {
                push!(out, "  {} {place}  {why}\n", deed.word());
            }
        }
        let hint = if let [hint] = hints.as_slice() { hint } else { general.as_str() };
        out += &indented(&clean::line(&look.disclosure.scrub_text(hint)), 6, look.width);
    }
    out
}

/// What could not be read.
pub(crate) fn blind(plan: &Plan, look: Look<'_>) -> String {
    if plan.blind.is_empty() {
        return String::new();
    }
    let mut out = heading("Not seen, so nothing that depends on it is touched", Tone::Doubt, look);
    for Unseen { places, why } in unseen(plan) {
        let accounts: Vec<&str> = places.iter().filter_map(|place| place.strip_prefix("account ")).collect();
        if accounts.len() > FEW && accounts.len() == places.len() {
            out += &indented(&format!("{} accounts: {}", accounts.len(), accounts.join(", ")), 2, look.width);
        } else {
            for place in &places {
                push!(out, "  {place}\n");
            }
        }
        out += &indented(&clean::line(&look.disclosure.scrub_text(&why)), 6, look.width);
    }
    out
}

/// What to know besides.
pub(crate) fn warnings(plan: &Plan, look: Look<'_>) -> String {
    if plan.warnings.is_empty() {
        return String::new();
    }
    let mut out = heading("Warnings", Tone::Doubt, look);
    let mut said: BTreeMap<(&str, &str), Vec<&Address>> = BTreeMap::new();
    for warning in &plan.warnings {
        said.entry((warning.code, warning.message.as_str())).or_default().extend(&warning.address);
    }
    for ((code, message), addresses) in said {
        let places = places(addresses);
        if places.len() > FEW {
            let said = look.disclosure.scrub_text(&format!("{message} [{code}]:"));
            out += &indented(&clean::line(&said), 2, look.width);
            out += &indented(&clean::line(&places.join(", ")), 6, look.width);
            continue;
        }
        let about = places.join(", ");
        let about = if about.is_empty() { about } else { format!("{about}: ") };
        let text = look.disclosure.scrub_text(&format!("{about}{message} [{code}]"));
        out += &indented(&clean::line(&text), 2, look.width);
    }
    out
}

/// What exists and is not ours.
pub(crate) fn unmanaged(plan: &Plan, look: Look<'_>) -> String {
    let total = plan.unmanaged.len();
    if total == 0 {
        return String::new();
    }
    let mut out = heading(&format!("Not ours, and left alone: {total}"), Tone::Strong, look);
    for unmanaged in plan.unmanaged.iter().take(NAMED) {
        let note = clean::line(&look.disclosure.scrub_text(&unmanaged.note));
        let note = if note.is_empty() { String::new() } else { format!("  {}", look.style.paint(Tone::Quiet, note)) };
        push!(out, "  {}{note}\n", clean::line(&unmanaged.address.to_string()));
    }
    if total > NAMED {
        push!(out, "  and {} more\n", total - NAMED);
    }
    out
}
