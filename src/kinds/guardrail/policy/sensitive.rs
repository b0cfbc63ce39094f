//! `sensitive_information_policy`: personal data and regular expressions.

use std::collections::BTreeMap;

use super::regex::doubts;
use super::{InScope, on};
use crate::kinds::guardrail::{PiiAction, PiiRule, PiiType, RegexRule, SensitiveInformationPolicy, codes};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::decode::{Faulty, List, Map, Text};

crate::text! { pub(crate) RegexName: "the name of a regex", 1..=100 }
crate::text! { pub(crate) RegexDescription: "the description of a regex", 1..=1000 }
crate::text! { pub(crate) Pattern: "a pattern", 1..=500 }

crate::entry! {
    /// What happens to personal data of one type. An action alone is for both directions.
    pub(crate) struct PiiEntry: "a type of personal data" {
        /// What happens where a side says nothing of its own: BLOCK, ANONYMIZE or NONE.
        required action: PiiAction,
        /// What happens to a prompt. Default: `action`.
        optional input_action: PiiAction,
        /// What happens to an answer. Default: `action`.
        optional output_action: PiiAction,
        /// Whether prompts are examined. Default: true.
        optional input_enabled: bool,
        /// Whether answers are examined. Default: true.
        optional output_enabled: bool,
    }
    short PiiAction => action
}

crate::entry! {
    /// A regular expression.
    pub(crate) struct RegexEntry: "a regex" {
        /// Its name, unique within the guardrail.
        required name: Text<RegexName>,
        /// The expression, up to 500 characters, without look-around.
        required pattern: Text<Pattern>,
        /// What happens where a side says nothing of its own: BLOCK, ANONYMIZE or NONE.
        required action: PiiAction,
        /// What it is for.
        optional description: Text<RegexDescription>,
        /// What happens to a prompt. Default: `action`.
        optional input_action: PiiAction,
        /// What happens to an answer. Default: `action`.
        optional output_action: PiiAction,
        /// Whether prompts are examined. Default: true.
        optional input_enabled: bool,
        /// Whether answers are examined. Default: true.
        optional output_enabled: bool,
    }
}

crate::entry! {
    /// Personal data and regular expressions.
    pub(crate) struct SensitivePolicyEntry: "a sensitive information policy" {
        /// Personal data by type.
        optional pii_entities: Map<PiiType, PiiEntry, 1>,
        /// Up to thirty regular expressions.
        optional regexes: List<RegexEntry, 1, 30>,
    }
}

impl SensitivePolicyEntry {
    /// The policy; none for one that says nothing, which AWS is not known to refuse.
    pub(in crate::kinds::guardrail) fn lower(
        &self,
        policy: &Spanned<Self>,
        here: &mut InScope<'_, '_>,
    ) -> Result<Option<SensitiveInformationPolicy>, Faulty> {
        if self.pii_entities.is_none() && self.regexes.is_none() {
            let message = "`sensitive_information_policy` says nothing";
            let doubt = Diagnostic::at(policy.span, codes::NOTHING_SENSITIVE, message);
            here.report(doubt.help("give it `pii_entities` or `regexes`, or remove it"));
            return Ok(None);
        }
        let entities = self.pii_entities.iter().flat_map(|entities| entities.iter());
        let pii_entities = entities.map(|(of, entry)| (*of, entry.value.value.lower(here))).collect();
        let mut regexes = BTreeMap::new();
        let (mut names, mut patterns) = (Vec::new(), Vec::new());
        let mut sound = true;
        for entry in self.regexes.iter().flat_map(|regexes| regexes.iter()) {
            let Some((name, rule)) = entry.value.lower(here) else {
                sound = false;
                continue;
            };
            names.push((name.clone(), entry.value.name.span));
            patterns.push((rule.pattern.clone(), entry.value.pattern.span));
            regexes.insert(name, rule);
        }
        sound &= here.once("the regex", names);
        sound &= here.once("the pattern", patterns);
        if sound { Ok(Some(SensitiveInformationPolicy { pii_entities, regexes })) } else { Err(Faulty) }
    }
}

impl PiiEntry {
    fn lower(&self, here: &InScope<'_, '_>) -> PiiRule {
        let side = |side: Option<&Spanned<PiiAction>>| here.pii(side.unwrap_or(&self.action));
        PiiRule {
            action: here.pii(&self.action),
            input_action: side(self.input_action.as_ref()),
            output_action: side(self.output_action.as_ref()),
            input_enabled: on(self.input_enabled.as_ref()),
            output_enabled: on(self.output_enabled.as_ref()),
        }
    }
}

impl RegexEntry {
    fn lower(&self, here: &mut InScope<'_, '_>) -> Option<(String, RegexRule)> {
        let name = here.text(&self.name);
        let description = here.optional_text(self.description.as_ref());
        let pattern = here.text(&self.pattern)?;
        for (code, doubt) in doubts(&pattern) {
            here.report(Diagnostic::at(self.pattern.span, code, doubt));
        }
        let side = |side: Option<&Spanned<PiiAction>>| here.pii(side.unwrap_or(&self.action));
        let rule = RegexRule {
            pattern,
            description: description.ok()?,
            action: here.pii(&self.action),
            input_action: side(self.input_action.as_ref()),
            output_action: side(self.output_action.as_ref()),
            input_enabled: on(self.input_enabled.as_ref()),
            output_enabled: on(self.output_enabled.as_ref()),
        };
        Some((name?, rule))
    }
}

impl InScope<'_, '_> {
    fn pii(&self, action: &Spanned<PiiAction>) -> PiiAction {
        if self.detect { PiiAction::None } else { action.value }
    }
}
