//! `org-policy` in AWS. Organizations knows no idempotency tokens: a create whose reply was lost is found again by its
//! name, which is unique per type, and by our mark.

use aws_sdk_organizations::types::{PolicySummary, Tag};
use futures::future::join_all;

use super::{Model, OrgPolicy, normal};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::kinds::Kind;
use crate::kinds::org_policy_type::PolicyType;
use crate::model::{
    Document, Evidence, FieldDiff, NAME_TAG, Raw, Readings, RemoteId, STACK_TAG, Scope, Standing, Tags, Unread,
    changed_tags,
};
use crate::plan::Action;

mod written;

pub(crate) use written::written;

const LIST: &str = "organizations:ListPolicies";
const DESCRIBE: &str = "organizations:DescribePolicy";
const LIST_TAGS: &str = "organizations:ListTagsForResource";
const CREATE: &str = "organizations:CreatePolicy";
const UPDATE: &str = "organizations:UpdatePolicy";
const DELETE: &str = "organizations:DeletePolicy";
const TAG: &str = "organizations:TagResource";
const UNTAG: &str = "organizations:UntagResource";

impl Remote for OrgPolicy {
    const PLACE: Place = Place::Organization;
    const SHOWN_BY: Option<Kind> = None;

    /// Bedrock policies are all read in full, since any of them may hide ours. Of service control policies, which hide nothing,
    /// the tags are read, and the text where it is ours or stands in the way; and none where the type is neither enabled nor
    /// wanted.
    async fn list(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, _so_far: &Readings) -> Result<Listing, AwsError> {
        let control = PolicyType::ServiceControl;
        let bedrock = async {
            let rows = rows(cx, PolicyType::Bedrock).await?;
            Ok::<Listing, AwsError>(
                join_all(rows.iter().map(|row| look_at(cx, scope, row))).await.into_iter().collect(),
            )
        };
        let controls = async {
            let rows = if survey.may_have(control) { rows(cx, control).await? } else { Vec::new() };
            let listings = rows.iter().map(|row| look_for_ours(cx, survey, scope, row));
            Ok(join_all(listings).await.into_iter().collect::<Listing>())
        };
        let (bedrock, controls) = futures::join!(bedrock, controls);
        Ok([bedrock?, controls?].into_iter().collect())
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        match futures::try_join!(describe(cx, id.as_str()), tags(cx, id.as_str())) {
            Ok((policy, tags)) => Ok(Some(raw(scope, id, policy, &Ok(tags)))),
            Err(error) if error.class == Class::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        match edit {
            Edit::Create { want } => create(cx, want).await,
            Edit::Update { id, want, .. } => {
                update(cx, id, want, &action.fields).await?;
                Ok(id.clone())
            }
            Edit::Delete { id, .. } => {
                let request = cx.read.clients.organizations().delete_policy().policy_id(id.as_str());
                match cx.insist(DELETE, id.as_str(), || request.clone().send()).await {
                    Ok(_) => Ok(id.clone()),
                    Err(error) if error.class == Class::NotFound => Ok(id.clone()),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }
}

async fn create(cx: &WriteCx<'_>, want: &Model) -> Result<RemoteId, ApplyError> {
    let tags = want.tags.iter().map(|(key, value)| tag(key, value)).collect();
    let request = cx
        .read
        .clients
        .organizations()
        .create_policy()
        .name(&want.name)
        .description(&want.description)
        .content(document(cx, want)?)
        .r#type(want.policy_type.word().into())
        .set_tags(Some(tags));
    let answer = match cx.insist(CREATE, &want.name, || request.clone().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is("DuplicatePolicy") => return Ok(made_before(cx, want).await?.ok_or(error)?),
        Err(error) => return Err(error.into()),
    };
    let id = answer.policy().and_then(|policy| policy.policy_summary()).and_then(|summary| summary.id());
    id.filter(|id| !id.is_empty())
        .map(RemoteId::new)
        .ok_or_else(|| AwsError::unreadable(CREATE, &want.name, "the answer has no id").into())
}

/// The policy of this name, if it carries the mark that this create gives: then it is its own lost deed.
async fn made_before(cx: &WriteCx<'_>, want: &Model) -> Result<Option<RemoteId>, AwsError> {
    let rows = rows(&cx.read, want.policy_type).await?;
    let Some(id) = rows.iter().find(|row| row.name() == Some(&want.name)).and_then(|row| row.id()) else {
        return Ok(None);
    };
    let tags = tags(&cx.read, id).await?;
    let same = |key: &str| tags.get(key) == want.tags.get(key);
    let ours = tags.get(STACK_TAG) == Some(&cx.run.stack) && same(NAME_TAG);
    Ok(ours.then(|| RemoteId::new(id)))
}

/// Sends what has changed and nothing else.
async fn update(cx: &WriteCx<'_>, id: &RemoteId, want: &Model, fields: &[FieldDiff]) -> Result<(), ApplyError> {
    let organizations = cx.read.clients.organizations();
    let changed = |part: &str| fields.iter().any(|field| field.path.split('.').next() == Some(part));
    if ["name", "description", "document"].into_iter().any(changed) {
        let content = changed("document").then(|| document(cx, want)).transpose()?;
        let request = organizations
            .update_policy()
            .policy_id(id.as_str())
            .set_name(changed("name").then(|| want.name.clone()))
            .set_description(changed("description").then(|| want.description.clone()))
            .set_content(content);
        cx.insist(UPDATE, id.as_str(), || request.clone().send()).await?;
    }
    let (set, removed) = changed_tags(fields, &want.tags);
    if !set.is_empty() {
        let set = set.into_iter().map(|(key, value)| tag(key, value)).collect();
        let request = organizations.tag_resource().resource_id(id.as_str()).set_tags(Some(set));
        cx.insist(TAG, id.as_str(), || request.clone().send()).await?;
    }
    if !removed.is_empty() {
        let request = organizations.untag_resource().resource_id(id.as_str()).set_tag_keys(Some(removed));
        cx.insist(UNTAG, id.as_str(), || request.clone().send()).await?;
    }
    Ok(())
}

fn document(cx: &WriteCx<'_>, want: &Model) -> Result<String, ApplyError> {
    let document = cx.run.ids.render(&want.document)?;
    let length = document.chars().count();
    let limit = want.policy_type.longest();
    if length > limit {
        return Err(ApplyError::TooLong { object: want.name.clone(), length, limit });
    }
    Ok(document)
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("key and value are set")
}

/// One policy of the list, if it is ours, may be, or bears a name that is wanted.
async fn look_for_ours(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, row: &PolicySummary) -> Listing {
    let wanted = row.name().is_some_and(|name| survey.wants_name(scope, name));
    if let (Some(id), Some(name), false) = (row.id(), row.name(), wanted)
        && let Ok(tags) = tags(cx, id).await
        && !survey.wants(scope, name, &tags)
    {
        return Listing::default();
    }
    look_at(cx, scope, row).await
}

/// One policy of the list. Where its text cannot be read, it is still seen, and so are its attachments.
async fn look_at(cx: &ReadCx<'_>, scope: &Scope, row: &PolicySummary) -> Listing {
    let mut listing = Listing::default();
    let (Some(id), Some(name)) = (row.id(), row.name()) else {
        let why = "a policy of the list has no id or name".to_owned();
        listing.unread.push(Unread { kind: Kind::OrgPolicy, scope: scope.clone(), id: None, why });
        return listing;
    };
    let (policy, tags) = futures::join!(describe(cx, id), tags(cx, id));
    let id = RemoteId::new(id);
    listing.items.push(match policy {
        Ok(policy) => raw(scope, &id, policy, &tags),
        Err(error) => {
            let why = error.reason();
            listing.unread.push(Unread { kind: Kind::OrgPolicy, scope: scope.clone(), id: Some(id.clone()), why });
            seen(scope, &id, name, &tags)
        }
    });
    listing
}

/// A policy, its document as it is written.
struct Policy {
    of_type: PolicyType,
    name: String,
    description: String,
    document: Document,
}

async fn describe(cx: &ReadCx<'_>, id: &str) -> Result<Policy, AwsError> {
    let unreadable = |what: String| AwsError::unreadable(DESCRIBE, id, what);
    let request = cx.clients.organizations().describe_policy().policy_id(id);
    let policy = cx.call(DESCRIBE, id, request.send()).await?.policy;
    let (summary, content) = policy.map(|policy| (policy.policy_summary, policy.content)).unwrap_or_default();
    let summary = summary.ok_or_else(|| unreadable("the answer has no summary".to_owned()))?;
    let content = content.ok_or_else(|| unreadable("the answer has no content".to_owned()))?;
    let json: serde_json::Value =
        serde_json::from_str(&content).map_err(|error| unreadable(format!("the policy is no JSON: {error}")))?;
    let policy_type = summary.r#type.as_ref().and_then(|word| PolicyType::from_word(word.as_str()));
    let policy_type = policy_type.ok_or_else(|| unreadable("the policy is of no type that is managed".to_owned()))?;
    Ok(Policy {
        of_type: policy_type,
        name: summary.name.ok_or_else(|| unreadable("the policy has no name".to_owned()))?,
        description: summary.description.unwrap_or_default(),
        document: Document::from(json),
    })
}

async fn tags(cx: &ReadCx<'_>, id: &str) -> Result<Tags, AwsError> {
    let (mut tags, mut next) = (Tags::new(), None);
    loop {
        let request = cx.clients.organizations().list_tags_for_resource().resource_id(id).set_next_token(next);
        let page = cx.call(LIST_TAGS, id, request.send()).await?;
        tags.extend(page.tags.into_iter().flatten().map(|tag| (tag.key, tag.value)));
        next = page.next_token;
        if next.is_none() {
            return Ok(tags);
        }
    }
}

/// The policies of the type; none where the type is not enabled, which AWS says with an error that its model does not
/// have for this call.
async fn rows(cx: &ReadCx<'_>, policy_type: PolicyType) -> Result<Vec<PolicySummary>, AwsError> {
    let (mut rows, mut next) = (Vec::new(), None);
    loop {
        let request = cx.clients.organizations().list_policies().filter(policy_type.word().into());
        let request = request.max_results(20).set_next_token(next);
        let page = match cx.call(LIST, policy_type.word(), request.send()).await {
            Ok(page) => page,
            Err(error) if error.class == Class::PolicyTypeNotEnabled => return Ok(rows),
            Err(error) => return Err(error),
        };
        rows.extend(page.policies.into_iter().flatten().filter(|row| !row.aws_managed));
        next = page.next_token;
        if next.is_none() {
            return Ok(rows);
        }
    }
}

fn seen(scope: &Scope, id: &RemoteId, name: &str, tags: &Result<Tags, AwsError>) -> Raw {
    let evidence = match tags {
        Ok(tags) => Evidence::Tags(tags.clone()),
        Err(error) => Evidence::Unseen(error.reason()),
    };
    Raw {
        kind: Kind::OrgPolicy,
        scope: scope.clone(),
        id: id.clone(),
        name: name.to_owned(),
        evidence,
        model: None,
        profile: None,
        standing: Standing::default(),
        fact: String::new(),
        changed_at: None,
    }
}

fn raw(scope: &Scope, id: &RemoteId, policy: Policy, tags: &Result<Tags, AwsError>) -> Raw {
    let seen = seen(scope, id, &policy.name, tags);
    let Policy { of_type: policy_type, name, description, document } = policy;
    let tags = tags.as_ref().ok().cloned().unwrap_or_default();
    let document = normal(policy_type, document);
    // What permits its guardrails to the members is known to the spec alone.
    let model = Model { policy_type, name, description, document, tags, needs: Vec::new() };
    Raw { model: Some(model.into()), ..seen }
}
