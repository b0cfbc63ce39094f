//! Why each finding matters, what AWS says of it, and what to write instead.

use super::codes as c;
use crate::model::diagnostic::Code;

/// The explanation of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Why it matters.
    pub why: &'static str,
    /// What to do instead.
    pub instead: &'static str,
    /// The page that the fact is from.
    pub source: &'static str,
}

/// The explanation of what `lint` finds; none for a code of another part.
pub fn of(code: Code) -> Option<&'static Explanation> {
    EXPLANATIONS.iter().find(|(known, _)| *known == code).map(|(_, explanation)| explanation)
}

const ACTIONS: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock.html";
const CONTROL: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html";
const ENFORCED: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-enforcements.html";
const FUNCTIONS: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html";
const GRAMMAR: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";
const IDENTITY: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html";
const OPERATORS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
const PRACTICES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";
const PROFILES: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html";
const SETS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";
const SHAPES: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html";
const SYNTAX: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_bedrock_syntax.html";
const FILTERS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-components.html";
const ATTACKS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-prompt-attack.html";
const PII: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-sensitive-filters.html";

macro_rules! explained {
    ($($code:ident: $why:literal, $instead:literal, $source:ident;)+) => {
        &[$((c::$code, Explanation { why: $why, instead: $instead, source: $source })),+]
    };
}

/// Each code with its explanation, in the order of codes.
pub const EXPLANATIONS: &[(Code, Explanation)] = explained! {
    MALFORMED:
        "IAM refuses such a policy, or reads it otherwise than it was meant.",
        "Keep to the grammar: each statement has an effect, actions and resources, each element in its own letters.", GRAMMAR;
    OLD_VERSION:
        "Under the version of 2008, `${aws:…}` is the text it is written as and matches nothing.",
        "Write `\"Version\": \"2012-10-17\"`.", GRAMMAR;
    ALL_ACTIONS:
        "Who may do everything in Bedrock may delete the guardrail, its enforcement and its resource policy, and is bound by none of them.",
        "Allow the actions that are needed, by name.", PRACTICES;
    IAM_ALL:
        "Who may change permissions can give themselves any, or take a Deny away.",
        "Allow single actions of IAM, or leave IAM to a role of its own, under a permissions boundary.", PRACTICES;
    UNKNOWN_ACTION:
        "IAM takes any name without a word. An invented one matches no call: an Allow gives nothing, a Deny stops nothing. `Converse` and \
         `ConverseStream` are authorised as `bedrock:InvokeModel` and `bedrock:InvokeModelWithResponseStream`.",
        "Write the name of the action that authorises the call.", ACTIONS;
    MATCHES_NO_ACTION:
        "IAM takes any pattern without a word, and this one matches no call.",
        "Name the actions that are meant, or correct the pattern.", ACTIONS;
    MANAGES_GUARDRAILS:
        "A wildcard such as `bedrock:Delete*` also stands for the actions with which guardrails and their enforcement are taken away.",
        "Allow the actions that are needed, by name.", ACTIONS;
    ALLOW_NOT_ACTION:
        "`NotAction` with `Allow` grants whatever is not listed, and what AWS adds later.",
        "List what is allowed under `Action`.", GRAMMAR;
    STREAMING_LEFT_OUT:
        "The two actions call the same models. A Deny of one leaves the other as a way around, for `Converse` and `ConverseStream` alike.",
        "Deny `bedrock:InvokeModel` and `bedrock:InvokeModelWithResponseStream` together.", IDENTITY;
    STREAMING_NOT_ALLOWED:
        "An application that asks for a stream is refused, and the next policy that lets it stream may not ask for the guardrail.",
        "List both actions in the statement that asks for the guardrail.", IDENTITY;
    ALL_RESOURCES:
        "An application with `*` calls every model, imported and provisioned ones among them, and applies or changes every guardrail.",
        "Name models, inference profiles and guardrails by their ARNs.", PRACTICES;
    VERSIONED_RESOURCE:
        "The resource of `bedrock:ApplyGuardrail` is the guardrail's ARN without a version, whichever version is applied. With one, it matches no call.",
        "Leave `:<version>` out of the resource. Versions are told apart by `bedrock:GuardrailIdentifier` on model calls.", IDENTITY;
    ALLOW_NOT_RESOURCE:
        "`NotResource` with `Allow` grants whatever is not listed, and what is created later.",
        "List what is allowed under `Resource`.", GRAMMAR;
    PROFILE_WITHOUT_MODEL:
        "A call through an inference profile is authorised on the profile and on the model in each Region that it leads to. Without the models it is refused.",
        "Add the foundation models: `arn:aws:bedrock:*::foundation-model/<id>`.", PROFILES;
    MODELS_LEFT_OUT:
        "A Deny that lists models leaves the ones that it does not list open, and every model that comes later.",
        "Deny on `*`, and leave out by `NotResource` what needs no guardrail.", IDENTITY;
    PASS_ANY_ROLE:
        "A role that is passed on to a service works with its own rights, which may be more than the caller's.",
        "Name the roles, and the service they may be passed to.", PRACTICES;
    UNKNOWN_KEY:
        "IAM takes any key without a word. One that no request has is always absent: positive operators never hold, negated ones and those with `IfExists` always do.",
        "Write `bedrock:GuardrailIdentifier`.", ACTIONS;
    NEVER_MATCHES:
        "`bedrock:GuardrailIdentifier` holds the guardrail's ARN for DRAFT, and the ARN with `:<number>` for a version; never a bare id or a name.",
        "Compare it with `arn:aws:bedrock:<region>:<account>:guardrail/<id>:<version>`.", IDENTITY;
    LITERAL_WILDCARD:
        "`StringEquals` and `StringNotEquals` know no wildcards. The first never holds for a pattern, the second always does.",
        "Write `ArnLike` and `ArnNotLike`, or `StringLike` and `StringNotLike`.", OPERATORS;
    FOR_ANY_VALUE:
        "`ForAnyValue` asks whether some value of the key passes. A call without a guardrail has none, so the Deny does not fire on the very calls that it is for.",
        "Leave set operators to keys of several values.", SETS;
    FOR_ALL_VALUES:
        "`ForAllValues` asks whether each value of the key passes, and that is so where there is none.",
        "Leave set operators to keys of several values.", SETS;
    IF_EXISTS:
        "`IfExists` makes a test hold where the key is absent, which is what a call without a guardrail looks like.",
        "Leave `IfExists` out of an Allow that asks for a guardrail.", OPERATORS;
    DENIES_THE_GUARDED:
        "With a positive operator the Deny hits the calls with the approved guardrail; calls without any, or with another, are not listed and pass.",
        "Write `StringNotEquals` or `ArnNotLike`: negated operators hold for an absent key, too.", OPERATORS;
    INVERTED:
        "`\"Null\": {key: \"true\"}` holds where the key is absent, `\"false\"` where it is there; negated operators hold where it is absent.",
        "Deny with `\"Null\": \"true\"` or a negated operator; allow with `\"false\"` or a positive one.", OPERATORS;
    TESTS_TOGETHER:
        "All tests of a condition must hold for a statement to count. Two that exclude each other in part leave a gap.",
        "Give each test a statement of its own.", GRAMMAR;
    KEY_NOT_CARRIED:
        "Only `bedrock:InvokeModel` and `bedrock:InvokeModelWithResponseStream` have the key. On other actions, `bedrock:ApplyGuardrail` among them, it is absent.",
        "Keep the condition to the two actions, and allow `bedrock:ApplyGuardrail` on the guardrail's ARN without a condition.", ACTIONS;
    ANY_ACCOUNT:
        "A guardrail of the caller's own making, with no filter to speak of, satisfies the condition.",
        "Name the account and the id of the guardrail.", IDENTITY;
    LONGER_IDS:
        "A `*` right behind a part of an id matches the ids that begin alike.",
        "List the ARN, and the ARN with `:*`.", IDENTITY;
    EMPTY_VALUE:
        "The runtime takes an empty guardrail identifier for none. The key is there, so `Null` does not hold, and ARN operators hold for ARNs only, negated ones as well: an empty identifier is neither like nor unlike.",
        "Write `StringNotLike`, or deny the empty text in a statement of its own.", OPERATORS;
    UNKNOWN_OPERATOR:
        "IAM refuses a policy with an operator that it does not know.",
        "Write one of IAM's operators.", OPERATORS;
    SWALLOWED:
        "Under a negated operator a list is what the value must be none of. `*` is whatever a call names, so that the operator holds for no call that names a guardrail, and the guardrails beside it count for nothing.",
        "Leave `*` out, and list the guardrails that are meant.", OPERATORS;
    ALLOW_ONLY:
        "Permissions add up: one more policy of the same principal, an AWS managed one for instance, allows the call without the guardrail. Only a Deny cannot be undone. In a permissions boundary the Allow is enough.",
        "Add a Deny of both actions where the guardrail is not the one that is asked for.", IDENTITY;
    CALL_PASSES:
        "Statements that allow add up: whichever is content with a call allows it. What one asks for is asked for by none as long as another does not.",
        "Deny calls without the guardrail, or leave the other statement to models that need none, such as embedding models.", IDENTITY;
    CUTS_ALL:
        "A Deny of the organization binds every principal of every account that the policy reaches, and no Allow undoes it: no model is called there, with a guardrail or without.",
        "Deny calls without the guardrail, by a condition on `bedrock:GuardrailIdentifier`, or let off by `aws:PrincipalArn` whom the Deny is not for.", CONTROL;
    LONG_LIVED_USER:
        "Access keys of users stay valid until somebody deletes them, and leak.",
        "Trust roles, which are assumed for hours.", PRACTICES;
    LONG_LIVED_KEYS:
        "Users, access keys and long-term API keys of Bedrock outlive whoever made them, and are no part of the roles that policies are written for.",
        "Let people and programs assume roles; deny `iam:CreateServiceSpecificCredential` for `bedrock.amazonaws.com` where guardrails are mandatory.", PRACTICES;
    EVERYBODY:
        "A principal of `*` is everybody with an AWS account, and `NotPrincipal` is everybody but a few.",
        "Name the accounts, or ask for the organization by `aws:PrincipalOrgID`.", PRACTICES;
    RESOURCE_POLICY_SHAPE:
        "On guardrails AWS takes three statements: the root of the own account; `*` with `StringEquals` on `aws:PrincipalOrgID`; and that with \
         `ForAnyValue:StringLike` on `aws:PrincipalOrgPaths` beside it. Others are refused.",
        "Use one of the three.", SHAPES;
    INPUT_TAGS:
        "`input_tags` is of the preview. Callers' tags are now honoured or not by `selective_content_guarding`.",
        "Write `selective_content_guarding` with `system` and `messages`.", SYNTAX;
    LIST_MISSING:
        "Where `model_enforcement` stands, both lists are required.",
        "Write `included_models` and `excluded_models`.", SYNTAX;
    EMBEDDINGS:
        "A guardrail examines prompts and answers. Enforced on embedding models, or asked for by their calls, it stands in the way of them, of every retrieval that needs one, and of what is built on it.",
        "Include all models and exclude the embedding models that are in use.", ENFORCED;
    IDENTIFIER:
        "An enforcement names a guardrail of its own Region and a numbered version. With a wrong one, model calls fail in every account that the policy reaches.",
        "Write the ARN and `:<number>`.", SYNTAX;
    SYNTAX:
        "Organizations refuses such a policy, or accounts keep their last valid one and take no further change.",
        "Keep to the syntax: settings are maps of operators such as `@@assign`.", SYNTAX;
    NO_PROMPT_ATTACK:
        "Jailbreaks and prompt injections are looked for by the filter `PROMPT_ATTACK` alone.",
        "Add it with input strength `HIGH`; its output strength is `NONE`.", ATTACKS;
    NO_PII:
        "Without PII types or regular expressions that act, personal data and credentials pass in both directions.",
        "Add a sensitive information policy that blocks or masks.", PII;
    INERT:
        "A filter with strength or action `NONE`, or one that is off, looks like protection in a list and is none.",
        "Give it a strength and an action, or remove it.", FILTERS;
    DETECT_ONLY:
        "A guardrail whose actions are all `NONE` reports what it finds and lets it pass.",
        "Use it to try a guardrail out, and enforce afterwards.", FILTERS;
    SYSTEM_PROMPT_ATTACK:
        "System prompts instruct, which is what prompt attacks look like. Where the whole of them is examined, agents and coding tools have been reported to be blocked.",
        "Guard the system prompt selectively, or keep the filter to guardrails that callers name.", ATTACKS;
    NOT_LITERAL:
        "Functions such as `Fn::ImportValue`, and parameters, have no value before a template is deployed. What they stand for may allow anything.",
        "Lint the template as it is deployed, functions resolved, or write the document out.", FUNCTIONS;
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_explained_in_the_order_of_codes() {
        let found: Vec<&str> = c::CODES.iter().map(|code| code.id()).filter(|id| id.starts_with('L')).collect();
        let explained: Vec<&str> = EXPLANATIONS.iter().map(|(code, _)| code.id()).collect();
        assert_eq!(found, explained);
    }
}
