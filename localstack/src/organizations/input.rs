//! The request's members, read and checked against the service model.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::errors::{invalid, not_of_type};
use super::id::Id;
use super::policy_type::PolicyType;
use crate::error::ApiError;

/// The JSON body of a request. A member that is `null` is not there; one that the model does not know is ignored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a>(&'a Map<String, Value>);

impl<'a> Input<'a> {
    pub(super) fn new(body: &'a Value) -> Result<Self, ApiError> {
        body.as_object().map(Self).ok_or_else(|| not_of_type("The body", "a structure"))
    }

    /// All members, as they were sent.
    pub(super) fn members(self) -> &'a Map<String, Value> {
        self.0
    }

    fn member(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>, ApiError> {
        let text = |value: &'a Value| value.as_str().ok_or_else(|| not_of_type(name, "a string"));
        self.member(name).map(text).transpose()
    }

    fn required(self, name: &str) -> Result<&'a str, ApiError> {
        self.text(name)?.ok_or_else(|| required(name))
    }

    /// A string whose length, in characters, is within bounds.
    pub(super) fn bounded(self, name: &str, min: usize, max: usize) -> Result<Option<&'a str>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        within(name, text, min, max)?;
        Ok(Some(text))
    }

    pub(super) fn required_bounded(self, name: &str, min: usize, max: usize) -> Result<&'a str, ApiError> {
        self.bounded(name, min, max)?.ok_or_else(|| required(name))
    }

    fn id(self, name: &str, forms: &[Id], reason: &str) -> Result<&'a str, ApiError> {
        let id = self.required(name)?;
        if forms.iter().any(|form| form.fits(id)) {
            return Ok(id);
        }
        Err(invalid(reason, format!("{name} does not match the required pattern.")))
    }

    pub(super) fn root(self, name: &str) -> Result<&'a str, ApiError> {
        self.id(name, &[Id::Root], "INVALID_PATTERN")
    }

    pub(super) fn unit(self, name: &str) -> Result<&'a str, ApiError> {
        self.id(name, &[Id::Unit], "INVALID_PATTERN")
    }

    pub(super) fn account(self, name: &str) -> Result<&'a str, ApiError> {
        self.id(name, &[Id::Account], "INVALID_PATTERN")
    }

    /// A root or an OU.
    pub(super) fn parent(self, name: &str) -> Result<&'a str, ApiError> {
        self.id(name, &[Id::Root, Id::Unit], "INVALID_PATTERN")
    }

    /// An account or an OU.
    pub(super) fn child(self, name: &str) -> Result<&'a str, ApiError> {
        self.id(name, &[Id::Account, Id::Unit], "INVALID_PATTERN")
    }

    pub(super) fn policy(self, name: &str) -> Result<&'a str, ApiError> {
        self.id(name, &[Id::Policy], "INVALID_SYNTAX_POLICY_ID")
    }

    /// A root, an OU or an account.
    pub(super) fn target(self, name: &str) -> Result<&'a str, ApiError> {
        self.id(name, &[Id::Root, Id::Unit, Id::Account], "INVALID_PATTERN_TARGET_ID")
    }

    pub(super) fn optional_target(self, name: &str) -> Result<Option<&'a str>, ApiError> {
        self.member(name).map(|_| self.target(name)).transpose()
    }

    pub(super) fn taggable(self, name: &str) -> Result<&'a str, ApiError> {
        self.id(
            name,
            &[Id::Root, Id::Unit, Id::Account, Id::Policy, Id::ResourcePolicy, Id::Transfer],
            "INVALID_PATTERN",
        )
    }

    pub(super) fn policy_type(self, name: &str) -> Result<PolicyType, ApiError> {
        let named = PolicyType::parse(self.required(name)?);
        named.ok_or_else(|| invalid("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type string."))
    }

    /// A type that has effective policies.
    pub(super) fn effective_type(self, name: &str) -> Result<PolicyType, ApiError> {
        let invalid = || invalid("INVALID_ENUM_POLICY_TYPE", "Accounts have no effective policy of this type.");
        Some(self.policy_type(name)?).filter(|policy_type| policy_type.merges()).ok_or_else(invalid)
    }

    pub(super) fn one_of(self, name: &str, words: &[&str]) -> Result<&'a str, ApiError> {
        let word = self.required(name)?;
        let message = || format!("{name} must be one of {}.", words.join(", "));
        if words.contains(&word) { Ok(word) } else { Err(invalid("INVALID_ENUM", message())) }
    }

    pub(super) fn service_principal(self, name: &str) -> Result<Option<&'a str>, ApiError> {
        let Some(principal) = self.bounded(name, 1, 128)? else { return Ok(None) };
        let known = principal.chars().all(|one| one.is_ascii_alphanumeric() || "_+=,.@-".contains(one));
        if known {
            Ok(Some(principal))
        } else {
            Err(invalid("INVALID_PATTERN", format!("{name} has characters that it may not.")))
        }
    }

    pub(super) fn required_service_principal(self, name: &str) -> Result<&'a str, ApiError> {
        self.service_principal(name)?.ok_or_else(|| required(name))
    }

    /// A whole number within bounds.
    pub(super) fn number(self, name: &str, min: u64, max: u64) -> Result<Option<u64>, ApiError> {
        let Some(value) = self.member(name) else { return Ok(None) };
        let number = value.as_i64().ok_or_else(|| not_of_type(name, "an integer"))?;
        match u64::try_from(number) {
            Ok(number) if number > max => {
                Err(invalid("MAX_VALUE_EXCEEDED", format!("{name} must not be greater than {max}.")))
            }
            Ok(number) if number >= min => Ok(Some(number)),
            _ => Err(invalid("MIN_VALUE_EXCEEDED", format!("{name} must not be less than {min}."))),
        }
    }

    fn list(self, name: &str) -> Result<Option<&'a [Value]>, ApiError> {
        let list = |value: &'a Value| value.as_array().map(Vec::as_slice).ok_or_else(|| not_of_type(name, "a list"));
        self.member(name).map(list).transpose()
    }

    /// Tags; absent is no tags.
    pub(super) fn tags(self, name: &str) -> Result<BTreeMap<String, String>, ApiError> {
        let mut tags = BTreeMap::new();
        for tag in self.list(name)?.unwrap_or_default() {
            let tag = Input::new(tag)?;
            let key = tag_key(tag.required("Key")?)?;
            let value = tag.required_bounded("Value", 0, 256)?;
            tag_characters("Value", value)?;
            if tags.insert(key.to_owned(), value.to_owned()).is_some() {
                return Err(invalid("DUPLICATE_TAG_KEY", "Tag keys must be unique."));
            }
        }
        Ok(tags)
    }

    pub(super) fn required_tags(self, name: &str) -> Result<BTreeMap<String, String>, ApiError> {
        self.member(name).ok_or_else(|| required(name))?;
        self.tags(name)
    }

    pub(super) fn tag_keys(self, name: &str) -> Result<Vec<&'a str>, ApiError> {
        let keys = self.list(name)?.ok_or_else(|| required(name))?;
        keys.iter().map(|key| tag_key(key.as_str().ok_or_else(|| not_of_type(name, "a list of strings"))?)).collect()
    }
}

fn required(name: &str) -> ApiError {
    invalid("INPUT_REQUIRED", format!("You must include a value for {name}."))
}

fn within(name: &str, text: &str, min: usize, max: usize) -> Result<(), ApiError> {
    let length = text.chars().count();
    if length > max {
        return Err(invalid("MAX_LENGTH_EXCEEDED", format!("{name} must not be longer than {max} characters.")));
    }
    if length < min {
        return Err(invalid("MIN_LENGTH_EXCEEDED", format!("{name} must not be shorter than {min} characters.")));
    }
    Ok(())
}

fn tag_key(key: &str) -> Result<&str, ApiError> {
    within("Key", key, 1, 128)?;
    tag_characters("Key", key)?;
    if key.starts_with("aws:") {
        return Err(invalid("INVALID_SYSTEM_TAGS_PARAMETER", "Tag keys that begin with aws: are reserved."));
    }
    Ok(key)
}

/// Letters, digits and white space of any script, and `_.:/=+-@`.
fn tag_characters(name: &str, text: &str) -> Result<(), ApiError> {
    let known =
        |one: char| one.is_alphanumeric() || (one.is_whitespace() && !one.is_control()) || "_.:/=+-@".contains(one);
    if text.chars().all(known) {
        Ok(())
    } else {
        Err(invalid("INVALID_PATTERN", format!("{name} has characters that a tag may not have.")))
    }
}
