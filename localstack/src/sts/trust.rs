//! Whether a role lets somebody in.

use std::collections::{BTreeMap, BTreeSet};

use crate::authorize::{self, Ask};
use crate::caller::Caller;
use crate::policy::{Context, Document};
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
    /// The action that the caller is not allowed, if there is one: tags and a source identity need actions of their own. Without
    /// the option `authorize` the trust policy alone decides.
    pub(super) fn refused(&self, world: &World, caller: &Caller, role: &str, trust: &str) -> Option<&'static str> {
        let needed = [
            ("sts:AssumeRole", true),
            ("sts:TagSession", !self.tags.is_empty()),
            ("sts:SetSourceIdentity", self.source_identity.is_some()),
        ];
        let document = Document::parse(trust);
        let allowed = |action: &str| {
            let ask = Ask { action, resource: role, context: self.context(), resource_policy: Some(trust) };
            if world.options.authorize {
                return authorize::decide(world, caller.into(), &ask).is_allowed();
            }
            // A trust policy that cannot be read lets nobody in.
            document.as_ref().is_ok_and(|document| authorize::admits(world, document, caller.into(), &ask))
        };
        needed.into_iter().find(|(action, needed)| *needed && !allowed(action)).map(|(action, _)| action)
    }

    /// The condition keys of the request.
    fn context(&self) -> Context {
        let context = Context::default()
            .with("sts:RoleSessionName", self.session)
            .with("sts:DurationSeconds", self.seconds.to_string())
            .with_all("aws:TagKeys", self.tags.keys())
            .with_all("sts:TransitiveTagKeys", self.transitive);
        let said = [("sts:ExternalId", self.external_id), ("sts:SourceIdentity", self.source_identity)];
        let said = said.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let tags = self.tags.iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), value.as_str()));
        said.chain(tags).fold(context, |context, (key, value)| context.with(&key, value))
    }
}
