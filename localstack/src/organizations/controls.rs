//! The policies that authorize: service control policies and resource control policies.

use super::organization::Organization;
use super::policy_type::{PolicyType, Status};
use crate::clock::Millis;

/// For each node from the root down to an account, the ids and documents of its policies.
pub(crate) type Levels = Vec<Vec<(String, String)>>;

impl Organization {
    /// The service control policies that an account's principals are subject to.
    pub(crate) fn service_control(&self, account: &str, now: Millis) -> Levels {
        self.controls(PolicyType::ServiceControlPolicy, account, now)
    }

    /// The resource control policies that an account's resources are subject to. Inferred: whatever the service.
    pub(crate) fn resource_control(&self, account: &str, now: Millis) -> Levels {
        self.controls(PolicyType::ResourceControlPolicy, account, now)
    }

    /// No level: the type is not in effect, or the account is none that it is for. The management account never is.
    ///
    /// A node without a policy has the type's managed one, which AWS attaches with the type and a state by hand may leave out.
    fn controls(&self, policy_type: PolicyType, account: &str, now: Millis) -> Levels {
        let in_effect = self.status(policy_type, now) == Some(Status::Enabled);
        if !in_effect || account == self.management_account || !self.accounts.contains_key(account) {
            return Levels::new();
        }
        let document = |id: &str| self.policy(id).map(|policy| (id.to_owned(), policy.content.clone()));
        let level = |node: &str| match self.attached(node, policy_type) {
            [] => policy_type.managed_policy().and_then(document).into_iter().collect(),
            attached => attached.iter().filter_map(|id| document(id)).collect(),
        };
        self.downward(account).into_iter().map(level).collect()
    }
}
