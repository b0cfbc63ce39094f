//! What the other sections may refer to.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::Kind;
use crate::kinds::guardrail::{Content, Model};
use crate::model::span::Spanned;
use crate::model::{AccountId, Address, Region, Scope};

/// Where a guardrail comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The spec declares it.
    Ours,
    /// Others manage it, and the spec says its ARN, and perhaps a number, per Region.
    Arns {
        /// The ARN, without version.
        arns: BTreeMap<Region, String>,
        /// The number to use where a reference says none.
        numbers: BTreeMap<Region, String>,
    },
    /// Another stack declares it; it is found by its marks.
    Stack {
        /// The other stack.
        stack: String,
        /// Its key there.
        name: String,
    },
}

/// A guardrail that other sections may refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeclaredGuardrail {
    /// Its key.
    pub(crate) key: Spanned<String>,
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// Where it is, and what it is there; `None` where its entry is at fault.
    pub(crate) scopes: BTreeMap<Scope, Option<Model>>,
}

impl DeclaredGuardrail {
    /// Whether others manage it, so that nothing of it may be written.
    pub(crate) fn is_external(&self) -> bool {
        self.origin != Origin::Ours
    }

    /// Its scope for something used in `scope`: that scope; else the same Region of the account that holds it, which of
    /// several is the home account. For something global, the only one that it has.
    pub(crate) fn scope_for(&self, scope: &Scope, home: &AccountId) -> Option<&Scope> {
        let exact = self.scopes.get_key_value(scope).map(|(scope, _)| scope);
        let mut there = self.scopes.keys().filter(|held| held.region == scope.region);
        exact.or_else(|| match (there.next(), there.next()) {
            (Some(only), None) => Some(only),
            _ if scope.region.is_none() => self.scopes.keys().next().filter(|_| self.scopes.len() == 1),
            _ => self.scopes.keys().find(|held| held.region == scope.region && held.account == *home),
        })
    }

    /// The Regions that it is in, sorted.
    pub(crate) fn regions(&self) -> impl Iterator<Item = &Region> {
        let regions: BTreeSet<&Region> = self.scopes.keys().filter_map(|scope| scope.region.as_ref()).collect();
        regions.into_iter()
    }

    /// Where it is, as far as that is known: of another stack's only AWS knows the Regions, so that those of the spec are taken.
    pub(crate) fn places(&self, regions: &[Spanned<Region>]) -> Vec<Scope> {
        let by_mark = matches!(self.origin, Origin::Stack { .. });
        let is_of_spec =
            |scope: &&Scope| !by_mark || regions.iter().any(|region| scope.region.as_ref() == Some(&region.value));
        self.scopes.keys().filter(is_of_spec).cloned().collect()
    }

    /// The address that stands for it in one of its scopes; none for one known by ARN.
    pub(crate) fn address(&self, scope: &Scope) -> Option<Address> {
        let named = !matches!(self.origin, Origin::Arns { .. });
        named.then(|| Address::new(Kind::Guardrail, scope.clone(), self.key.value.as_str()))
    }

    /// What it is in one of its scopes. None for an external one, and where its entry is at fault.
    pub(crate) fn model(&self, scope: &Scope) -> Option<&Model> {
        self.scopes.get(scope)?.as_ref()
    }

    /// What it says there.
    pub(crate) fn content(&self, scope: &Scope) -> Option<&Content> {
        self.model(scope).map(|model| &model.content)
    }

    /// The id of its cross-Region profile there.
    pub(crate) fn profile(&self, scope: &Scope) -> Option<&str> {
        self.content(scope)?.cross_region_profile.as_deref()
    }
}

/// An entry of `versions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeclaredVersion {
    /// Its key.
    pub(crate) key: Spanned<String>,
    /// The key of its guardrail.
    pub(crate) guardrail: Spanned<String>,
    /// The number per Region, if it names versions that exist already.
    pub(crate) numbers: Option<BTreeMap<Region, String>>,
}
