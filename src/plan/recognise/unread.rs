//! What a read that failed hides: of which resource, and what can then not be known.

use super::Pass;
use crate::kinds::Kind;
use crate::kinds::iam_policy::name_of_arn;
use crate::model::{Blind, Unread};

impl Pass<'_> {
    pub(super) fn unread(&mut self, unread: Unread) {
        let Unread { kind, scope, id, why } = unread;
        match (kind, &id) {
            (Kind::OrgPolicyAttachment, Some(id)) => {
                if let Some(seen) = self.live.policies.get_mut(id) {
                    seen.targets = None;
                }
            }
            // Of a guardrail that could not be read its policy is not read either.
            (Kind::Guardrail | Kind::ResourcePolicy, Some(id)) if self.guardrails.get(id).is_none() => {
                self.live.shared.insert(id.clone(), Err(why.clone()));
            }
            _ => {}
        }
        let names: Vec<Option<String>> = match (kind, &id) {
            (_, None) => vec![None],
            (Kind::GuardrailVersion, Some(id)) => self.version_names(&scope, id),
            (Kind::ResourcePolicy, Some(id)) => {
                let profile = || id.as_str().rsplit('/').next().map(str::to_owned);
                vec![self.guardrails.get(id).map(|(address, _)| address.name.clone()).or_else(profile)]
            }
            (Kind::OrgPolicyAttachment, Some(id)) => self.attachment_names(&scope, id),
            (Kind::IamPolicy, Some(id)) => vec![Some(name_of_arn(id.as_str()).to_owned())],
            (Kind::IamPolicyAttachment, Some(id)) => self.iam_attachment_names(&scope, id),
            (_, Some(id)) => vec![self.live.names.address(id).map(|address| address.name.clone())],
        };
        for name in names {
            // A marked resource that could not be read was noted as seen; here is why it was not read.
            self.live
                .blind
                .retain(|blind| !(blind.kind == kind && blind.scope == scope && blind.name == name && name.is_some()));
            self.live.blind.push(Blind { kind, scope: scope.clone(), name, why: why.clone() });
        }
    }
}
