//! The record of what is sent: every call of an action is noted before its request leaves, and after its answer.
//!
//! The note before is made by an interceptor, where the request is complete and has not left: only there is it known what
//! is sent. The requests of other calls, and what a provider of credentials sends meanwhile, are not those of an action.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::access::is_read;
use super::error::AwsError;
use crate::model::{Address, Digest};

/// What is noted of a call, before it and after it. It holds no text of the request and none of AWS's answer but its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The number of the call within the run, from 1; both notes of a call have the same.
    pub call: u64,
    /// `service:Operation`
    pub operation: &'static str,
    /// Whether it may change something.
    pub writes: bool,
    /// The resource for which it is made.
    pub address: Address,
    /// The caller's ARN.
    pub principal: String,
    /// The digest of the body of the request; `None` where it has none.
    pub digest: Option<Digest>,
    /// How often the request has left; the SDK repeats it after a lost connection, a throttle or a failure of the service.
    pub attempts: u32,
    /// AWS's request id, of the last attempt.
    pub request_id: Option<String>,
    /// How far it is.
    pub outcome: NoteOutcome,
}

/// How far a call is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteOutcome {
    /// Its request is about to leave.
    Started,
    /// AWS has done it.
    Ok,
    /// AWS has refused it, with this code.
    Refused(String),
    /// No answer came that tells how it ended: it may have been done.
    LostReply,
}

/// Where notes are kept.
pub trait Recorder: fmt::Debug + Send + Sync {
    /// Keeps `note`. When this returns, the note of a call that writes outlives a crash of the machine.
    ///
    /// # Errors
    /// The note may not have been kept.
    fn record(&self, note: &Note) -> io::Result<()>;
}

/// The record of one run. Once a note could not be kept, no further call that writes is sent.
#[derive(Debug)]
pub struct Audit {
    recorder: Box<dyn Recorder>,
    calls: AtomicU64,
    broken: OnceLock<String>,
}

pub(super) const UNRECORDED: &str = "it was not sent, since the audit log cannot be written: ";

impl Audit {
    /// A record that `recorder` keeps.
    pub fn new(recorder: impl Recorder + 'static) -> Arc<Self> {
        Arc::new(Self { recorder: Box::new(recorder), calls: AtomicU64::new(0), broken: OnceLock::new() })
    }

    fn keep(&self, note: &Note) -> Result<(), String> {
        if let Some(why) = self.broken.get() {
            return Err(why.clone());
        }
        self.recorder.record(note).map_err(|error| self.broken.get_or_init(|| error.to_string()).clone())
    }
}

/// One call whose notes are kept.
#[derive(Debug)]
pub(super) struct Watched {
    audit: Arc<Audit>,
    note: Mutex<Note>,
}

tokio::task_local! {
    /// The call whose request this task sends.
    static WATCHED: Arc<Watched>;
}

impl Watched {
    pub(super) fn new(audit: Arc<Audit>, operation: &'static str, address: Address, principal: String) -> Arc<Self> {
        let name = operation.rsplit(':').next().unwrap_or_default();
        let note = Note {
            call: 0,
            operation,
            writes: !is_read(name),
            address,
            principal,
            digest: None,
            attempts: 0,
            request_id: None,
            outcome: NoteOutcome::Started,
        };
        Arc::new(Self { audit, note: Mutex::new(note) })
    }

    /// Sends `request`, which notes itself before it leaves.
    pub(super) async fn send<T>(self: &Arc<Self>, request: impl Future<Output = T>) -> T {
        WATCHED.scope(self.clone(), request).await
    }

    /// Whether the request has left at least once.
    pub(super) fn was_sent(&self) -> bool {
        self.note.lock().unwrap_or_else(PoisonError::into_inner).attempts > 0
    }

    /// Notes how the call ended. Where that cannot be kept, the next call that writes is not sent.
    pub(super) fn ended(&self, request_id: Option<&str>, failure: Option<&AwsError>) {
        let mut note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
        if note.attempts == 0 {
            return;
        }
        note.request_id = request_id.map(str::to_owned);
        note.outcome = match failure.map(|error| error.code.clone()) {
            None => NoteOutcome::Ok,
            Some(Some(code)) => NoteOutcome::Refused(code),
            Some(None) => NoteOutcome::LostReply,
        };
        // What has been sent is told to the caller as it is; the record stays broken.
        let _ = self.audit.keep(&note);
    }

    fn leaves(&self, body: Option<&[u8]>) -> Result<(), String> {
        let mut note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
        if note.attempts == 0 {
            note.call = self.audit.calls.fetch_add(1, Ordering::Relaxed) + 1;
            note.digest = body.filter(|body| !body.is_empty()).map(Digest::of_bytes);
            let first = Note { attempts: 1, ..note.clone() };
            match self.audit.keep(&first) {
                // What only reads goes on, so that what has been written can be told.
                Err(why) if note.writes => return Err(format!("{UNRECORDED}{why}")),
                Err(_) | Ok(()) => {}
            }
        }
        note.attempts += 1;
        Ok(())
    }
}

/// Notes each watched request before it leaves, and holds it back where that fails.
#[derive(Debug)]
pub(super) struct Recording;

impl Intercept for Recording {
    fn name(&self) -> &'static str {
        "Recording"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let noted = WATCHED.try_with(|watched| watched.leaves(context.request().body().bytes()));
        noted.unwrap_or(Ok(())).map_err(BoxError::from)
    }
}
