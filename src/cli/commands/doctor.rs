use super::Form;
use crate::aws::{Access, AwsError, Clients, Connection};
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::sandbox::Local;
use crate::cli::session::{self, Checked};
use crate::doctor::{Report, Scope, Surroundings, examine, unreachable};
use crate::model::diagnostic::Diagnostics;
use crate::reconcile::roles;
use crate::report::doctor::{markdown, text};
use crate::report::json::{doctor, pretty};
use crate::spec::top::ScanAccounts;

/// Tells who calls, and whether all is there that the spec needs
///
/// Looks at the caller, the credentials, the organization and its policy types,
/// the roles by which accounts are entered, the Regions, and how much of AWS's
/// quotas is taken. Changes nothing, whatever the credentials allow. Without a
/// spec it tells the caller, the organization and the Regions.
///
///   bedrail doctor --sandbox -f examples/organization
///
/// Exits with 0 if all that the spec needs is there, with 1 if not.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Also tries the roles by which `apply` enters accounts, in sessions that may only read
    #[arg(long)]
    write_roles: bool,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let form = global.format(&Form::NAMED)?;
        let without = session::is_without_spec(global);
        let Checked { sources, mut spec, diagnostics } = session::check_if_there(global).shown(output)?;
        spec.scan_accounts = session::scanned(global, &spec, ScanAccounts::Declared);
        let progress = Progress::spinner(output, "Asking AWS what there is");
        let local = Local::asked_for(global.sandbox.as_deref()).await?;
        let connection = session::connection(global, &spec, local.as_ref());
        let connection = Connection { roles: roles(&spec, session::session_name(&spec)), ..connection };
        let around = surroundings(&connection);
        let mut more = Diagnostics::new();
        let report = match connection.open(Access::ReadOnly).await {
            Ok(clients) => {
                let scope = Scope { spec: (!without).then_some(&spec), around: &around, write_roles: self.write_roles };
                examine(&clients, scope, &mut more).await
            }
            Err(error) => shut_out(connection, &error).await,
        };
        drop(progress);
        session::show_more(more, &diagnostics, &sources, output);
        output.result(&match form {
            Form::Text => text(&report, output.style(), output.width()),
            Form::Json => pretty(&doctor(&report)),
            Form::Markdown => markdown(&report),
        })?;
        if let Some(local) = local {
            local.close().await;
        }
        Ok(if report.is_sound() { Exit::Done } else { Exit::Failed })
    }
}

/// Who calls, where the role in the management account is what AWS refuses.
async fn shut_out(connection: Connection, error: &AwsError) -> Report {
    let bare = Connection { roles: None, ..connection };
    let own: Option<Clients> = if error.is_about_entering() { bare.open(Access::ReadOnly).await.ok() } else { None };
    unreachable(error, own.as_ref().map(Clients::caller))
}

fn surroundings(connection: &Connection) -> Surroundings {
    // The local AWS is asked whatever the environment says.
    if connection.sandbox.is_some() {
        return Surroundings { endpoint: connection.endpoint_url.clone(), ..Surroundings::default() };
    }
    let set = |name: &str| session::environment().get(name).is_some_and(|value| !value.is_empty());
    let environment = session::environment();
    let endpoints = environment.keys().filter(|name| name.starts_with("AWS_ENDPOINT_URL") && set(name));
    Surroundings {
        bearer_token: set("AWS_BEARER_TOKEN_BEDROCK"),
        endpoint_variables: endpoints.cloned().collect(),
        endpoint: connection.endpoint_url.clone(),
        expiration: environment.get("AWS_CREDENTIAL_EXPIRATION").cloned(),
    }
}
