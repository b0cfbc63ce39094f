//! Versions of others that the spec points at by ARN: whether they can be enforced, as far as that can be seen. Two calls
//! for each.

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::aws::{AwsError, ReadCx, Survey, read};
use crate::kinds::{Kind, Model};
use crate::model::{Pointed, Raw, RemoteId, Scope};

/// Looks at each; what is refused is told, and is no blind spot.
pub(super) async fn look(cx: &ReadCx<'_>, survey: &Survey) -> BTreeMap<RemoteId, Pointed> {
    let looks = survey.pointed.iter().map(|(scope, version)| look_at(cx, scope, version));
    join_all(looks).await.into_iter().collect()
}

async fn look_at(cx: &ReadCx<'_>, scope: &Scope, version: &RemoteId) -> (RemoteId, Pointed) {
    let guardrail = version.as_str().rsplit_once(':').map_or(version.as_str(), |(arn, _)| arn);
    let guardrail = RemoteId::new(guardrail);
    let (found, policy) = futures::join!(
        read(Kind::GuardrailVersion, cx, scope, version),
        read(Kind::ResourcePolicy, cx, scope, &guardrail),
    );
    let document = |raw: Raw| match raw.model {
        Some(Model::ResourcePolicy(model)) => Some(model.document),
        _ => None,
    };
    // The request id differs in every run, and a plan must not.
    let why = |error: AwsError| error.cause();
    let pointed = Pointed {
        version: found.map(|raw| raw.map(|raw| raw.standing)).map_err(why),
        policy: policy.map(|raw| raw.and_then(document)).map_err(why),
    };
    (version.clone(), pointed)
}
