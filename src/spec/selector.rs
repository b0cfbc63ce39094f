//! Selectors: how a spec names the nodes and accounts of an organization.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Reading, Shape, literal, unquoted_account};
use super::node::{Core, Node, Written};
use super::suggest;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Span;
use crate::model::{AccountId, Facts, Organization};

crate::codes! {
    /// Text that selects nothing.
    NOT_A_SELECTOR = "E0701": "a selector does not have one of the known forms";
    /// A selector in the wrong place.
    NOT_HERE = "E0702": "a selector stands where what it selects has no meaning";
    /// Something that the organization does not have.
    NOT_FOUND = "E0703": "a selector names an account or OU that the organization does not have";
    /// One name of several accounts.
    AMBIGUOUS = "E0704": "a selector names an account by a name that several accounts have";
    /// A selector of an organization in a spec without one.
    NO_ORGANIZATION = "E0705": "a selector needs `organization`, which the spec does not declare";
}

/// What a selector says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector {
    /// `root`: the organization's root.
    Root,
    /// `r-…`: the root by id.
    RootId(String),
    /// `ou:Workloads/Prod`: an OU by names from the root, with everything below.
    Unit(String),
    /// `ou-…`: an OU by id, with everything below.
    UnitId(String),
    /// `account:sandbox-1`: an account by name.
    AccountName(String),
    /// `"333344445555"`: an account.
    Account(AccountId),
    /// `management`: the management account, or the caller's without an organization.
    Management,
    /// `self`: the caller's account.
    Caller,
    /// `all`: every active account.
    All,
}

/// As it is written.
impl fmt::Display for Selector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => out.write_str("root"),
            Self::RootId(id) | Self::UnitId(id) => out.write_str(id),
            Self::Unit(path) => write!(out, "ou:{path}"),
            Self::AccountName(name) => write!(out, "account:{name}"),
            Self::Account(id) => id.fmt(out),
            Self::Management => out.write_str("management"),
            Self::Caller => out.write_str("self"),
            Self::All => out.write_str("all"),
        }
    }
}

/// Why a text is no selector, and what to write instead, if that can be told.
type Misread = (String, Option<String>);

impl Selector {
    /// Reads a selector; the unhappy end is a message and its help.
    fn parse(text: &str) -> Result<Self, Misread> {
        match text {
            "root" => return Ok(Self::Root),
            "management" => return Ok(Self::Management),
            "self" => return Ok(Self::Caller),
            "all" => return Ok(Self::All),
            _ => {}
        }
        if let Some(path) = text.strip_prefix("ou:") {
            return unit_path(path).map(|()| Self::Unit(path.to_owned()));
        }
        if let Some(name) = text.strip_prefix("account:") {
            let length = name.chars().count();
            let help = || "write `account:<name>`, or the id: 12 digits in quotes".to_owned();
            return if (1..=50).contains(&length) {
                Ok(Self::AccountName(name.to_owned()))
            } else {
                Err((format!("the name of an account has 1 to 50 characters, this has {length}"), Some(help())))
            };
        }
        if is_id(text, "ou-", 2) {
            return Ok(Self::UnitId(text.to_owned()));
        }
        if is_id(text, "r-", 1) {
            return Ok(Self::RootId(text.to_owned()));
        }
        text.parse().map(Self::Account).map_err(|_| misread(text))
    }

    /// A selector of the command line.
    ///
    /// # Errors
    /// What is wrong with the text, and what to write instead.
    pub fn of_argument(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|(message, help)| help.map_or(message.clone(), |help| format!("{message}: {help}")))
    }

    /// The names from the root, if it selects an OU by them: what must be read of the tree.
    pub fn unit_path(&self) -> Option<&str> {
        match self {
            Self::Unit(path) => Some(path),
            _ => None,
        }
    }

    /// The accounts that are meant: one that is named whatever its state, of several the active ones.
    ///
    /// # Errors
    /// The organization has no such account or OU, or there is no organization.
    pub fn accounts(&self, facts: &Facts) -> Result<BTreeSet<AccountId>, Diagnosis> {
        let Some(node) = self.node(facts)? else {
            return Ok(self.id(facts)?.parse().into_iter().collect());
        };
        let accounts = facts.organization.iter().flat_map(|organization| &organization.accounts);
        let below = accounts.filter(|account| account.active && account.ancestors.contains(&node));
        Ok(below.map(|account| account.id.clone()).collect())
    }

    /// The node below which accounts are meant; `None` where it is one account.
    ///
    /// # Errors
    /// The organization has no such OU, or there is no organization.
    pub fn node(&self, facts: &Facts) -> Result<Option<String>, Diagnosis> {
        match (self, &facts.organization) {
            (Self::All, Some(organization)) => Ok(Some(organization.root.clone())),
            (Self::Root | Self::RootId(_) | Self::Unit(_) | Self::UnitId(_), Some(_)) => self.id(facts).map(Some),
            (Self::Account(id), None) if *id != facts.caller.account => Err(Diagnosis {
                code: NO_ORGANIZATION,
                message: format!("{id} is not the account of the caller, {}", facts.caller.account),
                help: Some("declare `organization` to reach other accounts".to_owned()),
            }),
            _ => Ok(None),
        }
    }

    /// The id of the one node or account that is meant.
    ///
    /// # Errors
    /// The organization has no such node, or several.
    pub fn id(&self, facts: &Facts) -> Result<String, Diagnosis> {
        match (self, &facts.organization) {
            (Self::Management, _) => Ok(facts.home().as_str().to_owned()),
            (Self::Caller, _) => Ok(facts.caller.account.as_str().to_owned()),
            (Self::Account(id), None) => Ok(id.as_str().to_owned()),
            (_, None) => Err(Diagnosis {
                code: NO_ORGANIZATION,
                message: format!("`{self}` needs an organization"),
                help: Some("declare `organization`".to_owned()),
            }),
            (Self::Root, Some(organization)) => Ok(organization.root.clone()),
            (Self::All, Some(_)) => {
                let message = "`all` is more than one account".to_owned();
                Err(Diagnosis { code: NOT_HERE, message, help: None })
            }
            (Self::RootId(id), Some(organization)) if *id == organization.root => Ok(id.clone()),
            (Self::RootId(id), Some(organization)) => {
                let help = format!("its root is {}; `root` says the same", organization.root);
                Err(absent(format!("{id} is not the root of the organization"), Some(help)))
            }
            // Only the OUs on the way of a path are read, so an id that was not seen may well exist.
            (Self::UnitId(id), Some(_)) => Ok(id.clone()),
            (Self::Unit(path), Some(organization)) => {
                let unit = organization.units.iter().find(|unit| unit.path == *path);
                unit.map(|unit| unit.id.clone()).ok_or_else(|| {
                    let known = organization.units.iter().map(|unit| unit.path.as_str());
                    absent(format!("the organization has no OU `{path}`"), suggest::advise_of_many(path, known))
                })
            }
            (Self::AccountName(name), Some(organization)) => account_named(name, organization),
            (Self::Account(id), Some(organization)) => {
                let known = organization.accounts.iter().any(|account| account.id == *id);
                let ids = organization.accounts.iter().map(|account| account.id.as_str());
                known.then(|| id.as_str().to_owned()).ok_or_else(|| {
                    let close = suggest::closest(id.as_str(), ids).map(|close| format!("did you mean \"{close}\"?"));
                    absent(format!("the organization has no account {id}"), close)
                })
            }
        }
    }
}

/// What is wrong with a selector, once the organization is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    code: crate::model::diagnostic::Code,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where that can be told.
    pub help: Option<String>,
}

impl Diagnosis {
    /// As a diagnostic at the place of the selector.
    pub fn at(self, span: Span) -> Diagnostic {
        Diagnostic::at(span, self.code, self.message).maybe_help(self.help)
    }
}

fn absent(message: String, help: Option<String>) -> Diagnosis {
    Diagnosis { code: NOT_FOUND, message, help }
}

fn account_named(name: &str, organization: &Organization) -> Result<String, Diagnosis> {
    let named: Vec<_> = organization.accounts.iter().filter(|account| account.name == name).collect();
    match named.as_slice() {
        [one] => Ok(one.id.as_str().to_owned()),
        [] => {
            let known = organization.accounts.iter().map(|account| account.name.as_str());
            Err(absent(format!("the organization has no account `{name}`"), suggest::advise_of_many(name, known)))
        }
        several => {
            let ids: Vec<String> = several.iter().map(|account| format!("\"{}\"", account.id)).collect();
            let message = format!("{} accounts are named `{name}`", several.len());
            Err(Diagnosis {
                code: AMBIGUOUS,
                message,
                help: Some(format!("write the id: {}", suggest::brief(&ids).replace(", ", " or "))),
            })
        }
    }
}

fn unit_path(path: &str) -> Result<(), Misread> {
    let example = "write the names from below the root: `ou:Workloads/Prod`";
    if path.is_empty() {
        return Err(("`ou:` names no OU".to_owned(), Some(example.to_owned())));
    }
    if path.split('/').any(str::is_empty) {
        return Err((format!("the OU path `{path}` has an empty name in it"), Some(example.to_owned())));
    }
    match path.split('/').find(|name| name.chars().count() > 128) {
        Some(_) => Err(("the name of an OU has at most 128 characters".to_owned(), Some(example.to_owned()))),
        None => Ok(()),
    }
}

/// Whether `text` is `prefix` and groups of lower-case letters and digits: 4 to 32, and 8 to 32 in a second group.
fn is_id(text: &str, prefix: &str, groups: usize) -> bool {
    let Some(rest) = text.strip_prefix(prefix) else { return false };
    let parts: Vec<&str> = rest.split('-').collect();
    let sound = |(at, part): (usize, &&str)| {
        (if at == 0 { 4 } else { 8 }..=32).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.len() == groups && parts.iter().enumerate().all(sound)
}

fn misread(text: &str) -> Misread {
    let lower = text.to_ascii_lowercase();
    let advised = |message: &str, help: String| (format!("`{text}` {message}"), Some(help));
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return advised("is not an account id", "an account id has 12 digits".to_owned());
    }
    if lower != text && Selector::parse(&lower).is_ok() {
        // A path keeps its case.
        let (word, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
        let meant = word.to_ascii_lowercase() + rest;
        return advised("selects nothing", format!("write `{meant}`: the words of selectors are in lower case"));
    }
    if text.starts_with("ou-") {
        return advised("is not the id of an OU", "such an id looks like `ou-ab12-cdef3456`".to_owned());
    }
    if text.starts_with("r-") {
        return advised("is not the id of a root", "write `root`".to_owned());
    }
    if text.starts_with("o-") {
        return advised("is an organization, not a node of it", "write `root`".to_owned());
    }
    if text.contains('/') {
        let path = text.strip_prefix("ou/").unwrap_or(text).trim_matches('/');
        return advised("selects nothing", format!("for an OU write `ou:{path}`"));
    }
    let close = suggest::closest(text, ["root", "management", "self", "all"]);
    (format!("`{text}` selects nothing"), close.map(|word| format!("did you mean `{word}`?")))
}

/// Declares selectors that stand for some of what can be selected.
macro_rules! selectors {
    ($($(#[$doc:meta])* $name:ident: $what:literal, $forms:literal, $fits:pat, $pattern:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(Selector);

        impl Deref for $name {
            type Target = Selector;

            fn deref(&self) -> &Selector {
                &self.0
            }
        }

        impl Decode for $name {
            const SHAPE: Shape = Shape::Scalar;

            fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
                let selector = read(node, $what, $forms, cx)?;
                if matches!(selector, $fits) {
                    return Some(Self(selector));
                }
                let message = format!("`{selector}` is not {}", $what);
                cx.push(Diagnostic::at(node.span, NOT_HERE, message).help(concat!("write ", $forms)));
                None
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": concat!("One of: ", $forms, "."),
                    "pattern": concat!(r"^(?:", $pattern, r"|.*\$\{.*)$"),
                })
            }
        }
    )+};
}

selectors! {
    /// A node that a policy can be attached to.
    NodeSelector: "something that a policy can be attached to",
        "`root`, `ou:<path>`, `ou-…`, `account:<name>`, `management`, `self`, or an account id in quotes",
        Selector::Root | Selector::RootId(_) | Selector::Unit(_) | Selector::UnitId(_) | Selector::AccountName(_)
            | Selector::Account(_) | Selector::Management | Selector::Caller,
        "root|management|self|r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|ou:[^/]+(?:/[^/]+)*|account:.{1,50}|[0-9]{12}";
    /// One or more accounts.
    AccountSelector: "a choice of accounts",
        "`management`, `self`, `all`, `ou:<path>`, `ou-…`, `account:<name>`, or an account id in quotes",
        Selector::All | Selector::Unit(_) | Selector::UnitId(_) | Selector::AccountName(_) | Selector::Account(_)
            | Selector::Management | Selector::Caller,
        "all|management|self|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|ou:[^/]+(?:/[^/]+)*|account:.{1,50}|[0-9]{12}";
    /// One account.
    HolderSelector: "an account",
        "`management`, `self`, `account:<name>`, or an account id in quotes",
        Selector::AccountName(_) | Selector::Account(_) | Selector::Management | Selector::Caller,
        "management|self|account:.{1,50}|[0-9]{12}";
    /// An OU.
    UnitSelector: "an OU",
        "`ou:Workloads/Prod`, or an id such as `ou-ab12-cdef3456`",
        Selector::Unit(_) | Selector::UnitId(_),
        "ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|ou:[^/]+(?:/[^/]+)*";
}

fn read(node: &Node, what: &str, forms: &str, cx: &mut Reading) -> Option<Selector> {
    let (text, scalar) = literal(node, what, cx)?;
    if scalar.written == Written::Plain && matches!(Core::of(text), Core::Int | Core::Float) {
        cx.push(unquoted_account(node.span, text));
        return None;
    }
    match Selector::parse(text) {
        Ok(selector) => Some(selector),
        Err((message, help)) => {
            let secret = scalar.text.is_secret();
            let message = if secret { "this selects nothing".to_owned() } else { message };
            let help = help.filter(|_| !secret).unwrap_or_else(|| format!("write {forms}"));
            cx.push(Diagnostic::at(node.span, NOT_A_SELECTOR, message).help(help));
            None
        }
    }
}

#[cfg(test)]
mod tests;
