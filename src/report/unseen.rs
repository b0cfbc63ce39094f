//! What could not be read, brought together: an account that could not be entered is one place, and accounts that refuse for
//! one reason stand together.

use std::collections::{BTreeMap, BTreeSet};

use super::clean;
use super::fold::Places;
use crate::model::{AccountId, Blind, Silence, Unavailable};
use crate::plan::Plan;

/// Places that were not seen for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unseen {
    /// Patterns of addresses, or ids of accounts of which nothing was seen. Clean.
    pub(crate) places: Vec<String>,
    /// AWS's code and message; `*` stands for the account where these are several, and a request id only where one is meant.
    pub(crate) why: String,
}

/// Places that the scan saw nothing of, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// How many they are: `2 Regions in 3 accounts`.
    pub(crate) counted: String,
    /// Which. Clean.
    pub(crate) named: String,
    /// What kind of reason.
    pub(crate) silence: Silence,
    /// AWS's code and message.
    pub(crate) why: String,
}

/// The kinds of which nothing is seen in a scope that is closed altogether; fewer are told by name.
const CLOSED: usize = 3;

/// The blind spots of a plan.
pub(crate) fn unseen(plan: &Plan) -> Vec<Unseen> {
    let mut reasons: BTreeMap<String, Vec<&Blind>> = BTreeMap::new();
    for blind in &plan.blind {
        reasons.entry(general(&blind.why, &blind.scope.account)).or_default().push(blind);
    }
    reasons.into_values().map(|blinds| Unseen { why: why(&blinds), places: places(&blinds) }).collect()
}

/// How many places those are.
pub(crate) fn count(plan: &Plan) -> usize {
    unseen(plan).iter().map(|unseen| unseen.places.len()).sum()
}

/// The scopes that only the scan looks at and that show nothing, those that are not enabled together and the others by AWS's
/// reason: of an account that refuses everything its id alone.
pub(crate) fn refused(refusals: &[Unavailable]) -> Vec<Refused> {
    let mut reasons: BTreeMap<(Silence, String), Vec<&Unavailable>> = BTreeMap::new();
    for refusal in refusals {
        let why = match refusal.silence {
            Silence::NotEnabled => String::new(),
            Silence::Refused => general(&refusal.why, &refusal.scope.account),
        };
        reasons.entry((refusal.silence, why)).or_default().push(refusal);
    }
    let sentence = |((silence, general), refusals): ((Silence, String), Vec<&Unavailable>)| {
        let places = Places::of(refusals.iter().map(|refusal| &refusal.scope));
        let why =
            if places.in_one_account() { refusals.first().map_or(general, |one| one.why.clone()) } else { general };
        let (counted, named) = places.told();
        Refused { counted, named: clean::line(&named), silence, why }
    };
    reasons.into_iter().map(sentence).collect()
}

/// The reason without what differs from account to account and from call to call.
pub(crate) fn general(why: &str, account: &AccountId) -> String {
    cause(why).replace(account.as_str(), "*")
}

/// The reason without the id of the request, which differs from call to call.
fn cause(why: &str) -> String {
    match why.split_once(" (request ") {
        Some((cause, rest)) => cause.to_owned() + rest.split_once(')').map_or("", |(_, rest)| rest),
        None => why.to_owned(),
    }
}

/// The reason as AWS gave it where one call was refused, else what all have in common.
fn why(blinds: &[&Blind]) -> String {
    let Some(first) = blinds.first() else { return String::new() };
    let one_account = blinds.iter().all(|blind| blind.scope.account == first.scope.account);
    let same = blinds.iter().all(|blind| blind.why == first.why);
    match (same, one_account) {
        (true, _) => first.why.clone(),
        (false, true) => cause(&first.why),
        (false, false) => general(&first.why, &first.scope.account),
    }
}

fn places(blinds: &[&Blind]) -> Vec<String> {
    let mut accounts: BTreeMap<&AccountId, Vec<&Blind>> = BTreeMap::new();
    for blind in blinds {
        accounts.entry(&blind.scope.account).or_default().push(blind);
    }
    let mut places = Vec::new();
    for (account, blinds) in accounts {
        let everything: BTreeSet<_> =
            blinds.iter().filter(|blind| blind.name.is_none()).map(|blind| blind.kind).collect();
        if everything.len() > CLOSED && blinds.iter().all(|blind| blind.name.is_none()) {
            places.push(format!("account {account}"));
        } else {
            places.extend(blinds.iter().map(|blind| place(blind)));
        }
    }
    places.into_iter().map(|place| clean::line(&place)).collect()
}

/// Which resources a blind spot hides.
fn place(blind: &Blind) -> String {
    let name = blind.name.as_deref().unwrap_or("*");
    format!("{}/{}/{name}", blind.kind, blind.scope)
}
