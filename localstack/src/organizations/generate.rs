//! More OUs and accounts.

use super::organization::{Account, AccountState, JoinedMethod, Organization, Unit};
use super::policy_type::PolicyType;
use crate::clock::Millis;

/// So many OUs below each: five levels have room for 3,905 of them.
const UNITS_PER_PARENT: usize = 5;

/// 2025-01-03T00:00:00Z.
const JOINED: Millis = 1_735_862_400_000;

impl Organization {
    /// The numbers of accounts and OUs.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.accounts.len(), self.units.len())
    }

    /// Adds so many accounts and OUs: the OUs as a tree below the root, the accounts in turn into each of those OUs, or into the
    /// root where no OU is added.
    pub(crate) fn grow(&mut self, accounts: usize, units: usize) {
        self.forget_index();
        let parents = self.grow_units(units);
        let number_and_id = (1_usize..).map(|number| (number, format!("1{number:011}")));
        let free: Vec<_> = number_and_id.filter(|(_, id)| !self.accounts.contains_key(id)).take(accounts).collect();
        for ((number, id), parent) in free.into_iter().zip(parents.iter().cycle()) {
            let account = Account {
                name: format!("account-{number:05}"),
                email: format!("account-{number:05}@bedrail.example"),
                parent: parent.clone(),
                state: AccountState::Active,
                joined_method: JoinedMethod::Created,
                joined: JOINED,
            };
            self.accounts.insert(id, account);
        }
        let enabled = self.policy_types.iter().filter(|(_, switch)| switch.enabled);
        for policy_type in enabled.map(|(policy_type, _)| *policy_type).collect::<Vec<PolicyType>>() {
            self.attach_managed(policy_type);
        }
    }

    /// The ids of the new OUs, or the root's if there are none.
    fn grow_units(&mut self, units: usize) -> Vec<String> {
        let root = self.root.id.clone();
        let suffix = root.trim_start_matches("r-");
        let number_and_id = (1_usize..).map(|number| (number, format!("ou-{suffix}-gen{number:05}")));
        let free: Vec<_> = number_and_id.filter(|(_, id)| !self.units.contains_key(id)).take(units).collect();
        for (position, (number, id)) in free.iter().enumerate() {
            let above = (position / UNITS_PER_PARENT).checked_sub(1).and_then(|above| free.get(above));
            let parent = above.map_or(&root, |(_, id)| id).clone();
            self.units.insert(id.clone(), Unit { name: format!("unit-{number:04}"), parent });
        }
        if free.is_empty() { vec![root] } else { free.into_iter().map(|(_, id)| id).collect() }
    }
}
