//! The policies of the organization as they are written, whoever owns them: what is absent leaves a setting to the policies
//! further up, which the normal form of a document does not tell.

use futures::future::join_all;

use super::{describe, rows};
use crate::aws::{AwsError, ReadCx};
use crate::explain::Policy;
use crate::kinds::org_policy_attachment::aws::targets;
use crate::kinds::org_policy_type::PolicyType;
use crate::model::RemoteId;

/// Every policy of the type with what it is attached to; AWS's own are left out. Two calls for each.
///
/// # Errors
/// The failure that hides which policies there are; one that hides a single policy is told with it.
pub(crate) async fn written(cx: &ReadCx<'_>, policy_type: PolicyType) -> Result<Vec<(RemoteId, Policy)>, AwsError> {
    let rows = rows(cx, policy_type).await?;
    let named = rows.iter().filter_map(|row| Some((row.id()?, row.name()?)));
    let reads = named.map(|(id, name)| async move {
        let (policy, targets) = futures::join!(describe(cx, id), targets(cx, id));
        let policy = Policy {
            name: name.to_owned(),
            policy_type,
            // The request id differs in every run, and an explanation must not.
            document: policy.map(|policy| policy.document).map_err(|error| error.cause()),
            targets: targets.map(|targets| targets.into_iter().collect()).map_err(|error| error.cause()),
        };
        (RemoteId::new(id), policy)
    });
    Ok(join_all(reads).await)
}
