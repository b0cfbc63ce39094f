use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::aws::Access;
use crate::cli::args::{Global, Scan};
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::hand_on::hand_on;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::drift::{self, Drift, IgnoreList, Invocation};
use crate::live;
use crate::load;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::{Options, Warning};
use crate::report::drift::{Places, junit, sarif};
use crate::report::json::{self, pretty};
use crate::report::{markdown, text};
use crate::spec::sources::Sources;
use crate::spec::top::ScanAccounts;

/// Tells what has changed behind bedrail's back
///
/// Compares AWS with the spec given, for a timer to run: changes nothing,
/// whatever the credentials allow. Each finding has an id that stays the same
/// for as long as the difference lasts, and says what to type.
///
///   bedrail drift --sandbox -f examples/organization
///   bedrail drift --format sarif --output drift.sarif
///   bedrail drift --on-drift-exec 'jq .summary | mail -s drift ops@example.com'
///
/// `--format` is text, markdown, json, sarif (for code scanning) or junit (for
/// test reports).
///
/// What somebody has agreed to leave alone stands in `drift.ignore.yaml`: an
/// address, maybe a path, a reason, an owner and the day on which it expires.
///
/// Exits with 0 if all is in sync, or ignored; with 2 if something differs; with
/// 1 if something could not be read and nothing is known to differ, or if the
/// command of `--on-drift-exec` fails. What is not ours changes no exit code
/// unless it hides what is.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// List of what to leave alone. Default: `drift.ignore.yaml` beside the spec, else in this folder; there need be none
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// Command to run if something differs, by `sh -c` (on Windows `cmd /C`), with the JSON of `--format json` on its standard
    /// input. Nothing else is handed to it: no text from AWS or the spec is part of the command. What it writes goes to
    /// standard error
    #[arg(long, value_name = "CMD", value_parser = NonEmptyStringValueParser::new())]
    on_drift_exec: Option<String>,
    /// Size of the markdown, cut from its least important part
    #[arg(long, value_name = "N", default_value_t = 60_000)]
    max_bytes: usize,
}

/// The forms of the report.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Text,
    Json,
    Markdown,
    Sarif,
    Junit,
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let forms = [
            ("text", Form::Text),
            ("markdown", Form::Markdown),
            ("json", Form::Json),
            ("sarif", Form::Sarif),
            ("junit", Form::Junit),
        ];
        let form = global.format(&forms)?;
        let mut agreed = Agreed::read(self.ignore.as_deref(), &global.spec, output)?;
        let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::All).await?;
        let mut plan = session.plan(global, &Options::default(), output)?;
        let sides = &session.sides;
        let beside = live::beside(&session.clients, &sides.live, &sides.facts, global.patience()).await;
        let mut drift = drift::find(&plan, &beside, &invocation(global), &global.target);
        plan.blind.extend(beside.blind);
        plan.warnings.extend(beside.warnings);
        let told = agreed.apply(&mut drift, output);
        if form != Form::Text {
            // In a terminal they stand below the report already.
            plan.warnings.extend(told.iter().cloned());
        }
        let disclosure = &session.disclosure;
        let json = || pretty(&json::drift(&plan, &drift, disclosure));
        let report = match form {
            Form::Text => text::drift(&plan, &drift, session.look(output)),
            Form::Json => json(),
            Form::Markdown => markdown::drift(&plan, &drift, disclosure, &session.beyond, self.max_bytes),
            Form::Sarif => {
                let places = Places { desired: &sides.desired, sources: session.sources() };
                sarif(&drift, places, disclosure)
            }
            Form::Junit => junit(&plan, &drift, disclosure),
        };
        output.result(&report)?;
        let exit = match (drift.differs(), plan.blind.is_empty()) {
            (true, _) => Exit::Differs,
            (false, false) => Exit::Failed,
            (false, true) => Exit::Done,
        };
        let handed_on = self.on_drift_exec.filter(|_| drift.differs()).map(|command| (command, json()));
        session.close().await;
        if let Some((command, json)) = handed_on {
            hand_on(command, json).await?;
        }
        Ok(exit)
    }
}

/// The list of what is ignored, with its text.
struct Agreed {
    list: IgnoreList,
    sources: Sources,
}

/// What the list is called where nothing else is said.
const LIST: &str = "drift.ignore.yaml";

impl Agreed {
    /// Reads the list that is named, or the one beside the spec or in this folder, if there is one.
    fn read(named: Option<&Path>, spec: &[PathBuf], output: &Output) -> Result<Self, Error> {
        let mut sources = Sources::new();
        let none = |sources| Ok(Self { list: IgnoreList::default(), sources });
        let Some(path) = named.map(Path::to_owned).or_else(|| beside(spec)) else { return none(sources) };
        let mut faults = Diagnostics::new();
        let list = match load::text(&path) {
            Ok(text) => {
                let source = sources.add(path.display().to_string(), text);
                drift::read(source, sources.text(source), &mut faults)
            }
            Err(fault) => {
                // The advice is about the files of a spec.
                faults.push(Diagnostic { help: None, ..*fault });
                None
            }
        };
        let faults = faults.sorted();
        output.diagnostics(&faults, &sources);
        list.map(|list| Self { list, sources }).ok_or(Error::Spec(faults))
    }

    /// Marks what is ignored, and tells of entries that do nothing.
    fn apply(&mut self, drift: &mut Drift, output: &Output) -> Vec<Warning> {
        let told = self.list.apply(&mut drift.findings, today()).sorted();
        output.diagnostics(&told, &self.sources);
        let place = |one: &Diagnostic| {
            one.span.map(|span| format!("{}:{}: ", self.sources.name(span.source), self.sources.position(span).line))
        };
        let help = |one: &Diagnostic| one.help.as_ref().map(|help| format!("; {help}"));
        let warning = |one: &Diagnostic| Warning {
            code: one.code.id(),
            message: format!("{}{}{}", place(one).unwrap_or_default(), one.message, help(one).unwrap_or_default()),
            address: None,
        };
        told.iter().map(warning).collect()
    }
}

fn beside(spec: &[PathBuf]) -> Option<PathBuf> {
    let folder = |path: &PathBuf| {
        if path.is_dir() { path.clone() } else { path.parent().map(Path::to_owned).unwrap_or_default() }
    };
    let folders = spec.iter().map(folder).chain([PathBuf::new()]);
    folders.map(|folder| folder.join(LIST)).find(|list| list.is_file())
}

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// The flags that another command needs to see the same. Values of variables may be secret, and stay out.
fn invocation(global: &Global) -> Invocation {
    let mut words = Vec::new();
    let mut flag = |name: &str, value: String| words.extend([name.to_owned(), value]);
    let path = |path: &PathBuf| path.display().to_string();
    if global.spec != [PathBuf::from("bedrail.yaml")] {
        global.spec.iter().for_each(|spec| flag("-f", path(spec)));
    }
    global.env.iter().for_each(|env| flag("--env", env.clone()));
    global.var_file.iter().for_each(|file| flag("--var-file", path(file)));
    global.profile.iter().for_each(|profile| flag("--profile", profile.clone()));
    if global.scan == Some(Scan::All) {
        flag("--scan", "all".to_owned());
    }
    if let Some(folder) = &global.sandbox {
        let is_default = folder == Path::new(crate::cli::sandbox::FOLDER);
        words.push(if is_default { "--sandbox".to_owned() } else { format!("--sandbox={}", path(folder)) });
    }
    Invocation::new(words)
}
