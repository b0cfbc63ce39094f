//! What can go wrong, with its exit code and with what to do about it: the only file that decides either.

use std::io;
use std::path::PathBuf;

use super::exit::Exit;
use crate::aws::{AwsError, FactsError};
use crate::model::diagnostic::Diagnostics;
use crate::report::json::{NotSaved, Stale};
use crate::report::{Refusal, flags};

/// Why a command ended without its result. A message says what failed on which object; [`Error::hint`] what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line asks for what is not there.
    #[error("{0}")]
    Usage(String),
    /// `--target` names nothing.
    #[error("no resource of the spec or of AWS matches `{}`", .0.join("`, `"))]
    NoTarget(Vec<String>),
    /// The spec is at fault; the diagnostics have been shown.
    #[error("the spec has {}", crate::report::diagnostics::summary(.0))]
    Spec(Diagnostics),
    /// The caller or the organization is not what the spec is for.
    #[error("cannot establish where the spec applies")]
    Facts(#[from] FactsError),
    /// AWS, or the way to it, failed before anything was changed.
    #[error("cannot reach AWS")]
    Aws(#[from] AwsError),
    /// The local AWS did not start.
    #[error("cannot start the local AWS on {}", folder.display())]
    Sandbox {
        /// Its folder.
        folder: PathBuf,
        /// Why.
        source: bedrail_localstack::StartError,
    },
    /// The folder of the local AWS is taken by a process that offers no endpoint.
    #[error("{} is in use by another bedrail", .0.display())]
    SandboxInUse(PathBuf),
    /// A running local AWS did not answer as it should.
    #[error("the local AWS at {endpoint} did not {what}")]
    Control {
        /// Its endpoint.
        endpoint: String,
        /// What was asked of it.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// Some files have been rewritten, and the next one cannot be.
    #[error("not every file is formatted: already rewritten {}", names(done))]
    SomeFiles {
        /// Those that have been.
        done: Vec<PathBuf>,
        /// What became of the next.
        #[source]
        fault: Box<Self>,
    },
    /// A file cannot be read or written.
    #[error("cannot {verb} {}", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is not a saved plan of this version.
    #[error("{} is not a saved plan of this release", path.display())]
    NotAPlan {
        /// The file.
        path: PathBuf,
        /// Why.
        source: NotSaved,
    },
    /// Apply needs a word of consent.
    #[error("refused, and nothing was changed: the plan does what has not been allowed")]
    Refused(Vec<Refusal>),
    /// `--fail-on` names a hazard that the plan has.
    #[error("the plan carries what --fail-on names: {0}")]
    FailOn(String),
    /// Nobody is there to be asked.
    #[error("refused, and nothing was changed: apply asks before it changes anything, and there is no terminal")]
    NoTerminal,
    /// Somebody was asked and did not say yes.
    #[error("refused, and nothing was changed")]
    Declined,
    /// AWS or the spec has moved since the plan was saved, or it is of another stack or another plan than was reviewed.
    #[error("the saved plan {}, and nothing was changed", match .0 {
        Stale::Moved(_) => "is stale".to_owned(),
        Stale::OtherSpec => "is of another spec, and holds changes that this one does not make".to_owned(),
        Stale::OtherStack { saved, spec } => format!("is of the stack `{saved}`, and the spec of `{spec}`"),
        Stale::OtherPlan { saved, reviewed } => format!("has the digest {saved}, and not {reviewed}"),
    })]
    Stale(Stale),
    /// An empty spec would remove everything.
    #[error(
        "refused, and nothing was changed: the spec declares nothing, so that {deletes} resources of the stack `{stack}` would go"
    )]
    DeclaresNothing {
        /// How many resources are ours.
        deletes: usize,
        /// The stack.
        stack: String,
    },
    /// What there is could not be read.
    #[error("cannot read what there is")]
    Inventory(#[source] Box<crate::inventory::Failure>),
    /// There is no organization to scaffold from.
    #[error("the caller is in no organization that it may list")]
    NoOrganization,
    /// Some of what there is can be declared, and is not in the spec.
    #[error("{}", in_part(*weaker, *lost))]
    ImportedInPart {
        /// How much protects.
        weaker: usize,
        /// How much else.
        lost: usize,
    },
    /// Nothing of what there is can be declared.
    #[error("nothing could be carried over")]
    NothingImported,
    /// A file that is not to be overwritten is there.
    #[error("refused, and nothing was changed: {} is there already", .0.display())]
    Exists(PathBuf),
    /// A link stands where a file would be written, and points at nothing.
    #[error("refused, and nothing was changed: {} is a link to what does not exist", .0.display())]
    LinkToNothing(PathBuf),
    /// The spec has nothing of what `iam` was asked to print.
    #[error("there is nothing to print")]
    Permissions(#[from] crate::permissions::Fault),
    /// The command of `--on-drift-exec` failed, and whoever it was to tell may not know.
    #[error("cannot hand drift on to `{command}`")]
    OnDrift {
        /// The command.
        command: String,
        /// What became of it.
        source: io::Error,
    },
    /// A change may not go on, for what the spec enforces is not in force as far as it has come.
    #[error("not advanced, and nothing was changed: what is enforced at the stages reached so far is not in force")]
    StageNotInForce(Vec<String>),
    /// Whether it is could not be found out.
    #[error(
        "not advanced, and nothing was changed: not all that is enforced at the stages reached so far could be seen"
    )]
    StageNotSeen(Vec<String>),
    /// What the plan would put in place does not pass the suites of `--require-tests`.
    #[error(
        "not applied, and {}: what the plan puts in place does not pass the tests that are required",
        unchanged(left)
    )]
    TestsFailed {
        /// What fails.
        told: Vec<String>,
        /// The candidates that are left.
        left: Vec<String>,
    },
    /// Whether it passes them is not known.
    #[error("not applied, and {}: the tests that are required have not been answered in full", unchanged(left))]
    TestsUnanswered {
        /// What has no answer.
        told: Vec<String>,
        /// The candidates that are left.
        left: Vec<String>,
    },
    /// Ctrl-C before anything was changed.
    #[error("interrupted")]
    Interrupted,
    /// The machine has no room for a runtime.
    #[error("cannot start the asynchronous runtime")]
    Runtime(#[source] io::Error),
    /// Standard output is gone in a way that is not a closed pipe.
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
}

impl Error {
    /// The exit code that says so.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Spec(faults) => Exit::at_fault(faults),
            Self::Usage(_) | Self::NoTarget(_) => Exit::Usage,
            Self::Refused(_)
            | Self::DeclaresNothing { .. }
            | Self::FailOn(_)
            | Self::NoTerminal
            | Self::Declined
            | Self::Exists(_)
            | Self::LinkToNothing(_) => Exit::Refused,
            Self::Stale(_) => Exit::Stale,
            Self::StageNotInForce(_) | Self::TestsFailed { .. } => Exit::ChecksFailed,
            Self::Interrupted => Exit::Interrupted,
            Self::Facts(_)
            | Self::Aws(_)
            | Self::Inventory(_)
            | Self::NothingImported
            | Self::NoOrganization
            | Self::Sandbox { .. }
            | Self::SandboxInUse(_)
            | Self::Control { .. }
            | Self::File { .. }
            | Self::NotAPlan { .. }
            | Self::Permissions(_)
            | Self::OnDrift { .. }
            | Self::StageNotSeen(_)
            | Self::TestsUnanswered { .. }
            | Self::Runtime(_)
            | Self::Stdout(_) => Exit::Failed,
            Self::SomeFiles { .. } | Self::ImportedInPart { .. } => Exit::Incomplete,
        }
    }

    /// Further lines that belong to the message.
    pub(crate) fn details(&self) -> Vec<String> {
        match self {
            Self::Stale(Stale::Moved(moved)) => moved.iter().map(ToString::to_string).collect(),
            Self::StageNotInForce(told) | Self::StageNotSeen(told) => told.clone(),
            Self::TestsFailed { told, left } | Self::TestsUnanswered { told, left } => {
                told.iter().chain(left).cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Usage(_) => Some("`bedrail help` and `bedrail help COMMAND` list what there is".to_owned()),
            Self::NoTarget(_) => Some("`bedrail plan` shows the addresses; `*` stands for any characters".to_owned()),
            Self::Facts(error) => error.hint(),
            Self::Permissions(fault) => Some(fault.hint()),
            Self::Aws(error) => error.hint(),
            Self::SandboxInUse(_) => Some("wait until it ends, or give another folder: --sandbox=DIR".to_owned()),
            Self::Control { .. } => Some("look whether `bedrail sandbox serve` still runs".to_owned()),
            Self::NotAPlan { .. } => Some("save one with `bedrail plan --out FILE`".to_owned()),
            Self::Refused(refusals) => Some(format!("to allow it, add {}", flags(refusals).join(" "))),
            Self::NoTerminal => Some("add --yes, or apply a plan saved with `bedrail plan --out FILE`".to_owned()),
            Self::Stale(Stale::OtherSpec) => {
                Some("give the spec, the environment and the variables that it was made with, or plan again".to_owned())
            }
            Self::Stale(Stale::Moved(_)) => Some("plan again, review, and apply the new plan".to_owned()),
            Self::Stale(Stale::OtherPlan { .. }) => {
                Some("give the file of the plan that was reviewed, or plan again and review that".to_owned())
            }
            Self::Stale(Stale::OtherStack { .. }) => {
                Some("name the spec that it was made from with --spec, or another plan".to_owned())
            }
            Self::DeclaresNothing { .. } => {
                Some("see that --spec names the right file; what removes everything is `bedrail destroy`".to_owned())
            }
            Self::Sandbox { source: bedrail_localstack::StartError::Listen { .. }, .. } => {
                Some("another process may listen there: choose another --port".to_owned())
            }
            Self::Sandbox { source: bedrail_localstack::StartError::NotNew(_), .. } => {
                Some("leave --generate out to go on with that state, or give another folder".to_owned())
            }
            Self::OnDrift { .. } => Some("the report of drift stands above, or in the file of --output".to_owned()),
            Self::StageNotInForce(_) => Some(
                "`bedrail verify` tells more; `apply --advance` again goes on, and applying the spec as it was goes back"
                    .to_owned(),
            ),
            Self::StageNotSeen(_) => Some("`bedrail verify` tells what it takes to see it".to_owned()),
            Self::TestsFailed { .. } => {
                Some("change what the spec says, or what the suite expects; the report of the tests tells more".to_owned())
            }
            Self::Exists(_) => Some("name another folder, or take the file away".to_owned()),
            Self::LinkToNothing(_) => Some("take the link away, or make what it points to".to_owned()),
            Self::Inventory(failure) => failure.hint(),
            Self::NoOrganization => Some("call from the management account, or leave --from-org out".to_owned()),
            Self::ImportedInPart { .. } => Some(
                "it stands at the head of the spec: write it into the spec, or see that it is not needed, before the first apply"
                    .to_owned(),
            ),
            Self::NothingImported => {
                Some("the notes say why, unless --quiet keeps them back; `bedrail init` writes a spec to begin with".to_owned())
            }
            Self::TestsUnanswered { .. }
            | Self::Spec(_)
            | Self::Sandbox { .. }
            | Self::File { .. }
            | Self::SomeFiles { .. }
            | Self::FailOn(_)
            | Self::Declined
            | Self::Interrupted
            | Self::Runtime(_)
            | Self::Stdout(_) => None,
        }
    }
}

/// What is true of AWS where nothing of the plan was done.
fn unchanged(left: &[String]) -> &'static str {
    if left.is_empty() { "nothing was changed" } else { "nothing was changed but for a candidate that is left" }
}

fn in_part(weaker: usize, lost: usize) -> String {
    let of = |count: usize| if count == 1 { "1 thing is".to_owned() } else { format!("{count} things are") };
    match (weaker, lost) {
        (0, lost) => format!("the spec is not complete: {} not carried over", of(lost)),
        (weaker, lost) => {
            let besides = if lost == 0 { String::new() } else { format!(", and {lost} besides") };
            format!("the spec protects less than its source: {} not carried over that protects{besides}", of(weaker))
        }
    }
}

fn names(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
