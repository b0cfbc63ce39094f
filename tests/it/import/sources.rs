//! Files of others, converted: next to each stands the spec that it becomes, and the same guardrails as requests of the API.

use std::fs;

use bedrail::import::source::{Format, Found, Given, read};
use bedrail::import::{Home, Imported, import};
use bedrail::inventory::Wanted;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::model::{Organization, Region};
use bedrail::spec::sources::Sources;
use serde_json::Value;

use super::corpus::create;
use super::{adopting, assert_formatted, assert_only_marks, bring_to, imported};
use crate::source;
use crate::support::{MANAGEMENT, Sandbox};

/// The values that are given on the command line.
const GIVEN: [(&str, &str); 2] = [("AWS::StackName", "prod"), ("Blocked", "Not this.")];

fn found(format: Format, file: &str, text: &str) -> Result<Found, Vec<String>> {
    let mut faults = Diagnostics::new();
    let known = GIVEN.into_iter().filter(|_| text.contains("\n  Blocked:"));
    let parameters = known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let given = Given { parameters, ..Given::default() };
    let found = read(format, (file, text), &given, &mut Sources::new(), &mut faults);
    found.ok_or_else(|| faults.iter().map(|fault| fault.code.id().to_owned()).collect())
}

fn converted(format: Format, file: &str) -> Imported {
    let found = found(format, file, &source::text(file)).unwrap_or_else(|faults| panic!("{file}: {faults:?}"));
    let given = || (String::new(), MANAGEMENT.parse().expect("an account id"));
    let has_policies = !found.stock.policies.is_empty();
    let organization = found.organization.or_else(|| has_policies.then(given));
    let organization = organization.map(|(id, account)| Organization::known(id, account));
    let home = Home {
        stack: "imported".to_owned(),
        said: "Converted.".to_owned(),
        account: found.account,
        organization,
        regions: [Region::new("us-east-1")].into(),
        remarks: found.remarks,
        ..Home::default()
    };
    import(found.stock, &home, None)
}

/// The spec beside the source.
fn assert_expected(file: &str, imported: &Imported) {
    let expected = format!("{}.expected", file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    if source::bless() {
        fs::write(source::root().join(&expected), &imported.text).expect("it can be written");
    }
    assert_eq!(imported.text, source::text(&expected), "{expected}; if it is right, write it with BEDRAIL_BLESS=1");
    assert_formatted(&imported.text);
}

/// What the source describes is created from requests that were written by hand, and the spec finds it as it is; then it is
/// brought to a second Region.
async fn walk(format: Format, file: &str) {
    let imported = converted(format, file);
    assert_expected(file, &imported);
    let sandbox = Sandbox::start().await;
    let root = sandbox.root(MANAGEMENT);
    let requests = format!("{}.api.json", file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let requests: Vec<Value> = serde_json::from_str(&source::text(&requests)).expect("JSON");
    for request in &requests {
        let mut request = request.clone();
        // A member that is no part of a request says where it is sent.
        let region = request.as_object_mut().and_then(|request| request.remove("region"));
        let region = region.as_ref().and_then(Value::as_str).unwrap_or("us-east-1");
        create(&root, region, &request).await;
    }
    let only: String = only_guardrails(&imported.text);
    let plan = sandbox.plan_with(&only, &adopting()).await;
    assert_only_marks(&plan, &only);
    assert_eq!(plan.actions.len(), requests.len(), "{only}");
    let (_, outcome) = sandbox.apply_with(&only, &adopting()).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failed);
    bring_to(&sandbox, &only, "us-east-1", "ap-southeast-2").await;
}

/// The head and the guardrails: what else is there has ids of an AWS that is not here.
fn only_guardrails(text: &str) -> String {
    let mut kept = String::new();
    let mut keep = true;
    for line in text.lines() {
        if !line.starts_with([' ', '#']) && !line.is_empty() {
            let head = ["format:", "stack:", "account_id:", "organization:", "regions:", "guardrails:"];
            keep = head.iter().any(|key| line.starts_with(key));
        }
        if keep {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept.replace("  id: o-a1b2c3d4e5\n", "")
}

macro_rules! walks {
    ($($name:ident: $format:ident $file:literal;)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            walk(Format::$format, concat!("tests/cases/import/", $file)).await;
        }
    )+};
}

walks! {
    a_simple_template: CloudFormation "cloudformation/simple.yaml";
    a_template_with_every_field: CloudFormation "cloudformation/every-field.json";
    an_awkward_template: CloudFormation "cloudformation/awkward.yaml";
    a_simple_state: Terraform "terraform/simple.tfstate";
    a_state_with_every_field: Terraform "terraform/every-field.json";
    an_awkward_state: Terraform "terraform/awkward.tfstate";
}

#[test]
fn requests_and_answers_of_the_api_become_one_spec_each() {
    for file in source::files("localstack/conformance/corpus/guardrails", ".json") {
        let imported = converted(Format::Api, &file);
        assert_formatted(&imported.text);
        assert!(!imported.is_empty, "{file}: {:#?}", imported.notes);
        assert!(!imported.is_partial(), "{file}: {:#?}", imported.notes);
    }
}

#[test]
fn what_aws_refuses_is_no_spec_either_and_never_a_panic() {
    let mut sound = Vec::new();
    for file in source::files("localstack/conformance/corpus/invalid", ".json") {
        let Ok(found) = found(Format::Api, &file, &source::text(&file)) else { continue };
        let home = Home { stack: "imported".to_owned(), regions: [Region::new("us-east-1")].into(), ..Home::default() };
        let imported = import(found.stock, &home, None);
        assert_formatted(&imported.text);
        if imported.notes.is_empty() && !imported.is_empty {
            sound.push(file.rsplit('/').next().unwrap_or_default()[..2].to_owned());
        }
    }
    // What is nothing (an empty list, text or map), what is a number in another spelling, and what only AWS knows to refuse.
    assert_eq!(sound, ["01", "15", "27", "41", "43", "53", "63", "75", "79", "89", "91", "93"]);
}

#[test]
fn a_file_of_another_kind_is_told() {
    for (format, text) in [
        (Format::Api, "{}"),
        (Format::Api, "[1, 2]"),
        (Format::CloudFormation, "format: 1"),
        (Format::Terraform, "{\"version\": 3}"),
        (Format::Terraform, "- a"),
    ] {
        assert_eq!(found(format, "x", text).expect_err(text), ["E0007"], "{text}");
    }
    assert!(found(Format::Api, "x", "{\"a\": ").is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_account_is_a_spec_of_nothing() {
    let sandbox = Sandbox::start().await;
    let imported = imported(&sandbox, Wanted::default()).await;
    assert!(imported.is_empty && imported.notes.is_empty(), "{}", imported.text);
    assert_formatted(&imported.text);
}
