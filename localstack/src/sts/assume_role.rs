//! `AssumeRole`. The role has to trust the caller; whether the caller itself may is asked with the option `authorize`.
//!
//! Unlike in AWS, an account's root can assume a role: the access keys that the emulator gives to everybody are roots'.
//!
//! Inferred: the order of the checks, that no role of an account that is not active can be assumed, and what is said of `ProvidedContexts` and of a managed policy that is not there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::session::{Credentials, Session};
use super::trust;
use crate::caller::{Caller, Identity, is_account};
use crate::clock::{self, Millis};
use crate::error::ApiError;
use crate::iam;
use crate::policy::{Document, Kind};
use crate::world::World;

/// In seconds: what a session lasts when the request does not say, and at most when a session begins another.
const AN_HOUR: i64 = 3600;

/// How many characters the policies of a session may have together.
const POLICY_SIZE: usize = 2048;

/// The largest token (botocore, `MinimumSessionTokenSize`).
const TOKEN_SIZE: usize = 4096;

pub(super) fn run(world: &mut World, caller: &Caller, input: &Map<String, Value>) -> Result<Value, ApiError> {
    let text = |name: &str| input.get(name).and_then(Value::as_str);
    let arn = text("RoleArn").unwrap_or_default();
    let (account, role_name) = role_of(world, arn).ok_or_else(|| invalid(format!("{arn} is invalid")))?;
    if ["SerialNumber", "TokenCode"].iter().any(|name| input.contains_key(*name)) {
        return Err(denied("MultiFactorAuthentication failed with invalid MFA one time pass code."));
    }
    if input.contains_key("ProvidedContexts") {
        return Err(invalid("The emulator knows no providers of contexts."));
    }
    let tags = tags(caller, input)?;
    let transitive = transitive(caller, input, &tags)?;
    let policies = policies(world, &account, input)?;
    let refused = |action: &str| {
        denied(format!("User: {} is not authorized to perform: {action} on resource: {arn}", caller.arn))
    };
    let role = role_name.and_then(|name| world.iam(&account).roles.get_key_value(name));
    let role = role.filter(|(name, role)| role.arn(world.partition.id(), &account, name) == arn);
    let Some((name, role)) = role.filter(|_| world.organization.is_active(&account)) else {
        return Err(refused("sts:AssumeRole"));
    };
    let seconds = duration(caller, input, role.max_session_duration)?;
    let source_identity = text("SourceIdentity").or(caller.carried.source_identity.as_deref());
    let asked = trust::Asked {
        session: text("RoleSessionName").unwrap_or_default(),
        seconds,
        external_id: text("ExternalId"),
        source_identity: text("SourceIdentity"),
        tags: &tags,
        transitive: &transitive,
    };
    if let Some(action) = asked.refused(world, caller, arn, &role.trust) {
        return Err(refused(action));
    }
    let packed = packed(&policies, &tags);
    if packed > 100 {
        let message = format!("Packed policy consumes {packed}% of allotted space, please use smaller policy.");
        return Err(ApiError::new("PackedPolicyTooLarge", 400, message));
    }
    let session = Session {
        account: account.clone(),
        role: name.clone(),
        role_id: role.id.clone(),
        name: asked.session.to_owned(),
        expires: world.now() + Millis::from(seconds) * 1000,
        tags: carried_on(caller, &tags),
        transitive,
        source_identity: source_identity.map(str::to_owned),
        nonce: String::new(),
        policies,
    };
    let nonce = world.new_id(&format!("session/{arn}"), 16);
    let answer = answer(world, &Session { nonce, ..session }, input);
    let told = !tags.is_empty() || ["Policy", "PolicyArns"].iter().any(|name| input.contains_key(*name));
    Ok(if told { with(answer, "PackedPolicySize", packed) } else { answer })
}

fn answer(world: &World, session: &Session, input: &Map<String, Value>) -> Value {
    let size = input.get("MinimumSessionTokenSize").and_then(Value::as_u64).unwrap_or_default();
    let Credentials { access_key, secret, token } = session.credentials(usize::try_from(size).unwrap_or(TOKEN_SIZE));
    let answer = json!({
        "Credentials": {
            "AccessKeyId": access_key,
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": clock::iso8601_seconds(session.expires),
        },
        "AssumedRoleUser": {"AssumedRoleId": session.user_id(), "Arn": session.arn(world.partition.id())},
        "SessionTokenSize": token.len(),
        "SessionTokenUtilization": (token.len() * 100).div_ceil(TOKEN_SIZE),
    });
    match &session.source_identity {
        Some(identity) => with(answer, "SourceIdentity", identity.as_str()),
        None => answer,
    }
}

fn with(mut answer: Value, name: &str, value: impl Into<Value>) -> Value {
    answer[name] = value.into();
    answer
}

/// The account and, if the ARN is one of a role, the role's name. `None` if it is no ARN.
fn role_of<'a>(world: &World, arn: &'a str) -> Option<(String, Option<&'a str>)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, resource] = *parts.as_slice() else { return None };
    if [partition, service, resource].contains(&"") || !is_account(account) {
        return None;
    }
    let here = partition == world.partition.id() && service == "iam" && region.is_empty();
    let name = resource.strip_prefix("role/").filter(|_| here).and_then(|path| path.rsplit('/').next());
    Some((account.to_owned(), name))
}

/// The tags of the request. Keys differ by more than case.
fn tags(caller: &Caller, input: &Map<String, Value>) -> Result<BTreeMap<String, String>, ApiError> {
    let given = input.get("Tags").and_then(Value::as_array).into_iter().flatten();
    let part = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    let (mut tags, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for tag in given {
        let (key, value) = (part(tag, "Key"), part(tag, "Value"));
        if !seen.insert(key.to_lowercase()) {
            return Err(parameter("Duplicate tag keys found. Please note that Tag keys are case insensitive."));
        }
        if caller.carried.transitive.iter().any(|kept| kept.to_lowercase() == key.to_lowercase()) {
            return Err(parameter(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the \
                 calling session.",
            ));
        }
        tags.insert(key, value);
    }
    Ok(tags)
}

/// The keys of the tags that go on to the next session: those asked for, and those that the caller's session had to pass on.
fn transitive(
    caller: &Caller,
    input: &Map<String, Value>,
    tags: &BTreeMap<String, String>,
) -> Result<BTreeSet<String>, ApiError> {
    let asked = input.get("TransitiveTagKeys").and_then(Value::as_array).into_iter().flatten();
    let mut keys = caller.carried.transitive.clone();
    for key in asked.filter_map(Value::as_str) {
        if !tags.contains_key(key) {
            return Err(parameter("The specified transitive tag key must be included in the requested tags."));
        }
        keys.insert(key.to_owned());
    }
    Ok(keys)
}

/// The tags of the new session.
fn carried_on(caller: &Caller, tags: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let carried = &caller.carried;
    let kept = carried.tags.iter().filter(|(key, _)| carried.transitive.contains(*key));
    kept.chain(tags).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The documents of the session's policies. A managed policy is taken as it is now.
fn policies(world: &World, account: &str, input: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    let inline = input.get("Policy").and_then(Value::as_str);
    let arns = input.get("PolicyArns").and_then(Value::as_array).into_iter().flatten();
    let arns: Vec<&str> = arns.filter_map(|row| row["arn"].as_str()).collect();
    let written: usize = inline.into_iter().chain(arns.iter().copied()).map(|text| text.chars().count()).sum();
    if written > POLICY_SIZE {
        let message = format!("The session policies have {written} characters, more than {POLICY_SIZE}.");
        return Err(ApiError::new("PackedPolicyTooLarge", 400, message));
    }
    if let Some(inline) = inline {
        Document::parse(inline)
            .and_then(|document| document.fits(Kind::Identity))
            .map_err(|malformed| ApiError::new("MalformedPolicyDocument", 400, malformed.problem))?;
    }
    let managed = arns.iter().map(|arn| {
        let document = iam::managed_document(world, account, arn);
        document
            .map(str::to_owned)
            .ok_or_else(|| invalid(format!("The policy {arn} does not exist or is not attachable.")))
    });
    inline.map(str::to_owned).map(Ok).into_iter().chain(managed).collect()
}

/// In seconds.
fn duration(caller: &Caller, input: &Map<String, Value>, longest: u32) -> Result<i64, ApiError> {
    let Some(seconds) = input.get("DurationSeconds").and_then(Value::as_i64) else { return Ok(AN_HOUR) };
    if seconds > AN_HOUR && matches!(caller.identity, Identity::Session { .. }) {
        return Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    if seconds > i64::from(longest) {
        return Err(invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
    }
    Ok(seconds)
}

/// How much of the room for policies and tags is used, in percent. Inferred: AWS compresses them and does not say how; here it
/// is half their length, and the room is as large as the policies may be.
fn packed(policies: &[String], tags: &BTreeMap<String, String>) -> usize {
    let tags = tags.iter().map(|(key, value)| key.len() + value.len());
    let written: usize = policies.iter().map(String::len).chain(tags).sum();
    (written * 100).div_ceil(2 * POLICY_SIZE)
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", 400, message)
}

fn parameter(message: &str) -> ApiError {
    ApiError::new("InvalidParameterValue", 400, message)
}

fn denied(message: impl Into<String>) -> ApiError {
    ApiError::new("AccessDenied", 403, message)
}
