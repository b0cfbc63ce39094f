use crate::report::push;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use bedrail_localstack::{Config, Emulator, Generate, Partition, Seed, StartError};
use clap::{Subcommand, ValueEnum};
use serde_json::Value;

use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::{Output, line};
use crate::cli::sandbox::{FOLDER, Local, SECRET, Served};
use crate::report::json::pretty;

/// Runs, empties or describes the local AWS
///
/// The local AWS plays Bedrock's guardrails, Organizations, IAM and STS on
/// this machine, for bedrail, the AWS CLI and any SDK. `--sandbox` runs it
/// within a command; `sandbox serve` keeps it running on a port of its own.
///
///   bedrail sandbox serve --port 4566
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Sandbox,
}

#[derive(Debug, Subcommand)]
enum Sandbox {
    Serve(Serve),
    Reset(Reset),
    Status(Status),
}

/// Answers on its own port until it is stopped with Ctrl-C
///
/// Prints the endpoint and credentials when it listens, as lines that a shell
/// can evaluate. While it runs, `--sandbox` on the same folder uses it.
///
///   bedrail sandbox serve --port 4566
///   bedrail sandbox serve --generate accounts=5000,ous=200,guardrails=50
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct Serve {
    /// The address to listen on; 0.0.0.0 is all of the machine's. Signatures are not verified, so whoever reaches it may do
    /// everything
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// The port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    port: u16,
    /// The state to begin with, where the folder holds none yet
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Fills the seed up to a large organization, the same in every run: `accounts=N`, `ous=N` and `guardrails=N`, joined by
    /// commas. The folder must not hold a state yet
    #[arg(long, value_name = "SIZES")]
    generate: Option<Generate>,
    /// The AWS partition to play
    #[arg(long, value_name = "PARTITION", default_value = "aws")]
    partition: Played,
    /// The folder that keeps the state, `.bedrail/sandbox` if not given; `--sandbox=DIR` says the same
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Puts the state back to the seed
///
///   bedrail sandbox reset
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct Reset {
    /// The folder that keeps the state, `.bedrail/sandbox` if not given; `--sandbox=DIR` says the same
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Says whether it is served, and what is in it
///
///   bedrail sandbox status
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct Status {
    /// The folder that keeps the state, `.bedrail/sandbox` if not given; `--sandbox=DIR` says the same
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// A partition that AWS has; `aws-cn` has no Bedrock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Played {
    Aws,
    AwsUsGov,
    AwsEusc,
    AwsCn,
}

impl From<Played> for Partition {
    fn from(played: Played) -> Self {
        match played {
            Played::Aws => Self::Aws,
            Played::AwsUsGov => Self::UsGov,
            Played::AwsEusc => Self::Eusc,
            Played::AwsCn => Self::China,
        }
    }
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output, interrupt: Interrupt) -> Result<Exit, Error> {
        match self.command {
            Sandbox::Serve(serve) => serve.run(global, output, interrupt).await,
            Sandbox::Reset(Reset { folder }) => reset(&chosen(folder, global), output).await,
            Sandbox::Status(Status { folder }) => status(&chosen(folder, global), global, output).await,
        }
    }
}

/// The folder that the command names, or the flag, or the usual one.
fn chosen(folder: Option<PathBuf>, global: &Global) -> PathBuf {
    folder.or_else(|| global.sandbox.clone()).unwrap_or_else(|| FOLDER.into())
}

impl Serve {
    async fn run(self, global: &Global, output: &Output, interrupt: Interrupt) -> Result<Exit, Error> {
        let Self { host, port, seed, generate, partition, folder } = self;
        let folder = chosen(folder, global);
        let config = Config {
            listen: SocketAddr::new(host, port),
            state_dir: Some(folder.clone()),
            seed: seed.map_or(Seed::Default, Seed::File),
            generate: generate.unwrap_or_default(),
            partition: partition.into(),
            ..Config::default()
        };
        let failed = |source: StartError| Error::Sandbox { folder: folder.clone(), source };
        let emulator = Emulator::start(config).await.map_err(failed)?;
        let served = Served::of(&emulator);
        served.write(&folder)?;
        interrupt.defer();
        let result = line(&listening(&served));
        output.say("Listening; Ctrl-C stops it.");
        if result.is_ok() {
            interrupt.pressed().await;
        }
        emulator.stop().await;
        Served::remove(&folder);
        result.map(|()| Exit::Done)
    }
}

/// What a shell evaluates so that any AWS client speaks to the local AWS. boto3 and the AWS CLI before version 2 know the Region
/// by its older name only.
fn listening(served: &Served) -> String {
    let Served { endpoint, account, region } = served;
    format!(
        "export AWS_ENDPOINT_URL={endpoint}\nexport AWS_ACCESS_KEY_ID=AKIA{account}\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n\
         export AWS_DEFAULT_REGION={region}\nexport AWS_REGION={region}\n"
    )
}

async fn reset(folder: &Path, output: &Output) -> Result<Exit, Error> {
    let local = Local::open(folder).await?;
    let answer = local.served.control("POST", "reset", "go back to its seed").await;
    local.close().await;
    answer?;
    output.result(&format!("The local AWS in {} is as it was at first.\n", folder.display()))?;
    Ok(Exit::Done)
}

async fn status(folder: &Path, global: &Global, output: &Output) -> Result<Exit, Error> {
    let forms = [("text", false), ("json", true)];
    let json = global.format(&forms)?;
    if !folder.is_dir() {
        let text = format!("There is no local AWS in {} yet; --sandbox makes one.\n", folder.display());
        output.result(&if json { pretty(&Value::Null) } else { text })?;
        return Ok(Exit::Done);
    }
    let local = Local::open(folder).await?;
    let answer = local.served.control("GET", "state", "tell its state").await;
    let served = local.is_served().then(|| local.served.clone());
    local.close().await;
    let state: Value = serde_json::from_slice(&answer?).unwrap_or_default();
    output.result(&if json { pretty(&state) } else { described(folder, served.as_ref(), &state) })?;
    Ok(Exit::Done)
}

/// The state in a few lines.
fn described(folder: &Path, served: Option<&Served>, state: &Value) -> String {
    let partition = state["partition"].as_str().unwrap_or("aws");
    let mut out = match served {
        Some(Served { endpoint, .. }) => format!("The local AWS in {} is served at {endpoint}.\n", folder.display()),
        None => format!("The local AWS in {} is not running; --sandbox starts it.\n", folder.display()),
    };
    push!(out, "It plays the partition {partition}.\n");
    let count =
        |value: &Value| value.as_object().map_or_else(|| value.as_array().map_or(0, Vec::len), serde_json::Map::len);
    for (account, regions) in state["bedrock"].as_object().into_iter().flatten() {
        for (region, bedrock) in regions.as_object().into_iter().flatten() {
            let guardrails = count(&bedrock["guardrails"]);
            push!(out, "{account} {region}: guardrails {guardrails}\n");
        }
    }
    let organization = &state["organization"];
    push!(
        out,
        "Organization: accounts {}, policies {}\n",
        count(&organization["accounts"]),
        count(&organization["policies"])
    );
    out
}
