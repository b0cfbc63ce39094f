use serde_json::{Value, json};

use super::super::{Model, OrgPolicy};
use super::*;
use crate::kinds::ResourceKind;
use crate::kinds::guardrail::Content;
use crate::model::Direction::{self, Mixed, Neutral, Strengthens, Unranked, Weakens};

/// Contents that nobody may read.
struct Unread;

impl Contents for Unread {
    fn have(&self, version: &Ref) -> Result<&Content, String> {
        Err(format!("{version} was not read"))
    }

    fn want(&self, version: &Ref) -> Result<&Content, String> {
        self.have(version)
    }
}

fn model(regions: &Value) -> Model {
    let document = json!({"bedrock": {"guardrail_inference": regions}});
    Model {
        policy_type: crate::kinds::org_policy_type::PolicyType::Bedrock,
        name: "org".to_owned(),
        description: String::new(),
        document: super::super::document::normal(Document::from(document)),
        tags: [].into(),
        needs: Vec::new(),
    }
}

fn one(configuration: &Value) -> Model {
    model(&json!({"us-east-1": {"config_1": configuration}}))
}

fn judged(have: &Model, want: &Model) -> (Direction, Vec<FieldDiff>) {
    let mut fields = OrgPolicy::compare(Some(have), Some(want));
    OrgPolicy::judge(Some(have), Some(want), &mut fields, &Unread);
    (fields.iter().map(|field| field.direction).collect(), fields)
}

#[test]
fn a_document_is_judged_by_what_it_enforces() {
    let plain = || json!({"identifier": {"@@assign": "arn:1"}});
    let with = |key: &str, value: Value| {
        let mut configuration = plain();
        configuration[key] = value;
        configuration
    };
    let models = |included: &[&str], excluded: &[&str]| json!({"included_models": {"@@assign": included}, "excluded_models": {"@@assign": excluded}});
    for (number, (have, want, forth, back)) in [
        (one(&plain()), one(&plain()), Neutral, Neutral),
        (
            one(&plain()),
            one(&with("selective_content_guarding", json!({"system": {"@@assign": "selective"}}))),
            Weakens,
            Strengthens,
        ),
        (one(&plain()), one(&with("model_enforcement", models(&["a.b"], &[]))), Weakens, Strengthens),
        (one(&plain()), one(&with("model_enforcement", models(&["ALL"], &["a.b"]))), Weakens, Strengthens),
        (one(&plain()), one(&with(CHILD_OPERATORS, json!(["@@none"]))), Neutral, Neutral),
        (one(&plain()), one(&json!({"identifier": {"@@assign": "arn:2"}})), Unranked, Unranked),
        (
            one(&plain()),
            model(&json!({"us-east-1": {"config_1": plain()}, "eu-west-1": {"config_1": plain()}})),
            Strengthens,
            Weakens,
        ),
        (one(&plain()), model(&json!({"eu-west-1": {"config_1": plain()}})), Mixed, Mixed),
        // Without an identifier, or with operators that work on what stands further up, the text does not tell.
        (
            one(&plain()),
            one(&with("model_enforcement", json!({"excluded_models": {"@@append": ["a.b"]}}))),
            Unranked,
            Unranked,
        ),
        (
            one(&json!({})),
            one(&json!({"model_enforcement": {"excluded_models": {"@@append": ["a.b"]}}})),
            Unranked,
            Unranked,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let (direction, fields) = judged(&have, &want);
        assert_eq!(direction, forth, "case {number}: {fields:#?}");
        let unranked = fields.iter().filter(|field| field.direction == Unranked);
        assert!(unranked.into_iter().all(|field| field.why.is_some()), "case {number}: {fields:#?}");
        assert_eq!(judged(&want, &have).0, back, "case {number}, back");
    }
}

#[test]
fn names_and_tags_are_neutral() {
    let have = one(&json!({"identifier": {"@@assign": "arn:1"}}));
    let mut want = have.clone();
    want.description = "words".to_owned();
    want.tags.insert("a".to_owned(), "b".to_owned());
    let (direction, fields) = judged(&have, &want);
    assert_eq!((direction, fields.len()), (Neutral, 2));
}
