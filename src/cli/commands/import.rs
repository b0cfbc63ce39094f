use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::cli::args::{self, Global};
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::new_files::write_new;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::sandbox::Local;
use crate::cli::session;
use crate::import::source::{self, Format, Given};
use crate::import::{Home, Imported, Weight, import, live};
use crate::inventory::{Inventory, Wanted, take};
use crate::load;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{AccountId, Facts, Organization, Partition, Readings, Region, Unavailable, organizations_region};
use crate::report::clean;
use crate::spec::decode::TextRule;
use crate::spec::selector::Selector;
use crate::spec::sources::Sources;
use crate::spec::top::StackName;

/// Prints a spec for what exists
///
/// Reads guardrails, their versions, resource policies, policies of the
/// organization with their attachments, account enforcement and invocation
/// logging, and prints the spec that declares them. Changes nothing. Applying
/// the result with `--adopt` changes nothing but marks.
///
///   bedrail import --accounts all --regions us-east-1,eu-west-1 --out spec
///   bedrail plan -f spec --adopt
///
/// With `--from` it converts a file instead and asks AWS nothing: a request or
/// answer of the API, a `CloudFormation` template (parameters by `--var` and
/// `--var-file`, worked out for each of `--regions`), or Terraform's state or
/// `terraform show -json`. What could not be carried over is told on standard
/// error and in a comment of the spec, first of all what makes the spec protect
/// less than its source.
///
/// Exit codes: 0 done, 1 nothing could be carried over, 3 there is a spec in
/// DIR already, 5 something could not be carried over or read, 64 a Region or a
/// parameter that is not known.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The file to convert, with `--from`
    #[arg(value_name = "FILE", requires = "from")]
    file: Option<PathBuf>,
    /// Converts FILE, which is of this kind
    #[arg(long, value_name = "KIND", requires = "file")]
    from: Option<Source>,
    /// Writes the files of a spec into DIR, where there is none yet
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Accounts: `all`, ids, `account:<name>`, `ou:<path>`. Default: the caller's
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',', value_parser = Selector::of_argument, conflicts_with = "from")]
    accounts: Vec<Selector>,
    /// Regions. Default: every one that answers; with `--from`, what the file tells
    #[arg(long, value_name = "REGION", value_delimiter = ',', value_parser = region)]
    regions: Vec<Option<Region>>,
    /// The stack of the spec; what carries its mark keeps its key
    #[arg(long, value_name = "NAME", default_value = "imported", value_parser = stack)]
    stack: String,
    /// The role by which other accounts are entered
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    role: Option<String>,
    /// With `--from`: the account that manages the organization, where the file does not tell it
    #[arg(long, value_name = "ACCOUNT", requires = "from")]
    management_account: Option<AccountId>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Source {
    /// A request of `CreateGuardrail`, or an answer of `GetGuardrail`, as JSON.
    Api,
    /// A template, as YAML or JSON.
    #[value(name = "cloudformation")]
    CloudFormation,
    /// A state, or what `terraform show -json` prints.
    Terraform,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        global.format(&[("text", ())])?;
        let imported = match (&self.from, &self.file) {
            (Some(kind), Some(file)) => self.convert(*kind, file, global, output)?,
            _ => self.read(global, output).await?,
        };
        for note in &imported.notes {
            let word = if note.weight == Weight::Weaker { "warning" } else { "note" };
            output.say(&clean::line(&format!("{word}: {note}")));
        }
        if imported.is_empty && !(imported.notes.is_empty() && self.from.is_none()) {
            return Err(Error::NothingImported);
        }
        match &self.out {
            None => output.result(&imported.text)?,
            Some(folder) => {
                for path in write_new(folder, &imported.files)? {
                    output.result(&(clean::line(&path.display().to_string()) + "\n"))?;
                }
            }
        }
        if !imported.is_partial() {
            return Ok(Exit::Done);
        }
        Err(Error::ImportedInPart { weaker: imported.count(Weight::Weaker), lost: imported.count(Weight::Lost) })
    }

    fn regions(&self) -> BTreeSet<Region> {
        self.regions.iter().flatten().cloned().collect()
    }

    async fn read(&self, global: &Global, output: &Output) -> Result<Imported, Error> {
        if let Some(folder) = &self.out {
            crate::cli::new_files::check(folder)?;
        }
        let wanted = Wanted {
            accounts: self.accounts.clone(),
            regions: self.regions(),
            role: self.role.clone(),
            session: session::session_name_of(&self.stack),
            stack: self.stack.clone(),
        };
        let progress = Progress::spinner(output, "Asking AWS what there is");
        let local = Local::asked_for(global.sandbox.as_deref()).await?;
        let connection = session::bare_connection(global, self.regions().into_iter().next(), local.as_ref());
        // Its future is large, and the command's would be as large.
        let inventory = Box::pin(take(connection, &wanted)).await;
        drop(progress);
        let inventory = inventory.map_err(|failure| Error::Inventory(Box::new(failure)))?;
        let imported = self.spec_of(inventory, output);
        if let Some(local) = local {
            local.close().await;
        }
        Ok(imported)
    }

    fn spec_of(&self, inventory: Inventory, output: &Output) -> Imported {
        let Inventory { facts, accounts, readings } = inventory;
        let (absent, refused) = unseen(&readings);
        if let Some(refused) = &refused {
            output.say(&clean::line(&format!("note: {refused}")));
        }
        let accounts: Vec<&str> = accounts.iter().map(AccountId::as_str).collect();
        let home = Home {
            stack: self.stack.clone(),
            said: format!("Written by `bedrail import` from what exists in {}.", accounts.join(", ")),
            account: Some(facts.caller.account.clone()),
            organization: facts.organization.clone(),
            is_member: true,
            member_role: self.role.clone(),
            regions: self.default_regions(Some(&facts)),
            remarks: absent.into_iter().chain(refused).collect(),
        };
        import(live::stock(readings, &self.stack), &home, Some(&facts))
    }

    fn default_regions(&self, facts: Option<&Facts>) -> BTreeSet<Region> {
        let named = self.regions();
        if !named.is_empty() {
            return named;
        }
        let aws = Partition::new("aws");
        BTreeSet::from([organizations_region(facts.map_or(&aws, |facts| &facts.caller.partition))])
    }

    fn convert(&self, kind: Source, file: &Path, global: &Global, output: &Output) -> Result<Imported, Error> {
        let format = match kind {
            Source::Api => Format::Api,
            Source::CloudFormation => Format::CloudFormation,
            Source::Terraform => Format::Terraform,
        };
        let name = if file.as_os_str() == "-" { "<stdin>".to_owned() } else { file.display().to_string() };
        let text =
            if file.as_os_str() == "-" { load::text_of(std::io::stdin().lock(), &name) } else { load::text(file) };
        let (mut sources, mut faults) = (Sources::new(), Diagnostics::new());
        let given = Given { parameters: parameters(global, &mut sources, &mut faults), regions: self.regions() };
        let found = match text {
            Ok(_) if faults.has_errors() => None,
            Ok(text) => source::read(format, (&name, &text), &given, &mut sources, &mut faults),
            Err(fault) => {
                let code = fault.code;
                // The advice is about the files of a spec.
                faults.push(Diagnostic { help: None, ..*fault }.maybe_help(source::advice(format, code)));
                None
            }
        };
        let Some(found) = found else {
            let faults = faults.sorted();
            output.diagnostics(&faults, &sources);
            return Err(Error::Spec(faults));
        };
        let mut remarks = found.remarks;
        let tells = found.stock.guardrails.iter().any(|guardrail| guardrail.place.region.is_some());
        if !tells && self.regions.is_empty() {
            remarks.push("The source tells no Region: choose the `regions`, or convert with `--regions`.".to_owned());
        }
        let is_member = self.management_account.is_some();
        let given = self.management_account.clone().map(|account| (String::new(), account));
        let organization = found.organization.or(given).map(|(id, account)| Organization::known(id, account));
        let home = Home {
            stack: self.stack.clone(),
            said: format!("Written by `bedrail import --from {}` from {}.", format.word(), file_name(&name)),
            account: found.account,
            organization,
            is_member,
            member_role: None,
            regions: self.default_regions(None),
            remarks,
        };
        Ok(import(found.stock, &home, None))
    }
}

/// The parameters of a template that the command line gives: what is named there goes before files.
fn parameters(global: &Global, sources: &mut Sources, faults: &mut Diagnostics) -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    for path in &global.var_file {
        match load::text(path) {
            Ok(text) => {
                let name = path.display().to_string();
                given.extend(source::parameters((&name, &text), sources, faults).unwrap_or_default());
            }
            Err(fault) => faults.push(Diagnostic { help: None, ..*fault }),
        }
    }
    let named = global.var.iter().filter_map(|argument| argument.split_once('='));
    given.extend(named.map(|(name, value)| (name.to_owned(), value.to_owned())));
    given
}

/// A Region by its name; `None` for all of them.
fn region(text: &str) -> Result<Option<Region>, String> {
    if text == "all" { Ok(None) } else { args::region(text).map(Some) }
}

/// The Regions in which there is nothing to read, and those that refused.
fn unseen(readings: &Readings) -> (Option<String>, Option<String>) {
    let names = |of: &[Unavailable]| {
        let names: BTreeSet<&str> = of.iter().map(|one| one.scope.region_name()).collect();
        (!names.is_empty()).then(|| names.into_iter().collect::<Vec<_>>().join(", "))
    };
    let absent =
        names(&readings.unavailable).map(|names| format!("Not enabled everywhere, or without Bedrock: {names}."));
    let refused = names(&readings.not_scanned).zip(readings.not_scanned.first());
    let refused = refused.map(|(names, first)| {
        format!(
            "Refused to be read, so that what is there was not seen: {names} ({}).",
            first.why.trim_end_matches('.')
        )
    });
    (absent, refused)
}

/// The file without its folder: what is written is the same on every machine.
fn file_name(name: &str) -> &str {
    Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or(name)
}

fn stack(text: &str) -> Result<String, String> {
    match StackName::fault(text) {
        Some((_, fault)) => Err(fault),
        None => Ok(text.to_owned()),
    }
}
