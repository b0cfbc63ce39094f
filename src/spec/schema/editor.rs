//! What editors want of the schema beyond what a validator wants: see docs/editors.md. Nothing here changes which specs it takes,
//! but for the files of a folder.

use serde_json::{Map, Value as Json, json};

/// What stands beside a reference and only explains it.
const EXPLAINS: [&str; 4] = ["description", "title", "default", "examples"];

/// Makes the schema of a spec, whose variables are not in yet, one that editors complete and explain well.
pub(super) fn prepare(root: &mut Json) {
    allow_parts(root);
    let definitions = root["definitions"].as_object().cloned().unwrap_or_default();
    for part in ["properties", "definitions"] {
        improve(&mut root[part], &definitions);
    }
}

/// A spec may be a folder, one file of which says what it is; the others are parts. So nothing is missing in a file that says
/// neither which format nor which stack.
fn allow_parts(root: &mut Json) {
    let Some(root) = root.as_object_mut() else { return };
    let Some(required) = root.remove("required") else { return };
    root.insert("if".to_owned(), json!({ "anyOf": [{ "required": ["format"] }, { "required": ["stack"] }] }));
    root.insert("then".to_owned(), json!({ "required": required }));
}

fn improve(schema: &mut Json, definitions: &Map<String, Json>) {
    match schema {
        Json::Object(keywords) => {
            refer(keywords);
            if explains_nothing(keywords) {
                keywords.remove("description");
            }
            // What is said of a map as a whole tells the default of its short form.
            let described = keywords.get("description").filter(|_| !keywords.contains_key("properties"));
            let default = described.and_then(Json::as_str).and_then(told);
            if let Some(default) = default {
                let lists = is_list(&Json::Object(keywords.clone()), definitions);
                keywords.insert("default".to_owned(), if lists { json!([default]) } else { default });
            }
            for (keyword, value) in keywords.iter_mut() {
                if keyword != "default" {
                    improve(value, definitions);
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| improve(item, definitions)),
        _ => {}
    }
}

/// Writes a choice of one reference as that reference. Draft 7 lets validators ignore what stands beside a reference, which is
/// fine for what only explains; and language servers, which do not look into a choice, then know what is to be typed.
fn refer(keywords: &mut Map<String, Json>) {
    let explained = keywords.keys().all(|keyword| keyword == "allOf" || EXPLAINS.contains(&keyword.as_str()));
    let Some([only]) = keywords.get("allOf").and_then(Json::as_array).map(Vec::as_slice) else { return };
    let Some(target) = only.get("$ref").filter(|_| explained && only.as_object().is_some_and(|one| one.len() == 1))
    else {
        return;
    };
    let target = target.clone();
    keywords.remove("allOf");
    keywords.insert("$ref".to_owned(), target);
}

/// Whether a value is described by nothing but itself, which editors would show in place of what the key is for.
fn explains_nothing(keywords: &Map<String, Json>) -> bool {
    let value = keywords.get("const").and_then(Json::as_str);
    value.is_some_and(|value| keywords.get("description").is_some_and(|words| *words == format!("`{value}`")))
}

/// The default that a description tells: `CLASSIC (default), …` or `… Default: 10; …`. What depends on something else is none.
fn told(description: &str) -> Option<Json> {
    let first = |text: &str| text.split([' ', '.', ';', ',']).next().unwrap_or_default().to_owned();
    let word = if let Some((_, rest)) = description.split_once("Default: ") {
        if rest.starts_with('`') { rest.split('`').nth(1)?.to_owned() } else { first(rest) }
    } else {
        let (before, after) = description.split_once(" (default")?;
        let stands = after.starts_with(')') || after.starts_with(';');
        let last = before.rsplit([' ', ',']).next().filter(|_| stands)?;
        return Some(json!(last.trim_matches('`')));
    };
    match word.as_str() {
        "true" => Some(json!(true)),
        "false" => Some(json!(false)),
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse::<u64>().ok().map(Json::from),
        // A name of AWS. Others name keys of the spec, or begin a sentence.
        name if description.contains(&format!("Default: `{name}`")) => {
            let is_name = name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            is_name.then(|| json!(name))
        }
        _ => None,
    }
}

/// Whether a value is a list, or a list first of all.
fn is_list(schema: &Json, definitions: &Map<String, Json>) -> bool {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/definitions/")) {
        return definitions.get(name).is_some_and(|definition| is_list(definition, definitions));
    }
    let choices = ["anyOf", "oneOf", "allOf"].into_iter().find_map(|keyword| schema[keyword].as_array());
    match choices {
        Some(choices) => choices.first().is_some_and(|first| is_list(first, definitions)),
        None => schema["type"] == "array",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_what_the_descriptions_tell() {
        for (description, default) in [
            ("CLASSIC (default), or STANDARD, which needs `cross_region_profile`.", json!("CLASSIC")),
            ("Model ids, or `ALL` (default; an empty list says the same).", json!("ALL")),
            ("Begins and ends with `/` (default). With another one it is another policy.", json!("/")),
            ("Whether prompts are examined. Default: true.", json!(true)),
            ("How many stay. Default: 10; AWS allows 20 versions in all.", json!(10)),
            ("The role. Default: `OrganizationAccountAccessRole`.", json!("OrganizationAccountAccessRole")),
        ] {
            assert_eq!(told(description), Some(default), "{description}");
        }
        for none in [
            "What happens to a prompt. Default: `action`.",
            "AWS's name. Default: `<stack>-<key>`.",
            "Its Regions. Default: the top-level `regions`.",
            "Of `require_guardrail`: `any` (default: any numbered version), or `current`.",
            "`management` (default with an organization), or the caller's account.",
            "The role assumed by callers outside of it. No default.",
        ] {
            assert_eq!(told(none), None, "{none}");
        }
    }

    #[test]
    fn a_choice_of_one_reference_is_that_reference() {
        let mut schema = json!({"definitions": {"Word": {"type": "string"}}, "required": ["format"], "properties": {
            "word": {"allOf": [{"$ref": "#/definitions/Word"}], "description": "A word."},
            "one": {"const": "STANDARD", "description": "`STANDARD`"},
            "short": {"allOf": [{"$ref": "#/definitions/Word"}], "maxLength": 3},
        }});
        prepare(&mut schema);
        assert_eq!(schema["properties"]["word"], json!({"$ref": "#/definitions/Word", "description": "A word."}));
        assert_eq!(schema["properties"]["one"], json!({"const": "STANDARD"}));
        assert!(schema["properties"]["short"]["allOf"].is_array(), "a bound stands beside it");
        assert_eq!(schema["then"], json!({"required": ["format"]}));
    }
}
