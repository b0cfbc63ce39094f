//! What must be known of AWS before a spec can be lowered: the caller, and the organization as far as selectors need it.

use super::document::Document;
use super::scope::{AccountId, Partition, Region, Scope};

/// Whose credentials these are (`sts:GetCallerIdentity`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The principal's ARN.
    pub arn: String,
    /// The partition of that ARN, and so of every ARN that is built.
    pub partition: Partition,
}

/// Everything that lowering may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Who calls.
    pub caller: Caller,
    /// The organization, when the spec declares one.
    pub organization: Option<Organization>,
    /// The Regions of the partition that have Bedrock, as far as this release knows.
    pub bedrock_regions: Vec<Region>,
    /// The roles by which other accounts are entered.
    pub roles: RoleNames,
}

/// The roles by which the accounts of an organization are entered, each with its path if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleNames {
    /// Assumed in members to write.
    pub member: String,
    /// Assumed in members to read.
    pub member_read: String,
    /// Assumed in the management account by a caller outside of it.
    pub management: Option<String>,
}

/// The role that AWS Organizations makes in every account that it creates.
impl Default for RoleNames {
    fn default() -> Self {
        let role = "OrganizationAccountAccessRole".to_owned();
        Self { member: role.clone(), member_read: role, management: None }
    }
}

impl Facts {
    /// The account that holds what belongs to no member: the management account, or the caller's without an organization.
    pub fn home(&self) -> &AccountId {
        self.organization.as_ref().map_or(&self.caller.account, |organization| &organization.management_account)
    }

    /// A Region of the home account.
    pub fn home_scope(&self, region: &Region) -> Scope {
        Scope::regional(self.home().clone(), region.clone())
    }
}

/// The organization as `ListRoots`, `ListAccounts` and `ListOrganizationalUnitsForParent` tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The account that may manage policies.
    pub management_account: AccountId,
    /// The id of the root, `r-…`.
    pub root: String,
    /// Policy types with their status, as `ListRoots` shows them; a disabled type is absent.
    pub policy_types: Vec<(String, String)>,
    /// Whether the organization has all features; `None` where that could not be read.
    pub all_features: Option<bool>,
    /// The organization's resource policy, by which the management account delegates, or why it could not be read; `None`
    /// where there is none, and where the caller is in the management account and needs none.
    pub delegation: Result<Option<Document>, String>,
    /// Every account of the organization.
    pub accounts: Vec<Account>,
    /// The OUs that a selector made it necessary to read.
    pub units: Vec<OrganizationalUnit>,
}

/// One account of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name, not always unique.
    pub name: String,
    /// Whether its state is `ACTIVE`.
    pub active: bool,
    /// The ids of its ancestors, root first.
    pub ancestors: Vec<String>,
}

/// One OU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationalUnit {
    /// `ou-…`
    pub id: String,
    /// Names from the root, such as `Workloads/Prod`.
    pub path: String,
    /// The ids of its ancestors, root first, itself last.
    pub ancestors: Vec<String>,
}

/// A node to which a policy is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Root, OU or account id.
    pub id: String,
    /// What people call it: `root`, an OU's path, an account's name; the id where no name was read.
    pub name: String,
}

impl Organization {
    /// The organization of which nothing is known but who manages it, and its id, which may be empty.
    pub fn known(id: impl Into<String>, management_account: AccountId) -> Self {
        Self {
            id: id.into(),
            management_account,
            root: String::new(),
            policy_types: Vec::new(),
            all_features: None,
            delegation: Ok(None),
            accounts: Vec::new(),
            units: Vec::new(),
        }
    }

    /// The active accounts that a policy attached to `target` reaches.
    pub fn reach<'a>(&'a self, target: &'a str) -> impl Iterator<Item = &'a Account> {
        self.accounts.iter().filter(move |account| {
            account.active
                && (account.id.as_str() == target || account.ancestors.iter().any(|ancestor| ancestor == target))
        })
    }

    /// The account of this id. Found at once where they are in the order of their ids, as they are when read from AWS.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        let at = self.accounts.binary_search_by(|account| account.id.cmp(id));
        at.map_or_else(|_| self.accounts.iter().find(|account| account.id == *id), |at| self.accounts.get(at))
    }

    /// What stands above a node, root first; `None` where it was not read.
    pub fn above<'a>(&'a self, node: &str) -> Option<&'a [String]> {
        if node == self.root {
            return Some(&[]);
        }
        if let Some(account) = self.accounts.iter().find(|account| account.id.as_str() == node) {
            return Some(&account.ancestors);
        }
        let chains = self.units.iter().map(|unit| &unit.ancestors);
        let mut chains = chains.chain(self.accounts.iter().map(|account| &account.ancestors));
        chains.find_map(|chain| Some(&chain[..chain.iter().position(|id| id == node)?]))
    }

    /// The node with this id, under the best name that was read.
    pub fn target(&self, id: &str) -> Target {
        let name = if id == self.root {
            Some("root".to_owned())
        } else if let Some(unit) = self.units.iter().find(|unit| unit.id == id) {
            Some(unit.path.clone())
        } else {
            self.accounts.iter().find(|account| account.id.as_str() == id).map(|account| account.name.clone())
        };
        Target { id: id.to_owned(), name: name.unwrap_or_else(|| id.to_owned()) }
    }
}
