//! The accounts and Regions that are looked at, in the order of the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::model::{Account, AccountId, Facts, Organization, Region};

/// Every account in every Region, below the nodes of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The Regions that have Bedrock, sorted.
    pub regions: Vec<Region>,
    /// The root and the OUs that have accounts, each before what is below it.
    pub nodes: Vec<Node>,
    /// The active accounts, those of a node before those of the OUs below it.
    pub accounts: Vec<Member>,
}

/// The root, or an OU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// `r-…` or `ou-…`; the account's id where there is no organization.
    pub id: String,
    /// What people call it: the last of its path, or its id where no name was read.
    pub name: String,
    /// How deep it is below the root, which is at 0.
    pub depth: usize,
    /// The node above, by its place.
    pub parent: Option<usize>,
    /// The accounts below it, however deep, by their places.
    pub accounts: Range<usize>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: AccountId,
    /// Its name; empty where it was not read.
    pub name: String,
    /// The node that it is in, by its place.
    pub node: usize,
}

impl Extent {
    /// Every active account of the organization, or that of the caller where it may list none.
    pub fn of(facts: &Facts) -> Self {
        let regions: BTreeSet<Region> = facts.bedrock_regions.iter().cloned().collect();
        let mut extent = Self { regions: regions.into_iter().collect(), nodes: Vec::new(), accounts: Vec::new() };
        if let Some(organization) = &facts.organization {
            Tree::of(organization).enter(&organization.root, None, &mut extent);
            return extent;
        }
        let account = &facts.caller.account;
        extent.accounts.push(Member { id: account.clone(), name: String::new(), node: 0 });
        extent.nodes.push(Node {
            id: account.to_string(),
            name: format!("account {account}"),
            depth: 0,
            parent: None,
            accounts: 0..1,
        });
        extent
    }

    /// How many cells there are.
    pub fn size(&self) -> usize {
        self.accounts.len() * self.regions.len()
    }
}

/// What is below each node.
struct Tree<'o> {
    organization: &'o Organization,
    accounts: BTreeMap<&'o str, Vec<&'o Account>>,
    units: BTreeMap<&'o str, BTreeSet<(String, &'o str)>>,
}

impl<'o> Tree<'o> {
    fn of(organization: &'o Organization) -> Self {
        let mut tree = Self { organization, accounts: BTreeMap::new(), units: BTreeMap::new() };
        for account in organization.accounts.iter().filter(|account| account.active) {
            let way: Vec<&str> =
                account.ancestors.iter().map(String::as_str).filter(|id| *id != organization.root).collect();
            let mut above = organization.root.as_str();
            for unit in way {
                let name = tree.name(unit, Some(above));
                tree.units.entry(above).or_default().insert((name, unit));
                above = unit;
            }
            tree.accounts.entry(above).or_default().push(account);
        }
        for accounts in tree.accounts.values_mut() {
            accounts.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        }
        tree
    }

    /// Its own name, which may hold a `/`: the path without that of the node above.
    fn name(&self, unit: &str, above: Option<&str>) -> String {
        let path = |id: &str| self.organization.target(id).name;
        let (whole, above) = (path(unit), above.filter(|id| *id != self.organization.root).map(path));
        match above.as_deref().map(|above| whole.strip_prefix(above).and_then(|rest| rest.strip_prefix('/'))) {
            Some(Some(name)) => name.to_owned(),
            // The name above was not read.
            Some(None) => whole.rsplit('/').next().unwrap_or(&whole).to_owned(),
            None => whole,
        }
    }

    /// Adds a node with everything below it.
    fn enter(&self, id: &str, parent: Option<usize>, extent: &mut Extent) {
        let place = extent.nodes.len();
        let depth = parent.and_then(|parent| extent.nodes.get(parent)).map_or(0, |above| above.depth + 1);
        let first = extent.accounts.len();
        let above = parent.and_then(|parent| extent.nodes.get(parent)).map(|above| above.id.clone());
        let name = self.name(id, above.as_deref());
        extent.nodes.push(Node { id: id.to_owned(), name, depth, parent, accounts: first..first });
        let here = self.accounts.get(id).into_iter().flatten();
        extent.accounts.extend(here.map(|account| Member {
            id: account.id.clone(),
            name: account.name.clone(),
            node: place,
        }));
        for (_, unit) in self.units.get(id).into_iter().flatten() {
            self.enter(unit, Some(place), extent);
        }
        let last = extent.accounts.len();
        if let Some(node) = extent.nodes.get_mut(place) {
            node.accounts = first..last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Caller, OrganizationalUnit, Partition, RoleNames};

    fn account(id: &str, name: &str, ancestors: &[&str], active: bool) -> Account {
        let ancestors = ancestors.iter().map(|id| (*id).to_owned()).collect();
        Account { id: id.parse().expect("an account id"), name: name.to_owned(), active, ancestors }
    }

    #[test]
    fn accounts_stand_below_their_nodes_and_closed_ones_nowhere() {
        let management: AccountId = "111122223333".parse().expect("an account id");
        let unit =
            |id: &str, path: &str| OrganizationalUnit { id: id.to_owned(), path: path.to_owned(), ancestors: vec![] };
        let organization = Organization {
            root: "r-1".to_owned(),
            accounts: vec![
                account("111122223333", "home", &["r-1"], true),
                account("222233334444", "b", &["r-1", "ou-w", "ou-p"], true),
                account("333344445555", "a", &["r-1", "ou-w"], true),
                account("444455556666", "c", &["r-1", "ou-x"], true),
                account("555566667777", "gone", &["r-1", "ou-y"], false),
            ],
            units: vec![unit("ou-w", "Workloads"), unit("ou-p", "Workloads/Prod")],
            ..Organization::known("o-1", management.clone())
        };
        let caller = Caller { account: management, arn: String::new(), partition: Partition::new("aws") };
        let regions = ["us-east-1", "eu-west-1"].map(Region::new).to_vec();
        let facts =
            Facts { caller, organization: Some(organization), bedrock_regions: regions, roles: RoleNames::default() };
        let extent = Extent::of(&facts);
        let nodes: Vec<_> = extent
            .nodes
            .iter()
            .map(|node| (node.name.as_str(), node.depth, node.parent, node.accounts.clone()))
            .collect();
        let expected = [("root", 0, None, 0..4), ("Workloads", 1, Some(0), 1..3), ("Prod", 2, Some(1), 2..3)];
        assert_eq!(nodes[..3], expected);
        assert_eq!(nodes[3], ("ou-x", 1, Some(0), 3..4), "a unit whose name was not read keeps its id");
        let names: Vec<&str> = extent.accounts.iter().map(|account| account.name.as_str()).collect();
        assert_eq!((names, extent.size()), (vec!["home", "a", "b", "c"], 8));
        assert_eq!(extent.regions[0].as_str(), "eu-west-1");
        let slashed = Facts {
            organization: facts.organization.clone().map(|organization| Organization {
                units: vec![unit("ou-w", "Work/loads"), unit("ou-p", "Work/loads/Prod/EU")],
                ..organization
            }),
            ..facts.clone()
        };
        let names: Vec<String> = Extent::of(&slashed).nodes.into_iter().map(|node| node.name).collect();
        assert_eq!(names[..3], ["root", "Work/loads", "Prod/EU"], "a name may hold what parts paths");
        let alone = Extent::of(&Facts { organization: None, ..facts });
        assert_eq!((alone.accounts.len(), alone.nodes.len()), (1, 1));
    }
}
