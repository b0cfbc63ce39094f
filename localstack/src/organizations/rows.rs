//! The structures of the service model, made from state.

use serde_json::{Value, json};

use super::managed::is_managed;
use super::organization::{AccountState, Organization, Policy};
use super::policy_type::PolicyType;
use super::tree::Node;
use crate::clock::{Millis, epoch_seconds};
use crate::config::Partition;

/// Writes parts of an organization, as of a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a> {
    pub(super) organization: &'a Organization,
    pub(super) partition: Partition,
    pub(super) now: Millis,
}

impl Rows<'_> {
    /// `arn:<partition>:organizations::<management account>:<kind>/<organization>/<rest>`
    fn arn(&self, kind: &str, rest: &str) -> String {
        let Organization { id, management_account, .. } = self.organization;
        format!("arn:{}:organizations::{management_account}:{kind}/{id}{rest}", self.partition.id())
    }

    pub(super) fn node_arn(&self, id: &str) -> String {
        let kind = match self.organization.node(id) {
            Some(Node::Root(_)) => "root",
            Some(Node::Unit(_)) => "ou",
            _ => "account",
        };
        self.arn(kind, &format!("/{id}"))
    }

    /// Inferred: the segment of a type is its name in lower case, as `backup_policy` is.
    pub(super) fn policy_arn(&self, id: &str, policy_type: PolicyType) -> String {
        let segment = type_name(policy_type).to_lowercase();
        if is_managed(id) {
            return format!("arn:{}:organizations::aws:policy/{segment}/{id}", self.partition.id());
        }
        self.arn("policy", &format!("/{segment}/{id}"))
    }

    pub(super) fn resource_policy_arn(&self, id: &str) -> String {
        self.arn("resourcepolicy", &format!("/{id}"))
    }

    pub(super) fn organization(&self) -> Value {
        let Organization { id, management_account, feature_set, accounts, .. } = self.organization;
        json!({
            "Id": id,
            "Arn": self.arn("organization", ""),
            "FeatureSet": feature_set,
            "MasterAccountArn": self.node_arn(management_account),
            "MasterAccountId": management_account,
            "MasterAccountEmail": accounts.get(management_account).map(|account| &account.email),
        })
    }

    pub(super) fn root(&self) -> Value {
        let root = &self.organization.root;
        let types = self.organization.policy_types.iter();
        let listed = types.filter_map(|(policy_type, switch)| Some((policy_type, switch.status(self.now)?)));
        let types: Vec<Value> =
            listed.map(|(policy_type, status)| json!({"Type": policy_type, "Status": status})).collect();
        json!({"Id": root.id, "Arn": self.node_arn(&root.id), "Name": root.name, "PolicyTypes": types})
    }

    pub(super) fn unit(&self, id: &str) -> Value {
        let name = self.organization.node(id).map(Node::name);
        json!({"Id": id, "Arn": self.node_arn(id), "Name": name, "Path": self.organization.path(id)})
    }

    pub(super) fn account(&self, id: &str) -> Value {
        let mut row = self.account_without_paths(id);
        row["Paths"] = json!([self.organization.path(id)]);
        row
    }

    fn account_without_paths(&self, id: &str) -> Value {
        let Some(account) = self.organization.accounts.get(id) else { return Value::Null };
        json!({
            "Id": id,
            "Arn": self.node_arn(id),
            "Email": account.email,
            "Name": account.name,
            "Status": status(account.state),
            "State": account.state,
            "JoinedMethod": account.joined_method,
            "JoinedTimestamp": epoch_seconds(account.joined),
        })
    }

    pub(super) fn delegated_administrator(&self, id: &str, since: Millis) -> Value {
        let mut row = self.account_without_paths(id);
        row["DelegationEnabledDate"] = epoch_seconds(since).into();
        row
    }

    pub(super) fn policy_summary(&self, id: &str, policy: &Policy) -> Value {
        let Policy { name, description, kind, content: _ } = policy;
        json!({
            "Id": id,
            "Arn": self.policy_arn(id, *kind),
            "Name": name,
            "Description": description,
            "Type": kind,
            "AwsManaged": is_managed(id),
        })
    }

    pub(super) fn policy(&self, id: &str, policy: &Policy) -> Value {
        json!({"PolicySummary": self.policy_summary(id, policy), "Content": policy.content})
    }

    pub(super) fn target(&self, id: &str) -> Value {
        let node = self.organization.node(id);
        json!({"TargetId": id, "Arn": self.node_arn(id), "Name": node.map(Node::name), "Type": node.map(Node::kind)})
    }
}

/// The older `Status` of an account, which has fewer words. Inferred for the states that it has no word for.
fn status(state: AccountState) -> &'static str {
    match state {
        AccountState::PendingActivation | AccountState::Active => "ACTIVE",
        AccountState::PendingClosure => "PENDING_CLOSURE",
        AccountState::Suspended | AccountState::Closed => "SUSPENDED",
    }
}

/// A policy type as it stands in requests and answers.
pub(super) fn type_name(policy_type: PolicyType) -> String {
    json!(policy_type).as_str().unwrap_or_default().to_owned()
}
