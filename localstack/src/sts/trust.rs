//! Whether a role lets somebody in.

use std::collections::{BTreeMap, BTreeSet};

use crate::caller::{Caller, Identity};
use crate::policy::{Context, Document, Principal, Request};
use crate::world::World;

/// What a request for a session says that a trust policy may ask for.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) session: &'a str,
    pub(super) seconds: i64,
    pub(super) external_id: Option<&'a str>,
    pub(super) source_identity: Option<&'a str>,
    pub(super) tags: &'a BTreeMap<String, String>,
    pub(super) transitive: &'a BTreeSet<String>,
}

impl Asked<'_> {
    /// The action that the trust policy does not allow, if there is one: tags and a source identity need actions of their own.
    /// A trust policy that cannot be read lets nobody in.
    pub(super) fn refused(&self, world: &World, caller: &Caller, trust: &str) -> Option<&'static str> {
        let needed = [
            ("sts:AssumeRole", true),
            ("sts:TagSession", !self.tags.is_empty()),
            ("sts:SetSourceIdentity", self.source_identity.is_some()),
        ];
        let document = Document::parse(trust);
        let (principal, context) = (principal(world, caller), self.context(world, caller));
        let allowed = |action: &str| {
            let request = Request { principal: &principal, action, resource: "*", context: &context };
            document.as_ref().is_ok_and(|document| document.decide(&request).allows())
        };
        needed.into_iter().find(|(action, needed)| *needed && !allowed(action)).map(|(action, _)| action)
    }

    fn context(&self, world: &World, caller: &Caller) -> Context {
        let seconds = self.seconds.to_string();
        let mut context = Context::default()
            .with("aws:PrincipalAccount", &caller.account)
            .with("aws:PrincipalArn", principal_arn(world, caller))
            .with("sts:RoleSessionName", self.session)
            .with("sts:DurationSeconds", seconds)
            .with_all("aws:TagKeys", self.tags.keys())
            .with_all("sts:TransitiveTagKeys", self.transitive);
        if let Some(path) = world.organization.path_of(&caller.account) {
            context =
                context.with("aws:PrincipalOrgID", world.organization.id()).with_all("aws:PrincipalOrgPaths", [path]);
        }
        for (key, value) in [("sts:ExternalId", self.external_id), ("sts:SourceIdentity", self.source_identity)] {
            if let Some(value) = value {
                context = context.with(key, value);
            }
        }
        if let Some(identity) = &caller.carried.source_identity {
            context = context.with("aws:SourceIdentity", identity);
        }
        let requested = self.tags.iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), value));
        let principal = caller.carried.tags.iter().map(|(key, value)| (format!("aws:PrincipalTag/{key}"), value));
        requested.chain(principal).fold(context, |context, (key, value)| context.with(&key, value))
    }
}

/// The ARN that policies know the caller by: for a session its role's.
fn principal_arn(world: &World, caller: &Caller) -> String {
    match &caller.identity {
        Identity::Root => caller.arn.clone(),
        Identity::Session { role, .. } => {
            let held = world.iam(&caller.account).roles.get(role);
            held.map_or_else(|| caller.arn.clone(), |held| held.arn(world.partition.id(), &caller.account, role))
        }
    }
}

fn principal(world: &World, caller: &Caller) -> Principal {
    let account = caller.account.clone();
    match caller.identity {
        Identity::Root => Principal::Root { account, arn: caller.arn.clone() },
        Identity::Session { .. } => {
            Principal::Session { account, role_arn: principal_arn(world, caller), session_arn: caller.arn.clone() }
        }
    }
}
