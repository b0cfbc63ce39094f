//! IAM policies and what they are attached to. Path and name are the address, so the marks only say whose a policy is.

use super::Pass;
use crate::kinds::Model;
use crate::kinds::iam_policy::applying::lets_apply_some;
use crate::kinds::iam_policy::meaning;
use crate::kinds::iam_policy_attachment::{self, Says};
use crate::model::{Address, Blind, Evidence, Owner, Raw};

impl Pass<'_> {
    pub(super) fn iam_policy(&mut self, raw: Raw) {
        let address = Address::new(raw.kind, raw.scope.clone(), raw.name.clone());
        let (owner, _) = raw.owner(&self.desired.stack);
        let wanted = self.desired.resources.contains_key(&address);
        match &owner {
            Owner::Unseen(why) => {
                let (kind, scope, name, why) = (raw.kind, raw.scope, Some(address.name), why.clone());
                self.live.blind.push(Blind { kind, scope, name, why });
            }
            Owner::Ours => {
                self.policies.insert(raw.id.clone(), (address.clone(), owner.clone()));
                self.find(address, owner, raw);
            }
            _ if wanted => {
                self.policies.insert(raw.id.clone(), (address.clone(), owner.clone()));
                self.find(address, owner, raw);
            }
            _ => self.unmanaged(&raw, &owner),
        }
    }

    pub(super) fn iam_policy_attachment(&mut self, mut raw: Raw) {
        let Evidence::Of(policy) = &raw.evidence else { return };
        let Some((policy, owner)) = self.policies.get(policy).cloned() else { return };
        let says = match self.live.found.get(&policy).map(|found| &found.model) {
            Some(Model::IamPolicy(model)) => {
                Says { guards: meaning::guards(&model.document), applies: lets_apply_some(&model.document) }
            }
            _ => Says::default(),
        };
        // IAM takes role names that differ in case only for one.
        let declared = self.desired.resources.values().find_map(|wanted| match &wanted.model {
            Model::IamPolicyAttachment(want)
                if want.policy.address() == Some(&policy) && want.role.eq_ignore_ascii_case(&raw.name) =>
            {
                Some(want.role.clone())
            }
            _ => None,
        });
        let role = declared.unwrap_or_else(|| raw.name.clone());
        if let Some(Model::IamPolicyAttachment(model)) = &mut raw.model {
            (model.says, model.role) = (says, role.clone());
        }
        let address = Address::new(raw.kind, raw.scope.clone(), iam_policy_attachment::name(&policy.name, &role));
        self.find(address, owner, raw);
    }
}
