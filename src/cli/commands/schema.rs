use clap::ValueEnum;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::report::json::{self, AuditLine, pretty};
use crate::{drift, spec, suite};

/// Prints a JSON Schema
///
/// Of the spec, of a test suite, of a price table or of a list of what drift
/// ignores (for editors), of the JSON that `plan`, `drift`, `explain`,
/// `coverage`, `verify`, `readiness` and `test` print, or of a line that
/// `--audit-log` appends. All are draft-07.
///
///   bedrail schema > bedrail.schema.json
///   bedrail schema test > bedrail.test.schema.json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Of what
    #[arg(value_name = "WHAT", default_value = "spec")]
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The YAML of a spec.
    Spec,
    /// The YAML of a test suite.
    Test,
    /// What `plan --format json` prints and `plan --out` saves.
    Plan,
    /// What `drift --format json` prints.
    Drift,
    /// What `explain --format json` prints.
    Explain,
    /// What `coverage --format json` prints.
    Coverage,
    /// What `verify --format json` prints.
    Verify,
    /// What `readiness --format json` prints.
    Readiness,
    /// What `test --format json` prints.
    Results,
    /// The YAML of what `test --prices` reckons with.
    Prices,
    /// The YAML of a `drift.ignore.yaml`.
    Ignore,
    /// A line of what `apply --audit-log` appends.
    Audit,
}

impl Args {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Error> {
        let schema = match self.what {
            What::Spec => spec::schema::schema(),
            What::Test => suite::schema::schema(),
            What::Plan => json::schema::plan(),
            What::Drift => json::schema::drift(),
            What::Explain => json::schema::explain(),
            What::Coverage => json::schema::coverage(),
            What::Verify => json::schema::verify(),
            What::Readiness => json::schema::readiness(),
            What::Results => json::schema::results(),
            What::Prices => suite::trial::prices_schema(),
            What::Ignore => drift::schema(),
            What::Audit => draft07::<AuditLine>(),
        };
        output.result(&pretty(&schema))?;
        Ok(Exit::Done)
    }
}

fn draft07<T: JsonSchema>() -> serde_json::Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value()
}
