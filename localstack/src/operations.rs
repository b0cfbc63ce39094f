//! The table of operations, and the way of one request through it.

use http::Method;
use serde_json::{Map, Value};

use crate::caller::{Caller, Signature};
use crate::error::ApiError;
use crate::regions;
use crate::shape::{self, Member};
use crate::wire::{Protocol, Refused, Reply, Request, aws_json, query, rest_json};
use crate::world::World;
use crate::{bedrock, organizations, sts};

/// The prefix of `X-Amz-Target`.
const ORGANIZATIONS_TARGET: &str = "AWSOrganizationsV20161128";

/// An operation: its name, how it is bound to HTTP, what it takes and what it does.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) binding: Binding,
    pub(crate) input: &'static [Member],
    pub(crate) run: Run,
}

/// Carries the operation out. The input has been checked against the operation's shape.
pub(crate) type Run = fn(&mut World, &Caller, &Map<String, Value>) -> Result<Value, ApiError>;

/// How an operation is found and how its answer looks.
#[derive(Debug)]
pub(crate) enum Binding {
    Rest { method: Method, path: &'static str, status: u16 },
    Query(&'static query::Service),
}

/// A request on its way, filled in as far as it got. Becomes an entry of the request log.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) signature: Option<Signature>,
    pub(crate) caller: Option<Caller>,
    pub(crate) operation: Option<String>,
    pub(crate) error: Option<String>,
}

/// What a request asks for.
enum Call {
    Rest { operation: &'static Operation, status: u16, labels: Vec<(String, String)> },
    Organizations(String),
    Query { operation: &'static Operation, service: &'static query::Service, form: query::Form },
}

/// Answers one AWS request.
pub(crate) fn answer(world: &mut World, request: &Request, request_id: &str) -> (Reply, Trace) {
    let mut trace = Trace::default();
    let signature = Signature::of(request);
    let protocol = Protocol::of(request, signature.as_ref().ok().map(|signature| signature.service.as_str()));
    let reply = signature
        .map(|signature| trace.signature.insert(signature).clone())
        .map_err(|refused| protocol.refusal(refused))
        .and_then(|signature| run(world, protocol, &signature, request, request_id, &mut trace))
        .unwrap_or_else(|error| {
            trace.error = Some(error.code.clone());
            protocol.error(&error, request_id)
        });
    (reply, trace)
}

fn run(
    world: &mut World,
    protocol: Protocol,
    signature: &Signature,
    request: &Request,
    request_id: &str,
    trace: &mut Trace,
) -> Result<Reply, ApiError> {
    let refuse = |refused| protocol.refusal(refused);
    let call = find(signature, request).map_err(refuse)?;
    let name = trace.operation.insert(call.name().to_owned()).clone();
    let caller = signature.caller(world.partition).ok_or(Refused::UnknownToken).map_err(refuse)?;
    let caller = &*trace.caller.insert(caller);
    usable(world, signature, caller).map_err(refuse)?;
    if let Some(error) = refused_by_option(world, protocol, caller, &name) {
        return Err(error);
    }
    match call {
        Call::Rest { operation, status, labels } => {
            let input =
                rest_json::input(operation.input, labels, request).ok_or_else(|| refuse(Refused::Unreadable))?;
            let input = shape::check(operation.input, &input)?;
            let output = (operation.run)(world, caller, &input)?;
            Ok(rest_json::success(status, &output, request_id))
        }
        Call::Organizations(name) => {
            let input = aws_json::input(request).ok_or_else(|| refuse(Refused::Unreadable))?;
            let output = organizations::dispatch(world, caller, &name, &input)
                .unwrap_or_else(|| Err(refuse(Refused::UnknownOperation)))?;
            Ok(aws_json::success(&output, request_id))
        }
        Call::Query { operation, service, form } => {
            let input = query::input(service, operation.input, &form)?;
            let output = (operation.run)(world, caller, &input)?;
            Ok(query::success(operation.name, service.namespace, &output, request_id))
        }
    }
}

impl Call {
    fn name(&self) -> &str {
        match self {
            Self::Rest { operation, .. } | Self::Query { operation, .. } => operation.name,
            Self::Organizations(name) => name,
        }
    }
}

/// The operations of each service. Organizations has a table of its own, in [`organizations`].
const TABLES: &[(&str, &[Operation])] = &[("bedrock", bedrock::OPERATIONS), ("sts", sts::OPERATIONS)];

/// Every operation that is answered: its service and its name.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tables =
        TABLES.iter().flat_map(|(service, table)| table.iter().map(move |operation| (*service, operation.name)));
    tables.chain(organizations::names().map(|name| ("organizations", name)))
}

fn table(service: &str) -> impl Iterator<Item = &'static Operation> {
    TABLES.iter().filter(move |(named, _)| *named == service).flat_map(|(_, table)| *table)
}

/// The operation that a request asks for.
fn find(signature: &Signature, request: &Request) -> Result<Call, Refused> {
    match signature.service.as_str() {
        "bedrock" => table("bedrock").find_map(|operation| rest(operation, request)).ok_or(Refused::UnknownOperation),
        "organizations" => aws_json::operation(ORGANIZATIONS_TARGET, request)
            .map(|name| Call::Organizations(name.to_owned()))
            .ok_or(Refused::UnknownOperation),
        "sts" => asked("sts", request),
        "iam" => Err(Refused::UnknownOperation),
        _ => Err(Refused::WrongService),
    }
}

fn rest(operation: &'static Operation, request: &Request) -> Option<Call> {
    let Binding::Rest { method, path, status } = &operation.binding else { return None };
    let labels = (*method == request.method).then(|| rest_json::labels(path, request.uri.path()))??;
    Some(Call::Rest { operation, status: *status, labels })
}

fn asked(service: &str, request: &Request) -> Result<Call, Refused> {
    let form = query::form(request).ok_or(Refused::Unreadable)?;
    let is = |field: &str, value: &str| form.get(field).is_some_and(|given| given == value);
    let found = table(service).find_map(|operation| match operation.binding {
        Binding::Query(service) if is("Action", operation.name) && is("Version", service.version) => {
            Some((operation, service))
        }
        _ => None,
    });
    let (operation, service) = found.ok_or(Refused::UnknownOperation)?;
    Ok(Call::Query { operation, service, form })
}

/// Whether the service is there for this account in the Region of the signature. One endpoint plays all Regions, so a Region
/// that has no endpoint of its own can only be refused as an unknown token.
fn usable(world: &World, signature: &Signature, caller: &Caller) -> Result<(), Refused> {
    let region = regions::find(world.partition, &caller.region).ok_or(Refused::UnknownToken)?;
    match signature.service.as_str() {
        "organizations" if caller.region != regions::organizations_home(world.partition) => Err(Refused::WrongRegion),
        "bedrock" if !region.bedrock => Err(Refused::UnknownToken),
        _ if !world.reaches(&caller.account, &caller.region) => Err(Refused::UnknownToken),
        _ => Ok(()),
    }
}

fn refused_by_option(world: &World, protocol: Protocol, caller: &Caller, operation: &str) -> Option<ApiError> {
    let fits = |pattern: &str, value: &str| pattern == "*" || pattern == value;
    let refusal = world.options.refuse.iter().find(|refusal| {
        fits(&refusal.operation, operation)
            && fits(&refusal.account, &caller.account)
            && fits(&refusal.region, &caller.region)
    })?;
    let mut error = protocol.refusal(Refused::Denied);
    error.message = format!("User: {} is not authorized to perform: {operation}", caller.arn);
    if let Some(code) = &refusal.code {
        error = ApiError::new(code, protocol.status_of(code), "This call is refused by an option of the emulator.");
    }
    Some(error)
}
