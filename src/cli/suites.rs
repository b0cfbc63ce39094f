//! Suites as commands take them: from files, beside the spec, and with who answers.

use std::path::PathBuf;

use super::args::Global;
use super::session::{self, Checked};
use crate::load;
use crate::report::trial::Answering;
use crate::suite::Loaded;

/// A suite with its images, and the file that it is from.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) file: String,
    pub(crate) loaded: Loaded,
}

/// The suites, as far as they are sound. Their faults, and what of them does not fit the spec, are among those of the check.
pub(crate) fn load(paths: &[PathBuf], checked: &mut Checked) -> Vec<Named> {
    let Checked { sources, spec, diagnostics } = checked;
    let mut suites = Vec::new();
    for path in paths {
        let read = load::suite::load(path, sources, diagnostics);
        read.outline.check_against(spec, diagnostics);
        suites.extend(read.loaded.map(|loaded| Named { file: path.display().to_string(), loaded }));
    }
    *diagnostics = std::mem::take(diagnostics).sorted();
    suites
}

/// Who answers: AWS, unless the flags or the environment say that somebody else does.
pub(crate) fn answering(global: &Global) -> Answering {
    if global.sandbox.is_some() {
        return Answering::Sandbox;
    }
    let environment = session::environment();
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty()).cloned();
    let of_environment = || set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME").or_else(|| set("AWS_ENDPOINT_URL"));
    global.endpoint_url.clone().or_else(of_environment).map_or(Answering::Aws, Answering::Endpoint)
}

/// A pace of requests.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && rate <= 10_000.0 => Ok(rate),
        _ => Err("a number of requests per second, more than 0 and at most 10000".to_owned()),
    }
}
