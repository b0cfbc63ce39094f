//! From an explanation to what is shown of it.

use super::{
    Control, Demand, Finding, Guarding, Met, NotInEffect, POLICIES, Policy, Setting, Trouble, Union, View, gap,
};
use crate::explain::{
    self, Asks, Control as Looked, Degree, Explanation, Found, Ground, Guard, Models, Part, Reach, Side, Strictest,
    Which,
};
use crate::kinds::guardrail::Content;
use crate::model::{Facts, Ref, hidden_key};
use crate::report::Disclosure;

/// What a view is made from.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// What was read, or will be.
    pub ground: &'a Ground,
    /// The organization.
    pub facts: &'a Facts,
    /// The chain of the account.
    pub chain: &'a explain::Chain<'a>,
    /// What may be shown.
    pub disclosure: &'a Disclosure,
}

impl View {
    /// An explanation as it is shown.
    pub fn of(explanation: &Explanation<'_>, shown: Shown<'_>) -> Self {
        let Explanation { guards, shadowed, demanded, models, gaps, findings, unavailable, unseen } = explanation;
        let text = |text: &str| shown.disclosure.scrub_text(text);
        let node = |id: &str| text(&explain::node(shown.facts, id));
        let union: Vec<Union> = models.iter().map(|models| union(explanation, models, shown)).collect();
        Self {
            verdict: explanation.verdict().word().to_owned(),
            protected: explanation.is_protected(),
            fails: explanation.fails(),
            unavailable: unavailable.as_deref().map(text),
            guardrails: guards.iter().map(|guard| met(guard, shown)).collect(),
            not_in_effect: shadowed
                .iter()
                .map(|one| NotInEffect {
                    policy: text(one.policy),
                    node: text(&one.node),
                    version: one.version.clone(),
                    why: text(&one.why),
                })
                .collect(),
            demands: demanded
                .iter()
                .map(|one| Demand {
                    policy: text(one.policy),
                    node: one.node.map(node),
                    asks: asks(&one.asks).to_owned(),
                    guardrails: one.asks.named().iter().map(explain::plain).collect(),
                    exempt: one.exempt.clone(),
                    except_models: one.spared.clone(),
                    models: one.models.word().to_owned(),
                    every_call: one.reach == Reach::Every,
                })
                .collect(),
            uncovered: gaps.iter().map(|gap| gap::uncovered(gap, guards.len())).collect(),
            union,
            findings: findings
                .iter()
                .map(|one| Finding {
                    kind: one.kind.word().to_owned(),
                    message: text(&one.message),
                    expected: one.documents.as_ref().map(|(ours, _)| ours.clone()),
                    found: one.documents.as_ref().map(|(_, told)| told.clone()),
                })
                .collect(),
            unseen: unseen.iter().map(|one| text(&one.what)).collect(),
        }
    }
}

const fn asks(asks: &Asks) -> &'static str {
    match asks {
        Asks::Any => "any",
        Asks::OneOf(_) => "one-of",
        Asks::NoneHere(_) => "none-here",
    }
}

fn met(guard: &Guard<'_>, shown: Shown<'_>) -> Met {
    let text = |text: &str| shown.disclosure.scrub_text(text);
    let seen = guard.seen.as_ref().ok();
    let named = seen.and_then(|seen| seen.marker.as_ref()?.key.clone());
    let policy = guard.by.as_ref().and_then(|id| {
        let policy = shown.ground.policies.get(id)?;
        let bears = |node: &&&str| policy.targets.as_ref().is_ok_and(|targets| targets.contains(**node));
        let nodes = shown.chain.nodes.iter().filter(bears).map(|node| text(&explain::node(shown.facts, node)));
        Some(Policy { name: text(&policy.name), id: id.to_string(), nodes: nodes.collect() })
    });
    Met {
        level: guard.level.word().to_owned(),
        version: guard.version.to_string(),
        name: named.or_else(|| planned_name(&guard.version)),
        content: seen.map(|seen| Content::digest(&seen.content).to_string()),
        status: seen.and_then(|seen| seen.standing.status.clone()),
        unknown: guard.seen.as_ref().err().map(|why| text(why)),
        policy,
        guarding: Guarding {
            system: guard.guarding.system.word().to_owned(),
            messages: guard.guarding.messages.word().to_owned(),
        },
        included_models: guard.models.included_models.iter().cloned().collect(),
        excluded_models: guard.models.excluded_models.iter().cloned().collect(),
        troubles: guard
            .troubles
            .iter()
            .map(|trouble| Trouble { certain: trouble.is_certain, why: text(&trouble.why) })
            .collect(),
    }
}

/// What a version is called that has no description to tell it.
fn planned_name(version: &Ref) -> Option<String> {
    let name = &version.address()?.name;
    (!name.contains('@')).then(|| name.clone())
}

fn union(explanation: &Explanation<'_>, models: &Models, shown: Shown<'_>) -> Union {
    let (all_but, named) = match &models.which {
        Which::AllBut(named) => (true, named),
        Which::These(named) => (false, named),
    };
    let mut controls = Vec::new();
    for part in [Part::TaggedMessage, Part::Answer] {
        let of_side = explanation.union(models, part);
        controls.extend(of_side.controls().map(|(control, found)| of_control(control, found, part.side(), shown)));
    }
    controls.sort_by(|one: &Control, other| {
        let key = |one: &Control| (place(&one.policy), one.name.clone(), one.side.clone(), one.modality.clone());
        key(one).cmp(&key(other))
    });
    Union { all_but, models: named.iter().cloned().collect(), guardrails: models.guards.clone(), controls }
}

fn place(policy: &str) -> usize {
    POLICIES.iter().position(|(known, _)| *known == policy).unwrap_or(POLICIES.len())
}

fn of_control(control: &Looked<'_>, found: &Found<'_>, side: Side, shown: Shown<'_>) -> Control {
    let [content, topics, lists, words, entities, regexes, grounding] = POLICIES.map(|(policy, _)| policy);
    let (policy, modality) = match control {
        Looked::Filter(_, modality) => (content, Some(modality.word().to_owned())),
        Looked::Topic { .. } => (topics, None),
        Looked::Managed(_) => (lists, None),
        Looked::Word(_) => (words, None),
        Looked::Pii(_) => (entities, None),
        Looked::Regex(_) => (regexes, None),
        Looked::Grounding(_) => (grounding, None),
    };
    let hides = matches!(control, Looked::Word(_)) && !shown.disclosure.content;
    let name = if hides { hidden_key(found.name) } else { shown.disclosure.scrub_text(found.name) };
    let setting = |one: &Strictest| Setting {
        action: one.action.word().to_owned(),
        strength: match one.degree {
            Degree::Strength(strength) => Some(strength.word().to_owned()),
            _ => None,
        },
        threshold: match one.degree {
            Degree::Threshold(threshold) => Some(threshold),
            _ => None,
        },
        from: one.from.clone(),
    };
    Control {
        policy: policy.to_owned(),
        name,
        side: side.word().to_owned(),
        modality,
        settings: found.settings.iter().map(setting).collect(),
    }
}
