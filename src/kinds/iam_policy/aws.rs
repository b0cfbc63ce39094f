//! `iam-policy` in AWS. IAM knows no idempotency tokens: a create whose reply was lost is found again by its ARN, which its
//! path and name tell, and by our mark; a version whose reply was lost is found as the default one.

use aws_sdk_iam::types::{Policy as SdkPolicy, PolicyScopeType, Tag};
use futures::future::join_all;

use super::document::normal;
use super::{IamPolicy, Model, name_of_arn};
use crate::aws::{ApplyError, AwsError, Class, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx, encoded_json};
use crate::kinds::Kind;
use crate::model::{
    Document, Evidence, FieldDiff, NAME_TAG, Owner, Raw, Readings, RemoteId, STACK_TAG, Scope, Standing, Tags, Unread,
    changed_tags, owner_of,
};
use crate::plan::Action;

pub(crate) mod identity;
pub(crate) mod verify;

const LIST: &str = "iam:ListPolicies";
const GET: &str = "iam:GetPolicy";
const GET_VERSION: &str = "iam:GetPolicyVersion";
const LIST_VERSIONS: &str = "iam:ListPolicyVersions";
const CREATE: &str = "iam:CreatePolicy";
const CREATE_VERSION: &str = "iam:CreatePolicyVersion";
const DELETE_VERSION: &str = "iam:DeletePolicyVersion";
const DELETE: &str = "iam:DeletePolicy";
const TAG: &str = "iam:TagPolicy";
const UNTAG: &str = "iam:UntagPolicy";
/// The longest document, white space apart (IAM quotas).
const LONGEST: usize = 6144;
/// How many versions a policy may have (IAM quotas).
const VERSIONS: usize = 5;

impl Remote for IamPolicy {
    const PLACE: Place = Place::Account;
    const SHOWN_BY: Option<Kind> = None;

    /// Ours, and those that bear a wanted name. Of the account's other policies, which have nothing to do with guardrails for
    /// all that is known, only the tags are looked at: one call for each.
    async fn list(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, _so_far: &Readings) -> Result<Listing, AwsError> {
        let rows = rows(cx, scope).await?;
        let listings = rows.iter().map(|row| look_at(cx, survey, scope, row));
        Ok(join_all(listings).await.into_iter().collect())
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        let read = async {
            let policy = get(cx, scope, id.as_str()).await?;
            in_full(cx, scope, id, policy).await
        };
        match read.await {
            Ok(raw) => Ok(Some(raw)),
            Err(error) if error.class == Class::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        let scope = &action.address.scope;
        match edit {
            Edit::Create { want } => {
                let id = create(cx, scope, want).await?;
                verify::document(cx, scope, &id, &want.document).await?;
                Ok(id)
            }
            Edit::Update { id, want, .. } => {
                update(cx, scope, id, want, &action.fields).await?;
                Ok(id.clone())
            }
            Edit::Delete { id, .. } => {
                delete(cx, scope, id).await?;
                Ok(id.clone())
            }
        }
    }
}

async fn create(cx: &WriteCx<'_>, scope: &Scope, want: &Model) -> Result<RemoteId, ApplyError> {
    let request = cx
        .read
        .clients
        .iam(scope)
        .create_policy()
        .policy_name(&want.name)
        .path(&want.path)
        .set_description(Some(want.description.clone()).filter(|text| !text.is_empty()))
        .policy_document(written(cx, want)?)
        .set_tags(Some(want.tags.iter().map(|(key, value)| tag(key, value)).collect()));
    match cx.insist(CREATE, &want.name, || request.clone().send()).await {
        Ok(answer) => {
            let arn = answer.policy().and_then(SdkPolicy::arn).filter(|arn| !arn.is_empty());
            arn.map(RemoteId::new)
                .ok_or_else(|| AwsError::unreadable(CREATE, &want.name, "the answer has no ARN").into())
        }
        Err(error) if error.is("EntityAlreadyExists") => Ok(made_before(cx, scope, want).await?.ok_or(error)?),
        Err(error) => Err(error.into()),
    }
}

/// The policy of this path and name, if it carries the mark that this create gives: then it is its own lost deed.
async fn made_before(cx: &WriteCx<'_>, scope: &Scope, want: &Model) -> Result<Option<RemoteId>, AwsError> {
    let partition = &cx.read.clients.caller().partition;
    let arn = format!("arn:{partition}:iam::{}:policy{}{}", scope.account, want.path, want.name);
    let tags = match get(&cx.read, scope, &arn).await {
        Ok(policy) => tags(&policy),
        Err(error) if error.class == Class::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let ours = tags.get(STACK_TAG) == Some(&cx.run.stack) && tags.get(NAME_TAG) == want.tags.get(NAME_TAG);
    Ok(ours.then(|| RemoteId::new(arn)))
}

/// Writes what has changed and nothing else.
async fn update(
    cx: &WriteCx<'_>,
    scope: &Scope,
    id: &RemoteId,
    want: &Model,
    fields: &[FieldDiff],
) -> Result<(), ApplyError> {
    let iam = cx.read.clients.iam(scope);
    if fields.iter().any(|field| field.path == "document" || field.path.starts_with("document.")) {
        new_version(cx, scope, id, want).await?;
        verify::document(cx, scope, id, &want.document).await?;
    }
    let (set, removed) = changed_tags(fields, &want.tags);
    if !set.is_empty() {
        let set = set.into_iter().map(|(key, value)| tag(key, value)).collect();
        let request = iam.tag_policy().policy_arn(id.as_str()).set_tags(Some(set));
        cx.insist(TAG, id.as_str(), || request.clone().send()).await?;
    }
    if !removed.is_empty() {
        let request = iam.untag_policy().policy_arn(id.as_str()).set_tag_keys(Some(removed));
        cx.insist(UNTAG, id.as_str(), || request.clone().send()).await?;
    }
    Ok(())
}

/// Makes the document the default version; where there are five, the oldest of the others goes first.
async fn new_version(cx: &WriteCx<'_>, scope: &Scope, id: &RemoteId, want: &Model) -> Result<(), ApplyError> {
    let document = written(cx, want)?;
    let others = others(&cx.read, scope, id.as_str()).await?;
    for old in others.iter().rev().take((others.len() + 1).saturating_sub(VERSIONS - 1)) {
        delete_version(cx, scope, id, old).await?;
    }
    let iam = cx.read.clients.iam(scope);
    let request = iam.create_policy_version().policy_arn(id.as_str()).policy_document(document.as_str());
    let request = request.set_as_default(true);
    match cx.insist(CREATE_VERSION, id.as_str(), || request.clone().send()).await {
        Ok(_) => Ok(()),
        // The SDK repeats a call whose reply was lost, and the first one may have taken the last place.
        Err(error) if error.class == Class::Quota => {
            let policy = get(&cx.read, scope, id.as_str()).await?;
            let found = default_document(&cx.read, scope, id.as_str(), &policy).await?;
            let json = serde_json::from_str::<serde_json::Value>(&document).ok();
            if json.map(|json| normal(Document::from(json))) == Some(found) { Ok(()) } else { Err(error.into()) }
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes the other versions and then the policy.
async fn delete(cx: &WriteCx<'_>, scope: &Scope, id: &RemoteId) -> Result<(), ApplyError> {
    let all = match others(&cx.read, scope, id.as_str()).await {
        Ok(all) => all,
        Err(error) if error.class == Class::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for version in all.iter().rev() {
        delete_version(cx, scope, id, version).await?;
    }
    let request = cx.read.clients.iam(scope).delete_policy().policy_arn(id.as_str());
    match cx.insist(DELETE, id.as_str(), || request.clone().send()).await {
        Ok(_) => Ok(()),
        Err(error) if error.class == Class::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn delete_version(cx: &WriteCx<'_>, scope: &Scope, id: &RemoteId, version: &str) -> Result<(), AwsError> {
    let object = format!("{id} {version}");
    let iam = cx.read.clients.iam(scope);
    let request = iam.delete_policy_version().policy_arn(id.as_str()).version_id(version);
    match cx.insist(DELETE_VERSION, &object, || request.clone().send()).await {
        Ok(_) => Ok(()),
        Err(error) if error.class == Class::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// The versions that are not the default one, newest first.
async fn others(cx: &ReadCx<'_>, scope: &Scope, arn: &str) -> Result<Vec<String>, AwsError> {
    let (mut all, mut marker) = (Vec::new(), None);
    loop {
        let request = cx.clients.iam(scope).list_policy_versions().policy_arn(arn).set_marker(marker);
        let page = cx.call(LIST_VERSIONS, arn, request.send()).await?;
        for version in page.versions().iter().filter(|version| !version.is_default_version()) {
            let id = version.version_id().filter(|id| !id.is_empty());
            let id = id.ok_or_else(|| AwsError::unreadable(LIST_VERSIONS, arn, "a version has no id"))?;
            all.push((number(id), id.to_owned()));
        }
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            all.sort_by(|one, other| other.cmp(one));
            return Ok(all.into_iter().map(|(_, id)| id).collect());
        }
    }
}

/// The number in `v<number>`, which counts up.
fn number(version: &str) -> u64 {
    version.trim_start_matches('v').split('.').next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// The document as it is sent.
fn written(cx: &WriteCx<'_>, want: &Model) -> Result<String, ApplyError> {
    let document = cx.run.ids.render(&want.document)?;
    let length = document.chars().filter(|character| !character.is_whitespace()).count();
    if length > LONGEST {
        return Err(ApplyError::TooLong { object: want.name.clone(), length, limit: LONGEST });
    }
    Ok(document)
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("key and value are set")
}

/// One policy of the list. Where it cannot be read, it is still seen.
async fn look_at(cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, row: &SdkPolicy) -> Listing {
    let mut listing = Listing::default();
    let Some(arn) = row.arn().filter(|arn| !arn.is_empty()) else {
        let why = "a policy of the list has no ARN".to_owned();
        listing.unread.push(Unread { kind: Kind::IamPolicy, scope: scope.clone(), id: None, why });
        return listing;
    };
    let id = RemoteId::new(arn);
    let unread = |error: &AwsError| {
        let (scope, id, why) = (scope.clone(), Some(id.clone()), error.reason());
        Unread { kind: Kind::IamPolicy, scope, id, why }
    };
    let policy = match get(cx, scope, arn).await {
        Ok(policy) => policy,
        // It went in between.
        Err(error) if error.class == Class::NotFound => return listing,
        Err(error) => {
            listing.items.push(seen(scope, &id, Evidence::Unseen(error.reason())));
            return listing;
        }
    };
    let tags = tags(&policy);
    let ours = owner_of(&tags, &survey.stack).0 == Owner::Ours;
    if !ours && !survey.wants_name(scope, &row.policy_name().unwrap_or_default().to_lowercase()) {
        return listing;
    }
    match in_full(cx, scope, &id, policy).await {
        Ok(raw) => listing.items.push(raw),
        Err(error) => {
            listing.unread.push(unread(&error));
            listing.items.push(seen(scope, &id, Evidence::Tags(tags)));
        }
    }
    listing
}

async fn get(cx: &ReadCx<'_>, scope: &Scope, arn: &str) -> Result<SdkPolicy, AwsError> {
    let request = cx.clients.iam(scope).get_policy().policy_arn(arn);
    let answer = cx.call(GET, arn, request.send()).await?;
    answer.policy.ok_or_else(|| AwsError::unreadable(GET, arn, "the answer has no policy"))
}

fn tags(policy: &SdkPolicy) -> Tags {
    policy.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

async fn default_document(cx: &ReadCx<'_>, scope: &Scope, arn: &str, policy: &SdkPolicy) -> Result<Document, AwsError> {
    let unreadable = |what: String| AwsError::unreadable(GET_VERSION, arn, what);
    let version = policy.default_version_id().filter(|version| !version.is_empty());
    let version = version.ok_or_else(|| unreadable("the policy has no default version".to_owned()))?;
    let request = cx.clients.iam(scope).get_policy_version().policy_arn(arn).version_id(version);
    let answer = cx.call(GET_VERSION, arn, request.send()).await?;
    let text = answer.policy_version().and_then(|version| version.document());
    let text = text.ok_or_else(|| unreadable("the version has no document".to_owned()))?;
    document(text).map_err(unreadable)
}

/// A document as IAM sends it, in normal form; or what is wrong with it.
fn document(text: &str) -> Result<Document, String> {
    Ok(normal(Document::from(encoded_json(text)?)))
}

async fn in_full(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId, policy: SdkPolicy) -> Result<Raw, AwsError> {
    let document = default_document(cx, scope, id.as_str(), &policy).await?;
    let tags = tags(&policy);
    let required = |text: Option<String>, member: &str| {
        let text = text.filter(|text| !text.is_empty());
        text.ok_or_else(|| AwsError::unreadable(GET, id.as_str(), format!("the policy has no {member}")))
    };
    let model = Model {
        name: required(policy.policy_name, "name")?,
        path: required(policy.path, "path")?,
        description: policy.description.unwrap_or_default(),
        document,
        tags: tags.clone(),
        current: Vec::new(),
        needs: Vec::new(),
    };
    let changed_at = policy.update_date.map(|date| date.to_string());
    Ok(Raw { model: Some(model.into()), changed_at, ..seen(scope, id, Evidence::Tags(tags)) })
}

fn seen(scope: &Scope, id: &RemoteId, evidence: Evidence) -> Raw {
    Raw {
        kind: Kind::IamPolicy,
        scope: scope.clone(),
        id: id.clone(),
        name: name_of_arn(id.as_str()).to_owned(),
        evidence,
        model: None,
        profile: None,
        standing: Standing::default(),
        fact: String::new(),
        changed_at: None,
    }
}

/// The customer managed policies of the account.
async fn rows(cx: &ReadCx<'_>, scope: &Scope) -> Result<Vec<SdkPolicy>, AwsError> {
    let (mut rows, mut marker) = (Vec::new(), None);
    loop {
        let request = cx.clients.iam(scope).list_policies().scope(PolicyScopeType::Local).max_items(1000);
        let page = cx.call(LIST, scope.account.as_str(), request.set_marker(marker).send()).await?;
        rows.extend(page.policies.into_iter().flatten());
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            return Ok(rows);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up() {
        assert!(number("v10") > number("v9"));
    }
}
