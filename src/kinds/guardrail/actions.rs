//! Which actions are asked for on guardrail profiles: the one table behind the policies of bedrail's own roles and behind
//! those that a spec declares.

/// On the profile of a cross-Region guardrail, in the guardrail's own Region, when the guardrail is made, read, changed or
/// deleted. `ListGuardrails`, which the guide has besides, is asked for on no profile by the Service Authorization Reference.
/// Source: <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html>
pub const ON_PROFILES: [&str; 4] =
    ["bedrock:CreateGuardrail", "bedrock:DeleteGuardrail", "bedrock:GetGuardrail", "bedrock:UpdateGuardrail"];
/// On the profile in each Region that it leads to, to share it.
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>
pub const SHARE_PROFILES: [&str; 3] =
    ["bedrock:DeleteResourcePolicy", "bedrock:GetResourcePolicy", "bedrock:PutResourcePolicy"];
