//! Which models meet which guardrails.

use std::collections::{BTreeMap, BTreeSet};

use super::guard::Guard;

/// Models that meet the same guardrails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Models {
    /// Which they are.
    pub which: Which,
    /// The guardrails, by their place among those that are met.
    pub guards: Vec<usize>,
}

/// Which models are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All but these.
    AllBut(BTreeSet<String>),
    /// These.
    These(BTreeSet<String>),
}

/// The models that the guardrails tell apart, those that no list names first; for one model that one alone.
pub(super) fn models(guards: &[Guard<'_>], model: Option<&str>) -> Vec<Models> {
    let of = |is_met: &dyn Fn(&Guard<'_>) -> bool| -> Vec<usize> {
        guards.iter().enumerate().filter(|(_, guard)| is_met(guard)).map(|(place, _)| place).collect()
    };
    if let Some(model) = model {
        let which = Which::These(BTreeSet::from([model.to_owned()]));
        return vec![Models { which, guards: of(&|guard| guard.is_for(model)) }];
    }
    let named =
        guards.iter().flat_map(|guard| guard.models.included_models.iter().chain(&guard.models.excluded_models));
    let others = of(&|guard| guard.is_for_others());
    let mut alike: BTreeMap<Vec<usize>, BTreeSet<String>> = BTreeMap::new();
    for model in named.filter(|model| *model != "ALL") {
        let met = of(&|guard| guard.is_for(model));
        if met != others {
            alike.entry(met).or_default().insert(model.clone());
        }
    }
    let apart = alike.values().flatten().cloned().collect();
    let first = Models { which: Which::AllBut(apart), guards: others };
    let rest = alike.into_iter().map(|(guards, models)| Models { which: Which::These(models), guards });
    std::iter::once(first).chain(rest).collect()
}

/// The id that lists of models would name, of what a call names: ARNs hold it behind the last `/`.
pub fn model_id(named: &str) -> &str {
    let known = ["foundation-model/", "inference-profile/"];
    let id = known.iter().find_map(|kind| named.split_once(kind)).map(|(_, id)| id);
    id.filter(|_| named.starts_with("arn:")).unwrap_or(named)
}
