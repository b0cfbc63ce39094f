//! What the policies of the organization come to, as AWS says: one call for each account, and the pages of those whose effective
//! policy is invalid.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::Value;

use super::Examined;
use crate::aws::{effective_policy, invalid_accounts};
use crate::checks::{Check, Outcome, What};
use crate::drift::Settings;
use crate::kinds::guardrail_version::guardrail_of;
use crate::kinds::org_policy::in_effect::{InEffect, in_effect};
use crate::live::tells_nobody_but_home;
use crate::model::{AccountId, RemoteId, Scope};
use crate::plan::{Enforced, Level, subjects};

/// The accounts that the policies of the spec reach, with what these come to there.
fn reached<'e>(examined: &'e Examined<'_>) -> BTreeMap<&'e AccountId, Vec<&'e Enforced>> {
    let mut accounts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in examined.enforced.iter().filter(|one| one.level == Level::Organization) {
        accounts.entry(&one.scope.account).or_default().push(one);
    }
    accounts
}

/// Whether the effective policy of each account is what the policies of the spec come to.
pub(super) async fn checks(examined: &Examined<'_>) -> Vec<Check> {
    let accounts = reached(examined).into_iter().map(async |(account, wanted)| {
        let probe = async || match effective_policy(&examined.cx, account).await {
            Ok(document) => compare(examined, account, &wanted, &document),
            Err(error) => {
                wanted.iter().map(|one| Check::new(What::EffectivePolicy, &one.scope, error.unseen())).collect()
            }
        };
        examined.patience.look(probe).await
    });
    join_all(accounts).await.into_iter().flatten().collect()
}

fn compare(examined: &Examined<'_>, account: &AccountId, wanted: &[&Enforced], document: &Value) -> Vec<Check> {
    let found = in_effect(document);
    let mut checks: Vec<Check> = wanted
        .iter()
        .map(|one| {
            let all = one.scope.region.as_ref().and_then(|region| found.get(region)).map_or(&[][..], Vec::as_slice);
            Check::new(What::EffectivePolicy, &one.scope, judge(examined, one, all))
        })
        .collect();
    let wanted: BTreeSet<_> = wanted.iter().filter_map(|one| one.scope.region.as_ref()).collect();
    for (region, all) in found.iter().filter(|(region, _)| !wanted.contains(region)) {
        let scope = Scope::regional(account.clone(), region.clone());
        let ours = |version: &RemoteId| {
            guardrail_of(version).is_some_and(|arn| examined.sides.live.names.address(&arn).is_some())
        };
        if let Some(left) = all.iter().find(|one| ours(&one.version)).filter(|_| examined.options.wants(&scope)) {
            let message = format!("{} is in effect, and no policy of the spec enforces it there", left.version);
            checks.push(Check::new(What::EffectivePolicy, &scope, Outcome::failed(message).fix("run `bedrail plan`")));
        }
    }
    checks
}

fn judge(examined: &Examined<'_>, one: &Enforced, found: &[InEffect]) -> Outcome {
    let versions = match examined.versions(one) {
        Ok(versions) => versions,
        Err(outcome) => return outcome,
    };
    let want = |version: &RemoteId| InEffect {
        version: version.clone(),
        guarding: one.guarding.clone(),
        models: one.models.clone(),
    };
    if versions.iter().any(|version| found.contains(&want(version))) {
        return Outcome::passed("what is in effect is what the policies of the spec come to");
    }
    let Some(wanted) = versions.last().map(want) else { return Outcome::failed("it names no version").for_good() };
    let (has, wants) = Settings::told(found.first().map(Settings::of).as_ref(), &Settings::of(&wanted));
    if let Some(why) = examined.unapplied(&one.by) {
        let message = format!("AWS has {has} in effect, and the policies of the spec come to {wants}: {why}");
        return Outcome::failed(message).fix("apply the spec").for_good();
    }
    let others = others(examined, one);
    let by =
        if others.is_empty() { String::new() } else { format!("; {} speak of the Region, too", others.join(" and ")) };
    let fix = if others.is_empty() {
        "give AWS some more minutes, or run `bedrail drift`, which tells why"
    } else {
        "detach the policy that is named, or lock yours with `lock: true`"
    };
    Outcome::failed(format!("AWS has {has} in effect, and the policies of the spec come to {wants}{by}")).fix(fix)
}

/// The policies of others on the way to the account that speak of the Region.
fn others(examined: &Examined<'_>, one: &Enforced) -> Vec<String> {
    let Some(region) = &one.scope.region else { return Vec::new() };
    let subjects = subjects(&examined.sides.live, &examined.sides.facts);
    let found = subjects.iter().find(|subject| subject.accounts.contains(&one.scope.account));
    found.and_then(|subject| subject.others.get(region)).cloned().unwrap_or_default()
}

/// Whether AWS calls the effective policy of each account valid.
pub(super) async fn valid(examined: &Examined<'_>) -> Vec<Check> {
    let accounts = reached(examined);
    if accounts.is_empty() {
        return Vec::new();
    }
    let probe = async || {
        let invalid = invalid_accounts(&examined.cx).await;
        let judge = |account: &AccountId| {
            match &invalid {
            Ok(invalid) if !invalid.contains(account) => Outcome::passed("AWS calls it valid"),
            Ok(_) => Outcome::failed("AWS calls it invalid: what was in effect before stays, and no change of a policy gets through")
                .fix(format!(
                    "aws organizations list-effective-policy-validation-errors --policy-type BEDROCK_POLICY --account-id {account}"
                )),
            Err(error) if tells_nobody_but_home(&examined.sides.facts, error) => {
                Outcome::skipped("AWS tells the management account only")
            }
            Err(error) => error.unseen(),
        }
        };
        let check =
            |account: &&AccountId| Check::new(What::ValidPolicy, &Scope::global((*account).clone()), judge(account));
        accounts.keys().map(check).collect()
    };
    examined.patience.look(probe).await
}
