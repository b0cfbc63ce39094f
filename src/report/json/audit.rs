//! The lines of an audit log.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{Note, NoteOutcome};

/// One line of an audit log: a call, before its request leaves or after its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    /// When the line was written (RFC 3339, UTC).
    pub time: String,
    /// The run, as `<time>-<process id>`: several runs may append to one file.
    pub run: String,
    /// The number of the call within the run, from 1; the line before a call and the one after it have the same.
    pub call: u64,
    /// `started` before the request leaves; then `ok`, AWS's error code, or `lost-reply` where no answer tells how it ended.
    pub outcome: String,
    /// `service:Operation`
    pub operation: String,
    /// Whether the call may change something.
    pub writes: bool,
    /// The resource for which the call is made.
    pub address: String,
    /// The account of the resource.
    pub account: String,
    /// The Region of the resource, or `global`.
    pub region: String,
    /// The caller's ARN.
    pub principal: String,
    /// The SHA-256 of the request's body; null where it has none.
    pub digest: Option<String>,
    /// How often the request has left, repeats by the SDK counted.
    pub attempts: u32,
    /// AWS's request id, of the last attempt; null before the answer, and where none came.
    pub request_id: Option<String>,
}

impl AuditLine {
    /// What `note` says, at `time` in `run`.
    pub fn new(note: &Note, time: String, run: String) -> Self {
        let Note { call, operation, writes, address, principal, digest, attempts, request_id, outcome } = note;
        Self {
            time,
            run,
            call: *call,
            outcome: match outcome {
                NoteOutcome::Started => "started".to_owned(),
                NoteOutcome::Ok => "ok".to_owned(),
                NoteOutcome::Refused(code) => code.clone(),
                NoteOutcome::LostReply => "lost-reply".to_owned(),
            },
            operation: (*operation).to_owned(),
            writes: *writes,
            address: address.to_string(),
            account: address.scope.account.to_string(),
            region: address.scope.region_name().to_owned(),
            principal: principal.clone(),
            digest: digest.as_ref().map(ToString::to_string),
            attempts: *attempts,
            request_id: request_id.clone(),
        }
    }
}
