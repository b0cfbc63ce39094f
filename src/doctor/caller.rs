//! Who calls, and what is odd about how.

use super::{Check, Subject};
use crate::aws::{AwsError, Clients};
use crate::model::Caller;

/// A session that ends within this time may end within an apply.
const SOON_SECONDS: i64 = 15 * 60;
/// AWS refuses signatures that are more than five minutes off (IAM user guide, "signing elements").
const REFUSED_SECONDS: i64 = 5 * 60;
/// More than clocks that are kept right differ by.
const SKEW_SECONDS: i64 = 60;

/// What is known of the way to AWS besides the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether `AWS_BEARER_TOKEN_BEDROCK` is set.
    pub bearer_token: bool,
    /// The variables that put another endpoint in the place of AWS's.
    pub endpoint_variables: Vec<String>,
    /// `--endpoint-url`, or where the local AWS listens.
    pub endpoint: Option<String>,
    /// `AWS_CREDENTIAL_EXPIRATION`, as `aws configure export-credentials` writes it (ISO 8601).
    pub expiration: Option<String>,
}

fn principal(check: Check, caller: &Caller) -> Check {
    check
        .detail(format!("account {}, partition {}", caller.account, caller.partition))
        .value("arn", caller.arn.as_str())
        .value("account", caller.account.as_str())
        .value("partition", caller.partition.to_string())
}

/// The caller's own principal, and the session in the management account where it goes on as one.
pub(super) fn callers(clients: &Clients, around: &Surroundings) -> Vec<Check> {
    let (own, acting) = (clients.origin(), clients.caller());
    let mut checks = vec![principal(Check::ok(Subject::Caller, own.arn.as_str()), own)];
    if own.account.as_str() != acting.account.as_str() {
        let message = format!("goes on as {}", acting.arn);
        let check = principal(Check::ok(Subject::Caller, message), acting);
        checks.push(check.detail("by `management_role`, in the management account"));
    }
    if own.arn.ends_with(":root") && around.endpoint.is_none() {
        let check = Check::warning(Subject::Credentials, "the credentials are those of the account's root user");
        checks.push(check.fix("use a role: a root user cannot assume any, so no other account can be entered"));
    }
    checks
}

/// Why nobody is known to call.
pub(super) fn nobody(error: &AwsError) -> Check {
    let check = Check::failed(Subject::Caller, format!("AWS does not say who calls: {}", error.reason()));
    check.maybe_fix(error.hint())
}

/// The caller without the session that could not be opened.
pub(super) fn kept_out(own: &Caller, error: &AwsError) -> Vec<Check> {
    let own = principal(Check::ok(Subject::Caller, own.arn.as_str()), own);
    let message = format!("cannot go on in the management account as {}: {}", error.object, error.reason());
    vec![own, Check::failed(Subject::Caller, message).maybe_fix(error.hint())]
}

/// What is odd about the credentials and the way; one good word where nothing is.
pub(super) async fn credentials(clients: &Clients, around: &Surroundings) -> Vec<Check> {
    let mut checks = Vec::new();
    if around.bearer_token {
        let check = Check::warning(Subject::Credentials, "AWS_BEARER_TOKEN_BEDROCK is set, and is not used");
        let fix = "unset it: other tools would act on Bedrock as the token's owner, and not as the caller";
        checks.push(check.fix(fix));
    }
    if let Some(endpoint) = &around.endpoint {
        checks.push(Check::ok(Subject::Credentials, format!("every service is asked at {endpoint}")));
    } else if !around.endpoint_variables.is_empty() {
        let message =
            format!("another endpoint stands in the place of AWS's: {}", around.endpoint_variables.join(", "));
        checks.push(Check::warning(Subject::Credentials, message).fix("unset what is not meant"));
    }
    let clock = clients.clock(around.expiration.as_deref()).await;
    if let Some(left) = clock.seconds_left {
        let check = match left {
            ..=0 => Check::failed(Subject::Credentials, "the session has ended").fix("sign in again"),
            1..=SOON_SECONDS => {
                let message = format!("the session ends in {} minutes", left / 60);
                Check::warning(Subject::Credentials, message).fix("sign in again before an apply: one takes minutes")
            }
            _ => Check::ok(Subject::Credentials, format!("the session lasts for {} more minutes", left / 60)),
        };
        checks.push(check.value("seconds_left", left));
    }
    if let Some(ahead) = clock.ahead_seconds.filter(|ahead| ahead.abs() > SKEW_SECONDS) {
        let way = if ahead > 0 { "ahead of" } else { "behind" };
        let message = format!("the clock of this machine is {} seconds {way} AWS's", ahead.abs());
        let fix = format!("set it: AWS refuses signatures that are more than {} minutes off", REFUSED_SECONDS / 60);
        checks.push(Check::warning(Subject::Credentials, message).fix(fix).value("clock_ahead_seconds", ahead));
    }
    if checks.is_empty() {
        checks.push(Check::ok(Subject::Credentials, "nothing is odd about them"));
    }
    checks
}
