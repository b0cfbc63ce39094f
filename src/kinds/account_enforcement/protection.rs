//! What a model call meets where a guardrail is enforced, whoever enforces it, and which way a change of it goes.

use std::collections::BTreeSet;

use serde_json::json;

use super::models::EVERY_MODEL;
use super::{Guarding, ModelEnforcement, SelectiveContentGuarding};
use crate::kinds::guardrail::{self, Content};
use crate::model::{Controls, Direction, FieldDiff, Ref, Setting, diff};

/// An enforced configuration: of an account, or of an organization's policy in one Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection<'a> {
    /// The version that is enforced.
    pub version: &'a Ref,
    /// What that version holds, or why it is not known.
    pub content: Result<&'a Content, String>,
    /// What of a call is examined.
    pub guarding: &'a SelectiveContentGuarding,
    /// Which models are held to it.
    pub models: &'a ModelEnforcement,
}

impl Protection<'_> {
    /// The fields in which two differ, as of an account enforcement, each with its direction; together they are that of
    /// the change. `None` stands for no enforcement. Below `version` stands in what the two contents differ.
    pub fn compare(have: Option<&Self>, want: Option<&Self>) -> Vec<FieldDiff> {
        let tree = |side: Option<&Self>| side.map_or(serde_json::Value::Null, Self::tree);
        let mut fields = diff(&tree(have), &tree(want), &[]);
        let mentioned: BTreeSet<&str> = [have, want].into_iter().flatten().flat_map(Self::models_named).collect();
        let controls = |side: Option<&Self>| side.map(|side| side.controls(&mentioned)).unwrap_or_default();
        let directions = Controls::directions(&controls(have), &controls(want));
        for field in &mut fields {
            field.direction = directions.get(&field.path).copied().unwrap_or_default();
            if let (Some(have), Some(want), "version") = (have, want, field.path.as_str()) {
                have.moves(want, field);
            }
        }
        fields
    }

    fn tree(&self) -> serde_json::Value {
        let Self { version, content: _, guarding, models } = self;
        json!({ "version": version, "selective_content_guarding": guarding, "model_enforcement": models })
    }

    /// Judges the pointer by what it leaves and what it reaches.
    fn moves(&self, want: &Self, field: &mut FieldDiff) {
        match (&self.content, &want.content) {
            (Ok(have), Ok(want)) => {
                field.below = guardrail::compare(have, want);
                field.direction = field.below.iter().map(|field| field.direction).collect();
            }
            (Err(why), _) | (_, Err(why)) => {
                field.direction = Direction::Unranked;
                field.why = Some(why.clone());
            }
        }
    }

    /// Every model that a list names, and the word for all others.
    fn models_named(&self) -> impl Iterator<Item = &str> {
        let ModelEnforcement { included_models, excluded_models } = self.models;
        included_models.iter().chain(excluded_models).map(String::as_str).chain([EVERY_MODEL])
    }

    /// Each model is a control of its own: it is held to the guardrail if it is included and not excluded.
    fn controls(&self, models: &BTreeSet<&str>) -> Controls {
        let SelectiveContentGuarding { system, messages } = self.guarding;
        let ModelEnforcement { included_models, excluded_models } = self.models;
        let mut all = Controls::default();
        all.add("version", [("version", Setting::switch(true))]);
        for (part, guarding) in [("system", system), ("messages", messages)] {
            let at = format!("selective_content_guarding.{part}");
            all.add(at.clone(), [(at, (*guarding).into())]);
        }
        for model in models {
            let included = included_models.contains(EVERY_MODEL) || included_models.contains(*model);
            let settings = [
                ("model_enforcement.included_models", Setting::switch(included)),
                ("model_enforcement.excluded_models", Setting::switch(!excluded_models.contains(*model))),
            ];
            all.add(format!("model_enforcement {model}"), settings);
        }
        all
    }
}

impl From<Guarding> for Setting {
    fn from(guarding: Guarding) -> Self {
        Self::rank(match guarding {
            Guarding::Selective => 1,
            Guarding::Comprehensive => 2,
        })
    }
}

#[cfg(test)]
mod tests;
