//! What can be said only when every section has been lowered.

use std::collections::BTreeSet;

use super::Lowering;
use crate::kinds::Model;
use crate::kinds::guardrail::codes::REASONING_ENFORCED;
use crate::kinds::resource_policy::is_profile;
use crate::model::diagnostic::Diagnostic;
use crate::model::{Address, Scope};
use crate::spec::codes::LATER;
use crate::spec::decode::Either;
use crate::spec::top::{ScanAccounts, ScanRegions};

impl Lowering<'_> {
    /// The Regions that entries speak of, and the scopes that only the scan looks at. A Region to which a profile sends
    /// content is neither.
    pub(super) fn scan(&mut self) {
        let speaks = |address: &&Address| !is_profile(&address.name);
        let regions = self.desired.resources.keys().filter(speaks).filter_map(|address| address.scope.region.clone());
        self.desired.declared_regions.extend(regions);
        let scan = self.top.scan.as_ref().map(|scan| &scan.value);
        if let Some(accounts) = scan.and_then(|scan| scan.accounts.as_ref())
            && accounts.value == ScanAccounts::All
        {
            let message = "scanning every account comes with a later release of bedrail";
            self.diagnostics.push(Diagnostic::at(accounts.span, LATER, message).help("write `declared` for now"));
        }
        let known = self.facts.bedrock_regions.clone();
        let regions = match scan.and_then(|scan| scan.regions.as_ref()).map(|regions| &regions.value) {
            None | Some(Either::A(ScanRegions::All)) => known,
            Some(Either::A(ScanRegions::Declared)) => Vec::new(),
            Some(Either::B(listed)) => {
                self.check_regions(listed);
                listed.iter().map(|region| region.value.clone()).collect()
            }
        };
        let undeclared = regions.into_iter().filter(|region| !self.desired.declared_regions.contains(region));
        let scopes: BTreeSet<Scope> = undeclared.map(|region| self.facts.home_scope(&region)).collect();
        self.desired.scanned_only = scopes;
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
