//! Who asks, and what a request says besides.

use super::Ask;
use super::gather::owner;
use crate::caller::{Caller, Carried, Identity};
use crate::clock::iso8601;
use crate::iam::Role;
use crate::policy::{Context, Principal};
use crate::world::{Scope, World};

/// A principal of an account, and the Region that it calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    pub(crate) account: &'a str,
    pub(crate) identity: &'a Identity,
    pub(crate) region: &'a str,
    /// What its session was given, if anything.
    pub(crate) carried: Option<&'a Carried>,
}

impl<'a> From<&'a Caller> for Who<'a> {
    fn from(caller: &'a Caller) -> Self {
        Self {
            account: &caller.account,
            identity: &caller.identity,
            region: &caller.region,
            carried: Some(&caller.carried),
        }
    }
}

impl<'a> Who<'a> {
    /// As a `Principal` element sees it.
    pub(crate) fn principal(self, world: &World) -> Principal {
        let account = self.account.to_owned();
        match self.identity {
            Identity::Root => {
                Principal::Root { arn: format!("arn:{}:iam::{account}:root", world.partition.id()), account }
            }
            Identity::Session { role, name, .. } => Principal::Session {
                role_arn: self.principal_arn(world),
                session_arn: format!("arn:{}:sts::{account}:assumed-role/{role}/{name}", world.partition.id()),
                account,
            },
        }
    }

    /// `aws:PrincipalArn`: the root, or the role and not its session.
    fn principal_arn(self, world: &World) -> String {
        let partition = world.partition.id();
        match self.identity {
            Identity::Root => format!("arn:{partition}:iam::{}:root", self.account),
            Identity::Session { role: name, .. } => match self.role(world) {
                Some(role) => role.arn(partition, self.account, name),
                // Deleted while the session goes on.
                None => format!("arn:{partition}:iam::{}:role/{name}", self.account),
            },
        }
    }

    /// The role whose session it is.
    pub(super) fn role(self, world: &'a World) -> Option<&'a Role> {
        match self.identity {
            Identity::Root => None,
            Identity::Session { role, .. } => world.iam(self.account).roles.get(role),
        }
    }

    /// All condition keys of a request: those of the service, of the principal, of the resource and of the network.
    ///
    /// Inferred of the network: the emulator stands for an endpoint that is called over TLS from this machine.
    pub(super) fn context(self, world: &World, ask: &Ask<'_>) -> Context {
        let mut context = ask
            .context
            .clone()
            .with("aws:PrincipalAccount", self.account)
            .with("aws:PrincipalArn", self.principal_arn(world))
            .with("aws:PrincipalIsAWSService", "false")
            .with("aws:ViaAWSService", "false")
            .with("aws:RequestedRegion", self.region)
            .with("aws:CurrentTime", iso8601(world.now()))
            .with("aws:EpochTime", world.now().div_euclid(1000).to_string())
            .with("aws:SecureTransport", "true")
            .with("aws:SourceIp", "127.0.0.1");
        let tags_of_role = self.role(world).into_iter().flat_map(|role| &role.tags);
        // A tag of the session stands for the role's of the same name.
        let tags_of_session = self.carried.into_iter().flat_map(|carried| &carried.tags);
        for (key, value) in tags_of_role.chain(tags_of_session) {
            context = context.with(&format!("aws:PrincipalTag/{key}"), value);
        }
        if let Some(identity) = self.carried.and_then(|carried| carried.source_identity.as_ref()) {
            context = context.with("aws:SourceIdentity", identity);
        }
        context = match (self.identity, self.role(world)) {
            (Identity::Root, _) => context.with("aws:PrincipalType", "Account").with("aws:userid", self.account),
            (Identity::Session { name, .. }, role) => {
                let id = role.map(|role| role.id.as_str()).unwrap_or_default();
                context
                    .with("aws:PrincipalType", "AssumedRole")
                    .with("aws:userid", format!("{id}:{name}"))
                    .with("aws:MultiFactorAuthPresent", "false")
            }
        };
        context = organization(world, context, "Principal", self.account);
        if ask.resource == "*" {
            return context;
        }
        let owner = owner(ask.resource, self.account);
        context = organization(world, context.with("aws:ResourceAccount", owner), "Resource", owner);
        let tags = tags(world, ask.resource).map(|(key, value)| (format!("aws:ResourceTag/{key}"), value));
        tags.fold(context, |context, (key, value)| context.with(&key, value))
    }
}

/// `aws:<of>OrgID` and `aws:<of>OrgPaths`, for an account of the organization.
fn organization(world: &World, context: Context, of: &str, account: &str) -> Context {
    match world.organization.path_of(account) {
        Some(path) => context
            .with(&format!("aws:{of}OrgID"), world.organization.id())
            .with_all(&format!("aws:{of}OrgPaths"), [path]),
        None => context,
    }
}

/// The tags of a guardrail, a role, a customer managed policy, or whatever of the organization has some (Organizations user
/// guide, "Attribute-based access control with tags").
fn tags<'a>(world: &'a World, arn: &'a str) -> impl Iterator<Item = (&'a String, &'a String)> {
    let tags = match *arn.splitn(6, ':').collect::<Vec<_>>() {
        ["arn", _, "bedrock", region, account, resource] => resource.strip_prefix("guardrail/").and_then(|id| {
            world.bedrock(&Scope { account: account.to_owned(), region: region.to_owned() }).tags(id, world.now())
        }),
        ["arn", _, "iam", _, account, resource] => {
            let iam = world.iam(account);
            let name = resource.rsplit('/').next().unwrap_or_default();
            match resource.split('/').next() {
                Some("role") => iam.roles.get(name).map(|role| &role.tags),
                Some("policy") => iam.policies.get(name).map(|policy| &policy.tags),
                _ => None,
            }
        }
        ["arn", _, "organizations", _, _, resource] => {
            world.organization.tags_of(resource.rsplit('/').next().unwrap_or_default())
        }
        _ => None,
    };
    tags.into_iter().flatten()
}
