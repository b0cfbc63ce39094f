//! The table of operations: what there is, and how a request names it.

use http::Method;
use serde_json::{Map, Value};

use crate::caller::{Caller, Signature};
use crate::error::ApiError;
use crate::shape::Member;
use crate::wire::rest_json::Form;
use crate::wire::{Refused, Request, aws_json, query, rest_json};
use crate::world::World;
use crate::{bedrock, iam, organizations, runtime, sts};

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
    Rest { method: Method, path: &'static str, status: u16, form: Form },
    Query(&'static query::Service),
}

/// What a request asks for.
pub(crate) enum Call {
    Rest { operation: &'static Operation, status: u16, form: Form, labels: Vec<(String, String)> },
    Organizations(&'static organizations::Operation),
    Query { operation: &'static Operation, service: &'static query::Service, form: query::Form },
}

impl Call {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Rest { operation, .. } | Self::Query { operation, .. } => operation.name,
            Self::Organizations(operation) => operation.name(),
        }
    }
}

/// The operations of each service. Organizations has a table of its own, in [`organizations`].
const TABLES: &[(&str, &[Operation])] = &[
    ("bedrock", bedrock::OPERATIONS),
    ("bedrock-runtime", runtime::OPERATIONS),
    ("iam", iam::OPERATIONS),
    ("sts", sts::OPERATIONS),
];

/// Every operation that is answered: its service and its name.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tables =
        TABLES.iter().flat_map(|(service, table)| table.iter().map(move |operation| (*service, operation.name)));
    tables.chain(organizations::names().map(|name| ("organizations", name)))
}

fn table(service: &str) -> impl Iterator<Item = &'static Operation> {
    TABLES.iter().filter(move |(named, _)| *named == service).flat_map(|(_, table)| *table)
}

/// Whether some service has an operation of that name.
pub(crate) fn exists(name: &str) -> bool {
    all().any(|(_, known)| known == name)
}

/// Whether an operation only reads, which AWS's names tell; the runtime changes nothing.
pub(crate) fn reads(name: &str) -> bool {
    ["Get", "List", "Describe", "Apply", "Converse", "Invoke"].iter().any(|verb| name.starts_with(verb))
}

/// The operation that a request asks for.
pub(crate) fn find(signature: &Signature, request: &Request) -> Result<Call, Refused> {
    match signature.service.as_str() {
        // The runtime signs as the control plane does, and shares no path with it.
        "bedrock" => {
            let mut both = table("bedrock").chain(table("bedrock-runtime"));
            both.find_map(|operation| rest(operation, request)).ok_or(Refused::UnknownOperation)
        }
        "organizations" => aws_json::operation(ORGANIZATIONS_TARGET, request)
            .and_then(organizations::operation)
            .map(Call::Organizations)
            .ok_or(Refused::UnknownOperation),
        service @ ("sts" | "iam") => asked(service, request),
        _ => Err(Refused::WrongService),
    }
}

fn rest(operation: &'static Operation, request: &Request) -> Option<Call> {
    let Binding::Rest { method, path, status, form } = &operation.binding else { return None };
    let labels = (*method == request.method).then(|| rest_json::labels(path, request.uri.path()))??;
    Some(Call::Rest { operation, status: *status, form: *form, labels })
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
