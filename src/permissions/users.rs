//! Who applies guardrails from other accounts than their own, as far as a spec tells.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::guardrail::key_policy::Users;
use crate::kinds::resource_policy::document::grantees;
use crate::kinds::{Kind, Model};
use crate::model::{AccountId, Address, Desired, Ref};

/// A spec, told without AWS.
pub(super) struct Told<'a> {
    pub(super) desired: &'a Desired,
    /// The selectors that accounts stand for.
    pub(super) stand_ins: &'a BTreeMap<AccountId, String>,
    /// The id of the organization, if the spec says it; else what stands for it.
    pub(super) organization: &'a str,
}

impl Told<'_> {
    /// Who is made to apply a guardrail: below the nodes and in the accounts where the spec enforces it, demands it, or gives
    /// roles a policy that names it. Where the spec does none of that, who may: those with whom it is shared.
    pub(super) fn users(&self, guardrail: &Address) -> Users {
        let mut users = Users::default();
        for (address, wanted) in &self.desired.resources {
            let named = match &wanted.model {
                Model::OrgPolicy(model) => model.document.references(),
                Model::IamPolicy(model) => model.document.references(),
                Model::AccountEnforcement(model) => model.version.address().into_iter().cloned().collect(),
                _ => continue,
            };
            if !named.iter().any(|named| self.is_of(named, guardrail)) {
                continue;
            }
            if address.kind == Kind::OrgPolicy {
                for node in self.nodes(address) {
                    self.below(&mut users, guardrail, node);
                }
            } else {
                let account = &address.scope.account;
                let selected = self.stand_ins.get(account).map_or(account.as_str(), String::as_str);
                if *account != guardrail.scope.account {
                    self.below(&mut users, guardrail, selected);
                }
            }
        }
        if users.is_empty() { self.shared(guardrail) } else { users }
    }

    fn nodes(&self, policy: &Address) -> BTreeSet<&str> {
        let attachments = self.desired.resources.values().filter_map(|wanted| match &wanted.model {
            Model::OrgPolicyAttachment(model) if model.policy.address() == Some(policy) => Some(model.target.as_str()),
            _ => None,
        });
        attachments.collect()
    }

    /// Whether this is the guardrail, or a version of it.
    fn is_of(&self, named: &Address, guardrail: &Address) -> bool {
        let of = match self.desired.resources.get(named).map(|wanted| &wanted.model) {
            Some(Model::GuardrailVersion(model)) => model.guardrail.address(),
            _ => None,
        };
        named == guardrail || of == Some(guardrail)
    }

    /// With whom the guardrail is shared.
    fn shared(&self, guardrail: &Address) -> Users {
        let mut users = Users::default();
        let policies = self.desired.resources.values().filter_map(|wanted| match &wanted.model {
            Model::ResourcePolicy(model) if model.resource == Ref::To(guardrail.clone()) => grantees(&model.document),
            _ => None,
        });
        for granted in policies {
            if granted.organization.is_some() {
                users.everybody(self.organization);
            }
            for pattern in granted.units.values().flatten() {
                let unit = pattern.split_once("/*/").and_then(|(_, rest)| rest.strip_suffix("/*"));
                self.below(&mut users, guardrail, unit.unwrap_or(pattern));
            }
        }
        users
    }

    /// All below a node, by its id or, where only AWS knows that, by its selector.
    fn below(&self, users: &mut Users, guardrail: &Address, node: &str) {
        match node {
            own if own == guardrail.scope.account.as_str() => {}
            "root" | "all" => users.everybody(self.organization),
            name if name.starts_with("account:") => drop(users.accounts.insert(unknown(name))),
            name if name.starts_with("ou:") => users.below(self.organization, &unknown(name)),
            id => users.below(self.organization, id),
        }
    }
}

/// Stands for an id that only AWS knows. AWS refuses it as an account, and as a path of the organization it matches nobody.
fn unknown(selector: &str) -> String {
    format!("<id of {selector}>")
}

/// Whether something has to be filled in.
pub(super) fn has_unknown(text: &str) -> bool {
    text.contains("<id of ")
}
