//! The codes of suites. What their YAML shares with the spec has the spec's.

crate::codes! {
    /// Nothing to send.
    NO_CONTENT = "E1101": "a case of a suite has neither text nor an image";
    /// Nothing to compare.
    NO_EXPECTATION = "E1102": "a case of a suite expects nothing, or says nothing of what it names";
    /// One name for two cases.
    CASE_TWICE = "E1103": "two cases of a suite have one name";
    /// Grounds that nobody looks at.
    GROUNDS = "E1104": "a grounding source or a query stands alone, or with a prompt";
    /// Expectations that exclude each other.
    CONTRADICTION = "E1105": "what a case of a suite expects cannot be true at once";
    /// An expectation that what is sent cannot fulfil.
    NEVER = "E1106": "a case of a suite expects what a guardrail never says of what it sends";
    /// A path that is not below the suite's folder.
    IMAGE_PATH = "E1107": "the path of an image does not lead to a PNG or JPEG file below the folder of the suite";
    /// Bytes that are no such image.
    IMAGE_FORMAT = "E1108": "an image is neither PNG nor JPEG, which is what guardrails take";
    /// An image beyond the limit.
    IMAGE_SIZE = "E1109": "an image is larger than 4 MiB, or empty";
    /// A reserved version.
    VERSION = "E1110": "the version of a suite is neither `draft`, `current` nor a key of `versions`";
}
