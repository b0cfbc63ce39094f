//! What each fuzz target does with its bytes. The tests of the main workspace replay the corpus and the finds through the
//! same functions.
//!
//! A target panics where something that must hold does not. Bytes that are refused with an error are as good as any.

use std::collections::BTreeMap;

use bedrail::import::Home;
use bedrail::import::source::{self, Format, Given};
use bedrail::kinds::{Kind, Model, org_policy, resource_policy};
use bedrail::model::diagnostic::Diagnostics;
use bedrail::model::{
    Account, Caller, Desired, Digest, Document, Evidence, Facts, Live, NAME_TAG, Organization, Partition, Raw,
    Readings, Ref, Region, RemoteId, STACK_TAG, Scope, Standing, Tags,
};
use bedrail::plan::{Options, Plan, Purpose, plan, recognise};
use bedrail::report::json::{self, PlanFile};
use bedrail::report::{Disclosure, Look, Style, diagnostics, markdown, text};
use bedrail::spec::format::format;
use bedrail::spec::lower::{check, lower};
use bedrail::spec::sources::Sources;
use bedrail::spec::{Input, read};

const MANAGEMENT: &str = "111122223333";
const STACK: &str = "acme";

/// The text of a spec: it is checked, its faults are shown in every form, and without any it is planned and shown.
pub fn spec(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (mut sources, mut found) = (Sources::new(), Diagnostics::new());
    let file = sources.add("bedrail.yaml", text);
    let environment = BTreeMap::from([("MARKER".to_owned(), "env-marker".to_owned())]);
    let input = Input { sources: &sources, files: &[file], given: Vec::new(), environment: &environment, env: None };
    let spec = read(input, &mut found);
    check(&spec, &mut found);
    let found = found.sorted();
    let paint = diagnostics::Paint::Plain;
    obeyed_by_nobody(&diagnostics::render(&found, &sources, diagnostics::Form::Text(paint), 80));
    for form in [diagnostics::Form::Json, diagnostics::Form::Sarif] {
        let shown = diagnostics::render(&found, &sources, form, 80);
        serde_json::from_str::<serde_json::Value>(&shown).expect("JSON");
    }
    for line in diagnostics::render(&found, &sources, diagnostics::Form::Github, 80).lines() {
        assert!(["::error ", "::warning "].iter().any(|start| line.starts_with(start)), "{line:?}");
    }
    if found.has_errors() {
        return;
    }
    let facts = facts();
    let Some(desired) = lower(&spec, &facts, &mut Diagnostics::new()) else { return };
    if let Ok(plan) = plan(&desired, &Live::default(), &facts, &Options::default(), Digest::of(&"spec")) {
        show(&plan, &desired);
    }
}

/// The text of a test suite: it is read or refused with faults that are shown in every form, and what it says is said again by
/// the formatter.
pub fn suite(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (sources, file) = Sources::one("a.test.yaml", text);
    let mut found = Diagnostics::new();
    let suite = bedrail::suite::read(file, text, &mut found);
    assert_eq!(suite.is_none(), found.has_errors(), "there is a suite, or a fault");
    let found = found.sorted();
    let paint = diagnostics::Paint::Plain;
    obeyed_by_nobody(&diagnostics::render(&found, &sources, diagnostics::Form::Text(paint), 80));
    for form in [diagnostics::Form::Json, diagnostics::Form::Sarif] {
        let shown = diagnostics::render(&found, &sources, form, 80);
        serde_json::from_str::<serde_json::Value>(&shown).expect("JSON");
    }
    if let Some(suite) = &suite {
        assert!((1..=1000).contains(&suite.cases.len()) && (1..=100).contains(&suite.repeat));
        for case in &suite.cases {
            assert_ne!(case.expect, bedrail::suite::Expectation::default(), "{} expects nothing", case.name.value);
            let content = case.given.content();
            assert!(content.text().is_some_and(|text| !text.is_empty()) || content.images().next().is_some());
        }
    }
    let Some(written) = format(file, text, &mut Diagnostics::new()) else { return };
    let mut faults = Diagnostics::new();
    assert_eq!(format(file, &written, &mut faults).as_ref(), Some(&written), "what is formatted stays as it is");
    assert_eq!(bedrail::suite::read(file, &written, &mut faults), suite, "what is formatted says the same");
}

/// A document: what is found in it is shown in every form, each finding with its place and its path.
pub fn lint(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (sources, file) = Sources::one("policy.json", text);
    let bedrail::lint::Looked { kinds: _, findings, faults } = bedrail::lint::document(file, text, None);
    for finding in &findings.diagnostics {
        let span = finding.span.expect("a place");
        assert!(findings.paths.get(&span).is_some_and(|path| !path.is_empty()), "{} has no path", finding.message);
    }
    let lint = diagnostics::Lint { findings: &findings, faults: &faults, documents: 1, sources: &sources };
    obeyed_by_nobody(&lint.render(diagnostics::Form::Text(diagnostics::Paint::Plain), 80));
    for form in [diagnostics::Form::Json, diagnostics::Form::Sarif] {
        serde_json::from_str::<serde_json::Value>(&lint.render(form, 80)).expect("JSON");
    }
}

/// A file to convert, as each of the forms: what comes of it is a sound spec that stays as it is when it is formatted.
pub fn import(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for form in [Format::Api, Format::CloudFormation, Format::Terraform] {
        let (mut sources, mut faults) = (Sources::new(), Diagnostics::new());
        let Some(found) = source::read(form, ("source", text), &Given::default(), &mut sources, &mut faults) else {
            let paint = diagnostics::Paint::Plain;
            obeyed_by_nobody(&diagnostics::render(&faults, &sources, diagnostics::Form::Text(paint), 80));
            assert!(faults.has_errors(), "it is read, or it is said why not");
            continue;
        };
        let home = Home { stack: STACK.to_owned(), regions: [Region::new("us-east-1")].into(), ..Home::default() };
        let imported = bedrail::import::import(found.stock, &home, None);
        obeyed_by_nobody(&imported.text);
        let (_, file) = Sources::one("spec", imported.text.as_str());
        let again = format(file, &imported.text, &mut Diagnostics::new());
        assert_eq!(again.as_ref(), Some(&imported.text), "it is formatted");
    }
}

/// A saved plan: what is read is written as it was, and is no other plan than itself.
pub fn plan_file(data: &[u8]) {
    let Ok(saved) = PlanFile::read(data) else { return };
    let written = json::pretty(&saved);
    let again = PlanFile::read(written.as_bytes()).expect("what was written is read");
    assert_eq!(json::pretty(&again), written);
    assert_eq!(PlanFile::compare(&saved, &again), Ok(()));
    assert_eq!(saved.digest(), again.digest());
}

/// The document of an Organizations policy as AWS may hold it.
pub fn org_policy(data: &[u8]) {
    let Some(document) = document(data, org_policy::document::normal) else { return };
    let tags = Tags::from([(STACK_TAG.to_owned(), STACK.to_owned()), (NAME_TAG.to_owned(), "org".to_owned())]);
    let id = RemoteId::new("p-aaaaaaaa");
    let model = org_policy::Model {
        policy_type: bedrail::kinds::org_policy_type::PolicyType::Bedrock,
        name: "org".to_owned(),
        description: String::new(),
        document,
        tags: tags.clone(),
        needs: Vec::new(),
    };
    let scope = Scope::global(facts().caller.account);
    removed(raw(Kind::OrgPolicy, scope, id, Evidence::Tags(tags), model.into()));
}

/// The document of a resource policy as AWS may hold it.
pub fn resource_policy(data: &[u8]) {
    let Some(document) = document(data, resource_policy::document::normal) else { return };
    let id = RemoteId::new(format!("arn:aws:bedrock:us-east-1:{MANAGEMENT}:guardrail-profile/us.guardrail.v1:0"));
    let model = resource_policy::Model { resource: Ref::Foreign(id.clone()), document };
    let widened = model.widened_by(&model);
    assert_eq!(widened.widened_by(&model), widened, "what is granted is granted once");
    let scope = Scope::regional(facts().caller.account, Region::new("us-east-1"));
    removed(raw(Kind::ResourcePolicy, scope, id, Evidence::Profile, model.into()));
}

/// The document in these bytes, in normal form.
fn document(data: &[u8], normal: impl Fn(Document) -> Document) -> Option<Document> {
    let json: serde_json::Value = serde_json::from_slice(data).ok()?;
    let document = normal(Document::from(json));
    assert_eq!(normal(document.clone()), document, "what is normal stays as it is");
    let mut aligned = document.clone();
    aligned.align(&document, &bedrail::model::Names::default());
    assert_eq!(aligned, document, "what is as wanted stays as it is");
    Some(document)
}

fn raw(kind: Kind, scope: Scope, id: RemoteId, evidence: Evidence, model: Model) -> Raw {
    let name = id.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    let (model, profile, changed_at) = (Some(model), None, None);
    Raw {
        kind,
        scope,
        id,
        name,
        evidence,
        model,
        profile,
        fact: String::new(),
        changed_at,
        standing: Standing::default(),
    }
}

/// Plans and shows what becomes of `raw` for a spec that wants nothing.
fn removed(raw: Raw) {
    let desired = Desired { stack: STACK.to_owned(), ..Desired::default() };
    let (facts, readings) = (facts(), Readings { items: vec![raw], ..Readings::default() });
    let live = recognise(readings, &desired, &facts);
    for purpose in [Purpose::Reconcile, Purpose::Destroy] {
        let options = Options { purpose, ..Options::default() };
        if let Ok(plan) = plan(&desired, &live, &facts, &options, Digest::of(&"spec")) {
            show(&plan, &desired);
        }
    }
}

/// Shows a plan in every form, of which nothing may be obeyed, and reads the saved one back.
fn show(plan: &Plan, desired: &Desired) {
    for content in [false, true] {
        let disclosure = Disclosure { content, secrets: desired.secrets.clone() };
        let look = Look { style: Style::Plain, width: 80, disclosure: &disclosure, beyond: &[] };
        let saved = PlanFile::of(plan, &disclosure);
        let file = json::pretty(&saved);
        let shown = [text::plan(plan, &[], look), markdown::plan(plan, &[], &disclosure, &[], 10_000), file.clone()];
        for shown in shown {
            obeyed_by_nobody(&shown);
            assert!(!shown.contains("env-marker"), "a secret is shown:\n{shown}");
        }
        let read = PlanFile::read(file.as_bytes()).expect("a plan that was saved is read");
        assert_eq!(PlanFile::compare(&read, &saved), Ok(()));
    }
}

/// Nothing that a terminal or a CI log takes for a command.
fn obeyed_by_nobody(text: &str) {
    let control = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(control, None, "a control character is shown:\n{text}");
    let command = |line: &&str| line.trim_start().starts_with("::") || line.trim_start().starts_with("##[");
    assert_eq!(text.lines().find(command), None, "a CI log obeys this");
}

/// The organization to which everything belongs: two accounts below the root.
pub fn facts() -> Facts {
    let account = |id: &str| Account {
        id: id.parse().expect("an account id"),
        name: id.to_owned(),
        active: true,
        ancestors: vec!["r-sand".to_owned()],
    };
    Facts {
        caller: Caller {
            account: MANAGEMENT.parse().expect("an account id"),
            arn: format!("arn:aws:iam::{MANAGEMENT}:root"),
            partition: Partition::new("aws"),
        },
        organization: Some(Organization {
            id: "o-bedrailsand".to_owned(),
            management_account: MANAGEMENT.parse().expect("an account id"),
            root: "r-sand".to_owned(),
            all_features: Some(true),
            delegation: Ok(None),
            policy_types: vec![("BEDROCK_POLICY".to_owned(), "ENABLED".to_owned())],
            accounts: vec![account(MANAGEMENT), account("222233334444")],
            units: Vec::new(),
        }),
        roles: bedrail::model::RoleNames::default(),
        bedrock_regions: bedrail::model::bedrock_regions(&Partition::new("aws")),
    }
}

/// What a target does with the bytes that it is given.
pub type Target = fn(&[u8]);

/// The names of the targets, each with what it does.
pub const TARGETS: [(&str, Target); 7] = [
    ("spec", spec),
    ("suite", suite),
    ("plan_file", plan_file),
    ("org_policy", org_policy),
    ("resource_policy", resource_policy),
    ("lint", lint),
    ("import", import),
];
