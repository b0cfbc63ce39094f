//! More guardrails.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::content::Content;
use super::state::{Bedrock, Guardrail, Revision};
use crate::clock::Millis;
use crate::ids::Ids;
use crate::tracked::Entities;
use crate::world::Scope;

/// 2025-01-06T00:00:00Z.
const CREATED: Millis = 1_736_121_600_000;

impl Bedrock {
    /// The number of guardrails.
    pub(crate) fn size(&self) -> usize {
        self.guardrails.len()
    }

    /// Adds so many guardrails, with one to three versions each.
    pub(crate) fn grow(&mut self, guardrails: usize, scope: &Scope, ids: &mut Ids) {
        let Scope { account, region } = scope;
        for number in 1..=guardrails {
            let content = content(number);
            let id = ids.lower(&format!("guardrail/{account}/{region}/{}", content.name), 12);
            let revision = Revision { content, created_at: CREATED, updated_at: CREATED, change: None };
            let mut versions = Entities::new();
            for version in 1..=u32::try_from(number % 3).unwrap_or_default() + 1 {
                versions.insert(version, revision.clone());
            }
            let published = versions.keys().last().copied().unwrap_or_default();
            let tags = BTreeMap::from([("team".to_owned(), format!("team-{}", number % 7))]);
            let guardrail =
                Guardrail { draft: revision.into(), versions, published: published.into(), tags: tags.into() };
            self.guardrails.insert(id, guardrail);
        }
    }
}

fn content(number: usize) -> Content {
    Content::read(&input(number)).expect("a valid request, which a test proves")
}

/// What a client would have sent.
fn input(number: usize) -> Map<String, Value> {
    let strength = ["LOW", "MEDIUM", "HIGH"][number % 3];
    let filter = |kind: &str, output: &str| json!({"type": kind, "inputStrength": strength, "outputStrength": output});
    let harmful = ["HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT"].map(|kind| filter(kind, strength));
    let filters: Vec<Value> = harmful.into_iter().chain([filter("PROMPT_ATTACK", "NONE")]).collect();
    let words: Vec<Value> = (1..=20).map(|word| json!({"text": format!("codename {number}-{word}")})).collect();
    let body = json!({
        "name": format!("guardrail-{number:03}"),
        "description": format!("Number {number} of those that were generated"),
        "blockedInputMessaging": "This request cannot be answered.",
        "blockedOutputsMessaging": "This answer cannot be shown.",
        "contentPolicyConfig": {"filtersConfig": filters},
        "topicPolicyConfig": {"topicsConfig": [{
            "name": format!("project-{number}"),
            "definition": format!("Anything about the unannounced project number {number}."),
            "examples": [format!("When will project {number} be announced?")],
            "type": "DENY",
        }]},
        "wordPolicyConfig": {"wordsConfig": words, "managedWordListsConfig": [{"type": "PROFANITY"}]},
        "sensitiveInformationPolicyConfig": {
            "piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE"}, {"type": "AWS_SECRET_KEY", "action": "BLOCK"}],
            "regexesConfig": [{"name": "ticket", "pattern": format!("T{number}-[0-9]+"), "action": "ANONYMIZE"}],
        },
    });
    match body {
        Value::Object(input) => input,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bedrock::{model, rules};
    use crate::shape;

    #[test]
    fn what_is_generated_could_have_been_sent() {
        for number in 1..=100 {
            let sent = Value::Object(input(number));
            let checked = shape::check(model::CREATE_GUARDRAIL, &sent).expect("within the model's bounds");
            assert_eq!(Value::Object(checked), sent, "and all of it is declared");
            rules::check(&content(number), "us-east-1").expect("within the rules");
        }
    }
}
