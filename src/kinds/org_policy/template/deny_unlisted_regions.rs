//! `deny_unlisted_regions`: models are called in the listed Regions only, since what enforces a guardrail holds Region by
//! Region.
//!
//! Through a profile of inference, a call that is made in a listed Region is served in others, where AWS asks for the model
//! once more, naming the profile in `bedrock:InferenceProfileArn`; there it is let through (as in AWS's knowledge centre,
//! "bedrock-access-denied-exception"). The profile itself is asked for in the Region that is called.

use super::{INVOKE, On, deny, policy, texts};
use crate::model::{Document, Partition, Region};

/// The policy.
pub(in crate::kinds::org_policy) fn document(partition: &Partition, regions: &[Region], exempt: &[String]) -> Document {
    let elsewhere = || ("StringNotEquals", "aws:RequestedRegion", texts(regions.iter().map(Region::as_str)));
    let profiles = ["inference-profile/*", "application-inference-profile/*"];
    let profiles = texts(profiles.map(|profile| super::arns(partition, profile)));
    let models = || texts([format!("arn:{partition}:bedrock:*::foundation-model/*")]);
    let by_itself = ("ArnNotLike", "bedrock:InferenceProfileArn", profiles);
    let others = ["bedrock:CreateModelInvocationJob", "bedrock-mantle:CreateInference"];
    policy(vec![
        deny("DenyModelsElsewhere", &INVOKE, On::These(models()), vec![elsewhere(), by_itself], exempt),
        deny("DenyProfilesElsewhere", &INVOKE, On::AllBut(models()), vec![elsewhere()], exempt),
        deny("DenyJobsElsewhere", &others, On::everything(), vec![elsewhere()], exempt),
    ])
}
