//! What must be known before a spec can be lowered: who calls, and the organization as far as selectors need it.

use std::collections::BTreeSet;

use aws_sdk_organizations::types::{AccountState, AccountStatus, OrganizationFeatureSet};
use serde_json::Value;

use super::call::{CallLog, ReadCx};
use super::clients::Clients;
use super::error::{AwsError, Class};
use super::units;
use crate::kinds::org_policy_type::PolicyType;
use crate::model::{Account, AccountId, Caller, Document, Organization, Partition};

/// What the spec says of where it belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// `account_id`
    pub account: Option<AccountId>,
    /// `organization.id`
    pub organization: Option<String>,
    /// `organization.management_account`; without it there is no organization to read.
    pub management_account: Option<AccountId>,
}

/// Why the facts could not be established.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The caller's account is not the declared one.
    #[error("the spec is for account {declared}, and the caller is in {caller}")]
    OtherAccount {
        /// `account_id`
        declared: AccountId,
        /// Where the caller is.
        caller: AccountId,
    },
    /// The caller's organization is not the declared one.
    #[error("the spec is for organization {declared}, and the caller is in {found}")]
    OtherOrganization {
        /// `organization.id`
        declared: String,
        /// Where the caller is.
        found: String,
    },
    /// The declared management account is not the organization's.
    #[error("the spec says that {declared} is the management account, and it is {found}")]
    OtherManagement {
        /// `organization.management_account`
        declared: AccountId,
        /// The organization's.
        found: AccountId,
    },
    /// The caller is in a member account that nothing is delegated to.
    #[error("the caller is in account {caller}, and {management} manages the organization")]
    NotManagement {
        /// Where the caller is.
        caller: AccountId,
        /// The management account.
        management: AccountId,
    },
}

impl FactsError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(),
            Self::OtherAccount { declared, .. } => Some(format!("use credentials of account {declared}")),
            Self::OtherOrganization { declared, .. } => Some(format!("use credentials of organization {declared}")),
            Self::OtherManagement { found, .. } => {
                Some(format!("use credentials of the declared organization, or declare {found}"))
            }
            Self::NotManagement { management, .. } => Some(format!(
                "use credentials of account {management}, or of one that its resource policy (`organizations:PutResourcePolicy`) admits"
            )),
        }
    }
}

/// Asks who calls. It needs no permission, so a failure is one of credentials or of the way to AWS.
pub(super) async fn caller(sts: &aws_sdk_sts::Client) -> Result<Caller, AwsError> {
    const OPERATION: &str = "sts:GetCallerIdentity";
    let answer =
        sts.get_caller_identity().send().await.map_err(|error| AwsError::new(OPERATION, "the caller", &error))?;
    let unreadable = |what: &str| AwsError::unreadable(OPERATION, "the caller", what);
    let arn = answer.arn().filter(|arn| !arn.is_empty()).ok_or_else(|| unreadable("the answer has no ARN"))?;
    let account = answer.account().and_then(|id| id.parse().ok()).ok_or_else(|| unreadable("no account id"))?;
    let partition = arn.split(':').nth(1).filter(|name| !name.is_empty()).ok_or_else(|| unreadable("no partition"))?;
    Ok(Caller { account, arn: arn.to_owned(), partition: Partition::new(partition) })
}

/// Makes sure that the caller is where the spec belongs, and reads the organization if it declares one.
///
/// `units` are the OU paths that selectors name, such as `Workloads/Prod`; OUs are listed along these paths only. The
/// roots tell the organization and its management account, so that nothing else is asked for them.
///
/// # Errors
/// The caller is elsewhere, or may not read the organization.
pub async fn organization(
    clients: &Clients,
    declared: &Declared,
    units: &BTreeSet<String>,
) -> Result<Option<Organization>, FactsError> {
    let caller = &clients.caller().account;
    if let Some(declared) = &declared.account
        && declared != caller
    {
        return Err(FactsError::OtherAccount { declared: declared.clone(), caller: caller.clone() });
    }
    let Some(management) = &declared.management_account else { return Ok(None) };
    let log = CallLog::default();
    let tree = Tree { cx: clients.reading(&log) };
    let root = match tree.root().await {
        Ok(root) => root,
        Err(error) if error.class == Class::AccessDenied && caller != management => {
            let found = tree.management_account().await.unwrap_or_else(|_| management.clone());
            return Err(FactsError::NotManagement { caller: caller.clone(), management: found });
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(declared) = declared.organization.as_ref().filter(|declared| **declared != root.organization) {
        return Err(FactsError::OtherOrganization { declared: declared.clone(), found: root.organization });
    }
    if *management != root.management_account {
        return Err(FactsError::OtherManagement { declared: management.clone(), found: root.management_account });
    }
    // Who may list the roots and is a member has been delegated something; whether it is enough, a precondition tells.
    let delegation = if caller == management { Ok(None) } else { tree.delegation().await };
    let all_features = tree.all_features(&root).await;
    let accounts = tree.accounts().await?;
    let units = units::along(&tree.cx, &root.id, units).await?;
    Ok(Some(Organization {
        id: root.organization,
        management_account: root.management_account,
        root: root.id,
        policy_types: root.policy_types,
        all_features,
        delegation,
        accounts,
        units,
    }))
}

/// The organization of the caller, whatever a spec says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// `o-…`
    pub id: String,
    /// The account that manages it.
    pub management_account: AccountId,
    /// Whether it has all features; `None` where AWS does not say.
    pub all_features: Option<bool>,
    /// The organization without its OUs, where the caller may list it.
    pub read: Option<Organization>,
}

/// The organization to which the caller's account belongs.
///
/// # Errors
/// It belongs to none, or may not know to which.
pub async fn whereabouts(clients: &Clients) -> Result<Whereabouts, AwsError> {
    let log = CallLog::default();
    let (id, management_account, all_features) = Tree { cx: clients.reading(&log) }.described().await?;
    let declared = Declared { management_account: Some(management_account.clone()), ..Declared::default() };
    // A member that may not list it knows what there is to know.
    let read = organization(clients, &declared, &BTreeSet::new()).await.ok().flatten();
    Ok(Whereabouts { id, management_account, all_features, read })
}

struct Root {
    id: String,
    organization: String,
    management_account: AccountId,
    policy_types: Vec<(String, String)>,
}

struct Tree<'a> {
    cx: ReadCx<'a>,
}

const LIST_ROOTS: &str = "organizations:ListRoots";
const DESCRIBE_ORGANIZATION: &str = "organizations:DescribeOrganization";
const LIST_ACCOUNTS: &str = "organizations:ListAccounts";

impl Tree<'_> {
    async fn root(&self) -> Result<Root, AwsError> {
        let unreadable = |what: &str| AwsError::unreadable(LIST_ROOTS, "the organization", what);
        let mut next = None;
        let root = loop {
            let request = self.cx.clients.organizations().list_roots().set_next_token(next);
            let page = self.cx.call(LIST_ROOTS, "the organization", request.send()).await?;
            if let Some(root) = page.roots().first() {
                break root.clone();
            }
            next = page.next_token;
            if next.is_none() {
                return Err(unreadable("the answer has no root"));
            }
        };
        // arn:<partition>:organizations::<management account>:root/<organization>/<root>
        let arn = root.arn().unwrap_or_default();
        let mut path = arn.rsplit(':').next().unwrap_or_default().split('/').skip(1);
        let organization = path.next().filter(|id| id.starts_with("o-"));
        let account = arn.split(':').nth(4).and_then(|id| id.parse().ok());
        Ok(Root {
            id: root.id().filter(|id| !id.is_empty()).ok_or_else(|| unreadable("the root has no id"))?.to_owned(),
            organization: organization.ok_or_else(|| unreadable("the root's ARN names no organization"))?.to_owned(),
            management_account: account.ok_or_else(|| unreadable("the root's ARN names no account"))?,
            policy_types: root
                .policy_types()
                .iter()
                .filter_map(|row| Some((row.r#type()?.as_str().to_owned(), row.status()?.as_str().to_owned())))
                .collect(),
        })
    }

    async fn management_account(&self) -> Result<AccountId, AwsError> {
        Ok(self.described().await?.1)
    }

    /// The organization's id, its management account and whether it has all features: what every member may know.
    async fn described(&self) -> Result<(String, AccountId, Option<bool>), AwsError> {
        let unreadable = |what: &str| AwsError::unreadable(DESCRIBE_ORGANIZATION, "the organization", what);
        let request = self.cx.clients.organizations().describe_organization();
        let answer = self.cx.call(DESCRIBE_ORGANIZATION, "the organization", request.send()).await?;
        let found = answer.organization().ok_or_else(|| unreadable("the answer is empty"))?;
        let management = found.master_account_id().and_then(|id| id.parse().ok());
        let all_features = found.feature_set().map(|set| *set == OrganizationFeatureSet::All);
        let id = found.id().unwrap_or_default().to_owned();
        Ok((id, management.ok_or_else(|| unreadable("no management account"))?, all_features))
    }

    /// Whether the organization has all features. A policy type that is enabled says so without a call; a refusal
    /// leaves it unknown.
    async fn all_features(&self, root: &Root) -> Option<bool> {
        if root.policy_types.iter().any(|(name, status)| PolicyType::from_word(name).is_some() && status == "ENABLED") {
            return Some(true);
        }
        self.described().await.ok()?.2
    }

    /// The policy by which the management account delegates, as a precondition judges it; a failure is told there.
    async fn delegation(&self) -> Result<Option<Document>, String> {
        const OPERATION: &str = "organizations:DescribeResourcePolicy";
        let request = self.cx.clients.organizations().describe_resource_policy();
        let content = match self.cx.call(OPERATION, "the organization", request.send()).await {
            Ok(answer) => answer.resource_policy.and_then(|policy| policy.content).unwrap_or_default(),
            Err(error) if error.is("ResourcePolicyNotFound") => return Ok(None),
            Err(error) => return Err(error.reason()),
        };
        let json: Value = serde_json::from_str(&content).map_err(|error| format!("it is no JSON: {error}"))?;
        Ok(Some(Document::from(json)))
    }

    async fn accounts(&self) -> Result<Vec<Account>, AwsError> {
        let (mut accounts, mut next) = (Vec::new(), None);
        loop {
            let request = self.cx.clients.organizations().list_accounts().max_results(20).set_next_token(next);
            let page = self.cx.call(LIST_ACCOUNTS, "the organization", request.send()).await?;
            for row in page.accounts() {
                accounts.push(account(row)?);
            }
            next = page.next_token;
            // An empty page can carry a token: only its absence ends the list.
            if next.is_none() {
                // AWS promises no order.
                accounts.sort_by(|one, other| one.id.cmp(&other.id));
                return Ok(accounts);
            }
        }
    }
}

/// `Status` is about to be withdrawn (2026-09-09) in favour of `State`, so it counts only where `State` is absent.
fn account(row: &aws_sdk_organizations::types::Account) -> Result<Account, AwsError> {
    let id = row.id().unwrap_or_default();
    let unreadable = |what: &str| AwsError::unreadable(LIST_ACCOUNTS, id, what);
    let active = match row.state() {
        Some(state) => *state == AccountState::Active,
        None => row.status() == Some(&AccountStatus::Active),
    };
    // <organization>/<root>/<OU>…/<account>/
    let path = row.paths().first().map(String::as_str).unwrap_or_default();
    let ancestors: Vec<String> =
        path.split('/').skip(1).take_while(|part| !part.is_empty() && *part != id).map(str::to_owned).collect();
    if active && ancestors.is_empty() {
        return Err(unreadable("an account has no path"));
    }
    let account_id = id.parse().map_err(|_| unreadable("an account has no id"))?;
    Ok(Account { id: account_id, name: row.name().unwrap_or_default().to_owned(), active, ancestors })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> aws_sdk_organizations::types::builders::AccountBuilder {
        aws_sdk_organizations::types::Account::builder().id("333344445555").name("payments-prod")
    }

    #[test]
    fn an_account_knows_its_ancestors_root_first() {
        let row =
            row().state(AccountState::Active).paths("o-sand/r-sand/ou-sand-work/ou-sand-prod/333344445555/").build();
        let account = account(&row).expect("an account");
        assert_eq!(account.ancestors, ["r-sand", "ou-sand-work", "ou-sand-prod"]);
        assert!(account.active);
    }

    #[test]
    fn status_counts_only_where_state_is_absent() {
        let path = "o-sand/r-sand/333344445555/";
        let closed = row().state(AccountState::Closed).status(AccountStatus::Active).paths(path).build();
        assert!(!account(&closed).expect("an account").active);
        let old = row().status(AccountStatus::Active).paths(path).build();
        assert!(account(&old).expect("an account").active);
    }

    #[test]
    fn an_active_account_without_a_path_is_unreadable() {
        let error = account(&row().state(AccountState::Active).build()).expect_err("no path");
        assert_eq!(error.class, Class::Unreadable);
    }
}
