//! The enforced configurations of accounts, as AWS has them.

use futures::future::join_all;

use super::Examined;
use crate::aws::read;
use crate::checks::{Check, Outcome, What};
use crate::kinds::account_enforcement::NAME;
use crate::kinds::{Kind, Model};
use crate::model::{Raw, RemoteId, Scope};
use crate::plan::{Enforced, Level};

/// Whether each is as the spec declares it.
pub(super) async fn checks(examined: &Examined<'_>) -> Vec<Check> {
    let declared = examined.enforced.iter().filter(|one| one.level == Level::Account);
    let looks = declared.map(async |one| {
        let check = |outcome: Outcome| vec![Check::new(What::EnforcedConfiguration, &one.scope, outcome)];
        if let Err(outcome) = examined.versions(one) {
            return check(outcome);
        }
        let probe = async || check(look(examined, one, &one.scope).await);
        examined.patience.look(probe).await
    });
    join_all(looks).await.into_iter().flatten().collect()
}

async fn look(examined: &Examined<'_>, one: &Enforced, scope: &Scope) -> Outcome {
    match read(Kind::AccountEnforcement, &examined.cx, scope, &RemoteId::new(NAME)).await {
        Ok(found) => judge(examined, one, found),
        Err(error) => examined.beside_the_point(scope, &error).unwrap_or_else(|| error.unseen()),
    }
}

fn judge(examined: &Examined<'_>, one: &Enforced, found: Option<Raw>) -> Outcome {
    let Some(mut have) = found.and_then(|raw| raw.model) else {
        return examined.settled(&one.by, Outcome::failed("nothing is enforced").fix("apply the spec"));
    };
    let want = examined.sides.desired.resources.get(&one.by).map(|wanted| &wanted.model);
    have.align(want, &examined.sides.live.names);
    let fields = Model::compare(Some(&have), want);
    if fields.is_empty() {
        return Outcome::passed("it is as the spec declares it");
    }
    let side =
        |value: &Option<serde_json::Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let told =
        fields.iter().map(|field| format!("{} is {} and not {}", field.path, side(&field.have), side(&field.want)));
    examined.settled(&one.by, Outcome::failed(told.collect::<Vec<_>>().join(", ")).fix("apply the spec"))
}
