//! The names of what may exist and could not be read.

use super::Pass;
use crate::kinds::iam_policy::name_of_arn;
use crate::kinds::{Kind, Model, iam_policy_attachment, org_policy_attachment};
use crate::model::{Address, RemoteId, Scope};

impl Pass<'_> {
    /// The wanted versions of the guardrail behind `id` (its ARN, or that of one version).
    pub(super) fn version_names(&self, scope: &Scope, id: &RemoteId) -> Vec<Option<String>> {
        let Some((guardrail, _)) = self.guardrails.get(id).or_else(|| self.guardrails.of_version(id)) else {
            return Vec::new();
        };
        let of_guardrail = self.desired.resources.iter().filter(|(address, wanted)| {
            address.scope == *scope
                && matches!(&wanted.model, Model::GuardrailVersion(model) if model.guardrail.address() == Some(guardrail))
        });
        let mut names: Vec<_> = of_guardrail.map(|(address, _)| Some(address.name.clone())).collect();
        if names.is_empty() {
            names.push(Some(format!("{}@*", guardrail.name)));
        }
        names
    }

    pub(super) fn attachment_names(&self, scope: &Scope, policy: &RemoteId) -> Vec<Option<String>> {
        let Some((policy, _)) = self.policies.get(policy) else { return Vec::new() };
        let wanted = self.desired.resources.iter().filter(|(address, wanted)| {
            address.scope == *scope
                && matches!(&wanted.model, Model::OrgPolicyAttachment(model) if model.policy.address() == Some(policy))
        });
        let staged = self.desired.staged.values().filter(|staged| staged.next == *policy);
        let later = staged.flat_map(|staged| &staged.stages).flat_map(|stage| &stage.attachments);
        let mut names: Vec<_> = wanted.chain(later).map(|(address, _)| Some(address.name.clone())).collect();
        if names.is_empty() {
            names.push(Some(org_policy_attachment::name(&policy.name, "*")));
        }
        names
    }

    /// The wanted attachments of the policy with this ARN.
    pub(super) fn iam_attachment_names(&self, scope: &Scope, policy: &RemoteId) -> Vec<Option<String>> {
        let within = name_of_arn(policy.as_str());
        let address = Address::new(Kind::IamPolicy, scope.clone(), within);
        let wanted = self.desired.resources.iter().filter(|(_, wanted)| {
            matches!(&wanted.model, Model::IamPolicyAttachment(model) if model.policy.address() == Some(&address))
        });
        let mut names: Vec<_> = wanted.map(|(address, _)| Some(address.name.clone())).collect();
        names.push(Some(iam_policy_attachment::name(within, "*")));
        names
    }
}
