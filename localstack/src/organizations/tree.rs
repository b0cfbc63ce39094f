//! The one tree: a root, OUs, accounts.

use super::organization::{Account, Organization, Root, Unit};

/// A place in the tree to which policies can be attached.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node<'a> {
    Root(&'a Root),
    Unit(&'a Unit),
    Account(&'a Account),
}

impl<'a> Node<'a> {
    pub(super) fn name(self) -> &'a str {
        match self {
            Self::Root(root) => &root.name,
            Self::Unit(unit) => &unit.name,
            Self::Account(account) => &account.name,
        }
    }

    pub(super) fn parent(self) -> Option<&'a str> {
        match self {
            Self::Root(_) => None,
            Self::Unit(unit) => Some(&unit.parent),
            Self::Account(account) => Some(&account.parent),
        }
    }

    /// What `ListTargetsForPolicy` and `ListParents` call it.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Root(_) => "ROOT",
            Self::Unit(_) => "ORGANIZATIONAL_UNIT",
            Self::Account(_) => "ACCOUNT",
        }
    }
}

impl Organization {
    pub(super) fn node(&self, id: &str) -> Option<Node<'_>> {
        if id == self.root.id {
            return Some(Node::Root(&self.root));
        }
        let unit = self.units.get(id).map(Node::Unit);
        unit.or_else(|| self.accounts.get(id).map(Node::Account))
    }

    /// Every node's id, parents not necessarily before children.
    pub(super) fn node_ids(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.root.id).chain(self.units.keys()).chain(self.accounts.keys())
    }

    /// The way up from a node, beginning with itself and ending with the root; nothing for an unknown id.
    pub(super) fn upward<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a str> {
        let start = self.node(id).map(|_| id);
        std::iter::successors(start, |id| self.node(id).and_then(Node::parent))
    }

    /// The way down to a node, beginning with the root and ending with itself.
    pub(super) fn downward<'a>(&'a self, id: &'a str) -> Vec<&'a str> {
        let mut chain: Vec<&str> = self.upward(id).collect();
        chain.reverse();
        chain
    }

    /// `o-…/r-…/ou-…/`, ending with the node itself. An account's own path ends with its id (inferred from the model's pattern,
    /// which has room for it).
    pub(super) fn path(&self, id: &str) -> String {
        let mut path = format!("{}/", self.id);
        for step in self.downward(id) {
            path.push_str(step);
            path.push('/');
        }
        path
    }
}
