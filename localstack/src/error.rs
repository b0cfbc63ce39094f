//! What goes wrong: refusals, before they are put into a protocol's form, and failures to start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::config::Partition;
use crate::generate::GenerateError;
use crate::store::StoreError;

/// What an operation answers when it does not do what it was asked.
///
/// `code` is the exception's name on the wire (`ValidationException`). Each protocol of [`crate::wire`] has its own place for
/// the code, the message and the further members.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) code: String,
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) members: Map<String, Value>,
}

impl ApiError {
    pub(crate) fn new(code: impl Into<String>, status: u16, message: impl Into<String>) -> Self {
        Self { code: code.into(), status, message: message.into(), members: Map::new() }
    }

    /// Adds a member of the modelled exception, such as `Reason`.
    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }
}

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address of the configuration.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The seed's file cannot be read.
    #[error("cannot read the seed {}", path.display())]
    SeedFile {
        /// The file of the configuration.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The seed is not a state.
    #[error("the seed is not a valid state")]
    Seed(#[source] serde_json::Error),
    /// The seed cannot be filled up as it was asked for.
    #[error("no state of that size can be generated")]
    Generate(#[from] GenerateError),
    /// The state folder holds a state, so nothing is generated.
    #[error("{} holds a state already, and what is generated goes into a new one", .0.display())]
    NotNew(PathBuf),
    /// The state folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state folder is another partition's.
    #[error("the state folder is one of the partition {}, not {}", held.id(), wanted.id())]
    Partition {
        /// The partition of the state folder.
        held: Partition,
        /// The partition of the configuration.
        wanted: Partition,
    },
}
