//! What can be said only when every section has been lowered.

use std::collections::BTreeSet;

use super::Lowering;
use crate::kinds::Model;
use crate::kinds::guardrail::codes::REASONING_ENFORCED;
use crate::kinds::resource_policy::is_profile;
use crate::model::diagnostic::Diagnostic;
use crate::model::{AccountId, Address, Scope};
use crate::spec::decode::Either;
use crate::spec::top::{ScanAccounts, ScanRegions};

impl Lowering<'_> {
    /// The Regions that entries speak of, and the scopes that only the scan looks at. A Region to which a profile sends
    /// content is neither.
    pub(super) fn scan(&mut self) {
        let speaks = |address: &&Address| !is_profile(&address.name);
        let regions = self.desired.resources.keys().filter(speaks).filter_map(|address| address.scope.region.clone());
        self.desired.declared_regions.extend(regions);
        self.desired.accounts.insert(self.facts.home().clone());
        let scan = self.top.scan.as_ref().map(|scan| &scan.value);
        let known = self.facts.bedrock_regions.clone();
        let regions = match scan.and_then(|scan| scan.regions.as_ref()).map(|regions| &regions.value) {
            None | Some(Either::A(ScanRegions::All)) => known,
            Some(Either::A(ScanRegions::Declared)) => self.desired.declared_regions.iter().cloned().collect(),
            Some(Either::B(listed)) => {
                self.check_regions(listed);
                listed.iter().map(|region| region.value.clone()).collect()
            }
        };
        let written = scan.and_then(|scan| scan.accounts.as_ref()).map(|accounts| accounts.value);
        let everywhere = self.spec.scan_accounts.or(written) == Some(ScanAccounts::All);
        let known = self.facts.organization.iter().flat_map(|organization| &organization.accounts);
        let scanned = |id: &AccountId| everywhere || self.left_out.contains(id);
        let others = known.filter(|account| account.active && scanned(&account.id)).map(|account| account.id.clone());
        let others: BTreeSet<AccountId> = others.filter(|id| !self.desired.accounts.contains(id)).collect();
        let home = self.facts.home();
        let declared_at_home = |scope: &Scope| {
            let is_declared = |region| self.desired.declared_regions.contains(region);
            scope.account == *home && scope.region.as_ref().is_some_and(is_declared)
        };
        let accounts = self.desired.accounts.iter().chain(&others);
        let scopes =
            accounts.flat_map(|account| regions.iter().map(|region| Scope::regional(account.clone(), region.clone())));
        let scopes: BTreeSet<Scope> = scopes.filter(|scope| !declared_at_home(scope)).collect();
        let wanted: BTreeSet<Scope> =
            self.desired.resources.keys().filter(speaks).map(|address| address.scope.clone()).collect();
        self.desired.scanned_only = scopes.difference(&wanted).cloned().collect();
        self.desired.scanned_only.extend(others.into_iter().map(Scope::global));
    }

    /// Model calls fail where a guardrail with automated reasoning is enforced (AWS user guide, guardrails-enforcements).
    pub(super) fn check_enforced(&mut self) {
        let mut faults = Vec::new();
        for wanted in self.desired.resources.values() {
            let enforced: Vec<Address> = match &wanted.model {
                Model::AccountEnforcement(model) => model.version.address().into_iter().cloned().collect(),
                Model::OrgPolicy(model) => model.document.references(),
                _ => continue,
            };
            for guardrail in enforced.iter().filter_map(|version| self.guardrail_of(version)) {
                let Some(Model::Guardrail(model)) = self.desired.resources.get(guardrail).map(|wanted| &wanted.model)
                else {
                    continue;
                };
                if model.content.automated_reasoning_policy.is_none() {
                    continue;
                }
                let message =
                    format!("`{}` enforces `{}`, which has automated reasoning", wanted.entry, guardrail.name);
                let mut fault = Diagnostic::new(REASONING_ENFORCED, message);
                fault.span = wanted.span;
                if let Some(declared) = self.guardrails.get(&guardrail.name) {
                    fault = fault.related(declared.key.span, "declared here");
                }
                faults.push(
                    fault.help("model calls fail under it; enforce a guardrail without `automated_reasoning_policy`"),
                );
            }
        }
        self.diagnostics.extend(faults);
    }

    /// The guardrail that a version is of.
    fn guardrail_of(&self, version: &Address) -> Option<&Address> {
        match &self.desired.resources.get(version)?.model {
            Model::GuardrailVersion(model) => model.guardrail.address(),
            _ => None,
        }
    }
}
