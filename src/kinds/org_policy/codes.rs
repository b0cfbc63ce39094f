//! The codes of org policies.

crate::codes! {
    /// A policy of the organization without one.
    NO_ORGANIZATION = "E4001": "an org policy is declared without `organization`";
    /// Both ways to say what, or neither.
    ENFORCE_OR_DOCUMENT = "E4002": "an org policy says by neither or by both of `enforce` and `document` what it does";
    /// A guardrail of another account.
    NOT_MANAGEMENT = "E4003": "an org policy enforces a guardrail that the management account does not own";
    /// Too long.
    SIZE = "E4004": "an org policy is longer than 10,000 characters";
    /// One target twice.
    TARGET_TWICE = "E4005": "an org policy is attached to one node twice";
    /// Members without access.
    NOT_PERMITTED = "E4101": "an org policy enforces a guardrail that accounts it reaches are not allowed to apply";
    /// Two policies on one node.
    SAME_NODE = "E4201": "two policies of the spec speak of one Region on one node, where only the first attached counts";
    /// A policy that a lock makes void.
    LOCKED_OUT = "E4202": "a locked policy stands above another of the spec for the same Region, which has no effect";
    /// Too many policies.
    TOO_MANY = "E4203": "more than 10 policies are attached to one node";
    /// An element of another syntax.
    SYNTAX = "E4301": "a document does not follow the syntax of a Bedrock policy";
    /// An operator that does not work there.
    OPERATOR = "E4302": "an inheritance operator stands where it has no effect, or is not known";
    /// The element of the preview.
    INPUT_TAGS = "E4303": "a document holds `input_tags`, which `selective_content_guarding` has replaced";
    /// Not a version of a guardrail there.
    IDENTIFIER = "E4304": "the identifier of a document is not a numbered version of a guardrail in that Region";
}
