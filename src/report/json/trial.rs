//! What a suite said of a guardrail, for machines.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::trial::{Against, Tested, Told, version_word};
use crate::suite::Case;
use crate::suite::trial::{CaseTally, Change, Cost, Counts, Did, Fault, Mismatch, Place, Standing, Usage};

/// What `test --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestReport {
    /// `1`
    pub format_version: &'static str,
    /// `passed`, `failed` or `incomplete`: the worst of the suites.
    pub result: &'static str,
    /// What a reader must know of the answers, where AWS did not give them.
    pub note: Option<String>,
    /// The suites, in the order in which they were named.
    pub suites: Vec<JsonSuite>,
}

/// One suite, and what came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonSuite {
    /// The file.
    pub file: String,
    /// The key of the guardrail in the spec.
    pub guardrail: String,
    /// `draft`, `current`, or a key of `versions`.
    pub version: String,
    /// `passed`, `failed` or `incomplete`.
    pub result: &'static str,
    /// Whether the run was ended before everything was asked.
    pub interrupted: bool,
    /// How often each case was to be asked in each place.
    pub repeat: u32,
    /// How many answers may miss something.
    pub max_misses: u32,
    /// How many may block something falsely.
    pub max_false_blocks: u32,
    /// Cases, each counted once however many places and repeats there are. One may be in several counts.
    pub cases_summary: JsonCounts,
    /// Requests, those that were not sent among the unanswered.
    pub requests_summary: JsonCounts,
    /// Where it was asked, and which version there.
    pub places: Vec<JsonPlace>,
    /// What came of each case, in the order of the suite.
    pub cases: Vec<JsonCase>,
    /// What AWS counted, the comparison included, by the members of its `GuardrailUsage` in snake case.
    pub usage: BTreeMap<String, u64>,
    /// What that costs by the price table that was given.
    pub cost: Option<JsonCost>,
    /// What another version made of the same cases.
    pub against: Option<JsonAgainst>,
}

/// How many were how.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonCounts {
    /// All.
    pub all: u64,
    /// As expected.
    pub passed: u64,
    /// The guardrail did less than expected.
    pub missed: u64,
    /// It did more.
    pub false_blocks: u64,
    /// It did something else.
    pub otherwise: u64,
    /// Without an answer.
    pub unanswered: u64,
}

/// A Region of an account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonPlace {
    /// The account.
    pub account: String,
    /// The Region.
    pub region: String,
    /// The guardrail's ARN; null where nothing was asked.
    pub guardrail: Option<String>,
    /// `DRAFT` or the number that was asked.
    pub version: Option<String>,
    /// Whether the draft that was asked is not what the spec says.
    pub unlike_spec: bool,
    /// Why nothing was asked.
    pub why: Option<String>,
}

/// One case.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonCase {
    /// Its name.
    pub name: String,
    /// `INPUT` or `OUTPUT`.
    pub source: &'static str,
    /// What is sent, with `--show-content` only.
    pub text: Option<String>,
    /// What came of it, for each place.
    pub places: Vec<JsonResult>,
}

/// What came of a case in one place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonResult {
    /// The account.
    pub account: String,
    /// The Region.
    pub region: String,
    /// `DRAFT` or the number that was asked there; null where nothing was.
    pub version: Option<String>,
    /// `passed`, `missed`, `false-block`, `otherwise` or `unanswered`: the gravest.
    pub result: &'static str,
    /// How many answers there were.
    pub answers: u32,
    /// How many of them were as expected.
    pub passed: u32,
    /// How many were not, by the way in which they were not.
    pub faults: BTreeMap<&'static str, u32>,
    /// In what they were not.
    pub mismatches: Vec<JsonMismatch>,
    /// What the guardrail did, and in how many answers.
    pub did: Vec<JsonDid>,
    /// Why there was no answer, and how often.
    pub unanswered: BTreeMap<String, u32>,
}

/// One thing that answers were not as expected in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonMismatch {
    /// `missed`, `false-block` or `otherwise`.
    pub fault: &'static str,
    /// What it is about, a key of `expect` and a name, such as `topics.Legal advice`.
    pub about: String,
    /// What is expected. Words and outputs are a count and a digest without `--show-content`.
    pub want: String,
    /// What the answer says.
    pub have: String,
    /// In how many answers.
    pub count: u32,
}

/// What a guardrail did.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct JsonDid {
    /// `NONE` or `GUARDRAIL_INTERVENED`.
    pub action: &'static str,
    /// What it acted on or found, with `BLOCKED`, `ANONYMIZED`, or `NONE` for what it only found.
    pub deeds: BTreeMap<String, &'static str>,
    /// In how many answers; null in a comparison.
    pub count: Option<u32>,
}

/// What the units cost.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonCost {
    /// The code of the currency.
    pub currency: String,
    /// How much of it.
    pub amount: f64,
    /// Units that were counted and that the table does not name.
    pub unpriced: Vec<String>,
}

/// Another version on the same suite.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonAgainst {
    /// `draft`, `current`, or a key of `versions`.
    pub version: String,
    /// `passed`, `failed` or `incomplete`.
    pub result: &'static str,
    /// Where it was asked, and which version there.
    pub places: Vec<JsonPlace>,
    /// The cases of which the two make something else.
    pub changes: Vec<JsonChange>,
}

/// A case of which two versions make something else.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonChange {
    /// The name of the case.
    pub case: String,
    /// The account.
    pub account: String,
    /// The Region.
    pub region: String,
    /// How it stands with the other version.
    pub against: &'static str,
    /// How it stands with the suite's own.
    pub tested: &'static str,
    /// What the other version did.
    pub did_against: Vec<JsonDid>,
    /// What the suite's own did.
    pub did_tested: Vec<JsonDid>,
}

/// The report as one value.
pub fn test(told: Told<'_>) -> TestReport {
    TestReport {
        format_version: super::FORMAT_VERSION,
        result: told.verdict().word(),
        note: told.answering.note(),
        suites: told.suites.iter().map(|tested| suite(tested, told)).collect(),
    }
}

fn suite(tested: &Tested, told: Told<'_>) -> JsonSuite {
    let totals = tested.totals();
    let mut usage = totals.usage.clone();
    for place in tested.against.iter().flat_map(|against| &against.trial.places) {
        usage += &place.usage;
    }
    let suite = &tested.suite;
    JsonSuite {
        file: tested.file.clone(),
        guardrail: suite.guardrail.value.clone(),
        version: version_word(&suite.version).to_owned(),
        result: tested.verdict().word(),
        interrupted: tested.trial.interrupted,
        repeat: suite.repeat,
        max_misses: suite.max_misses,
        max_false_blocks: suite.max_false_blocks,
        cases_summary: counts(totals.cases),
        requests_summary: counts(totals.requests),
        places: tested.trial.places.iter().map(|one| place(one, told)).collect(),
        cases: suite.cases.iter().enumerate().map(|(number, one)| case(number, one, tested, told)).collect(),
        usage: units(&usage),
        cost: told.prices.map(|prices| cost(prices.cost(&usage))),
        against: tested.against.as_ref().map(|against| self::against(against, tested, told)),
    }
}

const fn counts(counts: Counts) -> JsonCounts {
    let Counts { all, missed, false_blocks, otherwise, passed, unanswered } = counts;
    JsonCounts { all, passed, missed, false_blocks, otherwise, unanswered }
}

fn units(usage: &Usage) -> BTreeMap<String, u64> {
    usage.counted().map(|(unit, count)| (unit.to_string(), count)).collect()
}

fn cost(cost: Cost) -> JsonCost {
    let Cost { currency, amount, unpriced } = cost;
    JsonCost { currency, amount, unpriced: unpriced.iter().map(ToString::to_string).collect() }
}

fn place(place: &Place, told: Told<'_>) -> JsonPlace {
    let target = place.target.as_ref().ok();
    JsonPlace {
        account: place.scope.account.to_string(),
        region: place.scope.region_name().to_owned(),
        guardrail: target.map(|target| target.guardrail.to_string()),
        version: target.map(|target| target.version.clone()),
        unlike_spec: target.is_some_and(|target| target.unlike_spec),
        why: place.target.as_ref().err().map(|absent| told.disclosure.scrub_text(&absent.why)),
    }
}

fn case(number: usize, case: &Case, tested: &Tested, told: Told<'_>) -> JsonCase {
    let disclosure = told.disclosure;
    let text = case.given.content().text().filter(|_| disclosure.content);
    let places = tested.trial.places.iter().filter_map(|place| Some((place, place.cases.get(number)?)));
    JsonCase {
        name: disclosure.scrub_text(&case.name),
        source: case.given.source().word(),
        text: text.map(|text| disclosure.scrub_text(text)),
        places: places.map(|(place, tally)| result(place, tally, told)).collect(),
    }
}

fn result(place: &Place, tally: &CaseTally, told: Told<'_>) -> JsonResult {
    let disclosure = told.disclosure;
    let faults = Fault::ALL.into_iter().filter(|fault| tally.count(*fault) > 0);
    let mismatch = |(mismatch, count): (&Mismatch, &u32)| JsonMismatch {
        fault: mismatch.fault.word(),
        about: disclosure.about(&mismatch.about),
        want: disclosure.text(&mismatch.want),
        have: disclosure.text(&mismatch.have),
        count: *count,
    };
    JsonResult {
        account: place.scope.account.to_string(),
        region: place.scope.region_name().to_owned(),
        version: place.target.as_ref().ok().map(|target| target.version.clone()),
        result: Standing::of(tally).word(),
        answers: tally.answers,
        passed: tally.passed,
        faults: faults.map(|fault| (fault.word(), tally.count(fault))).collect(),
        mismatches: tally.mismatches.iter().map(mismatch).collect(),
        did: tally.did.iter().map(|(one, count)| did(one, Some(*count), told)).collect(),
        unanswered: tally.unanswered.iter().map(|(why, count)| (disclosure.scrub_text(why), *count)).collect(),
    }
}

fn did(did: &Did, count: Option<u32>, told: Told<'_>) -> JsonDid {
    let deeds = did.deeds.iter().map(|deed| (told.disclosure.about(&deed.about), deed.action)).collect();
    JsonDid { action: did.action.word(), deeds, count }
}

fn against(against: &Against, tested: &Tested, told: Told<'_>) -> JsonAgainst {
    let all = |all: &std::collections::BTreeSet<Did>| all.iter().map(|one| did(one, None, told)).collect();
    let name = |number: usize| tested.suite.cases.get(number).map(|case| told.disclosure.scrub_text(&case.name));
    let change = |change: Change| JsonChange {
        case: name(change.case).unwrap_or_default(),
        account: change.scope.account.to_string(),
        region: change.scope.region_name().to_owned(),
        against: change.against.word(),
        tested: change.tested.word(),
        did_against: all(&change.did_against),
        did_tested: all(&change.did_tested),
    };
    JsonAgainst {
        version: version_word(&against.version).to_owned(),
        result: against.trial.totals(&tested.suite).verdict.word(),
        places: against.trial.places.iter().map(|one| place(one, told)).collect(),
        changes: tested.changes().into_iter().map(change).collect(),
    }
}
