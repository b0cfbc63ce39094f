//! Who is below whom, looked up instead of searched: lists over thousands of accounts take one page after the other.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::organization::{Account, Unit};

/// Made when it is first asked for. It says nothing that the tree does not say, so all of them are equal.
#[derive(Clone, Debug, Default)]
pub(super) struct Index(OnceLock<Children>);

impl PartialEq for Index {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Ids in their order.
#[derive(Clone, Debug, Default)]
struct Children {
    accounts: Vec<String>,
    units_of: BTreeMap<String, Vec<String>>,
    accounts_of: BTreeMap<String, Vec<String>>,
}

impl Index {
    fn children<'a>(
        &self,
        units: impl IntoIterator<Item = (&'a String, &'a Unit)>,
        accounts: impl IntoIterator<Item = (&'a String, &'a Account)>,
    ) -> &Children {
        self.0.get_or_init(|| {
            let mut children = Children::default();
            for (id, unit) in units {
                children.units_of.entry(unit.parent.clone()).or_default().push(id.clone());
            }
            for (id, account) in accounts {
                children.accounts.push(id.clone());
                children.accounts_of.entry(account.parent.clone()).or_default().push(id.clone());
            }
            children
        })
    }
}

impl super::Organization {
    /// All accounts, by id.
    pub(super) fn account_ids(&self) -> &[String] {
        &self.children().accounts
    }

    /// The OUs right below a root or OU, by id.
    pub(super) fn units_under(&self, parent: &str) -> &[String] {
        self.children().units_of.get(parent).map(Vec::as_slice).unwrap_or_default()
    }

    /// The accounts right below a root or OU, by id.
    pub(super) fn accounts_under(&self, parent: &str) -> &[String] {
        self.children().accounts_of.get(parent).map(Vec::as_slice).unwrap_or_default()
    }

    fn children(&self) -> &Children {
        self.index.children(&self.units, &self.accounts)
    }

    /// To be called before the tree changes.
    pub(crate) fn forget_index(&mut self) {
        self.index = Index::default();
    }
}
