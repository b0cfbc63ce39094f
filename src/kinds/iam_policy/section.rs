//! The section `iam_policies`.

use std::collections::{BTreeMap, BTreeSet};

use super::applying::lets_apply_some;
use super::models::{ModelName, all_excepted, every, resources};
use super::named::{Named, named};
use super::roles::Roles;
use super::template::{
    Guardrails, Place, apply_guardrail, invoke_models, manage_guardrails, require_guardrail, use_kms_key,
};
use super::{Current, Model, codes, keys, meaning, name, permitted, raw};
use crate::kinds::Kind;
use crate::kinds::account_enforcement::enforced::VersionName;
use crate::kinds::iam_policy_attachment::{self, Says};
use crate::kinds::org_policy::SparedModel;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::span::{Span, Spanned};
use crate::model::{AccountId, Address, Document, Ref, Region, Scope, words};
use crate::spec::decode::{Either, Exact, List, Text, Tree};
use crate::spec::lower::{Alphabet, Lowering, TagMap};
use crate::spec::schema::SectionSchema;
use crate::spec::selector::{AccountSelector, Selector};
use crate::spec::top::EntryKey;
use crate::spec::{Decoded, GLOBAL, Spec};

words! {
    /// What a policy is for.
    TemplateName {
        Require = "require_guardrail",
        Invoke = "invoke_models",
        Apply = "apply_guardrail",
        Manage = "manage_guardrails",
        UseKey = "use_kms_key",
    }
}
words! {
    /// No guardrail in particular.
    AnyGuardrail { Any = "any", }
}

crate::decodes_as_word! { TemplateName: "a template"; AnyGuardrail: "a guardrail, or a list of them"; }
crate::text! { pub(crate) PolicyName: "a policy name", 1..=128, r"[\w+=,.@-]+", "made of letters, digits and `+=,.@_-`" }
crate::text! { pub(crate) PolicyPath: "a path", 1..=512, r"((/[A-Za-z0-9.,+@=_-]+)*)/", "made of letters, digits and `.,+@=_-` between slashes, and begins and ends with one" }
crate::text! { pub(crate) PolicyDescription: "a description", 0..=1000 }
crate::text! { pub(crate) Role: "a role name", 1..=64, r"[\w+=,.@-]+", "made of letters, digits and `+=,.@_-`, without its path" }
crate::text! { pub(crate) KmsKey: "a KMS key", 1..=2048 }

crate::entry! {
    /// A customer managed policy, attached to roles.
    pub(crate) struct Entry: "an IAM policy" {
        /// The accounts. Default: the management account, or the caller's without `organization`.
        optional accounts: List<AccountSelector, 1>,
        /// AWS's name. Default: `<stack>-<key>`. With another one it is another policy.
        optional name: Text<PolicyName>,
        /// Begins and ends with `/` (default). With another one it is another policy, which then needs another name.
        optional path: Text<PolicyPath>,
        /// What the policy is for. AWS never changes it, so another one needs another `name`.
        optional description: Text<PolicyDescription>,
        /// The Regions in which guardrails and models are named. Default: those of the top level.
        optional regions: List<Region, 1>,
        /// What the policy lets its roles do.
        optional template: TemplateName,
        /// Of `require_guardrail` and `apply_guardrail`: keys of `guardrails` or `external_guardrails`, or `any`.
        optional guardrails: Either<AnyGuardrail, List<Exact<EntryKey>, 1>>,
        /// Of `require_guardrail`: `any` (default: any numbered version), a key of `versions`, or `current`: the version of the
        /// current content and those that are kept.
        optional version: Exact<VersionName>,
        /// Of `require_guardrail` and `invoke_models`: model ids, inference profiles or ARNs. Default: every foundation model and
        /// the account's inference profiles, in every Region; not imported, custom or provisioned models.
        optional models: List<Text<ModelName>, 1>,
        /// Of `require_guardrail`: the models that may be called without, such as those for embeddings; `*` stands for any
        /// characters.
        optional except_models: List<Exact<SparedModel>, 1>,
        /// Of `use_kms_key` and `manage_guardrails`: the ARN or id of a customer key; no alias.
        optional kms_key_id: Text<KmsKey>,
        /// Instead of `template`: the JSON policy as YAML.
        optional document: Tree,
        /// Names of the roles that the policy is attached to. Roles are never created.
        optional attach_to_roles: List<Exact<Role>>,
        /// Tags.
        optional tags: TagMap,
    }
}

/// What the section adds to the schema.
pub(crate) const SCHEMA: SectionSchema =
    SectionSchema::of::<Entry>(SECTION, "Customer managed policies and the roles they are attached to, by key.");

/// The name of the section.
const SECTION: &str = "iam_policies";

/// Reads the entries and reports their faults.
pub(crate) fn decode(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Decoded<Entry>> {
    spec.decode(SECTION, GLOBAL, diagnostics)
}

/// The selectors of an entry.
pub(crate) fn selectors(entry: &Entry) -> impl Iterator<Item = &Selector> {
    entry.accounts.iter().flat_map(|list| list.iter()).map(|selector| &*selector.value)
}

/// Which version of a guardrail is to be called.
pub(super) enum Version {
    /// None: no call of a model is spoken of.
    Unasked,
    /// Any that has a number.
    Any,
    /// That of the current content, and those that are kept.
    Current,
    /// This one.
    Key(Spanned<String>),
}

/// Reads the entries and adds what they want.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    let mut names = Names::new();
    let mut on_roles = Roles::default();
    for Decoded { key, entry } in decode(lowering.spec, lowering.diagnostics) {
        let roles = roles(&entry, lowering);
        if !fits_template(&key, &entry, lowering) {
            continue;
        }
        let accounts = lowering.accounts(entry.accounts.as_ref(), None, key.span);
        if let Some(Either::B(keys)) = entry.guardrails.as_ref().map(|guardrails| &guardrails.value) {
            let regions = regions(&entry, lowering);
            permitted::check(keys, (&accounts, &regions), lowering);
        }
        for account in accounts {
            lower_in(&key, &entry, (&account, &roles), (&mut names, &mut on_roles), lowering);
        }
    }
    on_roles.check(lowering.diagnostics);
}

/// The names that are taken, in lower case, each with the key and the place of its entry.
type Names = BTreeMap<(AccountId, String), (String, Span)>;

fn lower_in(
    key: &Spanned<String>,
    entry: &Entry,
    (account, roles): (&AccountId, &[(String, Span)]),
    (names, on_roles): (&mut Names, &mut Roles),
    lowering: &mut Lowering<'_>,
) {
    let scope = Scope::global(account.clone());
    let default_name = format!("{}-{}", lowering.desired.stack, key.value);
    let policy_name = entry.name.as_ref().map_or(Some(default_name), |name| lowering.text(name, &scope));
    let path = entry.path.as_ref().map_or(Some("/".to_owned()), |path| lowering.text(path, &scope));
    let description = entry.description.as_ref().map_or(Some(String::new()), |text| lowering.text(text, &scope));
    let tags = lowering.tags(entry.tags.as_ref(), &key.value, false, &scope, Alphabet::Wide);
    let content = content(entry, account, lowering);
    let (Some(policy_name), Some(path), Some(description)) = (policy_name, path, description) else { return };
    let place = entry.name.as_ref().map_or(key.span, |name| name.span);
    if let Some((other, span)) = names.get(&(account.clone(), policy_name.to_lowercase())) {
        let message = format!("`{}` and `{other}` both make the policy {policy_name} of one account", key.value);
        let fault = Diagnostic::at(place, codes::SAME_NAME, message).related(*span, "the other one");
        lowering.diagnostics.push(fault.help("give one of them another `name`"));
        return;
    }
    names.insert((account.clone(), policy_name.to_lowercase()), (key.value.clone(), place));
    let Some(Said { document, current, needs }) = content else { return };
    let length = document.least_length();
    if length > LONGEST {
        let message = format!("this policy has {length} characters as JSON, and AWS takes {LONGEST}");
        let fault = Diagnostic::at(entry.document.as_ref().map_or(key.span, |it| it.span), codes::SIZE, message);
        lowering.diagnostics.push(fault.help("spread its guardrails, models or Regions over several policies"));
    }
    let entry_name = format!("{SECTION}.{}", key.value);
    let within = name(&path, &policy_name);
    let address = Address::new(Kind::IamPolicy, scope.clone(), within.as_str());
    let says = Says { guards: meaning::guards(&document), applies: lets_apply_some(&document) };
    for (role, span) in roles {
        on_roles.attach((account, role), &key.value, &document, *span);
        let name = iam_policy_attachment::name(&within, role);
        let model = iam_policy_attachment::Model { policy: Ref::To(address.clone()), role: role.clone(), says };
        let at = Address::new(Kind::IamPolicyAttachment, scope.clone(), name);
        lowering.want(at, model, &entry_name, *span, Vec::new());
    }
    let model = Model { name: policy_name, path, description, document, tags, current, needs };
    lowering.want(address, model, &entry_name, key.span, Vec::new());
}

/// The longest document, white space apart (IAM quotas).
const LONGEST: usize = 6144;
/// The roles of an entry, each with the place that names it.
fn roles(entry: &Entry, lowering: &mut Lowering<'_>) -> Vec<(String, Span)> {
    let mut roles: Vec<(String, Span)> = Vec::new();
    for role in entry.attach_to_roles.iter().flat_map(|roles| roles.iter()) {
        if let Some((_, first)) = roles.iter().find(|(other, _)| other.eq_ignore_ascii_case(role.value.as_str())) {
            let fault = Diagnostic::at(role.span, codes::ROLE_TWICE, format!("`{}` stands twice", role.value.as_str()));
            lowering.diagnostics.push(fault.related(*first, "first here"));
            continue;
        }
        roles.push((role.value.as_str().to_owned(), role.span));
    }
    roles
}

/// Whether the entry says once what it does, and nothing that its template does not read.
fn fits_template(key: &Spanned<String>, entry: &Entry, lowering: &mut Lowering<'_>) -> bool {
    let faults = lowering.diagnostics.errors();
    let mut report = |span: Span, code: Code, message: String, help: &str| {
        lowering.diagnostics.push(Diagnostic::at(span, code, message).help(help));
    };
    let Entry { guardrails, version, models, except_models, kms_key_id, regions, .. } = entry;
    let given = [
        ("guardrails", guardrails.as_ref().map(|it| it.span)),
        ("version", version.as_ref().map(|it| it.span)),
        ("models", models.as_ref().map(|it| it.span)),
        ("except_models", except_models.as_ref().map(|it| it.span)),
        ("kms_key_id", kms_key_id.as_ref().map(|it| it.span)),
    ];
    let (what, needed, read): (String, Option<&str>, &[&str]) = match (&entry.template, &entry.document) {
        (None, None) => {
            let help = "`template: require_guardrail` lets roles call models with a guardrail only";
            report(
                key.span,
                codes::TEMPLATE_OR_DOCUMENT,
                "an IAM policy needs `template` or `document`".to_owned(),
                help,
            );
            return false;
        }
        (Some(template), Some(document)) => {
            let message = "`template` and `document` exclude each other".to_owned();
            let fault = Diagnostic::at(document.span, codes::TEMPLATE_OR_DOCUMENT, message);
            lowering.diagnostics.push(fault.related(template.span, "`template` stands here"));
            return false;
        }
        (None, Some(_)) => ("a `document`".to_owned(), None, &[]),
        (Some(template), None) => {
            let (needed, read): (_, &[&str]) = match template.value {
                TemplateName::Require => (Some("guardrails"), &["guardrails", "version", "models", "except_models"]),
                TemplateName::Invoke => (None, &["models"]),
                TemplateName::Apply => (Some("guardrails"), &["guardrails"]),
                TemplateName::Manage => (None, &["kms_key_id"]),
                TemplateName::UseKey => (Some("kms_key_id"), &["kms_key_id"]),
            };
            (format!("`{}`", template.value), needed, read)
        }
    };
    for (name, span) in given {
        match span {
            Some(span) if !read.contains(&name) => {
                report(span, codes::NOT_OF_TEMPLATE, format!("`{name}` has no meaning for {what}"), "remove it");
            }
            None if needed == Some(name) => {
                let help = if name == "guardrails" { "name them, or write `guardrails: any`" } else { "name the key" };
                report(key.span, codes::TEMPLATE_NEEDS, format!("{what} needs `{name}`"), help);
            }
            _ => {}
        }
    }
    let any = matches!(guardrails.as_ref().map(|it| &it.value), Some(Either::A(_)));
    if let Some(version) = version.as_ref().filter(|version| read.contains(&"version") && version.as_str() != "any") {
        if any {
            let message = format!("`{}` is a version of no guardrail in particular", version.as_str());
            report(version.span, codes::VERSION_OF_ANY, message, "name the guardrails, or leave the version out");
        } else if version.as_str().bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("version {} is another one in each Region", version.as_str());
            let help = "declare a key under `versions`, with its `numbers`, and name that";
            report(version.span, codes::NUMBER, message, help);
        }
    }
    if let Some(regions) = regions {
        lowering.check_regions(regions);
    }
    lowering.diagnostics.errors() == faults
}

/// What a policy says, and which versions that is about.
struct Said {
    document: Document,
    current: Vec<Current>,
    needs: Vec<Address>,
}

/// What the policy says in this account; `None` where that is at fault, which is reported.
fn content(entry: &Entry, account: &AccountId, lowering: &mut Lowering<'_>) -> Option<Said> {
    let regions = regions(entry, lowering);
    if let Some(tree) = &entry.document {
        let document = raw::document(tree, (account, &regions), lowering)?;
        return Some(Said { document, current: Vec::new(), needs: Vec::new() });
    }
    let partition = lowering.facts.caller.partition.clone();
    let place = Place { partition: &partition, account, regions: &regions };
    let Named { guardrails, current, needs } = match entry.guardrails.as_ref().map(|guardrails| &guardrails.value) {
        Some(Either::B(keys)) => named(keys, &version(entry), (account, &regions), lowering)?,
        Some(Either::A(_)) | None => Named { guardrails: Guardrails::Any, current: Vec::new(), needs: Vec::new() },
    };
    let keys = match &entry.kms_key_id {
        Some(key) => keys::arns(key, &place, lowering)?,
        None => Vec::new(),
    };
    let faults = lowering.diagnostics.errors();
    if let (Some(named), Some(except)) = (&entry.models, &entry.except_models) {
        all_excepted(named, except, &place, lowering);
    }
    let models = entry.models.as_ref().map_or_else(|| every(&place), |models| resources(models, &place, lowering));
    if lowering.diagnostics.errors() > faults {
        return None;
    }
    let document = match entry.template.as_ref()?.value {
        TemplateName::Require => {
            let except: Vec<String> =
                entry.except_models.iter().flat_map(|list| list.iter()).map(|id| id.as_str().to_owned()).collect();
            require_guardrail(&guardrails, &models, &except, &place)
        }
        TemplateName::Invoke => invoke_models(&models),
        TemplateName::Apply => apply_guardrail(&guardrails, &place),
        TemplateName::Manage => manage_guardrails(&keys, &place),
        TemplateName::UseKey => use_kms_key(&keys),
    };
    Some(Said { document, current, needs })
}

/// The Regions of the entry, each once.
fn regions(entry: &Entry, lowering: &Lowering<'_>) -> Vec<Region> {
    let all = entry.regions.as_ref().map_or(&lowering.top.regions.value.0, |regions| &regions.value.0);
    let regions: BTreeSet<Region> = all.iter().map(|region| region.value.clone()).collect();
    regions.into_iter().collect()
}

fn version(entry: &Entry) -> Version {
    match &entry.version {
        _ if entry.template.as_ref().is_none_or(|template| template.value != TemplateName::Require) => Version::Unasked,
        None => Version::Any,
        Some(version) => match version.as_str() {
            "any" => Version::Any,
            "current" => Version::Current,
            key => Version::Key(Spanned::new(key.to_owned(), version.span)),
        },
    }
}
