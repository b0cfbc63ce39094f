//! The clients of a run: those of the caller, and those of every account that it enters.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::access::{Access, ReadsOnly};
use super::assumed::{Entered, Role};
use super::audit::Recording;
use super::call::{CallLog, ReadCx};
use super::connection::{Roles, role_arn};
use super::error::{AwsError, Class};
use super::facts::caller;
use crate::model::{AccountId, Caller, Region, RoleNames, Scope, organizations_region};

/// The clients of a run, one per service, account and Region, over one pool of connections.
pub struct Clients {
    access: Access,
    slots: Semaphore,
    /// Who calls before any role is assumed, and with what.
    origin: Box<(Caller, SdkConfig)>,
    caller: Caller,
    /// Where the caller was told who it is: a Region that knows these credentials.
    known: Option<Region>,
    roles: Option<Roles>,
    home: Arc<Account>,
    entered: Mutex<BTreeMap<AccountId, Arc<Account>>>,
    organizations: aws_sdk_organizations::Client,
}

/// As whom something is tried in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Acting<'a> {
    /// As bedrail: by the role of this name, or as the caller in its own account and as whoever writes in another.
    Own(Option<&'a str>),
    /// As an application, by the role of this name.
    Application(&'a str),
}

/// The clients of one account.
struct Account {
    config: SdkConfig,
    /// By which it is entered; `None` for the account of the caller.
    role: Option<Arc<Role>>,
    bedrock: Mutex<BTreeMap<Region, aws_sdk_bedrock::Client>>,
    runtime: Mutex<BTreeMap<Region, aws_sdk_bedrockruntime::Client>>,
    iam: OnceLock<aws_sdk_iam::Client>,
}

/// Sets what all clients have in common.
macro_rules! client {
    ($service:ident, $config:expr, $region:expr, $access:expr) => {{
        let mut config = $service::config::Builder::from($config).region(sdk_region($region)).interceptor(Recording);
        if $access == Access::ReadOnly {
            config = config.interceptor(ReadsOnly);
        }
        $service::Client::from_conf(config.build())
    }};
}

impl Clients {
    /// Asks who calls, and keeps the answer. A caller outside of the management account that has a role there goes on as
    /// that role.
    pub(super) async fn connect(
        config: SdkConfig,
        access: Access,
        parallelism: usize,
        roles: Option<Roles>,
    ) -> Result<Self, AwsError> {
        let origin = caller(&aws_sdk_sts::Client::new(&config)).await?;
        let (mut caller, origin) = (origin.clone(), Box::new((origin, config.clone())));
        let mut home = Account::new(config, None);
        if let Some(roles) = &roles
            && let Some(management) = &roles.names.management
            && roles.management_account != caller.account
        {
            let role = roles.role(management, &roles.management_account, &caller, &home.config, access);
            let principal = role.assume().await?.principal;
            home = Account::behind(&home.config, role);
            caller = Caller { account: roles.management_account.clone(), arn: principal, ..caller };
        }
        let organizations =
            client!(aws_sdk_organizations, &home.config, &organizations_region(&caller.partition), access);
        Ok(Self {
            known: home.config.region().map(|region| Region::new(region.as_ref())),
            access,
            origin,
            slots: Semaphore::new(parallelism.max(1)),
            caller,
            roles,
            home: Arc::new(home),
            entered: Mutex::default(),
            organizations,
        })
    }

    /// Who calls: the caller's own principal, or that of the session in the management account.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The caller's own principal, before any role.
    pub fn origin(&self) -> &Caller {
        &self.origin.0
    }

    /// The settings and credentials of the caller, before any role.
    pub(super) fn origin_config(&self) -> &SdkConfig {
        &self.origin.1
    }

    /// What these clients may do.
    pub fn access(&self) -> Access {
        self.access
    }

    /// What a read needs, its calls noted in `log`.
    pub fn reading<'a>(&'a self, log: &'a CallLog) -> ReadCx<'a> {
        ReadCx { clients: self, log }
    }

    /// Makes sure that the account of `scope` is entered, by assuming its role if that was not done yet.
    ///
    /// # Errors
    /// Nothing leads into it, or AWS refuses the role; the refusal stands for the rest of the run.
    pub(crate) async fn enter(&self, scope: &Scope) -> Result<(), AwsError> {
        if scope.account == self.caller.account {
            return Ok(());
        }
        let account = self.account(&scope.account);
        let Some(role) = &account.role else { return Ok(()) };
        let _slot = self.slot().await;
        role.assume().await.map(|_| ())
    }

    /// Whether the role by which clients of this `access` enter `account` may be assumed. The session may only read, whatever
    /// its role allows, and nothing is done with it.
    ///
    /// # Errors
    /// Nothing leads into the account, or AWS refuses the role.
    pub async fn try_role(&self, account: &AccountId, access: Access) -> Result<(), AwsError> {
        let roles = self.roles.as_ref().filter(|roles| roles.management_account != *account);
        let roles = roles.ok_or_else(|| AwsError::elsewhere(account))?;
        let name = roles.member(access);
        let role = roles.role(name, account, &self.caller, &self.home.config, Access::ReadOnly);
        let _slot = self.slot().await;
        role.assume().await.map(|_| ())
    }

    /// Who acts in `account`: the session by which it was entered, and the caller where none was.
    pub(super) async fn principal(&self, account: &AccountId) -> String {
        let session = match &self.account(account).role {
            Some(role) => role.assume().await.ok(),
            None => None,
        };
        session.map_or_else(|| self.caller.arn.clone(), |session| session.principal)
    }

    /// Bedrock in the account and Region of `scope`, which was entered.
    pub(crate) fn bedrock(&self, scope: &Scope) -> aws_sdk_bedrock::Client {
        let region = scope.region.clone().unwrap_or_else(|| organizations_region(&self.caller.partition));
        let account = self.account(&scope.account);
        let mut clients = account.bedrock.lock().unwrap_or_else(PoisonError::into_inner);
        let make = |region: &Region| client!(aws_sdk_bedrock, &account.config, region, self.access);
        clients.entry(region).or_insert_with_key(make).clone()
    }

    /// Bedrock's runtime in the account and Region of `scope`, which was entered. It tries once: whoever calls it keeps a pace,
    /// and has to see what AWS throttles.
    pub(super) fn bedrock_runtime(&self, scope: &Scope) -> aws_sdk_bedrockruntime::Client {
        let region = scope.region.clone().unwrap_or_else(|| organizations_region(&self.caller.partition));
        let account = self.account(&scope.account);
        let mut clients = account.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let make = |region: &Region| {
            let once = account.config.to_builder().retry_config(RetryConfig::disabled()).build();
            client!(aws_sdk_bedrockruntime, &once, region, self.access)
        };
        clients.entry(region).or_insert_with_key(make).clone()
    }

    /// IAM of the account of `scope`, which was entered. Where it answers follows from the partition.
    pub(crate) fn iam(&self, scope: &Scope) -> aws_sdk_iam::Client {
        let account = self.account(&scope.account);
        let region = organizations_region(&self.caller.partition);
        account.iam.get_or_init(|| client!(aws_sdk_iam, &account.config, &region, self.access)).clone()
    }

    /// The runtime of Bedrock in the account and Region of `scope`, which was entered.
    pub(crate) fn runtime(&self, scope: &Scope) -> aws_sdk_bedrockruntime::Client {
        let region = scope.region.clone().unwrap_or_else(|| organizations_region(&self.caller.partition));
        client!(aws_sdk_bedrockruntime, &self.account(&scope.account).config, &region, self.access)
    }

    /// The runtime of Bedrock as somebody else sees it, in `region`.
    pub(super) fn runtime_as(settings: &SdkConfig, region: &Region) -> aws_sdk_bedrockruntime::Client {
        client!(aws_sdk_bedrockruntime, settings, region, Access::ReadWrite)
    }

    /// The settings and credentials of one who may do in `account` what `policy` says, and no more: the caller in its own account
    /// and whoever writes in another, or else a role.
    ///
    /// # Errors
    /// Nothing leads there, or AWS refuses the role.
    pub(super) async fn settings(
        &self,
        account: &AccountId,
        acting: Acting<'_>,
        policy: String,
    ) -> Result<SdkConfig, AwsError> {
        let at_home = *account == self.caller.account;
        let mut base = &self.home.config;
        let (name, is_own) = match (acting, &self.roles) {
            (Acting::Own(None), Some(Roles { names: RoleNames { management: Some(name), .. }, .. }))
                if at_home && self.home.role.is_some() =>
            {
                // Its session was opened to read, so there is another one beside it.
                base = &self.origin.1;
                (name.as_str(), true)
            }
            (Acting::Own(None), _) if at_home => return Ok(self.home.config.clone()),
            (Acting::Own(Some(name)), _) => (name, true),
            (Acting::Own(None), Some(roles)) if roles.management_account != *account => {
                (roles.member(Access::ReadWrite), true)
            }
            (Acting::Own(None), _) => return Err(AwsError::elsewhere(account)),
            (Acting::Application(name), _) => (name, false),
        };
        let session = self.roles.as_ref().map_or("bedrail", |roles| roles.session.as_str());
        // Whoever calls an application's role has no business with what bedrail is let in by.
        let external_id = self.roles.as_ref().filter(|_| is_own).and_then(|roles| roles.external_id.clone());
        let arn = role_arn(&self.caller, account, name);
        let role = Role::new(base, arn, session.to_owned(), external_id, Some(policy));
        let _slot = self.slot().await;
        role.assume().await?;
        Ok(Account::behind(&self.home.config, role).config)
    }

    /// Organizations, in the one Region of the partition where it answers.
    pub(crate) fn organizations(&self) -> aws_sdk_organizations::Client {
        self.organizations.clone()
    }

    /// Whether the failure says that there is nothing to read in `region`: the account has not enabled it, or it has no
    /// such service. In the Region that told who calls, and where there is no Region, the same answer is a failure.
    pub(crate) fn is_unavailable(&self, region: Option<&Region>, error: &AwsError) -> bool {
        region.is_some_and(|region| Some(region) != self.known.as_ref())
            && matches!(error.class, Class::NotEnabled | Class::NoEndpoint)
    }

    pub(super) async fn slot(&self) -> SemaphorePermit<'_> {
        self.slots.acquire().await.expect("the slots are never closed")
    }

    /// The account of this id. Where nothing leads into it, its clients are refused; the caller's never stand in for them.
    fn account(&self, id: &AccountId) -> Arc<Account> {
        if *id == self.caller.account {
            return self.home.clone();
        }
        let make = || {
            let roles = self.roles.as_ref().filter(|roles| roles.management_account != *id);
            let role = match roles {
                Some(roles) => roles.role(roles.member(self.access), id, &self.caller, &self.home.config, self.access),
                None => Role::refused(&self.home.config, AwsError::elsewhere(id)),
            };
            Arc::new(Account::behind(&self.home.config, role))
        };
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        entered.entry(id.clone()).or_insert_with(make).clone()
    }
}

impl Account {
    fn new(config: SdkConfig, role: Option<Arc<Role>>) -> Self {
        Self { config, role, bedrock: Mutex::default(), runtime: Mutex::default(), iam: OnceLock::new() }
    }

    /// The account behind a role.
    fn behind(base: &SdkConfig, role: Role) -> Self {
        let role = Arc::new(role);
        let provider = SharedCredentialsProvider::new(Entered(role.clone()));
        let config = base.to_builder().credentials_provider(provider).build();
        Self::new(config, Some(role))
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Clients").field("caller", &self.caller).field("access", &self.access).finish_non_exhaustive()
    }
}

fn sdk_region(region: &Region) -> aws_config::Region {
    aws_config::Region::new(region.as_str().to_owned())
}
