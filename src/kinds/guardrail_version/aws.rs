//! `guardrail-version` in AWS.

use super::{GuardrailVersion, Model};
use crate::aws::{ApplyError, AwsError, Edit, Listing, Place, ReadCx, Remote, Survey, WriteCx};
use crate::model::{Raw, Readings, RemoteId, Scope};
use crate::plan::Action;

impl Remote for GuardrailVersion {
    const PLACE: Place = Place::Region;

    async fn list(_cx: &ReadCx<'_>, _survey: &Survey, _scope: &Scope, _so_far: &Readings) -> Result<Listing, AwsError> {
        Ok(Listing::default())
    }

    async fn read(_cx: &ReadCx<'_>, _scope: &Scope, _id: &RemoteId) -> Result<Option<Raw>, AwsError> {
        Ok(None)
    }

    async fn perform(_cx: &WriteCx<'_>, action: &Action, _edit: Edit<'_, Model>) -> Result<RemoteId, ApplyError> {
        Err(ApplyError::Impossible(action.address.clone()))
    }
}
