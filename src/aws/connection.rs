//! How AWS is reached: credentials, Region, endpoint, retries and time limits.

use std::time::Duration;

use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::region::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_sdk_sts::config::Credentials;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};

use super::access::Access;
use super::assumed::Role;
use super::clients::Clients;
use super::error::AwsError;
use crate::model::{AccountId, Caller, Partition, Region, RoleNames, organizations_region};
use crate::permissions::session;

/// What a user says of how AWS is reached.
#[derive(Clone, Debug)]
pub struct Connection {
    /// `--profile`
    pub profile: Option<String>,
    /// `--endpoint-url`: one endpoint for every service. Without it the SDK's own variables work, `AWS_ENDPOINT_URL` and
    /// those of single services.
    pub endpoint_url: Option<String>,
    /// The Region to ask who calls when neither environment nor profile names one: the spec's first.
    pub region: Option<Region>,
    /// Set when the endpoint is the local AWS: environment, profiles and real credentials then play no part.
    pub sandbox: Option<Sandbox>,
    /// How many calls may be in flight at once.
    pub parallelism: usize,
    /// How often a call is tried that was throttled, met a failure of the service, or got no answer.
    pub retries: Retries,
    /// How other accounts are entered; `None` without an organization.
    pub roles: Option<Roles>,
}

/// How the accounts of an organization are entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// The account that manages the organization.
    pub management_account: AccountId,
    /// The roles.
    pub names: RoleNames,
    /// The external id that the roles ask for.
    pub external_id: Option<String>,
    /// The name of every session, by which `CloudTrail` tells the run: 2 to 64 characters of `[\w+=,.@-]`.
    pub session: String,
}

impl Roles {
    /// The role that leads into a member.
    pub(super) fn member(&self, access: Access) -> &str {
        match access {
            Access::ReadOnly => &self.names.member_read,
            Access::ReadWrite => &self.names.member,
        }
    }

    /// The role `name` in `account`, assumed with the credentials of `base`.
    pub(super) fn role(
        &self,
        name: &str,
        account: &AccountId,
        caller: &Caller,
        base: &SdkConfig,
        access: Access,
    ) -> Role {
        let policy = (access == Access::ReadOnly).then(session::policy);
        Role::new(base, role_arn(caller, account, name), self.session.clone(), self.external_id.clone(), policy)
    }
}

/// The ARN of the role `name`, which may stand behind its path, in the partition of the caller.
pub(super) fn role_arn(caller: &Caller, account: &AccountId, name: &str) -> String {
    format!("arn:{}:iam::{account}:role/{}", caller.partition, name.trim_start_matches('/'))
}

/// Who calls the local AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// The account whose root is the caller.
    pub account: AccountId,
}

/// How often a call is tried in all, with rests that double from the first to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// 1 tries once.
    pub attempts: u32,
    /// The first rest, of which chance takes a part.
    pub first_rest: Duration,
    /// No rest is longer.
    pub longest_rest: Duration,
}

/// Eight attempts within about half a minute: throttling of a busy account passes, an outage does not.
impl Default for Retries {
    fn default() -> Self {
        Self { attempts: 8, first_rest: Duration::from_millis(250), longest_rest: Duration::from_secs(10) }
    }
}

const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(30);
const CALL: Duration = Duration::from_mins(3);

impl Connection {
    /// Loads credentials and settings and asks who calls.
    ///
    /// # Errors
    /// No usable credentials, or no answer.
    pub async fn open(&self, access: Access) -> Result<Clients, AwsError> {
        Clients::connect(self.load().await, access, self.parallelism, self.roles.clone()).await
    }

    async fn load(&self) -> SdkConfig {
        let app = AppName::new(concat!("bedrail-", env!("CARGO_PKG_VERSION"))).expect("the name has no space");
        let retries = RetryConfig::standard()
            .with_max_attempts(self.retries.attempts)
            .with_initial_backoff(self.retries.first_rest)
            .with_max_backoff(self.retries.longest_rest);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(CALL)
            .build();
        // The local AWS is on this machine, which a proxy would look for on its own.
        let proxy = if self.sandbox.is_some() { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .app_name(app)
            .http_client(one_pool(proxy))
            .retry_config(retries)
            .timeout_config(timeouts)
            // With AWS_BEARER_TOKEN_BEDROCK in the environment Bedrock's client would prefer that token, and so act as its
            // owner in its account. A preference that is set in code wins over the variable.
            .auth_scheme_preference([AuthSchemeId::from("sigv4")]);
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        let region = self.region.clone().unwrap_or_else(|| organizations_region(&Partition::new("aws")));
        let region = aws_config::Region::new(region.as_str().to_owned());
        if let Some(Sandbox { account }) = &self.sandbox {
            let key = format!("AKIA{account}");
            return loader
                .credentials_provider(Credentials::new(key, "sandbox", None, None, "sandbox"))
                .region(region)
                .use_fips(false)
                .use_dual_stack(false)
                .load()
                .await;
        }
        let mut profile_region = ProfileFileRegionProvider::builder();
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
            profile_region = profile_region.profile_name(profile);
        }
        let regions = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
            .or_else(profile_region.build())
            .or_else(region);
        loader.region(regions).load().await
    }
}

/// One pool of connections for the clients of every service and Region; each client would make its own.
fn one_pool(proxy: ProxyConfig) -> SharedHttpClient {
    let connector = Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
        .proxy_config(proxy)
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_settings, _components| connector.clone())
}
