//! The codes of guardrails.

crate::codes! {
    /// A guardrail without any policy.
    NO_POLICY = "E1001": "a guardrail has no policy, and AWS requires at least one";
    /// One name twice.
    SAME_NAME = "E1002": "two guardrails have the same name in one account and Region";
    /// Tier STANDARD without a profile.
    TIER_NEEDS_PROFILE = "E1003": "tier STANDARD needs a cross-Region profile";
    /// Tier STANDARD where there is none.
    TIER_NOT_THERE = "E1004": "tier STANDARD does not exist in a Region";
    /// Filters that filter nothing.
    ALL_NONE = "E1005": "every content filter has the strength NONE, which AWS refuses";
    /// `PROMPT_ATTACK` on answers.
    PROMPT_ATTACK_OUTPUT = "E1006": "PROMPT_ATTACK has an output strength, and it examines prompts only";
    /// A long definition.
    DEFINITION_LENGTH = "E1007": "the definition of a topic is longer than its tier allows";
    /// The same thing twice.
    TWICE = "E1008": "two items of a policy have the same name, text, type or pattern";
    /// A policy without content.
    EMPTY_POLICY = "E1009": "a policy is declared and says nothing";
    /// A KMS alias.
    KMS_ALIAS = "E1010": "a KMS key is named by an alias, which AWS answers with a key ARN";
    /// No KMS key.
    KMS_FORM = "E1011": "a KMS key is neither a key ARN nor a key id";
    /// No profile.
    PROFILE_FORM = "E1012": "a cross-Region profile is neither `auto` nor an id nor an ARN";
    /// A profile of other Regions.
    PROFILE_REGION = "E1013": "a cross-Region profile cannot be used from a Region";
    /// No profile for a Region.
    NO_PROFILE = "E1014": "no cross-Region profile is known for a Region";
    /// Automated reasoning without a profile.
    REASONING_NEEDS_PROFILE = "E1015": "automated reasoning needs a cross-Region profile";
    /// Automated reasoning under enforcement.
    REASONING_ENFORCED = "E1016": "a guardrail with automated reasoning is enforced, which makes model calls fail";
    /// A former key that is in use.
    PREVIOUSLY_IN_USE = "E1017": "`previously` names a key that is declared, or that two entries claim";
    /// One key for two guardrails.
    KEY_TWICE = "E1018": "a guardrail and an external guardrail have the same key";
    /// An external guardrail that is not described.
    EXTERNAL_FORM = "E1019": "an external guardrail has neither `arns` nor `from_stack`, or both";
    /// An ARN of another Region.
    ARN_REGION = "E1020": "the ARN of an external guardrail is of another Region than its key";
    /// A number for a Region without ARN.
    NUMBER_WITHOUT_ARN = "E1021": "an external guardrail has a version in a Region where it has no ARN";
    /// This stack's own name.
    OWN_STACK = "E1022": "`from_stack` names this stack itself";
    /// Images where they may not be examined.
    IMAGE_REGION = "W1001": "the modality IMAGE is not known to be available in a Region";
    /// Look-around.
    LOOK_AROUND = "W1002": "a regular expression uses look-around, which AWS does not support";
    /// A bracket without partner.
    UNBALANCED = "W1003": "a regular expression has a bracket without a partner";
    /// A key of another Region.
    KMS_REGION = "W1004": "a KMS key is of another Region than the guardrail";
    /// A profile that is not in the table.
    UNKNOWN_PROFILE = "W1005": "a cross-Region profile is not known to this release";
    /// A sensitive information policy without content.
    NOTHING_SENSITIVE = "W1006": "a sensitive information policy is declared and says nothing";
    /// One account and several at once.
    ACCOUNT_FORM = "E1023": "a guardrail has both `account` and `accounts`";
}
