//! Everything that AWS has in chosen accounts and Regions, whoever it belongs to: what `import` makes a spec of.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use crate::aws::{
    AwsError, CallLog, Clients, Connection, Declared, FactsError, Roles, Survey, bedrock_regions, name_units,
    organization, organizations_region, whereabouts,
};
use crate::kinds::Kind;
use crate::kinds::guardrail::aws::answers;
use crate::live;
use crate::model::{
    AccountId, Evidence, Facts, Needed, Organization, Readings, Region, RemoteId, RoleNames, Scope, Silence,
    Unavailable, Unread,
};
use crate::spec::selector::{Diagnosis, Selector};

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The accounts; none means that of the caller.
    pub accounts: Vec<Selector>,
    /// The Regions; none means every Region of the partition that answers.
    pub regions: BTreeSet<Region>,
    /// The role by which members are entered.
    pub role: Option<String>,
    /// The name of the sessions in members.
    pub session: String,
    /// The stack whose marks make something ours.
    pub stack: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// Who called, and the organization as far as it may be read.
    pub facts: Facts,
    /// The accounts that were looked into.
    pub accounts: BTreeSet<AccountId>,
    /// What AWS answered.
    pub readings: Readings,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// AWS, or the way to it, failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The organization could not be read as far as the accounts make it necessary.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// A selector selects nothing.
    #[error("`{selector}`: {}", .fault.message)]
    Selector {
        /// As it is written.
        selector: String,
        /// What is wrong.
        fault: Diagnosis,
    },
}

impl Failure {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(),
            Self::Facts(error) => error.hint(),
            Self::Selector { fault, .. } => fault.help.clone(),
        }
    }
}

/// Reads what there is. `connection` is that of the caller, without roles.
///
/// # Errors
/// See [`Failure`]; a read that fails later is among the readings.
pub async fn take(connection: Connection, wanted: &Wanted) -> Result<Inventory, Failure> {
    let mut clients = connection.open(crate::aws::Access::ReadOnly).await?;
    // A member that may not list its organization is looked at as an account of its own.
    let mut facts = facts(&clients, roles(wanted)).await?;
    if let Some(read) = facts.organization.take() {
        facts.organization = Some(with_units(&clients, read, &wanted.accounts).await?);
    }
    let accounts = accounts(wanted, &facts)?;
    if accounts.iter().any(|account| *account != facts.caller.account)
        && let Some(organization) = &facts.organization
    {
        let roles = Roles {
            management_account: organization.management_account.clone(),
            names: facts.roles.clone(),
            external_id: None,
            session: wanted.session.clone(),
        };
        clients = Connection { roles: Some(roles), ..connection }.open(crate::aws::Access::ReadOnly).await?;
    }
    let survey = survey(wanted, &facts, &accounts);
    let mut readings = live::read(&clients, &survey, every_version).await;
    as_asked(&mut readings, wanted, &facts, &accounts);
    let facts = named(&clients, facts, &readings).await;
    Ok(Inventory { facts, accounts, readings })
}

/// The clients that enter accounts as the connection says, or else through the role that AWS makes in every account, and the
/// caller's organization. `session` names the run in members.
///
/// # Errors
/// No usable credentials, or no answer.
pub async fn entered(connection: Connection, session: &str) -> Result<(Clients, Facts), AwsError> {
    let names = connection.roles.as_ref().map(|roles| roles.names.clone());
    let clients = connection.open(crate::aws::Access::ReadOnly).await?;
    let facts = facts(&clients, names.clone().unwrap_or_default()).await?;
    let Some(organization) = facts.organization.as_ref().filter(|_| names.is_none()) else {
        return Ok((clients, facts));
    };
    let roles = Roles {
        management_account: organization.management_account.clone(),
        names: facts.roles.clone(),
        external_id: None,
        session: session.to_owned(),
    };
    let clients = Connection { roles: Some(roles), ..connection }.open(crate::aws::Access::ReadOnly).await?;
    Ok((clients, facts))
}

/// Who calls, and its organization, whatever a spec says of it: none where it belongs to none, and where it may not list it.
///
/// # Errors
/// Any other failure to tell it.
pub async fn facts(clients: &Clients, roles: RoleNames) -> Result<Facts, AwsError> {
    let organization = match whereabouts(clients).await {
        Ok(found) => found.read,
        Err(error) if error.is("AWSOrganizationsNotInUseException") || error.is("AccessDeniedException") => None,
        Err(error) => return Err(error),
    };
    let caller = clients.caller().clone();
    Ok(Facts { bedrock_regions: bedrock_regions(&caller.partition), caller, roles, organization })
}

/// The facts with the names of the OUs above an account.
pub async fn named_above(clients: &Clients, mut facts: Facts, account: &AccountId) -> Facts {
    if let Some(organization) = &mut facts.organization {
        let above = organization.above(account.as_str()).unwrap_or_default();
        let nodes: BTreeSet<String> = above.iter().filter(|id| id.starts_with("ou-")).cloned().collect();
        Box::pin(name_units(clients, organization, &nodes)).await;
    }
    facts
}

/// The facts with the names of all OUs that have accounts.
pub async fn named_whole(clients: &Clients, mut facts: Facts) -> Facts {
    if let Some(organization) = &mut facts.organization {
        let ancestors = organization.accounts.iter().flat_map(|account| account.ancestors.iter().cloned());
        let nodes: BTreeSet<String> = ancestors.filter(|id| id.starts_with("ou-")).collect();
        Box::pin(name_units(clients, organization, &nodes)).await;
    }
    facts
}

/// The organization of the caller with every OU that has accounts, and the Regions in which Bedrock answers.
///
/// # Errors
/// No usable credentials, or no answer.
pub async fn surroundings(connection: Connection) -> Result<(Facts, Vec<Region>), AwsError> {
    let clients = connection.open(crate::aws::Access::ReadOnly).await?;
    let read = whereabouts(&clients).await.ok().and_then(|found| found.read);
    let caller = clients.caller().clone();
    let regions = bedrock_regions(&caller.partition);
    let log = CallLog::default();
    let cx = clients.reading(&log);
    let asked = regions.iter().map(async |region| {
        let scope = Scope::regional(caller.account.clone(), region.clone());
        answers(&cx, &scope).await.is_ok()
    });
    let answered = join_all(asked).await;
    let there = regions.iter().zip(answered).filter(|(_, there)| *there).map(|(region, _)| region.clone()).collect();
    let facts = Facts { caller, organization: read, bedrock_regions: regions, roles: RoleNames::default() };
    Ok((named_whole(&clients, facts).await, there))
}

fn roles(wanted: &Wanted) -> RoleNames {
    let default = RoleNames::default();
    let member = wanted.role.clone().unwrap_or(default.member);
    RoleNames { member_read: member.clone(), member, management: None }
}

/// The organization with the OUs along the paths that selectors name.
async fn with_units(clients: &Clients, read: Organization, selectors: &[Selector]) -> Result<Organization, FactsError> {
    let paths: BTreeSet<String> = selectors.iter().filter_map(Selector::unit_path).map(str::to_owned).collect();
    if paths.is_empty() {
        return Ok(read);
    }
    let declared = Declared { management_account: Some(read.management_account.clone()), ..Declared::default() };
    Ok(organization(clients, &declared, &paths).await?.unwrap_or(read))
}

fn accounts(wanted: &Wanted, facts: &Facts) -> Result<BTreeSet<AccountId>, Failure> {
    if wanted.accounts.is_empty() {
        return Ok(BTreeSet::from([facts.caller.account.clone()]));
    }
    let mut accounts = BTreeSet::new();
    for selector in &wanted.accounts {
        let fault = |fault| Failure::Selector { selector: selector.to_string(), fault };
        accounts.extend(selector.accounts(facts).map_err(fault)?);
    }
    Ok(accounts)
}

fn survey(wanted: &Wanted, facts: &Facts, accounts: &BTreeSet<AccountId>) -> Survey {
    let all = &facts.bedrock_regions.iter().cloned().collect();
    let regions = if wanted.regions.is_empty() { all } else { &wanted.regions };
    let scopes = |account: &AccountId| {
        let account = account.clone();
        regions.iter().map(move |region| Scope::regional(account.clone(), region.clone()))
    };
    let scopes: BTreeSet<Scope> = accounts.iter().flat_map(scopes).collect();
    Survey {
        stack: wanted.stack.clone(),
        declared: scopes.clone(),
        organization: facts.organization.clone(),
        wanted: scopes.into_iter().map(|scope| (Kind::InvocationLogging, scope)).collect(),
        whole: true,
        ..Survey::default()
    }
}

/// A Region that nobody asked for by name and that shows no guardrails is listed, and holds nothing back. One that was asked
/// for by name, and that no account has, is something that could not be read.
fn as_asked(readings: &mut Readings, wanted: &Wanted, facts: &Facts, accounts: &BTreeSet<AccountId>) {
    for region in &wanted.regions {
        let absent = || readings.unavailable.iter().filter(|one| one.scope.region.as_ref() == Some(region));
        if absent().count() == accounts.len()
            && let Some(Unavailable { scope, why, .. }) = absent().next().cloned()
        {
            let why = format!("the Region is not enabled, or has no Bedrock: {why}");
            readings.unread.push(Unread { kind: Kind::Guardrail, scope, id: None, why });
        }
    }
    if !wanted.regions.is_empty() {
        return;
    }
    // In the Region that Organizations answers in there is always something to read: what refuses there, refuses.
    let home = organizations_region(&facts.caller.partition);
    let list = |unread: &&Unread| unread.kind == Kind::Guardrail && unread.id.is_none();
    let refused = readings.unread.iter().filter(list).filter(|unread| unread.scope.region.as_ref() != Some(&home));
    let refused: BTreeMap<Scope, String> = refused.map(|unread| (unread.scope.clone(), unread.why.clone())).collect();
    readings.unread.retain(|unread| !refused.contains_key(&unread.scope));
    readings.not_scanned.extend(refused.into_iter().map(|(scope, why)| Unavailable {
        scope,
        silence: Silence::Refused,
        why,
    }));
}

/// What each version holds tells which are the same in several Regions.
fn every_version(readings: &Readings) -> Needed {
    let versions = readings.items.iter().filter(|item| matches!(item.evidence, Evidence::Version { .. }));
    let recognised: BTreeSet<RemoteId> = versions.map(|item| item.id.clone()).collect();
    Needed { recognised, ..Needed::default() }
}

/// The facts with the names of the OUs that something is attached to, or shared with.
async fn named(clients: &Clients, mut facts: Facts, readings: &Readings) -> Facts {
    let Some(organization) = &mut facts.organization else { return facts };
    let attached = readings.items.iter().filter(|item| item.kind == Kind::OrgPolicyAttachment);
    let mut nodes: BTreeSet<String> = attached.map(|item| item.name.clone()).collect();
    for item in readings.items.iter().filter(|item| item.kind == Kind::ResourcePolicy) {
        let Some(crate::kinds::Model::ResourcePolicy(model)) = &item.model else { continue };
        let texts = model.document.texts();
        nodes.extend(texts.flat_map(|text| {
            text.split('/').filter(|part| part.starts_with("ou-")).map(str::to_owned).collect::<Vec<_>>()
        }));
    }
    Box::pin(name_units(clients, organization, &nodes)).await;
    facts
}
