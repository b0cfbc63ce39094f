//! The codes of references and of what every section shares.

crate::codes! {
    /// A guardrail that is not declared.
    NO_GUARDRAIL = "E0601": "a guardrail that is referred to is not declared";
    /// A guardrail that is not in the Region where it is used.
    NOT_IN_REGION = "E0602": "a guardrail is not in a Region in which it is used";
    /// A version that is not declared.
    NO_VERSION = "E0603": "a version that is referred to is not declared";
    /// A version of another guardrail.
    OTHER_GUARDRAIL = "E0604": "a version belongs to another guardrail than the one it is used with";
    /// An external guardrail without a version.
    EXTERNAL_VERSION = "E0606": "an external guardrail is used without saying which version";
    /// A tag key that bedrail or AWS keeps for itself.
    RESERVED_TAG = "E0607": "a tag key begins with `bedrail:`, which is kept for ownership marks";
    /// A tag that Bedrock's alphabet cannot say.
    TAG_ALPHABET = "E0608": "a tag holds a character that the service does not accept";
    /// Marks that would not be seen.
    IGNORED_MARK = "E0609": "`ignore_tags` covers the marks of ownership";
    /// Nothing that an entry could be about.
    NO_ACCOUNT = "E0610": "an entry selects no account, or excepts every one that it selects";
    /// A guardrail that is not in the account where it is used.
    NOT_IN_ACCOUNT = "E0611": "a guardrail that has one in each of several accounts is used in another account";
    /// A tag of AWS's own.
    AWS_TAG = "W0601": "a tag key begins with `aws:`, which AWS keeps for itself";
    /// More tags than a resource may have.
    MANY_TAGS = "W0602": "a resource has more than 50 tags";
    /// Accounts that are closed, suspended or not open yet.
    NOT_ACTIVE = "W0604": "a selector passes over accounts that are not active";
    /// A Region that this release does not know to have Bedrock.
    UNKNOWN_REGION = "W0603": "a Region is not known to have Bedrock";
}
