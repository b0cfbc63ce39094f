//! What an enforced configuration says besides its guardrail.

use std::collections::BTreeSet;

use super::blocks::{Block, WEAKER};
use crate::kinds::account_enforcement::{Guarding, ModelEnforcement, SelectiveContentGuarding};

/// `selective_content_guarding` and `model_enforcement`; `None` where a word is not known.
pub(super) fn settings(block: &mut Block<'_, '_>) -> Option<(SelectiveContentGuarding, ModelEnforcement)> {
    let mut guarding = SelectiveContentGuarding::default();
    if let Some(mut sides) = block.inside("selectiveContentGuarding") {
        guarding.system = sides.word("system", Guarding::from_word, Some(Guarding::Comprehensive))?;
        guarding.messages = sides.word("messages", Guarding::from_word, Some(Guarding::Comprehensive))?;
    }
    let mut models = ModelEnforcement::default();
    if let Some(mut lists) = block.inside("modelEnforcement") {
        let since = lists.told();
        let included: BTreeSet<String> = lists.texts("includedModels").into_iter().collect();
        // Without any, all models are held to it.
        if !included.is_empty() {
            lists.weakens(since, WEAKER);
        }
        models.excluded_models = lists.texts("excludedModels").into_iter().collect();
        if !included.is_empty() {
            models.included_models = included;
        }
    }
    Some((guarding, models))
}
