//! The codes of resource policies.

crate::codes! {
    /// Two entries for one guardrail.
    TWICE = "E3001": "two entries of `resource_policies` are for one guardrail, which has one policy";
    /// Sharing without an organization.
    NO_ORGANIZATION = "E3002": "a guardrail is shared with an organization that the spec does not declare";
    /// A policy for what others manage.
    EXTERNAL = "E3003": "a resource policy is for an external guardrail, which is never written";
    /// Both ways to say who, or neither.
    SHARE_OR_DOCUMENT = "E3004": "a resource policy says by neither or by both of `share_with` and `document` who has access";
    /// Too long.
    SIZE = "E3005": "a resource policy is longer than 20,480 characters";
    /// A letter that AWS does not take.
    CHARACTER = "E3006": "a resource policy holds a character beyond U+00FF";
    /// A statement of another shape.
    STATEMENT = "E3007": "a statement does not have one of the shapes that AWS accepts on a guardrail";
}
