//! Documents of the type `BEDROCK_POLICY` (Organizations user guide, "Amazon Bedrock policy syntax and examples").

use std::collections::BTreeMap;

use crate::kinds::account_enforcement::{Guarding, ModelEnforcement, SelectiveContentGuarding};
use crate::model::{Document, Ref, Region, Template};

/// The only name of a configuration that AWS shows; whether a Region takes a second one is undocumented.
pub const CONFIGURATION: &str = "config_1";
/// Restricts what policies further down may change.
pub const CHILD_OPERATORS: &str = "@@operators_allowed_for_child_policies";
/// Sets a value.
pub const ASSIGN: &str = "@@assign";

/// What a policy enforces in one Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The version: `ARN:number`.
    pub version: Ref,
    /// What of a call is examined.
    pub guarding: SelectiveContentGuarding,
    /// Which models are held to it.
    pub models: ModelEnforcement,
}

/// Whether policies further down may change what a policy sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// They may, as they may by AWS's default.
    Open,
    /// They may not: on each Region of the policy and on everything below it, never above.
    Locked,
}

/// The document that enforces this, in normal form.
pub fn document(regions: &BTreeMap<Region, Configuration>, lock: Lock) -> Document {
    let region = |(region, configuration): (&Region, &Configuration)| {
        let configurations = [(CONFIGURATION.to_owned(), configuration.document(lock))];
        (region.as_str().to_owned(), lock.on(BTreeMap::from(configurations)))
    };
    let regions = Document::Map(regions.iter().map(region).collect());
    Document::map([("bedrock", Document::map([("guardrail_inference", regions)]))])
}

impl Lock {
    fn on(self, mut element: BTreeMap<String, Document>) -> Document {
        if self == Self::Locked {
            element.insert(CHILD_OPERATORS.to_owned(), Document::list([Document::text("@@none")]));
        }
        Document::Map(element)
    }

    fn assign(self, value: Document) -> Document {
        self.on(BTreeMap::from([(ASSIGN.to_owned(), value)]))
    }

    fn below<const N: usize>(self, elements: [(&str, Document); N]) -> Document {
        self.on(elements.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

impl Configuration {
    fn document(&self, lock: Lock) -> Document {
        let Self { version, guarding: SelectiveContentGuarding { system, messages }, models } = self;
        let guarding = lock.below([
            ("system", lock.assign(Document::text(spelled(*system)))),
            ("messages", lock.assign(Document::text(spelled(*messages)))),
        ]);
        let mut elements = BTreeMap::from([
            ("identifier".to_owned(), lock.assign(Document::Text(Template::id(version.clone())))),
            ("selective_content_guarding".to_owned(), guarding),
        ]);
        if *models != ModelEnforcement::default() {
            let list =
                |ids: &std::collections::BTreeSet<String>| lock.assign(Document::list(ids.iter().map(Document::text)));
            let models = lock.below([
                ("included_models", list(&models.included_models)),
                ("excluded_models", list(&models.excluded_models)),
            ]);
            elements.insert("model_enforcement".to_owned(), models);
        }
        lock.on(elements)
    }
}

/// The word of a document, which is that of the Bedrock API in lower case.
pub const fn spelled(guarding: Guarding) -> &'static str {
    match guarding {
        Guarding::Comprehensive => "comprehensive",
        Guarding::Selective => "selective",
    }
}

/// A document in normal form: lists are sorted sets, one operator stands for a list of it, and where a configuration
/// names a guardrail, a setting that is absent has its default. Everything else stays as it is. A configuration without
/// an identifier changes one from above, where an absent setting means what stands there.
#[must_use]
pub fn normal(document: Document) -> Document {
    let document = sets(document);
    at(document, "bedrock", |bedrock| {
        at(bedrock, "guardrail_inference", |regions| each(regions, |configurations| each(configurations, settings)))
    })
}

fn sets(document: Document) -> Document {
    match document {
        Document::List(items) => {
            let Document::List(mut items) = Document::list(items.into_iter().map(sets)) else { return Document::Null };
            items.dedup();
            Document::List(items)
        }
        Document::Map(entries) => {
            let normal = |(key, value): (String, Document)| {
                let value = sets(value);
                let value = match value {
                    Document::Text(_) if key == CHILD_OPERATORS => Document::List(vec![value]),
                    value => value,
                };
                (key, value)
            };
            Document::Map(entries.into_iter().map(normal).collect())
        }
        leaf => leaf,
    }
}

fn at(document: Document, key: &str, normal: impl FnOnce(Document) -> Document) -> Document {
    match document {
        Document::Map(mut entries) => {
            if let Some(value) = entries.remove(key) {
                entries.insert(key.to_owned(), normal(value));
            }
            Document::Map(entries)
        }
        other => other,
    }
}

fn each(document: Document, normal: impl Fn(Document) -> Document) -> Document {
    match document {
        Document::Map(entries) => {
            let inside = |(key, value): (String, Document)| {
                let value = if key.starts_with("@@") { value } else { normal(value) };
                (key, value)
            };
            Document::Map(entries.into_iter().map(inside).collect())
        }
        other => other,
    }
}

fn settings(configuration: Document) -> Document {
    let Document::Map(mut elements) = configuration else { return configuration };
    if !elements.contains_key("identifier") {
        return Document::Map(elements);
    }
    let guarding = elements.entry("selective_content_guarding".to_owned()).or_insert_with(|| Document::map([]));
    if let Document::Map(members) = guarding {
        for member in ["system", "messages"] {
            let comprehensive = || Document::map([(ASSIGN, Document::text(spelled(Guarding::Comprehensive)))]);
            members.entry(member.to_owned()).or_insert_with(comprehensive);
        }
    }
    if let Some(models) = elements.remove("model_enforcement") {
        let models = at(models, "included_models", |list| at(list, ASSIGN, all_if_empty));
        if models != every_model() {
            elements.insert("model_enforcement".to_owned(), models);
        }
    }
    Document::Map(elements)
}

fn all_if_empty(list: Document) -> Document {
    match list {
        Document::List(items) if items.is_empty() => Document::list([Document::text("ALL")]),
        list => list,
    }
}

fn every_model() -> Document {
    let assign = |list| Document::map([(ASSIGN, list)]);
    Document::map([
        ("included_models", assign(all_if_empty(Document::list([])))),
        ("excluded_models", assign(Document::list([]))),
    ])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn version() -> Ref {
        Ref::To("guardrail-version/111122223333/us-east-1/baseline@1f3c9a0b77de".parse().expect("an address"))
    }

    fn one(models: ModelEnforcement, lock: Lock) -> Document {
        let guarding = SelectiveContentGuarding { system: Guarding::Selective, messages: Guarding::Comprehensive };
        let configuration = Configuration { version: version(), guarding, models };
        document(&BTreeMap::from([(Region::new("us-east-1"), configuration)]), lock)
    }

    #[test]
    fn a_lock_stands_on_regions_and_below_and_never_above() {
        let models = ModelEnforcement {
            excluded_models: BTreeSet::from(["amazon.nova-lite-v1:0".to_owned()]),
            ..Default::default()
        };
        insta::assert_json_snapshot!(one(models, Lock::Locked));
    }

    #[test]
    fn what_is_built_is_in_normal_form() {
        let some = ModelEnforcement { excluded_models: BTreeSet::from(["a.b".to_owned()]), ..Default::default() };
        for (models, lock) in [(ModelEnforcement::default(), Lock::Open), (some, Lock::Locked)] {
            let built = one(models, lock);
            assert_eq!(normal(built.clone()), built);
        }
    }

    fn inside(configuration: &Value) -> Document {
        Document::from(json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": configuration}}}}))
    }

    #[test]
    fn absent_settings_have_their_defaults() {
        let full = json!({
            "identifier": {"@@assign": "arn:1"},
            "selective_content_guarding": {"system": {"@@assign": "comprehensive"}, "messages": {"@@assign": "comprehensive"}},
            "model_enforcement": {"included_models": {"@@assign": []}, "excluded_models": {"@@assign": []}},
        });
        let partial = json!({
            "identifier": {"@@assign": "arn:1"},
            "selective_content_guarding": {"messages": {"@@assign": "comprehensive"}},
        });
        let least = json!({"identifier": {"@@assign": "arn:1"}});
        let normal_form = normal(inside(&full));
        assert_eq!(normal(inside(&partial)), normal_form);
        assert_eq!(normal(inside(&least)), normal_form);
        let other = json!({"identifier": {"@@assign": "arn:1"},
            "model_enforcement": {"included_models": {"@@append": ["a.b"]}}});
        assert_ne!(normal(inside(&other)), normal_form);
        let child = inside(&json!({"model_enforcement": {"excluded_models": {"@@append": ["a.b"]}}}));
        assert_eq!(normal(child.clone()), child, "what it leaves out stands further up");
    }

    #[test]
    fn one_operator_is_a_list_of_it() {
        let scalar = inside(&json!({"@@operators_allowed_for_child_policies": "@@none"}));
        assert_eq!(normal(scalar), inside(&json!({"@@operators_allowed_for_child_policies": ["@@none"]})));
    }

    fn models() -> impl Strategy<Value = Value> {
        let ids = proptest::collection::vec(prop_oneof![Just("ALL"), Just("a.b"), Just("c.d:0")], 0..4);
        (ids.clone(), ids).prop_map(|(included, excluded)| {
            json!({"included_models": {"@@assign": included}, "excluded_models": {"@@assign": excluded}})
        })
    }

    fn configurations() -> impl Strategy<Value = Value> {
        let guarding = proptest::option::of(prop_oneof![
            Just(json!({"system": {"@@assign": "selective"}})),
            Just(json!({"messages": {"@@assign": "comprehensive"}})),
        ]);
        let lock = proptest::option::of(prop_oneof![Just(json!("@@none")), Just(json!(["@@assign", "@@append"]))]);
        (any::<bool>(), guarding, proptest::option::of(models()), lock).prop_map(|(named, guarding, models, lock)| {
            let mut all = serde_json::Map::new();
            if named {
                all.insert("identifier".to_owned(), json!({"@@assign": "arn:1"}));
            }
            let rest =
                [("selective_content_guarding", guarding), ("model_enforcement", models), (CHILD_OPERATORS, lock)];
            all.extend(rest.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
            Value::Object(all)
        })
    }

    fn reversed(value: Value) -> Value {
        match value {
            Value::Array(items) => items.into_iter().rev().map(reversed).collect(),
            Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, reversed(value))).collect(),
            leaf => leaf,
        }
    }

    proptest! {
        #[test]
        fn the_normal_form_is_its_own(configuration in configurations()) {
            let once = normal(inside(&configuration));
            prop_assert_eq!(normal(once.clone()), once);
        }

        #[test]
        fn the_order_of_lists_does_not_matter(configuration in configurations()) {
            prop_assert_eq!(normal(inside(&reversed(configuration.clone()))), normal(inside(&configuration)));
        }
    }
}
