//! `account-enforcement` in AWS: the one enforced configuration of an account and Region.

use aws_sdk_bedrock::types::{
    AccountEnforcedGuardrailInferenceInputConfiguration, AccountEnforcedGuardrailOutputConfiguration, InputTags,
    ModelEnforcement as SdkModelEnforcement, SelectiveContentGuarding as SdkGuarding, SelectiveGuardingMode,
};

use super::{AccountEnforcement, Guarding, Model, ModelEnforcement, NAME, SelectiveContentGuarding};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::kinds::Kind;
use crate::kinds::guardrail_version::aws::split;
use crate::model::{Evidence, Raw, Readings, Ref, RemoteId, Scope, Standing};
use crate::plan::Action;

const LIST: &str = "bedrock:ListEnforcedGuardrailsConfiguration";
const PUT: &str = "bedrock:PutEnforcedGuardrailConfiguration";
const DELETE: &str = "bedrock:DeleteEnforcedGuardrailConfiguration";

impl Remote for AccountEnforcement {
    const PLACE: Place = Place::Region;
    const SHOWN_BY: Option<Kind> = None;

    async fn list(cx: &ReadCx<'_>, _survey: &Survey, scope: &Scope, _so_far: &Readings) -> Result<Listing, AwsError> {
        let items = configuration(cx, scope).await?.into_iter().collect();
        Ok(Listing { items, ..Listing::default() })
    }

    /// AWS reads it only through the list, whatever its id: there is one.
    async fn read(cx: &ReadCx<'_>, scope: &Scope, _id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        configuration(cx, scope).await
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        let scope = &action.address.scope;
        let bedrock = cx.read.clients.bedrock(scope);
        let (have, want) = match edit {
            Edit::Create { want } => (None, want),
            Edit::Update { id, have, want } => (Some((id, have)), want),
            Edit::Delete { id, .. } => {
                let request = bedrock.delete_enforced_guardrail_configuration().config_id(id.as_str());
                return match cx.insist(DELETE, id.as_str(), || request.clone().send()).await {
                    Ok(_) => Ok(id.clone()),
                    Err(error) if error.class == Class::NotFound => Ok(id.clone()),
                    Err(error) => Err(error.into()),
                };
            }
        };
        let version = cx.run.ids.resolve(&want.version)?;
        // What a put without an id does where a configuration exists is undocumented, so none may.
        if have.is_none()
            && let Some(found) = configuration(&cx.read, scope).await?
        {
            let ours = Model { version: Ref::Foreign(version), needs: Vec::new(), ..want.clone() };
            if found.model == Some(ours.into()) {
                return Ok(found.id);
            }
            let object = format!("the enforced configuration of {scope}");
            return Err(ApplyError::Moved { object, found: format!("{} exists by now", found.id) });
        }
        let request = bedrock
            .put_enforced_guardrail_configuration()
            .set_config_id(have.map(|(id, _)| id.to_string()))
            .guardrail_inference_config(request(want, have.map(|(_, have)| have), &version)?);
        let answer = cx.insist(PUT, &scope.to_string(), || request.clone().send()).await?;
        let id = answer.config_id().filter(|id| !id.is_empty()).map(RemoteId::new).or(have.map(|(id, _)| id.clone()));
        id.ok_or_else(|| AwsError::unreadable(PUT, &scope.to_string(), "the answer has no configId").into())
    }
}

/// Both guarding members are always sent, so that what they are is never AWS's choice. Model enforcement is sent where it
/// is no default, and where it was none, since whether leaving it out would reset it is undocumented.
fn request(
    want: &Model,
    have: Option<&Model>,
    version: &RemoteId,
) -> Result<AccountEnforcedGuardrailInferenceInputConfiguration, AwsError> {
    let Model { version: _, selective_content_guarding: guarding, model_enforcement: models, needs: _ } = want;
    let (arn, number) = split(version)?;
    let default = ModelEnforcement::default();
    let was_default = have.is_none_or(|have| have.model_enforcement == default);
    let models = (*models != default || !was_default).then(|| {
        SdkModelEnforcement::builder()
            .set_included_models(Some(models.included_models.iter().cloned().collect()))
            .set_excluded_models(Some(models.excluded_models.iter().cloned().collect()))
            .build()
            .expect("both lists are set")
    });
    let guarding = SdkGuarding::builder()
        .system(SelectiveGuardingMode::from(guarding.system.word()))
        .messages(SelectiveGuardingMode::from(guarding.messages.word()))
        .build();
    Ok(AccountEnforcedGuardrailInferenceInputConfiguration::builder()
        .guardrail_identifier(arn)
        .guardrail_version(number)
        .selective_content_guarding(guarding)
        .set_model_enforcement(models)
        .build()
        .expect("identifier and version are set"))
}

async fn configuration(cx: &ReadCx<'_>, scope: &Scope) -> Result<Option<Raw>, AwsError> {
    let mut next = None;
    loop {
        let request = cx.clients.bedrock(scope).list_enforced_guardrails_configuration().set_next_token(next);
        let page = match cx.call(LIST, &scope.to_string(), request.send()).await {
            Ok(page) => page,
            // Terraform reads this as "none" too.
            Err(error) if error.class == Class::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if let Some(found) = page.guardrails_config().first() {
            return raw(scope, found).map(Some).map_err(|what| AwsError::unreadable(LIST, &scope.to_string(), what));
        }
        next = page.next_token;
        if next.is_none() {
            return Ok(None);
        }
    }
}

fn raw(scope: &Scope, found: &AccountEnforcedGuardrailOutputConfiguration) -> Result<Raw, String> {
    let required = |text: Option<&str>, member: &str| {
        text.filter(|text| !text.is_empty()).map(str::to_owned).ok_or_else(|| format!("the answer has no {member}"))
    };
    let id = required(found.config_id(), "configId")?;
    let arn = required(found.guardrail_arn(), "guardrailArn")?;
    let number = required(found.guardrail_version(), "guardrailVersion")?;
    let model = Model {
        version: Ref::Foreign(RemoteId::new(format!("{arn}:{number}"))),
        selective_content_guarding: guarding(found)?,
        model_enforcement: found.model_enforcement().map_or_else(ModelEnforcement::default, models),
        needs: Vec::new(),
    };
    Ok(Raw {
        kind: Kind::AccountEnforcement,
        scope: scope.clone(),
        id: RemoteId::new(id),
        name: NAME.to_owned(),
        evidence: Evidence::UpdatedBy(found.updated_by().map(str::to_owned)),
        model: Some(model.into()),
        profile: None,
        standing: Standing::default(),
        fact: found.updated_at().map(ToString::to_string).unwrap_or_default(),
        changed_at: found.updated_at().map(ToString::to_string),
    })
}

/// `inputTags` is what a configuration of the preview has instead: `HONOR` is selective for both.
fn guarding(found: &AccountEnforcedGuardrailOutputConfiguration) -> Result<SelectiveContentGuarding, String> {
    let mode = |mode: Option<&SelectiveGuardingMode>| match mode {
        None => Ok(Guarding::Comprehensive),
        Some(mode) => Guarding::from_word(mode.as_str())
            .ok_or_else(|| format!("content guarding `{}` is not known to this release", mode.as_str())),
    };
    match found.selective_content_guarding() {
        Some(guarding) => {
            Ok(SelectiveContentGuarding { system: mode(guarding.system())?, messages: mode(guarding.messages())? })
        }
        #[expect(deprecated, reason = "only a configuration of the preview has it, and then nothing else says it")]
        None if found.input_tags() == Some(&InputTags::Honor) => {
            Ok(SelectiveContentGuarding { system: Guarding::Selective, messages: Guarding::Selective })
        }
        None => Ok(SelectiveContentGuarding::default()),
    }
}

/// No included model at all means all of them.
fn models(found: &SdkModelEnforcement) -> ModelEnforcement {
    let excluded_models = found.excluded_models().iter().cloned().collect();
    match found.included_models() {
        [] => ModelEnforcement { excluded_models, ..ModelEnforcement::default() },
        included => ModelEnforcement { included_models: included.iter().cloned().collect(), excluded_models },
    }
}
