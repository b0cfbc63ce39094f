//! The JSON Schema of a suite, draft 7, put together from what the entries say of themselves.

use serde_json::{Value as Json, json};

use super::entry::SuiteEntry;
use crate::spec::schema::literal;

/// The schema of a suite.
pub fn schema() -> Json {
    literal::<SuiteEntry>("bedrail test suite", Some(json!({ "^x-": { "description": "For anchors; ignored." } })))
}
