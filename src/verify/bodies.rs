//! The bodies of invocations: each family of models has its own form (Bedrock user guide, "model-parameters").

use serde_json::{Value, json};

/// How long an answer may get, in tokens.
const TOKENS: u32 = 16;

/// What says `prompt` to a model, by its id, that of a profile, or an ARN; `None` for a family whose form this release does not
/// know.
pub(super) fn body(model: &str, prompt: &str) -> Option<Value> {
    // An id may stand behind the geography of a profile, and in an ARN behind a slash.
    let id = model.rsplit('/').next().unwrap_or(model);
    let is =
        |family: &str| id.starts_with(family) || id.split_once('.').is_some_and(|(_, rest)| rest.starts_with(family));
    let said = || json!([{"role": "user", "content": prompt}]);
    let parts = || json!([{"role": "user", "content": [{"type": "text", "text": prompt}]}]);
    Some(if is("anthropic.") {
        json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": TOKENS, "messages": parts()})
    } else if is("amazon.nova") {
        json!({"messages": [{"role": "user", "content": [{"text": prompt}]}], "inferenceConfig": {"maxTokens": TOKENS}})
    } else if is("amazon.titan-text") || is("amazon.titan-tg1") {
        json!({"inputText": prompt, "textGenerationConfig": {"maxTokenCount": TOKENS}})
    } else if is("meta.llama") {
        json!({"prompt": prompt, "max_gen_len": TOKENS})
    } else if is("mistral.mistral-7b") || is("mistral.mixtral") || is("mistral.mistral-large-2402") {
        json!({"prompt": format!("<s>[INST] {prompt} [/INST]"), "max_tokens": TOKENS})
    } else if is("cohere.command-r") {
        json!({"message": prompt, "max_tokens": TOKENS})
    } else if is("ai21.jamba") {
        json!({"messages": said(), "max_tokens": TOKENS})
    } else if is("openai.") {
        json!({"messages": said(), "max_completion_tokens": TOKENS})
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_known_by_id_profile_and_arn() {
        for (model, member) in [
            ("anthropic.claude-3-5-sonnet-20240620-v1:0", "anthropic_version"),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic_version"),
            ("amazon.nova-lite-v1:0", "inferenceConfig"),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-text-express-v1", "inputText"),
            (
                "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.meta.llama3-3-70b-instruct-v1:0",
                "max_gen_len",
            ),
            ("mistral.mistral-7b-instruct-v0:2", "prompt"),
            ("openai.gpt-oss-120b-1:0", "max_completion_tokens"),
        ] {
            let body = body(model, "Hello").unwrap_or_else(|| panic!("{model}"));
            assert!(body.get(member).is_some() && body.to_string().contains("Hello"), "{model}: {body}");
        }
        assert_eq!(body("amazon.titan-embed-text-v2:0", "Hello"), None);
        assert_eq!(body("somebody.new-v1:0", "Hello"), None);
    }
}
