//! The JSON plan, which is also the saved plan.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Finding;
use crate::kinds::Verb;
use crate::model::{AccountId, Blind, Digest, Direction, FieldDiff, Guard, Region, Unmanaged};
use crate::plan::{Action, Held, Phase, Plan, Precondition, State, Warning, Why};
use crate::report::{Disclosure, Summary};

/// The version of the form.
pub const FORMAT_VERSION: &str = "1";

/// A plan as pipelines read it and as it is saved: complete but for guarded text and secrets, of which it holds digests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// `1`.
    pub format_version: String,
    /// The stack.
    pub stack: String,
    /// What was looked at.
    pub scope: Scope,
    /// How much of what is done.
    pub summary: Summary,
    /// What must be so before anything is enforced.
    pub preconditions: Vec<JsonPrecondition>,
    /// What is done, in an order in which it could be done one by one.
    pub actions: Vec<JsonAction>,
    /// What the spec wants and what is not done.
    pub held: Vec<JsonHeld>,
    /// What could not be read.
    pub blind: Vec<JsonBlind>,
    /// What exists and is not ours.
    pub unmanaged: Vec<JsonUnmanaged>,
    /// What to know besides.
    pub warnings: Vec<JsonWarning>,
    /// The digest of the spec.
    pub spec: String,
    /// What `drift` reads in the actions; absent in a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Finding>>,
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// How many accounts.
    pub accounts: usize,
    /// Which Regions answered.
    pub regions: Vec<String>,
    /// Which places the scan could not look at, as `account/region: why`.
    pub not_scanned: Vec<String>,
}

/// Something that must be so before a guardrail is enforced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonPrecondition {
    /// `P…`, listed in the reference of codes.
    pub code: String,
    /// How it stands: `ok`, `failed` or `unknown`.
    #[schemars(with = "String")]
    pub state: State,
    /// What was found.
    pub message: String,
    /// The resource that needs it.
    pub address: Option<String>,
    /// The accounts that it would hurt, or of which it is not known.
    pub accounts: Vec<String>,
    /// What to do.
    pub fix: Option<String>,
}

/// One change of one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonAction {
    /// Its number within the plan.
    pub id: usize,
    /// The resource.
    pub address: String,
    /// The spec entry that declares it; null for what is no longer declared.
    pub entry: Option<String>,
    /// The kind.
    pub kind: String,
    /// The account.
    pub account: String,
    /// The Region, or `global`.
    pub region: String,
    /// The name within kind and place.
    pub name: String,
    /// `create`, `update`, `adopt` or `delete`.
    #[schemars(with = "String")]
    pub verb: Verb,
    /// `widen` or `narrow` where one change became two actions.
    #[schemars(with = "Option<String>")]
    pub phase: Option<Phase>,
    /// `strengthens`, `weakens`, `mixed`, `neutral` or `unranked`.
    #[schemars(with = "String")]
    pub direction: Direction,
    /// Why a person should look twice.
    pub hazards: Vec<String>,
    /// The actions that must be done before.
    pub after: Vec<usize>,
    /// The AWS operations, as `service:Operation`.
    pub calls: Vec<String>,
    /// Who feels it; null where that is no question.
    pub reach: Option<Reach>,
    /// The accounts that the hazard `lockout` is about; absent where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locked_out: Vec<String>,
    /// The digest of what AWS has; null for a create.
    pub have: Option<String>,
    /// The digest of what AWS will have; null for a delete.
    pub want: Option<String>,
    /// The fields that change.
    pub fields: Vec<JsonField>,
}

/// Who feels a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// How many accounts.
    pub accounts: usize,
}

/// One field that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonField {
    /// The path in the spec's own terms.
    pub path: String,
    /// What AWS has, or its digest; null where it is unset.
    pub have: Value,
    /// What the spec wants, or its digest; null where it goes away.
    pub want: Value,
    /// As of the action.
    #[schemars(with = "String")]
    pub direction: Direction,
    /// For a pointer that moves from one version to another: in what their contents differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub below: Vec<JsonField>,
    /// Why it is unranked, where the field itself does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A change that the spec wants and that is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonHeld {
    /// The resource.
    pub address: String,
    /// What would be done.
    #[schemars(with = "String")]
    pub verb: Verb,
    /// Why it is not.
    #[schemars(with = "String")]
    pub why: Why,
    /// The circumstances and what to do about them.
    pub hint: String,
}

/// A read that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonBlind {
    /// The kind that could not be read.
    pub kind: String,
    /// In which account.
    pub account: String,
    /// In which Region, or `global`.
    pub region: String,
    /// The one resource that could not be read; absent when none of the kind could be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// AWS's code, message and request id.
    pub why: String,
}

/// A resource that is not ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonUnmanaged {
    /// Its kind, place and AWS's name.
    pub address: String,
    /// Its id.
    pub id: String,
    /// Whose it is, or why it is left alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Something to know that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonWarning {
    /// `W…`, listed in the reference of codes.
    pub code: String,
    /// What it says.
    pub message: String,
    /// Of which resource.
    pub address: Option<String>,
}

impl PlanFile {
    /// `plan` as JSON, showing what `disclosure` permits.
    pub fn of(plan: &Plan, disclosure: &Disclosure) -> Self {
        let Plan { stack, scanned, preconditions, actions, unchanged: _, held, blind, unmanaged, warnings, spec } =
            plan;
        let not_scanned = scanned.not_scanned.iter().map(|place| format!("{}: {}", place.scope, place.why));
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            stack: stack.clone(),
            scope: Scope {
                accounts: scanned.accounts,
                regions: scanned.regions.iter().map(Region::to_string).collect(),
                not_scanned: not_scanned.collect(),
            },
            summary: Summary::of(plan),
            preconditions: preconditions.iter().map(|one| precondition(one, disclosure)).collect(),
            actions: actions.iter().map(|one| action(one, disclosure)).collect(),
            held: held.iter().map(|one| one_held(one, disclosure)).collect(),
            blind: blind.iter().map(|one| one_blind(one, disclosure)).collect(),
            unmanaged: unmanaged.iter().map(|one| one_unmanaged(one, disclosure)).collect(),
            warnings: warnings.iter().map(|one| warning(one, disclosure)).collect(),
            spec: spec.to_string(),
            findings: None,
        }
    }

    /// The identity of what is done: equal plans have equal digests, whatever else is in the account.
    pub fn digest(&self) -> Digest {
        let done: BTreeSet<_> = self
            .actions
            .iter()
            .map(|action| (action.address.as_str(), action.verb, &action.have, &action.want))
            .collect();
        Digest::of(&done)
    }
}

fn precondition(one: &Precondition, disclosure: &Disclosure) -> JsonPrecondition {
    let Precondition { state, code, message, address, accounts, fix } = one;
    JsonPrecondition {
        code: code.id().to_owned(),
        state: *state,
        message: disclosure.scrub_text(message),
        address: address.as_ref().map(ToString::to_string),
        accounts: accounts.iter().map(AccountId::to_string).collect(),
        fix: fix.as_ref().map(|fix| disclosure.scrub_text(fix)),
    }
}

fn action(action: &Action, disclosure: &Disclosure) -> JsonAction {
    let scope = &action.address.scope;
    JsonAction {
        id: action.id.0,
        address: action.address.to_string(),
        entry: action.entry.clone(),
        kind: action.address.kind.to_string(),
        account: scope.account.to_string(),
        region: scope.region_name().to_owned(),
        name: action.address.name.clone(),
        verb: action.verb,
        phase: action.phase,
        direction: action.direction,
        hazards: action.hazards.iter().map(|hazard| hazard.word().to_owned()).collect(),
        after: action.after.iter().map(|id| id.0).collect(),
        calls: action.calls.iter().map(|call| (*call).to_owned()).collect(),
        reach: action.reach.map(|accounts| Reach { accounts }),
        locked_out: action.locked_out.iter().map(AccountId::to_string).collect(),
        have: action.have_digest().map(|digest| digest.to_string()),
        want: action.want_digest().map(|digest| digest.to_string()),
        fields: action.fields.iter().map(|one| field(one, disclosure)).collect(),
    }
}

/// One field; a digest stands in place of what may not be shown.
pub(super) fn field(field: &FieldDiff, disclosure: &Disclosure) -> JsonField {
    let side = |value: &Option<Value>| match (value, field.guard) {
        (None, _) => Value::Null,
        (Some(value), Guard::Guarded) if !disclosure.content => Value::from(Digest::of(value).to_string()),
        (Some(value), Guard::Secret) => Value::from(Digest::of(value).to_string()),
        (Some(value), Guard::Open | Guard::Guarded) => {
            let scrubbed = disclosure.scrub(value);
            if scrubbed == *value { scrubbed } else { Value::from(Digest::of(value).to_string()) }
        }
    };
    JsonField {
        path: disclosure.scrub_text(&field.path),
        have: side(&field.have),
        want: side(&field.want),
        direction: field.direction,
        below: field.below.iter().map(|below| self::field(below, disclosure)).collect(),
        why: field.why.as_ref().map(|why| disclosure.scrub_text(why)),
    }
}

fn one_held(held: &Held, disclosure: &Disclosure) -> JsonHeld {
    let hint = disclosure.scrub_text(&held.hint);
    JsonHeld { address: held.address.to_string(), verb: held.verb, why: held.why, hint }
}

fn one_blind(blind: &Blind, disclosure: &Disclosure) -> JsonBlind {
    JsonBlind {
        kind: blind.kind.to_string(),
        account: blind.scope.account.to_string(),
        region: blind.scope.region_name().to_owned(),
        name: blind.name.clone(),
        why: disclosure.scrub_text(&blind.why),
    }
}

fn one_unmanaged(unmanaged: &Unmanaged, disclosure: &Disclosure) -> JsonUnmanaged {
    JsonUnmanaged {
        address: unmanaged.address.to_string(),
        id: unmanaged.id.to_string(),
        note: disclosure.scrub_text(&unmanaged.note),
    }
}

fn warning(warning: &Warning, disclosure: &Disclosure) -> JsonWarning {
    JsonWarning {
        code: warning.code.to_owned(),
        message: disclosure.scrub_text(&warning.message),
        address: warning.address.as_ref().map(ToString::to_string),
    }
}
