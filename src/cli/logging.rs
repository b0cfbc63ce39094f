//! Logs on standard error.

use std::io;

use tracing_subscriber::EnvFilter;

use super::args::{Global, LogFormat};

/// Starts logging as `-v` and `--log-format` say. A second start in one process is without effect.
pub(crate) fn start(global: &Global) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        // What the SDK warns of is in the error that follows.
        (false, 0) => "error,bedrail=warn,bedrail_localstack=warn",
        (false, 1) => "warn,bedrail=info",
        (false, 2) => "warn,bedrail=debug,bedrail_localstack=info",
        (false, _) => "debug,bedrail=trace,bedrail_localstack=trace",
    };
    let logs = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(level)).with_writer(io::stderr);
    let started = match global.log_format {
        LogFormat::Json => logs.json().try_init(),
        LogFormat::Text => logs.without_time().with_target(false).with_ansi(false).try_init(),
    };
    drop(started);
}
