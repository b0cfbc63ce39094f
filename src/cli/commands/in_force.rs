//! What commands share that tell what is in force: the way to AWS, with a spec or without, and what they say of a plan.

use crate::aws::{Clients, Connection};
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::output::Output;
use crate::cli::sandbox::Local;
use crate::cli::session::{self, Checked};
use crate::inventory;
use crate::model::{Facts, Region};
use crate::plan::Plan;
use crate::reconcile::roles;
use crate::report::Disclosure;

/// Clients that only read, and who calls.
pub(super) struct Entered {
    pub(super) clients: Clients,
    pub(super) facts: Facts,
    pub(super) disclosure: Disclosure,
    local: Option<Local>,
}

impl Entered {
    /// Enters accounts as the spec says, or without one through the role that AWS makes in each. `command` names the run in
    /// members, and `region` is the one to ask who calls where nothing else names one.
    ///
    /// # Errors
    /// A spec at fault, before any call; no usable credentials.
    pub(super) async fn enter(
        command: &str,
        region: Option<Region>,
        global: &Global,
        output: &Output,
    ) -> Result<Self, Error> {
        let Checked { spec, .. } = session::check_if_there(global).shown(output)?;
        let local = Local::asked_for(global.sandbox.as_deref()).await?;
        let connection = if session::is_without_spec(global) {
            session::bare_connection(global, region, local.as_ref())
        } else {
            session::connection(global, &spec, local.as_ref())
        };
        let connection = Connection { roles: roles(&spec, session::session_name(&spec)), ..connection };
        let (clients, facts) = inventory::entered(connection, &session::session_name_of(command)).await?;
        let disclosure = Disclosure { content: global.show_content, secrets: spec.secrets };
        Ok(Self { clients, facts, disclosure, local })
    }

    /// Ends the run.
    pub(super) async fn close(self) {
        if let Some(local) = self.local {
            local.close().await;
        }
    }
}

/// What the plan could not see, in words.
pub(super) fn blind(plan: &Plan, disclosure: &Disclosure) -> Vec<String> {
    let told = plan.blind.iter().map(|blind| {
        let name = blind.name.as_ref().map(|name| format!("/{name}")).unwrap_or_default();
        disclosure.scrub_text(&format!("{}/{}{name}: {}", blind.kind, blind.scope, blind.why))
    });
    told.collect()
}

/// What the plan holds, in words.
pub(super) fn held(plan: &Plan, disclosure: &Disclosure) -> Vec<String> {
    let told = plan.held.iter().map(|held| {
        disclosure.scrub_text(&format!("{} {} ({}): {}", held.verb.word(), held.address, held.why.word(), held.hint))
    });
    told.collect()
}
