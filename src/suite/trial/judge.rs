//! An answer held against what is expected of it.
//!
//! To do less than is expected is a miss, to do more a false block. Of an output that differs neither can be said, unless the
//! guardrail did nothing where it was to do something.

use std::collections::BTreeMap;

use super::reply::{Filter, Reply, Score, Seen};
use super::said::{About, Fault, Mismatch, Text};
use crate::kinds::guardrail::GroundingFilterType;
use crate::suite::{Action, Applied, Blocked, Case, Confidence, Expectation, Filtered, Judged, Masked, Output, Scored};

/// What in `reply` is not as `case` expects; nothing if all is.
pub fn judge(case: &Case, reply: &Reply) -> Vec<Mismatch> {
    let Expectation {
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
    } = &case.expect;
    let found = &reply.found;
    let mut faults = Faults(Vec::new());
    if let Some(want) = action {
        faults.order(About::whole("action"), *want, reply.action, Action::word);
    }
    for (name, want) in topics {
        faults.blocked(&About::named("topics", name), *want, found.topics.get(name).copied());
    }
    for (of, want) in filters {
        faults.filter(&About::named("filters", of), *want, found.filters.get(of).copied());
    }
    for (word, want) in words {
        faults.blocked(&About::guarded("words", word), *want, found.words.get(&word.to_lowercase()).copied());
    }
    for (of, want) in managed_word_lists {
        let seen = found.managed_word_lists.get(of).copied();
        faults.blocked(&About::named("managed_word_lists", of), *want, seen);
    }
    for (of, want) in pii {
        faults.masked(&About::named("pii", of), *want, found.pii.get(of).copied());
    }
    for (name, want) in regexes {
        faults.masked(&About::named("regexes", name), *want, found.regexes.get(name).copied());
    }
    faults.grounding(grounding, &found.grounding);
    for finding in automated_reasoning.difference(&found.automated_reasoning) {
        let have = listed(found.automated_reasoning.iter());
        faults.add(Fault::Otherwise, About::whole("automated_reasoning"), Text::open(finding), have);
    }
    faults.applied(applied, reply);
    faults.output(output, case.given.content().text(), reply);
    faults.0
}

fn listed<T: ToString>(all: impl Iterator<Item = T>) -> Text {
    let all: Vec<String> = all.map(|one| one.to_string()).collect();
    Text::Open(if all.is_empty() { "nothing".to_owned() } else { all.join(", ") })
}

struct Faults(Vec<Mismatch>);

impl Faults {
    fn add(&mut self, fault: Fault, about: About, want: Text, have: Text) {
        self.0.push(Mismatch { fault, about, want, have });
    }

    /// Of words in the order of strictness.
    fn order<A: Ord + Copy>(&mut self, about: About, want: A, have: A, word: fn(A) -> &'static str) {
        let fault = match have.cmp(&want) {
            std::cmp::Ordering::Less => Fault::Missed,
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Greater => Fault::FalseBlock,
        };
        self.add(fault, about, Text::open(word(want)), Text::open(word(have)));
    }

    fn blocked(&mut self, about: &About, want: Judged<Blocked>, have: Option<Seen<Blocked>>) {
        self.judged(about, want, have.unwrap_or(Seen { action: Blocked::None, detected: false }), Blocked::word);
    }

    fn masked(&mut self, about: &About, want: Judged<Masked>, have: Option<Seen<Masked>>) {
        self.judged(about, want, have.unwrap_or(Seen { action: Masked::None, detected: false }), Masked::word);
    }

    fn judged<A: Ord + Copy>(&mut self, about: &About, want: Judged<A>, have: Seen<A>, word: fn(A) -> &'static str) {
        if let Some(action) = want.action {
            self.order(about.clone(), action, have.action, word);
        }
        if let Some(detected) = want.detected {
            let told = |detected| if detected { "found" } else { "not found" };
            self.order(about.clone(), detected, have.detected, told);
        }
    }

    fn filter(&mut self, about: &About, want: Filtered, have: Option<Filter>) {
        self.blocked(about, want.judged, have.map(|filter| filter.seen));
        let confidence = have.map_or(Confidence::None, |filter| filter.confidence);
        let told = |confidence: Confidence| Text::Open(format!("confidence {confidence}"));
        if let Some(least) = want.min_confidence.filter(|least| confidence < *least) {
            let want = Text::Open(format!("confidence {least} or more"));
            self.add(Fault::Missed, about.clone(), want, told(confidence));
        }
        if let Some(most) = want.max_confidence.filter(|most| confidence > *most) {
            let want = Text::Open(format!("confidence {most} or less"));
            self.add(Fault::FalseBlock, about.clone(), want, told(confidence));
        }
    }

    /// A low score is what a guardrail acts on, so that one lower than expected is the false block.
    fn grounding(
        &mut self,
        wanted: &BTreeMap<GroundingFilterType, Scored>,
        found: &BTreeMap<GroundingFilterType, Score>,
    ) {
        for (of, want) in wanted {
            let about = About::named("grounding", of);
            let have = found.get(of).copied();
            self.blocked(&about, want.judged, have.map(|score| score.seen));
            let told = have.map_or_else(|| "no score".to_owned(), |have| format!("score {}", have.score));
            let without = have.is_none();
            if let Some(least) = want.min_score
                && have.is_none_or(|have| have.score < least)
            {
                let fault = if without { Fault::Otherwise } else { Fault::FalseBlock };
                let want = Text::Open(format!("score {least} or more"));
                self.add(fault, about.clone(), want, Text::Open(told.clone()));
            }
            if let Some(most) = want.max_score
                && have.is_none_or(|have| have.score > most)
            {
                let fault = if without { Fault::Otherwise } else { Fault::Missed };
                self.add(fault, about.clone(), Text::Open(format!("score {most} or less")), Text::Open(told));
            }
        }
    }

    fn applied(&mut self, wanted: &Applied, reply: &Reply) {
        let (origins, ownership) = (&reply.found.origins, &reply.found.ownership);
        for origin in wanted.origins.difference(origins) {
            let about = About::named("applied", "origins");
            self.add(Fault::Otherwise, about, Text::open(origin), listed(origins.iter()));
        }
        if let Some(want) = wanted.ownership.filter(|want| !ownership.contains(want)) {
            let about = About::named("applied", "ownership");
            self.add(Fault::Otherwise, about, Text::open(&want), listed(ownership.iter()));
        }
    }

    fn output(&mut self, wanted: &Output, sent: Option<&str>, reply: &Reply) {
        let Output { is, contains, lacks } = wanted;
        let given = reply.outputs.join("\n");
        let idle = reply.action == Action::None;
        let short = || if idle { Fault::Missed } else { Fault::Otherwise };
        let have = || if idle { Text::open("nothing was done") } else { Text::Guarded(given.clone()) };
        if let Some(is) = is.as_ref().filter(|is| **is != given) {
            let fault = if is.is_empty() { Fault::FalseBlock } else { short() };
            self.add(fault, About::whole("output"), Text::Guarded(is.clone()), have());
        }
        for part in contains.iter().filter(|part| !given.contains(part.as_str())) {
            self.add(short(), About::whole("output_contains"), Text::Guarded(part.clone()), have());
        }
        // What a guardrail leaves alone goes out as it was sent.
        let goes_out = if idle { sent.unwrap_or_default() } else { &given };
        for part in lacks.iter().filter(|part| goes_out.contains(part.as_str())) {
            self.add(Fault::Missed, About::whole("output_lacks"), Text::Guarded(part.clone()), have());
        }
    }
}

#[cfg(test)]
mod tests;
