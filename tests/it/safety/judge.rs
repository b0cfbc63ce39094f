//! What the timeline of the local AWS says of a run: was anybody unprotected meanwhile, or unable to call a model?

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// A moment at which somebody was worse off than a safe run allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    seq: u64,
    cause: String,
    account: String,
    region: String,
    what: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, cause, account, region, what } = self;
        write!(out, "entry {seq}, after {cause}: {account} in {region} {what}")
    }
}

/// What one entry says of one account and Region.
#[derive(Clone, Debug)]
struct Subject {
    protected: bool,
    /// 0 where models can be called, more the fewer can.
    trouble: usize,
    why: String,
}

type Subjects = BTreeMap<(String, String), Subject>;

/// The gaps of a timeline whose first entry is the state before the run, and whose last is the one it ends in.
///
/// Who is protected before and after must be so all the time; and who can call models must go on being able to: what is
/// denied or invalid before the run may only get better.
pub(crate) fn gaps(timeline: &Value) -> Vec<Gap> {
    let entries = timeline.as_array().expect("a list of entries");
    let told: Vec<Subjects> = entries.iter().map(subjects).collect();
    let (Some(first), Some(last)) = (told.first(), told.last()) else { return Vec::new() };
    let protected = |at: &Subjects, scope| at.get(scope).is_some_and(|subject| subject.protected);
    let mut gaps = Vec::new();
    let mut trouble: BTreeMap<_, usize> = first.iter().map(|(scope, subject)| (scope, subject.trouble)).collect();
    for (entry, subjects) in entries.iter().zip(&told).skip(1) {
        for (scope, subject) in subjects {
            let mut gap = |what: String| {
                let cause = format!("{} in {}", text(&entry["cause"]["operation"]), text(&entry["cause"]["region"]));
                let seq = entry["seq"].as_u64().expect("a number");
                let (account, region) = scope.clone();
                gaps.push(Gap { seq, cause, account, region, what });
            };
            if protected(first, scope) && protected(last, scope) && !subject.protected {
                gap("is not protected".to_owned());
            }
            let before = trouble.insert(scope, subject.trouble).unwrap_or_default();
            if subject.trouble > before {
                gap(format!("cannot call models: {}", subject.why));
            }
        }
    }
    gaps
}

fn subjects(entry: &Value) -> Subjects {
    let scopes = entry["scopes"].as_array().expect("a list of scopes");
    let subject = |scope: &Value| {
        let inference = text(&scope["inference"]);
        let trouble = ["ok", "denied", "invalid"].iter().position(|known| *known == inference).expect("a known word");
        let protected = !scope["enforced"].as_array().expect("a list").is_empty();
        let why = format!("{inference}: {}", text(&scope["why"]));
        ((text(&scope["account"]), text(&scope["region"])), Subject { protected, trouble, why })
    };
    scopes.iter().map(subject).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Entries of two accounts, each given as `enforced` and `inference`.
    fn timeline(entries: &[[(bool, &str); 2]]) -> Value {
        let scope = |account: usize, (protected, inference): (bool, &str)| {
            let enforced = if protected { json!([{"level": "ACCOUNT"}]) } else { json!([]) };
            json!({"account": account.to_string(), "region": "r", "enforced": enforced, "inference": inference, "why": null})
        };
        let entry = |(seq, scopes): (usize, &[(bool, &str); 2])| {
            let scopes: Vec<Value> = scopes.iter().enumerate().map(|(account, told)| scope(account, *told)).collect();
            json!({"seq": seq + 1, "cause": {"operation": "Put", "region": "r"}, "scopes": scopes})
        };
        entries.iter().enumerate().map(entry).collect()
    }

    #[test]
    fn who_is_protected_before_and_after_must_be_so_between() {
        const ON: (bool, &str) = (true, "ok");
        const OFF: (bool, &str) = (false, "ok");
        for (entries, want) in [
            (&[[ON, ON], [ON, ON]][..], 0),
            (&[[ON, ON], [OFF, ON], [ON, ON]], 1),
            (&[[ON, ON], [OFF, OFF], [OFF, ON], [ON, ON]], 3),
            (&[[ON, OFF], [OFF, ON], [OFF, OFF]], 0),
        ] {
            let gaps = gaps(&timeline(entries));
            assert_eq!(gaps.len(), want, "{entries:?} {gaps:?}");
        }
    }

    #[test]
    fn who_could_call_models_must_go_on_being_able_to() {
        const DENIED: (bool, &str) = (true, "denied");
        const INVALID: (bool, &str) = (true, "invalid");
        const OK: (bool, &str) = (true, "ok");
        for (entries, want) in [
            (&[[OK, DENIED], [OK, DENIED], [OK, OK]][..], 0),
            (&[[OK, DENIED], [DENIED, INVALID], [OK, OK]], 2),
            (&[[OK, INVALID], [OK, DENIED], [OK, INVALID]], 1),
            (&[[OK, OK], [OK, OK], [OK, DENIED]], 1),
        ] {
            let gaps = gaps(&timeline(entries));
            assert_eq!(gaps.len(), want, "{entries:?} {gaps:?}");
        }
    }

    #[test]
    fn a_gap_says_when_where_and_why() {
        let gaps = gaps(&timeline(&[
            [(true, "ok"), (true, "ok")],
            [(false, "denied"), (true, "ok")],
            [(true, "ok"), (true, "ok")],
        ]));
        let said: Vec<String> = gaps.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "entry 2, after Put in r: 0 in r is not protected",
                "entry 2, after Put in r: 0 in r cannot call models: denied: "
            ]
        );
    }
}
