//! Selectors against the organization.

use super::Lowering;
use crate::model::span::Spanned;
use crate::model::{Account, Organization};
use crate::spec::selector::Selector;

/// A node or account that a selector names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its id. Under assumed facts, where names cannot be looked up, the selector as it is written.
    pub(crate) id: String,
    /// How it was selected.
    pub(crate) selector: Selector,
}

impl Lowering<'_> {
    /// The node that a selector names; reports one that the organization does not have.
    pub(crate) fn node(&mut self, selector: &Spanned<Selector>) -> Option<Node> {
        let id = if self.assumed { Ok(self.assumed_id(selector)) } else { selector.id(self.facts) };
        match id {
            Ok(id) => Some(Node { id, selector: selector.value.clone() }),
            Err(diagnosis) => {
                self.diagnostics.push(diagnosis.at(selector.span));
                None
            }
        }
    }

    fn assumed_id(&self, selector: &Selector) -> String {
        match selector {
            // With an organization the management account is pinned.
            Selector::Management => self.facts.home().to_string(),
            other => other.to_string(),
        }
    }

    /// Whether `upper` is `lower` or stands above it, as far as that can be told.
    pub(crate) fn is_above(&self, upper: &Node, lower: &Node) -> bool {
        let Some(organization) = self.facts.organization.as_ref() else { return false };
        if upper.id == lower.id {
            return true;
        }
        match (&upper.selector, &lower.selector) {
            (Selector::Root | Selector::RootId(_), _) => true,
            (Selector::Unit(upper), Selector::Unit(lower)) => {
                lower.strip_prefix(upper.as_str()).is_some_and(|rest| rest.starts_with('/'))
            }
            _ => ancestors(organization, &lower.id).contains(&upper.id),
        }
    }

    /// Whether `lower` stands below `upper`; `None` where only the organization can tell, and it was not asked.
    pub(crate) fn is_below(&self, lower: &Node, upper: &Node) -> Option<bool> {
        let by_name = matches!(
            (&upper.selector, &lower.selector),
            (Selector::Root | Selector::RootId(_), _) | (Selector::Unit(_), Selector::Unit(_))
        );
        (by_name || !self.assumed).then(|| lower.id != upper.id && self.is_above(upper, lower))
    }

    /// The active accounts that a policy on `node` reaches; `None` where that is not known.
    pub(crate) fn reached(&self, node: &Node) -> Option<impl Iterator<Item = &Account>> {
        let organization = self.facts.organization.as_ref().filter(|_| !self.assumed)?;
        let id = node.id.clone();
        Some(
            organization.accounts.iter().filter(move |account| {
                account.active && (account.id.as_str() == id || account.ancestors.contains(&id))
            }),
        )
    }
}

/// What stands above a node, as far as it was read.
fn ancestors<'o>(organization: &'o Organization, id: &str) -> &'o [String] {
    let up_to = |chain: &'o [String]| chain.iter().position(|ancestor| ancestor == id).map(|at| &chain[..at]);
    let account = organization.accounts.iter().find(|account| account.id.as_str() == id);
    let unit = || organization.units.iter().find_map(|unit| up_to(&unit.ancestors));
    let through_account = || organization.accounts.iter().find_map(|account| up_to(&account.ancestors));
    account.map(|account| account.ancestors.as_slice()).or_else(unit).or_else(through_account).unwrap_or_default()
}
