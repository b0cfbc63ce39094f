use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::{self, Checked};
use crate::lint::{self, Findings, Kind, Looked};
use crate::load;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::report::diagnostics::{Form, Lint};
use crate::spec::sources::Sources;

/// Finds bad practice in policies, guardrails and the spec
///
/// Looks at the files that are named: IAM and service control policies,
/// resource policies of guardrails, Bedrock policies, guardrails and enforced
/// configurations, as JSON or YAML, alone, in lists, or in templates of
/// `CloudFormation`. `-` is the standard input. Without files it looks at the
/// spec. Each finding has a code, which docs/lint.md explains, and what to
/// write instead. Nothing is asked of AWS.
///
/// What cannot be read is named, and everything else is looked at all the same.
///
/// Exit codes: 0 no findings, 2 findings, 1 something that cannot be read.
///
///   bedrail lint policies/*.json
///   bedrail lint -f examples/organization
///   bedrail iam apply-role | bedrail lint -
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The documents; without any, the spec
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What each document is; by default told by what it says. The policy of a VPC endpoint may say the same as one on a
    /// guardrail
    #[arg(long, value_name = "KIND", requires = "files")]
    kind: Option<Said>,
}

/// What documents are said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Said {
    /// A policy of a role, a user or a group.
    Identity,
    /// A service control policy.
    ServiceControl,
    /// A resource policy on a guardrail or a guardrail profile.
    GuardrailPolicy,
    /// The policy of a VPC endpoint.
    Endpoint,
    /// The trust policy of a role.
    Trust,
    /// A Bedrock policy of an organization.
    Bedrock,
    /// A guardrail.
    Guardrail,
    /// The enforced configuration of an account.
    Enforcement,
}

impl From<Said> for Kind {
    fn from(said: Said) -> Self {
        match said {
            Said::Identity => Self::Principals,
            Said::ServiceControl => Self::Control,
            Said::GuardrailPolicy => Self::GuardrailPolicy,
            Said::Endpoint => Self::Endpoint,
            Said::Trust => Self::Trust,
            Said::Bedrock => Self::Bedrock,
            Said::Guardrail => Self::Guardrail,
            Said::Enforcement => Self::Enforcement,
        }
    }
}

/// What was looked at.
struct Linted {
    sources: Sources,
    documents: usize,
    findings: Findings,
    faults: Diagnostics,
}

impl Args {
    pub(crate) fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let forms = [("text", None), ("json", Some(Form::Json)), ("sarif", Some(Form::Sarif))];
        let form = global.format(&forms)?;
        let linted =
            if self.files.is_empty() { the_spec(global) } else { files(&self.files, self.kind.map(Kind::from)) };
        let Linted { sources, documents, findings, faults } = &linted;
        if form.is_none() {
            output.diagnostics(faults, sources);
        }
        let report = Lint { findings, faults, documents: *documents, sources };
        output.result(&report.render(form.unwrap_or(Form::Text(output.paint())), output.width()))?;
        Ok(match (faults.has_errors(), findings.is_empty()) {
            (true, _) => Exit::at_fault(faults),
            (false, false) => Exit::Differs,
            (false, true) => Exit::Done,
        })
    }
}

/// The spec, unless it is at fault: what `validate` says comes first.
fn the_spec(global: &Global) -> Linted {
    let Checked { sources, spec, diagnostics } = session::check(global);
    if diagnostics.has_errors() {
        return Linted { sources, documents: 0, findings: Findings::default(), faults: diagnostics };
    }
    let findings = lint::spec(&spec);
    Linted { sources, documents: 1, findings, faults: Diagnostics::new() }
}

/// Each file, whatever is wrong with the others.
fn files(paths: &[PathBuf], kind: Option<Kind>) -> Linted {
    let (mut sources, mut findings, mut faults) = (Sources::new(), Findings::default(), Diagnostics::new());
    let mut documents = 0;
    for path in paths {
        match file(path, kind, &mut sources) {
            Ok(looked) => {
                documents += looked.kinds.len();
                findings.extend(looked.findings);
                faults.extend(looked.faults);
            }
            Err(fault) => faults.push(*fault),
        }
    }
    Linted { sources, documents, findings, faults }
}

/// What came of looking at a file that could be read.
fn file(path: &Path, kind: Option<Kind>, sources: &mut Sources) -> Result<Looked, Box<Diagnostic>> {
    let piped = path == Path::new("-");
    let name = if piped { "<stdin>".to_owned() } else { path.display().to_string() };
    let text = if piped { load::text_of(std::io::stdin().lock(), &name) } else { load::text(path) };
    // The advice is about the files of a spec.
    let text = text.map_err(|fault| Box::new(Diagnostic { help: None, ..*fault }))?;
    let source = sources.add(name, text);
    Ok(lint::document(source, sources.text(source), kind))
}
