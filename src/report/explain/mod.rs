//! What `explain` found, for people: a terminal, and markdown. Both show the value that the JSON is.

use std::collections::{BTreeMap, BTreeSet};

use super::disclosure::counted;
use super::json::explain::{Control, Explained, Met, POLICIES, Policy, Setting, Union, View};
use crate::explain::{GapKind, Verdict};

mod markdown;
mod text;

pub use markdown::markdown;
pub(in crate::report) use text::demand;
pub use text::text;

/// Whose calls are explained, and which.
fn title(explained: &Explained) -> String {
    let Explained { account, account_name, region, model, principal, .. } = explained;
    let account = account_name.as_ref().map_or_else(|| account.clone(), |name| format!("{name} ({account})"));
    let role = principal.as_ref().map(|role| format!("role {role} of ")).unwrap_or_default();
    let model = model.as_ref().map(|model| format!(", model {model}")).unwrap_or_default();
    format!("{role}{account} in {region}{model}")
}

/// The answer in one sentence, with the word that it is for.
pub(in crate::report) fn verdict(view: &View) -> (Verdict, String) {
    let verdict = Verdict::from_word(&view.verdict).unwrap_or(Verdict::Unknown);
    let met = view.union.first().map_or(0, |union| union.guardrails.len());
    let guardrails = counted(met, "guardrail");
    let except = except(view);
    let unsure = if view.unseen.is_empty() { "" } else { " Not everything could be read: see below." };
    let sentence = match verdict {
        Verdict::Unavailable => {
            let why = view.unavailable.as_deref().unwrap_or_default();
            format!("No model can be called here: {}.", why.trim_end_matches('.'))
        }
        // Where a policy takes no call at all, it does not matter which models a guardrail is for.
        Verdict::CallsFail if view.demands.iter().any(|one| one.every_call && one.asks == "none-here") => {
            "Every call fails: see the findings.".to_owned()
        }
        Verdict::CallsFail => format!("Every call fails{except}: see the findings."),
        Verdict::Protected if met == 1 => format!("Protected: every call meets {guardrails}{except}.{unsure}"),
        Verdict::Protected => {
            format!("Protected: every call meets {guardrails}{except}; the strictest verdict counts.{unsure}")
        }
        Verdict::ObservedOnly => {
            let stops = if met == 1 { "blocks and masks" } else { "block and mask" };
            format!("Observed only: every call meets {guardrails}, which {stops} nothing{except}.{unsure}")
        }
        Verdict::Unknown if met == 0 => {
            "Not known: no guardrail was seen here, and not everything could be read.".to_owned()
        }
        Verdict::Unknown => {
            format!("Not known: calls are to meet {guardrails}{except}, and whether that holds cannot be told: see below.")
        }
        Verdict::NotProtected if !view.guardrails.is_empty() && !view.union.iter().any(|union| union.all_but) => {
            "Not protected: what is enforced here is not for this model. A call is examined only if it names a guardrail itself.".to_owned()
        }
        Verdict::NotProtected => format!(
            "Not protected: no guardrail is enforced here{except}. A call is examined only if it names a guardrail itself."
        ),
        Verdict::Demanded => {
            format!("Nothing is enforced here; IAM denies every call that does not name a guardrail{except}.{unsure}")
        }
    };
    (verdict, sentence)
}

/// The models of which the sentence is not true, and what they meet.
fn except(view: &View) -> String {
    let others = view.union.iter().skip(1).map(|union| {
        let met = if union.guardrails.is_empty() { "none".to_owned() } else { places(&union.guardrails) };
        format!("{}, which meet {met}", union.models.join(", "))
    });
    let others: Vec<String> = others.collect();
    if others.is_empty() { String::new() } else { format!(", except calls of {}", others.join("; and of ")) }
}

/// What a guardrail is, below its headline.
pub(in crate::report) fn details(met: &Met) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let policy = met.policy.as_ref().map(|Policy { name, id, nodes }| {
        let on = if nodes.is_empty() { String::new() } else { format!(" on {}", nodes.join(" and ")) };
        format!("the policy {name} ({id}){on}")
    });
    let by = match met.level.as_str() {
        "account" => "the account's own configuration".to_owned(),
        "request" => "IAM, which denies calls that do not name it".to_owned(),
        _ => policy.unwrap_or_else(|| "a policy of the organization, which one AWS does not tell".to_owned()),
    };
    rows.push(("by", by));
    rows.push(("version", met.version.clone()));
    let digest = met.content.as_deref().map(|digest| digest.chars().take("sha256:".len() + 12).collect::<String>());
    let content = match (digest, &met.unknown) {
        (Some(digest), _) => {
            let status = met.status.as_ref().map(|status| format!(", {status}")).unwrap_or_default();
            format!("{digest}{status}")
        }
        (None, Some(why)) => format!("not known: {why}"),
        (None, None) => "not known".to_owned(),
    };
    rows.push(("content", content));
    rows.push(("examines", guarding(met)));
    rows.push(("models", models(met)));
    for trouble in &met.troubles {
        rows.push((if trouble.certain { "fails" } else { "may fail" }, trouble.why.clone()));
    }
    rows
}

fn guarding(met: &Met) -> String {
    let whole = |mode: &str| mode == "COMPREHENSIVE";
    match (whole(&met.guarding.system), whole(&met.guarding.messages)) {
        (true, true) => "system prompts, messages and answers, whole".to_owned(),
        (false, true) => "messages and answers, whole; of system prompts what is tagged".to_owned(),
        (true, false) => "system prompts and answers, whole; of messages what is tagged, if something is".to_owned(),
        (false, false) => {
            "answers; of system prompts what is tagged, of messages what is tagged, if something is".to_owned()
        }
    }
}

fn models(met: &Met) -> String {
    let all = met.included_models.iter().any(|model| model == "ALL") || met.included_models.is_empty();
    let included = if all { "every model".to_owned() } else { met.included_models.join(", ") };
    if met.excluded_models.is_empty() { included } else { format!("{included} but {}", met.excluded_models.join(", ")) }
}

/// What a guardrail is called in a list.
pub(in crate::report) fn headline(met: &Met) -> String {
    met.name.clone().unwrap_or_else(|| {
        let short = met.version.rsplit('/').next().unwrap_or_default();
        short.to_owned()
    })
}

/// The models of a union.
pub(in crate::report) fn which(union: &Union) -> String {
    match (union.all_but, union.models.is_empty()) {
        (true, true) => "every model".to_owned(),
        (true, false) => format!("every model but {}", union.models.join(", ")),
        (false, _) => union.models.join(", "),
    }
}

/// The unions of both views, those of the same models beside each other.
fn pairs<'v>(have: &'v View, want: &'v View) -> Vec<(String, Vec<Option<&'v Union>>)> {
    let mut all: Vec<(String, Vec<Option<&Union>>)> = Vec::new();
    let first = |view: &'v View| view.union.first();
    let heading = match (first(have).map(which), first(want).map(which)) {
        (Some(now), Some(then)) if now != then => format!("{now}; then {then}"),
        (now, then) => now.or(then).unwrap_or_default(),
    };
    all.push((heading, vec![first(have), first(want)]));
    for (at, view) in [have, want].into_iter().enumerate() {
        for union in view.union.iter().skip(1) {
            let name = which(union);
            match all.iter_mut().skip(1).find(|(known, _)| *known == name) {
                Some((_, unions)) => unions[at] = Some(union),
                None => all.push((name, if at == 0 { vec![Some(union), None] } else { vec![None, Some(union)] })),
            }
        }
    }
    all
}

/// What remains uncovered; where two times are told, what is so at one of them only says at which.
fn remains(explained: &Explained) -> Vec<String> {
    // That there is no guardrail is said already.
    let of = |view: &View| -> Vec<String> {
        let gaps = view.uncovered.iter().filter(|gap| gap.kind != GapKind::NoGuardrail.word());
        gaps.map(|gap| gap.message.clone()).collect()
    };
    match (&explained.have, &explained.want) {
        (Some(have), Some(want)) => {
            let (now, then) = (of(have), of(want));
            let ends = now.iter().filter(|gap| !then.contains(gap)).map(|gap| format!("now, and not then: {gap}"));
            let stays =
                |gap: &String| if now.contains(gap) { gap.clone() } else { format!("then, and not now: {gap}") };
            then.iter().map(stays).chain(ends).collect()
        }
        (only, other) => only.iter().chain(other).flat_map(of).collect(),
    }
}

/// One line of a table of controls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Row {
    /// The place of its policy among [`POLICIES`].
    pub(in crate::report) policy: usize,
    /// Its name.
    pub(in crate::report) name: String,
    /// What is done about it: on prompts in each of the unions, then on answers.
    pub(in crate::report) cells: Vec<String>,
}

/// What is done by one union or several beside each other, control by control; words that are treated alike are counted.
pub(in crate::report) fn rows(unions: &[Option<&Union>], references: bool) -> Vec<Row> {
    let controls = || unions.iter().flatten().flat_map(|union| &union.controls);
    let keys: BTreeSet<(usize, &str)> = controls().map(|one| (place(&one.policy), one.name.as_str())).collect();
    let mut all = Vec::new();
    let mut words: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for (policy, name) in keys {
        let cell = |side: &str, union: Option<&Union>| {
            let of = union.into_iter().flat_map(|union| &union.controls);
            let here = |one: &&Control| place(&one.policy) == policy && one.name == name && one.side == side;
            settings(&of.filter(here).collect::<Vec<_>>(), references)
        };
        let cells: Vec<String> = ["input", "output"]
            .iter()
            .flat_map(|side| unions.iter().map(move |union| (side, union)))
            .map(|(side, union)| cell(side, *union))
            .collect();
        // Their digests tell nobody anything.
        if POLICIES.get(policy).is_some_and(|(_, title)| *title == "words") && name.starts_with('#') {
            *words.entry(cells).or_default() += 1;
        } else {
            all.push(Row { policy, name: name.to_owned(), cells });
        }
    }
    let policy = POLICIES.iter().position(|(_, title)| *title == "words").unwrap_or_default();
    all.extend(words.into_iter().map(|(cells, count)| Row { policy, name: counted(count, "word"), cells }));
    all.sort_by_key(|row| row.policy);
    all
}

fn place(policy: &str) -> usize {
    POLICIES.iter().position(|(known, _)| *known == policy).unwrap_or(POLICIES.len())
}

/// What the rows leave out: policies of which no guardrail has anything.
fn absent(rows: &[Row]) -> Vec<&'static str> {
    let has = |place: usize| rows.iter().any(|row| row.policy == place);
    POLICIES.iter().enumerate().filter(|(place, _)| !has(*place)).map(|(_, (_, title))| *title).collect()
}

/// What is done about one thing on one side.
fn settings(controls: &[&Control], references: bool) -> String {
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for control in controls {
        let words: Vec<String> = control.settings.iter().map(|one| setting(one, references)).collect();
        let (words, modality) = (words.join("; "), control.modality.as_deref().unwrap_or_default());
        match told.iter_mut().find(|(known, _)| *known == words) {
            Some((_, modalities)) => modalities.push(modality),
            None => told.push((words, vec![modality])),
        }
    }
    let told: Vec<String> = told
        .into_iter()
        .map(|(words, modalities)| if modalities == ["IMAGE"] { format!("images {words}") } else { words })
        .collect();
    if told.is_empty() { "–".to_owned() } else { told.join("; ") }
}

fn setting(setting: &Setting, references: bool) -> String {
    let degree = match (&setting.strength, setting.threshold) {
        (Some(strength), _) => Some(strength.clone()),
        (None, Some(threshold)) => Some(format!("below {threshold}")),
        (None, None) => None,
    };
    let words = match (setting.action.as_str(), degree) {
        ("NONE", Some(degree)) => format!("{degree}, only reported"),
        ("NONE", None) => "only reported".to_owned(),
        ("ANONYMIZE", _) => "mask".to_owned(),
        (_, Some(degree)) => degree,
        (_, None) => "block".to_owned(),
    };
    if references { format!("{words} {}", places(&setting.from)) } else { words }
}

/// References to guardrails, as lists number them.
pub(in crate::report) fn places(from: &[usize]) -> String {
    let places: Vec<String> = from.iter().map(|place| (place + 1).to_string()).collect();
    format!("[{}]", places.join(" "))
}

#[cfg(test)]
mod tests;
