//! Plans made by hand, for the tests of every report.

use std::collections::BTreeMap;

use serde_json::json;

use crate::kinds::guardrail::sample::{filter, silent, word};
use crate::kinds::guardrail::{
    BlockAction, Content, ContentFilterType, ContentPolicy, Strength, Tier, Topic, TopicPolicy, WordPolicy,
};
use crate::kinds::guardrail_version::Release;
use crate::kinds::org_policy_type::{self, PolicyType};
use crate::kinds::{
    Contents, Kind, Model, Verb, guardrail, guardrail_version, org_policy, org_policy_attachment, resource_policy,
};
use crate::model::{
    AccountId, Address, Blind, Digest, Document, FieldDiff, Ref, Region, RemoteId, Silence, Unavailable, Unmanaged,
};
use crate::plan::{Action, ActionId, Change, Hazard, Held, Plan, Scanned, Warning, Why};

pub(crate) const REGIONS: [&str; 3] = ["ap-southeast-2", "eu-west-1", "us-east-1"];

pub(crate) fn address(text: &str) -> Address {
    text.parse().expect("an address")
}

pub(crate) fn topic(name: &str, definition: &str) -> Topic {
    Topic {
        name: name.to_owned(),
        definition: definition.to_owned(),
        examples: vec!["Should I sue my landlord?".to_owned()],
        input_action: BlockAction::Block,
        output_action: BlockAction::Block,
        input_enabled: true,
        output_enabled: true,
    }
}

/// A guardrail that the tests bend.
pub(crate) fn guardrail() -> guardrail::Model {
    guardrail::Model {
        name: "acme-baseline".to_owned(),
        description: Some("Baseline guardrail for every account of the company".to_owned()),
        kms_key_id: None,
        content: Content {
            blocked_input_messaging: "Sorry, this request is not allowed.".to_owned(),
            blocked_outputs_messaging: "Sorry, this answer is not available.".to_owned(),
            content_policy: Some(ContentPolicy {
                tier: Tier::Classic,
                filters: BTreeMap::from([
                    (ContentFilterType::Hate, filter(Strength::High, Strength::High)),
                    (ContentFilterType::PromptAttack, filter(Strength::High, Strength::None)),
                ]),
            }),
            topic_policy: Some(TopicPolicy {
                tier: Tier::Classic,
                topics: vec![topic("Legal advice", "Guidance on legal rights, disputes or court action.")],
            }),
            word_policy: Some(WordPolicy {
                words: ["internal-codename", "projectx", "zeus"].map(|text| (text.to_owned(), word())).into(),
                managed_word_lists: BTreeMap::new(),
            }),
            ..silent()
        },
        tags: [("bedrail:stack", "acme"), ("owner", "ai-platform")].map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        failed: false,
    }
}

/// The same guardrail after a morning's work on it.
pub(crate) fn changed_guardrail() -> guardrail::Model {
    let mut want = guardrail();
    want.description = Some("Baseline guardrail for each account of the company".to_owned());
    let content = &mut want.content;
    content.blocked_input_messaging = "No.".to_owned();
    let filters = &mut content.content_policy.as_mut().expect("set above").filters;
    filters.insert(ContentFilterType::Hate, filter(Strength::Low, Strength::High));
    filters.insert(ContentFilterType::Violence, filter(Strength::High, Strength::Medium));
    let topics = &mut content.topic_policy.as_mut().expect("set above").topics;
    topics[0].definition = "Guidance on legal rights, quarrels or court action.".to_owned();
    topics.push(topic("Medical advice", "Diagnosis or treatment of an illness."));
    content.word_policy.as_mut().expect("set above").words.insert("ajax".to_owned(), word());
    want
}

pub(crate) fn version(key: Option<&str>) -> guardrail_version::Model {
    let content = guardrail().content.digest();
    guardrail_version::Model {
        guardrail: Ref::To(address("guardrail/111122223333/us-east-1/baseline")),
        release: key.map_or(Release::Implicit, |key| Release::Named(key.to_owned())),
        content: Some(content),
        description: None,
    }
}

fn enforcing(version: &str) -> Document {
    let configuration = json!({
        "identifier": {"@@assign": format!("${{guardrail-version/111122223333/us-east-1/{version}}}")},
        "selective_content_guarding": {"system": {"@@assign": "comprehensive"}, "messages": {"@@assign": "comprehensive"}},
    });
    Document::from(json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": configuration}}}}))
}

pub(crate) fn policy(version: &str) -> org_policy::Model {
    org_policy::Model {
        policy_type: PolicyType::Bedrock,
        name: "bedrail-org-baseline".to_owned(),
        description: "Baseline".to_owned(),
        document: enforcing(version),
        tags: BTreeMap::new(),
        needs: Vec::new(),
    }
}

pub(crate) fn sharing() -> resource_policy::Model {
    resource_policy::Model {
        resource: Ref::To(address("guardrail/111122223333/us-east-1/baseline")),
        document: Document::from(json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-bedrailsand"}}}]})),
    }
}

pub(crate) fn attachment() -> org_policy_attachment::Model {
    org_policy_attachment::Model {
        policy: Ref::To(address("org-policy/111122223333/global/org-baseline")),
        target: "r-sand".to_owned(),
        policy_type: PolicyType::Bedrock,
        enabled: None,
    }
}

/// What pointers leave and reach: the content before and after a morning's work.
struct Both {
    have: Content,
    want: Content,
}

impl Both {
    fn new() -> Self {
        Self { have: guardrail().content, want: changed_guardrail().content }
    }
}

impl Contents for Both {
    fn have(&self, _version: &Ref) -> Result<&Content, String> {
        Ok(&self.have)
    }

    fn want(&self, version: &Ref) -> Result<&Content, String> {
        if version.to_string().ends_with("unread") { Err("AccessDenied: no".to_owned()) } else { Ok(&self.want) }
    }
}

/// Builds a plan action by action.
#[derive(Default)]
pub(crate) struct Builder {
    actions: Vec<Action>,
}

impl Builder {
    pub(crate) fn add(&mut self, at: &str, have: Option<Model>, want: Option<Model>, after: &[usize]) -> &mut Action {
        let mut fields: Vec<FieldDiff> = Model::compare(have.as_ref(), want.as_ref());
        let direction = Model::judge(have.as_ref(), want.as_ref(), &mut fields, &Both::new());
        let id = RemoteId::new("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123");
        let (verb, change) = match (have, want) {
            (None, Some(want)) => (Verb::Create, Change::Create { want }),
            (Some(have), Some(want)) => (Verb::Update, Change::Update { id, have, want }),
            (Some(have), None) => (Verb::Delete, Change::Delete { id, have }),
            (None, None) => panic!("a change of nothing"),
        };
        let address = address(at);
        let calls = address.kind.calls(verb, &fields);
        self.actions.push(Action {
            id: ActionId(self.actions.len()),
            entry: (verb != Verb::Delete).then(|| "guardrails.baseline".to_owned()),
            address,
            verb,
            phase: None,
            prune: false,
            change,
            fields,
            direction,
            hazards: [(direction.loses(), Hazard::Weakens), (verb == Verb::Delete, Hazard::Deletes)]
                .into_iter()
                .filter_map(|(carries, hazard)| carries.then_some(hazard))
                .collect(),
            until: Vec::new(),
            after: after.iter().map(|id| ActionId(*id)).collect(),
            calls,
            reach: None,
            locked_out: std::collections::BTreeSet::new(),
            target: None,
            serves: Vec::new(),
            fact: String::new(),
        });
        self.actions.last_mut().expect("just pushed")
    }

    pub(crate) fn plan(self) -> Plan {
        let unchanged = (0..12).map(|n| address(&format!("guardrail/111122223333/us-east-1/other-{n}"))).collect();
        Plan {
            stack: "acme-ai-safety".to_owned(),
            scanned: Scanned {
                accounts: 1,
                regions: REGIONS.map(Region::new).to_vec(),
                declared: REGIONS.map(Region::new).to_vec(),
                not_scanned: Vec::new(),
            },
            preconditions: Vec::new(),
            actions: self.actions,
            unchanged,
            held: Vec::new(),
            blind: Vec::new(),
            unmanaged: Vec::new(),
            warnings: Vec::new(),
            spec: Digest::of(&"spec"),
        }
    }
}

/// Everything comes into being in three Regions.
pub(crate) fn first() -> Plan {
    let mut plan = Builder::default();
    for region in REGIONS {
        plan.add(&format!("guardrail/111122223333/{region}/baseline"), None, Some(guardrail().into()), &[]);
    }
    plan.add("org-policy-type/111122223333/global/BEDROCK_POLICY", None, Some(org_policy_type::Model {}.into()), &[]);
    for (at, region) in REGIONS.iter().enumerate() {
        let name = format!("guardrail-version/111122223333/{region}/baseline-2026-11");
        plan.add(&name, None, Some(version(Some("baseline-2026-11")).into()), &[at]);
    }
    for (at, region) in REGIONS.iter().enumerate() {
        plan.add(&format!("resource-policy/111122223333/{region}/baseline"), None, Some(sharing().into()), &[at]);
    }
    plan.add(
        "org-policy/111122223333/global/org-baseline",
        None,
        Some(policy("baseline-2026-11").into()),
        &[4, 5, 6, 7, 8, 9],
    );
    let attach = plan.add(
        "org-policy-attachment/111122223333/global/org-baseline:r-sand",
        None,
        Some(attachment().into()),
        &[3, 10],
    );
    attach.reach = Some(7);
    attach.target = Some("root".to_owned());
    plan.plan()
}

/// Something of everything.
pub(crate) fn eventful() -> Plan {
    let mut plan = Builder::default();
    plan.add(
        "guardrail/111122223333/us-east-1/baseline",
        Some(guardrail().into()),
        Some(changed_guardrail().into()),
        &[],
    );
    plan.add("guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de", None, Some(version(None).into()), &[0]);
    plan.add(
        "org-policy/111122223333/global/org-baseline",
        Some(policy("baseline@0a0a0a0a0a0a").into()),
        Some(policy("baseline@1f3c9a0b77de").into()),
        &[1],
    );
    plan.add("guardrail/111122223333/us-east-1/legacy", Some(guardrail().into()), None, &[2]);
    let prune = plan.add(
        "guardrail-version/111122223333/us-east-1/baseline@0a0a0a0a0a0a",
        Some(version(None).into()),
        None,
        &[2],
    );
    prune.prune = true;
    prune.hazards.clear();
    let mut plan = plan.plan();
    plan.held = vec![Held::new(
        address("account-enforcement/111122223333/eu-west-1/account"),
        Verb::Update,
        Why::NotOurs,
        "the account enforces guardrail/xyz789, which is not of this stack; `--adopt` takes it over".to_owned(),
    )];
    plan.blind = vec![Blind {
        kind: Kind::ResourcePolicy,
        scope: address("resource-policy/111122223333/eu-west-1/x").scope,
        name: None,
        why: "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/Plan/x is not authorized to perform: bedrock:GetResourcePolicy (request 1-2-3)".to_owned(),
    }];
    plan.unmanaged = vec![Unmanaged {
        address: address("guardrail/111122223333/us-east-1/team-chatbot"),
        id: RemoteId::new("arn:aws:bedrock:us-east-1:111122223333:guardrail/foreign"),
        note: "unmarked".to_owned(),
    }];
    plan.warnings = vec![Warning {
        code: "W0902",
        message: "no version of this guardrail carries its current content, so nothing enforces it".to_owned(),
        address: Some(address("guardrail/111122223333/us-east-1/draft-only")),
    }];
    let silent = |(region, silence, why): (&str, Silence, &str)| Unavailable {
        scope: address(&format!("guardrail/111122223333/{region}/x")).scope,
        silence,
        why: why.to_owned(),
    };
    plan.scanned.declared.truncate(2);
    let closed = |region| (region, Silence::NotEnabled, "UnrecognizedClient: The security token is invalid.");
    let denied = ("eu-central-2", Silence::Refused, "AccessDenied");
    plan.scanned.not_scanned = [closed("af-south-1"), denied, closed("me-south-1")].map(silent).into();
    plan
}

/// Text that tries everything a comment, a terminal or a CI log obeys.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;pwned\u{7}</details><script>alert(1)</script>\n\n# Approved\n```\n~~~~~~\n| a | b |\n<!-- bedrail --> @everyone [x](http://evil) `` ` `` \r\n::error::x ##vso[x] \u{202e}drawkcab\u{9b}31m &lt; <b> *bold*";

/// This text in every field that holds text.
pub(crate) fn filled_with(text: &str) -> Plan {
    let mut have = guardrail();
    let mut want = changed_guardrail();
    have.description = Some(format!("{text} a"));
    want.description = Some(format!("{text} b"));
    want.name = text.to_owned();
    want.tags.insert(text.to_owned(), text.to_owned());
    want.content.topic_policy = Some(TopicPolicy { tier: Tier::Classic, topics: vec![topic(text, text)] });
    let mut document = policy("x");
    document.document = Document::from(json!({ text: [text, 1], "a": text }));
    let mut plan = Builder::default();
    let named = |kind: &str| format!("{kind}/111122223333/us-east-1/x{text}");
    plan.add(&named("guardrail"), Some(have.into()), Some(want.clone().into()), &[]);
    plan.add(&format!("guardrail/111122223333/us-east-1/x{text}2"), None, Some(want.into()), &[]);
    plan.add("org-policy/111122223333/global/x", Some(policy("y").into()), Some(document.clone().into()), &[]);
    plan.add("org-policy/111122223333/global/y", None, Some(document.into()), &[]);
    let attach = plan.add("org-policy-attachment/111122223333/global/x:r-sand", None, Some(attachment().into()), &[]);
    attach.target = Some(text.to_owned());
    attach.entry = Some(text.to_owned());
    let mut plan = plan.plan();
    let at = address(&named("guardrail"));
    plan.held = vec![Held::new(at.clone(), Verb::Create, Why::Needs, text.to_owned())];
    plan.blind = vec![Blind {
        kind: Kind::Guardrail,
        scope: at.scope.clone(),
        name: Some(format!("x{text}")),
        why: text.to_owned(),
    }];
    plan.unmanaged = vec![Unmanaged { address: at.clone(), id: RemoteId::new(text), note: text.to_owned() }];
    plan.warnings = vec![Warning { code: "W0001", message: text.to_owned(), address: Some(at) }];
    plan.stack = text.to_owned();
    plan.scanned.regions = vec![Region::new(text)];
    plan.scanned.declared = plan.scanned.regions.clone();
    let scope = address(&named("guardrail")).scope;
    plan.scanned.not_scanned = vec![Unavailable { scope, silence: Silence::Refused, why: text.to_owned() }];
    plan
}

/// A resource policy goes while twelve accounts stay subject to the guardrail, and a precondition fails for as many.
pub(crate) fn hurting() -> Plan {
    let accounts: Vec<AccountId> =
        (0..12).map(|number| format!("2222333344{number:02}").parse().expect("an account id")).collect();
    let mut plan = Builder::default();
    let policy = "resource-policy/111122223333/us-east-1/baseline";
    let action = plan.add(policy, Some(sharing().into()), None, &[]);
    action.locked_out = accounts.iter().cloned().collect();
    action.hazards.insert(Hazard::Lockout);
    let mut plan = plan.plan();
    plan.preconditions.push(crate::plan::Precondition {
        state: crate::plan::State::Failed,
        code: crate::plan::precondition_codes::PERMITTED,
        message: "the resource policy of the guardrail leaves out 12 of 12 reached accounts".to_owned(),
        address: Some(address("org-policy/111122223333/global/org-baseline")),
        accounts,
        fix: Some("share it".to_owned()),
    });
    plan
}
