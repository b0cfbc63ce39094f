//! Behaviour of AWS that no source states.
//!
//! The emulator has to do something in these cases. Each choice has a name, so that it can be found, and changed once the
//! service's own answer is known. Messages and numbers of Bedrock are here. What is a way of doing is where it is done, and
//! its documentation says *inferred*:
//!
//! | choice | place |
//! |---|---|
//! | a change shows at once, and each of create, update, version and delete keeps the guardrail busy until it is over | `bedrock::state::Revision::status`, `bedrock::guardrails::changeable` |
//! | an idempotency token is remembered for good, for its account, Region and operation (a version's: and guardrail), and counts whatever the body | `bedrock::guardrails::remembered` |
//! | an update drops a `description` and a `kmsKeyId` that it leaves out, like a policy | `bedrock::content::Content` |
//! | tiers are filled in; the switches of topics, filters and words are not; only filters and modalities lose their order | `bedrock::content` |
//! | a version has the description that it was published with, and no other | `bedrock::versions::create` |
//! | a list of versions begins with `DRAFT` | `bedrock::state::Guardrail::revisions` |
//! | a second enforced configuration without an id changes the first; only a READY version can be enforced; `createdBy` is an ARN | `bedrock::enforced::put` |
//! | the words in which a resource policy is refused; its organization has to be the owner's | `bedrock::policy` |
//! | which Regions a guardrail profile leads to, where AWS's table is not known | `data/guardrail-profiles.json` |
//! | `ApplyGuardrail` applies the guardrail it names and no enforced one; an intervention of any kind, masking too, is `guardrail_intervened` | `runtime::apply`, `runtime::converse` |
//! | a text is told as blocked by the request's guardrail first, then the account's, then the organization's | `runtime::inference` |
//! | a guardrail of several origins is applied once, in its strictest mode; a list of models names exactly the id that was called | `runtime::guards` |
//! | untagged, the whole prompt of `InvokeModel` is examined by the request's guardrail, its system part too | `runtime::invoke` |
//! | what topics, filters, grounding and announced personal information are | `runtime::assess` |
//! | lengths count characters, not bytes or UTF-16 units | `shape` |
//! | which protocol says what to an unsigned request, an unknown key or operation | `wire::Protocol::refusal` |
//! | an account that is not open can call nothing | `inferred::account_not_active` |
//! | two changes of an organization meet when the second arrives before the first is answered; it is refused before its input is looked at | `pipeline::Gate::writing` |
//! | each operation has throttles of its own; a burst is the rate where none is published | `throttle`, `data/throttles.json` |
//! | a guardrail that `FAILED` can be changed and deleted, but neither published nor enforced; a version that fails leaves the draft as it was | `bedrock::state`, `inferred::guardrail_failed` |
//! | a session of a role that is gone is nobody's | `sts::session::caller` |
//! | the order in which `AssumeRole` checks; how full policies and tags make a session; suspended accounts | `sts::assume_role` |
//! | names of IAM are looked up as they are written; another account's policy is denied; some words | `iam::operations`, `iam::refused` |
//! | a policy is attached twice without harm; what the filters of `ListPolicies` mean | `iam::operations` |
//! | what is said to a text where a form has a number | `wire::query::input` |
//!
//! Those of Organizations are marked in `organizations` alike.

use crate::error::ApiError;
use crate::wire::{Protocol, Refused};

/// The message for a JSON value of the wrong type. The code `ValidationException` and this wording are those of the sibling
/// service bedrock-runtime.
pub(crate) fn mistyped(path: &str, wanted: &str) -> String {
    let field = if path.is_empty() { "the request body".to_owned() } else { path.to_owned() };
    format!("The format of the value at {field} is invalid. Provide a json {wanted} for the field and try again.")
}

/// A union with no member that is known, or with several.
pub(crate) const NOT_ONE_MEMBER: &str = "Member must have exactly one of its members set";

/// Another change of the same guardrail is under way.
pub(crate) fn guardrail_busy() -> ApiError {
    ApiError::new(
        "ConflictException",
        400,
        "The guardrail is currently being modified by another operation. Try again when its status is READY.",
    )
}

/// The order in which content filters and modalities come back. Known is that it is not the order sent (Terraform's AWS
/// provider, pull requests 40304 and 48772); the reverse is never that order.
pub(crate) fn reorder<T>(items: &mut [T]) {
    items.reverse();
}

/// How many rows a list has on a page when the request does not say.
pub(crate) const PAGE: usize = 100;

/// A `nextToken` that was never given out.
pub(crate) const BAD_PAGE_TOKEN: &str = "The nextToken is invalid.";

/// A guardrail's ARN of another Region or partition. The wording follows that of automated reasoning policies.
pub(crate) const FOREIGN_ARN: &str = "The provided guardrail ARN is invalid for the service region";

/// No such guardrail or version. The wording is bedrock-runtime's.
pub(crate) const NO_GUARDRAIL: &str = "The guardrail identifier or version provided in the request does not exist.";

/// A guardrail that an account or the organization enforces cannot be deleted; that this is the code is inferred too.
pub(crate) const GUARDRAIL_IN_USE: &str = "The guardrail is in use by an enforced guardrail configuration.";

/// What the resource policy of another account's guardrail must allow before it can be enforced: what the calls made under
/// it will need. The user guide asks for no more.
pub(crate) const ENFORCING_ASKS: &str = "bedrock:ApplyGuardrail";

/// There is no such enforced configuration.
pub(crate) const NO_CONFIGURATION: &str = "The enforced guardrail configuration does not exist.";

/// A resource policy on something that can have none here: of another kind, Region or partition.
pub(crate) const FOREIGN_RESOURCE: &str = "The provided resource ARN is invalid for the service region";

/// The STANDARD tier in a Region that has none; known is that it is not there (user guide, `guardrails-tiers.html`).
pub(crate) const NO_STANDARD_TIER: &str =
    "Can't configure guardrail policy tier. Standard tier isn't supported in your current AWS Region.";

/// The `inputTags` of an enforced configuration, which requests no longer have and lists still show. Which modes go with which is
/// inferred from their meaning: tags are honored where some of the content is guarded selectively.
pub(crate) fn input_tags(selective: bool) -> &'static str {
    if selective { "HONOR" } else { "IGNORE" }
}

/// A guardrail's tags are limited to 50 in the documentation; nobody has seen 51 refused, so the model's bound holds.
pub(crate) const TAGS: usize = 200;

/// A resource without a policy: an error, rather than an answer without one. Deleting what is not there is the same error.
pub(crate) fn no_resource_policy() -> ApiError {
    ApiError::new("ResourceNotFoundException", 404, "The resource has no resource policy.")
}

/// The caller's account is suspended, closed or not yet open. AWS documents that such an account has no access to its services, not
/// what they say.
pub(crate) fn account_not_active(protocol: Protocol, caller: &str) -> ApiError {
    let mut error = protocol.refusal(Refused::Denied);
    error.message =
        format!("User: {caller} is not authorized to perform this operation because its account is not active");
    error
}

/// One request too many of Organizations. The message has been seen in the field (awslabs/aws-deployment-framework, issue 788); `Type`
/// is free text in the model, and nobody shows one.
pub(crate) fn too_many_requests() -> ApiError {
    let message = "You have sent too many requests in too short a period of time. Try again later.";
    ApiError::new("TooManyRequestsException", 400, message).with("Type", "RATE_LIMIT_EXCEEDED")
}

/// Another change of the organization is on its way.
pub(crate) fn concurrent_modification() -> ApiError {
    let message = "AWS Organizations can't complete your request because it conflicts with another attempt to modify the \
                   organization. Try again later.";
    ApiError::new("ConcurrentModificationException", 400, message)
}

/// A guardrail or version that `FAILED` is to be published or enforced.
pub(crate) fn guardrail_failed() -> ApiError {
    ApiError::new("ValidationException", 400, "The guardrail is in the status FAILED. Update it or delete it first.")
}

/// Why a change failed: `statusReasons` and `failureRecommendations`. The model says that they are there, no source what they say.
pub(crate) const FAILED: (&str, &str) = (
    "The guardrail could not be processed by the service.",
    "Try the change again, or delete the guardrail and create it anew.",
);

/// A model that there is not, there or anywhere. Seen with models past their end of life.
pub(crate) const NO_MODEL: &str = "The provided model identifier is invalid.";

/// A model that the account has no access to. Code and wording are the service's, as its users quote them; that it comes after the
/// policies is inferred.
pub(crate) fn no_model_access() -> ApiError {
    ApiError::new("AccessDeniedException", 403, "You don't have access to the model with the specified model ID.")
}

/// A model that only a profile invokes. The wording is the service's, as its users quote it.
pub(crate) fn not_on_demand(id: &str) -> String {
    format!(
        "Invocation of model ID {id} with on-demand throughput isn\u{2019}t supported. Retry your request with the ID or ARN of an \
         inference profile that contains this model."
    )
}

/// Converse with a model that does not answer in text.
pub(crate) const NO_CONVERSATION: &str =
    "This action doesn't support the model that you provided. Try again with a supported text or chat model.";

/// A stream of a model that has none.
pub(crate) const NO_STREAM: &str = "The model is unsupported for streaming.";

/// A conversation that begins with anything else.
pub(crate) const USER_FIRST: &str =
    "A conversation must start with a user message. Try again with a conversation that starts with a user message.";

/// A request that names a guardrail and no version, or the other way round.
pub(crate) const HALF_A_GUARDRAIL: &str = "The guardrail configuration is incomplete: the request must have both a guardrail identifier and a guardrail version.";

/// `InvokeModel` with a guardrail and a body of another media type.
pub(crate) const NOT_JSON_FOR_A_GUARDRAIL: &str =
    "A guardrail can only be used with the content type application/json.";

/// A body with input tags where there is no guardrail to read them.
pub(crate) const TAGS_WITHOUT_A_GUARDRAIL: &str =
    "The field amazon-bedrock-guardrailConfig can only be used with a guardrail identifier.";

/// A guardrail that is being created or deleted.
pub(crate) const GUARDRAIL_NOT_READY: &str = "The guardrail is not ready. Try again when its status is READY.";

/// Inference where an enforced guardrail cannot be applied fails, says the user guide; which error it is, it does not.
pub(crate) fn unusable_enforced_guardrail(identifier: &str, why: &str) -> ApiError {
    ApiError::new("ValidationException", 400, format!("The enforced guardrail {identifier} cannot be applied: {why}"))
}

/// Why a guardrail of another account than the management account cannot be enforced by the organization.
pub(crate) const FOREIGN_ENFORCED: &str = "it is not a guardrail of the organization's management account.";

/// Why an enforced guardrail with automated reasoning cannot be applied.
pub(crate) const REASONING_ENFORCED: &str = "automated reasoning policies are not supported in enforced guardrails.";

/// How long guardrails and the toy model take.
pub(crate) const LATENCY_MS: u32 = 1;
