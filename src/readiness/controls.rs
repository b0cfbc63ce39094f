//! The service control policies above an account, read where an answer hangs on what they say: a simulation tells that they deny
//! something, and not which of them, nor why.

use std::collections::BTreeSet;

use tokio::sync::OnceCell;

use crate::aws::ReadCx;
use crate::explain::{Ground, chain_of};
use crate::kinds::iam_policy::document::GUARDRAIL;
use crate::live;
use crate::model::{AccountId, Document, Facts, Ref, RemoteId, items};

/// All of them, read once at most.
pub struct Controls<'c> {
    cx: ReadCx<'c>,
    facts: &'c Facts,
    read: OnceCell<Ground>,
}

/// Those that bear on one account.
#[derive(Debug, Default)]
pub struct Above {
    /// Each by its name and, where it has one, its id.
    pub policies: Vec<(String, Option<RemoteId>, Document)>,
    /// What could not be read of them.
    pub unseen: BTreeSet<String>,
}

impl<'c> Controls<'c> {
    /// Reads nothing yet.
    pub fn new(cx: ReadCx<'c>, facts: &'c Facts) -> Self {
        Self { cx, facts, read: OnceCell::new() }
    }

    /// Those above an account; nothing fails, and what could not be read is told.
    pub async fn above(&self, account: &AccountId) -> Above {
        let ground = self.read.get_or_init(|| live::controls(&self.cx, self.facts)).await;
        let chain = chain_of(ground, self.facts.organization.as_ref(), account);
        let policies = chain.controls.iter().filter_map(|placed| {
            let id = match placed.id {
                Ref::Foreign(id) => Some(id.clone()),
                Ref::To(_) => None,
            };
            Some((placed.policy.name.clone(), id, placed.policy.document.as_ref().ok()?.clone()))
        });
        Above { policies: policies.collect(), unseen: chain.unseen.values().flatten().cloned().collect() }
    }
}

impl Above {
    /// What they say.
    pub fn documents(&self) -> Vec<Document> {
        self.policies.iter().map(|(_, _, document)| document.clone()).collect()
    }
}

/// The statements of a policy that deny something for the guardrail that a call names.
pub fn denies_by_guardrail(document: &Document) -> impl Iterator<Item = &Document> {
    items(document.get("Statement")).iter().filter(|statement| {
        let Some(Document::Map(operators)) = statement.get("Condition") else { return false };
        let mut keys = operators.values().filter_map(|compared| match compared {
            Document::Map(compared) => Some(compared.keys()),
            _ => None,
        });
        statement.get("Effect").and_then(Document::as_text) == Some("Deny")
            && keys.any(|mut keys| keys.any(|key| key.eq_ignore_ascii_case(GUARDRAIL)))
    })
}
