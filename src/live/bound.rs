//! What binds the model calls of an account to a guardrail, where the spec does not look, and the account is to lose the
//! permission to apply it.

use crate::aws::{ReadCx, Survey, list};
use crate::kinds::Kind;
use crate::model::{AccountId, Readings, Scope, Unread};

/// The enforced configuration of one place.
pub(super) async fn by_enforcement(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope) -> Readings {
    let kind = Kind::AccountEnforcement;
    let mut found = Readings::default();
    match list(kind, cx, survey, scope, &found).await {
        Ok(listing) => found.items = listing.items,
        // Where there is no Bedrock, nothing can be enforced.
        Err(error) if cx.clients.is_unavailable(scope.region.as_ref(), &error) => {}
        Err(error) => {
            found.unread.push(Unread { kind, scope: scope.clone(), id: None, why: error.reason() });
        }
    }
    found
}

/// The IAM policies of ours in one account, and to which roles they are attached.
pub(super) async fn by_identity(cx: &ReadCx<'_>, survey: &Survey, account: &AccountId) -> Readings {
    let scope = Scope::global(account.clone());
    let mut found = Readings::default();
    // The second is known by the first.
    for kind in [Kind::IamPolicy, Kind::IamPolicyAttachment] {
        match list(kind, cx, survey, &scope, &found).await {
            Ok(listing) => {
                found.items.extend(listing.items);
                found.unread.extend(listing.unread);
            }
            Err(error) => {
                found.unread.push(Unread { kind, scope, id: None, why: error.reason() });
                return found;
            }
        }
    }
    found
}
