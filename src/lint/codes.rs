//! The codes of what is found in policies, guardrails and specs. [`explain`](super::explain) says why each matters.

use crate::model::diagnostic::Code;

crate::codes! {
    /// Something else.
    UNKNOWN_DOCUMENT = "E0801": "a document is neither a policy nor a guardrail nor an enforcement";
    /// A spec among documents.
    IS_SPEC = "E0802": "a spec is given where `lint` takes documents";
    /// A document inside text.
    IN_TEXT = "E0803": "a document stands inside a string of another, and cannot be read";

    /// A statement that IAM would refuse.
    MALFORMED = "L0001": "a policy does not have the form that IAM reads";
    /// A policy language in which variables are plain text.
    OLD_VERSION = "L0002": "a policy uses variables under the policy language of 2008, which takes them for plain text";

    /// `*` or `bedrock:*`.
    ALL_ACTIONS = "L0101": "a policy allows every action of AWS or of Bedrock";
    /// `iam:*`.
    IAM_ALL = "L0102": "a policy allows every action of IAM, and with it every other";
    /// `bedrock:InvokeGuardrail`, `bedrock:Converse`.
    UNKNOWN_ACTION = "L0103": "an action is invented: IAM has none of this name";
    /// A wildcard that matches nothing.
    MATCHES_NO_ACTION = "L0104": "a pattern matches no action that IAM has";
    /// `bedrock:Delete*`.
    MANAGES_GUARDRAILS = "L0105": "a wildcard takes in actions that change or remove guardrails or their enforcement";
    /// `NotAction` in an Allow.
    ALLOW_NOT_ACTION = "L0106": "an Allow with `NotAction` allows whatever it does not name, Bedrock among it";
    /// A Deny on one of two ways.
    STREAMING_LEFT_OUT = "L0107": "a Deny stops only one of `bedrock:InvokeModel` and `bedrock:InvokeModelWithResponseStream`";
    /// An Allow on one of two ways.
    STREAMING_NOT_ALLOWED = "L0108": "an Allow that asks for a guardrail leaves streaming calls out";

    /// `*` as resource.
    ALL_RESOURCES = "L0201": "a policy allows an action on every resource";
    /// A guardrail with a version as resource.
    VERSIONED_RESOURCE = "L0202": "a guardrail is named as resource with a version, which matches nothing";
    /// `NotResource` in an Allow.
    ALLOW_NOT_RESOURCE = "L0203": "an Allow with `NotResource` allows whatever resource it does not name";
    /// A profile whose models are not allowed.
    PROFILE_WITHOUT_MODEL = "L0204": "an Allow names an inference profile and none of the models behind it";
    /// A Deny that does not reach every model.
    MODELS_LEFT_OUT = "L0205": "a guardrail is asked for on some models only, and the others can be called without";
    /// `iam:PassRole` on every role.
    PASS_ANY_ROLE = "L0206": "a policy allows `iam:PassRole` on every role";

    /// `bedrock:GuardrailId`.
    UNKNOWN_KEY = "L0301": "a condition key is invented: no request has it";
    /// A bare id.
    NEVER_MATCHES = "L0302": "a condition compares `bedrock:GuardrailIdentifier`, or another key that holds an ARN, with what no ARN can be";
    /// A wildcard under an operator that knows none.
    LITERAL_WILDCARD = "L0303": "a wildcard stands under an operator that takes it for a plain character";
    /// `ForAnyValue` in a Deny.
    FOR_ANY_VALUE = "L0304": "a Deny with `ForAnyValue` does not fire where the key is absent";
    /// `ForAllValues` in an Allow.
    FOR_ALL_VALUES = "L0305": "an Allow with `ForAllValues` allows calls in which the key is absent";
    /// `…IfExists` in an Allow.
    IF_EXISTS = "L0306": "an Allow with `…IfExists` allows calls in which the key is absent";
    /// A Deny with a positive operator.
    DENIES_THE_GUARDED = "L0307": "a Deny fires on the guardrails that it lists, and on nothing else";
    /// A test the wrong way round.
    INVERTED = "L0308": "a test on the guardrail is the wrong way round: it lets the calls without one through";
    /// Tests that undo each other.
    TESTS_TOGETHER = "L0309": "the tests of one condition must all hold, and together they let calls through that each was to stop";
    /// The key on another action.
    KEY_NOT_CARRIED = "L0310": "a condition tests `bedrock:GuardrailIdentifier` on actions whose requests do not have it";
    /// Guardrails of any account.
    ANY_ACCOUNT = "L0311": "a guardrail of any account satisfies a condition";
    /// A prefix.
    LONGER_IDS = "L0312": "a pattern matches the ids of other guardrails, too";
    /// An empty identifier.
    EMPTY_VALUE = "L0313": "a Deny does not fire on an empty guardrail identifier, which therefore passes";
    /// An operator that does not exist.
    UNKNOWN_OPERATOR = "L0314": "a condition operator does not exist";
    /// A `*` beside what it takes in.
    SWALLOWED = "L0315": "a `*` stands beside guardrails under a negated operator, which therefore holds for none";

    /// Nothing denies.
    ALLOW_ONLY = "L0401": "a guardrail is asked for by an Allow alone, and any other policy can allow without";
    /// An Allow beside the one that asks.
    CALL_PASSES = "L0402": "a policy asks for a guardrail, and another of its statements allows the same call without";
    /// Every call denied.
    CUTS_ALL = "L0403": "a service control policy denies every model call, whoever makes it";

    /// A user as principal.
    LONG_LIVED_USER = "L0501": "a policy trusts or exempts an IAM user, whose keys do not expire";
    /// Keys that do not expire.
    LONG_LIVED_KEYS = "L0502": "a policy allows to create or to use credentials that do not expire";
    /// Everybody.
    EVERYBODY = "L0503": "a policy admits everybody, under no condition that says whom";

    /// Not one of the three statements.
    RESOURCE_POLICY_SHAPE = "L0601": "a statement on a guardrail does not have one of the three shapes that AWS accepts";

    /// The element of the preview.
    INPUT_TAGS = "L0701": "an enforcement holds `input_tags`, which `selective_content_guarding` has replaced";
    /// One list of two.
    LIST_MISSING = "L0702": "`model_enforcement` lacks `included_models` or `excluded_models`, and AWS requires both";
    /// Embedding models.
    EMBEDDINGS = "L0703": "a guardrail is enforced on, or asked for by, calls of embedding models, too";
    /// Not a numbered version.
    IDENTIFIER = "L0704": "an enforcement does not name a numbered version of a guardrail of its Region";
    /// Another syntax.
    SYNTAX = "L0705": "a Bedrock policy does not follow its syntax";

    /// No filter for prompt attacks.
    NO_PROMPT_ATTACK = "L0801": "a guardrail does not look for prompt attacks";
    /// No personal data.
    NO_PII = "L0802": "a guardrail neither blocks nor masks personal data";
    /// A filter without effect.
    INERT = "L0803": "a filter of a guardrail has no effect";
    /// `mode: DETECT`.
    DETECT_ONLY = "L0804": "a guardrail only detects";
    /// The system prompt as an attack.
    SYSTEM_PROMPT_ATTACK = "L0805": "prompt attacks are looked for in the whole system prompt";

    /// Functions of a template.
    NOT_LITERAL = "L0901": "a document of a template, or a part of it, is not written out, and was not looked at";
}

/// What is found since something is absent, which may stand in what could not be looked at.
pub(super) const BY_ABSENCE: &[Code] = &[
    STREAMING_LEFT_OUT,
    STREAMING_NOT_ALLOWED,
    PROFILE_WITHOUT_MODEL,
    MODELS_LEFT_OUT,
    FOR_ANY_VALUE,
    DENIES_THE_GUARDED,
    EMPTY_VALUE,
    ALLOW_ONLY,
    CALL_PASSES,
    NO_PROMPT_ATTACK,
    NO_PII,
];
