//! The paths under `/_bedrail/`: plain HTTP and JSON, for tests and people.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::server::{Inner, Shared};
use crate::wire::{Reply, Request};
use crate::{clock, operations, options, seed};

/// What all control paths begin with.
pub(crate) const PREFIX: &str = "/_bedrail/";

/// A call that cannot be carried out: status and message.
struct Refusal(u16, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u32,
}

/// Answers a request whose path begins with [`PREFIX`].
pub(crate) fn answer(shared: &Shared, request: &Request) -> Reply {
    let (status, body) = match run(shared, request) {
        Ok(body) => (200, body),
        Err(Refusal(status, message)) => (status, json!({ "message": message }).to_string().into_bytes()),
    };
    Reply { status, headers: vec![("content-type", "application/json".to_owned())], body }
}

/// The text of a value, written at once: a state or a log may be large.
fn text(value: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(value).map_err(|error| internal(&error))
}

fn run(shared: &Shared, request: &Request) -> Result<Vec<u8>, Refusal> {
    let path = request.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    match (&request.method, path) {
        (&Method::GET, "state") => text(&*shared.lock().world),
        (&Method::PUT, "state") => {
            let partition = shared.lock().world.partition;
            let state = seed::complete(body(request)?, partition).map_err(|error| bad_request(&error))?;
            if state.partition != partition {
                return Err(bad_request(&format_args!("this emulator plays the partition {}", partition.id())));
            }
            shared.replace(state).map_err(|error| internal(&error))?;
            text(&json!({}))
        }
        (&Method::POST, "reset") => {
            shared.reset().map_err(|error| internal(&error))?;
            text(&json!({}))
        }
        (&Method::GET, "operations") => {
            let row = |(service, operation)| json!({ "service": service, "operation": operation });
            text(&operations::all().map(row).collect::<Value>())
        }
        (&Method::GET, "requests") => text(&shared.lock().requests),
        (&Method::DELETE, "requests") => {
            shared.lock().requests.clear();
            text(&json!({}))
        }
        (&Method::GET, "clock") => text(&now(shared)),
        (&Method::POST, "clock") => {
            let Advance { advance_ms } = body(request)?;
            let mut inner = shared.lock();
            inner.catch_up();
            inner.world.advance(advance_ms);
            inner.save().map_err(|error| internal(&error))?;
            drop(inner);
            text(&now(shared))
        }
        (&Method::GET, "options") => text(&shared.lock().world.options),
        (&Method::POST, "options") => {
            let update = body(request)?;
            let mut inner = shared.lock();
            inner.world.options = options::merge(&inner.world.options, update).map_err(|error| bad_request(&error))?;
            text(&inner.world.options)
        }
        (&Method::GET, "faults") => faults(&shared.lock()),
        (&Method::POST, "faults") => {
            let added = body(request)?;
            let mut inner = shared.lock();
            let Inner { world, gate, .. } = &mut *inner;
            gate.faults.add(added, world.partition).map_err(|error| bad_request(&error))?;
            world.remember(gate.faults.memory_ms());
            faults(&inner)
        }
        (&Method::DELETE, "faults") => {
            let mut inner = shared.lock();
            inner.gate.faults.clear();
            inner.world.remember(None);
            text(&json!({}))
        }
        (&Method::GET, "timeline") => {
            let mut inner = shared.lock();
            inner.catch_up();
            text(&inner.timeline.report())
        }
        (method, _) => Err(Refusal(404, format!("there is no {method} {}", request.uri.path()))),
    }
}

fn faults(inner: &Inner) -> Result<Vec<u8>, Refusal> {
    text(&inner.gate.faults.active())
}

fn now(shared: &Shared) -> Value {
    let world = &shared.lock().world;
    json!({ "now": clock::iso8601(world.now()), "now_ms": world.now(), "advanced_ms": world.meta.clock.advanced_ms() })
}

fn body<T: for<'de> Deserialize<'de>>(request: &Request) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|error| bad_request(&error))
}

fn bad_request(error: &dyn std::fmt::Display) -> Refusal {
    Refusal(400, error.to_string())
}

fn internal(error: &dyn std::fmt::Display) -> Refusal {
    Refusal(500, error.to_string())
}
