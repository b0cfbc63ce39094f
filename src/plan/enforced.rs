//! What the spec enforces on whom once it is applied: account by account and Region by Region. What AWS says and does is held
//! against this.

use super::effect::Effect;
use crate::kinds::Model;
use crate::kinds::account_enforcement::{ModelEnforcement, SelectiveContentGuarding};
use crate::kinds::org_policy::inheritance::Effective;
use crate::model::{Address, Desired, Facts, Names, Ref, RemoteId, Scope, words};

words! {
    /// By what a guardrail is enforced, as answers of model calls say it.
    Level { Account = "ACCOUNT_ENFORCED", Organization = "ORGANIZATION_ENFORCED", }
}

/// A guardrail that the spec enforces in one Region of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enforced {
    /// The account and the Region.
    pub scope: Scope,
    /// By what.
    pub level: Level,
    /// The enforcement, or the policy that names the version.
    pub by: Address,
    /// The version.
    pub version: Ref,
    /// What of a call is examined.
    pub guarding: SelectiveContentGuarding,
    /// Which models are held to it.
    pub models: ModelEnforcement,
}

impl Enforced {
    /// The versions that will do, as AWS names them; none where it is yet to be published, or was not seen.
    pub fn versions(&self, names: &Names) -> Vec<RemoteId> {
        match &self.version {
            Ref::To(address) => names.ids(address).cloned().collect(),
            Ref::Foreign(id) => vec![id.clone()],
        }
    }

    /// Whether calls of this model are held to it: of what is no model's id, those that no list can name, only where all are.
    pub fn covers(&self, model: &str) -> bool {
        let ModelEnforcement { included_models, excluded_models } = &self.models;
        let id = model.rsplit('/').next().unwrap_or(model);
        let included = included_models.contains("ALL") || included_models.contains(id);
        included && !excluded_models.contains(id)
    }
}

/// All that the spec enforces, in the order of account, Region and level; by the policies of the organization as if there were no
/// others.
pub fn enforced(desired: &Desired, facts: &Facts) -> Vec<Enforced> {
    let mut all: Vec<Enforced> = desired
        .resources
        .iter()
        .filter_map(|(address, wanted)| match &wanted.model {
            Model::AccountEnforcement(model) => Some(Enforced {
                scope: address.scope.clone(),
                level: Level::Account,
                by: address.clone(),
                version: model.version.clone(),
                guarding: model.selective_content_guarding.clone(),
                models: model.model_enforcement.clone(),
            }),
            _ => None,
        })
        .collect();
    for chain in Effect::of_spec(desired, facts).chains {
        for (region, Effective { version, guarding, models, by }) in chain.regions {
            let Ref::To(by) = by else { continue };
            all.extend(chain.accounts.iter().map(|account| Enforced {
                scope: Scope::regional(account.clone(), region.clone()),
                level: Level::Organization,
                by: by.clone(),
                version: version.clone(),
                guarding: guarding.clone(),
                models: models.clone(),
            }));
        }
    }
    all.sort_by(|one, other| (&one.scope, one.level).cmp(&(&other.scope, other.level)));
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kinds::Kind;
    use crate::model::Region;

    #[test]
    fn lists_name_models_and_never_profiles() {
        let of = |included: &[&str], excluded: &[&str]| {
            let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
            let scope = Scope::regional("111122223333".parse().expect("an id"), Region::new("us-east-1"));
            Enforced {
                by: Address::new(Kind::AccountEnforcement, scope.clone(), "account"),
                scope,
                level: Level::Account,
                version: Ref::Foreign(RemoteId::new("arn:1")),
                guarding: SelectiveContentGuarding::default(),
                models: ModelEnforcement { included_models: set(included), excluded_models: set(excluded) },
            }
        };
        let (nova, profile) = ("amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0");
        assert!(of(&["ALL"], &[]).covers(nova) && of(&["ALL"], &[nova]).covers(profile));
        assert!(of(&[nova], &[]).covers(nova) && !of(&[nova], &[]).covers(profile));
        let arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0";
        assert!(of(&[nova], &[]).covers(arn) && !of(&["ALL"], &[nova]).covers(arn));
    }
}
