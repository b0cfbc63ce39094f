//! Random specs, valid by construction. JSON is YAML, so a spec is a JSON value that is written with its keys in any order.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

const STRENGTHS: [&str; 4] = ["NONE", "LOW", "MEDIUM", "HIGH"];
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

fn words(all: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    select(all)
}

fn object(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(
        entries.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.to_owned(), value)).collect(),
    )
}

fn content_policy() -> impl Strategy<Value = Value> {
    let filter = (words(&STRENGTHS[1..]), words(&STRENGTHS), any::<bool>(), any::<bool>());
    let kinds = subsequence(vec!["HATE", "INSULTS", "MISCONDUCT", "SEXUAL", "VIOLENCE"], 1..=5);
    (kinds, vec(filter, 5), option::of(words(&STRENGTHS[1..]))).prop_map(|(kinds, filters, attack)| {
        let mut all: Map<String, Value> = kinds
            .into_iter()
            .zip(filters)
            .map(|(kind, (input, output, long, enabled))| {
                let value = if long {
                    json!({"input": input, "output": output, "output_action": "NONE", "input_enabled": enabled})
                } else {
                    json!(input)
                };
                (kind.to_owned(), value)
            })
            .collect();
        if let Some(strength) = attack {
            all.insert("PROMPT_ATTACK".to_owned(), json!(strength));
        }
        json!({ "filters": all })
    })
}

fn topic_policy() -> impl Strategy<Value = Value> {
    let topic = ("[a-z]{3,12}", vec("[a-z ]{3,20}[a-z]", 0..=3), option::of(words(&["BLOCK", "NONE"])));
    btree_map("[A-Z][a-z]{2,9}", topic, 1..=4).prop_map(|topics| {
        let topic = |(name, (definition, examples, action))| {
            let examples: Vec<String> = examples;
            let examples = if examples.is_empty() { Value::Null } else { json!(examples) };
            object([
                ("name", json!(name)),
                ("definition", json!(definition)),
                ("examples", examples),
                ("input_action", json!(action)),
            ])
        };
        json!({ "topics": topics.into_iter().map(topic).collect::<Vec<_>>() })
    })
}

fn word_policy() -> impl Strategy<Value = Value> {
    (btree_set("[a-z]{3,10}", 1..=4), any::<bool>(), any::<bool>()).prop_map(|(texts, long, managed)| {
        let word = |text: String| if long { json!({"text": text, "output_enabled": false}) } else { json!(text) };
        let managed = if managed { json!(["PROFANITY"]) } else { Value::Null };
        object([("words", json!(texts.into_iter().map(word).collect::<Vec<_>>())), ("managed_word_lists", managed)])
    })
}

fn sensitive_information_policy() -> impl Strategy<Value = Value> {
    let actions = words(&["BLOCK", "ANONYMIZE", "NONE"]);
    let kinds = subsequence(vec!["EMAIL", "PHONE", "NAME", "US_SOCIAL_SECURITY_NUMBER", "URL"], 1..=5);
    let regexes = btree_map("[a-z]{3,8}", "[a-z]{3}[0-9]{2}", 0..=2);
    (kinds, vec((actions, any::<bool>()), 5), regexes).prop_map(|(kinds, actions, regexes)| {
        let pii: Map<String, Value> = kinds
            .into_iter()
            .zip(actions)
            .map(|(kind, (action, long))| {
                let value = if long { json!({"action": action, "output_action": "BLOCK"}) } else { json!(action) };
                (kind.to_owned(), value)
            })
            .collect();
        let regexes: Vec<Value> = regexes
            .into_iter()
            .map(|(name, pattern)| json!({"pattern": format!("{pattern}-{name}"), "action": "ANONYMIZE", "name": name}))
            .collect();
        let regexes = if regexes.is_empty() { Value::Null } else { json!(regexes) };
        object([("pii_entities", json!(pii)), ("regexes", regexes)])
    })
}

fn grounding_policy() -> impl Strategy<Value = Value> {
    (0_u32..100, option::of(0_u32..100)).prop_map(|(grounding, relevance)| {
        let relevance = relevance
            .map_or(Value::Null, |hundredths| json!({"threshold": f64::from(hundredths) / 100.0, "action": "NONE"}));
        object([("GROUNDING", json!(f64::from(grounding) / 100.0)), ("RELEVANCE", relevance)])
    })
}

fn guardrail() -> impl Strategy<Value = Value> {
    let policies = (
        content_policy(),
        option::of(topic_policy()),
        option::of(word_policy()),
        option::of(sensitive_information_policy()),
        option::of(grounding_policy()),
    );
    let other = (
        "[A-Za-z][A-Za-z ,.]{3,40}",
        option::of("[A-Za-z][a-z ]{3,20}[a-z]"),
        any::<bool>(),
        words(&["ENFORCE", "ENFORCE", "DETECT"]),
        btree_map("[a-z]{2,8}", "[a-z]{0,8}", 0..=2),
        0_u32..3,
    );
    (policies, other).prop_map(
        |((content, topics, words, sensitive, grounding), (message, description, profile, mode, tags, keep))| {
            object([
                ("blocked_input_messaging", json!(message)),
                ("blocked_outputs_messaging", json!("Sorry, this answer is not available.")),
                ("description", json!(description)),
                ("mode", json!(mode)),
                ("cross_region_profile", if profile { json!("auto") } else { Value::Null }),
                ("content_policy", content),
                ("topic_policy", json!(topics)),
                ("word_policy", json!(words)),
                ("sensitive_information_policy", json!(sensitive)),
                ("contextual_grounding_policy", json!(grounding)),
                ("tags", json!(tags)),
                ("keep_versions", json!(keep)),
            ])
        },
    )
}

fn guarding() -> impl Strategy<Value = Value> {
    option::of(words(&["SELECTIVE", "COMPREHENSIVE"])).prop_map(|system| match system {
        Some(system) => json!({ "system": system }),
        None => Value::Null,
    })
}

fn models() -> impl Strategy<Value = Value> {
    any::<bool>().prop_map(|some| {
        if some {
            json!({"included_models": ["ALL"], "excluded_models": ["amazon.titan-embed-text-v2:0"]})
        } else {
            Value::Null
        }
    })
}

/// A service control policy, or none.
fn control() -> impl Strategy<Value = Value> {
    let terms = (any::<bool>(), any::<bool>(), 0..4_usize);
    let nodes = subsequence(vec!["root", "ou:Sandbox", "ou:Workloads", "222233334444"], 1..=3);
    option::of((terms, nodes)).prop_map(|control| {
        let Some(((named, exempt, template), nodes)) = control else { return Value::Null };
        let template = ["require_guardrail", "protect_guardrails", "deny_bypass", "deny_unlisted_regions"][template];
        let requires = template == "require_guardrail";
        let principals = json!(["arn:aws:iam::*:role/OrganizationAccountAccessRole", "arn:aws:iam::*:role/BreakGlass"]);
        let guardrails = match (requires, named) {
            (_, true) if template == "deny_unlisted_regions" || requires => json!(["baseline"]),
            (true, _) => json!("any"),
            _ => Value::Null,
        };
        object([
            ("type", json!("SERVICE_CONTROL_POLICY")),
            ("template", json!(template)),
            ("guardrails", guardrails),
            ("except_models", if requires && exempt { json!(["amazon.titan-embed-*"]) } else { Value::Null }),
            ("exempt_principals", if exempt { principals } else { Value::Null }),
            ("attach", json!(nodes)),
        ])
    })
}

fn logging() -> Value {
    let log = json!({"log_group": "g", "role_arn": "arn:${partition}:iam::${account}:role/x",
        "large_data_delivery_s3": {"bucket": "large", "key_prefix": "a/"}});
    json!({"all": {"cloud_watch": log, "s3": {"bucket": "logs", "key_prefix": ""}, "data": ["IMAGE", "AUDIO", "TEXT"]}})
}

/// A policy of each template, some of them attached; a version that is called `key` stands for one of the spec. None reaches
/// beyond the home account, and none is in the way of what is enforced there.
fn iam_policies() -> impl Strategy<Value = Value> {
    let all = vec!["require", "any", "invoke", "apply", "manage", "raw"];
    let version = words(&["any", "current", "key"]);
    (subsequence(all, 0..=4), version, any::<bool>(), "[a-z]{2,6}").prop_map(move |(chosen, version, attached, tag)| {
        let entry = |name: &str| match name {
            "require" => object([
                ("template", json!("require_guardrail")),
                ("guardrails", json!(["baseline"])),
                ("version", json!(version)),
                ("path", json!("/bedrail/")),
                ("except_models", if tag.len() > 4 { json!([format!("{tag}.embed-*")]) } else { Value::Null }),
                ("attach_to_roles", if attached { json!(["app-role"]) } else { Value::Null }),
            ]),
            "any" => json!({"template": "require_guardrail", "guardrails": "any"}),
            "invoke" => {
                json!({"template": "invoke_models", "models": [format!("a.{tag}"), "us.a.b"], "regions": ["us-east-1"]})
            }
            "apply" => {
                json!({"template": "apply_guardrail", "guardrails": ["baseline"], "attach_to_roles": ["BedrailRead"]})
            }
            "manage" => json!({"template": "manage_guardrails", "tags": {"t": tag}}),
            _ => json!({"document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                "Action": "bedrock:ApplyGuardrail", "Resource": "${guardrail.baseline.arn}"}}}),
        };
        let entries: Map<String, Value> = chosen.into_iter().map(|name| (name.to_owned(), entry(name))).collect();
        if entries.is_empty() { Value::Null } else { json!(entries) }
    })
}

/// The same with this key in the place of `key`, or no version.
fn with_key(mut policies: Value, key: Option<&str>) -> Value {
    if let Some(version) = policies.pointer_mut("/require/version").filter(|version| *version == "key") {
        *version = key.map_or(json!("any"), |key| json!(key));
    }
    policies
}

/// A spec of the organization of the default seed. `release` names the keys of its versions, so that specs of different
/// releases never give one name to two contents.
pub(crate) fn spec(release: &'static str) -> impl Strategy<Value = Value> {
    let shape = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let targets =
        subsequence(vec!["root", "ou:Sandbox", "ou:Workloads/Prod", "account:sandbox-1", "333344445555"], 1..=3);
    let members = subsequence(vec!["ou:Sandbox", "account:payments-dev", "222233334444"], 0..=2);
    (guardrail(), guardrail(), shape, targets, guarding(), models(), (control(), iam_policies(), members)).prop_map(
        move |(baseline, second, shape, targets, guarding, models, (control, iam, members))| {
            let (named, two, locked, enforced, permits_get, logged) = shape;
            let key = format!("baseline-{release}");
            let version = if named { json!(key) } else { Value::Null };
            let iam = with_key(iam, named.then_some(key.as_str()));
            let enforce = object([
                ("guardrail", json!("baseline")),
                ("version", version.clone()),
                ("selective_content_guarding", guarding.clone()),
                ("model_enforcement", models.clone()),
            ]);
            let actions = if permits_get { json!(["ApplyGuardrail", "GetGuardrail"]) } else { Value::Null };
            let guardrails = if two { json!({"baseline": baseline, "second": second}) } else { json!({ "baseline": baseline }) };
            let enforcement = object([
                ("guardrail", json!(if two { "second" } else { "baseline" })),
                ("regions", json!(["us-east-1"])),
                ("selective_content_guarding", guarding),
                ("model_enforcement", models),
            ]);
            let enforcement = if enforced { enforcement } else { Value::Null };
            let members = if members.is_empty() {
                Value::Null
            } else {
                json!({"accounts": members, "regions": ["us-east-1"], "guardrail": "baseline"})
            };
            let policy = json!({"enforce": [enforce], "lock": locked, "attach": targets});
            object([
                ("format", json!(1)),
                ("stack", json!("acme")),
                ("organization", json!({"management_account": "111122223333"})),
                ("regions", json!(REGIONS)),
                // An account that is no longer selected keeps its enforcement until somebody looks there.
                ("scan", json!({"regions": "declared", "accounts": "all"})),
                ("guardrails", guardrails),
                ("versions", if named { json!({ key: {"guardrail": "baseline"} }) } else { Value::Null }),
                (
                    "resource_policies",
                    json!({"baseline": object([("guardrail", json!("baseline")), ("share_with", json!("organization")), ("actions", actions)])}),
                ),
                ("org_policies", object([("org", policy), ("deny", control)])),
                ("account_enforcement", object([("management", enforcement), ("members", members)])),
                // Another configuration would wait for `--adopt`, whoever wrote it.
                ("invocation_logging", if logged { logging() } else { Value::Null }),
                ("iam_policies", iam),
            ])
        },
    )
}

/// Random values that are the same for the same number.
pub(crate) fn known<T: std::fmt::Debug>(number: u64, strategy: impl Strategy<Value = T>) -> T {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    strategy.new_tree(&mut runner).expect("a value").current()
}

/// A spec, and two that follow it. What the two have in common is what people fight about, not the names of releases.
pub(crate) fn triple(number: u64) -> [Value; 3] {
    known(number, (enforcing("r1"), enforcing("r2"), enforcing("r3"))).into()
}

/// Parts of the organization of the default seed, none of which lies in another.
const PARTS: [&str; 4] = ["ou:Security", "ou:Workloads/Prod", "ou:Workloads/Dev", "ou:Sandbox"];
/// Nodes above and below those.
const OTHERS: [&str; 5] =
    ["root", "ou:Workloads", "account:sandbox-1", "account:payments-prod", "account:security-audit"];

/// What an org policy or an account enforces.
#[derive(Clone, Debug)]
struct Pointer {
    second: bool,
    named: bool,
    one_region: bool,
    guarding: Value,
    models: Value,
}

fn pointer() -> impl Strategy<Value = Pointer> {
    (any::<bool>(), any::<bool>(), any::<bool>(), guarding(), models()).prop_map(
        |(second, named, one_region, guarding, models)| Pointer { second, named, one_region, guarding, models },
    )
}

/// A spec of everything that enforces: up to three policies on the root, OUs and accounts, locked or not, with a version by
/// key, by number or of the current content; resource policies of every shape that reaches all members; an enforcement of
/// the account; what may not be destroyed; and how many versions are kept.
///
/// No two policies stand on one node. `release` is as for [`spec`].
pub(crate) fn enforcing(release: &'static str) -> impl Strategy<Value = Value> {
    let guardrails = (guardrail(), option::of(guardrail()), any::<[bool; 3]>());
    let nodes =
        (subsequence(PARTS.to_vec(), 0..=4), subsequence(OTHERS.to_vec(), 1..=3)).prop_map(|(parts, others)| {
            let all: Vec<&str> = parts.into_iter().chain(others).collect();
            all
        });
    let policies = vec((pointer(), any::<bool>()), 1..=3);
    let sharing = (vec(0..4_usize, 2), any::<bool>());
    (guardrails, nodes.prop_shuffle(), policies, option::of(pointer()), sharing, iam_policies()).prop_map(
        move |((baseline, second, [numbered, protect, keyed]), nodes, policies, account, (shapes, get), iam)| {
            let key = format!("baseline-{release}");
            let two = second.is_some();
            let mut baseline = baseline;
            if protect {
                baseline["prevent_destroy"] = json!(true);
            }
            let target = |pointer: &Pointer| {
                let second = two && pointer.second;
                let version = match (second, pointer.named) {
                    (false, true) if keyed => json!(key),
                    (false, true) if numbered && pointer.one_region => json!("first"),
                    _ => Value::Null,
                };
                object([
                    ("guardrail", json!(if second { "second" } else { "baseline" })),
                    ("version", version),
                    ("regions", if pointer.one_region { json!(["us-east-1"]) } else { Value::Null }),
                    ("selective_content_guarding", pointer.guarding.clone()),
                    ("model_enforcement", pointer.models.clone()),
                ])
            };
            // Below a lock nothing else may be said, so then no node lies in another's.
            let locked = policies.len() > 1 && policies.iter().any(|(_, lock)| *lock);
            let nodes: Vec<&str> = nodes.into_iter().filter(|node| !locked || PARTS.contains(node)).collect();
            let mut org_policies = Map::new();
            for (number, (pointer, lock)) in policies.iter().enumerate() {
                let attach: Vec<&str> = nodes.iter().skip(number).step_by(policies.len()).copied().collect();
                if !attach.is_empty() {
                    let policy = json!({"enforce": [target(pointer)], "lock": lock, "attach": attach});
                    org_policies.insert(format!("policy-{number}"), policy);
                }
            }
            let mut guardrails = json!({ "baseline": baseline });
            let mut shares = json!({ "baseline": shared("baseline", shapes[0], get) });
            if let Some(second) = second {
                guardrails["second"] = second;
                shares["second"] = shared("second", shapes[1], get);
            }
            let mut versions = Map::new();
            if keyed {
                versions.insert(key.clone(), json!({"guardrail": "baseline"}));
            }
            if numbered {
                versions.insert("first".to_owned(), json!({"guardrail": "baseline", "numbers": {"us-east-1": "1"}}));
            }
            object([
                ("format", json!(1)),
                ("stack", json!("acme")),
                ("organization", json!({"management_account": "111122223333"})),
                ("regions", json!(REGIONS)),
                // An account that is no longer selected keeps its enforcement until somebody looks there.
                ("scan", json!({"regions": "declared", "accounts": "all"})),
                ("guardrails", guardrails),
                ("versions", if versions.is_empty() { Value::Null } else { json!(versions) }),
                ("resource_policies", shares),
                ("org_policies", json!(org_policies)),
                (
                    "account_enforcement",
                    account.map_or(Value::Null, |pointer| json!({ "management": target(&pointer) })),
                ),
                ("iam_policies", with_key(iam, keyed.then_some(key.as_str()))),
            ])
        },
    )
}

/// A resource policy that permits every member account to apply the guardrail, written in one of four ways.
fn shared(guardrail: &str, shape: usize, get: bool) -> Value {
    let actions = if get { json!(["ApplyGuardrail", "GetGuardrail"]) } else { Value::Null };
    let share_with = match shape {
        0 => json!("organization"),
        1 => json!(["own_account", "organization"]),
        2 => json!({"organizational_units": ["ou:Security", "ou:Workloads", "ou:Sandbox"]}),
        _ => {
            return json!({"guardrail": guardrail, "document": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail",
                "Resource": format!("${{guardrail.{guardrail}.arn}}"),
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "${organization_id}"}},
            }]}});
        }
    };
    object([("guardrail", json!(guardrail)), ("share_with", share_with), ("actions", actions)])
}

/// The spec as YAML, its keys in the order of `seed`, and with it the lists whose order means nothing.
pub(crate) fn written(spec: &Value, seed: u64) -> String {
    let mut text = String::new();
    write(spec, "", seed, &mut text);
    text
}

/// Lists that are sets to the spec.
const SETS: [&str; 7] =
    ["words", "regexes", "attach", "actions", "excluded_models", "managed_word_lists", "input_modalities"];

fn write(value: &Value, key: &str, seed: u64, text: &mut String) {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            shuffle(&mut entries, seed);
            text.push('{');
            for (at, (key, value)) in entries.into_iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                text.push_str(&json!(key).to_string());
                text.push_str(": ");
                write(value, key, seed, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().collect();
            if SETS.contains(&key) {
                shuffle(&mut items, seed);
            }
            text.push('[');
            for (at, item) in items.into_iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                write(item, "", seed, text);
            }
            text.push(']');
        }
        leaf => text.push_str(&leaf.to_string()),
    }
}

/// Fisher and Yates with a small generator: the same seed gives the same order.
fn shuffle<T>(items: &mut [T], seed: u64) {
    if seed == 0 {
        return;
    }
    let mut state = seed;
    for at in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(at, usize::try_from(state >> 33).expect("31 bits") % (at + 1));
    }
}
