//! The one place through which every call passes, and what a call needs.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_bedrock::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::request_id::RequestId;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::audit::{Audit, Watched};
use super::clients::Clients;
use super::effective::EffectivePolicies;
use super::error::{AwsError, Class};
use super::ids::Ids;
use super::lately::Lately;
use super::wait::Wait;
use crate::model::{Address, RemoteId, Scope};

/// One call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `service:Operation`.
    pub operation: &'static str,
    /// The object it was about.
    pub object: String,
    /// AWS's request id; of the last attempt, where the SDK made several.
    pub request_id: Option<String>,
    /// AWS's code, if it failed.
    pub code: Option<String>,
}

/// The calls of one action, in the order of their answers.
#[derive(Debug, Default)]
pub struct CallLog {
    calls: Mutex<Vec<Call>>,
    audit: Option<(Arc<Audit>, Address)>,
}

impl CallLog {
    /// No calls yet; each that is made for `address` is noted in `audit`, too.
    pub fn audited(audit: Arc<Audit>, address: Address) -> Self {
        Self { calls: Mutex::default(), audit: Some((audit, address)) }
    }

    fn push(&self, call: Call) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn watch(&self, operation: &'static str, clients: &Clients) -> Option<Arc<Watched>> {
        let (audit, address) = self.audit.as_ref()?;
        let principal = clients.principal(&address.scope.account).await;
        Some(Watched::new(audit.clone(), operation, address.clone(), principal))
    }
}

/// What a read needs.
#[derive(Clone, Copy, Debug)]
pub struct ReadCx<'a> {
    /// The clients.
    pub clients: &'a Clients,
    /// Where the calls are noted.
    pub log: &'a CallLog,
}

impl ReadCx<'_> {
    /// Sends a request when there is room for one more in flight, and notes its request id.
    ///
    /// # Errors
    /// What AWS or the way to it reports, after the SDK's own attempts.
    pub fn call<O, E>(
        &self,
        operation: &'static str,
        object: &str,
        request: impl Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send,
    ) -> impl Future<Output = Result<O, AwsError>> + Send
    where
        O: RequestId + Send,
        E: ProvideErrorMetadata + Error + Send + 'static,
    {
        // The SDK's futures are kilobytes long, and every future around this one would be longer.
        let request = Box::pin(request);
        async move {
            let watched = self.log.watch(operation, self.clients).await;
            let answer = {
                let _slot = self.clients.slot().await;
                match &watched {
                    Some(watched) => watched.send(request).await,
                    None => request.await,
                }
            };
            let answer = answer.map_err(|error| AwsError::new(operation, object, &error));
            let (request_id, code) = match &answer {
                Ok(output) => (output.request_id().map(str::to_owned), None),
                Err(error) => (error.request_id.clone(), error.code.clone()),
            };
            if let Some(watched) = &watched {
                watched.ended(request_id.as_deref(), answer.as_ref().err());
            }
            if answer.as_ref().is_err_and(|error| error.class == Class::Unrecorded)
                && !watched.is_some_and(|watched| watched.was_sent())
            {
                // It was never made.
                return answer;
            }
            tracing::debug!(operation, object, request_id, code, "called");
            self.log.push(Call { operation, object: object.to_owned(), request_id, code });
            answer
        }
    }
}

/// What all actions of a run share.
#[derive(Debug)]
pub struct Run {
    /// The ids behind the addresses, those of the live resources at first.
    pub ids: Ids,
    /// How long to wait.
    pub wait: Wait,
    /// The stack: a policy that a lost reply may have made is ours only if it carries this mark.
    pub stack: String,
    /// The id of the organization's root, where policy types are enabled.
    pub root: Option<String>,
    /// What accounts are subject to by the organization, as read lately.
    pub effective: EffectivePolicies,
    /// At which version each enforced configuration points, as read lately; `None` where there is none.
    pub(crate) enforced: Lately<Scope, Option<RemoteId>>,
    /// Where the calls of its actions are noted, if somewhere.
    pub audit: Option<Arc<Audit>>,
    lane: Semaphore,
}

impl Run {
    /// A run that knows the ids of the live resources.
    pub fn new(ids: Ids, wait: Wait, stack: impl Into<String>, root: Option<String>) -> Self {
        Self {
            ids,
            wait,
            stack: stack.into(),
            root,
            effective: EffectivePolicies::default(),
            enforced: Lately::default(),
            audit: None,
            lane: Semaphore::new(1),
        }
    }

    /// The same run, the calls of its actions noted in `audit`.
    #[must_use]
    pub fn audited(self, audit: Option<Arc<Audit>>) -> Self {
        Self { audit, ..self }
    }

    /// An empty log for the action on `address`.
    pub(crate) fn log(&self, address: &Address) -> CallLog {
        let audited = self.audit.clone().map(|audit| CallLog::audited(audit, address.clone()));
        audited.unwrap_or_default()
    }

    /// Waits until no other action of this run changes the organization: two that meet end in
    /// `ConcurrentModificationException`.
    pub(crate) async fn lane(&self) -> SemaphorePermit<'_> {
        self.lane.acquire().await.expect("the lane is never closed")
    }
}

/// What a write needs.
#[derive(Clone, Copy, Debug)]
pub struct WriteCx<'a> {
    /// What its reads need; its log is the action's.
    pub read: ReadCx<'a>,
    /// What it shares with the other actions.
    pub run: &'a Run,
}

impl WriteCx<'_> {
    /// Sends a request once, and again as long as AWS says that another change is under way (see [`Wait::patience`]).
    ///
    /// # Errors
    /// The last failure.
    pub(crate) async fn insist<O, E, Fut>(
        &self,
        operation: &'static str,
        object: &str,
        mut request: impl FnMut() -> Fut,
    ) -> Result<O, AwsError>
    where
        O: RequestId + Send,
        E: ProvideErrorMetadata + Error + Send + 'static,
        Fut: Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send,
    {
        let mut pace = self.run.wait.pace(object);
        loop {
            let error = match self.read.call(operation, object, request()).await {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            match self.run.wait.patience(&error) {
                Some(deadline) if pace.rest(deadline).await => {}
                _ => return Err(error),
            }
        }
    }
}
