//! `org-policy-type` in AWS: enabled on the root, in Organizations' own time.

use super::{Model, OrgPolicyType, PolicyType};
use crate::aws::{ApplyError, AwsError, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::kinds::Kind;
use crate::model::{Evidence, Raw, Readings, RemoteId, Scope, Standing};
use crate::plan::Action;

const ENABLE: &str = "organizations:EnablePolicyType";
const LIST: &str = "organizations:ListRoots";
const ENABLED: &str = "ENABLED";

impl Remote for OrgPolicyType {
    const PLACE: Place = Place::Organization;
    const SHOWN_BY: Option<Kind> = None;

    /// As the roots showed it when the organization was read: `ListRoots` may be called once a second.
    async fn list(_cx: &ReadCx<'_>, survey: &Survey, scope: &Scope, _so_far: &Readings) -> Result<Listing, AwsError> {
        let types = survey.organization.iter().flat_map(|organization| &organization.policy_types);
        let enabled = types.filter(|(name, status)| PolicyType::from_word(name).is_some() && status == ENABLED);
        Ok(Listing { items: enabled.map(|(name, _)| raw(scope, name)).collect(), ..Listing::default() })
    }

    async fn read(cx: &ReadCx<'_>, scope: &Scope, id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        let enabled = status(cx, id.as_str()).await?.as_deref() == Some(ENABLED);
        Ok(enabled.then(|| raw(scope, id.as_str())))
    }

    async fn perform(cx: &WriteCx<'_>, action: &Action, edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        let impossible = || ApplyError::Impossible(action.address.clone());
        let Edit::Create { .. } = edit else { return Err(impossible()) };
        let root = cx.run.root.as_deref().ok_or_else(impossible)?;
        let name = action.address.name.as_str();
        let request = cx.read.clients.organizations().enable_policy_type().root_id(root).policy_type(name.into());
        match cx.insist(ENABLE, name, || request.clone().send()).await {
            Ok(_) => {}
            Err(error) if error.is("PolicyTypeAlreadyEnabled") => {}
            Err(error) => return Err(error.into()),
        }
        let mut pace = cx.run.wait.pace(name);
        loop {
            let last = status(&cx.read, name).await?;
            if last.as_deref() == Some(ENABLED) {
                return Ok(RemoteId::new(name));
            }
            if !pace.rest(cx.run.wait.deadlines.propagation).await {
                let (object, seconds) = (name.to_owned(), pace.elapsed().as_secs());
                let last = last.unwrap_or_else(|| "disabled".to_owned());
                return Err(ApplyError::Late { object, awaited: ENABLED, seconds, last });
            }
        }
    }
}

/// The status of a policy type on the root; a disabled one has none.
async fn status(cx: &ReadCx<'_>, name: &str) -> Result<Option<String>, AwsError> {
    let mut next = None;
    loop {
        let request = cx.clients.organizations().list_roots().set_next_token(next);
        let page = cx.call(LIST, name, request.send()).await?;
        if let Some(root) = page.roots().first() {
            let row = root.policy_types().iter().find(|row| row.r#type().is_some_and(|found| found.as_str() == name));
            return Ok(row.and_then(|row| row.status()).map(|status| status.as_str().to_owned()));
        }
        next = page.next_token;
        if next.is_none() {
            return Err(AwsError::unreadable(LIST, name, "the answer has no root"));
        }
    }
}

fn raw(scope: &Scope, name: &str) -> Raw {
    Raw {
        kind: Kind::OrgPolicyType,
        scope: scope.clone(),
        id: RemoteId::new(name),
        name: name.to_owned(),
        evidence: Evidence::Organization,
        model: Some(Model {}.into()),
        profile: None,
        standing: Standing::default(),
        fact: String::new(),
        changed_at: None,
    }
}
