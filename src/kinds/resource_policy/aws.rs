//! `resource-policy` in AWS: one document per guardrail, and per guardrail profile and Region.

use futures::future::join_all;

use super::document::normal;
use super::{Model, ResourcePolicy, is_profile_arn};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::kinds::Kind;
use crate::model::{Document, Evidence, Raw, Readings, Ref, RemoteId, Scope, Standing, Unread};
use crate::plan::Action;

const GET: &str = "bedrock:GetResourcePolicy";
const PUT: &str = "bedrock:PutResourcePolicy";
const DELETE: &str = "bedrock:DeleteResourcePolicy";
/// The longest document (botocore model `bedrock`).
const LONGEST: usize = 20_480;

impl Remote for ResourcePolicy {
    const PLACE: Place = Place::Region;
    const SHOWN_BY: Option<Kind> = Some(Kind::Guardrail);

    /// Of each guardrail that was read in full, and of each profile that the survey names here. That the Region is not
    /// available is a failure of the whole: a profile's Region may be one in which nothing else is looked at.
    async fn list(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, so_far: &Readings) -> Result<Listing, AwsError> {
        let guardrails = so_far.items.iter().filter(|item| item.kind == Kind::Guardrail && item.model.is_some());
        let guardrails = guardrails.map(|item| item.id.clone());
        let profiles = survey.profiles.iter().filter(|(at, _)| at == scope);
        let profiles = profiles.map(|(_, profile)| profile_arn(cx, scope, profile));
        let reads = guardrails.chain(profiles).map(|id| async move {
            let mut listing = Listing::default();
            match Self::read(cx, scope, &id).await {
                Ok(found) => listing.items.extend(found),
                Err(error) if cx.clients.is_unavailable(scope.region.as_ref(), &error) => return Err(error),
                Err(error) => {
                    let why = error.reason();
                    listing.unread.push(Unread { kind: Kind::ResourcePolicy, scope: scope.clone(), id: Some(id), why });
                }
            }
            Ok(listing)
        });
        join_all(reads).await.into_iter().collect()
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        let request = cx.clients.bedrock(scope).get_resource_policy().resource_arn(id.as_str());
        let answer = match cx.call(GET, id.as_str(), request.send()).await {
            Ok(answer) => answer,
            Err(error) if error.class == Class::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(text) = answer.resource_policy().filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        let document: serde_json::Value = serde_json::from_str(text)
            .map_err(|error| AwsError::unreadable(GET, id.as_str(), format!("the policy is no JSON: {error}")))?;
        let evidence = if is_profile_arn(id) { Evidence::Profile } else { Evidence::Of(id.clone()) };
        let model = Model { resource: Ref::Foreign(id.clone()), document: normal(Document::from(document)) };
        Ok(Some(Raw {
            kind: Kind::ResourcePolicy,
            scope: scope.clone(),
            id: id.clone(),
            name: id.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
            evidence,
            model: Some(model.into()),
            profile: None,
            standing: Standing::default(),
            fact: String::new(),
            changed_at: None,
        }))
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        let scope = &action.address.scope;
        let bedrock = cx.read.clients.bedrock(scope);
        let (want, exists) = match edit {
            Edit::Create { want } => (want, false),
            Edit::Update { want, .. } => (want, true),
            Edit::Delete { id, .. } => {
                let request = bedrock.delete_resource_policy().resource_arn(id.as_str());
                return match cx.insist(DELETE, id.as_str(), || request.clone().send()).await {
                    Ok(_) => Ok(id.clone()),
                    Err(error) if error.class == Class::NotFound => Ok(id.clone()),
                    Err(error) => Err(error.into()),
                };
            }
        };
        let id = cx.run.ids.resolve(&want.resource)?;
        let document = cx.run.ids.render(&want.document)?;
        let length = document.chars().count();
        if length > LONGEST {
            return Err(ApplyError::TooLong { object: id.to_string(), length, limit: LONGEST });
        }
        // The call replaces whatever is there, so a create must know that nothing is, unless it is its own lost deed.
        if !exists && let Some(found) = Self::read(&cx.read, scope, &id).await? {
            let ours =
                serde_json::from_str::<serde_json::Value>(&document).ok().map(|json| normal(Document::from(json)));
            let theirs = match found.model {
                Some(crate::kinds::Model::ResourcePolicy(model)) => Some(model.document),
                _ => None,
            };
            if ours == theirs {
                return Ok(id);
            }
            return Err(ApplyError::Moved { object: id.to_string(), found: "it has a policy by now".to_owned() });
        }
        let request = bedrock.put_resource_policy().resource_arn(id.as_str()).resource_policy(document);
        cx.insist(PUT, id.as_str(), || request.clone().send()).await?;
        Ok(id)
    }
}

/// A profile is an object of the account in each Region; AWS answers with its ARN only where it is used.
fn profile_arn(cx: &ReadCx<'_>, scope: &Scope, profile: &str) -> RemoteId {
    let partition = &cx.clients.caller().partition;
    let (region, account) = (scope.region_name(), &scope.account);
    RemoteId::new(format!("arn:{partition}:bedrock:{region}:{account}:guardrail-profile/{profile}"))
}
