//! The codes of IAM policies.

crate::codes! {
    /// Both ways to say what, or neither.
    TEMPLATE_OR_DOCUMENT = "E6001": "an IAM policy says by neither or by both of `template` and `document` what it does";
    /// A field of another template.
    NOT_OF_TEMPLATE = "E6002": "a field has no meaning for the template of an IAM policy";
    /// A field that the template needs.
    TEMPLATE_NEEDS = "E6003": "a template of an IAM policy lacks a field that it needs";
    /// One name twice.
    SAME_NAME = "E6004": "two IAM policies have the same name in one account, which AWS takes once whatever its path and letter case";
    /// Too long.
    SIZE = "E6005": "an IAM policy is longer than 6,144 characters, white space apart";
    /// A number where Regions count differently.
    NUMBER = "E6006": "an IAM policy names a version by its number, which is another one in each Region";
    /// A version of any guardrail.
    VERSION_OF_ANY = "E6007": "an IAM policy names a version and no guardrail that it would be of";
    /// One role twice.
    ROLE_TWICE = "E6008": "an IAM policy is attached to one role twice";
    /// A geography that is not known.
    GEOGRAPHY = "E6009": "an inference profile cannot be called from any Region of an IAM policy";
    /// A statement that identity policies do not have.
    STATEMENT = "E6010": "a document does not follow the syntax of an identity policy";
    /// A current version of what others manage.
    CURRENT_OF_OTHERS = "E6011": "an IAM policy asks for the current version of a guardrail that others manage";
    /// A guardrail that the account may not use.
    NOT_PERMITTED = "E6013": "an IAM policy is about a guardrail of another account that its account is not allowed to apply";
    /// Policies that together allow nothing.
    LOCKED_OUT = "E6014": "two IAM policies on one role deny each other's guardrails, so that the role could call no model";
    /// More policies than a role may have.
    TOO_MANY = "E6012": "more policies are attached to one role than AWS allows, 25 at most";
    /// An ARN of something else.
    MODEL_ARN = "E6015": "an ARN among the models of an IAM policy is not that of a model, an inference profile or what else calls a model";
    /// A geography that this release does not know.
    UNKNOWN_PREFIX = "W6001": "the id of a model begins as that of an inference profile of no known geography";
    /// A profile that is not shared.
    PROFILE_OF_OTHERS = "W6002": "an IAM policy names an inference profile of another account than its own";
    /// Nothing left to ask a guardrail for.
    ALL_EXCEPTED = "W6003": "every model of an IAM policy is excepted, so that it allows no call with a guardrail";
}
