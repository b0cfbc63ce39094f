//! `invocation-logging` in AWS: a configuration that each put replaces as a whole, without id, mark or time.

use std::collections::BTreeSet;

use aws_sdk_bedrock::types::{CloudWatchConfig, LoggingConfig, S3Config};

use super::{CloudWatch, DataKind, InvocationLogging, Model, NAME, S3};
use crate::aws::{ApplyError, AwsError, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::kinds::Kind;
use crate::model::{Evidence, Raw, Readings, RemoteId, Scope, Standing};
use crate::plan::Action;

const GET: &str = "bedrock:GetModelInvocationLoggingConfiguration";
const PUT: &str = "bedrock:PutModelInvocationLoggingConfiguration";

impl Remote for InvocationLogging {
    const PLACE: Place = Place::Region;
    const SHOWN_BY: Option<Kind> = None;

    /// Reads it where it is wanted and nowhere else: nothing that is found elsewhere could be known to be ours.
    async fn list(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, _so_far: &Readings) -> Result<Listing, AwsError> {
        if !survey.wanted.contains(&(Kind::InvocationLogging, scope.clone())) {
            return Ok(Listing::default());
        }
        let items = configuration(cx, scope).await?.into_iter().collect();
        Ok(Listing { items, ..Listing::default() })
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, _id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        configuration(cx, scope).await
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        let scope = &action.address.scope;
        let want = match edit {
            Edit::Create { want } => {
                // A put overwrites without a word, so what has come since the plan was made is looked for.
                if let Some(found) = configuration(&cx.read, scope).await?.filter(|found| !is(found, want)) {
                    let object = format!("the invocation logging of {scope}");
                    return Err(ApplyError::Moved { object, found: format!("{} exists by now", found.id) });
                }
                want
            }
            Edit::Update { want, .. } => want,
            Edit::Delete { .. } => return Err(ApplyError::Impossible(action.address.clone())),
        };
        put(cx, scope, want).await?;
        Ok(RemoteId::new(NAME))
    }
}

fn is(found: &Raw, want: &Model) -> bool {
    found.model == Some(want.clone().into())
}

/// Puts the configuration. AWS tries whether the role may write to the log group, and one that has just been made may not
/// for a while (Terraform's `model_invocation_logging_configuration.go` waits for the same): then it is put again, for at
/// most two minutes in the default.
async fn put(cx: &WriteCx<'_>, scope: &Scope, want: &Model) -> Result<(), AwsError> {
    let bedrock = cx.read.clients.bedrock(scope);
    let request = bedrock.put_model_invocation_logging_configuration().logging_config(config(want));
    let object = scope.to_string();
    let mut pace = cx.run.wait.pace(&object);
    loop {
        match cx.insist(PUT, &object, || request.clone().send()).await {
            Ok(_) => return Ok(()),
            Err(error) if is_unknown_role(&error) && pace.rest(cx.run.wait.deadlines.conflict).await => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether AWS could not write as the role. The words are those of the service, which no model publishes (as quoted by
/// Terraform).
fn is_unknown_role(error: &AwsError) -> bool {
    error.is("ValidationException") && error.message.contains("Failed to validate permissions")
}

fn config(want: &Model) -> LoggingConfig {
    let Model { cloud_watch, s3, data } = want;
    // All are always sent, so that what is delivered is never AWS's choice.
    let delivers = |kind: DataKind| data.contains(&kind);
    LoggingConfig::builder()
        .set_cloud_watch_config(cloud_watch.as_ref().map(|log| {
            let CloudWatch { log_group, role_arn, large_data_delivery_s3 } = log;
            CloudWatchConfig::builder()
                .log_group_name(log_group)
                .role_arn(role_arn)
                .set_large_data_delivery_s3_config(large_data_delivery_s3.as_ref().map(bucket))
                .build()
                .expect("both are set")
        }))
        .set_s3_config(s3.as_ref().map(bucket))
        .text_data_delivery_enabled(delivers(DataKind::Text))
        .image_data_delivery_enabled(delivers(DataKind::Image))
        .embedding_data_delivery_enabled(delivers(DataKind::Embedding))
        .video_data_delivery_enabled(delivers(DataKind::Video))
        .audio_data_delivery_enabled(delivers(DataKind::Audio))
        .build()
}

fn bucket(want: &S3) -> S3Config {
    let S3 { bucket, key_prefix } = want;
    S3Config::builder().bucket_name(bucket).set_key_prefix(key_prefix.clone()).build().expect("the name is set")
}

async fn configuration(cx: &ReadCx<'_>, scope: &Scope) -> Result<Option<Raw>, AwsError> {
    let object = scope.to_string();
    let request = cx.clients.bedrock(scope).get_model_invocation_logging_configuration();
    let answer = cx.call(GET, &object, request.send()).await?;
    let Some(found) = answer.logging_config() else { return Ok(None) };
    let model = model(found).map_err(|what| AwsError::unreadable(GET, &object, what))?;
    Ok(model.map(|model| Raw {
        kind: Kind::InvocationLogging,
        scope: scope.clone(),
        id: RemoteId::new(NAME),
        name: NAME.to_owned(),
        evidence: Evidence::Nothing,
        model: Some(model.into()),
        profile: None,
        standing: Standing::default(),
        fact: String::new(),
        changed_at: None,
    }))
}

/// `None` where nothing is set in it: that logs nothing, and nobody's will is overwritten.
fn model(found: &LoggingConfig) -> Result<Option<Model>, String> {
    let cloud_watch = found.cloud_watch_config().map(|log| {
        Ok::<_, String>(CloudWatch {
            log_group: required(log.log_group_name(), "logGroupName")?,
            role_arn: required(log.role_arn(), "roleArn")?,
            large_data_delivery_s3: log.large_data_delivery_s3_config().map(s3).transpose()?,
        })
    });
    let (cloud_watch, s3) = (cloud_watch.transpose()?, found.s3_config().map(s3).transpose()?);
    let data = data(found);
    let unset = cloud_watch.is_none() && s3.is_none() && data.is_empty();
    Ok((!unset).then_some(Model { cloud_watch, s3, data }))
}

/// An absent switch is taken for off (inferred: no model has a default). bedrail always sends all five.
fn data(found: &LoggingConfig) -> BTreeSet<DataKind> {
    let switches = [
        (DataKind::Text, found.text_data_delivery_enabled()),
        (DataKind::Image, found.image_data_delivery_enabled()),
        (DataKind::Embedding, found.embedding_data_delivery_enabled()),
        (DataKind::Video, found.video_data_delivery_enabled()),
        (DataKind::Audio, found.audio_data_delivery_enabled()),
    ];
    switches.into_iter().filter(|(_, on)| *on == Some(true)).map(|(kind, _)| kind).collect()
}

fn s3(found: &S3Config) -> Result<S3, String> {
    let key_prefix = found.key_prefix().filter(|prefix| !prefix.is_empty()).map(str::to_owned);
    Ok(S3 { bucket: required(found.bucket_name(), "bucketName")?, key_prefix })
}

fn required(text: &str, member: &str) -> Result<String, String> {
    (!text.is_empty()).then(|| text.to_owned()).ok_or_else(|| format!("the answer has no {member}"))
}
