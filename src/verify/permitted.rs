//! Whether accounts may apply what is enforced on them: each applies it to a text that means no harm.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::{Examined, HARMLESS, named};
use crate::aws::apply_guardrail;
use crate::checks::{Check, Outcome, What};
use crate::model::{RemoteId, Scope};

/// One call for each version in each place where it is enforced, as whoever reads there.
pub(super) async fn checks(examined: &Examined<'_>) -> Vec<Check> {
    let mut seen = BTreeSet::new();
    let wanted = examined.enforced.iter().filter(|one| seen.insert((&one.scope, one.version.clone())));
    let tries = wanted.map(async |one| {
        let check = |outcome: Outcome| vec![Check::new(What::ApplyGuardrail, &one.scope, outcome).about(named(one))];
        let version = match examined.versions(one) {
            Ok(versions) => versions.last().cloned(),
            Err(outcome) => return check(outcome),
        };
        let Some(version) = version else { return check(Outcome::failed("it names no version")) };
        let probe = async || check(applied(examined, &one.scope, &version).await);
        examined.patience.look(probe).await
    });
    join_all(tries).await.into_iter().flatten().collect()
}

async fn applied(examined: &Examined<'_>, scope: &Scope, version: &RemoteId) -> Outcome {
    let Err(error) = apply_guardrail(&examined.cx, scope, version, HARMLESS).await else {
        return Outcome::passed("whoever reads in the account may apply it");
    };
    examined.beside_the_point(scope, &error).unwrap_or_else(|| {
        let fix = "the role that reads there needs `bedrock:ApplyGuardrail` on it (`bedrail iam member-role --read`), and a resource \
                   policy must let the account in";
        Outcome::failed(format!("{} failed: {}", error.operation, error.reason())).fix(fix)
    })
}
