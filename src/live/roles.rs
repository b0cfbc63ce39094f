//! The roles to which the spec attaches policies: whether they exist, and what they have already. One call for each.

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::aws::{Class, ReadCx, Survey};
use crate::model::{Scope, SeenRole};

/// Looks at each; what is refused is told, and is no blind spot: the attachments themselves are read from the policies.
pub(super) async fn look(cx: &ReadCx<'_>, survey: &Survey) -> BTreeMap<(Scope, String), SeenRole> {
    let looks = survey.roles.iter().map(|(scope, role)| async {
        let seen = match crate::kinds::iam_policy_attachment::aws::of_role(cx, scope, role).await {
            Ok(policies) => SeenRole::Has(policies),
            Err(error) if error.class == Class::NotFound => SeenRole::Absent,
            // The request id differs in every run, and a plan must not.
            Err(error) => SeenRole::Unseen(error.cause()),
        };
        ((scope.clone(), role.clone()), seen)
    });
    join_all(looks).await.into_iter().collect()
}
