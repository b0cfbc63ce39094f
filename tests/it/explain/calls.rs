//! Random guardrails, policies and calls: the verdict of the runtime on a call is that of the union.
//!
//! Texts are made of atoms of which it is known what finds them. What becomes of a call is worked out from the union that
//! `explain` tells, and held against what the local AWS answers.

use bedrail::explain::{Control, Explanation, Models, Part, Union};
use bedrail::kinds::guardrail::{ContentFilterType, Modality, PiiAction, PiiType, Strength};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::explained;
use crate::support::{MANAGEMENT, Sandbox};

/// How many worlds there are, with some calls in each.
const WORLDS: usize = 150;
const CALLS: usize = 4;
const MEMBER: &str = "333344445555";
const REGION: &str = "us-east-1";
const NOVA: &str = "amazon.nova-lite-v1:0";
const CLAUDE: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const IN: &str = "Refused before the model.";
const OUT: &str = "Refused after the model.";

/// A text, and what finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Atom {
    Word(&'static str),
    Profane,
    Filter(ContentFilterType, Strength),
    Topic,
    Email,
    Claim,
    Harmless,
}

const ATOMS: [Atom; 12] = [
    Atom::Word("kumquat"),
    Atom::Word("durian"),
    Atom::Profane,
    Atom::Filter(ContentFilterType::Hate, Strength::Low),
    Atom::Filter(ContentFilterType::Hate, Strength::Medium),
    Atom::Filter(ContentFilterType::Hate, Strength::High),
    Atom::Filter(ContentFilterType::Violence, Strength::Low),
    Atom::Filter(ContentFilterType::Violence, Strength::High),
    Atom::Topic,
    Atom::Email,
    Atom::Claim,
    Atom::Harmless,
];

impl Atom {
    fn text(self) -> &'static str {
        match self {
            Self::Word(word) => word,
            Self::Profane => "bastard",
            Self::Filter(ContentFilterType::Hate, Strength::Low) => "bigot",
            Self::Filter(ContentFilterType::Hate, Strength::Medium) => "racial slur",
            Self::Filter(ContentFilterType::Hate, _) => "subhuman",
            Self::Filter(_, Strength::Low) => "punch",
            Self::Filter(..) => "mass shooting",
            Self::Topic => "litigation strategy",
            Self::Email => "jane@example.com",
            Self::Claim => "CLM-12345678",
            Self::Harmless => "hello",
        }
    }

    /// What becomes of it where the union is this; what is masked gets the label.
    fn meets(self, union: &Union<'_>) -> (PiiAction, &'static str) {
        let action = |control: &Control<'_>| {
            let (finds, confidence) = match (control, self) {
                (Control::Word(word), Self::Word(own)) => (*word == own, Strength::High),
                (Control::Filter(category, Modality::Text), Self::Filter(own, confidence)) => {
                    (*category == own, confidence)
                }
                (Control::Managed(_), Self::Profane)
                | (Control::Topic { .. }, Self::Topic)
                | (Control::Regex(_), Self::Claim) => (true, Strength::High),
                (Control::Pii(kind), Self::Email) => (*kind == PiiType::Email, Strength::High),
                _ => (false, Strength::None),
            };
            let action = finds.then(|| union.on(control, |degree| degree.catches(confidence)));
            action.flatten().unwrap_or(PiiAction::None)
        };
        let severest = union.controls().map(|(control, _)| action(control)).max().unwrap_or(PiiAction::None);
        (severest, if self == Self::Email { "{EMAIL}" } else { "{claim}" })
    }
}

type Keys = Map<String, Value>;

fn sides(actions: &'static [&'static str]) -> BoxedStrategy<Keys> {
    let action = move || option::weighted(0.4, select(actions));
    let enabled = || option::weighted(0.2, any::<bool>());
    (action(), action(), enabled(), enabled())
        .prop_map(|(input, output, input_on, output_on)| {
            let mut keys = Keys::new();
            keys.extend(input.map(|action| ("inputAction".to_owned(), json!(action))));
            keys.extend(output.map(|action| ("outputAction".to_owned(), json!(action))));
            keys.extend(input_on.map(|on| ("inputEnabled".to_owned(), json!(on))));
            keys.extend(output_on.map(|on| ("outputEnabled".to_owned(), json!(on))));
            keys
        })
        .boxed()
}

fn with(own: Value, sides: Keys) -> Value {
    let mut own = own;
    let action = own["action"].clone();
    let keys = own.as_object_mut().expect("an object");
    keys.extend(sides);
    if !action.is_null() {
        // The local AWS fills in what a request leaves out, and here is none.
        for side in ["inputAction", "outputAction"] {
            keys.entry(side).or_insert_with(|| action.clone());
        }
    }
    own
}

const BLOCK: &[&str] = &["BLOCK", "NONE"];
const MASK: &[&str] = &["BLOCK", "ANONYMIZE", "NONE"];

/// What a guardrail holds, as the local AWS keeps it.
fn content() -> BoxedStrategy<Value> {
    let strength = || select(vec!["NONE", "LOW", "MEDIUM", "HIGH"]);
    let filter = (strength(), strength(), sides(BLOCK), option::weighted(0.2, select(vec!["TEXT", "IMAGE"])));
    let filters = (subsequence(vec!["HATE", "VIOLENCE"], 0..=2), vec(filter, 2));
    let words = (subsequence(vec!["kumquat", "durian"], 0..=2), vec(sides(BLOCK), 2));
    let sensitive = (option::of((select(MASK), sides(MASK))), option::of((select(MASK), sides(MASK))));
    (filters, words, option::of(sides(BLOCK)), option::of(sides(BLOCK)), sensitive)
        .prop_map(|((kinds, filters), (texts, rules), managed, topic, (email, claim))| {
            let filters = kinds.into_iter().zip(filters).map(|(kind, (input, output, sides, modality))| {
                let mut filter = json!({"type": kind, "inputStrength": input, "outputStrength": output});
                if let Some(modality) = modality {
                    filter["inputModalities"] = json!([modality]);
                }
                with(filter, sides)
            });
            let filters: Vec<Value> = filters.collect();
            let words: Vec<Value> =
                texts.into_iter().zip(rules).map(|(text, rule)| with(json!({ "text": text }), rule)).collect();
            let lists: Vec<Value> = managed.into_iter().map(|rule| with(json!({"type": "PROFANITY"}), rule)).collect();
            let topics: Vec<Value> = topic
                .into_iter()
                .map(|rule| {
                    with(json!({"name": "Litigation strategy", "definition": "Xylotomy.", "type": "DENY"}), rule)
                })
                .collect();
            let entities: Vec<Value> = email
                .into_iter()
                .map(|(action, rule)| with(json!({"type": "EMAIL", "action": action}), rule))
                .collect();
            let regexes: Vec<Value> = claim
                .into_iter()
                .map(|(action, rule)| with(json!({"name": "claim", "pattern": "CLM-[0-9]{8}", "action": action}), rule))
                .collect();
            let mut content = json!({"blockedInputMessaging": IN, "blockedOutputsMessaging": OUT});
            for (policy, of, list) in [("contentPolicy", "filters", filters), ("topicPolicy", "topics", topics)] {
                if !list.is_empty() {
                    content[policy][of] = json!(list);
                }
            }
            if !(words.is_empty() && lists.is_empty()) {
                content["wordPolicy"] = json!({"words": words, "managedWordLists": lists});
            }
            if !(entities.is_empty() && regexes.is_empty()) {
                content["sensitiveInformationPolicy"] = json!({"piiEntities": entities, "regexes": regexes});
            }
            content
        })
        .boxed()
}

fn arn(account: &str, guardrail: &str) -> String {
    format!("arn:aws:bedrock:{REGION}:{account}:guardrail/{guardrail}")
}

/// The guardrails of the management account.
const COMMON: [&str; 3] = ["aaa", "bbb", "ccc"];

/// What a policy says of the Region.
fn configuration() -> BoxedStrategy<Value> {
    let mode = || option::of(select(vec!["selective", "comprehensive"]));
    let models = option::weighted(0.3, (any::<bool>(), any::<bool>()));
    // Now and then one that does not exist.
    let version = prop_oneof![19 => Just("1"), 1 => Just("9")];
    (option::weighted(0.8, (select(COMMON.to_vec()), version)), mode(), mode(), models)
        .prop_map(|(named, system, messages, models)| {
            let mut own = json!({});
            if let Some((guardrail, version)) = named {
                own["identifier"] = json!({"@@assign": format!("{}:{version}", arn(MANAGEMENT, guardrail))});
            }
            for (part, mode) in [("system", system), ("messages", messages)] {
                if let Some(mode) = mode {
                    own["selective_content_guarding"][part] = json!({"@@assign": mode});
                }
            }
            if own == json!({}) {
                own["selective_content_guarding"]["system"] = json!({"@@assign": "comprehensive"});
            }
            if let Some((included, excluded)) = models {
                let included = if included { json!(["ALL"]) } else { json!([NOVA]) };
                let excluded = if excluded { json!([NOVA]) } else { json!([]) };
                own["model_enforcement"] =
                    json!({"included_models": {"@@assign": included}, "excluded_models": {"@@assign": excluded}});
            }
            json!({"bedrock": {"guardrail_inference": {REGION: {"config_1": own}}}})
        })
        .boxed()
}

/// What an account enforces on itself.
fn enforcement() -> BoxedStrategy<Value> {
    let mode = || select(vec!["SELECTIVE", "COMPREHENSIVE"]);
    let own = prop_oneof![Just((MEMBER, "own")), select(COMMON.to_vec()).prop_map(|name| (MANAGEMENT, name))];
    (own, mode(), mode(), any::<bool>())
        .prop_map(|((account, name), system, messages, excluded)| {
            let excluded = if excluded { json!([NOVA]) } else { json!([]) };
            json!({
                "configId": "c1", "guardrailArn": arn(account, name), "guardrailVersion": "1",
                "selectiveContentGuarding": {"system": system, "messages": messages},
                "modelEnforcement": {"includedModels": ["ALL"], "excludedModels": excluded},
                "createdAt": 0, "createdBy": "x", "updatedAt": 0, "updatedBy": "x",
            })
        })
        .boxed()
}

/// Everything that bears on the member's calls.
#[derive(Debug)]
struct World {
    contents: Vec<Value>,
    configurations: Vec<Value>,
    enforcement: Option<Value>,
    /// Which of the common guardrails is shared with nobody.
    kept: Option<usize>,
    /// The version that each call must name.
    demanded: Option<&'static str>,
}

fn world() -> BoxedStrategy<World> {
    let nodes = vec(configuration(), 0..4);
    let kept = option::weighted(0.05, 0..COMMON.len());
    let demanded = option::weighted(0.2, select(COMMON.to_vec()));
    (vec(content(), 4), nodes, option::weighted(0.6, enforcement()), kept, demanded)
        .prop_map(|(contents, configurations, enforcement, kept, demanded)| World {
            contents,
            configurations,
            enforcement,
            kept,
            demanded,
        })
        .boxed()
}

impl World {
    fn state(&self, seed: &Value) -> Value {
        let mut state = seed.clone();
        let nodes = ["r-sand", "ou-sand-workload0", "ou-sand-wlprod00", MEMBER];
        let organization = &mut state["organization"];
        organization["policy_types"] =
            json!({"BEDROCK_POLICY": {"enabled": true}, "SERVICE_CONTROL_POLICY": {"enabled": true}});
        for (at, (document, node)) in self.configurations.iter().zip(nodes).enumerate() {
            let id = format!("p-policy{at:04}");
            organization["policies"][&id] =
                json!({"name": format!("policy-{at}"), "type": "BEDROCK_POLICY", "content": document.to_string()});
            organization["attachments"][node]["BEDROCK_POLICY"] = json!([id]);
        }
        if let Some(name) = self.demanded {
            let content = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Name", "Effect": "Deny",
                "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], "Resource": "*",
                "Condition": {"StringNotEquals": {"bedrock:GuardrailIdentifier": format!("{}:1", arn(MANAGEMENT, name))}}}]});
            organization["policies"]["p-demands00"] =
                json!({"name": "demands", "type": "SERVICE_CONTROL_POLICY", "content": content.to_string()});
            organization["attachments"]["ou-sand-workload0"]["SERVICE_CONTROL_POLICY"] =
                json!(["p-FullAWSAccess", "p-demands00"]);
        }
        let revision = |name: &str, content: &Value| {
            let mut content = content.clone();
            content["name"] = json!(name);
            json!({"draft": {"content": content}, "versions": {"1": {"content": content}}, "published": 1})
        };
        for (at, name) in COMMON.into_iter().enumerate() {
            let of_account = &mut state["bedrock"][MANAGEMENT][REGION];
            of_account["guardrails"][name] = revision(name, &self.contents[at]);
            if self.kept != Some(at) {
                let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
                    "Action": "bedrock:ApplyGuardrail", "Resource": arn(MANAGEMENT, name),
                    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}}}]});
                of_account["resource_policies"][arn(MANAGEMENT, name)] = json!(policy.to_string());
            }
        }
        let own = &mut state["bedrock"][MEMBER][REGION];
        own["guardrails"]["own"] = revision("own", &self.contents[3]);
        if let Some(enforcement) = &self.enforcement {
            own["enforced"] = enforcement.clone();
        }
        state
    }
}

/// A call: the parts of its system prompt and of its message, each with whether it is tagged.
#[derive(Debug)]
struct Call {
    model: &'static str,
    system: Vec<(Vec<Atom>, bool)>,
    message: Vec<(Vec<Atom>, bool)>,
}

fn call() -> BoxedStrategy<Call> {
    let part = || (vec(select(ATOMS.to_vec()), 1..3), any::<bool>());
    (select(vec![NOVA, NOVA, CLAUDE]), vec(part(), 0..3), vec(part(), 1..3))
        .prop_map(|(model, system, message)| Call { model, system, message })
        .boxed()
}

fn text(atoms: &[Atom], shown: impl Fn(&Atom) -> String) -> String {
    let words: Vec<String> = atoms.iter().map(shown).collect();
    format!(" {} . ", words.join(" and "))
}

impl Call {
    fn body(&self, named: Option<&str>) -> Value {
        let block = |(atoms, tagged): &(Vec<Atom>, bool)| {
            let text = text(atoms, |atom| atom.text().to_owned());
            if *tagged { json!({"guardContent": {"text": {"text": text}}}) } else { json!({ "text": text }) }
        };
        let blocks = |parts: &[(Vec<Atom>, bool)]| parts.iter().map(block).collect::<Vec<_>>();
        let mut body =
            json!({"system": blocks(&self.system), "messages": [{"role": "user", "content": blocks(&self.message)}]});
        if let Some(named) = named {
            body["guardrailConfig"] = json!({"guardrailIdentifier": arn(MANAGEMENT, named), "guardrailVersion": "1"});
        }
        body
    }

    /// What it comes to: what is answered, and whether a guardrail intervened. `None` where it fails.
    fn expected(&self, explanation: &Explanation<'_>) -> Option<(String, bool)> {
        if explanation.fails() {
            return None;
        }
        let models: &Models = &explanation.models[0];
        let is_tagged = self.message.iter().any(|(_, tagged)| *tagged);
        let of_system = |tagged: bool| if tagged { Part::TaggedSystem } else { Part::UntaggedSystem };
        let of_message = |tagged: bool| match (tagged, is_tagged) {
            (true, _) => Part::TaggedMessage,
            (false, true) => Part::BesideTagged,
            (false, false) => Part::UntaggedMessage,
        };
        let system = self.system.iter().map(|(atoms, tagged)| (atoms, of_system(*tagged)));
        let message = || self.message.iter().map(|(atoms, tagged)| (atoms, of_message(*tagged)));
        let meets = |atom: &Atom, part: Part| atom.meets(&explanation.union(models, part));
        let inputs: Vec<PiiAction> = system
            .chain(message())
            .flat_map(|(atoms, part)| atoms.iter().map(move |atom| meets(atom, part).0))
            .collect();
        let input = inputs.into_iter().max().unwrap_or(PiiAction::None);
        if input == PiiAction::Block {
            return Some((IN.to_owned(), true));
        }
        let label = |atom: &Atom, part: Part| match meets(atom, part) {
            (PiiAction::Anonymize, label) => Some(label.to_owned()),
            _ => None,
        };
        let said = |atom: &Atom, part: Part| label(atom, part).is_none();
        let left: Vec<PiiAction> = message()
            .flat_map(|(atoms, part)| atoms.iter().filter(move |atom| said(atom, part)))
            .map(|atom| meets(atom, Part::Answer).0)
            .collect();
        let output = left.into_iter().max().unwrap_or(PiiAction::None);
        if output == PiiAction::Block {
            return Some((OUT.to_owned(), true));
        }
        let shown = |atom: &Atom, part: Part| {
            label(atom, part).or_else(|| label(atom, Part::Answer)).unwrap_or_else(|| atom.text().to_owned())
        };
        let answer: String = message().map(|(atoms, part)| text(atoms, |atom| shown(atom, part))).collect();
        Some((answer, input.max(output) != PiiAction::None))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_of_a_call_is_that_of_the_union() {
    let sandbox = Sandbox::start().await;
    let seed = sandbox.state().await;
    let member = sandbox.root(MEMBER);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut failed, mut blocked, mut masked, mut passed) = (0, 0, 0, 0);
    for _ in 0..WORLDS {
        let world = world().new_tree(&mut runner).expect("a world").current();
        sandbox.control("PUT", "/_bedrail/state", &world.state(&seed)).await;
        for _ in 0..CALLS {
            let call = call().new_tree(&mut runner).expect("a call").current();
            let (account, region) = (MEMBER.parse().expect("an account id"), bedrail::model::Region::new(REGION));
            let asked =
                bedrail::explain::Cell { account: &account, region: &region, model: Some(call.model), role: None };
            let (expected, told) = explained(&sandbox, asked, |explanation| {
                assert!(explanation.unseen.is_empty(), "{:?}", explanation.unseen);
                (call.expected(explanation), format!("{explanation:#?}"))
            })
            .await;
            let path = format!("/model/{}/converse", call.model.replace(':', "%3A"));
            let answer = member.bedrock("POST", &path, &call.body(world.demanded)).await;
            let found = (answer.status == 200).then(|| {
                let answer = answer.json();
                let text = answer["output"]["message"]["content"][0]["text"].as_str().unwrap_or_default().to_owned();
                (text, answer["stopReason"] == "guardrail_intervened")
            });
            assert_eq!(found, expected, "{call:#?}\n{}\n{world:#?}\n{told}", answer.text);
            match expected {
                None => failed += 1,
                Some((text, _)) if text == IN || text == OUT => blocked += 1,
                Some((_, true)) => masked += 1,
                Some(_) => passed += 1,
            }
        }
    }
    let all = [failed, blocked, masked, passed];
    assert!(all.iter().all(|count| *count > 10), "failed, blocked, masked, passed: {all:?}");
}
