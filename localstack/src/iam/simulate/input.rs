//! What to simulate.

use serde_json::{Map, Value};

use crate::authorize::{Origin, Policies, Source, owner};
use crate::caller::is_account;
use crate::error::ApiError;
use crate::policy::{Context, Document, Kind, Principal};

/// Actions on resources, under policies.
pub(super) struct Simulation {
    pub(super) policies: Policies,
    pub(super) principal: Principal,
    pub(super) actions: Vec<String>,
    /// Empty: on `*`.
    pub(super) resources: Vec<String>,
    pub(super) context: Context,
    /// The account of resources whose ARNs name none.
    owner: String,
    account: String,
}

impl Simulation {
    /// The rest of a request, whose policies are these. `account` is the principal's unless the request names another.
    pub(super) fn read(input: &Map<String, Value>, account: &str, mut policies: Policies) -> Result<Self, ApiError> {
        let text = |name: &str| input.get(name).and_then(Value::as_str);
        let actions = texts(input.get("ActionNames"));
        let named = |action: &&String| !action.contains(['*', '?']) && action.split(':').count() == 2;
        if let Some(other) = actions.iter().find(|action| !named(action)) {
            return Err(invalid(&format!("Invalid Action name in request: {other}")));
        }
        let user = text("CallerArn").map(user).transpose()?;
        if let Some(resource) = text("ResourcePolicy") {
            if user.is_none() {
                return Err(invalid("CallerArn is required when a resource policy is simulated."));
            }
            let document = read("ResourcePolicy", resource, Kind::Resource)?;
            policies.resource = Some(Source { id: "ResourcePolicy".to_owned(), origin: Origin::Resource, document });
        }
        let account = user.as_ref().map_or(account, |(account, _)| account).to_owned();
        let arn = user.map_or_else(|| format!("arn:aws:iam::{account}:user/simulated"), |(_, arn)| arn);
        let owner = match text("ResourceOwner") {
            None => account.clone(),
            Some(owner) if is_account(owner) => owner.to_owned(),
            Some(arn) => match arn.split(':').nth(4).filter(|account| is_account(account)) {
                Some(account) => account.to_owned(),
                None => return Err(invalid(&format!("Invalid resource owner: {arn}"))),
            },
        };
        Ok(Self {
            policies,
            // A user is one principal, where a session is two; nothing else tells them apart here.
            principal: Principal::Session { account: account.clone(), role_arn: arn.clone(), session_arn: arn },
            actions,
            resources: texts(input.get("ResourceArns")),
            context: context(input)?,
            owner,
            account,
        })
    }

    /// The policies for a resource: without a policy of its own, nobody asks whose it is.
    pub(super) fn policies(&self, resource: &str) -> Policies {
        let foreign = self.policies.resource.is_some() && owner(resource, &self.owner) != self.account;
        Policies { foreign, ..self.policies.clone() }
    }
}

/// A user's account and ARN.
fn user(arn: &str) -> Result<(String, String), ApiError> {
    match *arn.splitn(6, ':').collect::<Vec<_>>() {
        ["arn", _, "iam", "", account, resource] if is_account(account) && resource.starts_with("user/") => {
            Ok((account.to_owned(), arn.to_owned()))
        }
        _ => Err(invalid(&format!("Invalid caller ARN: {arn}. It must be the ARN of an IAM user."))),
    }
}

/// The documents of a list, named by their places in it.
pub(super) fn documents(input: &Map<String, Value>, name: &str, origin: Origin) -> Result<Vec<Source>, ApiError> {
    listed(input.get(name), name, origin)
}

pub(super) fn listed(list: Option<&Value>, name: &str, origin: Origin) -> Result<Vec<Source>, ApiError> {
    let numbered = texts(list).into_iter().zip(1..);
    let source = |(text, number): (String, u32)| {
        let id = format!("{name}.{number}");
        let document = read(&id, &text, Kind::Identity)?;
        Ok(Source { id, origin, document })
    };
    numbered.map(source).collect()
}

fn read(id: &str, text: &str, kind: Kind) -> Result<Document, ApiError> {
    Document::parse(text)
        .and_then(|document| document.fits(kind).map(|()| document))
        .map_err(|malformed| invalid(&format!("{id}: {malformed}")))
}

/// The condition keys, each held against the type that the request says it has.
fn context(input: &Map<String, Value>) -> Result<Context, ApiError> {
    let mut context = Context::default();
    for entry in input.get("ContextEntries").and_then(Value::as_array).into_iter().flatten() {
        let name = entry["ContextKeyName"].as_str().unwrap_or_default();
        let values = texts(entry.get("ContextKeyValues"));
        let kind = entry["ContextKeyType"].as_str().unwrap_or("string");
        let (kind, many) = kind.strip_suffix("List").map_or((kind, false), |kind| (kind, true));
        if !many && values.len() != 1 {
            return Err(invalid(&format!("The context key {name} has a type for one value, not {}.", values.len())));
        }
        let fits = |value: &String| match kind {
            "numeric" => value.parse::<f64>().is_ok(),
            "boolean" => value.parse::<bool>().is_ok(),
            "ip" => value.split('/').next().is_some_and(|address| address.parse::<std::net::IpAddr>().is_ok()),
            _ => true,
        };
        if let Some(other) = values.iter().find(|value| !fits(value)) {
            return Err(invalid(&format!("The value {other} of the context key {name} is not of the type {kind}.")));
        }
        context = context.with_all(name, values);
    }
    Ok(context)
}

/// What of a principal's policies is left out.
pub(super) struct Exclusions<'a>(Vec<&'a Value>);

impl<'a> Exclusions<'a> {
    pub(super) fn read(input: &'a Map<String, Value>) -> Self {
        Self(input.get("PolicyExclusionList").and_then(Value::as_array).into_iter().flatten().collect())
    }

    /// All policies of a type.
    pub(super) fn has_type(&self, kind: &str) -> bool {
        self.0.iter().any(|excluded| {
            let named = excluded.get("PolicyArn").or_else(|| excluded.get("InlinePolicyIdentifier")).is_some();
            excluded["PolicyType"] == kind && !named
        })
    }

    /// A policy by its type, its ARN, or its name in the role.
    pub(super) fn has(&self, source: &Source, arn: Option<&str>) -> bool {
        let kind = match source.origin {
            Origin::Role => "inline",
            Origin::AwsManaged => "aws-managed",
            Origin::UserManaged => "user-managed",
            Origin::Resource | Origin::Other => return false,
        };
        let inline = |excluded: &&Value| {
            kind == "inline" && excluded["InlinePolicyIdentifier"]["PolicyName"] == source.id.as_str()
        };
        let managed = |excluded: &&Value| {
            kind != "inline" && excluded["PolicyArn"].as_str().is_some_and(|excluded| Some(excluded) == arn)
        };
        self.has_type(kind) || self.0.iter().any(|excluded| inline(excluded) || managed(excluded))
    }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(super) fn invalid(message: &str) -> ApiError {
    ApiError::new("InvalidInput", 400, message)
}
