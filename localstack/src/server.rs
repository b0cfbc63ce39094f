//! The HTTP server and the life of an emulator.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State as Held;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::config::{Config, Seed};
use crate::error::StartError;
use crate::generate::Generate;
use crate::operations::{self, Trace};
use crate::requests::{Entry, Requests};
use crate::store::{Store, StoreError};
use crate::tracked::Part;
use crate::wire::{Reply, Request};
use crate::world::{State, World};
use crate::{clock, control, ids, options, regions, seed};

/// How long a stop waits for answers that are on their way.
const GRACE: Duration = Duration::from_secs(2);

/// A running emulator. It ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Emulator {
    endpoint: String,
    home_region: &'static str,
    management_account: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Emulator {
    /// Starts an emulator that answers from the moment this returns.
    ///
    /// With a state folder that holds a state, it goes on from there and the seed is not looked at.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let Config { listen, state_dir, seed, generate, partition, options } = config;
        options::supported(&options).map_err(StartError::Options)?;
        let mut store = state_dir.as_deref().map(Store::open).transpose()?;
        let world = match store.as_mut().map(Store::load).transpose()?.flatten() {
            Some(state) if state.partition != partition => {
                return Err(StartError::Partition { held: state.partition, wanted: partition });
            }
            Some(state) if generate.is_nothing() => World::new(state, options),
            Some(_) => return Err(StartError::NotNew(state_dir.unwrap_or_default())),
            None => {
                let mut state = seed::state(&seed, generate, partition)?;
                store.as_mut().map(|store| store.begin(&mut state)).transpose()?;
                World::new(state, options)
            }
        };
        let management_account = world.organization.management_account().to_owned();
        let inner = Inner { world, store, requests: Requests::default() };
        let shared = Arc::new(Shared { inner: Mutex::new(inner), seed, generate });
        let (address, stop, task) = listen_on(listen, shared).await?;
        Ok(Self {
            endpoint: format!("http://{address}"),
            home_region: regions::organizations_home(partition),
            management_account,
            stop,
            task,
        })
    }

    /// The address to give to clients, such as `http://127.0.0.1:4566`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The Region that Organizations requests are signed for.
    pub fn home_region(&self) -> &str {
        self.home_region
    }

    /// The organization's management account, as the emulator started with it.
    pub fn management_account(&self) -> &str {
        &self.management_account
    }

    /// Stops listening and waits for the answers that are on their way. Afterwards the state folder is free.
    pub async fn stop(self) {
        let Self { stop, mut task, .. } = self;
        drop(stop);
        if tokio::time::timeout(GRACE, &mut task).await.is_err() {
            task.abort();
            // The state folder's lock goes with the task.
            let _ = task.await;
        }
    }
}

async fn listen_on(
    address: SocketAddr,
    shared: Arc<Shared>,
) -> Result<(SocketAddr, oneshot::Sender<()>, JoinHandle<()>), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let router = Router::new().fallback(answer).with_state(shared);
    let task = tokio::spawn(async move {
        // Either message or a dropped sender ends the emulator.
        let ended = async { drop(stopped.await) };
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(ended).await {
            tracing::error!(%error, "the emulator ended");
        }
    });
    Ok((bound, stop, task))
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    inner: Mutex<Inner>,
    seed: Seed,
    generate: Generate,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) world: World,
    store: Option<Store>,
    pub(crate) requests: Requests,
}

impl Inner {
    /// Writes what changed.
    pub(crate) fn save(&mut self) -> Result<(), StoreError> {
        let state = self.world.state_mut();
        if let Some(store) = &mut self.store {
            return store.save(state);
        }
        state.forget_changes();
        Ok(())
    }

    /// Puts another state in place of the present one.
    fn replace(&mut self, mut state: State) -> Result<(), StoreError> {
        self.store.as_mut().map_or(Ok(()), |store| store.begin(&mut state))?;
        self.world = World::new(state, self.world.options.clone());
        Ok(())
    }
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic in one request must not end all others.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts another state in place of the present one.
    pub(crate) fn replace(&self, state: State) -> Result<(), StoreError> {
        self.lock().replace(state)
    }

    /// Goes back to the seed and forgets the requests.
    pub(crate) fn reset(&self) -> Result<(), StartError> {
        let partition = self.lock().world.partition;
        self.replace(seed::state(&self.seed, self.generate, partition)?)?;
        self.lock().requests.clear();
        Ok(())
    }

    /// Carries out an AWS request, writes what it changed and logs it.
    fn answer(&self, request: &Request) -> Reply {
        let mut inner = self.lock();
        let seq = inner.requests.next_seq();
        let request_id = ids::uuid(&format!("request/{seq}"));
        let (mut reply, mut trace) = operations::answer(&mut inner.world, request, &request_id);
        if let Err(error) = inner.save() {
            tracing::error!(%error, "the state was not written");
            (reply, trace.error) = (unwritten(), Some("InternalFailure".to_owned()));
        }
        let Trace { signature, caller, operation, error } = trace;
        let time = clock::iso8601(inner.world.now());
        let (region, service) = signature.map(|signature| (signature.region, signature.service)).unzip();
        let (account, principal) = caller.map(|caller| (caller.account, caller.arn)).unzip();
        let status = reply.status;
        inner.requests.push(Entry {
            seq,
            time,
            account,
            region,
            principal,
            service,
            operation,
            status,
            code: error,
            request_id,
        });
        reply
    }
}

/// The answer when the state could not be written: no client may take the change for done.
fn unwritten() -> Reply {
    Reply { status: 500, headers: vec![("x-amzn-errortype", "InternalFailure".to_owned())], body: Vec::new() }
}

async fn answer(Held(shared): Held<Arc<Shared>>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return respond(Reply { status: 400, headers: Vec::new(), body: Vec::new() });
    };
    let request = Request { method: parts.method, uri: parts.uri, headers: parts.headers, body };
    let is_control = request.uri.path().starts_with(control::PREFIX);
    let latency = if is_control { 0 } else { shared.lock().world.options.latency_ms };
    // Even a sleep of no length lasts a tick of the timer.
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency.into())).await;
    }
    // Writing the state waits for the disk.
    let reply =
        spawn_blocking(move || if is_control { control::answer(&shared, &request) } else { shared.answer(&request) });
    respond(reply.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was not answered");
        unwritten()
    }))
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap_or_default()
}
