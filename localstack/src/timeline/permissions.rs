//! Whether those in an account who may invoke models may also apply a guardrail.

use super::watch::Reference;
use crate::authorize::{self, Ask, Who};
use crate::bedrock::guard::{APPLY, Guard};
use crate::bedrock::models;
use crate::caller::Identity;
use crate::iam::{self, Policy, Role};
use crate::policy::Context;
use crate::world::World;

const INVOKE: &str = "bedrock:InvokeModel";

/// The model that is asked for of whoever names no other.
const ANY_MODEL: &str = "amazon.nova-lite-v1:0";

#[derive(Debug)]
pub(super) struct Permissions<'a> {
    world: &'a World,
    /// Whether an account's place in the tree has a say in what it may do, whatever the guardrail.
    placed: bool,
}

impl<'a> Permissions<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        let template = world.iam.held().get(iam::EVERY);
        let inline = template.into_iter().flat_map(|iam| iam.roles.values().flat_map(|role| role.inline.values()));
        let managed = template.into_iter().flat_map(|iam| iam.policies.values().map(Policy::document));
        let placed = world.organization.is_controlled() || inline.chain(managed).any(|text| names_places(text));
        Self { world, placed }
    }

    /// Whether it may make a difference for the guardrail where in the tree an account is.
    pub(super) fn lean_on_places(&self, guard: &Guard) -> bool {
        self.placed || guard.resources.iter().filter_map(|one| one.policy.as_deref()).any(names_places)
    }

    /// Who may invoke models but not apply the guardrail, and why not: the first of the account's roles by name, or its root.
    pub(super) fn denial(&self, account: &str, reference: &Reference, guard: &Guard) -> Option<String> {
        let iam = self.world.iam(account);
        let roles = iam.roles.iter().map(|(name, role)| {
            let session = Identity::Session { role: name.clone(), name: "timeline".to_owned(), policies: Vec::new() };
            (format!("role {name}"), session, self.models_of(account, role))
        });
        let root = ("the root".to_owned(), Identity::Root, vec![ANY_MODEL]);
        roles.chain([root]).find_map(|(name, identity, models)| {
            let who = Who { account, identity: &identity, carried: None, region: &reference.region };
            let reason = self.inapplicable(who, guard)?;
            self.may_invoke(who, reference, &models).then(|| format!("{name} may invoke models, but is {reason}"))
        })
    }

    /// Why the principal may not apply the guardrail.
    fn inapplicable(&self, who: Who<'_>, guard: &Guard) -> Option<String> {
        guard.resources.iter().find_map(|resource| {
            let ask = Ask { resource_policy: resource.policy.as_deref(), ..Ask::new(APPLY, &resource.arn) };
            let message = authorize::decide(self.world, who, &ask).message("it", APPLY, &resource.arn)?;
            Some(message.strip_prefix("User: it is ").map(str::to_owned).unwrap_or(message))
        })
    }

    /// Whether the principal may invoke a model, with the guardrail in its request or with none.
    fn may_invoke(&self, who: Who<'_>, reference: &Reference, models: &[&str]) -> bool {
        let Reference { region, arn, version, .. } = reference;
        let named = Context::default().with("bedrock:GuardrailIdentifier", format!("{arn}:{version}"));
        models.iter().any(|model| {
            let model = format!("arn:{}:bedrock:{region}::foundation-model/{model}", self.world.partition.id());
            [Context::default(), named.clone()].into_iter().any(|context| {
                let ask = Ask { context, ..Ask::new(INVOKE, &model) };
                authorize::decide(self.world, who, &ask).is_allowed()
            })
        })
    }

    /// The models that may tell whether a role may invoke any: those that its policies may mean.
    fn models_of(&self, account: &str, role: &Role) -> Vec<&'static str> {
        let inline = role.inline.values().map(|text| &**text);
        let attached = role.attached.iter().filter_map(|arn| iam::managed_document(self.world, account, arn));
        let named = inline.chain(attached).flat_map(|text| text.split("foundation-model/").skip(1));
        let beginnings: Vec<&str> = named
            .filter_map(|rest| rest.split(['"', '*', '?']).next())
            .filter(|beginning| !beginning.is_empty())
            .collect();
        let meant = models::ids().filter(|id| beginnings.iter().any(|beginning| id.starts_with(beginning)));
        [ANY_MODEL].into_iter().chain(meant).collect()
    }
}

/// Whether a document asks where in the tree an account is.
fn names_places(text: &str) -> bool {
    text.to_ascii_lowercase().contains("orgpaths")
}
