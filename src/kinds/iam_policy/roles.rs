//! What the policies of the spec come to on one role: there must be room for all, and a call that all of them let through.

use std::collections::{BTreeMap, BTreeSet};

use super::{codes, meaning};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::Span;
use crate::model::{AccountId, Document};

/// How many policies a role can have at the very most (IAM quotas: 20, which AWS raises to 25).
const MOST: usize = 25;

/// The policies of the spec by the roles to which they are attached.
#[derive(Default)]
pub(super) struct Roles(BTreeMap<(AccountId, String), Vec<Attached>>);

struct Attached {
    entry: String,
    document: Document,
    /// The place that names the role.
    span: Span,
}

impl Roles {
    /// Attaches the policy of an entry.
    pub(super) fn attach(&mut self, (account, role): (&AccountId, &str), entry: &str, document: &Document, span: Span) {
        // IAM knows a role by its name whatever the letter case.
        let policies = self.0.entry((account.clone(), role.to_lowercase())).or_default();
        policies.push(Attached { entry: entry.to_owned(), document: document.clone(), span });
    }

    /// Reports roles that have too many, and such as no call of a model is left to; each pair of entries once.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        let mut told = BTreeSet::new();
        for ((_, role), policies) in &self.0 {
            if let Some(extra) = policies.get(MOST).filter(|extra| told.insert((role, extra.entry.as_str(), ""))) {
                let count = MOST + 1;
                let message =
                    format!("this is the {count}th policy on the role `{role}`, and AWS takes {MOST} at most");
                let fault = Diagnostic::at(extra.span, codes::TOO_MANY, message);
                diagnostics.push(fault.help("put several templates into one `document`"));
            }
            let guarding: Vec<&Attached> = policies.iter().filter(|one| meaning::guards(&one.document)).collect();
            for (at, one) in guarding.iter().enumerate() {
                for other in &guarding[..at] {
                    if meaning::exclude_each_other(&one.document, &other.document)
                        && told.insert((role, &one.entry, &other.entry))
                    {
                        diagnostics.push(locked_out(role, one, other));
                    }
                }
            }
        }
    }
}

fn locked_out(role: &str, one: &Attached, other: &Attached) -> Diagnostic {
    let message = format!(
        "with `{}` and `{}` the role `{role}` can call no model with a guardrail: each denies every guardrail that the other asks for",
        other.entry, one.entry
    );
    let fault = Diagnostic::at(one.span, codes::LOCKED_OUT, message).related(other.span, "attached here, too");
    fault.help("name the guardrails of both in one entry: a call then needs one of them")
}
