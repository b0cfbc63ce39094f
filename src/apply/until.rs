//! Before something is taken away, what the plan counts on is looked for in AWS, as long as that takes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures::future::try_join_all;

use super::{ActionError, Happened};
use crate::aws::{ApplyError, Named, WriteCx, read};
use crate::kinds::{Kind, Model, account_enforcement};
use crate::model::{AccountId, Ref, Region, RemoteId, Scope};
use crate::plan::{Action, Until};

/// What the plan counts on has not come about, so nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{} after {seconds} s: {what}; nothing was changed here", if *interrupted { "interrupted" } else { "AWS does not show what must come first" })]
pub struct Unsettled {
    /// What is still missing.
    pub what: String,
    /// How long it was waited for.
    pub seconds: u64,
    /// Whether the wait was cut short.
    pub interrupted: bool,
}

/// Waits until AWS shows everything that must be so before `action`; `say` is told once if that takes a wait.
///
/// # Errors
/// A read that failed, or what is still missing after the deadline for propagation.
pub(super) async fn settle(
    cx: &WriteCx<'_>,
    action: &Action,
    interrupted: &AtomicBool,
    say: impl FnOnce(Happened),
) -> Result<(), ActionError> {
    let deadline = cx.run.wait.deadlines.propagation;
    let mut say = Some(say);
    let mut pace = cx.run.wait.pace(&action.address.to_string());
    let mut open: Vec<&Until> = action.until.iter().collect();
    loop {
        let since = Instant::now();
        let found = try_join_all(open.iter().map(|until| missing(cx, until, since))).await.map_err(ApplyError::from)?;
        let mut found = found.into_iter();
        let mut first = None;
        open.retain(|_| {
            let missing = found.next().flatten();
            let stays = missing.is_some();
            first = first.take().or(missing);
            stays
        });
        let Some(what) = first else { return Ok(()) };
        if let Some(say) = say.take() {
            say(Happened::Waiting { what: what.clone(), at_most: deadline.as_secs() });
        }
        if interrupted.load(Ordering::Relaxed) || !pace.rest(deadline).await {
            let interrupted = interrupted.load(Ordering::Relaxed);
            return Err(Unsettled { what, seconds: pace.elapsed().as_secs(), interrupted }.into());
        }
    }
}

/// What of this is not so yet, in words; `None` where nothing is missing.
async fn missing(cx: &WriteCx<'_>, until: &Until, since: Instant) -> Result<Option<String>, crate::aws::AwsError> {
    match until {
        Until::Protected { account, region, by } => {
            let named = cx.run.effective.of(&cx.read, account, since).await?;
            Ok(unprotected(cx, account, region, by, &named))
        }
        Until::Released { id, accounts, places } => {
            let policies = accounts.iter().map(|account| async move {
                let named = cx.run.effective.of(&cx.read, account, since).await?;
                let still = named.values().flatten().find(|version| concerns(version, id)).cloned();
                Ok(still.map(|version| format!("the effective policy of {account} still names {version}")))
            });
            let enforced = places.iter().map(|place| enforces(cx, place, id, since));
            let (policies, enforced) = futures::try_join!(try_join_all(policies), try_join_all(enforced))?;
            Ok(policies.into_iter().chain(enforced).flatten().next())
        }
    }
}

fn unprotected(cx: &WriteCx<'_>, account: &AccountId, region: &Region, by: &[Ref], named: &Named) -> Option<String> {
    let none = BTreeSet::new();
    let found = named.get(region).unwrap_or(&none);
    let wanted: Vec<RemoteId> = by.iter().filter_map(|version| cx.run.ids.resolve(version).ok()).collect();
    if wanted.iter().any(|version| found.contains(version)) {
        return None;
    }
    let list = |ids: &mut dyn Iterator<Item = &RemoteId>| ids.map(RemoteId::as_str).collect::<Vec<_>>().join(" or ");
    let has = if found.is_empty() { "nothing".to_owned() } else { list(&mut found.iter()) };
    Some(format!("the effective policy of {account} in {region} names {has}, and not yet {}", list(&mut wanted.iter())))
}

async fn enforces(
    cx: &WriteCx<'_>,
    place: &Scope,
    id: &RemoteId,
    since: Instant,
) -> Result<Option<String>, crate::aws::AwsError> {
    let any = RemoteId::new(account_enforcement::NAME);
    let read = || async {
        let found = read(Kind::AccountEnforcement, &cx.read, place, &any).await?.and_then(|raw| raw.model);
        Ok::<_, crate::aws::AwsError>(match found {
            Some(Model::AccountEnforcement(model)) => Some(RemoteId::new(model.version.to_string())),
            _ => None,
        })
    };
    let version = cx.run.enforced.of(place, since, read).await?;
    let still = version.filter(|version| concerns(version, id));
    Ok(still.map(|version| format!("the enforced configuration of {place} still names {version}")))
}

/// Whether `named` is this version, or a version of this guardrail.
fn concerns(named: &RemoteId, id: &RemoteId) -> bool {
    named == id || named.as_str().strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with(':'))
}
