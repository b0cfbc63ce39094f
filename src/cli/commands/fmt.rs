use std::path::{Path, PathBuf};

use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::{Output, rewrite_file};
use crate::load;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::report::clean;
use crate::report::format::diff;
use crate::spec::format::format;
use crate::spec::sources::Sources;

/// Formats the files of the spec, keeping comments
///
/// Indents by two, puts one space where one belongs, and leaves keys in their
/// order, comments and anchors in their place. What is written is read again
/// before: a file that would say anything else is left as it is, and so are all
/// others then. `-` formats standard input to standard output. Test suites, and
/// other YAML that is written as a spec is (one document, no tags, no `<<`), are
/// formatted where they are named.
///
/// Exit codes: 0 done, 1 a file that is no sound YAML, 5 some files were
/// rewritten and another could not be, and with `--check` 2 if a file would
/// change.
///
///   bedrail fmt -f examples/organization
///   bedrail fmt --check bedrail.yaml baseline.test.yaml
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The files and folders, or `-`; without any, the spec
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Changes nothing, and shows what would change
    #[arg(long)]
    check: bool,
}

/// One text, as it is and as it is to be.
struct Formatted {
    /// Where it is written to; none for standard input.
    path: Option<PathBuf>,
    name: String,
    have: String,
    want: String,
}

impl Args {
    pub(crate) fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        global.format(&[("text", ())])?;
        let paths = if self.paths.is_empty() { &global.spec } else { &self.paths };
        let (mut sources, mut faults) = (Sources::new(), Diagnostics::new());
        let formatted = if paths.iter().any(|path| is_standard_input(path)) {
            if paths.len() > 1 {
                return Err(Error::Usage(
                    "`-` stands alone: it is read from one place and written to another".to_owned(),
                ));
            }
            let text = load::text_of(std::io::stdin().lock(), "<stdin>").map_err(|fault| *fault);
            Vec::from_iter(read(None, "<stdin>", text, &mut sources, &mut faults))
        } else {
            let files = load::files(paths, &mut faults);
            let read = |file: PathBuf| {
                let name = file.display().to_string();
                // The advice is about the files of a spec.
                let text = load::text(&file).map_err(|fault| Diagnostic { help: None, ..*fault });
                read(Some(file), &name, text, &mut sources, &mut faults)
            };
            files.into_iter().filter_map(read).collect()
        };
        if faults.has_errors() {
            let faults = faults.sorted();
            output.diagnostics(&faults, &sources);
            return Err(Error::Spec(faults));
        }
        if self.check { check(&formatted, output) } else { write(&formatted, output) }
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Formats a text, or reports why not.
fn read(
    path: Option<PathBuf>,
    name: &str,
    text: Result<String, Diagnostic>,
    sources: &mut Sources,
    faults: &mut Diagnostics,
) -> Option<Formatted> {
    let have = text.map_err(|fault| faults.push(fault)).ok()?;
    let source = sources.add(name, have.as_str());
    let want = format(source, &have, faults)?;
    Some(Formatted { path, name: name.to_owned(), have, want })
}

/// Shows what would change.
fn check(formatted: &[Formatted], output: &Output) -> Result<Exit, Error> {
    let changed: Vec<&Formatted> = formatted.iter().filter(|file| file.have != file.want).collect();
    let verdict = match (changed.len(), formatted.len()) {
        (0, 1) => "The file is formatted.".to_owned(),
        (0, all) => format!("All {all} files are formatted."),
        (1, 1) => "The file would change.".to_owned(),
        (some, all) => format!("{some} of {all} files would change."),
    };
    let diffs = changed.iter().map(|file| diff(&file.name, &file.have, &file.want, output.style()) + "\n");
    let shown = diffs.chain([verdict + "\n"]).collect::<String>();
    output.result(&shown)?;
    Ok(if changed.is_empty() { Exit::Done } else { Exit::Differs })
}

/// Writes what changes, and names it.
fn write(formatted: &[Formatted], output: &Output) -> Result<Exit, Error> {
    let (mut named, mut written) = (Vec::<String>::new(), Vec::new());
    for Formatted { path, name, have, want } in formatted {
        let Some(path) = path else {
            output.result(want)?;
            return Ok(Exit::Done);
        };
        if have != want {
            if let Err(fault) = rewrite_file(path, want.as_bytes()) {
                // What is done is told, whatever comes after.
                output.result(&named.concat())?;
                return Err(if named.is_empty() {
                    fault
                } else {
                    Error::SomeFiles { done: written, fault: Box::new(fault) }
                });
            }
            written.push(path.clone());
            named.push(clean::line(name) + "\n");
        }
    }
    output.result(&named.concat())?;
    Ok(Exit::Done)
}
