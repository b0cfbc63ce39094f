//! What is in force by the organization, as AWS says: one call for each distinct chain of nodes below a policy of ours, through
//! one active account, and the pages of the accounts whose effective policy is invalid. Nothing where no policy of ours is
//! attached. AWS works out what is in effect minutes after a policy changes, so what nothing explains is looked at again.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::future::{join, join_all};
use serde_json::Value;

use crate::aws::{AwsError, CallLog, Clients, ReadCx, effective_policy, invalid_accounts};
use crate::drift::{Beside, codes, compare};
use crate::kinds::Kind;
use crate::model::{AccountId, Blind, Facts, Live, Scope};
use crate::plan::{Subject, Warning, subjects};

/// How long to rest before another look.
const REST: Duration = Duration::from_secs(1);

/// What drift knows beside a plan. A read that fails is a blind spot. What is in effect and differs, although no policy of others
/// speaks of its Region, is read again for as long as `patience` lasts, until it agrees.
pub async fn beside(clients: &Clients, live: &Live, facts: &Facts, patience: Duration) -> Beside {
    let unread = live.blind.iter().any(|blind| matches!(blind.kind, Kind::OrgPolicy | Kind::OrgPolicyAttachment));
    let mut beside = Beside { updated_by: live.updated_by.clone(), all_seen: !unread, ..Beside::default() };
    let subjects = subjects(live, facts);
    if subjects.is_empty() {
        return beside;
    }
    let log = CallLog::default();
    let cx = clients.reading(&log);
    let (documents, invalid) = join(documents(&cx, &subjects), invalid_accounts(&cx)).await;
    let mut read = Vec::new();
    for (account, document) in documents {
        match document {
            Ok(document) => read.push(Some(document)),
            Err(error) => {
                read.push(None);
                beside.all_seen = false;
                beside.blind.push(unseen(facts, format!("effective-policy:{account}"), &error));
            }
        }
    }
    let invalid = invalid.unwrap_or_else(|error| {
        // That is a fact about who calls, as long as AWS says no to a delegate.
        if tells_nobody_but_home(facts, &error) {
            let message = format!(
                "whether the effective policies of accounts are valid AWS tells account {} only, and not {}",
                facts.home(),
                facts.caller.account
            );
            beside.warnings.push(Warning { code: codes::NOT_TOLD.id(), message, address: None });
        } else {
            beside.blind.push(unseen(facts, "effective-policy:invalid".to_owned(), &error));
        }
        BTreeSet::new()
    });
    let began = Instant::now();
    loop {
        (beside.shadowed, beside.invalid) = compare(&subjects, &read, &invalid);
        let lags = |subject: &Subject| {
            let unexplained = beside.shadowed.iter().filter(|one| one.others.is_empty());
            unexplained.into_iter().any(|one| subject.accounts.first() == one.accounts.first())
        };
        let late: Vec<usize> = (0..subjects.len()).filter(|at| lags(&subjects[*at])).collect();
        if late.is_empty() || began.elapsed() >= patience {
            return beside;
        }
        tokio::time::sleep(REST.min(patience)).await;
        for at in late {
            let Some(account) = subjects[at].accounts.first() else { continue };
            // What was read before stands where it cannot be read now.
            if let Ok(document) = effective_policy(&cx, account).await {
                read[at] = Some(document);
            }
        }
    }
}

/// Whether a failure to learn whose effective policies are invalid only says who calls.
pub fn tells_nobody_but_home(facts: &Facts, error: &AwsError) -> bool {
    facts.caller.account != *facts.home() && error.is("AccessDenied")
}

async fn documents<'s>(cx: &ReadCx<'_>, subjects: &'s [Subject]) -> Vec<(&'s AccountId, Result<Value, AwsError>)> {
    let first = subjects.iter().filter_map(|subject| subject.accounts.first());
    join_all(first.map(async |account| (account, effective_policy(cx, account).await))).await
}

fn unseen(facts: &Facts, name: String, error: &AwsError) -> Blind {
    let scope = Scope::global(facts.home().clone());
    Blind { kind: Kind::OrgPolicy, scope, name: Some(name), why: error.reason() }
}
