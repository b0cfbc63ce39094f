//! The identity policies of a role: those of its own, and those that are attached to it.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::{GET, default_document, document, get};
use crate::aws::{AwsError, ReadCx};
use crate::explain::Role;
use crate::kinds::iam_policy::name_of_arn;
use crate::kinds::iam_policy_attachment::aws::of_role;
use crate::model::{Document, RemoteId, Scope};

const LIST_INLINE: &str = "iam:ListRolePolicies";
const GET_INLINE: &str = "iam:GetRolePolicy";

/// The policies of a role. AWS's own are named and not read.
///
/// # Errors
/// The role does not exist, or which policies it has could not be read; of one that could not be read that is told with it.
pub(crate) async fn identity(cx: &ReadCx<'_>, scope: &Scope, role: &str) -> Result<Role, AwsError> {
    cx.clients.enter(scope).await?;
    let (inline, attached) = futures::try_join!(inline(cx, scope, role), of_role(cx, scope, role))?;
    let (of_aws, own): (Vec<RemoteId>, Vec<RemoteId>) =
        attached.into_iter().partition(|arn| arn.as_str().split(':').nth(4) == Some("aws"));
    let of_aws = of_aws.iter().map(|arn| name_of_arn(arn.as_str()).to_owned()).collect();
    // One of its own and one that is attached may have the same name, and both count.
    let names: BTreeSet<&str> = own.iter().map(|arn| name_of_arn(arn.as_str())).collect();
    let known_as =
        |name: &String| if names.contains(name.as_str()) { format!("{name} (inline)") } else { name.clone() };
    let inline = inline.iter().map(|name| {
        let known = known_as(name);
        async move { (known, of_inline(cx, scope, role, name).await) }
    });
    let own =
        own.iter().map(|arn| async move { (name_of_arn(arn.as_str()).to_owned(), managed(cx, scope, arn).await) });
    let (inline, own) = futures::join!(join_all(inline), join_all(own));
    let said = inline.into_iter().chain(own);
    let policies = said.map(|(name, document)| (name, document.map_err(|error| error.cause()))).collect();
    Ok(Role { policies, of_aws })
}

async fn inline(cx: &ReadCx<'_>, scope: &Scope, role: &str) -> Result<Vec<String>, AwsError> {
    let (mut names, mut marker) = (Vec::new(), None);
    loop {
        let request = cx.clients.iam(scope).list_role_policies().role_name(role).set_marker(marker);
        let page = cx.call(LIST_INLINE, role, request.send()).await?;
        names.extend(page.policy_names);
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            return Ok(names);
        }
    }
}

async fn of_inline(cx: &ReadCx<'_>, scope: &Scope, role: &str, name: &str) -> Result<Document, AwsError> {
    let request = cx.clients.iam(scope).get_role_policy().role_name(role).policy_name(name);
    let answer = cx.call(GET_INLINE, name, request.send()).await?;
    document(answer.policy_document()).map_err(|what| AwsError::unreadable(GET_INLINE, name, what))
}

async fn managed(cx: &ReadCx<'_>, scope: &Scope, arn: &RemoteId) -> Result<Document, AwsError> {
    let policy = get(cx, scope, arn.as_str()).await?;
    if policy.arn() != Some(arn.as_str()) {
        return Err(AwsError::unreadable(GET, arn.as_str(), "the answer is about another policy"));
    }
    default_document(cx, scope, arn.as_str(), &policy).await
}
