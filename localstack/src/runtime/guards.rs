//! Which guardrails apply to a call: the one it names, the one that its account enforces, and those that the organization
//! enforces on the account. All of them apply together.

use serde_json::Value;

use super::model::{Named, invalid};
use super::permission;
use crate::bedrock::content::Content;
use crate::bedrock::{Enforcement, NotServing, Target};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::inferred;
use crate::world::{Scope, World};

/// Why a guardrail applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Request,
    AccountEnforced,
    OrganizationEnforced,
}

impl Origin {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::AccountEnforced => "ACCOUNT_ENFORCED",
            Self::OrganizationEnforced => "ORGANIZATION_ENFORCED",
        }
    }
}

/// What is examined of the system prompt, or of the messages. The stricter is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// What is tagged.
    Tagged,
    /// What is tagged; all, if nothing is.
    TaggedOrAll,
    /// All, tagged or not.
    All,
}

/// What is examined of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guarding {
    pub(super) system: Mode,
    pub(super) messages: Mode,
}

impl Guarding {
    /// Of the guardrail that a conversation names, which examines tagged parts like a selective one.
    pub(super) const SELECTIVE: Self = Self { system: Mode::Tagged, messages: Mode::TaggedOrAll };

    /// Reads a configuration's modes, in upper or in lower case; one that is left out is comprehensive.
    fn read(modes: &Value) -> Self {
        let selective = |name: &str| modes[name].as_str().is_some_and(|mode| mode.eq_ignore_ascii_case("SELECTIVE"));
        Self {
            system: if selective("system") { Mode::Tagged } else { Mode::All },
            messages: if selective("messages") { Mode::TaggedOrAll } else { Mode::All },
        }
    }

    fn strictest(self, other: Self) -> Self {
        Self { system: self.system.max(other.system), messages: self.messages.max(other.messages) }
    }
}

/// A guardrail that applies.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    pub(super) target: Target,
    pub(super) version: String,
    pub(super) content: Content,
    pub(super) origins: Vec<Origin>,
    pub(super) guarding: Guarding,
}

/// The guardrail that a request names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requested<'a> {
    pub(super) identifier: &'a str,
    pub(super) version: &'a str,
    pub(super) guarding: Guarding,
}

impl<'a> Requested<'a> {
    /// Reads identifier and version, which go together; an empty text is none.
    pub(super) fn read(
        identifier: Option<&'a str>,
        version: Option<&'a str>,
        guarding: Guarding,
    ) -> Result<Option<Self>, ApiError> {
        let some = |text: Option<&'a str>| text.filter(|text| !text.is_empty());
        match (some(identifier), some(version)) {
            (Some(identifier), Some(version)) => Ok(Some(Self { identifier, version, guarding })),
            (None, None) => Ok(None),
            _ => Err(invalid(inferred::HALF_A_GUARDRAIL)),
        }
    }
}

/// An enforced guardrail, in the forms of the account and of the organization.
struct Enforced {
    origin: Origin,
    arn: String,
    version: String,
    guarding: Guarding,
}

/// The guardrails that apply to a call of the model, the request's first. Fails if the caller may not apply one, or if one cannot
/// be applied.
pub(super) fn guards(
    world: &World,
    caller: &Caller,
    named: &Named,
    requested: Option<Requested<'_>>,
) -> Result<Vec<Guard>, ApiError> {
    let mut guards = Vec::new();
    if let Some(requested) = requested {
        guards.push(guard(world, caller, requested)?);
    }
    for enforced in enforced(world, caller, &named.id) {
        let unusable =
            |why: &str| inferred::unusable_enforced_guardrail(&format!("{}:{}", enforced.arn, enforced.version), why);
        if enforced.origin == Origin::OrganizationEnforced
            && !is_of(&enforced.arn, world.organization.management_account())
        {
            return Err(unusable(inferred::FOREIGN_ENFORCED));
        }
        let requested =
            Requested { identifier: &enforced.arn, version: &enforced.version, guarding: enforced.guarding };
        let guard = guard(world, caller, requested)
            .map_err(|error| if error.status == 403 { error } else { unusable(&error.message) })?;
        if guard.content.automated_reasoning_policy.is_some() {
            return Err(unusable(inferred::REASONING_ENFORCED));
        }
        add(&mut guards, Guard { origins: vec![enforced.origin], ..guard });
    }
    Ok(guards)
}

/// Whether the account owns what the ARN names.
fn is_of(arn: &str, account: &str) -> bool {
    arn.split(':').nth(4) == Some(account)
}

/// Inferred: a guardrail of several origins is applied once.
fn add(guards: &mut Vec<Guard>, guard: Guard) {
    let is_same = |other: &&mut Guard| other.target == guard.target && other.version == guard.version;
    match guards.iter_mut().find(is_same) {
        Some(same) => {
            same.origins.extend(guard.origins);
            same.guarding = same.guarding.strictest(guard.guarding);
        }
        None => guards.push(guard),
    }
}

/// The guardrail that a request names, if it can be applied and the caller may.
pub(super) fn guard(world: &World, caller: &Caller, requested: Requested<'_>) -> Result<Guard, ApiError> {
    let Requested { identifier, version, guarding } = requested;
    let target = Target::of(world, caller, identifier)?;
    permission::may_apply(world, caller, &target)?;
    let content = target.serving(world, version).cloned().map_err(|not| match not {
        NotServing::Missing => invalid(inferred::NO_GUARDRAIL),
        NotServing::NotReady => invalid(inferred::GUARDRAIL_NOT_READY),
    })?;
    permission::may_apply_abroad(world, caller, &target, &content)?;
    Ok(Guard { target, version: version.to_owned(), content, origins: vec![Origin::Request], guarding })
}

fn enforced(world: &World, caller: &Caller, model: &str) -> Vec<Enforced> {
    let scope = Scope::of(caller);
    let by_account = world.bedrock(&scope).enforcement().and_then(|enforcement| of_account(enforcement, model));
    let configurations = world.organization.enforcements(world.now(), &scope.account, &scope.region);
    let by_organization = configurations.iter().filter_map(|configuration| of_organization(configuration, model));
    by_account.into_iter().chain(by_organization).collect()
}

fn of_account(enforcement: Enforcement, model: &str) -> Option<Enforced> {
    let Enforcement { guardrail_arn, guardrail_version, guarding, models } = enforcement;
    let models = models.unwrap_or_default();
    covers(&models["includedModels"], &models["excludedModels"], model).then(|| Enforced {
        origin: Origin::AccountEnforced,
        arn: guardrail_arn,
        version: guardrail_version,
        guarding: Guarding::read(&guarding.unwrap_or_default()),
    })
}

fn of_organization(configuration: &Value, model: &str) -> Option<Enforced> {
    let models = &configuration["model_enforcement"];
    // What has no version is broken, and fails as such.
    let identifier = configuration["identifier"].as_str().unwrap_or_default();
    let (arn, version) = identifier.rsplit_once(':').unwrap_or((identifier, ""));
    covers(&models["included_models"], &models["excluded_models"], model).then(|| Enforced {
        origin: Origin::OrganizationEnforced,
        arn: arn.to_owned(),
        version: version.to_owned(),
        guarding: match configuration["input_tags"].as_str() {
            // Inferred: the element that selective guarding took the place of.
            Some("honor") if configuration["selective_content_guarding"].is_null() => Guarding::SELECTIVE,
            _ => Guarding::read(&configuration["selective_content_guarding"]),
        },
    })
}

/// Whether a guardrail is for the model. Inferred: lists name exactly the id that is called. So they reach no inference profile,
/// which no list can name, but through `ALL`.
fn covers(included: &Value, excluded: &Value, model: &str) -> bool {
    let names = |list: &Value, name: &str| {
        list.as_array().is_some_and(|list| list.iter().any(|one| one.as_str() == Some(name)))
    };
    let all = included.as_array().is_none_or(Vec::is_empty) || names(included, "ALL");
    (all || names(included, model)) && !names(excluded, model)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_name_exact_ids() {
        let nova = "amazon.nova-lite-v1:0";
        for (included, excluded, model, want) in [
            (json!(null), json!(null), nova, true),
            (json!([]), json!([]), nova, true),
            (json!(["ALL"]), json!([nova]), nova, false),
            (json!([nova]), json!([]), nova, true),
            (json!([nova]), json!([nova]), nova, false),
            (json!([nova]), json!([]), "us.amazon.nova-lite-v1:0", false),
            (json!(["ALL"]), json!([nova]), "us.amazon.nova-lite-v1:0", true),
            (json!(["ALL"]), json!([nova]), "amazon.nova-lite-v1:0:300k", true),
        ] {
            assert_eq!(covers(&included, &excluded, model), want, "{included} {excluded} {model}");
        }
    }

    #[test]
    fn modes_are_read_in_both_forms_and_merge_to_the_stricter() {
        let read = |modes: Value| Guarding::read(&modes);
        assert_eq!(read(json!(null)), Guarding { system: Mode::All, messages: Mode::All });
        assert_eq!(read(json!({"system": "SELECTIVE", "messages": "selective"})), Guarding::SELECTIVE);
        let half = read(json!({"system": "selective"}));
        assert_eq!(half, Guarding { system: Mode::Tagged, messages: Mode::All });
        assert_eq!(Guarding::SELECTIVE.strictest(half), half);
    }
}
