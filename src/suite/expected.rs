//! From `expect` to the expectation: what says nothing, excludes itself, or can never be.

use std::collections::BTreeMap;

use super::codes;
use super::entry::{AppliedEntry, BlockedEntry, CaseEntry, ExpectEntry, FilterEntry, GroundingEntry, MaskedEntry};
use super::expectation::{Applied, Expectation, Filtered, Judged, Output, Scored};
use super::read::distinct;
use super::words::{Action, Blocked, Masked, Source};
use crate::kinds::guardrail::ContentFilterType;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::spec::decode::{Exact, List, Map, MapEntry, Reading, TextRule};

impl Expectation {
    /// What `expect` says of what `case` sends. Reports every fault; `None` if an entry says nothing.
    pub(super) fn of(expect: &Spanned<ExpectEntry>, case: &CaseEntry, cx: &mut Reading) -> Option<Self> {
        let mut acts = Vec::new();
        let blocked = |entry: &MapEntry<BlockedEntry>, cx: &mut Reading, acts: &mut Vec<Span>| {
            let BlockedEntry { action, detected } = &entry.value.value;
            judged(action.as_ref(), detected.as_ref(), Blocked::acts, &entry.value, cx, acts)
        };
        let masked = |entry: &MapEntry<MaskedEntry>, cx: &mut Reading, acts: &mut Vec<Span>| {
            let MaskedEntry { action, detected } = &entry.value.value;
            judged(action.as_ref(), detected.as_ref(), Masked::acts, &entry.value, cx, acts)
        };
        let ExpectEntry {
            action,
            topics,
            filters,
            words,
            managed_word_lists,
            pii,
            regexes,
            grounding,
            automated_reasoning,
            applied,
            output,
            output_contains,
            output_lacks,
        } = &expect.value;
        let mut each = Each { cx, acts: &mut acts };
        let topics = each.read(topics.as_ref(), text, blocked);
        let filters = each.read(filters.as_ref(), |of| *of, filtered);
        let words = each.read(words.as_ref(), text, blocked);
        let managed_word_lists = each.read(managed_word_lists.as_ref(), |of| *of, blocked);
        let pii = each.read(pii.as_ref(), |of| *of, masked);
        let regexes = each.read(regexes.as_ref(), text, masked);
        let scores = each.read(grounding.as_ref(), |of| *of, scored);
        if let Some(grounding) = grounding {
            check_grounds(grounding.span, case, cx);
        }
        check_filters(expect, case, cx);
        let found = automated_reasoning.as_ref().map_or(&[][..], |findings| findings);
        let expectation = Self {
            action: action.map(|action| action.value),
            topics: topics?,
            filters: filters?,
            words: words?,
            managed_word_lists: managed_word_lists?,
            pii: pii?,
            regexes: regexes?,
            grounding: scores?,
            automated_reasoning: distinct(found, cx).into_iter().collect(),
            applied: applied.as_ref().map_or(Some(Applied::default()), |applied| read_applied(applied, cx))?,
            output: Output {
                is: output.as_ref().map(|output| output.as_str().to_owned()),
                contains: fragments(output_contains.as_ref(), cx),
                lacks: fragments(output_lacks.as_ref(), cx),
            },
        };
        if expectation == Self::default() {
            cx.push(nothing(expect.span, "`expect`"));
        }
        if let Some(Spanned { value: Action::None, span }) = action
            && let Some(other) = acts.first()
        {
            let message = "nothing is to be done on the whole, and something is to be blocked or masked";
            let fault = Diagnostic::at(*span, codes::CONTRADICTION, message);
            cx.push(fault.related(*other, "this is an intervention").help("write `action: GUARDRAIL_INTERVENED`"));
        }
        check_output(expect, cx);
        Some(expectation)
    }
}

/// Reads maps of what is expected, and gathers where the guardrail is to act.
struct Each<'a> {
    cx: &'a mut Reading,
    acts: &'a mut Vec<Span>,
}

impl Each<'_> {
    fn read<K: Ord, V, N: Ord, R>(
        &mut self,
        map: Option<&Spanned<Map<K, V, 1>>>,
        name: impl Fn(&K) -> N,
        read: impl Fn(&MapEntry<V>, &mut Reading, &mut Vec<Span>) -> Option<R>,
    ) -> Option<BTreeMap<N, R>> {
        let entries = map.into_iter().flat_map(|map| map.iter());
        let read: Vec<_> = entries.map(|(key, entry)| Some((name(key), read(entry, self.cx, self.acts)?))).collect();
        read.into_iter().collect()
    }
}

fn text<R: TextRule>(key: &Exact<R>) -> String {
    key.as_str().to_owned()
}

fn nothing(span: Span, what: &str) -> Diagnostic {
    let fault = Diagnostic::at(span, codes::NO_EXPECTATION, format!("{what} says nothing"));
    fault.help("name what is expected, for instance `action: NONE`")
}

/// What is done about a match, and whether it is found; one of them is said, and nothing is done about what is not found.
fn judged<A: Copy, E>(
    action: Option<&Spanned<A>>,
    detected: Option<&Spanned<bool>>,
    acts_on: fn(A) -> bool,
    entry: &Spanned<E>,
    cx: &mut Reading,
    acts: &mut Vec<Span>,
) -> Option<Judged<A>> {
    let judged = either(action, detected, acts_on, cx, acts);
    if judged.is_none() {
        cx.push(nothing(entry.span, "this"));
    }
    judged
}

fn either<A: Copy>(
    action: Option<&Spanned<A>>,
    detected: Option<&Spanned<bool>>,
    acts_on: fn(A) -> bool,
    cx: &mut Reading,
    acts: &mut Vec<Span>,
) -> Option<Judged<A>> {
    let acting = action.filter(|action| acts_on(action.value));
    acts.extend(acting.map(|action| action.span));
    if let (Some(action), Some(Spanned { value: false, span })) = (acting, detected) {
        let message = "it is to be acted on, though not found";
        let fault = Diagnostic::at(*span, codes::CONTRADICTION, message);
        cx.push(fault.related(action.span, "a guardrail acts on what it finds"));
    }
    let judged = Judged { action: action.map(|action| action.value), detected: detected.map(|found| found.value) };
    (judged.action.is_some() || judged.detected.is_some()).then_some(judged)
}

fn filtered(entry: &MapEntry<FilterEntry>, cx: &mut Reading, acts: &mut Vec<Span>) -> Option<Filtered> {
    let FilterEntry { action, detected, min_confidence, max_confidence } = &entry.value.value;
    let judged = either(action.as_ref(), detected.as_ref(), Blocked::acts, cx, acts);
    if let (Some(least), Some(most)) = (min_confidence, max_confidence)
        && least.value > most.value
    {
        let message = format!("a confidence of at least {} and at most {} there is none", least.value, most.value);
        cx.push(Diagnostic::at(least.span, codes::CONTRADICTION, message).related(most.span, "the most is here"));
    }
    if judged.is_none() && min_confidence.is_none() && max_confidence.is_none() {
        cx.push(nothing(entry.value.span, "this"));
        return None;
    }
    Some(Filtered {
        judged: judged.unwrap_or(Judged { action: None, detected: None }),
        min_confidence: min_confidence.map(|least| least.value),
        max_confidence: max_confidence.map(|most| most.value),
    })
}

fn scored(entry: &MapEntry<GroundingEntry>, cx: &mut Reading, acts: &mut Vec<Span>) -> Option<Scored> {
    let GroundingEntry { action, detected, min_score, max_score } = &entry.value.value;
    let judged = either(action.as_ref(), detected.as_ref(), Blocked::acts, cx, acts);
    if let (Some(least), Some(most)) = (min_score, max_score)
        && least.number > most.number
    {
        let message = format!("a score of at least {} and at most {} there is none", least.number, most.number);
        cx.push(Diagnostic::at(least.span, codes::CONTRADICTION, message).related(most.span, "the most is here"));
    }
    if judged.is_none() && min_score.is_none() && max_score.is_none() {
        cx.push(nothing(entry.value.span, "this"));
        return None;
    }
    Some(Scored {
        judged: judged.unwrap_or(Judged { action: None, detected: None }),
        min_score: min_score.map(|least| least.number),
        max_score: max_score.map(|most| most.number),
    })
}

/// Only an answer with a source and a query has scores.
fn check_grounds(span: Span, case: &CaseEntry, cx: &mut Reading) {
    let answer = case.source.is_some_and(|source| source.value == Source::Output);
    let help = match (answer, &case.grounding_source, &case.query) {
        (true, None, None) => "add `grounding_source` and `query`",
        // That one stands alone has been said.
        (true, ..) => return,
        (false, ..) => "add `source: OUTPUT`, and what the answer is held against",
    };
    let message = "grounding is expected of what is held against nothing";
    cx.push(Diagnostic::at(span, codes::NEVER, message).help(help));
}

/// Prompt attacks are looked for in prompts only (AWS API reference, `GuardrailContentFilterConfig`).
fn check_filters(expect: &ExpectEntry, case: &CaseEntry, cx: &mut Reading) {
    let Some(Spanned { value: Source::Output, span: source }) = &case.source else { return };
    let attack = expect.filters.iter().find_map(|filters| filters.get(&ContentFilterType::PromptAttack));
    let Some(MapEntry { key, value }) = attack else { return };
    let FilterEntry { action, detected, .. } = &value.value;
    let acts = action.is_some_and(|action| action.value.acts());
    if acts || detected.is_some_and(|found| found.value) {
        let fault = Diagnostic::at(*key, codes::NEVER, "no guardrail finds a prompt attack in an answer");
        cx.push(fault.related(*source, "this is an answer").help("write `source: INPUT`, or expect NONE"));
    }
}

fn read_applied(applied: &Spanned<AppliedEntry>, cx: &mut Reading) -> Option<Applied> {
    let AppliedEntry { origins, ownership } = &applied.value;
    if origins.is_none() && ownership.is_none() {
        cx.push(nothing(applied.span, "`applied`"));
        return None;
    }
    let origins = origins.as_ref().map_or(&[][..], |origins| origins);
    Some(Applied {
        origins: distinct(origins, cx).into_iter().collect(),
        ownership: ownership.map(|ownership| ownership.value),
    })
}

fn fragments<R: TextRule>(list: Option<&Spanned<List<Exact<R>, 1>>>, cx: &mut Reading) -> Vec<String> {
    let items = list.map_or(&[][..], |list| list);
    distinct(items, cx).into_iter().map(|fragment| fragment.as_str().to_owned()).collect()
}

/// What is said of the output must fit together.
fn check_output(expect: &ExpectEntry, cx: &mut Reading) {
    let ExpectEntry { output, output_contains, output_lacks, .. } = expect;
    let contains = output_contains.as_ref().map_or(&[][..], |list| list);
    let lacks = output_lacks.as_ref().map_or(&[][..], |list| list);
    let clash = |span: Span, message: &str, other: Span| {
        Diagnostic::at(span, codes::CONTRADICTION, message).related(other, "by this")
    };
    if let Some(whole) = output {
        for part in contains.iter().filter(|part| !whole.as_str().contains(part.as_str())) {
            cx.push(clash(part.span, "the output is to contain what it is not", whole.span));
        }
        for part in lacks.iter().filter(|part| whole.as_str().contains(part.as_str())) {
            cx.push(clash(part.span, "the output is to lack what it is", whole.span));
        }
        return;
    }
    for part in lacks {
        if let Some(other) = contains.iter().find(|other| other.as_str().contains(part.as_str())) {
            cx.push(clash(part.span, "the output is to lack what it is to contain", other.span));
        }
    }
}
