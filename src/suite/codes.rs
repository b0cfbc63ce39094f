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
    /// A name that the guardrail does not know.
    UNCONFIGURED = "E1111": "a case of a suite is about something that the guardrail has not: a topic, word, list, regex, type, filter or check";
    /// An outcome that the guardrail is not set to.
    OTHER_OUTCOME = "E1112": "a case of a suite expects another outcome than the guardrail is set to";
    /// A Region without the guardrail.
    NOT_THERE = "E1113": "a suite is for a Region that its guardrail, or the version of it, is not in";
    /// A version of something else.
    OTHER_GUARDRAIL = "E1114": "the version of a suite is one of another guardrail";
    /// An expectation that is always true.
    ALWAYS = "W1101": "a case of a suite expects nothing to be done by a list, type, filter or check that the guardrail has not";
    /// A published version may say what the spec no longer says.
    OTHER_CONTENT = "W1102": "a case of a suite does not fit what the spec says of the guardrail, and is for a version of it, which may say something else";
}
