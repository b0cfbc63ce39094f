//! Whether what the spec enforces is in force: what AWS says and does, account by account and Region by Region, against what the
//! policies and enforcements of the spec come to.
//!
//! It changes nothing. AWS spreads changes with delays, so what is not as it must be yet is looked at again until the time is up.
//! Calls of models come last, and only where they are asked for, since they cost money.

mod bodies;
mod configurations;
mod effective;
mod invoked;
mod patience;
mod permitted;
mod simulated;
mod standing;
mod tried;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;

use crate::aws::{AwsError, CallLog, Class, Clients, ReadCx};
use crate::checks::{Check, Outcome, Report};
use crate::kinds::Model;
use crate::model::{AccountId, Address, Region, RemoteId, Scope};
use crate::plan::{Enforced, Requirement, enforced, requirements};
use crate::readiness::Controls;
use crate::reconcile::Sides;
use patience::Patience;

/// A text and a prompt that no guardrail should mind.
const HARMLESS: &str = "What is the capital of France?";

/// What to look at.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these accounts; `None` for all that are reached.
    pub accounts: Option<BTreeSet<AccountId>>,
    /// Only these Regions; `None` for all.
    pub regions: Option<BTreeSet<Region>>,
    /// How long AWS may take until all is as it must be.
    pub timeout: Duration,
    /// Whether models are called.
    pub invoke: Option<Invocation>,
    /// Set by somebody who wants to know what was found so far: from then on nothing is looked at again, and no model is called.
    pub interrupted: Arc<AtomicBool>,
}

impl Options {
    fn wants(&self, scope: &Scope) -> bool {
        let region = |regions: &BTreeSet<Region>| scope.region.as_ref().is_none_or(|region| regions.contains(region));
        self.has(&scope.account) && self.regions.as_ref().is_none_or(region)
    }

    fn has(&self, account: &AccountId) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(account))
    }
}

/// Calls of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The model of each Region, and under `None` that of every other: its id, that of an inference profile, or an ARN.
    pub models: BTreeMap<Option<Region>, String>,
    /// The role that is assumed in each account to call it; by default the caller in its own account, and in others the role that
    /// writes there.
    pub role: Option<String>,
}

impl Invocation {
    /// The model that is called in the Region of `scope`, if one is named for it.
    pub fn model(&self, scope: &Scope) -> Option<&str> {
        self.models.get(&scope.region).or_else(|| self.models.get(&None)).map(String::as_str)
    }
}

/// What is looked at, and with what.
struct Examined<'a> {
    cx: ReadCx<'a>,
    sides: &'a Sides,
    options: &'a Options,
    /// What the spec enforces in the places that are wanted.
    enforced: Vec<Enforced>,
    /// What denies calls without a guardrail in the accounts that are wanted.
    required: Vec<Requirement>,
    /// The service control policies above accounts, where they are asked for.
    controls: Controls<'a>,
    patience: Patience,
}

/// Looks at everything that `options` want. `sides` are those of the spec that was applied, read before. Where a change goes from
/// stage to stage, what it has reached is held against the new, and the rest against what was.
pub async fn verify(clients: &Clients, sides: &Sides, options: &Options) -> Report {
    let sides = &*sides.until_advanced();
    let log = CallLog::default();
    let mut enforced = enforced(&sides.desired, &sides.facts);
    enforced.retain(|one| options.wants(&one.scope));
    let mut required = requirements(&sides.desired, &sides.live.names, &sides.facts);
    for requirement in &mut required {
        requirement.accounts.retain(|account| options.has(account));
    }
    required.retain(|requirement| !requirement.accounts.is_empty());
    let patience = Patience::new(options.timeout, Arc::clone(&options.interrupted));
    let cx = clients.reading(&log);
    let controls = Controls::new(cx, &sides.facts);
    let examined = Examined { cx, sides, options, enforced, required, controls, patience };
    let all: [std::pin::Pin<Box<dyn Future<Output = Vec<Check>> + '_>>; 6] = [
        Box::pin(effective::checks(&examined)),
        Box::pin(effective::valid(&examined)),
        Box::pin(configurations::checks(&examined)),
        Box::pin(versions::checks(&examined)),
        Box::pin(permitted::checks(&examined)),
        Box::pin(simulated::checks(&examined)),
    ];
    let mut checks: Vec<Check> = join_all(all).await.into_iter().flatten().collect();
    let is_interrupted = options.interrupted.load(Ordering::Relaxed);
    if let Some(invocation) = options.invoke.as_ref().filter(|_| !is_interrupted) {
        checks.extend(Box::pin(invoked::checks(&examined, invocation)).await);
    }
    Report::of(checks, notes(&examined))
}

fn notes(examined: &Examined<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if examined.options.interrupted.load(Ordering::Relaxed) {
        notes.push("interrupted: what had failed by then was not looked at again".to_owned());
    }
    if examined.enforced.is_empty() && examined.required.is_empty() {
        notes.push(
            "the spec enforces no guardrail, and requires none, in the accounts and Regions that were looked at"
                .to_owned(),
        );
    } else if examined.options.invoke.is_none() {
        notes.push(
            "no model was called: `--invoke MODEL` proves it by what answers say of applied guardrails".to_owned(),
        );
    }
    notes
}

impl Examined<'_> {
    /// The versions that will do for what is enforced.
    ///
    /// # Errors
    /// Why there is none.
    fn versions(&self, one: &Enforced) -> Result<Vec<RemoteId>, Outcome> {
        let found = one.versions(&self.sides.live.names);
        let Some(address) = one.version.address().filter(|_| found.is_empty()) else { return Ok(found) };
        Err(match self.sides.live.blind.iter().find(|blind| blind.scope == address.scope) {
            Some(blind) => Outcome::unseen(format!("which version is meant could not be read: {}", blind.why)),
            None => Outcome::failed("the version is not published").fix("apply the spec").for_good(),
        })
    }

    /// Why a policy of the organization is not in force as the spec has it, by what was read before anything else: it is not there, is
    /// not attached, or says something else. No patience mends that.
    fn unapplied(&self, policy: &Address) -> Option<String> {
        let Sides { desired, .. } = self.sides;
        let of_policy = |address: &&Address| match desired.resources.get(*address).map(|wanted| &wanted.model) {
            Some(Model::OrgPolicyAttachment(model)) => model.policy.address() == Some(policy),
            _ => *address == policy,
        };
        desired.resources.keys().filter(of_policy).find_map(|address| self.unapplied_at(address))
    }

    /// The same of one resource.
    fn unapplied_at(&self, address: &Address) -> Option<String> {
        let Sides { desired, live, .. } = self.sides;
        let want = desired.resources.get(address).map(|wanted| &wanted.model);
        if live.blind_at(address).is_some() {
            return None;
        }
        let Some(found) = live.found.get(address) else { return Some(format!("{address} does not exist")) };
        let mut have = found.model.clone();
        have.align(want, &live.names);
        (!differs(&have, want).is_empty()).then(|| format!("{address} is not as the spec has it"))
    }

    /// How a check of a resource ends that failed: for good if the resource was not as the spec has it before anything was looked at.
    fn settled(&self, address: &Address, outcome: Outcome) -> Outcome {
        if self.unapplied_at(address).is_some() { outcome.for_good() } else { outcome }
    }

    /// How a check ends whose call failed for a reason that says nothing of what is checked; `None` where it does.
    fn beside_the_point(&self, scope: &Scope, error: &AwsError) -> Option<Outcome> {
        if self.cx.clients.is_unavailable(scope.region.as_ref(), error) {
            return Some(Outcome::skipped(format!("there is no Bedrock for this account: {}", error.cause())));
        }
        let about_it = matches!(error.class, Class::AccessDenied | Class::NotFound | Class::Refused)
            && !error.is_about_model_access();
        (!about_it || error.is_about_entering()).then(|| error.unseen())
    }
}

/// In which fields a policy is not as it is wanted, those left aside by which it does nothing: tags and descriptions.
fn differs(have: &Model, want: Option<&Model>) -> Vec<String> {
    let fields = Model::compare(Some(have), want);
    let counts = |path: &str| !matches!(path.split('.').next(), Some("tags" | "description" | "name"));
    fields.into_iter().map(|field| field.path).filter(|path| counts(path)).collect()
}

/// What a version is called in a report: its address's name, else its id.
fn named(one: &Enforced) -> String {
    match one.version.address() {
        Some(address) => address.name.clone(),
        None => one.version.to_string(),
    }
}
