//! The clients of one caller.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use aws_config::SdkConfig;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::access::{Access, ReadsOnly};
use super::audit::Recording;
use super::call::{CallLog, ReadCx};
use super::error::{AwsError, Class};
use super::facts::caller;
use crate::model::{Caller, Region, Scope, organizations_region};

/// The clients of one caller, one per service and Region, over one pool of connections.
pub struct Clients {
    config: SdkConfig,
    access: Access,
    slots: Semaphore,
    caller: Caller,
    /// Where the caller was told who it is: a Region that knows these credentials.
    known: Option<Region>,
    bedrock: Mutex<HashMap<Region, aws_sdk_bedrock::Client>>,
    organizations: aws_sdk_organizations::Client,
}

impl Clients {
    /// Asks who calls, and keeps the answer.
    pub(super) async fn connect(config: SdkConfig, access: Access, parallelism: usize) -> Result<Self, AwsError> {
        let caller = caller(&aws_sdk_sts::Client::new(&config)).await?;
        let mut organizations = aws_sdk_organizations::config::Builder::from(&config)
            .region(sdk_region(&organizations_region(&caller.partition)))
            .interceptor(Recording);
        if access == Access::ReadOnly {
            organizations = organizations.interceptor(ReadsOnly);
        }
        Ok(Self {
            known: config.region().map(|region| Region::new(region.as_ref())),
            config,
            access,
            slots: Semaphore::new(parallelism.max(1)),
            caller,
            bedrock: Mutex::default(),
            organizations: aws_sdk_organizations::Client::from_conf(organizations.build()),
        })
    }

    /// Who calls.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What these clients may do.
    pub fn access(&self) -> Access {
        self.access
    }

    /// What a read needs, its calls noted in `log`.
    pub fn reading<'a>(&'a self, log: &'a CallLog) -> ReadCx<'a> {
        ReadCx { clients: self, log }
    }

    /// Makes sure that `scope` is one in which these clients act; in any other they would act in the wrong account.
    pub(crate) fn enter(&self, scope: &Scope) -> Result<(), AwsError> {
        if scope.account == self.caller.account { Ok(()) } else { Err(AwsError::elsewhere(scope)) }
    }

    /// Bedrock in the Region of `scope`, which was entered.
    pub(crate) fn bedrock(&self, scope: &Scope) -> aws_sdk_bedrock::Client {
        let region = scope.region.clone().unwrap_or_else(|| organizations_region(&self.caller.partition));
        let mut clients = self.bedrock.lock().unwrap_or_else(PoisonError::into_inner);
        let make = |region: &Region| {
            let mut config =
                aws_sdk_bedrock::config::Builder::from(&self.config).region(sdk_region(region)).interceptor(Recording);
            if self.access == Access::ReadOnly {
                config = config.interceptor(ReadsOnly);
            }
            aws_sdk_bedrock::Client::from_conf(config.build())
        };
        clients.entry(region).or_insert_with_key(make).clone()
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
}

impl fmt::Debug for Clients {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Clients").field("caller", &self.caller).field("access", &self.access).finish_non_exhaustive()
    }
}

fn sdk_region(region: &Region) -> aws_config::Region {
    aws_config::Region::new(region.as_str().to_owned())
}
