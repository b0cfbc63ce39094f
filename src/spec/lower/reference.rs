//! References to guardrails and their versions.

use std::rc::Rc;

use super::{DeclaredGuardrail, DeclaredVersion, Lowering, Origin, codes};
use crate::kinds::guardrail_version::{Model as Version, Release, external_name, implicit_name};
use crate::kinds::{Kind, Model};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{Address, ExternalMark, Ref, Region, RemoteId, Scope};
use crate::spec::suggest;

impl Lowering<'_> {
    /// Makes a guardrail known to the sections that follow.
    pub(crate) fn declare(&mut self, guardrail: DeclaredGuardrail) {
        self.guardrails.entry(guardrail.key.value.clone()).or_insert_with(|| Rc::new(guardrail));
    }

    /// Makes an entry of `versions` known to the sections that follow.
    pub(crate) fn declare_version(&mut self, version: DeclaredVersion) {
        self.versions.insert(version.key.value.clone(), Rc::new(version));
    }

    /// The guardrails that are known, by key.
    pub(crate) fn declared(&self) -> impl Iterator<Item = &Rc<DeclaredGuardrail>> {
        self.guardrails.values()
    }

    /// The guardrail of this key. Reports one that nobody declares; one whose entry is at fault is `None` without
    /// another word.
    pub(crate) fn guardrail(&mut self, key: &Spanned<String>) -> Option<Rc<DeclaredGuardrail>> {
        if let Some(found) = self.guardrails.get(&key.value) {
            return Some(Rc::clone(found));
        }
        let spec = self.spec;
        let entries = spec.section("guardrails").iter().chain(spec.section("external_guardrails"));
        let declared: Vec<&str> = entries.map(|entry| entry.key.as_str()).collect();
        if spec.complete && !declared.contains(&key.as_str()) {
            let message = format!("no guardrail `{}` is declared", key.value);
            let fault = Diagnostic::at(key.span, codes::NO_GUARDRAIL, message);
            let help = suggest::advise(key, declared.iter().copied())
                .unwrap_or_else(|| "declare it under `guardrails` or `external_guardrails`".to_owned());
            self.diagnostics.push(fault.help(help));
        }
        None
    }

    /// The pointer to a guardrail for something in `scope`: in that scope, or in the same Region of the account that
    /// holds it.
    pub(crate) fn guardrail_ref(&mut self, guardrail: &Spanned<String>, scope: &Scope) -> Option<Ref> {
        let declared = self.guardrail(guardrail)?;
        let held = self.held_in(&declared, guardrail, scope)?;
        match &declared.origin {
            Origin::Arns { arns, .. } => {
                arns.get(held.region.as_ref()?).map(|arn| Ref::Foreign(RemoteId::new(arn.as_str())))
            }
            Origin::Ours | Origin::Stack { .. } => {
                let address = declared.address(&held)?;
                self.refer(&declared, &address);
                Some(Ref::To(address))
            }
        }
    }

    /// The pointer to a version of a guardrail for something in `scope`: a key of `versions`, a number, or without
    /// either the current content, whose version is thereby wanted.
    pub(crate) fn version(
        &mut self,
        guardrail: &Spanned<String>,
        version: Option<&Spanned<String>>,
        scope: &Scope,
    ) -> Option<Ref> {
        let declared = self.guardrail(guardrail)?;
        let held = self.held_in(&declared, guardrail, scope)?;
        let region = held.region.clone()?;
        let number = match version {
            None => None,
            Some(version) if is_number(version) => Some(version.value.clone()),
            Some(key) => {
                let named = self.named(&declared, key)?;
                match &named.numbers {
                    None => return Some(Ref::To(Address::new(Kind::GuardrailVersion, held, key.value.as_str()))),
                    Some(numbers) if declared.is_external() => Some(self.number_in(numbers, key, &region)?),
                    Some(numbers) => {
                        self.number_in(numbers, key, &region)?;
                        return Some(Ref::To(Address::new(Kind::GuardrailVersion, held, key.value.as_str())));
                    }
                }
            }
        };
        match (&declared.origin, number) {
            (Origin::Ours, None) => self.implicit(&declared, &held),
            (Origin::Ours, Some(number)) => self.numbered(&declared, &held, &number),
            (Origin::Arns { arns, numbers }, number) => {
                let arn = arns.get(&region)?;
                let Some(number) = number.or_else(|| numbers.get(&region).cloned()) else {
                    let message = format!("which version of `{}` to use in {region} is not said", declared.key.value);
                    let fault = Diagnostic::at(guardrail.span, codes::EXTERNAL_VERSION, message);
                    let fault = fault.related(declared.key.span, "declared here, without a version for that Region");
                    let advice =
                        format!("give `external_guardrails.{}` `versions: {{{region}: \"…\"}}`", declared.key.value);
                    self.diagnostics.push(fault.help(advice));
                    return None;
                };
                Some(Ref::Foreign(RemoteId::new(format!("{arn}:{number}"))))
            }
            (Origin::Stack { .. }, number) => {
                let address = declared.address(&held)?;
                self.refer(&declared, &address);
                let name = external_name(&declared.key, number.as_deref());
                Some(Ref::To(Address::new(Kind::GuardrailVersion, held, name)))
            }
        }
    }

    /// The pointer to a version that is known by its key alone, for something in `scope`. Reports one that is not
    /// declared.
    pub(crate) fn version_by_key(&mut self, key: &Spanned<String>, scope: &Scope) -> Option<Ref> {
        let guardrail = match self.versions.get(&key.value) {
            Some(version) => Spanned::new(version.guardrail.value.clone(), key.span),
            None => return self.no_version(key),
        };
        self.version(&guardrail, Some(key), scope)
    }

    /// Some version that a call of a model can name, for what lets any of them be named: one that is declared, else that of
    /// the current content, which is thereby wanted. `None` for a guardrail that others manage, and so publish.
    pub(crate) fn some_version(&mut self, guardrail: &Spanned<String>, scope: &Scope) -> Option<Address> {
        let declared = self.guardrail(guardrail)?;
        let held = self.held_in(&declared, guardrail, scope)?;
        let of = declared.address(&held).filter(|_| matches!(declared.origin, Origin::Ours))?;
        let mut resources = self.desired.resources.iter();
        let named = resources.find_map(|(address, wanted)| match &wanted.model {
            Model::GuardrailVersion(version)
                if version.guardrail.address() == Some(&of) && version.release != Release::Implicit =>
            {
                Some(address.clone())
            }
            _ => None,
        });
        named.or_else(|| self.version(guardrail, None, scope)?.address().cloned())
    }

    /// The key of the guardrail of a version, if the version is declared.
    pub(crate) fn guardrail_of_version(&self, key: &str) -> Option<String> {
        self.versions.get(key).map(|version| version.guardrail.value.clone())
    }

    /// The guardrail's own scope for something used in `scope`; reports a Region or an account that it is not in.
    pub(crate) fn held_in(
        &mut self,
        declared: &DeclaredGuardrail,
        used: &Spanned<String>,
        scope: &Scope,
    ) -> Option<Scope> {
        if let Some(held) = declared.scope_for(scope, self.facts.home()) {
            return Some(held.clone());
        }
        let mut there = declared.scopes.keys().filter(|held| held.region == scope.region).peekable();
        if self.assumed && there.peek().is_some() {
            // Which accounts these are is not known yet.
            return there.next().cloned();
        }
        let key = &declared.key.value;
        let (code, message, help) = if there.peek().is_some() {
            let message = format!("the guardrail `{key}` is not in account {}", scope.account);
            let help = format!("select that account in `guardrails.{key}.accounts`, or leave it out here");
            (codes::NOT_IN_ACCOUNT, message, Some(help))
        } else {
            let message = match &scope.region {
                Some(region) => format!("the guardrail `{key}` is not in {region}"),
                None => format!("the guardrail `{key}` is in several places, and here it must be one"),
            };
            let help = suggest::list(declared.regions().map(Region::as_str)).map(|all| format!("it is in {all}"));
            (codes::NOT_IN_REGION, message, help)
        };
        let fault = Diagnostic::at(used.span, code, message).related(declared.key.span, "declared here");
        self.diagnostics.push(fault.maybe_help(help));
        None
    }

    fn named(&mut self, declared: &DeclaredGuardrail, key: &Spanned<String>) -> Option<Rc<DeclaredVersion>> {
        let Some(found) = self.versions.get(&key.value).cloned() else { return self.no_version(key) };
        if found.guardrail.value != declared.key.value {
            let message =
                format!("`{}` is a version of `{}`, not of `{}`", key.value, found.guardrail.value, declared.key.value);
            let fault = Diagnostic::at(key.span, codes::OTHER_GUARDRAIL, message);
            self.diagnostics.push(fault.related(found.guardrail.span, "its guardrail"));
            return None;
        }
        Some(found)
    }

    /// Reports a version that nobody declares; one whose entry is at fault has been reported.
    fn no_version<T>(&mut self, key: &Spanned<String>) -> Option<T> {
        let known: Vec<&str> = self.spec.section("versions").iter().map(|entry| entry.key.as_str()).collect();
        if self.spec.complete && !known.contains(&key.as_str()) {
            let message = format!("no version `{}` is declared", key.value);
            let help = suggest::advise(key, known.iter().copied())
                .unwrap_or_else(|| "declare it under `versions`, or write a number in quotes".to_owned());
            self.diagnostics.push(Diagnostic::at(key.span, codes::NO_VERSION, message).help(help));
        }
        None
    }

    fn number_in(
        &mut self,
        numbers: &std::collections::BTreeMap<Region, String>,
        key: &Spanned<String>,
        region: &Region,
    ) -> Option<String> {
        let found = numbers.get(region).cloned();
        if found.is_none() {
            let message = format!("the version `{}` has no number in {region}", key.value);
            let known = suggest::list(numbers.keys().map(Region::as_str)).map(|all| format!("it has one in {all}"));
            self.diagnostics.push(Diagnostic::at(key.span, codes::NOT_IN_REGION, message).maybe_help(known));
        }
        found
    }

    fn implicit(&mut self, declared: &DeclaredGuardrail, held: &Scope) -> Option<Ref> {
        let content = declared.content(held)?.digest();
        let address = Address::new(Kind::GuardrailVersion, held.clone(), implicit_name(&declared.key, &content));
        let model = Version {
            guardrail: Ref::To(declared.address(held)?),
            release: Release::Implicit,
            content: Some(content),
            description: None,
        };
        let entry = format!("guardrails.{}", declared.key.value);
        self.want(address.clone(), model, &entry, declared.key.span, Vec::new());
        Some(Ref::To(address))
    }

    fn numbered(&mut self, declared: &DeclaredGuardrail, held: &Scope, number: &str) -> Option<Ref> {
        let name = format!("{}@{number}", declared.key.value);
        let model = Version {
            guardrail: Ref::To(declared.address(held)?),
            release: Release::Numbered(name.clone(), number.to_owned()),
            content: None,
            description: None,
        };
        let address = Address::new(Kind::GuardrailVersion, held.clone(), name);
        let entry = format!("guardrails.{}", declared.key.value);
        self.want(address.clone(), model, &entry, declared.key.span, Vec::new());
        Some(Ref::To(address))
    }

    /// Notes a guardrail of another stack that something refers to.
    fn refer(&mut self, declared: &DeclaredGuardrail, address: &Address) {
        if let Origin::Stack { stack, name } = &declared.origin {
            let mark = ExternalMark { stack: stack.clone(), name: name.clone() };
            self.desired.external.insert(address.clone(), mark);
        }
    }
}

/// Whether a version is written as AWS numbers them; keys of `versions` hold a letter.
pub(crate) fn is_number(version: &str) -> bool {
    !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
}
