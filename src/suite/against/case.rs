//! One case beside the contents of the guardrail, in each Region where it is sent.

use std::collections::{BTreeMap, BTreeSet};

use super::fit::{Fault, Wanted};
use super::rule::{Rule, Sent};
use crate::kinds::guardrail::{Content, ContentFilterType};
use crate::model::Region;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::span::Span;
use crate::spec::suggest;
use crate::suite::codes;
use crate::suite::entry::{BlockedEntry, CaseEntry, FilterEntry, GroundingEntry, MaskedEntry};
use crate::suite::words::{Blocked, Masked, Source};

/// What a guardrail says where a suite is sent.
pub(super) struct Contents<'a> {
    /// The Region of each, as often as accounts hold it there.
    pub(super) there: Vec<(&'a Region, &'a Content)>,
    /// Where the guardrail is declared.
    pub(super) declared: Span,
    /// The version, where it may have been published from other contents.
    pub(super) version: Option<&'a str>,
}

/// Something that a case is about.
struct About {
    span: Span,
    /// Such as "topic `Legal advice`".
    what: String,
    /// Its own name, where that is the user's to choose.
    name: Option<String>,
    wanted: Wanted,
}

/// What is wrong, the same in several Regions.
type Found<'a> = BTreeMap<(Code, String, Option<String>), BTreeSet<&'a Region>>;

impl Contents<'_> {
    /// Reports what `case` says of the guardrail that it does not have, or does otherwise.
    pub(super) fn check(&self, case: &CaseEntry, diagnostics: &mut Diagnostics) {
        let source = case.source.map_or(Source::Input, |source| source.value);
        let sent = Sent { source, text: case.text.is_some(), images: case.image.is_some() };
        let expect = &case.expect.value;
        let mut see = |about: About, rule: &dyn Fn(&Content) -> Option<Rule>, known: fn(&Content) -> Vec<String>| {
            diagnostics.extend(self.see(&about, source, rule, known));
        };
        for (name, entry) in expect.topics.iter().flat_map(|map| map.iter()) {
            let about = own(entry.key, "topic", name.as_str(), blocked(&entry.value));
            see(about, &|content| sent.topic(content, name.as_str()), topics);
        }
        for (text, entry) in expect.words.iter().flat_map(|map| map.iter()) {
            let about = own(entry.key, "word", text.as_str(), blocked(&entry.value));
            see(about, &|content| sent.own_word(content, text.as_str()), words);
        }
        for (name, entry) in expect.regexes.iter().flat_map(|map| map.iter()) {
            let about = own(entry.key, "regex", name.as_str(), masked(&entry.value));
            see(about, &|content| sent.regex(content, name.as_str()), regexes);
        }
        for (of, entry) in expect.pii.iter().flat_map(|map| map.iter()) {
            let about = aws(entry.key, "type", of.word(), masked(&entry.value));
            see(about, &|content| sent.pii(content, *of), types);
        }
        for (of, entry) in expect.managed_word_lists.iter().flat_map(|map| map.iter()) {
            let about = aws(entry.key, "word list", of.word(), blocked(&entry.value));
            see(about, &|content| sent.list(content, *of), lists);
        }
        for (of, entry) in expect.filters.iter().flat_map(|map| map.iter()) {
            let about = aws(entry.key, "filter", of.word(), filtered(&entry.value));
            // That none finds this in an answer has been said of the suite, whatever its guardrail.
            if (*of, source) == (ContentFilterType::PromptAttack, Source::Output) && about.wanted.needs_a_rule() {
                continue;
            }
            see(about, &|content| sent.filter(content, *of), filters);
        }
        for (of, entry) in expect.grounding.iter().flat_map(|map| map.iter()) {
            let about = aws(entry.key, "grounding check", of.word(), scored(&entry.value));
            see(about, &|content| Sent::grounding(content, *of), checks);
        }
        if let Some(findings) = &expect.automated_reasoning {
            let without = |content: &&Content| content.automated_reasoning_policy.is_none();
            let mut found = Found::new();
            for (region, _) in self.there.iter().filter(|(_, content)| without(content)) {
                let help = "add `automated_reasoning_policy` to the guardrail, or remove this".to_owned();
                let message = "the guardrail has no automated reasoning".to_owned();
                found.entry((codes::UNCONFIGURED, message, Some(help))).or_default().insert(region);
            }
            diagnostics.extend(self.told(found, findings.span));
        }
    }

    fn see(
        &self,
        about: &About,
        source: Source,
        rule: &dyn Fn(&Content) -> Option<Rule>,
        known: fn(&Content) -> Vec<String>,
    ) -> Vec<Diagnostic> {
        let About { span, what, name, wanted } = about;
        let sent = match source {
            Source::Input => "in prompts",
            Source::Output => "in answers",
        };
        let mut found = Found::new();
        for (region, content) in &self.there {
            let fault = match rule(content) {
                None => {
                    let known = known(content);
                    let names = known.iter().map(String::as_str);
                    let help = match name {
                        Some(name) => suggest::advise_of_many(name, names),
                        None => suggest::list(names).map(|all| format!("known here: {all}")),
                    };
                    let help = help.unwrap_or_else(|| "the guardrail has none at all".to_owned());
                    let code =
                        if name.is_some() || wanted.needs_a_rule() { codes::UNCONFIGURED } else { codes::ALWAYS };
                    (code, format!("the guardrail has no {what}"), Some(help))
                }
                Some(rule) => {
                    let Some(Fault { does, when }) = wanted.fault(rule) else { continue };
                    (codes::OTHER_OUTCOME, format!("the guardrail {does} the {what} {sent}{when}"), None)
                }
            };
            found.entry(fault).or_default().insert(region);
        }
        self.told(found, *span)
    }

    /// What was found, with the Regions where it is not so everywhere.
    fn told(&self, found: Found<'_>, span: Span) -> Vec<Diagnostic> {
        let all: BTreeSet<&Region> = self.there.iter().map(|(region, _)| *region).collect();
        let told = |((code, mut message, help), regions): ((Code, String, Option<String>), BTreeSet<&Region>)| {
            if regions.len() < all.len() {
                let regions: Vec<&str> = regions.iter().map(|region| region.as_str()).collect();
                message.extend([", in ", &regions.join(", ")]);
            }
            let mut code = code;
            if let Some(version) = self.version {
                message.extend([", and `", version, "` may have been published from another text"]);
                code = if code == codes::ALWAYS { code } else { codes::OTHER_CONTENT };
            }
            Diagnostic::at(span, code, message)
                .maybe_help(help)
                .related(self.declared, "the guardrail is declared here")
        };
        found.into_iter().map(told).collect()
    }
}

fn own(span: Span, what: &str, name: &str, wanted: Wanted) -> About {
    About { span, what: format!("{what} `{name}`"), name: Some(name.to_owned()), wanted }
}

fn aws(span: Span, what: &str, word: &str, wanted: Wanted) -> About {
    About { span, what: format!("{what} {word}"), name: None, wanted }
}

fn blocked(entry: &BlockedEntry) -> Wanted {
    let BlockedEntry { action, detected } = entry;
    let detected = detected.map(|detected| detected.value);
    Wanted { action: action.map(|action| Blocked::word(action.value)), detected, ..Wanted::default() }
}

fn masked(entry: &MaskedEntry) -> Wanted {
    let MaskedEntry { action, detected } = entry;
    let detected = detected.map(|detected| detected.value);
    Wanted { action: action.map(|action| Masked::word(action.value)), detected, ..Wanted::default() }
}

fn filtered(entry: &FilterEntry) -> Wanted {
    let FilterEntry { action, detected, min_confidence, max_confidence } = entry;
    let confidence = (min_confidence.map(|least| least.value), max_confidence.map(|most| most.value));
    Wanted { confidence, ..blocked(&BlockedEntry { action: *action, detected: *detected }) }
}

fn scored(entry: &GroundingEntry) -> Wanted {
    let GroundingEntry { action, detected, min_score, max_score } = entry;
    let score = (min_score.as_ref().map(|least| least.number), max_score.as_ref().map(|most| most.number));
    Wanted { score, ..blocked(&BlockedEntry { action: *action, detected: *detected }) }
}

fn topics(content: &Content) -> Vec<String> {
    content.topic_policy.iter().flat_map(|policy| &policy.topics).map(|topic| topic.name.clone()).collect()
}

fn words(content: &Content) -> Vec<String> {
    content.word_policy.iter().flat_map(|policy| policy.words.keys()).cloned().collect()
}

fn regexes(content: &Content) -> Vec<String> {
    content.sensitive_information_policy.iter().flat_map(|policy| policy.regexes.keys()).cloned().collect()
}

fn types(content: &Content) -> Vec<String> {
    let types = content.sensitive_information_policy.iter().flat_map(|policy| policy.pii_entities.keys());
    types.map(ToString::to_string).collect()
}

fn lists(content: &Content) -> Vec<String> {
    content.word_policy.iter().flat_map(|policy| policy.managed_word_lists.keys()).map(ToString::to_string).collect()
}

fn filters(content: &Content) -> Vec<String> {
    content.content_policy.iter().flat_map(|policy| policy.filters.keys()).map(ToString::to_string).collect()
}

fn checks(content: &Content) -> Vec<String> {
    let checks = content.contextual_grounding_policy.iter().flat_map(|policy| policy.filters.keys());
    checks.map(ToString::to_string).collect()
}
