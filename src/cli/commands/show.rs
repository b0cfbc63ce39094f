use crate::aws::Access;
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::kinds::Kind;
use crate::model::Address;
use crate::report::json::pretty;
use crate::report::{clean, handed, show, text};
use crate::spec::top::ScanAccounts;

/// Shows ids, ARNs, version numbers, age and users of what is declared
///
///   bedrail show --sandbox -f examples/organization 'guardrail-version/*'
///
/// `--format env` hands ids and versions to applications as `NAME=value`, and
/// `--format tfvars` to Terraform. A name ends with the Region, after the account
/// where that is not the home of the spec: the management account of its
/// organization, else that of the caller. Addresses narrow what is shown, and
/// change no name.
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
            Form::Env => handed::env(&shown, session.sides.facts.home()),
            Form::Tfvars => handed::tfvars(&shown),
        })?;
        if matches!(form, Form::Env | Form::Tfvars) {
            for resource in &shown {
                let address = clean::line(&resource.address);
                let is_guardrail =
                    resource.address.parse().is_ok_and(|address: Address| address.kind == Kind::Guardrail);
                if resource.id.is_none() {
                    output.say(&format!("note: {address} does not exist yet"));
                } else if is_guardrail && resource.version.is_none() {
                    output.say(&format!(
                        "note: no version carries what the spec says of {address}: `apply` publishes one where something refers to it without `version`, or under a key of `versions`"
                    ));
                }
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
