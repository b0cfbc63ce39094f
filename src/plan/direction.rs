//! Which way each change goes, and with that whether it is a hazard.

use super::draft::guard_secrets;
use super::order::Draft;
use super::{Change, Hazard};
use crate::kinds::guardrail::Content;
use crate::kinds::guardrail_version::Release;
use crate::kinds::{Contents, Model};
use crate::model::{Address, Desired, Live, Ref, RemoteId};

/// Gives every draft its direction, field by field.
pub(super) fn judge(drafts: &mut [Draft], desired: &Desired, live: &Live) {
    // What nothing uses any more is missed by nobody.
    for draft in drafts.iter_mut().filter(|draft| !draft.prune) {
        let (have, want) = match &draft.change {
            Change::Create { want } => (None, Some(want)),
            Change::Update { have, want, .. } => (Some(have), Some(want)),
            Change::Delete { have, .. } => (Some(have), None),
        };
        let contents = Known { desired, live, holder: &draft.address };
        draft.direction = Model::judge(have, want, &mut draft.fields, &contents);
        guard_secrets(&mut draft.fields, &desired.secrets);
        if draft.direction.loses() {
            draft.hazards.insert(Hazard::Weakens);
        }
    }
}

/// What is known of the versions that something points at, now and once the plan is done.
struct Known<'a> {
    desired: &'a Desired,
    live: &'a Live,
    /// What points.
    holder: &'a Address,
}

impl Known<'_> {
    fn read(&self, id: &RemoteId) -> Result<&Content, String> {
        match self.live.contents.get(id) {
            Some(Ok(content)) => Ok(content),
            Some(Err(why)) => Err(format!("what {id} holds could not be read: {why}")),
            None => Err(format!("what {id} holds was not read")),
        }
    }
}

/// The content that the spec gives a version, if that is what the version holds or will hold.
pub fn specified<'d>(version: &Address, desired: &'d Desired, live: &Live) -> Option<&'d Content> {
    let Model::GuardrailVersion(wanted) = &desired.resources.get(version)?.model else { return None };
    let Model::Guardrail(guardrail) = &desired.resources.get(wanted.guardrail.address()?)?.model else {
        return None;
    };
    // A named version that exists may hold what the spec has left behind.
    let named = wanted.release != Release::Implicit && live.names.ids(version).next().is_some();
    let same = wanted.content.as_ref() == Some(&guardrail.content.digest());
    (same && !named).then_some(&guardrail.content)
}

impl Contents for Known<'_> {
    fn have(&self, version: &Ref) -> Result<&Content, String> {
        let live = self.live;
        let address = match version {
            Ref::Foreign(id) => return self.read(id),
            Ref::To(address) => address,
        };
        let goes_by = |id: &&RemoteId| {
            live.names.address(id) == Some(address) || live.names.ids(address).any(|serving| serving == *id)
        };
        let pointed = live.pointers.get(self.holder).into_iter().flatten().find(goes_by);
        self.read(pointed.ok_or_else(|| format!("which version {address} is was not seen"))?)
    }

    fn want(&self, version: &Ref) -> Result<&Content, String> {
        let address = match version {
            Ref::Foreign(id) => return self.read(id),
            Ref::To(address) => address,
        };
        if let Some(content) = specified(address, self.desired, self.live) {
            return Ok(content);
        }
        let id = self.live.names.ids(address).last();
        self.read(id.ok_or_else(|| format!("{address} does not exist yet"))?)
    }
}
