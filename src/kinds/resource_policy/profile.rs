//! The policies of guardrail profiles. A cross-Region guardrail is applied in the destination Regions of its profile, so
//! whoever uses the guardrail must be admitted to the profile's object there (Bedrock user guide,
//! "guardrail-profiles-permissions").

use std::collections::{BTreeMap, BTreeSet};

use super::Model;
use super::document::{APPLY, Grantees, document};
use crate::kinds::Kind;
use crate::model::span::Span;
use crate::model::{Address, Ref, RemoteId, Scope};
use crate::spec::lower::{Lowering, destinations};

/// What the policies of profiles must grant: one for each account, destination and profile, whoever needs it.
#[derive(Debug, Default)]
pub(super) struct Policies(BTreeMap<Address, Policy>);

#[derive(Debug)]
struct Policy {
    grantees: Grantees,
    entry: String,
    span: Span,
}

/// The addresses of the policies of a profile that a guardrail in `source` uses.
pub(super) fn addresses(profile: &str, source: &Scope) -> Vec<Address> {
    let regions = source.region.iter().flat_map(|region| destinations(profile, region));
    regions
        .map(|region| Address::new(Kind::ResourcePolicy, Scope::regional(source.account.clone(), region), profile))
        .collect()
}

impl Policies {
    /// Notes that an entry shares a guardrail of `source` with `grantees`.
    pub(super) fn add(&mut self, profile: &str, source: &Scope, grantees: &Grantees, (entry, span): (&str, Span)) {
        for address in addresses(profile, source) {
            let policy = self.0.entry(address).or_insert_with(|| Policy {
                grantees: Grantees::default(),
                entry: entry.to_owned(),
                span,
            });
            policy.grantees.extend(grantees.clone());
        }
    }

    /// Adds the policies to what is wanted.
    pub(super) fn lower(self, lowering: &mut Lowering<'_>) {
        let partition = lowering.facts.caller.partition.clone();
        let stack = lowering.desired.stack.clone();
        for (address, Policy { grantees, entry, span }) in self.0 {
            let Scope { account, .. } = &address.scope;
            let region = address.scope.region_name();
            let arn = format!("arn:{partition}:bedrock:{region}:{account}:guardrail-profile/{}", address.name);
            let resource = Ref::Foreign(RemoteId::new(arn));
            let actions = BTreeSet::from([APPLY]);
            let document = document(&resource, (&partition, account), &grantees, &actions, Some(&stack));
            lowering.want(address, Model { resource, document }, &entry, span, Vec::new());
        }
    }
}
