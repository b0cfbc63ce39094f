//! How an emulator is set up.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::generate::Generate;

/// How to start an [`Emulator`](crate::Emulator).
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The folder that keeps the state; `None` keeps it in memory only.
    pub state_dir: Option<PathBuf>,
    /// The state to begin with, where `state_dir` holds none yet.
    pub seed: Seed,
    /// What the seed is filled up to. It is refused where `state_dir` holds a state.
    pub generate: Generate,
    /// The AWS partition that is played.
    pub partition: Partition,
    /// Behaviour switches.
    pub options: Options,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state_dir: None,
            seed: Seed::Default,
            generate: Generate::default(),
            partition: Partition::Aws,
            options: Options::default(),
        }
    }
}

/// The state an emulator begins with. Each takes the JSON that `PUT /_bedrail/state` takes; a part that it leaves out is that
/// of the built-in seed.
#[derive(Clone, Debug, Default)]
pub enum Seed {
    /// `seeds/default.json`, built in.
    #[default]
    Default,
    /// A JSON file.
    File(PathBuf),
    /// A value.
    Value(Value),
}

/// An AWS partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Partition {
    /// The commercial Regions.
    #[default]
    #[serde(rename = "aws")]
    Aws,
    /// AWS `GovCloud` (US).
    #[serde(rename = "aws-us-gov")]
    UsGov,
    /// The European Sovereign Cloud.
    #[serde(rename = "aws-eusc")]
    Eusc,
    /// China; it has no Bedrock.
    #[serde(rename = "aws-cn")]
    China,
}

impl Partition {
    /// The second part of each of its ARNs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::UsGov => "aws-us-gov",
            Self::Eusc => "aws-eusc",
            Self::China => "aws-cn",
        }
    }
}

/// Behaviour switches, also read and changed at `/_bedrail/options`. They belong to the run, not to the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Ask of each call whether the caller's policies, those of the organization and those of the resource allow it. Off, so that
    /// everybody may everything; who may call models is asked all the same.
    pub authorize: bool,
    /// Refuse requests beyond the published rates.
    pub throttle: bool,
    /// Wait this long before each answer.
    pub latency_ms: u32,
    /// How long Organizations takes to compute effective policies and to enable or disable a policy type.
    pub propagation_ms: u32,
    /// How long a guardrail is `CREATING`, `UPDATING`, `VERSIONING` or `DELETING`.
    pub transition_ms: u32,
    /// Answer the first request of each list that is not empty with an empty page and a token, as AWS does at times. Off, since
    /// many a script reads one page; a list of Organizations that takes several has an empty one among them all the same.
    pub empty_pages: bool,
    /// Calls that are refused.
    pub refuse: Vec<Refusal>,
    /// Models that accounts have no access to, whatever their policies say.
    pub no_access: Vec<NoAccess>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            authorize: false,
            throttle: false,
            latency_ms: 0,
            propagation_ms: 500,
            transition_ms: 50,
            empty_pages: false,
            refuse: Vec::new(),
            no_access: Vec::new(),
        }
    }
}

/// Calls that are answered with an error instead of being carried out. `*` stands for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The operation's name, such as `ListGuardrails`.
    pub operation: String,
    /// The caller's account.
    #[serde(default = "all")]
    pub account: String,
    /// The Region that the request is signed for.
    #[serde(default = "all")]
    pub region: String,
    /// The error's code; without it the protocol's own code for a call that is not permitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A model that accounts have no access to. `*` stands for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoAccess {
    /// The id of the foundation model.
    pub model: String,
    /// The account.
    #[serde(default = "all")]
    pub account: String,
    /// The Region.
    #[serde(default = "all")]
    pub region: String,
}

fn all() -> String {
    "*".to_owned()
}
