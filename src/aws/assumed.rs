//! The role through which an account is entered, and the credentials that it yields.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use tokio::sync::Mutex;

use super::error::{ASSUME_ROLE, AwsError, Class};

/// Credentials are asked for anew when they end within this time.
const BEFORE_THE_END: Duration = Duration::from_mins(5);

/// Who somebody is after assuming a role.
#[derive(Clone, Debug)]
pub(super) struct Assumed {
    /// The session's ARN.
    pub(super) principal: String,
    credentials: Credentials,
}

/// A role that is assumed when it is first needed, and again before its credentials end. What AWS refuses is refused for the
/// rest of the run, so that an account that cannot be entered costs one call.
pub(super) struct Role {
    sts: aws_sdk_sts::Client,
    arn: String,
    session: String,
    external_id: Option<String>,
    policy: Option<String>,
    state: Mutex<State>,
}

enum State {
    Never,
    Entered(Assumed),
    Refused(AwsError),
}

impl Role {
    /// The role of this ARN, assumed with the credentials of `base`. The session may do no more than `policy` says, if there is one.
    pub(super) fn new(
        base: &SdkConfig,
        arn: String,
        session: String,
        external_id: Option<String>,
        policy: Option<String>,
    ) -> Self {
        Self { sts: aws_sdk_sts::Client::new(base), arn, session, external_id, policy, state: Mutex::new(State::Never) }
    }

    /// A role that nobody may assume, for this reason.
    pub(super) fn refused(base: &SdkConfig, why: AwsError) -> Self {
        let state = Mutex::new(State::Refused(why));
        Self { state, ..Self::new(base, String::new(), String::new(), None, None) }
    }

    /// Assumes the role, unless that was done already.
    ///
    /// # Errors
    /// What AWS answers.
    pub(super) async fn assume(&self) -> Result<Assumed, AwsError> {
        let mut state = self.state.lock().await;
        match &*state {
            State::Entered(assumed) if !ends_soon(&assumed.credentials) => return Ok(assumed.clone()),
            State::Refused(error) => return Err(error.clone()),
            State::Never | State::Entered(_) => {}
        }
        let assumed = self.ask().await;
        match &assumed {
            Ok(assumed) => *state = State::Entered(assumed.clone()),
            Err(error) if matches!(error.class, Class::AccessDenied | Class::Refused) => {
                *state = State::Refused(error.clone());
            }
            // It may pass.
            Err(_) => {}
        }
        assumed
    }

    async fn ask(&self) -> Result<Assumed, AwsError> {
        let request = self
            .sts
            .assume_role()
            .role_arn(&self.arn)
            .role_session_name(&self.session)
            .set_external_id(self.external_id.clone())
            .set_policy(self.policy.clone());
        let answer = request.send().await.map_err(|error| AwsError::new(ASSUME_ROLE, &self.arn, &error))?;
        let unreadable = |what: &str| AwsError::unreadable(ASSUME_ROLE, &self.arn, what);
        let found = answer.credentials().ok_or_else(|| unreadable("the answer has no credentials"))?;
        if found.access_key_id().is_empty() {
            return Err(unreadable("the credentials have no key"));
        }
        let end = SystemTime::try_from(*found.expiration()).map_err(|_| unreadable("the credentials have no end"))?;
        let user = answer.assumed_role_user().map(|user| user.arn().to_owned()).filter(|arn| !arn.is_empty());
        Ok(Assumed {
            principal: user.ok_or_else(|| unreadable("the answer names nobody"))?,
            credentials: Credentials::new(
                found.access_key_id(),
                found.secret_access_key(),
                Some(found.session_token().to_owned()),
                Some(end),
                "bedrail",
            ),
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "credentials end at a time of the clock")]
fn ends_soon(credentials: &Credentials) -> bool {
    credentials.expiry().is_some_and(|end| end < SystemTime::now() + BEFORE_THE_END)
}

/// The secrets stay out of every log.
impl fmt::Debug for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Role").field("arn", &self.arn).field("session", &self.session).finish_non_exhaustive()
    }
}

/// The credentials of clients behind a role.
#[derive(Debug)]
pub(super) struct Entered(pub(super) Arc<Role>);

impl ProvideCredentials for Entered {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let assumed = self.0.assume().await.map_err(CredentialsError::provider_error)?;
            Ok(assumed.credentials)
        })
    }
}
