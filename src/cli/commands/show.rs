use crate::aws::Access;
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::report::json::pretty;
use crate::report::{clean, handed, show, text};
use crate::spec::top::ScanAccounts;

/// Shows ids, ARNs, version numbers, age and users of what is declared
///
///   bedrail show --sandbox -f examples/organization 'guardrail-version/*'
///
/// `--format env` hands ids and versions to applications as `NAME=value`, and
/// `--format tfvars` to Terraform. Where what is shown is in several Regions or
/// accounts, the names of `env` end with them: an address narrows it.
///
///   bedrail show --format env '*/us-east-1/*' > guardrails.env
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Addresses; `*` stands for any characters
    #[arg(value_name = "ADDRESS")]
    addresses: Vec<String>,
}

#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
    Env,
    Tfvars,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let form = global.format(&[
            ("text", Form::Text),
            ("json", Form::Json),
            ("env", Form::Env),
            ("tfvars", Form::Tfvars),
        ])?;
        let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::Declared).await?;
        let patterns: Vec<String> = self.addresses.iter().chain(&global.target).cloned().collect();
        let unknown = crate::plan::unmatched(&patterns, &session.sides.desired, &session.sides.live);
        if !unknown.is_empty() {
            return Err(Error::NoTarget(unknown.into_iter().map(str::to_owned).collect()));
        }
        let shown = show::resources(&session.sides.desired, &session.sides.live, &patterns);
        output.result(&match form {
            Form::Text => text::show(&shown, now(), session.look(output)),
            Form::Json => pretty(&shown),
            Form::Env => handed::env(&shown),
            Form::Tfvars => handed::tfvars(&shown),
        })?;
        if matches!(form, Form::Env | Form::Tfvars) {
            for missing in shown.iter().filter(|resource| resource.id.is_none()) {
                output.say(&format!("note: {} does not exist yet", clean::line(&missing.address)));
            }
        }
        let blind = !session.sides.live.blind.is_empty();
        session.close().await;
        Ok(if blind { Exit::Failed } else { Exit::Done })
    }
}

/// Seconds since 1970: an age is for a person to read, and no part of any plan.
#[expect(clippy::disallowed_methods, reason = "the only question in which the hour matters")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or_default()
}
