//! The HTTP server and the life of an emulator.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State as Held};
use axum::response::Response;
use http::StatusCode;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::config::{Config, Seed};
use crate::connection::{Cut, Listener};
use crate::error::StartError;
use crate::generate::Generate;
use crate::pipeline::{Arrival, Gate, Outcome, Trace};
use crate::requests::{Entry, Requests};
use crate::store::{Store, StoreError};
use crate::timeline::Timeline;
use crate::tracked::Part;
use crate::wire::{Reply, Request};
use crate::world::{State, World};
use crate::{clock, control, ids, regions, seed};

/// How long a stop waits for answers that are on their way.
const GRACE: Duration = Duration::from_secs(2);

/// The largest body of an AWS request that is read. The largest that any service takes is `InvokeModel`'s, of 25 million bytes.
const LARGEST: usize = 32 << 20;

/// A running emulator. It ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Emulator {
    endpoint: String,
    home_region: &'static str,
    management_account: String,
    stop: oneshot::Sender<()>,
    /// Requests wait for their latency as long as this is there.
    waiting: watch::Sender<()>,
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
        let timeline = Timeline::start(&world);
        let inner = Inner { world, timeline, store, requests: Requests::default(), gate: Gate::default() };
        let shared = Arc::new(Shared { inner: Mutex::new(inner), seed, generate });
        let (waiting, ended) = watch::channel(());
        let (address, stop, task) = listen_on(listen, Service { shared, ended }).await?;
        Ok(Self {
            endpoint: format!("http://{}", reachable(address)),
            home_region: regions::organizations_home(partition),
            management_account,
            stop,
            waiting,
            task,
        })
    }

    /// The address to give to clients of this machine, such as `http://127.0.0.1:4566`.
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
        let Self { stop, waiting, mut task, .. } = self;
        drop(stop);
        if tokio::time::timeout(GRACE, &mut task).await.is_ok() {
            return;
        }
        drop(waiting);
        if tokio::time::timeout(GRACE, &mut task).await.is_err() {
            task.abort();
            // The state folder's lock goes with the task.
            let _ = task.await;
        }
    }
}

/// An address of this machine at which a client finds what listens on `address`.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn listen_on(
    address: SocketAddr,
    service: Service,
) -> Result<(SocketAddr, oneshot::Sender<()>, JoinHandle<()>), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let router = Router::new().fallback(answer).with_state(service).into_make_service_with_connect_info::<Cut>();
    let task = tokio::spawn(async move {
        // Either message or a dropped sender ends the emulator.
        let ended = async { drop(stopped.await) };
        if let Err(error) = axum::serve(Listener(listener), router).with_graceful_shutdown(ended).await {
            tracing::error!(%error, "the emulator ended");
        }
    });
    Ok((bound, stop, task))
}

/// What answers a request.
#[derive(Clone, Debug)]
struct Service {
    shared: Arc<Shared>,
    /// Closes when no request may wait any longer.
    ended: watch::Receiver<()>,
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
    pub(crate) timeline: Timeline,
    store: Option<Store>,
    pub(crate) requests: Requests,
    pub(crate) gate: Gate,
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

    /// Lets the timeline see what has fallen due.
    pub(crate) fn catch_up(&mut self) {
        self.timeline.catch_up(&self.world);
    }

    /// Puts another state in place of the present one.
    fn replace(&mut self, mut state: State) -> Result<(), StoreError> {
        self.store.as_mut().map_or(Ok(()), |store| store.begin(&mut state))?;
        self.world = World::new(state, self.world.options.clone());
        self.world.remember(self.gate.faults.memory_ms());
        self.timeline = Timeline::start(&self.world);
        Ok(())
    }

    /// Carries out an AWS request, writes what it changed and logs it.
    fn finish(&mut self, arrival: Arrival) -> Outcome {
        let seq = self.requests.next_seq();
        let request_id = ids::uuid(&format!("request/{seq}"));
        self.catch_up();
        let (mut outcome, mut trace) = arrival.finish(&mut self.world, &request_id);
        let touched = self.world.take_touched();
        self.timeline.observe(&self.world, &touched, || trace.cause());
        if let Err(error) = self.save() {
            tracing::error!(%error, "the state was not written");
            (outcome, trace.error) = (Outcome::Answer(unwritten()), Some("InternalFailure".to_owned()));
        }
        let Trace { signature, caller, operation, error } = trace;
        let time = clock::iso8601(self.world.now());
        let (region, service) = signature.map(|signature| (signature.region, signature.service)).unzip();
        let (account, principal) = caller.map(|caller| (caller.account, caller.arn)).unzip();
        let status = match &outcome {
            Outcome::Answer(reply) => reply.status,
            Outcome::Cut => 0,
        };
        self.requests.push(Entry {
            seq,
            time,
            account,
            region,
            principal,
            service,
            operation: operation.map(str::to_owned),
            status,
            code: error,
            request_id,
        });
        outcome
    }
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic in one request must not end all others.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.world.tick();
        inner
    }

    /// Puts another state in place of the present one.
    pub(crate) fn replace(&self, state: State) -> Result<(), StoreError> {
        self.lock().replace(state)
    }

    /// Goes back to the seed and forgets the requests.
    pub(crate) fn reset(&self) -> Result<(), StartError> {
        let partition = self.lock().world.partition;
        let state = seed::state(&self.seed, self.generate, partition)?;
        let mut inner = self.lock();
        inner.replace(state)?;
        inner.requests.clear();
        Ok(())
    }

    /// Takes an AWS request in, and carries it out at once if it has nothing to wait for.
    fn arrive(&self, request: Request) -> Arrived {
        let mut inner = self.lock();
        let Inner { world, gate, .. } = &mut *inner;
        let arrival = gate.arrive(world, request);
        if arrival.latency.is_zero() { Arrived::Done(inner.finish(arrival)) } else { Arrived::Waits(Box::new(arrival)) }
    }
}

/// How far a request came at once.
enum Arrived {
    Done(Outcome),
    Waits(Box<Arrival>),
}

/// The answer when the state could not be written: no client may take the change for done.
fn unwritten() -> Reply {
    Reply { status: 500, headers: vec![("x-amzn-errortype", "InternalFailure".to_owned())], body: Vec::new() }
}

async fn answer(
    Held(service): Held<Service>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: axum::extract::Request,
) -> Response {
    let (parts, body) = request.into_parts();
    // A state may be as large as it likes.
    let limit = if parts.uri.path().starts_with(control::PREFIX) { usize::MAX } else { LARGEST };
    let Ok(body) = to_bytes(body, limit).await else {
        return respond(Reply { status: 413, headers: Vec::new(), body: Vec::new() });
    };
    let request = Request { method: parts.method, uri: parts.uri, headers: parts.headers, body };
    match service.outcome(request).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was not answered");
        Outcome::Answer(unwritten())
    }) {
        Outcome::Answer(reply) => respond(reply),
        Outcome::Cut => {
            cut.cut();
            Response::default()
        }
    }
}

impl Service {
    async fn outcome(self, request: Request) -> Result<Outcome, JoinError> {
        let Self { shared, ended } = self;
        // Writing the state waits for the disk.
        if request.uri.path().starts_with(control::PREFIX) {
            return spawn_blocking(move || Outcome::Answer(control::answer(&shared, &request))).await;
        }
        let here = Arc::clone(&shared);
        match spawn_blocking(move || here.arrive(request)).await? {
            Arrived::Done(outcome) => Ok(outcome),
            // As at AWS, a request goes its way when its client has gone.
            Arrived::Waits(arrival) => tokio::spawn(wait(shared, ended, arrival)).await?,
        }
    }
}

async fn wait(
    shared: Arc<Shared>,
    mut ended: watch::Receiver<()>,
    arrival: Box<Arrival>,
) -> Result<Outcome, JoinError> {
    tokio::select! {
        () = tokio::time::sleep(arrival.latency) => {}
        // Nothing is ever sent: the emulator ends.
        _ = ended.changed() => return Ok(Outcome::Cut),
    }
    spawn_blocking(move || shared.lock().finish(*arrival)).await
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap_or_else(|error| {
        // Such as a header with a line break in it, from a code that an option made up.
        tracing::error!(%error, "an answer could not be written");
        let mut response = Response::default();
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
