//! `guardrail` in AWS: the working draft, its tags, and the rows of its versions.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_bedrock::operation::get_guardrail::GetGuardrailOutput;
use aws_sdk_bedrock::types::{GuardrailSummary, Tag};
use futures::future::join_all;

use super::{Content, Guardrail, Model};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx, token};
use crate::kinds::Kind;
use crate::kinds::guardrail_version::aws as version;
use crate::model::{Evidence, FieldDiff, Raw, Readings, RemoteId, Scope, Standing, Tags, Unread, changed_tags};
use crate::plan::Action;

mod answer;
mod request;
mod rival;
mod settle;

pub(in crate::kinds) use settle::{Settle, delete, settled};

const LIST: &str = "bedrock:ListGuardrails";
const GET: &str = "bedrock:GetGuardrail";
const LIST_TAGS: &str = "bedrock:ListTagsForResource";
/// The status of what counts as gone.
const DELETING: &str = "DELETING";
/// The status of a change that did not come to its end.
pub(in crate::kinds) const FAILED: &str = "FAILED";
/// The version that is the working draft.
pub(in crate::kinds) const DRAFT: &str = "DRAFT";

impl Remote for Guardrail {
    const PLACE: Place = Place::Region;
    const SHOWN_BY: Option<Kind> = None;

    async fn list(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, _so_far: &Readings) -> Result<Listing, AwsError> {
        let rows = rows(cx, scope, None).await?;
        let listings = rows.iter().map(|row| look_at(cx, survey, scope, row));
        Ok(join_all(listings).await.into_iter().collect())
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        let answer = match get(cx, scope, id.as_str(), DRAFT).await {
            Ok(answer) if answer.status().as_str() == DELETING => return Ok(None),
            Ok(answer) => answer,
            Err(error) if error.class == Class::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let (tags, rows) = match futures::try_join!(tags(cx, scope, id.as_str()), rows(cx, scope, Some(id.as_str()))) {
            Ok(both) => both,
            // One place knows of it and another does not: it has just come, or just gone. Whoever waits asks again.
            Err(error) if error.class == Class::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let highest = version::highest(&rows).to_string();
        Ok(Some(raw(scope, id.as_str(), &answer, &Ok(tags), &highest)?))
    }

    /// AWS may take a second guardrail of one name, and one of our mark in any case.
    async fn namesake(cx: &ReadCx<'_>, scope: &Scope, want: &Model) -> Result<Option<Raw>, AwsError> {
        let rows = rows(cx, scope, None).await?;
        match rows.iter().find(|row| row.name() == want.name) {
            Some(row) => Self::read(cx, scope, &RemoteId::new(row.arn())).await,
            None => Ok(None),
        }
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        let scope = &action.address.scope;
        match edit {
            Edit::Create { want } => create(cx, action, want).await,
            Edit::Update { id, want, .. } => {
                let (tags, others): (Vec<_>, Vec<_>) = action.fields.iter().partition(|field| tag_key(field).is_some());
                if !others.is_empty() {
                    update(cx, scope, id, want).await?;
                }
                change_tags(cx, scope, id, &want.tags, &tags).await?;
                Ok(id.clone())
            }
            Edit::Delete { id, .. } => {
                delete(cx, scope, id.as_str(), None).await?;
                Ok(id.clone())
            }
        }
    }
}

/// Everything about one guardrail of the list, as far as it is worth reading.
async fn look_at(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, row: &GuardrailSummary) -> Listing {
    let mut listing = Listing::default();
    let unread = |kind, id: &str, why: &AwsError| Unread {
        kind,
        scope: scope.clone(),
        id: Some(RemoteId::new(id)),
        why: why.reason(),
    };
    let (arn, name) = (row.arn(), row.name());
    let profile = row.cross_region_details().map(answer::profile).transpose();
    let incomplete = answer::present(arn, "arn").and(answer::present(name, "name"));
    let profile = match incomplete.and(profile) {
        Ok(profile) => profile,
        Err(what) => {
            listing.unread.push(unread(Kind::Guardrail, arn, &AwsError::unreadable(LIST, row.id(), what)));
            return listing;
        }
    };
    let tags = tags(cx, scope, arn).await;
    let wanted = match &tags {
        Ok(tags) => survey.wants(scope, name, tags),
        // Whose it is cannot be known, so it is not ours to change; it may still stand in the way.
        Err(_) => survey.wants_name(scope, name),
    };
    let mut seen = Raw {
        kind: Kind::Guardrail,
        scope: scope.clone(),
        id: RemoteId::new(arn),
        name: name.to_owned(),
        evidence: evidence(&tags),
        model: None,
        profile,
        standing: Standing { status: Some(row.status().as_str().to_owned()), ..Standing::default() },
        fact: format!("{}|?", row.updated_at()),
        changed_at: Some(row.updated_at().to_string()),
    };
    if wanted {
        let (answer, rows) = futures::join!(get(cx, scope, arn, DRAFT), rows(cx, scope, Some(arn)));
        let highest = match rows {
            Ok(rows) => {
                listing.items.extend(rows.iter().filter_map(|row| version::seen(scope, arn, row)));
                version::highest(&rows).to_string()
            }
            Err(error) => {
                listing.unread.push(unread(Kind::GuardrailVersion, arn, &error));
                "?".to_owned()
            }
        };
        match answer.and_then(|answer| raw(scope, arn, &answer, &tags, &highest)) {
            Ok(full) => seen = full,
            Err(error) => listing.unread.push(unread(Kind::Guardrail, arn, &error)),
        }
    }
    listing.items.push(seen);
    listing
}

/// The profile that a row of the list tells of.
pub(in crate::kinds) fn profile_of(row: &GuardrailSummary) -> Option<String> {
    row.cross_region_details().and_then(|details| answer::profile(details).ok())
}

fn evidence(tags: &Result<Tags, AwsError>) -> Evidence {
    match tags {
        Ok(tags) => Evidence::Tags(tags.clone()),
        Err(error) => Evidence::Unseen(error.reason()),
    }
}

fn raw(
    scope: &Scope,
    arn: &str,
    answer: &GetGuardrailOutput,
    tags: &Result<Tags, AwsError>,
    highest: &str,
) -> Result<Raw, AwsError> {
    let content = content(arn, answer)?;
    let name = answer::present(answer.name(), "name").map_err(|what| AwsError::unreadable(GET, arn, what))?;
    Ok(Raw {
        kind: Kind::Guardrail,
        scope: scope.clone(),
        id: RemoteId::new(arn),
        name: name.clone(),
        evidence: evidence(tags),
        profile: content.cross_region_profile.clone(),
        standing: standing(answer, &content),
        model: Some(
            Model {
                name,
                description: answer::optional(answer.description()),
                kms_key_id: answer::optional(answer.kms_key_arn()),
                content,
                tags: tags.as_ref().ok().cloned().unwrap_or_default(),
                failed: answer.status().as_str() == FAILED,
            }
            .into(),
        ),
        fact: format!("{}|{highest}", answer.updated_at()),
        changed_at: Some(answer.updated_at().to_string()),
    })
}

/// How a draft or version stands, by an answer that shows it in full.
pub(in crate::kinds) fn standing(answer: &GetGuardrailOutput, content: &Content) -> Standing {
    Standing {
        status: Some(answer.status().as_str().to_owned()),
        automated_reasoning: Some(content.automated_reasoning_policy.is_some()),
        key: Some(answer::optional(answer.kms_key_arn())),
    }
}

/// The content of an answer in normal form.
pub(in crate::kinds) fn content(object: &str, answer: &GetGuardrailOutput) -> Result<Content, AwsError> {
    answer::content(answer).map_err(|what| AwsError::unreadable(GET, object, what))
}

pub(in crate::kinds) async fn get(
    cx: &ReadCx<'_>,
    scope: &Scope,
    arn: &str,
    version: &str,
) -> Result<GetGuardrailOutput, AwsError> {
    let request = cx.clients.bedrock(scope).get_guardrail().guardrail_identifier(arn).guardrail_version(version);
    cx.call(GET, arn, request.send()).await
}

/// Whether Bedrock answers the caller in this Region; one call.
///
/// # Errors
/// What it answers instead.
pub(crate) async fn answers(cx: &ReadCx<'_>, scope: &Scope) -> Result<(), AwsError> {
    let request = cx.clients.bedrock(scope).list_guardrails().max_results(1);
    cx.call(LIST, "the Region", request.send()).await.map(|_| ())
}

/// The guardrails of a Region, or the versions of one guardrail, the draft among them. What is being deleted is left out.
async fn rows(cx: &ReadCx<'_>, scope: &Scope, of: Option<&str>) -> Result<Vec<GuardrailSummary>, AwsError> {
    let (mut rows, mut next) = (Vec::new(), None);
    loop {
        let request = cx.clients.bedrock(scope).list_guardrails().max_results(1000).set_next_token(next);
        let request = request.set_guardrail_identifier(of.map(str::to_owned));
        let page = cx.call(LIST, of.unwrap_or("the Region"), request.send()).await?;
        rows.extend(page.guardrails.into_iter().filter(|row| row.status.as_str() != DELETING));
        next = page.next_token;
        if next.is_none() {
            return Ok(rows);
        }
    }
}

async fn tags(cx: &ReadCx<'_>, scope: &Scope, arn: &str) -> Result<Tags, AwsError> {
    let request = cx.clients.bedrock(scope).list_tags_for_resource().resource_arn(arn);
    let answer = cx.call(LIST_TAGS, arn, request.send()).await?;
    Ok(answer.tags.into_iter().flatten().map(|tag| (tag.key, tag.value)).collect())
}

/// Sets everything but tags on a request; creating and updating take the same body.
macro_rules! with_body {
    ($request:expr, $want:expr) => {{
        let Model { name, description, kms_key_id, content, tags: _, failed: _ } = $want;
        let Content {
            blocked_input_messaging,
            blocked_outputs_messaging,
            content_policy,
            topic_policy,
            word_policy,
            sensitive_information_policy,
            contextual_grounding_policy,
            automated_reasoning_policy,
            cross_region_profile,
        } = content;
        $request
            .name(name)
            .set_description(description.clone())
            .set_kms_key_id(kms_key_id.clone())
            .blocked_input_messaging(blocked_input_messaging)
            .blocked_outputs_messaging(blocked_outputs_messaging)
            .set_content_policy_config(content_policy.as_ref().map(request::content_policy))
            .set_topic_policy_config(topic_policy.as_ref().map(request::topic_policy))
            .set_word_policy_config(word_policy.as_ref().map(request::word_policy))
            .set_sensitive_information_policy_config(
                sensitive_information_policy.as_ref().map(request::sensitive_information_policy),
            )
            .set_contextual_grounding_policy_config(contextual_grounding_policy.as_ref().map(request::grounding_policy))
            .set_automated_reasoning_policy_config(
                automated_reasoning_policy.as_ref().map(request::automated_reasoning_policy),
            )
            .set_cross_region_config(cross_region_profile.as_deref().map(request::cross_region))
    }};
}

/// How many deeds that were undone again are looked at before a new one.
const UNDONE: usize = 100;

/// Makes the guardrail. A repeat of a create whose reply was lost is told by its token, and so makes no second one; if
/// what the token stands for has been deleted since, the deed is a new one, and so is its token, as often as that was so.
async fn create(cx: &WriteCx<'_>, action: &Action, want: &Model) -> Result<RemoteId, ApplyError> {
    const OPERATION: &str = "bedrock:CreateGuardrail";
    let scope = &action.address.scope;
    let bedrock = cx.read.clients.bedrock(scope);
    let tags: Vec<Tag> = want.tags.iter().map(|(key, value)| tag(key, value)).collect();
    let mut fact = action.fact.clone();
    for undone in 0..UNDONE {
        let token = token(OPERATION, &action.address, want, &fact);
        let request = with_body!(bedrock.create_guardrail(), want)
            .set_tags((!tags.is_empty()).then(|| tags.clone()))
            .client_request_token(token);
        let answer = cx.insist(OPERATION, &want.name, || request.clone().send()).await?;
        let arn = answer::present(answer.guardrail_arn(), "guardrailArn");
        let arn = arn.map_err(|what| AwsError::unreadable(OPERATION, &want.name, what))?;
        #[expect(clippy::disallowed_methods, reason = "AWS tells when the guardrail was made, not how long ago")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let made = u64::try_from(answer.created_at().secs()).map(Duration::from_secs).unwrap_or_default();
        let unknown_for = cx.run.wait.deadlines.unknown(undone, now.saturating_sub(made));
        if settled(cx, scope, &arn, DRAFT, Settle::Created { unknown_for }).await?.is_some() {
            rival::give_way(cx, action, &want.name, &want.tags, &arn).await?;
            return Ok(RemoteId::new(arn));
        }
        fact = format!("{fact}|{arn}");
    }
    Err(ApplyError::Moved {
        object: want.name.clone(),
        found: format!("it was made and deleted {UNDONE} times before"),
    })
}

async fn update(cx: &WriteCx<'_>, scope: &Scope, id: &RemoteId, want: &Model) -> Result<(), ApplyError> {
    const OPERATION: &str = "bedrock:UpdateGuardrail";
    let bedrock = cx.read.clients.bedrock(scope);
    let request = with_body!(bedrock.update_guardrail().guardrail_identifier(id.as_str()), want);
    cx.insist(OPERATION, id.as_str(), || request.clone().send()).await?;
    settled(cx, scope, id.as_str(), DRAFT, Settle::Changed).await?;
    Ok(())
}

/// The key of a tag whose change this is.
fn tag_key(field: &FieldDiff) -> Option<&str> {
    field.path.strip_prefix("tags.")
}

async fn change_tags(
    cx: &WriteCx<'_>,
    scope: &Scope,
    id: &RemoteId,
    want: &Tags,
    changed: &[&FieldDiff],
) -> Result<(), AwsError> {
    let bedrock = cx.read.clients.bedrock(scope);
    let (set, removed) = changed_tags(changed.iter().copied(), want);
    if !set.is_empty() {
        let tags = set.into_iter().map(|(key, value)| tag(key, value)).collect();
        let request = bedrock.tag_resource().resource_arn(id.as_str()).set_tags(Some(tags));
        cx.insist("bedrock:TagResource", id.as_str(), || request.clone().send()).await?;
    }
    if !removed.is_empty() {
        let request = bedrock.untag_resource().resource_arn(id.as_str()).set_tag_keys(Some(removed));
        cx.insist("bedrock:UntagResource", id.as_str(), || request.clone().send()).await?;
    }
    Ok(())
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("key and value are set")
}
