//! The codes of versions.

crate::codes! {
    /// A key that could be something else.
    VERSION_KEY = "E2001": "the key of a version holds no letter, or is draft, current or any";
    /// A release of what others manage.
    EXTERNAL_PUBLISH = "E2002": "a version of an external guardrail is to be published";
    /// Numbers with a description.
    DESCRIBED_NUMBERS = "E2003": "an entry of `versions` has both `numbers` and `description`";
    /// A number where there is no guardrail.
    NUMBER_REGION = "E2004": "an entry of `versions` has a number in a Region where its guardrail is not";
    /// One number for several guardrails.
    NUMBER_ACCOUNTS = "E2005": "an entry of `versions` has a number, and its guardrail is in several accounts";
}
