//! Personal data that a guardrail catches and that is logged nevertheless: masking does not reach invocation logs (Bedrock
//! user guide, "guardrails-sensitive-filters"), and what is blocked is logged as it was sent.

use std::collections::BTreeMap;

use super::decide::{Decisions, codes};
use crate::kinds::guardrail::{Content, PiiAction};
use crate::kinds::invocation_logging::DataKind;
use crate::kinds::{Kind, Model, org_policy};
use crate::model::{AccountId, Address, Scope};

/// Warns where text is logged and the spec guards personal data in it.
pub(super) fn warn(decisions: &mut Decisions<'_>) {
    for (address, wanted) in &decisions.desired.resources {
        let Model::InvocationLogging(logging) = &wanted.model else { continue };
        if !logging.data.contains(&DataKind::Text) {
            continue;
        }
        let guards: Vec<String> = guarding(decisions, &address.scope)
            .into_iter()
            .map(|(name, kinds)| format!("`{name}` ({kinds})"))
            .collect();
        if !guards.is_empty() {
            let message = format!(
                "text is logged as it was sent, and so in clear what {} blocks or masks; restrict who reads the logs, or leave TEXT out of `data`",
                guards.join(" and ")
            );
            decisions.warn(codes::LOGGED_IN_CLEAR, message, address);
        }
    }
}

/// The guardrails of the spec that are in this account and Region or enforced there and that catch personal data, each with
/// how many kinds of it.
fn guarding<'d>(decisions: &Decisions<'d>, scope: &Scope) -> BTreeMap<&'d str, String> {
    let desired = decisions.desired;
    let mut versions: Vec<Address> = Vec::new();
    for (address, wanted) in &desired.resources {
        match &wanted.model {
            Model::AccountEnforcement(model) if address.scope == *scope => {
                versions.extend(model.version.address().cloned());
            }
            Model::OrgPolicyAttachment(model) if reaches(decisions, &model.target, &scope.account) => {
                let policy = model.policy.address().and_then(|policy| desired.resources.get(policy));
                let Some(Model::OrgPolicy(policy)) = policy.map(|wanted| &wanted.model) else { continue };
                let here = |place: &org_policy::Place| place.0 == scope.region_name();
                let there = org_policy::configurations(&policy.document).into_iter().filter(|(place, _)| here(place));
                versions.extend(there.filter_map(|(_, one)| one?.version.address().cloned()));
            }
            _ => {}
        }
    }
    let enforced = versions.iter().filter_map(|version| match &desired.resources.get(version)?.model {
        Model::GuardrailVersion(version) => version.guardrail.address(),
        _ => None,
    });
    let in_place =
        desired.resources.keys().filter(|address| address.kind == Kind::Guardrail && address.scope == *scope);
    let guardrails = enforced.chain(in_place).filter_map(|address| {
        let Model::Guardrail(model) = &desired.resources.get(address)?.model else { return None };
        let kinds = caught(&model.content);
        let noun = if kinds == 1 { "kind" } else { "kinds" };
        (kinds > 0).then(|| (address.name.as_str(), format!("{kinds} {noun} of personal data")))
    });
    guardrails.collect()
}

fn reaches(decisions: &Decisions<'_>, target: &str, account: &AccountId) -> bool {
    let organization = decisions.facts.organization.iter();
    organization.flat_map(|it| it.reach(target)).any(|reached| reached.id == *account)
}

/// How many kinds of personal data are blocked or masked in prompts or answers.
fn caught(content: &Content) -> usize {
    let Some(policy) = &content.sensitive_information_policy else { return 0 };
    let acts = |enabled: bool, action: PiiAction| enabled && action != PiiAction::None;
    let entities = policy
        .pii_entities
        .values()
        .filter(|rule| acts(rule.input_enabled, rule.input_action) || acts(rule.output_enabled, rule.output_action));
    let regexes = policy
        .regexes
        .values()
        .filter(|rule| acts(rule.input_enabled, rule.input_action) || acts(rule.output_enabled, rule.output_action));
    entities.count() + regexes.count()
}
