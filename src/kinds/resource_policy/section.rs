//! The section `resource_policies`.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{self, APPLY, GET, Grantees, grantees, unit_pattern};
use super::{Model, codes, profile, raw};
use crate::kinds::Kind;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::model::{Address, Document, Ref, Scope, words};
use crate::spec::decode::{Either, Exact, List, OneOrMany, Tree};
use crate::spec::lower::{DeclaredGuardrail, Lowering};
use crate::spec::schema::SectionSchema;
use crate::spec::selector::{Selector, UnitSelector};
use crate::spec::top::EntryKey;
use crate::spec::{Decoded, REGIONAL, Spec};

words! {
    /// With whom a guardrail is shared, in a word.
    Share { OwnAccount = "own_account", Organization = "organization", }
}
words! {
    /// What a guardrail's policy can allow.
    Permission { Apply = "ApplyGuardrail", Get = "GetGuardrail", }
}

crate::decodes_as_word! { Share: "someone to share with"; Permission: "an action"; }

crate::entry! {
    /// Parts of the organization.
    pub(crate) struct Units: "someone to share with" {
        /// OUs by path (`ou:Workloads/Prod`) or id, each with everything below.
        required organizational_units: List<UnitSelector, 1>,
    }
}

crate::entry! {
    /// Who may use a guardrail from other accounts.
    pub(crate) struct Entry: "a resource policy" {
        /// The guardrail: a key of `guardrails`.
        required guardrail: Exact<EntryKey>,
        /// `own_account`, `organization`, `{organizational_units: […]}`, or a list of these.
        optional share_with: OneOrMany<Either<Share, Units>>,
        /// Default: `ApplyGuardrail`. `GetGuardrail` too lets members read word lists and regexes.
        optional actions: List<Permission, 1>,
        /// Instead of `share_with`: the JSON policy as YAML, in the statements that AWS accepts.
        optional document: Tree,
    }
}

/// What the section adds to the schema.
pub(crate) const SCHEMA: SectionSchema =
    SectionSchema::of::<Entry>(SECTION, "Who may use guardrails from other accounts, by key.");

/// The name of the section.
const SECTION: &str = "resource_policies";

/// Reads the entries and reports their faults.
pub(crate) fn decode(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Decoded<Entry>> {
    spec.decode(SECTION, REGIONAL, diagnostics)
}

/// The selectors of an entry.
pub(crate) fn selectors(entry: &Entry) -> impl Iterator<Item = &Selector> {
    let shares = entry.share_with.iter().flat_map(|shares| shares.iter());
    let units = shares.filter_map(|share| match &share.value {
        Either::B(units) => Some(units.organizational_units.iter()),
        Either::A(_) => None,
    });
    units.flatten().map(|selector| &*selector.value)
}

/// Reads the entries and adds what they want.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    let mut taken: BTreeMap<String, Spanned<String>> = BTreeMap::new();
    let mut profiles = profile::Policies::default();
    for Decoded { key, entry } in decode(lowering.spec, lowering.diagnostics) {
        let guardrail = Spanned::new(entry.guardrail.as_str().to_owned(), entry.guardrail.span);
        if let Some(other) = taken.get(&guardrail.value) {
            let message =
                format!("`{}` and `{}` are both for the guardrail `{}`", key.value, other.value, guardrail.value);
            let fault = Diagnostic::at(guardrail.span, codes::TWICE, message).related(other.span, "the other one");
            lowering.diagnostics.push(fault.help("a guardrail has one policy; put everything into one entry"));
            continue;
        }
        taken.insert(guardrail.value.clone(), key.clone());
        let Some(declared) = lowering.guardrail(&guardrail) else { continue };
        if declared.is_external() {
            let message = format!("the guardrail `{}` is external, and is never written", guardrail.value);
            let fault =
                Diagnostic::at(guardrail.span, codes::EXTERNAL, message).related(declared.key.span, "declared here");
            lowering.diagnostics.push(fault.help("its policy is for those who manage it"));
            continue;
        }
        lower_entry(&key, &entry, &declared, &mut profiles, lowering);
    }
    profiles.lower(lowering);
}

fn lower_entry(
    key: &Spanned<String>,
    entry: &Spanned<Entry>,
    declared: &DeclaredGuardrail,
    profiles: &mut profile::Policies,
    lowering: &mut Lowering<'_>,
) {
    let Some(source) = source(key, entry, lowering) else { return };
    let entry_name = format!("{SECTION}.{}", key.value);
    for scope in declared.scopes.keys() {
        let Some(guardrail) = declared.address(scope) else { continue };
        let resource = Ref::To(guardrail);
        let document = match &source {
            Source::Shared(grantees, actions) => {
                let owner = (&lowering.facts.caller.partition, &scope.account);
                Some(document::document(&resource, owner, grantees, actions, None))
            }
            Source::Raw(tree) => raw::document(tree, &declared.key, scope, lowering),
        };
        let Some(document) = document else { continue };
        if let Some(length) = too_long(&document) {
            let span = entry.document.as_ref().map_or(key.span, |document| document.span);
            let message = format!("this policy has {length} characters, and AWS takes 20,480");
            lowering.diagnostics.push(Diagnostic::at(span, codes::SIZE, message));
            continue;
        }
        if let (Some(id), Some(grantees)) = (declared.profile(scope), grantees(&document)) {
            profiles.add(id, scope, &grantees, (&entry_name, key.span));
        }
        let address = Address::new(Kind::ResourcePolicy, scope.clone(), declared.key.value.as_str());
        lowering.want(address, Model { resource, document }, &entry_name, key.span, Vec::new());
    }
}

enum Source<'e> {
    Shared(Grantees, BTreeSet<&'static str>),
    Raw(&'e Spanned<Tree>),
}

fn source<'e>(key: &Spanned<String>, entry: &'e Entry, lowering: &mut Lowering<'_>) -> Option<Source<'e>> {
    let fault = |span: Span, message: &str| Diagnostic::at(span, codes::SHARE_OR_DOCUMENT, message);
    match (&entry.share_with, &entry.document) {
        (None, None) => {
            let fault = fault(key.span, "a resource policy needs `share_with` or `document`");
            lowering
                .diagnostics
                .push(fault.help("`share_with: organization` admits every account of the organization"));
            None
        }
        (Some(share), Some(document)) => {
            let fault = fault(document.span, "`share_with` and `document` exclude each other");
            lowering.diagnostics.push(fault.related(share.span, "`share_with` stands here"));
            None
        }
        (None, Some(document)) => {
            if let Some(actions) = &entry.actions {
                let fault = fault(actions.span, "`actions` belongs to `share_with`, and here is a `document`");
                lowering.diagnostics.push(fault.help("name the actions in its statements"));
            }
            Some(Source::Raw(document))
        }
        (Some(share), None) => {
            let actions = match &entry.actions {
                None => BTreeSet::from([APPLY]),
                Some(actions) => actions.iter().map(|action| action.value.operation()).collect(),
            };
            Some(Source::Shared(shared_with(share, lowering)?, actions))
        }
    }
}

impl Permission {
    const fn operation(self) -> &'static str {
        match self {
            Self::Apply => APPLY,
            Self::Get => GET,
        }
    }
}

fn shared_with(shares: &[Spanned<Either<Share, Units>>], lowering: &mut Lowering<'_>) -> Option<Grantees> {
    let mut grantees = Grantees::default();
    let organization = lowering.facts.organization.as_ref().map(|organization| organization.id.clone());
    let mut sound = true;
    for share in shares {
        if matches!(share.value, Either::A(Share::OwnAccount)) {
            continue;
        }
        let Some(organization) = &organization else {
            let message = "sharing beyond the own account needs an organization";
            let fault = Diagnostic::at(share.span, codes::NO_ORGANIZATION, message);
            lowering.diagnostics.push(fault.help("declare `organization`; AWS shares guardrails within one only"));
            return None;
        };
        match &share.value {
            Either::A(_) => grantees.organization = Some(organization.clone()),
            Either::B(units) => {
                for unit in units.organizational_units.iter() {
                    let selector = unit.as_ref().map(|unit| Selector::clone(unit));
                    match lowering.node(&selector) {
                        Some(node) => {
                            let pattern = unit_pattern(organization, &node.id);
                            grantees.units.entry(organization.clone()).or_default().insert(pattern);
                        }
                        None => sound = false,
                    }
                }
            }
        }
    }
    sound.then_some(grantees)
}

/// How many characters a document has at least, if AWS takes less.
fn too_long(document: &Document) -> Option<usize> {
    const MOST: usize = 20_480;
    let length = document.least_length();
    (length > MOST).then_some(length)
}

/// The policies of a guardrail and of the profiles that it uses, as far as they are wanted.
pub(crate) fn of_guardrail(declared: &DeclaredGuardrail, scope: &Scope, lowering: &Lowering<'_>) -> Vec<Address> {
    let own = Address::new(Kind::ResourcePolicy, scope.clone(), declared.key.value.as_str());
    let profiles = declared.profile(scope).into_iter().flat_map(|id| profile::addresses(id, scope));
    std::iter::once(own).chain(profiles).filter(|address| lowering.desired.resources.contains_key(address)).collect()
}
