use std::path::{Path, PathBuf};

use super::apply::{previewed, read_saved};
use super::in_force::{Entered, blind, held};
use crate::aws::{Access, Clients};
use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::session::Session;
use crate::coverage::{Extent, Grid};
use crate::explain::{Cell, Ground, Planned};
use crate::inventory;
use crate::live::{bearing, pointed_besides};
use crate::model::Facts;
use crate::report::coverage::{html, markdown, text};
use crate::report::json::coverage::{Covered, Shown, Side};
use crate::report::json::pretty;
use crate::report::{Disclosure, Look};
use crate::spec::top::ScanAccounts;

/// Tells which accounts are protected in which Regions, by what, and which ways around are open
///
/// For every account of the organization and every Region that has Bedrock,
/// whether the spec speaks of them or not: which guardrail the organization and
/// the account enforce, whether calls get past it or fail, and whether somebody
/// has a way around it. Changes nothing, whatever the credentials allow.
///
///   bedrail coverage --sandbox -f examples/organization
///   bedrail coverage --format html --output coverage.html
///   bedrail coverage --plan plan.json --format markdown
///
/// The page of `--format html` has the tree as a heat map, with filters and the
/// explanation of each cell, and needs no network. Without a spec, what is in
/// AWS; with a saved plan, now and when it is done.
///
/// Exits with 0; with 2 if `--fail-uncovered` is given and somewhere models can
/// be called while nothing is enforced, or nothing valid; with 1 if something
/// could not be read that may change the answer; with 4 if the plan is stale.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Exits with 2 if a cell is unprotected or invalid; with a plan, when that is done
    #[arg(long)]
    fail_uncovered: bool,
    /// Tells what a plan that `plan --out` saved will change, before and after
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
}

/// The forms of the result.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
    Markdown,
    Html,
}

const FORMS: [(&str, Form); 4] =
    [("text", Form::Text), ("json", Form::Json), ("markdown", Form::Markdown), ("html", Form::Html)];

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let form = global.format(&FORMS)?;
        if !global.target.is_empty() {
            let message = "`--target` is not for `coverage`: it tells every account in every Region, and of a plan all that it does";
            return Err(Error::Usage(message.to_owned()));
        }
        // Their futures are large, and every command's would be as large.
        let (covered, disclosure) = match &self.plan {
            None => Box::pin(live(global, output)).await?,
            Some(file) => Box::pin(planned(file, global, output)).await?,
        };
        let look = Look { style: output.style(), width: output.width(), disclosure: &disclosure, beyond: &[] };
        output.result(&match form {
            Form::Text => text(&covered, look),
            Form::Json => pretty(&covered),
            Form::Markdown => markdown(&covered),
            Form::Html => html(&covered),
        })?;
        Ok(match (self.fail_uncovered && covered.uncovered > 0, covered.unseen.is_empty()) {
            (true, _) => Exit::Differs,
            (false, false) => Exit::Failed,
            (false, true) => Exit::Done,
        })
    }
}

/// What is in AWS; the spec, if there is one, tells how accounts are entered.
async fn live(global: &Global, output: &Output) -> Result<(Covered, Disclosure), Error> {
    let progress = Progress::spinner(output, "Asking AWS what is in force");
    let entered = Entered::enter("coverage", None, global, output).await?;
    let facts = inventory::named_whole(&entered.clients, entered.facts.clone()).await;
    let extent = Extent::of(&facts);
    let ground = read(&entered.clients, &facts, &extent).await;
    drop(progress);
    let disclosure = entered.disclosure.clone();
    let grid = Grid::of(&ground, &facts, &extent);
    let shown = Shown { facts: &facts, extent: &extent, disclosure: &disclosure };
    let covered = Covered::of(shown, Side { ground: &ground, grid: &grid }, None);
    entered.close().await;
    Ok((covered, disclosure))
}

/// Now, and when the saved plan is done.
async fn planned(file: &Path, global: &Global, output: &Output) -> Result<(Covered, Disclosure), Error> {
    let saved = read_saved(file)?;
    let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::Declared).await?;
    let plan = previewed(&saved, &session, global, output)?;
    let progress = Progress::spinner(output, "Asking AWS what is in force");
    let facts = inventory::facts(&session.clients, session.sides.facts.roles.clone()).await?;
    let facts = inventory::named_whole(&session.clients, facts).await;
    let extent = Extent::of(&facts);
    let have = read(&session.clients, &facts, &extent).await;
    let disclosure = session.disclosure.clone();
    let (desired, live) = (&session.sides.desired, &session.sides.live);
    let mut want = have.after(Planned { actions: &plan.actions, desired, live });
    pointed_besides(&session.clients, &facts, &cells(&extent), &mut want).await;
    drop(progress);
    let grids = [&have, &want].map(|ground| Grid::of(ground, &facts, &extent));
    let shown = Shown { facts: &facts, extent: &extent, disclosure: &disclosure };
    let [now, then] = [(&have, &grids[0]), (&want, &grids[1])].map(|(ground, grid)| Side { ground, grid });
    let mut covered = Covered::of(shown, now, Some(then));
    covered.unseen.extend(blind(&plan, &disclosure));
    covered.held = held(&plan, &disclosure);
    session.close().await;
    Ok((covered, disclosure))
}

/// What decides in each cell of the extent.
async fn read(clients: &Clients, facts: &Facts, extent: &Extent) -> Ground {
    bearing(clients, facts, &cells(extent)).await
}

fn cells(extent: &Extent) -> Vec<Cell<'_>> {
    let cells = extent.accounts.iter().flat_map(|account| {
        extent.regions.iter().map(|region| Cell { account: &account.id, region, model: None, role: None })
    });
    cells.collect()
}
