//! The codes of org policies.

crate::codes! {
    /// A policy of the organization without one.
    NO_ORGANIZATION = "E4001": "an org policy is declared without `organization`";
    /// Both ways to say what, or neither.
    ENFORCE_OR_DOCUMENT = "E4002": "an org policy says in no way or in two ways what it does: `enforce`, `template` or `document`";
    /// A guardrail of another account.
    NOT_MANAGEMENT = "E4003": "an org policy enforces a guardrail that the management account does not own";
    /// Too long.
    SIZE = "E4004": "an org policy is longer than its type may be: 10,000 characters, or 10,240 of a service control policy";
    /// One target twice.
    TARGET_TWICE = "E4005": "an org policy is attached to one node twice";
    /// A key of the other type, or of another template.
    OTHER_TYPE = "E4006": "a key stands in an org policy whose type or template does not know it";
    /// A demand without guardrails.
    NO_GUARDRAILS = "E4007": "a template that demands guardrails names none";
    /// Bedrail's own role.
    LOCKS_ITSELF_OUT = "E4008": "a service control policy would keep bedrail itself from what it protects";
    /// Members without access.
    NOT_PERMITTED = "E4101": "an org policy enforces a guardrail that accounts it reaches are not allowed to apply";
    /// Two policies on one node.
    SAME_NODE = "E4201": "two policies of the spec speak of one Region on one node, where only the first attached counts";
    /// A policy that a lock makes void.
    LOCKED_OUT = "E4202": "a locked policy stands above another of the spec for the same Region, which has no effect";
    /// Too many policies.
    TOO_MANY = "E4203": "more than 10 policies of one type are attached to one node";
    /// Stages that lead elsewhere.
    STAGES = "E4204": "the stages of an org policy do not lead from nodes further down to what it is attached to, or it is locked";
    /// A key that bedrail needs.
    NEXT_TAKEN = "E4205": "the key of the second policy, which a policy with `stages` needs, is that of another one";
    /// An element of another syntax.
    SYNTAX = "E4301": "a document does not follow the syntax of a Bedrock policy";
    /// An operator that does not work there.
    OPERATOR = "E4302": "an inheritance operator stands where it has no effect, or is not known";
    /// The element of the preview.
    INPUT_TAGS = "E4303": "a document holds `input_tags`, which `selective_content_guarding` has replaced";
    /// Not a version of a guardrail there.
    IDENTIFIER = "E4304": "the identifier of a document is not a numbered version of a guardrail in that Region";
    /// Not the language of IAM.
    CONTROL_SYNTAX = "E4401": "a document does not follow the syntax of a service control policy";
    /// Let off, and open to others.
    UNKEPT_EXEMPTION = "W4001": "a service control policy lets off whom administrators of an account could become, since nothing keeps them from it";
    /// Let off by a part of the name.
    WILD_EXEMPTION = "W4002": "a service control policy lets off roles by a part of their name, which anybody may choose who may make roles";
    /// No model to call.
    CUTS_ALL = "W4003": "a service control policy denies every model call of the accounts it reaches, whoever makes it";
}
