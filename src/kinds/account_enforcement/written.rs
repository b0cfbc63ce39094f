//! What an enforcement examines and whom it holds, as a spec writes it; defaults are left out.

use super::{Guarding, ModelEnforcement, SelectiveContentGuarding};
use crate::spec::write::{Entry, Value};

/// The members of an entry, or of an item of `enforce`, beside guardrail, version and places.
pub(crate) fn settings(guarding: &SelectiveContentGuarding, models: &ModelEnforcement) -> Vec<Entry> {
    let SelectiveContentGuarding { system, messages } = guarding;
    let mut members = Vec::new();
    let sides = [("system", system), ("messages", messages)];
    let other = sides.into_iter().filter(|(_, side)| **side != Guarding::Comprehensive);
    let other: Vec<_> = other.map(|(key, side)| (key, Value::text(side.word()))).collect();
    if !other.is_empty() {
        members.push(Entry::new("selective_content_guarding", Value::inline(other)));
    }
    if *models != ModelEnforcement::default() {
        let default = ModelEnforcement::default();
        let list = |ids: &std::collections::BTreeSet<String>| Value::list(ids.iter().map(Value::text));
        let lists = [
            ("included_models", &models.included_models, &default.included_models),
            ("excluded_models", &models.excluded_models, &default.excluded_models),
        ];
        let lists = lists.into_iter().filter(|(_, have, default)| have != default);
        let lists = lists.map(|(key, have, _)| (key, list(have)));
        members.push(Entry::new("model_enforcement", Value::inline(lists)));
    }
    members
}
