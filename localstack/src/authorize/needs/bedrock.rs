//! Bedrock. Inferred: what enforcement, invocation logging and lists are asked for on (`*`, as the guide's examples do), and
//! that tags of a new guardrail are asked for on `guardrail/*`, since it has no id yet.

use super::{Case, Need, Needed, Table};
use crate::bedrock::Target;

pub(super) const CONTROL: Table = &[
    ("CreateGuardrail", Need::Asks(create)),
    ("UpdateGuardrail", Need::Asks(guardrail)),
    ("GetGuardrail", Need::Asks(guardrail)),
    ("ListGuardrails", Need::Asks(guardrail)),
    ("DeleteGuardrail", Need::Asks(guardrail)),
    ("CreateGuardrailVersion", Need::Asks(guardrail)),
    ("PutEnforcedGuardrailConfiguration", Need::Asks(anything)),
    ("ListEnforcedGuardrailsConfiguration", Need::Asks(anything)),
    ("DeleteEnforcedGuardrailConfiguration", Need::Asks(anything)),
    ("PutResourcePolicy", Need::Asks(resource)),
    ("GetResourcePolicy", Need::Asks(resource)),
    ("DeleteResourcePolicy", Need::Asks(resource)),
    ("TagResource", Need::Asks(resource)),
    ("UntagResource", Need::Asks(resource)),
    ("ListTagsForResource", Need::Asks(resource)),
    ("PutModelInvocationLoggingConfiguration", Need::Asks(logging)),
    ("GetModelInvocationLoggingConfiguration", Need::Asks(anything)),
    ("DeleteModelInvocationLoggingConfiguration", Need::Asks(anything)),
    ("ListFoundationModels", Need::Asks(anything)),
];

/// Who may infer is asked whatever the options say, guardrail by guardrail.
pub(super) const RUNTIME: Table = &[
    ("ApplyGuardrail", Need::AsksItself),
    ("Converse", Need::AsksItself),
    ("ConverseStream", Need::AsksItself),
    ("InvokeModel", Need::AsksItself),
    ("InvokeModelWithResponseStream", Need::AsksItself),
];

fn anything(case: &Case<'_>) -> Vec<Needed> {
    vec![case.needed("bedrock", "*")]
}

fn create(case: &Case<'_>) -> Vec<Needed> {
    let mut needed = anything(case);
    if case.input.contains_key("tags") {
        let (partition, caller) = (case.world.partition.id(), case.caller);
        let any = format!("arn:{partition}:bedrock:{}:{}:guardrail/*", caller.region, caller.account);
        needed.push(case.action("bedrock:TagResource", any));
    }
    needed
}

/// Besides, that the role which writes to the log group may be passed to Bedrock.
fn logging(case: &Case<'_>) -> Vec<Needed> {
    let mut needed = anything(case);
    let role = case.input.get("loggingConfig").and_then(|config| config["cloudWatchConfig"]["roleArn"].as_str());
    if let Some(role) = role {
        let pass = case.action("iam:PassRole", role);
        let context = pass.context.with("iam:PassedToService", "bedrock.amazonaws.com");
        needed.push(Needed { context, ..pass });
    }
    needed
}

/// The guardrail that the request names; a list may name none. One that cannot be is left to the operation to refuse.
fn guardrail(case: &Case<'_>) -> Vec<Needed> {
    let Some(identifier) = case.text("guardrailIdentifier") else { return anything(case) };
    let Ok(target) = Target::of(case.world, case.caller, identifier) else { return Vec::new() };
    let needed = case.needed("bedrock", target.arn(case.world.partition));
    vec![Needed { resource_policy: target.resource_policy(case.world).map(str::to_owned), ..needed }]
}

/// The resource of a policy or of tags, by its ARN.
fn resource(case: &Case<'_>) -> Vec<Needed> {
    let arn = ["resourceArn", "resourceARN"].into_iter().find_map(|member| case.text(member));
    vec![case.needed("bedrock", arn.unwrap_or("*"))]
}
