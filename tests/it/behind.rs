//! What somebody changes behind bedrail's back shows as drift of exactly that, and is put right with the fewest calls.

use std::collections::BTreeMap;

use bedrail::kinds::{Kind, Verb};
use bedrail::plan::{Options, Plan};
use serde_json::{Value, json};

use crate::support::{Sandbox, assert_in_sync};

const SPEC: &str = r#"
format: 1
stack: acme
organization: {management_account: "111122223333"}
regions: [us-east-1]
scan: {regions: declared}
guardrails:
  baseline:
    description: Company-wide baseline
    blocked_input_messaging: Sorry, this request is not allowed.
    blocked_outputs_messaging: Sorry, this answer is not available.
    kms_key_id: "arn:${partition}:kms:${region}:${account}:key/11111111-2222-3333-4444-555555555555"
    cross_region_profile: auto
    content_policy:
      tier: STANDARD
      filters:
        HATE: HIGH
        VIOLENCE: {input: HIGH, output: MEDIUM, input_modalities: [TEXT, IMAGE], input_action: BLOCK, output_action: NONE, output_enabled: false}
        PROMPT_ATTACK: HIGH
    topic_policy:
      topics:
        - {name: Legal advice, definition: Guidance on legal rights., examples: [Should I sue?, Can I appeal?]}
        - {name: Medical advice, definition: Guidance on treatments., input_action: NONE}
    word_policy:
      words: [internal-codename, {text: projectx, output_enabled: false}]
      managed_word_lists: [PROFANITY]
    sensitive_information_policy:
      pii_entities: {EMAIL: ANONYMIZE, PHONE: {action: BLOCK, output_action: ANONYMIZE}}
      regexes: [{name: claim, pattern: 'CLM-\d{8}', action: ANONYMIZE, description: Claim numbers}]
    contextual_grounding_policy: {GROUNDING: 0.75, RELEVANCE: {threshold: 0.5, action: NONE}}
    tags: {data-class: public}
versions:
  release-1: {guardrail: baseline, description: First release}
resource_policies:
  baseline: {guardrail: baseline, share_with: organization, actions: [ApplyGuardrail, GetGuardrail]}
org_policies:
  org:
    description: Baseline for everyone
    enforce:
      - guardrail: baseline
        version: release-1
        model_enforcement: {included_models: [ALL], excluded_models: ["amazon.titan-embed-text-v2:0"]}
    lock: true
    attach: [root, "333344445555"]
    tags: {owner: security}
account_enforcement:
  management: {guardrail: baseline, selective_content_guarding: {system: SELECTIVE}}
"#;

/// Calls that change something, by name.
async fn writes(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let reads = ["Get", "List", "Describe"];
    let is_write = |name: &str| !reads.iter().any(|read| name.split(':').nth(1).unwrap_or_default().starts_with(read));
    sandbox.counts().await.into_iter().filter(|(name, _)| is_write(name)).collect()
}

/// The one guardrail of the state.
pub(crate) fn guardrail(state: &mut Value) -> &mut Value {
    let guardrails = find(state, "guardrails").and_then(Value::as_object_mut).expect("guardrails");
    guardrails.values_mut().next().expect("a guardrail")
}

/// The first value under this key that is not empty, wherever it stands.
pub(crate) fn find<'a>(state: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    match state {
        Value::Object(entries) => {
            let here = entries
                .get(key)
                .is_some_and(|value| !matches!(value, Value::Object(map) if map.is_empty()) && !value.is_null());
            if here {
                return entries.get_mut(key);
            }
            entries.values_mut().find_map(|value| find(value, key))
        }
        Value::Array(items) => items.iter_mut().find_map(|value| find(value, key)),
        _ => None,
    }
}

/// Edits the state behind bedrail's back, and returns the plan that sees it.
async fn after(sandbox: &Sandbox, good: &Value, edit: impl FnOnce(&mut Value)) -> Plan {
    let mut state = good.clone();
    edit(&mut state);
    assert_ne!(&state, good, "the edit changes something");
    sandbox.control("PUT", "/_bedrail/state", &state).await;
    sandbox.plan(SPEC).await
}

/// Applies, and demands exactly these writes, and peace afterwards.
async fn repaired_with(sandbox: &Sandbox, what: &str, calls: &[(&str, usize)]) {
    sandbox.forget_requests().await;
    sandbox.apply(SPEC).await;
    let expected: BTreeMap<String, usize> = calls.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    assert_eq!(writes(sandbox).await, expected, "{what}");
    assert_in_sync(&sandbox.plan(SPEC).await, what);
}

async fn applied() -> (Sandbox, Value) {
    let sandbox = Sandbox::start().await;
    sandbox.apply(SPEC).await;
    assert_in_sync(&sandbox.plan(SPEC).await, SPEC);
    let good = sandbox.control("GET", "/_bedrail/state", &Value::Null).await;
    (sandbox, good)
}

/// Another value that AWS could hold in place of a leaf; `None` for what names the entry it stands in.
fn another(key: &str, leaf: &Value) -> Option<Value> {
    let word = |word: &str| match word {
        "HIGH" | "NONE" => Some("LOW"),
        "LOW" | "MEDIUM" => Some("HIGH"),
        "ANONYMIZE" => Some("BLOCK"),
        "CLASSIC" => Some("STANDARD"),
        "STANDARD" => Some("CLASSIC"),
        _ => None,
    };
    match (key, leaf) {
        ("type" | "crossRegionDetails" | "guardrailProfileArn" | "guardrailProfileId", _) => None,
        (key, Value::String(text)) if key.ends_with("Action") || key == "action" => {
            Some(json!(if text == "NONE" { "BLOCK" } else { "NONE" }))
        }
        (key, _) if key.ends_with("Modalities") => None,
        (_, Value::String(text)) if word(text).is_some() => word(text).map(Value::from),
        ("kmsKeyArn", Value::String(text)) => Some(json!(text.replace("1111", "2222"))),
        (_, Value::String(text)) => Some(json!(format!("{text}x"))),
        (_, Value::Bool(value)) => Some(json!(!value)),
        (_, Value::Number(number)) => Some(json!(number.as_f64().expect("a number") + 0.01)),
        _ => None,
    }
}

/// JSON pointers of the leaves and list elements below `value`.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_guardrail() {
    let (sandbox, good) = applied().await;
    let mut copy = good.clone();
    let content = guardrail(&mut copy)["draft"]["content"].clone();
    let mut pointers = Vec::new();
    places(&content, "", &mut pointers);
    let mut edited = 0;
    for pointer in pointers {
        let keys: Vec<&str> = pointer.split('/').collect();
        let key = keys.iter().rev().find(|key| key.parse::<usize>().is_err()).copied().unwrap_or_default();
        let Some(changed) = another(key, content.pointer(&pointer).expect("a leaf")) else { continue };
        let plan = after(&sandbox, &good, |state| {
            *guardrail(state)["draft"]["content"].pointer_mut(&pointer).expect("a leaf") = changed;
        })
        .await;
        let [action] = plan.actions.as_slice() else {
            panic!("{pointer}: {:?} {:?} {:?}", plan.actions, plan.held, plan.blind)
        };
        assert_eq!((action.address.kind, action.verb), (Kind::Guardrail, Verb::Update), "{pointer}");
        // A name is where an entry is looked for, so another name is one entry less and one more.
        let most = if ["name", "text"].contains(&key) && keys.len() > 2 { usize::MAX } else { 1 };
        assert!((1..=most).contains(&action.fields.len()), "{pointer}: {:?}", action.fields);
        edited += 1;
        if edited % 4 == 1 {
            repaired_with(&sandbox, &pointer, &[("bedrock:UpdateGuardrail", 1)]).await;
        }
    }
    assert!(edited > 45, "only {edited} fields were edited");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_policy_of_a_guardrail_that_goes() {
    let (sandbox, good) = applied().await;
    let mut copy = good.clone();
    let content = guardrail(&mut copy)["draft"]["content"].clone();
    let optional = |key: &&String| {
        key.ends_with("Policy") || ["description", "kmsKeyArn", "crossRegionDetails"].contains(&key.as_str())
    };
    for key in content.as_object().expect("an object").keys().filter(optional) {
        let plan = after(&sandbox, &good, |state| {
            guardrail(state)["draft"]["content"].as_object_mut().expect("an object").remove(key);
        })
        .await;
        assert_eq!(plan.actions.len(), 1, "{key}: {:?} {:?}", plan.actions, plan.held);
        repaired_with(&sandbox, key, &[("bedrock:UpdateGuardrail", 1)]).await;
    }
}

/// Operations, each with how often it is called.
type Calls = &'static [(&'static str, usize)];

/// The tags of a guardrail as the local AWS keeps them.
type Tags = serde_json::Map<String, Value>;

/// What somebody does to what AWS holds.
type Edit<T> = fn(&mut T);

#[tokio::test(flavor = "multi_thread")]
async fn tags_one_by_one() {
    let (sandbox, good) = applied().await;
    let edits: [(&str, Edit<Tags>, Calls); 3] = [
        ("a value", |tags| drop(tags.insert("data-class".into(), json!("secret"))), &[("bedrock:TagResource", 1)]),
        ("a tag less", |tags| drop(tags.remove("data-class")), &[("bedrock:TagResource", 1)]),
        ("a tag more", |tags| drop(tags.insert("extra".into(), json!("x"))), &[("bedrock:UntagResource", 1)]),
    ];
    for (what, edit, calls) in edits {
        let plan = after(&sandbox, &good, |state| edit(guardrail(state)["tags"].as_object_mut().expect("tags"))).await;
        assert_eq!(plan.actions.len(), 1, "{what}");
        assert!(plan.actions[0].fields.iter().all(|field| field.path.starts_with("tags.")), "{what}");
        repaired_with(&sandbox, what, calls).await;
    }
    // AWS's own tags are nobody's business.
    let mut state = good.clone();
    guardrail(&mut state)["tags"]["aws:cloudformation:stack-name"] = json!("x");
    sandbox.control("PUT", "/_bedrail/state", &state).await;
    assert_in_sync(&sandbox.plan(SPEC).await, "aws tags");
}

#[expect(clippy::too_many_lines, reason = "a table: one edit after the other")]
#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_the_chain() {
    let (sandbox, good) = applied().await;
    let edits: Vec<(&str, Edit<Value>, &str, Calls)> = vec![
        (
            "the resource policy, by a character",
            |state| {
                for document in
                    find(state, "resource_policies").and_then(Value::as_object_mut).expect("policies").values_mut()
                {
                    let text = document.as_str().expect("text");
                    if text.contains(":guardrail/") {
                        *document = json!(text.replace("bedrock:GetGuardrail", "bedrock:ApplyGuardrail"));
                    }
                }
            },
            "update resource-policy baseline",
            &[("bedrock:PutResourcePolicy", 1)],
        ),
        (
            "the resource policy, wholly",
            |state| {
                find(state, "resource_policies")
                    .and_then(Value::as_object_mut)
                    .expect("policies")
                    .retain(|arn, _| !arn.contains(":guardrail/"));
            },
            "create resource-policy baseline",
            &[("bedrock:PutResourcePolicy", 1)],
        ),
        (
            "the enforcement's guarding",
            |state| {
                let both = json!({"system": "COMPREHENSIVE", "messages": "COMPREHENSIVE"});
                find(state, "enforced").expect("enforced")["selectiveContentGuarding"] = both;
            },
            "update account-enforcement account",
            &[("bedrock:PutEnforcedGuardrailConfiguration", 1)],
        ),
        (
            "the enforcement's models",
            |state| {
                find(state, "enforced").expect("enforced")["modelEnforcement"] =
                    json!({"includedModels": ["ALL"], "excludedModels": ["amazon.nova-pro-v1:0"]});
            },
            "update account-enforcement account",
            &[("bedrock:PutEnforcedGuardrailConfiguration", 1)],
        ),
        (
            "the enforcement, wholly",
            |state| *find(state, "enforced").expect("enforced") = Value::Null,
            "create account-enforcement account",
            &[("bedrock:PutEnforcedGuardrailConfiguration", 1)],
        ),
        (
            "the policy's name",
            |state| policy(state)["name"] = json!("renamed"),
            "update org-policy org",
            &[("organizations:UpdatePolicy", 1)],
        ),
        (
            "the policy's description",
            |state| policy(state)["description"] = json!(""),
            "update org-policy org",
            &[("organizations:UpdatePolicy", 1)],
        ),
        (
            "the policy's text",
            |state| {
                let text = policy(state)["content"].as_str().expect("text").replace("comprehensive", "selective");
                policy(state)["content"] = json!(text);
            },
            "update org-policy org",
            &[("organizations:UpdatePolicy", 1)],
        ),
        (
            "the policy's lock",
            |state| {
                let text = policy(state)["content"].as_str().expect("text").replace("@@none", "@@all");
                policy(state)["content"] = json!(text);
            },
            "update org-policy org",
            &[("organizations:UpdatePolicy", 1)],
        ),
        (
            "an attachment less",
            |state| {
                let attachments = find(state, "attachments").and_then(Value::as_object_mut).expect("attachments");
                attachments.remove("333344445555");
            },
            "create org-policy-attachment org:333344445555",
            &[("organizations:AttachPolicy", 1)],
        ),
        (
            "an attachment more",
            |state| {
                let attachments = find(state, "attachments").and_then(Value::as_object_mut).expect("attachments");
                let same = attachments["333344445555"].clone();
                attachments.insert("444455556666".to_owned(), same);
            },
            "delete org-policy-attachment org:444455556666",
            &[("organizations:DetachPolicy", 1)],
        ),
    ];
    for (what, edit, step, calls) in edits {
        let plan = after(&sandbox, &good, edit).await;
        assert_eq!(crate::support::steps(&plan), [step], "{what}: {:?} {:?}", plan.held, plan.blind);
        repaired_with(&sandbox, what, calls).await;
    }
}

/// The one policy of the state.
pub(crate) fn policy(state: &mut Value) -> &mut Value {
    find(state, "policies").and_then(Value::as_object_mut).and_then(|all| all.values_mut().next()).expect("a policy")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_that_somebody_deleted_comes_back_with_everything_that_hung_on_it() {
    let (sandbox, good) = applied().await;
    let plan = after(&sandbox, &good, |state| {
        find(state, "guardrails").and_then(Value::as_object_mut).expect("guardrails").clear();
        find(state, "resource_policies")
            .and_then(Value::as_object_mut)
            .expect("policies")
            .retain(|arn, _| !arn.contains(":guardrail/"));
    })
    .await;
    let made: Vec<_> = plan.actions.iter().map(|action| (action.verb, action.address.kind)).collect();
    assert_eq!(made[0], (Verb::Create, Kind::Guardrail), "{made:?} {:?}", plan.held);
    // What an enforcement points at is gone, and with it the proof that it is ours: taking it over is for the user to say.
    let adopt = Options { adopt: true, ..Options::default() };
    let (_, outcome) = sandbox.apply_with(SPEC, &adopt).await;
    assert!(outcome.is_complete(), "{:?}", outcome.failed);
    assert_in_sync(&sandbox.plan(SPEC).await, "the guardrail is back");
}
