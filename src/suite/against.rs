//! A suite beside the spec that it is for.

use super::case::{Suite, Version};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::Spanned;
use crate::spec::lower::codes::{NO_GUARDRAIL, NO_VERSION};
use crate::spec::{Spec, suggest};

impl Suite {
    /// Reports the keys of the suite that `spec` does not have. A spec that could not be read whole says nothing.
    pub fn check_against(&self, spec: &Spec, diagnostics: &mut Diagnostics) {
        if !spec.complete {
            return;
        }
        let known = |sections: &[&str]| -> Vec<String> {
            let entries = sections.iter().flat_map(|section| spec.section(section));
            entries.map(|entry| entry.key.value.clone()).collect()
        };
        let mut check = |key: &Spanned<String>, known: &[String], code, what: &str| {
            if !known.contains(&key.value) {
                let names = known.iter().map(String::as_str);
                let fault = Diagnostic::at(key.span, code, format!("the spec declares no {what} `{}`", key.value));
                diagnostics.push(fault.maybe_help(suggest::advise(&key.value, names)));
            }
        };
        check(&self.guardrail, &known(&["guardrails", "external_guardrails"]), NO_GUARDRAIL, "guardrail");
        if let Version::Named(key) = &self.version {
            check(key, &known(&["versions"]), NO_VERSION, "version");
        }
    }
}
