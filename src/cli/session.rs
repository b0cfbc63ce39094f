//! The way from the files of a spec to a plan, the same for every command.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::{Global, Scan};
use super::error::Error;
use super::output::Output;
use super::progress::Progress;
use super::sandbox::Local;
use crate::aws::{Access, Clients, Connection, Retries};
use crate::load;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{AccountId, Desired, Digest, Region};
use crate::plan::{Options, Plan, unmatched};
use crate::reconcile::{Failure, Sides, roles};
use crate::report::{Disclosure, Look};
use crate::spec::decode::Reading;
use crate::spec::interpolate::{Environment, given, given_file};
use crate::spec::lower;
use crate::spec::sources::Sources;
use crate::spec::top::ScanAccounts;
use crate::spec::{Input, Spec, read};

/// A spec, read and checked offline.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Its texts.
    pub(crate) sources: Sources,
    /// What they say; to be used only if there are no errors.
    pub(crate) spec: Spec,
    /// What is wrong with it, in the order of place.
    pub(crate) diagnostics: Diagnostics,
}

impl Checked {
    /// Shows what is wrong with it, and goes on with it if no error is.
    ///
    /// # Errors
    /// A spec at fault.
    pub(crate) fn shown(self, output: &Output) -> Result<Self, Error> {
        output.hide(&self.spec.secrets);
        output.diagnostics(&self.diagnostics, &self.sources);
        if self.diagnostics.has_errors() { Err(Error::Spec(self.diagnostics)) } else { Ok(self) }
    }
}

/// Reads and checks the spec that the flags name. Asks AWS nothing.
pub(crate) fn check(global: &Global) -> Checked {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let files = load::load(&global.spec, &mut sources, &mut diagnostics);
    let mut variables = Vec::new();
    for path in &global.var_file {
        match load::text(path) {
            Ok(text) => {
                let source = sources.add(path.display().to_string(), text);
                let mut reading = Reading::default();
                variables.extend(given_file(source, &sources, &mut reading));
                diagnostics.extend(reading.diagnostics);
            }
            // The advice is about the files of a spec.
            Err(fault) => diagnostics.push(Diagnostic { help: None, ..*fault }),
        }
    }
    // The last of a name counts, so that the command line goes before files.
    for argument in &global.var {
        match given(argument, &mut sources) {
            Ok(variable) => variables.push(variable),
            Err(fault) => diagnostics.push(*fault),
        }
    }
    let environment = environment();
    let input = Input {
        sources: &sources,
        files: &files,
        given: variables,
        environment: &environment,
        env: global.env.as_deref(),
    };
    let spec = read(input, &mut diagnostics);
    // Without any file there is nothing that a rule could be about.
    if !files.is_empty() {
        lower::check(&spec, &mut diagnostics);
    }
    Checked { sources, spec, diagnostics: diagnostics.sorted() }
}

/// The same for a command that also does without a spec: what the missing file would be at fault for is no matter there.
pub(crate) fn check_if_there(global: &Global) -> Checked {
    if !is_without_spec(global) {
        return check(global);
    }
    let none = Global { spec: Vec::new(), ..global.clone() };
    Checked { diagnostics: Diagnostics::new(), ..check(&none) }
}

/// Whether the spec is only looked for by default, and is not there.
pub(crate) fn is_without_spec(global: &Global) -> bool {
    matches!(global.spec.as_slice(), [only] if only == Path::new("bedrail.yaml") && !only.exists())
}

/// Shows what AWS revealed of a spec, less what was `shown` of it already.
pub(crate) fn show_more(more: Diagnostics, shown: &Diagnostics, sources: &Sources, output: &Output) {
    let known = |one: &Diagnostic| shown.iter().any(|other| other == one);
    output.diagnostics(&more.into_iter().filter(|one| !known(one)).collect(), sources);
}

/// Variables whose name or value is not Unicode cannot be named in a spec.
pub(crate) fn environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Everything that a command may need of a run.
#[derive(Debug)]
pub(crate) struct Session {
    /// The clients of the caller.
    pub(crate) clients: Clients,
    /// What the spec wants and what AWS has.
    pub(crate) sides: Sides,
    /// What may be shown.
    pub(crate) disclosure: Disclosure,
    /// The accounts of the organization that were not looked into.
    pub(crate) beyond: Vec<AccountId>,
    /// The spec.
    pub(crate) spec: Spec,
    sources: Sources,
    local: Option<Local>,
}

impl Session {
    /// Checks the spec, asks who calls, and reads what the spec makes necessary. Shows what is wrong with the spec. `scan`
    /// says whose accounts are scanned where neither flag nor spec does.
    ///
    /// # Errors
    /// A spec at fault, before any call; an unusable caller. A read that fails is a blind spot of the sides.
    pub(crate) async fn open(
        global: &Global,
        output: &Output,
        access: Access,
        scan: ScanAccounts,
    ) -> Result<Self, Error> {
        // Its future is large, and every command's would be as large.
        Box::pin(Self::of(check(global), global, output, access, scan)).await
    }

    /// The same for a spec that was checked, perhaps with what stands beside it.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub(crate) async fn of(
        checked: Checked,
        global: &Global,
        output: &Output,
        access: Access,
        scan: ScanAccounts,
    ) -> Result<Self, Error> {
        let Checked { sources, mut spec, diagnostics } = checked.shown(output)?;
        spec.scan_accounts = scanned(global, &spec, scan);
        let progress = Progress::spinner(output, "Asking AWS what there is");
        let local = Local::asked_for(global.sandbox.as_deref()).await?;
        let connection =
            Connection { roles: roles(&spec, session_name(&spec)), ..connection(global, &spec, local.as_ref()) };
        let clients = connection.open(access).await?;
        let mut more = Diagnostics::new();
        let sides = Sides::read(&spec, &clients, &mut more).await;
        drop(progress);
        let sides = sides.map_err(|failure| failed(failure, &sources, output))?;
        show_more(more, &diagnostics, &sources, output);
        let disclosure = Disclosure { content: global.show_content, secrets: sides.desired.secrets.clone() };
        let beyond = sides.beyond();
        Ok(Self { clients, sides, disclosure, beyond, spec, sources, local })
    }

    /// What there is to do.
    ///
    /// # Errors
    /// Faults of the spec that only AWS reveals; a target that names nothing.
    pub(crate) fn plan(&self, global: &Global, chosen: &Options, output: &Output) -> Result<Plan, Error> {
        let unknown = unmatched(&global.target, &self.sides.desired, &self.sides.live);
        if !unknown.is_empty() {
            return Err(Error::NoTarget(unknown.into_iter().map(str::to_owned).collect()));
        }
        let options = Options { targets: global.target.clone(), ..chosen.clone() };
        let spec = digest(&self.sides.desired);
        self.sides.plan(&options, spec).map_err(|failure| failed(failure, &self.sources, output))
    }

    /// The texts of the spec.
    pub(crate) const fn sources(&self) -> &Sources {
        &self.sources
    }

    /// How results look.
    pub(crate) fn look(&self, output: &Output) -> Look<'_> {
        Look { style: output.style(), width: output.width(), disclosure: &self.disclosure, beyond: &self.beyond }
    }

    /// Ends the run.
    pub(crate) async fn close(self) {
        if let Some(local) = self.local {
            local.close().await;
        }
    }
}

pub(crate) fn connection(global: &Global, spec: &Spec, local: Option<&Local>) -> Connection {
    let region = spec.top.as_ref().and_then(|top| top.regions.first()).map(|region| region.value.clone());
    bare_connection(global, region, local)
}

/// The same where there is no spec; `region` is the one to ask who calls where nothing names one.
pub(crate) fn bare_connection(global: &Global, region: Option<Region>, local: Option<&Local>) -> Connection {
    if let Some(connection) = local.and_then(|local| local.served.connection(global.parallelism)) {
        return connection;
    }
    Connection {
        profile: global.profile.clone(),
        endpoint_url: global.endpoint_url.clone(),
        region,
        sandbox: None,
        parallelism: global.parallelism,
        retries: Retries::default(),
        roles: None,
    }
}

/// Whose accounts the scan looks into: the command line decides, then the spec, then the command.
pub(crate) fn scanned(global: &Global, spec: &Spec, default: ScanAccounts) -> Option<ScanAccounts> {
    let scan = spec.top.as_ref().and_then(|top| top.scan.as_ref());
    let written = scan.is_some_and(|scan| scan.accounts.is_some());
    match global.scan {
        Some(Scan::All) => Some(ScanAccounts::All),
        Some(Scan::Declared) => Some(ScanAccounts::Declared),
        None if written => None,
        None => Some(default),
    }
}

/// What `CloudTrail` calls the sessions of this run: at most 64 characters, of which the stack gets what the rest leaves.
pub(crate) fn session_name(spec: &Spec) -> String {
    session_name_of(spec.top.as_ref().map_or("", |top| top.stack.as_str()))
}

/// The same for a stack of this name.
pub(crate) fn session_name_of(stack: &str) -> String {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let run = format!("{time}-{}", std::process::id());
    let room = 64 - "bedrail--".len() - run.len();
    format!("bedrail-{}-{run}", stack.get(..room).unwrap_or(stack))
}

fn failed(failure: Failure, sources: &Sources, output: &Output) -> Error {
    match failure {
        Failure::Facts(error) => Error::Facts(error),
        Failure::Spec(faults) => {
            let faults = faults.sorted();
            output.diagnostics(&faults, sources);
            Error::Spec(faults)
        }
    }
}

/// The identity of what the spec wants. Two texts that mean the same have the same, so that reordering a spec changes no
/// byte of its plan.
fn digest(desired: &Desired) -> Digest {
    let digest = |model: &crate::kinds::Model| Digest::of(&model.fields()).to_string();
    let wanted = desired.resources.iter().map(|(address, wanted)| (address.to_string(), digest(&wanted.model)));
    Digest::of(&wanted.collect::<BTreeMap<_, _>>())
}
