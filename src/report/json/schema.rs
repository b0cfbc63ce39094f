//! The JSON Schemas of what `plan`, `drift`, `explain`, `coverage`, `verify`, `readiness` and `test` print, draft 7; `docs/schemas` publishes them.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::coverage::{self, Covered};
use super::explain::{self, Explained};
use super::{CHECKS_VERSION, FORMAT_VERSION, JsonChecks, PlanFile, TestReport};

/// What `plan --format json` prints and `plan --out` saves.
pub fn plan() -> Value {
    let mut schema = of_both("bedrail plan");
    // Those of drift.
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove("findings");
    }
    if let Some(definitions) = schema["definitions"].as_object_mut() {
        definitions.retain(|name, _| !["Finding", "FindingKind", "Ignored"].contains(&name.as_str()));
    }
    schema
}

/// What `drift --format json` prints, and hands to the command of `--on-drift-exec`.
pub fn drift() -> Value {
    let mut schema = of_both("bedrail drift");
    schema["properties"]["findings"] = json!({
        "type": "array",
        "description": "What differs, the gravest first.",
        "items": { "$ref": "#/definitions/Finding" },
    });
    if let Some(required) = schema["required"].as_array_mut() {
        required.push("findings".into());
    }
    schema
}

/// What `explain --format json` prints.
pub fn explain() -> Value {
    of::<Explained>("bedrail explain", explain::FORMAT_VERSION)
}

/// What `coverage --format json` prints.
pub fn coverage() -> Value {
    of::<Covered>("bedrail coverage", coverage::FORMAT_VERSION)
}

/// What `verify --format json` prints.
pub fn verify() -> Value {
    of_checks("verify")
}

/// What `readiness --format json` prints.
pub fn readiness() -> Value {
    of_checks("readiness")
}

fn of_checks(command: &str) -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<JsonChecks>().to_value();
    schema["title"] = format!("bedrail {command}, format {CHECKS_VERSION}").into();
    schema["properties"]["format_version"]["const"] = CHECKS_VERSION.into();
    schema["properties"]["command"]["const"] = command.into();
    schema
}

/// What `test --format json` prints.
pub fn results() -> Value {
    versioned::<TestReport>("bedrail test")
}

fn of_both(title: &str) -> Value {
    versioned::<PlanFile>(title)
}

fn versioned<T: JsonSchema>(title: &str) -> Value {
    of::<T>(title, FORMAT_VERSION)
}

fn of<T: JsonSchema>(title: &str, version: &str) -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value();
    schema["title"] = format!("{title}, format {version}").into();
    schema["properties"]["format_version"]["const"] = version.into();
    schema
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::report::json::pretty;

    /// Each schema with the file that publishes it.
    fn published() -> [(PathBuf, String); 9] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
        let schemas = [
            ("plan", plan()),
            ("drift", drift()),
            ("explain", explain()),
            ("coverage", coverage()),
            ("drift.ignore", crate::drift::schema()),
            ("verify", verify()),
            ("readiness", readiness()),
            ("results", results()),
            ("prices", crate::suite::trial::prices_schema()),
        ];
        schemas.map(|(name, schema)| (folder.join(format!("{name}.schema.json")), pretty(&schema)))
    }

    #[test]
    fn the_published_schemas_are_those_that_are_printed() {
        for (file, schema) in published() {
            let written = fs::read_to_string(&file).unwrap();
            assert_eq!(written, schema, "write it with `cargo test --lib write_schemas -- --ignored`");
            assert!(jsonschema::draft7::meta::is_valid(&serde_json::from_str(&schema).unwrap()), "{}", file.display());
        }
    }

    #[test]
    #[ignore = "writes docs/schemas"]
    fn write_schemas() {
        for (file, schema) in published() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, schema).unwrap();
        }
    }
}
