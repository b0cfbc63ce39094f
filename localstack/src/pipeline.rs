//! The way of a request: stages, each of which can turn it away.
//!
//! | stage | asks | when |
//! |---|---|---|
//! | identify | what it asks for, and who sends it | on arrival |
//! | usable | is the service there for that account in that Region | |
//! | active | is the account open | |
//! | faults | what is to go wrong | |
//! | refusals | does an option refuse it | |
//! | throttle | are there too many | |
//! | concurrent | is another change of the organization on its way | |
//! | shape | is the input valid | after its latency |
//! | authorize | may the caller, if the options ask | |
//! | run | the operation itself | |
//!
//! Between arrival and effect lies the latency of the options and of faults. Without any, both happen under one lock, so that
//! no other request comes between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::caller::{Caller, Signature};
use crate::error::ApiError;
use crate::faults::{self, Course, End, Faults, Struck};
use crate::operations::{self, Call};
use crate::throttle::{self, Buckets};
use crate::timeline::Cause;
use crate::wire::{Protocol, Refused, Reply, Request, aws_json, query, rest_json};
use crate::world::World;
use crate::{authorize, inferred, regions, shape};

/// What stands before the operations. It belongs to the run, not to the state.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) faults: Faults,
    buckets: Buckets,
    writes: InFlight,
}

/// A request on its way, filled in as far as it got. Becomes an entry of the request log.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) signature: Option<Signature>,
    pub(crate) caller: Option<Caller>,
    pub(crate) operation: Option<&'static str>,
    /// The code of the error, or the kind of fault for which no answer arrives.
    pub(crate) error: Option<String>,
}

/// A request that has arrived and waits for its latency to pass.
pub(crate) struct Arrival {
    pub(crate) latency: Duration,
    request: Request,
    protocol: Protocol,
    trace: Trace,
    next: Result<Admitted, Turned>,
}

/// A request that will be carried out.
struct Admitted {
    call: Call,
    caller: Caller,
    lost_reply: bool,
    stale_ms: Option<u32>,
    course: Course,
    /// Until the answer leaves.
    _write: Option<Write>,
}

/// A request that is not carried out.
enum Turned {
    Refused(ApiError),
    Reset,
}

/// How a request ends.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Reply),
    /// The connection is cut; the effect, if there is one, counts.
    Cut,
}

impl Trace {
    /// What the timeline calls the request.
    pub(crate) fn cause(&self) -> Cause {
        let service = self.signature.as_ref().map(|signature| signature.service.clone());
        let (account, region) =
            self.caller.as_ref().map(|caller| (caller.account.clone(), caller.region.clone())).unzip();
        let operation = self.operation.unwrap_or_default().to_owned();
        Cause { service: service.unwrap_or_default(), operation, account, region }
    }
}

impl From<ApiError> for Turned {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl Gate {
    /// Takes a request in.
    pub(crate) fn arrive(&mut self, world: &World, request: Request) -> Arrival {
        let mut trace = Trace::default();
        let mut latency_ms = u64::from(world.options.latency_ms);
        let signature = Signature::of(&request);
        let protocol = Protocol::of(&request, signature.as_ref().ok().map(|signature| signature.service.as_str()));
        let next = signature.map_err(|refused| Turned::from(protocol.refusal(refused))).and_then(|signature| {
            let signature = trace.signature.insert(signature).clone();
            self.admit(world, protocol, &signature, &request, &mut trace, &mut latency_ms)
        });
        Arrival { latency: Duration::from_millis(latency_ms), request, protocol, trace, next }
    }

    fn admit(
        &mut self,
        world: &World,
        protocol: Protocol,
        signature: &Signature,
        request: &Request,
        trace: &mut Trace,
        latency_ms: &mut u64,
    ) -> Result<Admitted, Turned> {
        let refuse = |refused| protocol.refusal(refused);
        let call = operations::find(signature, request).map_err(refuse)?;
        let operation = *trace.operation.insert(call.name());
        let caller = signature.caller(world).map_err(refuse)?;
        let caller = trace.caller.insert(caller).clone();
        usable(world, signature, operation, &caller).map_err(refuse)?;
        if !world.organization.is_active(&caller.account) {
            return Err(inferred::account_not_active(protocol, &caller.arn).into());
        }
        let asked = faults::Asked { operation, account: &caller.account, region: &caller.region };
        let Struck { latency_ms: struck_ms, ends, lost_reply, stale_ms, course } = self.faults.strike(&asked);
        *latency_ms += struck_ms;
        match ends {
            Some(End::Reset) => return Err(Turned::Reset),
            Some(End::Throttled) => return Err(protocol.throttled().into()),
            Some(End::Failed) => return Err(protocol.failed(&signature.service).into()),
            None => {}
        }
        if let Some(error) = refused_by_option(world, protocol, &caller, operation) {
            return Err(error.into());
        }
        self.throttled(world, protocol, signature, &caller, operation)?;
        let write = self.writing(world, &call, &caller)?;
        Ok(Admitted { call, caller, lost_reply, stale_ms, course, _write: write })
    }

    fn throttled(
        &mut self,
        world: &World,
        protocol: Protocol,
        Signature { service, .. }: &Signature,
        Caller { account, region, .. }: &Caller,
        operation: &str,
    ) -> Result<(), ApiError> {
        let organization = world.organization.id_for(account);
        let asked = throttle::Asked { service, operation, account, region, organization };
        let passes = !world.options.throttle || self.buckets.take(&asked, world.now());
        if passes { Ok(()) } else { Err(protocol.throttled()) }
    }

    /// Notes a change of the organization, unless another is on its way: then the later of the two is refused.
    fn writing(&self, world: &World, call: &Call, caller: &Caller) -> Result<Option<Write>, ApiError> {
        match call {
            Call::Organizations(operation)
                if operation.writes() && world.organization.id_for(&caller.account).is_some() =>
            {
                self.writes.begin().map(Some).ok_or_else(inferred::concurrent_modification)
            }
            _ => Ok(None),
        }
    }
}

/// Whether a change of the organization is on its way, from its arrival until it is answered or given up.
#[derive(Debug, Default)]
struct InFlight(Arc<AtomicBool>);

struct Write(Arc<AtomicBool>);

impl InFlight {
    /// Requests arrive one after the other, under the lock; only their ends come at any time.
    fn begin(&self) -> Option<Write> {
        let free = self.0.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire).is_ok();
        free.then(|| Write(Arc::clone(&self.0)))
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Arrival {
    /// Carries the request out, if it was admitted.
    pub(crate) fn finish(self, world: &mut World, request_id: &str) -> (Outcome, Trace) {
        let Self { request, protocol, mut trace, next, .. } = self;
        let lost_reply = next.as_ref().is_ok_and(|admitted| admitted.lost_reply);
        let reply = match next {
            Err(Turned::Reset) => {
                trace.error = Some("reset".to_owned());
                return (Outcome::Cut, trace);
            }
            Err(Turned::Refused(error)) => Err(error),
            Ok(admitted) => admitted.run(world, protocol, &request, request_id),
        };
        let reply = reply.unwrap_or_else(|error| {
            trace.error = Some(error.code.clone());
            protocol.error(&error, request_id)
        });
        if lost_reply {
            trace.error = Some("lost-reply".to_owned());
            return (Outcome::Cut, trace);
        }
        (Outcome::Answer(reply), trace)
    }
}

impl Admitted {
    fn run(
        self,
        world: &mut World,
        protocol: Protocol,
        request: &Request,
        request_id: &str,
    ) -> Result<Reply, ApiError> {
        if let Some(ms) = self.stale_ms {
            let since = world.now().saturating_sub(ms.into());
            return world.as_before(since, |world| self.call.run(world, &self.caller, protocol, request, request_id));
        }
        world.begin(self.course);
        self.call.run(world, &self.caller, protocol, request, request_id)
    }
}

impl Call {
    /// Checks the input and the caller, and carries the operation out.
    fn run(
        &self,
        world: &mut World,
        caller: &Caller,
        protocol: Protocol,
        request: &Request,
        request_id: &str,
    ) -> Result<Reply, ApiError> {
        let unreadable = || protocol.refusal(Refused::Unreadable);
        match self {
            Self::Rest { operation, status, form, labels } => {
                let input = rest_json::input(operation.input, labels, request).ok_or_else(unreadable)?;
                let input = shape::check(operation.input, &input)?;
                authorize::check(world, caller, protocol, operation.name, &input)?;
                let output = (operation.run)(world, caller, &input)?;
                Ok(rest_json::success(*status, *form, &output, request_id))
            }
            Self::Organizations(operation) => {
                let input = aws_json::input(request).ok_or_else(unreadable)?;
                if let Some(members) = input.as_object() {
                    authorize::check(world, caller, protocol, operation.name(), members)?;
                }
                let output = operation.answer(world, caller, &input)?;
                Ok(aws_json::success(&output, request_id))
            }
            Self::Query { operation, service, form } => {
                let input = query::input(service, operation.input, form)?;
                authorize::check(world, caller, protocol, operation.name, &input)?;
                let output = (operation.run)(world, caller, &input)?;
                Ok(query::success(operation.name, service.namespace, &output, request_id))
            }
        }
    }
}

/// Whether the service is there for this account in the Region of the signature. One endpoint plays all Regions, so a Region
/// that has no endpoint of its own can only be refused as an unknown token.
fn usable(world: &World, signature: &Signature, operation: &str, caller: &Caller) -> Result<(), Refused> {
    let region = regions::find(world.partition, &caller.region).ok_or(Refused::UnknownToken)?;
    match signature.service.as_str() {
        "organizations" if caller.region != regions::organizations_home(world.partition) => Err(Refused::WrongRegion),
        "iam" if caller.region != regions::iam_home(world.partition) => Err(Refused::WrongRegion),
        "bedrock" if !region.bedrock => Err(Refused::UnknownToken),
        _ if world.reaches(&caller.account, &caller.region) => Ok(()),
        "sts" if operation == "AssumeRole" => Err(Refused::RegionDisabled),
        _ => Err(Refused::UnknownToken),
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
