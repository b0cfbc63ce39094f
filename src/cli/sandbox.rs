//! The local AWS that `--sandbox` runs against: embedded, or one that `sandbox serve` already runs on the same folder.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use bedrail_localstack::{Config, Emulator, StartError, StoreError};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::error::Error;
use super::output::write_file;
use crate::aws::{Connection, Retries, Sandbox};
use crate::model::Region;

/// Where the state is kept unless the user says otherwise.
pub(crate) const FOLDER: &str = ".bedrail/sandbox";

/// The secret that goes with every access key of the local AWS; signatures are not verified.
pub(crate) const SECRET: &str = "sandbox";

/// A local AWS that answers.
#[derive(Debug)]
pub(crate) struct Local {
    /// Where, and as whom.
    pub(crate) served: Served,
    emulator: Option<Emulator>,
}

/// Where a local AWS answers, and the account that callers are in; kept beside its state while it is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Served {
    /// Such as `http://127.0.0.1:4566`.
    pub(crate) endpoint: String,
    /// The organization's management account.
    pub(crate) account: String,
    /// The Region of the partition that Organizations answers in.
    pub(crate) region: String,
}

impl Local {
    /// Starts the local AWS on `folder`, or goes to the one that is served from there.
    pub(crate) async fn open(folder: &Path) -> Result<Self, Error> {
        let config = |partition| Config { state_dir: Some(folder.to_owned()), partition, ..Config::default() };
        let started = match Emulator::start(config(Config::default().partition)).await {
            // The folder says which partition it plays; the user need not say it again.
            Err(StartError::Partition { held, .. }) => Emulator::start(config(held)).await,
            other => other,
        };
        match started {
            Ok(emulator) => Ok(Self { served: Served::of(&emulator), emulator: Some(emulator) }),
            Err(StartError::Store(StoreError::InUse(_))) => {
                let served = Served::read(folder).ok_or_else(|| Error::SandboxInUse(folder.to_owned()))?;
                Ok(Self { served, emulator: None })
            }
            Err(source) => Err(Error::Sandbox { folder: folder.to_owned(), source }),
        }
    }

    /// The one that `--sandbox` asks for, if it does.
    pub(crate) async fn asked_for(folder: Option<&Path>) -> Result<Option<Self>, Error> {
        match folder {
            Some(folder) => Self::open(folder).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether another process serves it.
    pub(crate) const fn is_served(&self) -> bool {
        self.emulator.is_none()
    }

    /// Stops it, unless another process serves it.
    pub(crate) async fn close(self) {
        if let Some(emulator) = self.emulator {
            emulator.stop().await;
        }
    }
}

impl Served {
    /// What clients of `emulator` need to know.
    pub(crate) fn of(emulator: &Emulator) -> Self {
        Self {
            endpoint: emulator.endpoint().to_owned(),
            account: emulator.management_account().to_owned(),
            region: emulator.home_region().to_owned(),
        }
    }

    fn file(folder: &Path) -> PathBuf {
        folder.join("served.json")
    }

    /// Notes beside the state that it is served.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).expect("three strings are JSON");
        write_file(&Self::file(folder), text.as_bytes())
    }

    /// Takes the note away.
    pub(crate) fn remove(folder: &Path) {
        // A note that stays behind does no harm: it counts only while the folder is in use.
        let _ = std::fs::remove_file(Self::file(folder));
    }

    fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(Self::file(folder)).ok()?).ok()
    }

    /// How clients reach it.
    pub(crate) fn connection(&self, parallelism: usize) -> Option<Connection> {
        Some(Connection {
            profile: None,
            endpoint_url: Some(self.endpoint.clone()),
            region: Some(Region::new(self.region.as_str())),
            sandbox: Some(Sandbox { account: self.account.parse().ok()? }),
            parallelism,
            retries: Retries::default(),
            roles: None,
        })
    }

    /// Asks its control interface.
    pub(crate) async fn control(&self, method: &str, path: &str, what: &'static str) -> Result<Vec<u8>, Error> {
        let failed = |source| Error::Control { endpoint: self.endpoint.clone(), what, source };
        let address = self.endpoint.trim_start_matches("http://");
        let request = format!(
            "{method} /_bedrail/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        let answer = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            body(answer)
        };
        answer.await.map_err(failed)
    }
}

/// The body of an HTTP answer, if the answer says that all is well.
fn body(mut answer: Vec<u8>) -> io::Result<Vec<u8>> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| io::Error::new(ErrorKind::UnexpectedEof, "the answer is cut off"))?;
    let body = answer.split_off(end + 4);
    if answer.starts_with(b"HTTP/1.1 200 ") {
        return Ok(body);
    }
    Err(io::Error::other(String::from_utf8_lossy(&body).into_owned()))
}
