//! `drift.ignore.yaml`: the differences that somebody has agreed to leave alone, why, and until when. An agreement ends by
//! itself; one about a control that is less strict than the spec needs a word of its own.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::codes::{EXPIRED, FAR, NO_DAY, UNUSED, WEAKENS};
use super::finding::{Finding, Ignored, may_weaken};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{SourceId, Span};
use crate::model::{FieldDiff, wildcard};
use crate::spec::decode::{Decode, Exact, List, Reading};
use crate::spec::schema::literal;
use crate::spec::yaml;

crate::text! { pub(crate) Pattern: "a pattern", 1..=500 }
crate::text! { pub(crate) Sentence: "a reason", 1..=500 }
crate::text! { pub(crate) Owner: "an owner", 1..=200 }
crate::text! { pub(crate) Day: "a day", 10..=10, "[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day as `2026-12-31`" }

/// How many entries a list may hold.
pub(crate) const MAX_ENTRIES: usize = 1000;

crate::entry! {
    /// What `bedrail drift` leaves alone, and until when.
    pub(crate) struct IgnoreFile: "the list of what is ignored" {
        /// The entries.
        required ignore: List<IgnoreEntry, 0, MAX_ENTRIES>,
    }
}

crate::entry! {
    /// A difference that somebody has agreed to.
    pub(crate) struct IgnoreEntry: "an entry" {
        /// The address of the resource, `*` standing for any characters; or the id of a finding.
        required address: Exact<Pattern>,
        /// The field, `*` standing for any characters. Default: every field. A resource that is missing, or that is
        /// nobody's, has no fields, so that only an entry without `path` is about it.
        optional path: Exact<Pattern>,
        /// Why.
        required reason: Exact<Sentence>,
        /// Who answers for it: a team or a person.
        required owner: Exact<Owner>,
        /// The last day on which it counts, `YYYY-MM-DD` in UTC.
        required expires: Exact<Day>,
        /// Whether it is about controls that are less strict in AWS than in the spec, or may be, too. Default: false.
        optional allow_weakening: bool,
    }
}

/// The differences that somebody has agreed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IgnoreList(Vec<Entry>);

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    address: String,
    path: Option<String>,
    allow_weakening: bool,
    terms: Ignored,
    expires: Date,
    span: Span,
}

/// Reads a list and reports every fault of it; `None` if there is one.
pub fn read(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<IgnoreList> {
    let mut cx = Reading::default();
    let node = yaml::parse_literal(source, text, &mut cx.diagnostics);
    // An empty file ignores nothing.
    let file = match node.filter(|node| !node.is_null()) {
        Some(node) if !cx.diagnostics.has_errors() => IgnoreFile::decode(&node, &mut cx),
        _ => None,
    };
    let entries = file.map_or_else(Vec::new, |file| {
        file.ignore.iter().filter_map(|entry| self::entry(&entry.value, entry.span, &mut cx)).collect()
    });
    let sound = !cx.diagnostics.has_errors();
    diagnostics.extend(cx.diagnostics);
    sound.then_some(IgnoreList(entries))
}

fn entry(written: &IgnoreEntry, span: Span, cx: &mut Reading) -> Option<Entry> {
    let day = &written.expires;
    let Ok(expires) = day.as_str().parse::<Date>() else {
        let fault = Diagnostic::at(day.span, NO_DAY, format!("`{}` is no day of any year", day.as_str()));
        cx.push(fault.help("write the last day on which it counts, as `2026-12-31`"));
        return None;
    };
    Some(Entry {
        address: written.address.as_str().to_owned(),
        path: written.path.as_ref().map(|path| path.as_str().to_owned()),
        allow_weakening: written.allow_weakening.as_ref().is_some_and(|allow| allow.value),
        terms: Ignored {
            reason: written.reason.as_str().to_owned(),
            owner: written.owner.as_str().to_owned(),
            expires: expires.to_string(),
        },
        expires,
        span,
    })
}

impl Entry {
    /// Whether it speaks of a finding, or of some field of it.
    fn is_about(&self, finding: &Finding) -> bool {
        let address = finding.address.as_ref().map(ToString::to_string);
        let like = |text: &str| wildcard(self.address.as_bytes(), text.as_bytes());
        let named = self.address == finding.id || address.is_some_and(|address| like(&address));
        named && (self.path.is_none() || finding.differing().any(|field| self.names(&field.path)))
    }

    fn names(&self, path: &str) -> bool {
        self.path.as_ref().is_none_or(|pattern| wildcard(pattern.as_bytes(), path.as_bytes()))
    }

    /// Whether it goes for a field, whichever way that went.
    fn covers(&self, field: &FieldDiff) -> bool {
        self.names(&field.path) && (self.allow_weakening || !may_weaken(field.direction))
    }

    /// Whether it goes for a finding of which it speaks, or for some field of it.
    fn agrees(&self, finding: &Finding) -> bool {
        let fields = || finding.differing().any(|field| self.covers(field));
        self.allow_weakening || if self.path.is_none() { !finding.may_weaken() } else { fields() }
    }
}

impl IgnoreList {
    /// Marks the findings that the list is about, and tells of entries that do nothing. `today` is the day in UTC.
    pub fn apply(&self, findings: &mut [Finding], today: Date) -> Diagnostics {
        let mut told = Diagnostics::new();
        let (live, expired): (Vec<&Entry>, Vec<&Entry>) = self.0.iter().partition(|entry| entry.expires >= today);
        for entry in expired {
            let message = format!("this expired on {}, and ignores nothing any more", entry.expires);
            let fault = Diagnostic::at(entry.span, EXPIRED, message);
            told.push(fault.help(format!("mend the difference, or let {} decide anew", entry.terms.owner)));
        }
        let far = today.saturating_add(1.year());
        for entry in live.iter().filter(|entry| entry.expires > far) {
            let fault = Diagnostic::at(
                entry.span,
                FAR,
                format!("this counts until {}, and nobody will remember why", entry.expires),
            );
            told.push(fault.help("let it expire within a year, and decide anew then"));
        }
        let (mut used, mut weak) = (BTreeSet::new(), BTreeSet::new());
        for finding in findings {
            let about: Vec<(usize, &Entry)> = live
                .iter()
                .enumerate()
                .filter(|(_, entry)| entry.is_about(finding))
                .map(|(at, one)| (at, *one))
                .collect();
            let (agreed, not): (Vec<_>, Vec<_>) = about.into_iter().partition(|(_, entry)| entry.agrees(finding));
            weak.extend(not.into_iter().map(|(at, _)| at));
            used.extend(agreed.iter().map(|(at, _)| *at));
            finding.ignored = ignored(finding, &agreed);
        }
        for (at, entry) in live.iter().enumerate() {
            if weak.contains(&at) && !used.contains(&at) {
                let message = "what this is about may weaken a control, and is not ignored";
                let fault = Diagnostic::at(entry.span, WEAKENS, message);
                told.push(fault.help("write `allow_weakening: true` if that is agreed to, too"));
            } else if !used.contains(&at) {
                let fault =
                    Diagnostic::at(entry.span, UNUSED, format!("nothing that differs is like `{}`", entry.address));
                told.push(fault.help("take it out"));
            }
        }
        told
    }
}

/// The terms on which a finding is left alone: those of the entry that is about all of it, or of the first of several that are
/// together. What weakens by more than its fields tell takes the word of one of them.
fn ignored(finding: &Finding, agreed: &[(usize, &Entry)]) -> Option<Ignored> {
    let whole = agreed.iter().find(|(_, entry)| entry.path.is_none());
    let by_fields = || {
        let covered = |field: &FieldDiff| agreed.iter().any(|(_, entry)| entry.covers(field));
        let allowed = !finding.may_weaken() || agreed.iter().any(|(_, entry)| entry.allow_weakening);
        let all = allowed && finding.differing().next().is_some() && finding.differing().all(covered);
        // The first to end ends them all.
        agreed.iter().filter(|_| all).min_by_key(|(_, entry)| entry.expires)
    };
    whole.or_else(by_fields).map(|(_, entry)| entry.terms.clone())
}

/// The JSON Schema of a list, draft 7.
pub fn schema() -> Json {
    literal::<IgnoreFile>("bedrail drift.ignore.yaml", None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::FindingKind;
    use crate::model::{Direction, Guard};
    use crate::spec::sources::Sources;

    fn finding(paths: &[(&str, Direction)]) -> Finding {
        let address = "guardrail/111122223333/us-east-1/baseline".parse().unwrap();
        let field = |(path, went): &(&str, Direction)| {
            let (path, direction) = ((*path).to_owned(), *went);
            FieldDiff { path, have: None, want: None, guard: Guard::Open, direction, below: Vec::new(), why: None }
        };
        let fields: Vec<FieldDiff> = paths.iter().map(field).collect();
        let direction = Some(fields.iter().map(|field| field.direction).collect());
        Finding { fields, direction, ..Finding::new(FindingKind::Modified, Some(&address), &()) }
    }

    /// Whether a finding is ignored by these entries, and the codes of what is told.
    fn by(finding: &Finding, entries: &[&str]) -> (bool, Vec<&'static str>) {
        let entry =
            |more: &&str| format!("  - {{address: 'guardrail/*', reason: r, owner: o, expires: 2026-06-30{more}}}\n");
        by_text(finding, &format!("ignore:\n{}", entries.iter().map(entry).collect::<String>()))
    }

    fn by_text(finding: &Finding, text: &str) -> (bool, Vec<&'static str>) {
        let (sources, id) = Sources::one("drift.ignore.yaml", text);
        let mut faults = Diagnostics::new();
        let list = read(id, sources.text(id), &mut faults).unwrap_or_else(|| panic!("{faults:?}"));
        let mut findings = [finding.clone()];
        let told = list.apply(&mut findings, "2026-06-30".parse().unwrap());
        (findings[0].ignored.is_some(), told.iter().map(|one| one.code.id()).collect())
    }

    #[test]
    fn every_field_must_be_agreed_to_and_each_that_weakens_by_its_own_word() {
        let (tags, hate) = (", path: 'tags.*'", ", path: 'content_policy.*'");
        let allowed = ", path: 'content_policy.*', allow_weakening: true";
        let one = finding(&[("tags.owner", Direction::Neutral)]);
        let both = finding(&[("tags.owner", Direction::Neutral), ("content_policy.filters.HATE", Direction::Weakens)]);
        for (finding, entries, ignored, told) in [
            (&one, &[tags][..], true, &[][..]),
            (&one, &[""], true, &[]),
            (&one, &[hate], false, &["W1202"]),
            (&both, &[tags], false, &[]),
            (&both, &[tags, hate], false, &["W1203"]),
            (&both, &[tags, allowed], true, &[]),
            (&both, &[""], false, &["W1203"]),
            (&both, &[", allow_weakening: true"], true, &[]),
        ] {
            assert_eq!(by(finding, entries), (ignored, told.to_vec()), "{entries:?}");
        }
    }

    #[test]
    fn what_is_not_known_may_weaken_and_ten_years_are_too_long() {
        let held = Finding { direction: None, ..finding(&[("tags.owner", Direction::Neutral)]) };
        assert_eq!(by(&held, &[""]), (false, vec!["W1203"]));
        assert_eq!(by(&held, &[", path: 'tags.*'"]), (false, vec![]));
        assert_eq!(by(&held, &[", allow_weakening: true"]), (true, vec![]));
        let far = by_text(
            &held,
            "ignore:\n  - {address: '*', reason: r, owner: o, expires: 2027-07-01, allow_weakening: true}\n",
        );
        assert_eq!(far, (true, vec!["W1205"]));
    }

    #[test]
    fn nothing_and_an_empty_list_ignore_nothing() {
        for text in ["", "# nothing yet\n", "ignore: []\n"] {
            let (sources, id) = Sources::one("drift.ignore.yaml", text);
            assert_eq!(read(id, sources.text(id), &mut Diagnostics::new()), Some(IgnoreList::default()), "{text}");
        }
    }
}
