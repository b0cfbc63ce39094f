//! Bedrock policies that users write themselves, held against the syntax (Organizations user guide, "Amazon Bedrock policy
//! syntax and examples" and "Inheritance operators").

use std::collections::BTreeMap;

use super::codes;
use super::document::{ASSIGN, CHILD_OPERATORS, CONFIGURATION, Lock, normal};
use super::section::{Content, Named, owned};
use crate::kinds::account_enforcement::codes::EXCLUDED_ALL;
use crate::kinds::account_enforcement::models;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::model::{Document, Region, Scope};
use crate::spec::decode::Tree;
use crate::spec::lower::Lowering;
use crate::spec::lower::document::{entries, items, text};
use crate::spec::suggest;
use crate::spec::template::{Expression, GuardrailPart};

/// What a document does, in normal form. Reports what AWS would refuse, at its place.
pub(super) fn content(tree: &Spanned<Tree>, lowering: &mut Lowering<'_>) -> Option<Content> {
    let before = lowering.diagnostics.errors();
    let mut raw = Raw { lowering, guardrails: Vec::new(), lock: Lock::Open };
    let mut found = BTreeMap::new();
    let mut regions = BTreeMap::new();
    let bedrock = raw.only(tree, "bedrock")?;
    let inference = raw.only(bedrock, "guardrail_inference")?;
    let outer = [(tree, "bedrock"), (bedrock, "guardrail_inference")].map(|(outer, key)| Raw::around(outer, key));
    for (name, configurations) in raw.children(inference, "`guardrail_inference`")? {
        let region = Region::new(name.as_str());
        let scope = raw.lowering.facts.home_scope(&region);
        if !looks_like_region(name) {
            raw.syntax(
                name.span,
                format!("`{}` is not a Region", name.value),
                Some("a Region looks like `eu-west-1`".to_owned()),
            );
        }
        raw.region(configurations, &scope);
        regions.insert(region, name.span);
        if let Some(configurations) = raw.lowering.document(configurations, &scope) {
            found.insert(name.value.clone(), configurations);
        }
    }
    let inner = Raw::around(inference, "");
    let Raw { guardrails, lock, .. } = raw;
    if lowering.diagnostics.errors() > before {
        return None;
    }
    let [around_bedrock, around_inference] = outer;
    found.extend(inner);
    let wrap = |mut around: BTreeMap<String, Document>, key: &str, inside: Document| {
        around.insert(key.to_owned(), inside);
        Document::Map(around)
    };
    let document = wrap(around_inference, "guardrail_inference", Document::Map(found));
    let document = normal(wrap(around_bedrock, "bedrock", document));
    Some(Content { document, regions, lock, guardrails, callable: Vec::new(), span: tree.span })
}

struct Raw<'r, 'a> {
    lowering: &'r mut Lowering<'a>,
    guardrails: Vec<Named>,
    lock: Lock,
}

impl Raw<'_, '_> {
    fn syntax(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.lowering.diagnostics.push(Diagnostic::at(span, codes::SYNTAX, message).maybe_help(help));
    }

    fn operator(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.lowering.diagnostics.push(Diagnostic::at(span, codes::OPERATOR, message).help(help));
    }

    /// The one element that may stand here, besides an operator for child policies.
    fn only<'t>(&mut self, tree: &'t Spanned<Tree>, key: &str) -> Option<&'t Spanned<Tree>> {
        let what = format!("the parent of `{key}`");
        for (name, _) in self.children(tree, &what)?.into_iter().filter(|(name, _)| name.value != key) {
            self.syntax(name.span, format!("`{}` cannot stand here", name.value), Some(format!("write `{key}`")));
        }
        let found = tree.get(key);
        if found.is_none() {
            self.syntax(tree.span, format!("`{key}` is missing"), None);
        }
        found
    }

    /// What stands beside the one element: operators for child policies.
    fn around(tree: &Tree, key: &str) -> BTreeMap<String, Document> {
        let operators =
            entries(tree).unwrap_or_default().iter().filter(|(name, _)| name.value != key && name.starts_with("@@"));
        operators
            .map(|(name, value)| (name.value.clone(), Document::list(items(value).into_iter().filter_map(plain))))
            .collect()
    }

    /// The elements of a map, operators for child policies looked at and left out.
    fn children<'t>(
        &mut self,
        tree: &'t Spanned<Tree>,
        what: &str,
    ) -> Option<Vec<&'t (Spanned<String>, Spanned<Tree>)>> {
        let Some(found) = entries(tree) else {
            self.syntax(tree.span, format!("{what} is a map"), None);
            return None;
        };
        let (operators, elements): (Vec<_>, Vec<_>) = found.iter().partition(|(name, _)| name.starts_with("@@"));
        for (name, value) in operators {
            if name.value == CHILD_OPERATORS {
                self.child_operators(value);
            } else {
                self.operator(
                    name.span,
                    format!("`{}` has no effect here", name.value),
                    "operators that set values stand in settings",
                );
            }
        }
        Some(elements)
    }

    fn child_operators(&mut self, value: &Spanned<Tree>) {
        for operator in items(value) {
            match text(operator).and_then(|text| text.literal()) {
                Some("@@none") => self.lock = Lock::Locked,
                Some("@@all" | "@@assign" | "@@append" | "@@remove") => {}
                _ => {
                    let known = "known are `@@none`, `@@all`, `@@assign`, `@@append` and `@@remove`";
                    self.operator(operator.span, "this is not an operator that child policies can be allowed", known);
                }
            }
        }
    }

    fn region(&mut self, configurations: &Spanned<Tree>, scope: &Scope) {
        let Some(found) = self.children(configurations, "a Region") else { return };
        if found.is_empty() {
            self.syntax(configurations.span, format!("`{CONFIGURATION}` is missing"), None);
        }
        for (name, configuration) in found {
            if name.value != CONFIGURATION {
                let help = format!("write `{CONFIGURATION}`, the only name that AWS documents");
                self.syntax(name.span, format!("`{}` is not the name of a configuration", name.value), Some(help));
            }
            let Some(settings) = self.children(configuration, "a configuration") else { continue };
            for (name, setting) in settings {
                self.setting(name, setting, scope);
            }
        }
    }

    fn setting(&mut self, name: &Spanned<String>, setting: &Spanned<Tree>, scope: &Scope) {
        const KNOWN: [&str; 3] = ["identifier", "selective_content_guarding", "model_enforcement"];
        match name.value.as_str() {
            "identifier" => {
                for value in self.values(setting, &[ASSIGN]) {
                    self.identifier(value, scope);
                }
            }
            // What locks nothing but a detail leaves policies further down their effect.
            "selective_content_guarding" => self.keeping_lock(|raw| raw.guarding(setting)),
            "model_enforcement" => self.keeping_lock(|raw| raw.models(setting)),
            "input_tags" => {
                let message = "`input_tags` has been replaced by `selective_content_guarding`";
                let help = "for `ignore` write `comprehensive`, for `honor` write `selective`, for `system` and `messages` alike";
                self.lowering.diagnostics.push(Diagnostic::at(name.span, codes::INPUT_TAGS, message).help(help));
            }
            other => self.syntax(name.span, format!("`{other}` is not a setting"), suggest::advise(other, KNOWN)),
        }
    }

    fn keeping_lock(&mut self, check: impl FnOnce(&mut Self)) {
        let lock = self.lock;
        check(self);
        self.lock = lock;
    }

    /// The values that the operators of a setting give.
    fn values<'t>(&mut self, setting: &'t Spanned<Tree>, known: &[&str]) -> Vec<&'t Spanned<Tree>> {
        let Some(found) = entries(setting).filter(|found| found.iter().all(|(name, _)| name.starts_with("@@"))) else {
            self.syntax(setting.span, "a setting is a map of operators", Some(format!("write `{ASSIGN}: …`")));
            return Vec::new();
        };
        let mut values = Vec::new();
        for (name, value) in found {
            match name.value.as_str() {
                CHILD_OPERATORS => self.child_operators(value),
                operator if known.contains(&operator) => values.push(value),
                "@@append" | "@@remove" => {
                    self.operator(name.span, format!("`{}` works on lists only", name.value), "write `@@assign`");
                }
                operator => {
                    let help = suggest::advise(operator, known.iter().copied().chain([CHILD_OPERATORS]));
                    self.operator(name.span, format!("`{operator}` is not an operator"), &help.unwrap_or_default());
                }
            }
        }
        values
    }

    fn guarding(&mut self, guarding: &Spanned<Tree>) {
        let Some(members) = self.children(guarding, "`selective_content_guarding`") else { return };
        if members.is_empty() {
            self.syntax(guarding.span, "`selective_content_guarding` needs `system` or `messages`", None);
        }
        for (name, setting) in members {
            if !matches!(name.value.as_str(), "system" | "messages") {
                let help = suggest::advise(name, ["system", "messages"]);
                self.syntax(name.span, format!("`{}` is not a part of a call", name.value), help);
                continue;
            }
            for value in self.values(setting, &[ASSIGN]) {
                let said = text(value).and_then(|text| text.literal()).unwrap_or_default();
                if !matches!(said, "selective" | "comprehensive") {
                    let help = suggest::advise(said, ["selective", "comprehensive"]);
                    self.syntax(value.span, "guarding is `selective` or `comprehensive`, in lower case", help);
                }
            }
        }
    }

    fn models(&mut self, models: &Spanned<Tree>) {
        const LISTS: [&str; 2] = ["included_models", "excluded_models"];
        let Some(lists) = self.children(models, "`model_enforcement`") else { return };
        for missing in LISTS.into_iter().filter(|list| models.get(list).is_none()) {
            let help = format!("write `{missing}: {{\"{ASSIGN}\": []}}`");
            self.syntax(models.span, format!("`model_enforcement` needs `{missing}` too"), Some(help));
        }
        for (name, setting) in lists {
            if !LISTS.contains(&name.value.as_str()) {
                self.syntax(
                    name.span,
                    format!("`{}` is not a list of models", name.value),
                    suggest::advise(name, LISTS),
                );
                continue;
            }
            for list in self.values(setting, &[ASSIGN, "@@append", "@@remove"]) {
                let Tree::List(ids) = &list.value else {
                    self.syntax(list.span, format!("`{}` is a list", name.value), None);
                    continue;
                };
                for id in ids {
                    self.model(id, name.value == "excluded_models");
                }
            }
        }
    }

    fn model(&mut self, model: &Spanned<Tree>, excluded: bool) {
        let Some(id) = text(model).and_then(|text| text.literal()) else {
            return self.syntax(model.span, "a model is named by its id", None);
        };
        if id == models::EVERY_MODEL {
            if excluded {
                let message = "`ALL` cannot be excluded";
                self.lowering.diagnostics.push(Diagnostic::at(model.span, EXCLUDED_ALL, message));
            }
        } else if let Some((code, message, help)) = models::fault(id) {
            self.lowering.diagnostics.push(Diagnostic::at(model.span, code, message).help(help));
        }
    }

    fn identifier(&mut self, value: &Spanned<Tree>, scope: &Scope) {
        let Some(text) = text(value) else {
            return self.wrong_identifier(value.span, scope);
        };
        let key = match text.lone().map(|expression| &expression.value) {
            Some(Expression::Version(key)) => self.lowering.guardrail_of_version(key),
            Some(Expression::Guardrail { key, part: GuardrailPart::Current }) => Some(key.clone()),
            Some(_) => return self.wrong_identifier(value.span, scope),
            None => {
                let known = self.lowering.known(text, scope);
                if !known.is_some_and(|arn| self.is_version(&arn, scope)) {
                    self.wrong_identifier(value.span, scope);
                }
                return;
            }
        };
        // A key that nobody declares is reported when the document is lowered.
        let Some(key) = key else { return };
        let known = self.lowering.declared().find(|declared| declared.key.value == key).cloned();
        let Some(declared) = known else { return };
        if let Some(held) = owned(&declared, scope, value.span, self.lowering) {
            self.guardrails.push(Named { guardrail: declared, scope: held, span: value.span });
        }
    }

    fn is_version(&self, arn: &str, scope: &Scope) -> bool {
        let Scope { account, .. } = scope;
        let partition = &self.lowering.facts.caller.partition;
        let place = format!("arn:{partition}:bedrock:{}:{account}:guardrail/", scope.region_name());
        let parts = arn.strip_prefix(&place).and_then(|rest| rest.split_once(':'));
        parts.is_some_and(|(id, number)| {
            let digits = (1..=8).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            !id.is_empty()
                && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                && digits
                && !number.starts_with('0')
        })
    }

    fn wrong_identifier(&mut self, span: Span, scope: &Scope) {
        let (region, account) = (scope.region_name(), &scope.account);
        let message = format!("this is not a numbered version of a guardrail of account {account} in {region}");
        let help = "write `${version.<key>}`, `${guardrail.<key>.current}`, or the ARN and `:<number>`";
        self.lowering.diagnostics.push(Diagnostic::at(span, codes::IDENTIFIER, message).help(help));
    }
}

fn plain(tree: &Spanned<Tree>) -> Option<Document> {
    text(tree).and_then(|text| text.literal()).map(Document::text)
}

fn looks_like_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lower = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [names @ .., number] => {
            names.len() >= 2
                && names.iter().all(lower)
                && matches!(number.len(), 1 | 2)
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        [] => false,
    }
}
