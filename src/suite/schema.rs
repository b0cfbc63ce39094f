//! The JSON Schema of a suite, draft 7, put together from what the entries say of themselves.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value as Json, json};

use super::entry::SuiteEntry;

/// The schema of a suite.
pub fn schema() -> Json {
    let mut generator = SchemaSettings::draft07().into_generator();
    let mut root = SuiteEntry::json_schema(&mut generator);
    root.insert("patternProperties".to_owned(), json!({ "^x-": { "description": "For anchors; ignored." } }));
    root.insert("title".to_owned(), "bedrail test suite".into());
    for transform in generator.transforms_mut() {
        transform.transform(&mut root);
    }
    root.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    root.insert("definitions".to_owned(), Json::Object(generator.take_definitions(true)));
    let mut root = root.to_value();
    take_no_variables(&mut root);
    root
}

/// The entries of a spec let a `${…}` stand for many a value; in a suite it is text as any other.
fn take_no_variables(schema: &mut Json) {
    match schema {
        Json::Object(parts) => parts.values_mut().for_each(take_no_variables),
        Json::Array(parts) => parts.iter_mut().for_each(take_no_variables),
        _ => {}
    }
    let Some(parts) = schema.as_object_mut() else { return };
    if let Some(pattern) = parts.get_mut("pattern")
        && let Some(form) = pattern.as_str().and_then(|form| form.strip_suffix(r"|.*\$\{.*)$"))
    {
        *pattern = format!("{form})$").into();
    }
    let Some(Json::Array(forms)) = parts.get_mut("anyOf") else { return };
    forms.retain(|form| !form["pattern"].as_str().is_some_and(|form| form.contains(r"\$\{")));
    if let [Json::Object(only)] = &mut forms[..] {
        let only = std::mem::take(only);
        parts.remove("anyOf");
        parts.extend(only);
    }
}
