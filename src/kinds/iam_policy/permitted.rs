//! Whether the guardrails of other accounts that an entry names let its accounts apply them: without that, what the policy
//! lets call is denied all the same (Bedrock user guide, "guardrails-resource-based-policies").

use std::collections::BTreeSet;

use super::codes;
use crate::kinds::resource_policy::permission::{Permission, advice};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{AccountId, Region, Scope};
use crate::spec::decode::Exact;
use crate::spec::lower::Lowering;
use crate::spec::suggest;
use crate::spec::top::EntryKey;

/// Reports each of these guardrails that is known not to let all of `accounts` apply it in `regions`.
pub(super) fn check(
    keys: &[Spanned<Exact<EntryKey>>],
    (accounts, regions): (&BTreeSet<AccountId>, &[Region]),
    lowering: &mut Lowering<'_>,
) {
    for key in keys {
        let text = Spanned::new(key.value.as_str().to_owned(), key.span);
        let Some(declared) = lowering.guardrail(&text).filter(|declared| !declared.is_external()) else { continue };
        let (mut left_out, mut advised) = (BTreeSet::new(), None);
        for region in regions {
            for account in accounts {
                let used = Scope::regional(account.clone(), region.clone());
                let Some(held) = declared.scope_for(&used, lowering.facts.home()) else { continue };
                if held.account != *account && leaves_out(&Permission::of(&declared, held, lowering), account, lowering)
                {
                    left_out.insert(named(account, lowering));
                    advised.get_or_insert_with(|| advice(&text, held, lowering));
                }
            }
        }
        let left_out: Vec<String> = left_out.into_iter().collect();
        if let Some(help) = advised {
            let message =
                format!("no resource policy lets {} apply the guardrail `{}`", suggest::brief(&left_out), text.value);
            lowering.diagnostics.push(Diagnostic::at(key.span, codes::NOT_PERMITTED, message).help(help));
        }
    }
}

fn leaves_out(permission: &Permission, account: &AccountId, lowering: &Lowering<'_>) -> bool {
    let accounts = lowering.facts.organization.iter().flat_map(|organization| &organization.accounts);
    match accounts.clone().find(|known| known.id == *account) {
        Some(account) if !lowering.assumed => permission.leaves_out(account),
        // Offline, where an account stands in the tree is not known.
        _ => matches!(permission, Permission::Nobody),
    }
}

fn named(account: &AccountId, lowering: &Lowering<'_>) -> String {
    let accounts = lowering.facts.organization.iter().flat_map(|organization| &organization.accounts);
    match accounts.clone().find(|known| known.id == *account) {
        Some(known) if !lowering.assumed => format!("{} ({})", known.name, known.id),
        _ => "member accounts".to_owned(),
    }
}
