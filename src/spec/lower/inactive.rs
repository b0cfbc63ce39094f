//! Accounts that are selected and passed over, since nobody can call anything there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lowering, codes};
use crate::model::AccountId;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;
use crate::spec::suggest;

/// Each such account with its name and the places that select it.
pub(super) type Inactive = BTreeMap<AccountId, (String, BTreeSet<Span>)>;

impl Lowering<'_> {
    /// Warns of each account once, and of those together that the same places select. Run once all sections are lowered.
    pub(super) fn tell_inactive(&mut self) {
        let mut together: BTreeMap<BTreeSet<Span>, Vec<String>> = BTreeMap::new();
        for (id, (name, places)) in std::mem::take(&mut self.inactive) {
            together.entry(places).or_default().push(format!("{name} ({id})"));
        }
        for (places, accounts) in together {
            let Some(first) = places.first().copied() else { continue };
            let mut entries: Vec<String> = Vec::new();
            for entry in places.iter().filter_map(|place| self.spec.entry_at(*place)) {
                let entry = format!("`{entry}`");
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
            }
            let are = if accounts.len() == 1 { "is" } else { "are" };
            let mut message = format!("{} {are} not active, and passed over", suggest::brief(&accounts));
            if !entries.is_empty() {
                message.push_str(" by ");
                message.push_str(&suggest::brief(&entries));
            }
            let warning = Diagnostic::at(first, codes::NOT_ACTIVE, message);
            let others = places.into_iter().skip(1);
            self.diagnostics.push(others.fold(warning, |warning, place| warning.related(place, "selected here, too")));
        }
    }
}
