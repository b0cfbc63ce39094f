//! Changing the behaviour switches while the emulator runs.

use serde_json::Value;

use crate::config::Options;

/// The options with a partial update applied; a message if it names an unknown option or a wrong type.
pub(crate) fn merge(have: &Options, update: Value) -> Result<Options, String> {
    let mut merged = serde_json::to_value(have).map_err(|error| error.to_string())?;
    match (merged.as_object_mut(), update) {
        (Some(merged), Value::Object(update)) => merged.extend(update),
        _ => return Err("the options must be a JSON object".to_owned()),
    }
    serde_json::from_value(merged).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_update_changes_what_it_names() {
        let have = Options { latency_ms: 3, ..Options::default() };
        let refuse = json!([{"operation": "ListGuardrails", "region": "eu-west-1"}]);
        let options = merge(&have, json!({"transition_ms": 9, "refuse": refuse})).expect("valid");
        assert_eq!((options.latency_ms, options.transition_ms), (3, 9));
        assert_eq!((options.refuse[0].account.as_str(), options.refuse[0].region.as_str()), ("*", "eu-west-1"));
    }

    #[test]
    fn what_is_not_there_is_refused() {
        for (update, part) in [(json!({"latency": 1}), "unknown field `latency`"), (json!([]), "object")] {
            let message = merge(&Options::default(), update).expect_err("refused");
            assert!(message.contains(part), "{message}");
        }
    }
}
