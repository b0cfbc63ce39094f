//! `guardrail-version` in AWS. Versions are seen with their guardrail; their content is read where somebody needs it.

use std::time::Duration;

use aws_sdk_bedrock::operation::get_guardrail::GetGuardrailOutput;
use aws_sdk_bedrock::types::GuardrailSummary;

use super::{GuardrailVersion, Model, Release};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx, token};
use crate::kinds::Kind;
use crate::kinds::guardrail::Content;
use crate::kinds::guardrail::aws::{self as guardrail, DRAFT, FAILED, Settle, settled};
use crate::model::{Digest, Evidence, Marker, Raw, Readings, Ref, RemoteId, Scope, Standing};
use crate::plan::Action;

const CREATE: &str = "bedrock:CreateGuardrailVersion";

impl Remote for GuardrailVersion {
    const PLACE: Place = Place::Region;
    const SHOWN_BY: Option<Kind> = Some(Kind::Guardrail);

    /// Nothing more: the guardrail's own listing shows its versions, since it needs the highest number.
    async fn list(_cx: &ReadCx<'_>, _survey: &Survey, _scope: &Scope, _so_far: &Readings) -> Result<Listing, AwsError> {
        Ok(Listing::default())
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        Ok(in_full(cx, scope, id).await?.map(|(raw, _)| raw))
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        match edit {
            Edit::Create { want } => publish(cx, action, want).await,
            Edit::Delete { id, .. } => {
                let (arn, number) = split(id)?;
                guardrail::delete(cx, &action.address.scope, arn, Some(number)).await?;
                Ok(id.clone())
            }
            Edit::Update { .. } => Err(ApplyError::Impossible(action.address.clone())),
        }
    }
}

/// A version, and what it holds; `None` where it does not exist.
pub(crate) async fn in_full(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<(Raw, Content)>, AwsError> {
    cx.clients.enter(scope).await?;
    let (arn, number) = split(id)?;
    let answer = match guardrail::get(cx, scope, arn, number).await {
        Ok(answer) => answer,
        Err(error) if error.class == Class::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let content = guardrail::content(id.as_str(), &answer)?;
    let (words, marker) = Marker::read(answer.description().unwrap_or_default());
    let release = marker.as_ref().and_then(|marker| marker.key.clone()).map_or(Release::Implicit, Release::Named);
    let model = Model {
        guardrail: Ref::Foreign(RemoteId::new(arn)),
        release,
        content: Some(content.digest()),
        description: Some(words.to_owned()).filter(|words| !words.is_empty()),
    };
    let raw = Raw {
        kind: Kind::GuardrailVersion,
        scope: scope.clone(),
        id: id.clone(),
        name: number.to_owned(),
        evidence: Evidence::Version { of: RemoteId::new(arn), marker },
        model: Some(model.into()),
        standing: guardrail::standing(&answer, &content),
        profile: content.cross_region_profile.clone(),
        fact: String::new(),
        changed_at: Some(answer.created_at().to_string()),
    };
    Ok(Some((raw, content)))
}

/// A row of a guardrail's versions, its content unread. `None` for the draft, and for what failed to become a version:
/// nothing can be enforced with it, so it must not stand for one.
pub(in crate::kinds) fn seen(scope: &Scope, arn: &str, row: &GuardrailSummary) -> Option<Raw> {
    let number = row.version();
    (number != DRAFT && row.status().as_str() != FAILED).then(|| Raw {
        kind: Kind::GuardrailVersion,
        scope: scope.clone(),
        id: id(arn, number),
        name: number.to_owned(),
        evidence: Evidence::Version {
            of: RemoteId::new(arn),
            marker: Marker::read(row.description().unwrap_or_default()).1,
        },
        model: None,
        profile: guardrail::profile_of(row),
        standing: Standing { status: Some(row.status().as_str().to_owned()), ..Standing::default() },
        fact: String::new(),
        changed_at: Some(row.created_at().to_string()),
    })
}

/// The highest version number, 0 where there is none.
pub(in crate::kinds) fn highest(rows: &[GuardrailSummary]) -> u32 {
    rows.iter().filter_map(|row| row.version().parse().ok()).max().unwrap_or(0)
}

fn id(arn: &str, number: &str) -> RemoteId {
    RemoteId::new(format!("{arn}:{number}"))
}

/// The guardrail's ARN and the number in a version's id.
pub(crate) fn split(id: &RemoteId) -> Result<(&str, &str), AwsError> {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    id.as_str()
        .rsplit_once(':')
        .filter(|(_, version)| number(version))
        .ok_or_else(|| AwsError::unreadable("bedrock:GetGuardrail", id.as_str(), "the id names no version"))
}

/// How many deeds that were undone again are looked at before a new one; a guardrail has few versions at once.
const UNDONE: usize = 100;

/// Publishes the draft, if it is what is wanted; and makes sure that this is what was published.
async fn publish(cx: &WriteCx<'_>, action: &Action, want: &Model) -> Result<RemoteId, ApplyError> {
    let impossible = || ApplyError::Impossible(action.address.clone());
    let scope = &action.address.scope;
    let wanted = want.content.as_ref().ok_or_else(impossible)?;
    let description = want.described().ok_or_else(impossible)?;
    let guardrail = cx.run.ids.resolve(&want.guardrail)?;
    let arn = guardrail.as_str();
    // The draft may be as new as its version.
    let new = Settle::Created { unknown_for: cx.run.wait.deadlines.visible };
    let gone = || ApplyError::Moved { object: guardrail.to_string(), found: "it does not exist".to_owned() };
    let draft = settled(cx, scope, arn, DRAFT, new).await?.ok_or_else(gone)?;
    expect(arn, DRAFT, &guardrail::content(arn, &draft)?.digest(), wanted)?;
    let bedrock = cx.read.clients.bedrock(scope);
    let mut fact = fact(&draft, action);
    for undone in 0..UNDONE {
        // AWS does not say when the version was made.
        let unknown_for = cx.run.wait.deadlines.unknown(undone, Duration::ZERO);
        let token = token(CREATE, &action.address, &(arn, &description), &fact);
        let request = bedrock.create_guardrail_version().guardrail_identifier(arn);
        let request = request.description(&description).client_request_token(token);
        let answer = cx.insist(CREATE, arn, || request.clone().send()).await?;
        let number = answer.version();
        if number.parse::<u32>().is_err() {
            return Err(AwsError::unreadable(CREATE, arn, "the answer has no version number").into());
        }
        let published = match settled(cx, scope, arn, number, Settle::Created { unknown_for }).await {
            Ok(Some(published)) => {
                let found = guardrail::content(arn, &published)?.digest();
                Some(expect(arn, number, &found, wanted))
            }
            Ok(None) => None,
            Err(error @ ApplyError::Failed { .. }) => Some(Err(error)),
            Err(error) => return Err(error),
        };
        match published {
            Some(Ok(())) => return Ok(id(arn, number)),
            Some(Err(error)) => {
                // Nothing points at it yet, and left in place it would keep the name from the content it means. If it does
                // not go, what it holds is read before anything may point at it.
                let request = bedrock.delete_guardrail().guardrail_identifier(arn).guardrail_version(number);
                let _ = cx.read.call("bedrock:DeleteGuardrail", arn, request.send()).await;
                return Err(error);
            }
            None => {}
        }
        // This number was published and deleted before: Bedrock ignored a repeat.
        fact = format!("{fact}|{number}");
    }
    Err(ApplyError::Moved {
        object: guardrail.to_string(),
        found: format!("the version was published and deleted {UNDONE} times before"),
    })
}

/// What makes this publishing new: the draft as it is now, and the highest number when the plan was made. A run that made or
/// changed the draft and died, and the rerun that finds it so, then send one token, in whatever order the two arrive.
fn fact(draft: &GetGuardrailOutput, action: &Action) -> String {
    let highest = action.fact.rsplit_once('|').map_or("0", |(_, highest)| highest);
    format!("{}|{highest}", draft.updated_at())
}

fn expect(arn: &str, version: &str, found: &Digest, wanted: &Digest) -> Result<(), ApplyError> {
    if found == wanted {
        return Ok(());
    }
    Err(ApplyError::OtherContent { version: format!("{arn}:{version}"), found: found.clone(), wanted: wanted.clone() })
}
