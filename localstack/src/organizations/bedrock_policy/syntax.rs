//! The syntax of a document, as far as one document can be judged alone.
//!
//! Source: user guide, "Amazon Bedrock policy syntax and examples", and "Inheritance operators". A document may leave a setting to
//! another policy of the chain, the identifier too (inferred): what is missing shows when the chain is merged. Which guardrail an ARN
//! names is not looked at: a wrong one is accepted and fails at inference. A guardrail of another account than the management account
//! is accepted, too, and fails like a wrong one (inferred: the guide says "You cannot create a policy using a Guardrail from another
//! account", and not what refuses it).

use regex_lite::Regex;
use serde_json::Value;

use crate::organizations::inheritance::{Element, Fault, Operator};

/// Checks a parsed document; the fault is the first one in order of keys.
pub(in crate::organizations) fn check(document: &Element) -> Result<(), Fault> {
    Place::default().only(document, "bedrock", |place, bedrock| {
        place.only(bedrock, "guardrail_inference", |place, regions| {
            place.each(regions, |place, region, configurations| {
                if !matches(region, r"[a-z]{2,}(-[a-z]+)+-[0-9]+") {
                    return place.fault("is not the name of a Region");
                }
                place.each(configurations, |place, name, configuration| {
                    if !matches(name, "config_[0-9]+") {
                        return place.fault("is not the name of a configuration, such as config_1");
                    }
                    place.each(configuration, |place, key, element| setting(place, region, key, element))
                })
            })
        })
    })
}

fn setting(place: &Place, region: &str, key: &str, element: &Element) -> Result<(), Fault> {
    match key {
        "identifier" => place.single(element, |value| identifier(value, region)),
        // The preview's element, replaced by selective_content_guarding; documents that hold it are still taken.
        "input_tags" => place.single(element, |value| one_of(value, &["honor", "ignore"])),
        "selective_content_guarding" => place.each(element, |place, key, element| match key {
            "system" | "messages" => place.single(element, |value| one_of(value, &["selective", "comprehensive"])),
            _ => place.fault("is not an element of selective_content_guarding"),
        }),
        "model_enforcement" => place.each(element, |place, key, element| match key {
            "included_models" | "excluded_models" => place.list(element),
            _ => place.fault("is not an element of model_enforcement"),
        }),
        _ => place.fault("is not an element of a configuration"),
    }
}

/// The guardrail has to be of the Region that enforces it.
fn identifier(value: &str, region: &str) -> Result<(), String> {
    let arn = r"arn:aws(?:-[^:]+)?:bedrock:([a-z0-9-]{1,20}):[0-9]{12}:guardrail/[a-z0-9]+:[1-9][0-9]{0,7}";
    let named =
        Regex::new(&format!("^{arn}$")).ok().and_then(|arn| Some(arn.captures(value)?.get(1)?.as_str().to_owned()));
    match named {
        None => Err("must be a guardrail's ARN followed by a colon and a numeric version".to_owned()),
        Some(of) if of != region => Err(format!("names a guardrail in {of}, which is not this Region")),
        Some(_) => Ok(()),
    }
}

fn one_of(value: &str, words: &[&str]) -> Result<(), String> {
    if words.contains(&value) { Ok(()) } else { Err(format!("must be one of {}", words.join(", "))) }
}

fn matches(text: &str, pattern: &str) -> bool {
    Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text))
}

/// Where in the document the check stands.
#[derive(Clone, Debug, Default)]
struct Place {
    path: Vec<String>,
}

impl Place {
    fn fault(&self, what: impl Into<String>) -> Result<(), Fault> {
        Err(Fault::at(&self.path, what))
    }

    fn below(&self, key: &str) -> Self {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        Self { path }
    }

    /// A map with one possible key.
    fn only(
        &self,
        map: &Element,
        key: &str,
        check: impl Fn(&Self, &Element) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.each(map, |place, found, element| {
            if found == key { check(place, element) } else { place.fault(format!("is not known here, {key} is")) }
        })
    }

    /// A map; it may hold nothing but a restriction, but not nothing.
    fn each(&self, map: &Element, check: impl Fn(&Self, &str, &Element) -> Result<(), Fault>) -> Result<(), Fault> {
        if let Some(operator) = map.operators().next() {
            return self.below(operator.key()).fault("cannot be used here, only in a setting");
        }
        if map.children.is_empty() && map.allowed.is_none() {
            return self.fault("must not be empty");
        }
        map.children.iter().try_for_each(|(key, element)| check(&self.below(key), key, element))
    }

    /// A single-valued setting.
    fn single(&self, setting: &Element, check: impl Fn(&str) -> Result<(), String>) -> Result<(), Fault> {
        self.leaf(setting)?;
        if let Some(operator) = setting.operators().find(|operator| *operator != Operator::Assign) {
            return self.below(operator.key()).fault("works on lists only");
        }
        let Some(value) = &setting.assign else { return Ok(()) };
        let place = self.below(Operator::Assign.key());
        let Value::String(text) = value else { return place.fault("must be a string") };
        check(text).or_else(|what| place.fault(what))
    }

    /// A multi-valued setting of strings. Inferred: that a string is a model's id is not checked.
    fn list(&self, setting: &Element) -> Result<(), Fault> {
        self.leaf(setting)?;
        let assigned = match &setting.assign {
            None => &[][..],
            Some(Value::Array(items)) => items,
            Some(_) => return self.below(Operator::Assign.key()).fault("must be a list"),
        };
        let changes = [&setting.append, &setting.remove].into_iter().flatten().flatten();
        let mut items = assigned.iter().chain(changes);
        let strings = items.all(|item| item.as_str().is_some_and(|text| !text.is_empty()));
        if strings { Ok(()) } else { self.fault("must list strings that are not empty") }
    }

    fn leaf(&self, setting: &Element) -> Result<(), Fault> {
        if let Some(key) = setting.children.keys().next() {
            return self.below(key).fault("is not an operator");
        }
        if setting.operators().next().is_none() && setting.allowed.is_none() {
            return self.fault("must hold an operator");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(document: &Value) -> Result<(), (String, String)> {
        let element = Element::parse(&document.to_string()).expect("operators in order");
        check(&element).map_err(|fault| (fault.path.join("."), fault.what))
    }

    fn configuration(settings: &Value) -> Value {
        json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": settings}}}})
    }

    const ARN: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123";

    #[test]
    fn documents_in_the_guide_are_accepted() {
        let none = json!(["@@none"]);
        let rows = [
            json!({"identifier": {"@@assign": format!("{ARN}:4")},
                "selective_content_guarding": {"system": {"@@assign": "selective"}, "messages": {"@@assign": "comprehensive"}},
                "model_enforcement": {"included_models": {"@@assign": ["ALL"]}, "excluded_models": {"@@assign": []}}}),
            json!({"identifier": {"@@assign": format!("{ARN}:1")}, "input_tags": {"@@assign": "honor"}}),
            json!({"identifier": {"@@assign": format!("{ARN}:1"), "@@operators_allowed_for_child_policies": none},
                "@@operators_allowed_for_child_policies": none}),
            json!({"model_enforcement": {"excluded_models": {"@@append": ["m"], "@@remove": ["n"]}}}),
            json!({"identifier": {"@@operators_allowed_for_child_policies": none}}),
        ];
        for row in rows {
            assert_eq!(verdict(&configuration(&row)), Ok(()), "{row}");
        }
        let gov = "arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:guardrail/abc:1";
        let document = json!({"bedrock": {"guardrail_inference": {"us-gov-west-1": {"config_1": {"identifier": {"@@assign": gov}}}}}});
        assert_eq!(verdict(&document), Ok(()));
    }

    #[test]
    fn faults_say_where_and_what() {
        let elsewhere = "arn:aws:bedrock:eu-west-1:111122223333:guardrail/abc:1";
        let rows = [
            (json!({"identifier": {"@@assign": ARN}}), "identifier.@@assign", "numeric version"),
            (json!({"identifier": {"@@assign": format!("{ARN}:DRAFT")}}), "identifier.@@assign", "numeric version"),
            (json!({"identifier": {"@@assign": elsewhere}}), "identifier.@@assign", "guardrail in eu-west-1"),
            (json!({"identifier": {"@@assign": 4}}), "identifier.@@assign", "must be a string"),
            (json!({"identifier": {"@@append": ["x"]}}), "identifier.@@append", "lists only"),
            (json!({"identifier": {}}), "identifier", "must hold an operator"),
            (json!({"identifiers": {"@@assign": "x"}}), "identifiers", "not an element of a configuration"),
            (json!({"input_tags": {"@@assign": "HONOR"}}), "input_tags.@@assign", "one of honor, ignore"),
            (json!({"selective_content_guarding": {}}), "selective_content_guarding", "must not be empty"),
            (
                json!({"selective_content_guarding": {"system": {"@@assign": "SELECTIVE"}}}),
                "selective_content_guarding.system.@@assign",
                "one of selective, comprehensive",
            ),
            (
                json!({"selective_content_guarding": {"tools": {"@@assign": "selective"}}}),
                "selective_content_guarding.tools",
                "not an element",
            ),
            (json!({"model_enforcement": {"@@assign": ["m"]}}), "model_enforcement.@@assign", "only in a setting"),
            (
                json!({"model_enforcement": {"included_models": {"@@assign": "ALL"}}}),
                "model_enforcement.included_models.@@assign",
                "must be a list",
            ),
            (
                json!({"model_enforcement": {"included_models": {"@@append": [1]}}}),
                "model_enforcement.included_models",
                "must list strings",
            ),
        ];
        for (settings, path, what) in rows {
            let (at, said) = verdict(&configuration(&settings)).expect_err(&settings.to_string());
            assert_eq!(at, format!("bedrock.guardrail_inference.us-east-1.config_1.{path}"), "{settings}");
            assert!(said.contains(what), "{settings}: {said}");
        }
    }

    #[test]
    fn the_way_to_a_configuration_is_fixed() {
        let some = json!({"config_1": {"identifier": {"@@assign": format!("{ARN}:1")}}});
        let rows = [
            (json!({"Bedrock": {}}), "Bedrock", "bedrock is"),
            (json!({"bedrock": {"guardrails": {"x": {}}}}), "bedrock.guardrails", "guardrail_inference is"),
            (json!({"bedrock": {"guardrail_inference": {"US": some}}}), "bedrock.guardrail_inference.US", "a Region"),
            (
                json!({"bedrock": {"guardrail_inference": {"us-east-1": {"main": some}}}}),
                "bedrock.guardrail_inference.us-east-1.main",
                "such as config_1",
            ),
            (json!({"bedrock": {"guardrail_inference": {}}}), "bedrock.guardrail_inference", "must not be empty"),
        ];
        for (document, path, what) in rows {
            let (at, said) = verdict(&document).expect_err(path);
            assert_eq!(at, path);
            assert!(said.contains(what), "{path}: {said}");
        }
    }
}
