//! Which model a call means.

use crate::bedrock::models::{self, Model};
use crate::caller::Caller;
use crate::config::Partition;
use crate::error::ApiError;
use crate::inferred;

/// A model as a call names it.
#[derive(Debug)]
pub(super) struct Named {
    /// As enforcement lists name models: the id of a foundation model or of an inference profile.
    pub(super) id: String,
    pub(super) model: &'static Model,
    /// The ARNs that the caller must be allowed to invoke.
    pub(super) arns: Vec<String>,
}

/// The prefixes of inference profiles, and the beginning of the names of the Regions that have them (user guide,
/// `inference-profiles-support.html`).
const GEOGRAPHIES: &[(&str, &str)] = &[
    ("apac", "ap-"),
    ("au", "ap-southeast-"),
    ("ca", "ca-"),
    ("eu", "eu-"),
    ("global", ""),
    ("jp", "ap-northeast-"),
    ("us", "us-"),
    ("us-gov", "us-gov-"),
];

impl Named {
    /// Reads the id or ARN of a foundation model or of an inference profile. There is nothing else here.
    pub(super) fn read(partition: Partition, caller: &Caller, text: &str) -> Result<Self, ApiError> {
        let Caller { account, region, .. } = caller;
        // Ids have colons too.
        let resource = match *text.splitn(6, ':').collect::<Vec<_>>() {
            ["arn", of, "bedrock", at, owner, resource] => {
                let own = of == partition.id() && at == region;
                match resource.split_once('/') {
                    Some(("foundation-model", id)) if own && owner.is_empty() => id,
                    Some(("inference-profile", id)) if own && owner == account && profile(id).is_some() => id,
                    _ => return Err(unknown()),
                }
            }
            _ => text,
        };
        let foundation = |id: &str| models::arn(partition, region, id);
        if let Some((geography, base)) = profile(resource) {
            let model = models::find(base, region).filter(|_| region.starts_with(geography)).ok_or_else(unknown)?;
            let profile = format!("arn:{}:bedrock:{region}:{account}:inference-profile/{resource}", partition.id());
            // Inferred: of the models in the Regions that the profile leads to, that of this one stands for all.
            return Ok(Self { id: resource.to_owned(), model, arns: vec![profile, foundation(base)] });
        }
        let model = models::find(resource, region).ok_or_else(unknown)?;
        if !model.is_on_demand(region) {
            return Err(invalid(inferred::not_on_demand(resource)));
        }
        Ok(Self { id: resource.to_owned(), model, arns: vec![foundation(resource)] })
    }
}

/// The Regions and the model of a profile's id.
fn profile(id: &str) -> Option<(&'static str, &str)> {
    let (prefix, base) = id.split_once('.').filter(|(_, base)| base.contains('.'))?;
    let (_, regions) = GEOGRAPHIES.iter().find(|(name, _)| *name == prefix)?;
    Some((regions, base))
}

fn unknown() -> ApiError {
    invalid(inferred::NO_MODEL)
}

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", 400, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::{Carried, Identity};

    fn read(region: &str, text: &str) -> Result<Named, ApiError> {
        let caller = Caller {
            account: "111122223333".to_owned(),
            arn: String::new(),
            user_id: String::new(),
            region: region.to_owned(),
            identity: Identity::Root,
            carried: Carried::default(),
        };
        Named::read(Partition::Aws, &caller, text)
    }

    #[test]
    fn models_go_by_id_profile_and_arn() {
        let haiku = "anthropic.claude-haiku-4-5-20251001-v1:0";
        for (region, text, id, arns) in [
            ("us-east-1", "amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", 1),
            ("us-east-1", "deepseek.v3.2", "deepseek.v3.2", 1),
            (
                "us-east-1",
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
                "amazon.nova-lite-v1:0",
                1,
            ),
            ("eu-west-1", &format!("eu.{haiku}"), &format!("eu.{haiku}"), 2),
            ("eu-west-1", &format!("global.{haiku}"), &format!("global.{haiku}"), 2),
            (
                "us-west-2",
                &format!("arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.{haiku}"),
                &format!("us.{haiku}"),
                2,
            ),
        ] {
            let named = read(region, text).expect(text);
            assert_eq!((named.id.as_str(), named.arns.len()), (id, arns), "{text}");
        }
    }

    #[test]
    fn what_is_not_there_or_not_so_is_refused() {
        let haiku = "anthropic.claude-haiku-4-5-20251001-v1:0";
        for (region, text, part) in [
            ("us-east-1", haiku, "on-demand throughput"),
            ("us-east-1", &format!("eu.{haiku}"), "identifier is invalid"),
            ("us-east-1", "acme.llm-v1", "identifier is invalid"),
            ("us-west-1", "cohere.rerank-v3-5:0", "identifier is invalid"),
            (
                "us-east-1",
                "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-canvas-v1:0",
                "identifier is invalid",
            ),
            (
                "us-east-1",
                "arn:aws:bedrock:us-east-1:222233334444:inference-profile/us.deepseek.r1-v1:0",
                "identifier is invalid",
            ),
        ] {
            let error = read(region, text).expect_err(text);
            assert!(error.code == "ValidationException" && error.message.contains(part), "{text}: {}", error.message);
        }
    }
}
