//! Bedrock changes guardrails in its own time (202): what it takes until a change is done.

use std::time::Duration;

use aws_sdk_bedrock::operation::get_guardrail::GetGuardrailOutput;

use super::get;
use crate::aws::{ApplyError, AwsError, Class, WriteCx};
use crate::model::Scope;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kinds) enum Settle {
    /// Something just made, which may be unknown for a while. If it stays unknown for longer than this, it was made and
    /// deleted before, and the create was a repeat that Bedrock ignored.
    Created { unknown_for: Duration },
    /// Something that exists.
    Changed,
}

/// `READY` is believed when it is seen twice in a row: the first may be of before the change (Terraform's rule).
const TWICE: u32 = 2;

/// Waits until a draft or version is `READY`; `None` if the create turns out to be a repeat of one long undone.
///
/// # Errors
/// It ends as `FAILED`, or is not `READY` in time.
pub(in crate::kinds) async fn settled(
    cx: &WriteCx<'_>,
    scope: &Scope,
    arn: &str,
    version: &str,
    settle: Settle,
) -> Result<Option<GetGuardrailOutput>, ApplyError> {
    let object = || format!("{arn}:{version}");
    let mut pace = cx.run.wait.pace(arn);
    let mut ready = 0;
    loop {
        let last = match get(&cx.read, scope, arn, version).await {
            Ok(answer) => {
                let status = answer.status().as_str().to_owned();
                match status.as_str() {
                    "READY" => {
                        ready += 1;
                        if ready == TWICE {
                            return Ok(Some(answer));
                        }
                    }
                    super::FAILED => {
                        return Err(ApplyError::Failed {
                            object: object(),
                            reasons: answer.status_reasons().to_vec(),
                            recommendations: answer.failure_recommendations().to_vec(),
                        });
                    }
                    "CREATING" | "UPDATING" | "VERSIONING" => ready = 0,
                    "DELETING" => {
                        return Err(ApplyError::Moved { object: object(), found: "it is being deleted".to_owned() });
                    }
                    other => {
                        let what = format!("status `{other}` is not known to this release");
                        return Err(AwsError::unreadable("bedrock:GetGuardrail", arn, what).into());
                    }
                }
                status
            }
            Err(error) => match settle {
                Settle::Created { unknown_for } if error.class == Class::NotFound => {
                    if pace.elapsed() >= unknown_for {
                        return Ok(None);
                    }
                    ready = 0;
                    "not found".to_owned()
                }
                _ => return Err(error.into()),
            },
        };
        if !pace.rest(cx.run.wait.deadlines.ready).await {
            let seconds = pace.elapsed().as_secs();
            return Err(ApplyError::Late { object: object(), awaited: "READY", seconds, last });
        }
    }
}

/// Deletes a guardrail with all its versions, or one version, and waits until it is gone. What is gone already is done.
pub(in crate::kinds) async fn delete(
    cx: &WriteCx<'_>,
    scope: &Scope,
    arn: &str,
    version: Option<&str>,
) -> Result<(), ApplyError> {
    let bedrock = cx.read.clients.bedrock(scope);
    let request = bedrock.delete_guardrail().guardrail_identifier(arn);
    let request = request.set_guardrail_version(version.map(str::to_owned));
    match cx.insist("bedrock:DeleteGuardrail", arn, || request.clone().send()).await {
        Ok(_) => {}
        Err(error) if error.class == Class::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let version = version.unwrap_or(super::DRAFT);
    let mut pace = cx.run.wait.pace(arn);
    loop {
        let last = match get(&cx.read, scope, arn, version).await {
            Ok(answer) => answer.status().as_str().to_owned(),
            Err(error) if error.class == Class::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if !pace.rest(cx.run.wait.deadlines.ready).await {
            let (object, seconds) = (format!("{arn}:{version}"), pace.elapsed().as_secs());
            return Err(ApplyError::Late { object, awaited: "gone", seconds, last });
        }
    }
}
