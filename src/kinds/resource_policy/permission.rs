//! Who may apply a guardrail of the spec beyond its own account, as its resource policy of the spec says.

use super::document::{Grantees, grantees};
use crate::kinds::{Kind, Model};
use crate::model::{Account, Address, Scope};
use crate::spec::lower::{DeclaredGuardrail, Lowering};

/// What is known of that.
pub(crate) enum Permission {
    /// No account but its own, or none.
    Nobody,
    /// These, besides its own.
    Granted(Grantees),
    /// An entry that is at fault may grant all that is needed.
    Unknown,
}

impl Permission {
    /// The permission of a guardrail that is in `scope`.
    pub(crate) fn of(declared: &DeclaredGuardrail, scope: &Scope, lowering: &Lowering<'_>) -> Self {
        let address = Address::new(Kind::ResourcePolicy, scope.clone(), declared.key.value.as_str());
        let granted = match lowering.desired.resources.get(&address).map(|wanted| &wanted.model) {
            Some(Model::ResourcePolicy(policy)) => grantees(&policy.document),
            _ if entry_at_fault(&declared.key.value, lowering) => return Self::Unknown,
            _ => None,
        };
        granted.filter(|granted| !granted.is_own_account()).map_or(Self::Nobody, Self::Granted)
    }

    /// Whether `account`, another one than the guardrail's, may apply it, as far as that is known.
    pub(crate) fn leaves_out(&self, account: &Account) -> bool {
        match self {
            Self::Nobody => true,
            Self::Granted(granted) => !granted.admit(&account.ancestors),
            Self::Unknown => false,
        }
    }
}

/// What to do where a permission is missing.
pub(crate) fn advice(key: &str, scope: &Scope, lowering: &Lowering<'_>) -> String {
    let address = Address::new(Kind::ResourcePolicy, scope.clone(), key);
    if lowering.desired.resources.contains_key(&address) {
        "let its resource policy allow `ApplyGuardrail` to the `organization`, or to the OUs that are reached"
            .to_owned()
    } else {
        format!("add to `resource_policies`: `{key}: {{guardrail: {key}, share_with: organization}}`")
    }
}

/// Whether there is an entry for the guardrail that lowering could make nothing of, or a file that could not be read.
fn entry_at_fault(guardrail: &str, lowering: &Lowering<'_>) -> bool {
    let is_for = |node: &crate::spec::node::Node| {
        let key = node.get("guardrail").and_then(|value| value.as_scalar()).and_then(|scalar| scalar.text.literal());
        key == Some(guardrail)
    };
    !lowering.spec.complete || lowering.spec.section("resource_policies").iter().any(|entry| is_for(&entry.node))
}
