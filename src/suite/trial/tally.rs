//! What the answers to a suite come to, case by case and in all.

use std::collections::BTreeMap;

use super::judge::judge;
use super::reply::Reply;
use super::said::{Did, Fault, Mismatch};
use super::target::{Absent, Target};
use super::usage::Usage;
use crate::model::Scope;
use crate::suite::{Case, Suite};

/// What came of one case in one place, in all its repeats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseTally {
    /// How many answers there were.
    pub answers: u32,
    /// How many of them were as expected.
    pub passed: u32,
    /// How many of them were not as expected, by the way in which they were not. One answer may be so in several.
    pub faults: BTreeMap<Fault, u32>,
    /// In what they were not as expected, and how many of them.
    pub mismatches: BTreeMap<Mismatch, u32>,
    /// What the guardrail did, and how often.
    pub did: BTreeMap<Did, u32>,
    /// Why there was no answer, and how often.
    pub unanswered: BTreeMap<String, u32>,
}

impl CaseTally {
    /// Takes an answer in.
    pub fn take(&mut self, case: &Case, reply: &Reply) {
        let mismatches = judge(case, reply);
        self.answers += 1;
        self.passed += u32::from(mismatches.is_empty());
        *self.did.entry(reply.did()).or_default() += 1;
        for fault in Fault::ALL {
            if mismatches.iter().any(|mismatch| mismatch.fault == fault) {
                *self.faults.entry(fault).or_default() += 1;
            }
        }
        for mismatch in mismatches {
            *self.mismatches.entry(mismatch).or_default() += 1;
        }
    }

    /// Takes in that there is no answer, for this reason.
    pub fn lose(&mut self, why: impl Into<String>) {
        *self.unanswered.entry(why.into()).or_default() += 1;
    }

    /// How many answers were not as expected in this way.
    pub fn count(&self, fault: Fault) -> u32 {
        self.faults.get(&fault).copied().unwrap_or_default()
    }
}

/// What came of a suite in one Region of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Where.
    pub scope: Scope,
    /// What was asked, or why nothing could be.
    pub target: Result<Target, Absent>,
    /// What came of each case, in the order of the suite.
    pub cases: Vec<CaseTally>,
    /// What was counted.
    pub usage: Usage,
}

impl Place {
    /// Before anything is asked.
    pub fn new(target: Result<Target, Absent>, suite: &Suite) -> Self {
        let scope = match &target {
            Ok(target) => target.scope.clone(),
            Err(absent) => absent.scope.clone(),
        };
        Self { scope, target, cases: vec![CaseTally::default(); suite.cases.len()], usage: Usage::default() }
    }

    /// Takes in an answer to the case of this number.
    pub fn take(&mut self, number: usize, case: &Case, reply: &Reply) {
        self.usage += &reply.usage;
        if let Some(tally) = self.cases.get_mut(number) {
            tally.take(case, reply);
        }
    }

    /// Takes in that the case of this number has no answer.
    pub fn lose(&mut self, number: usize, why: &str) {
        if let Some(tally) = self.cases.get_mut(number) {
            tally.lose(why);
        }
    }
}

/// What came of a suite in all places.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The places, sorted.
    pub places: Vec<Place>,
    /// Whether it was ended before everything was asked.
    pub interrupted: bool,
}

/// How a suite ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything was answered, and no more was otherwise than is tolerated.
    Passed,
    /// More was otherwise than is tolerated, whatever else is not known.
    Failed,
    /// Something was not answered, and nothing is known to fail.
    Incomplete,
}

impl Verdict {
    /// The word for machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Incomplete => "incomplete",
        }
    }
}

/// How many answers or cases were how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub all: u64,
    /// In which the guardrail did less than expected.
    pub missed: u64,
    /// In which it did more.
    pub false_blocks: u64,
    /// In which it did something else.
    pub otherwise: u64,
    /// As expected.
    pub passed: u64,
    /// Without an answer.
    pub unanswered: u64,
}

/// What a trial comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// Requests: each case in each place, as often as it is repeated. Those that were never sent count as unanswered.
    pub requests: Counts,
    /// Cases, each once however many places and repeats there are.
    pub cases: Counts,
    /// What was counted.
    pub usage: Usage,
    /// How it ended.
    pub verdict: Verdict,
}

impl Trial {
    /// What it comes to.
    pub fn totals(&self, suite: &Suite) -> Totals {
        let repeat = u64::from(suite.repeat);
        let (mut requests, mut cases, mut usage) = (Counts::default(), Counts::default(), Usage::default());
        for place in &self.places {
            usage += &place.usage;
        }
        for number in 0..suite.cases.len() {
            let here =
                self.places.iter().filter_map(|place| place.cases.get(number)).map(|tally| counts(tally, repeat));
            let of_case = here.fold(Counts::default(), Counts::and);
            cases = cases.and(of_case.once());
            requests = requests.and(of_case);
        }
        let verdict = if requests.missed > u64::from(suite.max_misses)
            || requests.false_blocks > u64::from(suite.max_false_blocks)
            || requests.otherwise > 0
        {
            Verdict::Failed
        } else if requests.unanswered > 0 || self.interrupted || self.places.is_empty() {
            Verdict::Incomplete
        } else {
            Verdict::Passed
        };
        Totals { requests, cases, usage, verdict }
    }
}

fn counts(tally: &CaseTally, repeat: u64) -> Counts {
    let answers = u64::from(tally.answers);
    let of = |fault| u64::from(tally.count(fault));
    Counts {
        all: repeat,
        missed: of(Fault::Missed),
        false_blocks: of(Fault::FalseBlock),
        otherwise: of(Fault::Otherwise),
        passed: u64::from(tally.passed),
        unanswered: repeat.saturating_sub(answers),
    }
}

impl Counts {
    fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            missed: self.missed + other.missed,
            false_blocks: self.false_blocks + other.false_blocks,
            otherwise: self.otherwise + other.otherwise,
            passed: self.passed + other.passed,
            unanswered: self.unanswered + other.unanswered,
        }
    }

    /// The same of one case, which is as expected if every answer to it is.
    fn once(self) -> Self {
        let any = |count: u64| u64::from(count > 0);
        Self {
            all: 1,
            missed: any(self.missed),
            false_blocks: any(self.false_blocks),
            otherwise: any(self.otherwise),
            passed: u64::from(self.all > 0 && self.passed == self.all),
            unanswered: any(self.unanswered),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Region, RemoteId};
    use crate::suite::trial::sample;

    fn place(suite: &Suite, replies: &[(usize, Option<Reply>)]) -> Place {
        let scope = Scope::regional("111122223333".parse().unwrap(), Region::new("us-east-1"));
        let target = Target { scope, guardrail: RemoteId::new("arn"), version: "DRAFT".to_owned(), unlike_spec: false };
        let mut place = Place::new(Ok(target), suite);
        for (number, reply) in replies {
            match reply {
                Some(reply) => place.take(*number, &suite.cases[*number], reply),
                None => place.lose(*number, "why"),
            }
        }
        place
    }

    fn totals(top: &str, replies: &[(usize, Option<Reply>)]) -> Totals {
        let cases = "  - {name: a, text: a, expect: {action: NONE}}\n  - {name: b, text: b, expect: {action: GUARDRAIL_INTERVENED}}\n";
        let suite = sample::suite_with(top, cases);
        Trial { places: vec![place(&suite, replies)], interrupted: false }.totals(&suite)
    }

    #[test]
    fn each_answer_is_counted_and_each_case_once() {
        let (idle, acts) =
            (|| Some(sample::nothing()), || Some(sample::intervened(&[], super::super::Found::default())));
        let good = totals("repeat: 2\n", &[(0, idle()), (0, idle()), (1, acts()), (1, acts())]);
        assert_eq!((good.verdict, good.requests.passed, good.cases.passed), (Verdict::Passed, 4, 2));
        let bad = totals("repeat: 2\n", &[(0, acts()), (0, idle()), (1, idle()), (1, idle())]);
        assert_eq!((bad.requests.missed, bad.requests.false_blocks, bad.requests.passed), (2, 1, 1));
        assert_eq!((bad.cases.missed, bad.cases.false_blocks, bad.cases.passed), (1, 1, 0));
        assert_eq!(bad.verdict, Verdict::Failed);
    }

    #[test]
    fn what_has_no_answer_is_incomplete_unless_something_fails() {
        let idle = || Some(sample::nothing());
        let known = totals("", &[(0, idle()), (1, None)]);
        assert_eq!((known.verdict, known.requests.unanswered, known.cases.unanswered), (Verdict::Incomplete, 1, 1));
        assert_eq!(totals("", &[(0, None), (1, idle())]).verdict, Verdict::Failed);
        assert_eq!(totals("max_misses: 1\n", &[(0, idle()), (1, idle())]).verdict, Verdict::Passed);
        let nowhere = Trial { places: Vec::new(), interrupted: false };
        assert_eq!(
            nowhere.totals(&sample::suite("  - {name: a, text: a, expect: {action: NONE}}\n")).verdict,
            Verdict::Incomplete
        );
    }
}
