//! What the caller's time is worth: how long its session lasts, and whether its clock agrees with AWS's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

use super::clients::Clients;

/// What the clocks say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Seconds until the caller's credentials end, negative after that; `None` where they have no end that is known.
    pub seconds_left: Option<i64>,
    /// Seconds by which this machine is ahead of AWS, negative where it is behind; `None` where AWS did not say.
    pub ahead_seconds: Option<i64>,
}

impl Clients {
    /// Compares the clocks; one call of `sts:GetCallerIdentity`. `expiration` is when the environment says that the
    /// credentials end (ISO 8601), for those of which nothing else tells.
    pub async fn clock(&self, expiration: Option<&str>) -> Clock {
        Clock { seconds_left: self.seconds_left(expiration).await, ahead_seconds: self.ahead_seconds().await }
    }

    async fn seconds_left(&self, expiration: Option<&str>) -> Option<i64> {
        let provider = self.origin_config().credentials_provider()?;
        let end = provider.provide_credentials().await.ok().and_then(|credentials| credentials.expiry());
        let told = || DateTime::from_str(expiration?, Format::DateTimeWithOffset).ok()?.try_into().ok();
        end.or_else(told).map(|end| seconds(end, now()))
    }

    async fn ahead_seconds(&self) -> Option<i64> {
        let date = Arc::new(Mutex::new(None));
        let request = aws_sdk_sts::Client::new(self.origin_config()).get_caller_identity().customize();
        let before = now();
        // A failure has a date as well.
        let _ = request.interceptor(Dated(date.clone())).send().await;
        let after = now();
        let theirs: SystemTime = date.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        // The answer was dated at some instant in between, to the second.
        let middle = before + after.duration_since(before).unwrap_or_default() / 2;
        Some(seconds(middle, theirs + Duration::from_millis(500)))
    }
}

/// Seconds from `from` until `to`, towards zero.
fn seconds(to: SystemTime, from: SystemTime) -> i64 {
    let length = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match to.duration_since(from) {
        Ok(ahead) => length(ahead),
        Err(behind) => -length(behind.duration()),
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock itself is in question")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Notes the `Date` of an answer.
#[derive(Debug)]
struct Dated(Arc<Mutex<Option<SystemTime>>>);

impl Intercept for Dated {
    fn name(&self) -> &'static str {
        "Dated"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date =
            context.response().headers().get("date").and_then(|text| DateTime::from_str(text, Format::HttpDate).ok());
        if let Some(date) = date.and_then(|date| date.try_into().ok()) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(date);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_go_both_ways() {
        let start = SystemTime::UNIX_EPOCH;
        let later = start + Duration::from_secs(90);
        assert_eq!((seconds(later, start), seconds(start, later), seconds(start, start)), (90, -90, 0));
    }
}
