//! The input shapes of the Bedrock control plane: the service model's bounds, patterns and enums (2023-04-20).

use crate::shape::{Member, Shape, UNBOUNDED, label, list, one_of, optional, pattern, query, required, text};

/// One bound is wider than in the model. The service accepts topic definitions of up to 1000 characters with the STANDARD tier
/// (measured); the limit of CLASSIC is a rule of [`super::rules`].
const DEFINITION: Shape = text(1, 1000).sensitive();

const IDENTIFIER: Shape =
    pattern(0, 2048, "(([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))");
const NUMERIC_VERSION: Shape = pattern(0, UNBOUNDED, "[1-9][0-9]{0,7}");
const VERSION: Shape = pattern(0, UNBOUNDED, "(([1-9][0-9]{0,7})|(DRAFT))");
const CONFIG_ID: Shape = pattern(0, UNBOUNDED, "[a-z0-9]+");
const CLIENT_TOKEN: Shape = pattern(1, 256, "[a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?");
const PAGE_TOKEN: Shape = pattern(1, 2048, r"\S*");
const NAME: Shape = pattern(1, 50, "[0-9a-zA-Z-_]+").sensitive();
const DESCRIPTION: Shape = text(1, 200).sensitive();
const MESSAGING: Shape = text(1, 500).sensitive();
const KMS_KEY: Shape = pattern(
    1,
    2048,
    "(arn:aws(-[^:]+)?:kms:[a-zA-Z0-9-]*:[0-9]{12}:((key/[a-zA-Z0-9-]{36})|(alias/[a-zA-Z0-9-_/]+)))|([a-zA-Z0-9-]{36})|(alias/[a-zA-Z0-9-_/]+)",
);
const PROFILE: Shape = pattern(
    15,
    2048,
    "[a-z0-9-]+[.]{1}guardrail[.]{1}v[0-9:]+|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail-profile/[a-z0-9-]+[.]{1}guardrail[.]{1}v[0-9:]+",
);
const REASONING_POLICY: Shape = pattern(
    1,
    2048,
    "arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:automated-reasoning-policy/[a-z0-9]{12}(:([1-9][0-9]{0,11}))?",
);

const TAG_KEY: Shape = pattern(1, 128, r"[a-zA-Z0-9\s._:/=+@-]*");
const TAG: Shape =
    Shape::Structure(&[required("key", TAG_KEY), required("value", pattern(0, 256, r"[a-zA-Z0-9\s._:/=+@-]*"))]);
const TAGS: Shape = list(0, 200, &TAG);
/// Every resource that can be tagged, of which only guardrails are here. A guardrail's version is none.
const TAGGABLE: Shape = pattern(
    20,
    1011,
    concat!(
        r".*(^[a-zA-Z0-9][a-zA-Z0-9\-]*$)",
        r"|(^arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:custom-model/(imported)/[a-z0-9]{12}$)",
        r"|(^arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:([0-9]{12}|)((:(fine-tuning-job|model-customization-job|custom-model)/[a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}([a-z0-9-]{1,63}[.]){0,2}[a-z0-9-]{1,63}([:][a-z0-9-]{1,63}){0,2}(/[a-z0-9]{12})$)",
        r"|(:guardrail/[a-z0-9]+$)",
        r"|(:automated-reasoning-policy/[a-zA-Z0-9]+(:[a-zA-Z0-9]+)?$)",
        r"|(:(inference-profile|application-inference-profile)/[a-zA-Z0-9-:.]+$)",
        r"|(:(provisioned-model|model-invocation-job|model-evaluation-job|evaluation-job|model-import-job|imported-model|async-invoke|provisioned-model-v2|provisioned-model-reservation|prompt-router|custom-model-deployment)/[a-z0-9]{12}$))).*",
    ),
);

const BLOCK_OR_NONE: Shape = one_of(&["BLOCK", "NONE"]).sensitive();
const SENSITIVE_ACTION: Shape = one_of(&["BLOCK", "ANONYMIZE", "NONE"]);
const TIER: Shape = Shape::Structure(&[required("tierName", one_of(&["CLASSIC", "STANDARD"]).sensitive())]);

const TOPIC: Shape = Shape::Structure(&[
    required("name", pattern(1, 100, "[0-9a-zA-Z-_ !?.]+").sensitive()),
    required("definition", DEFINITION),
    optional("examples", list(0, 5, &text(1, 100).sensitive())),
    required("type", one_of(&["DENY"])),
    optional("inputAction", BLOCK_OR_NONE),
    optional("outputAction", BLOCK_OR_NONE),
    optional("inputEnabled", Shape::Flag),
    optional("outputEnabled", Shape::Flag),
]);

const STRENGTH: Shape = one_of(&["NONE", "LOW", "MEDIUM", "HIGH"]);
const MODALITIES: Shape = list(1, 2, &one_of(&["TEXT", "IMAGE"]).sensitive());

const CONTENT_FILTER: Shape = Shape::Structure(&[
    required("type", one_of(&["SEXUAL", "VIOLENCE", "HATE", "INSULTS", "MISCONDUCT", "PROMPT_ATTACK"])),
    required("inputStrength", STRENGTH),
    required("outputStrength", STRENGTH),
    optional("inputModalities", MODALITIES),
    optional("outputModalities", MODALITIES),
    optional("inputAction", BLOCK_OR_NONE),
    optional("outputAction", BLOCK_OR_NONE),
    optional("inputEnabled", Shape::Flag),
    optional("outputEnabled", Shape::Flag),
]);

const WORD: Shape = Shape::Structure(&[
    required("text", text(1, 100)),
    optional("inputAction", BLOCK_OR_NONE),
    optional("outputAction", BLOCK_OR_NONE),
    optional("inputEnabled", Shape::Flag),
    optional("outputEnabled", Shape::Flag),
]);

const MANAGED_WORDS: Shape = Shape::Structure(&[
    required("type", one_of(&["PROFANITY"])),
    optional("inputAction", BLOCK_OR_NONE),
    optional("outputAction", BLOCK_OR_NONE),
    optional("inputEnabled", Shape::Flag),
    optional("outputEnabled", Shape::Flag),
]);

pub(crate) const PII_TYPES: &[&str] = &[
    "ADDRESS",
    "AGE",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "CA_HEALTH_NUMBER",
    "CA_SOCIAL_INSURANCE_NUMBER",
    "CREDIT_DEBIT_CARD_CVV",
    "CREDIT_DEBIT_CARD_EXPIRY",
    "CREDIT_DEBIT_CARD_NUMBER",
    "DRIVER_ID",
    "EMAIL",
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
    "IP_ADDRESS",
    "LICENSE_PLATE",
    "MAC_ADDRESS",
    "NAME",
    "PASSWORD",
    "PHONE",
    "PIN",
    "SWIFT_CODE",
    "UK_NATIONAL_HEALTH_SERVICE_NUMBER",
    "UK_NATIONAL_INSURANCE_NUMBER",
    "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER",
    "URL",
    "USERNAME",
    "US_BANK_ACCOUNT_NUMBER",
    "US_BANK_ROUTING_NUMBER",
    "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER",
    "US_PASSPORT_NUMBER",
    "US_SOCIAL_SECURITY_NUMBER",
    "VEHICLE_IDENTIFICATION_NUMBER",
];

const PII_ENTITY: Shape = Shape::Structure(&[
    required("type", one_of(PII_TYPES)),
    required("action", SENSITIVE_ACTION),
    optional("inputAction", SENSITIVE_ACTION),
    optional("outputAction", SENSITIVE_ACTION),
    optional("inputEnabled", Shape::Flag),
    optional("outputEnabled", Shape::Flag),
]);

const REGEX: Shape = Shape::Structure(&[
    required("name", text(1, 100)),
    optional("description", text(1, 1000)),
    required("pattern", text(1, 500)),
    required("action", SENSITIVE_ACTION),
    optional("inputAction", SENSITIVE_ACTION),
    optional("outputAction", SENSITIVE_ACTION),
    optional("inputEnabled", Shape::Flag),
    optional("outputEnabled", Shape::Flag),
]);

const GROUNDING_FILTER: Shape = Shape::Structure(&[
    required("type", one_of(&["GROUNDING", "RELEVANCE"])),
    required("threshold", Shape::Number { min: 0.0, max: f64::INFINITY }),
    optional("action", BLOCK_OR_NONE),
    optional("enabled", Shape::Flag),
]);

const TOPICS: Shape = Shape::Structure(&[required("topicsConfig", list(1, 30, &TOPIC)), optional("tierConfig", TIER)]);
const CONTENT: Shape =
    Shape::Structure(&[required("filtersConfig", list(1, 6, &CONTENT_FILTER)), optional("tierConfig", TIER)]);
const WORDS: Shape = Shape::Structure(&[
    optional("wordsConfig", list(1, 10_000, &WORD)),
    optional("managedWordListsConfig", list(0, UNBOUNDED, &MANAGED_WORDS)),
]);
const SENSITIVE: Shape = Shape::Structure(&[
    optional("piiEntitiesConfig", list(1, UNBOUNDED, &PII_ENTITY)),
    optional("regexesConfig", list(1, 30, &REGEX)),
]);
const GROUNDING: Shape =
    Shape::Structure(&[required("filtersConfig", list(1, UNBOUNDED, &GROUNDING_FILTER)), optional("tierConfig", TIER)]);
const REASONING: Shape = Shape::Structure(&[
    required("policies", list(1, 2, &REASONING_POLICY)),
    optional("confidenceThreshold", Shape::Number { min: 0.0, max: 1.0 }),
]);
const CROSS_REGION: Shape = Shape::Structure(&[required("guardrailProfileIdentifier", PROFILE)]);

pub(super) const CREATE_GUARDRAIL: &[Member] = &[
    required("name", NAME),
    optional("description", DESCRIPTION),
    optional("topicPolicyConfig", TOPICS),
    optional("contentPolicyConfig", CONTENT),
    optional("wordPolicyConfig", WORDS),
    optional("sensitiveInformationPolicyConfig", SENSITIVE),
    optional("contextualGroundingPolicyConfig", GROUNDING),
    optional("automatedReasoningPolicyConfig", REASONING),
    optional("crossRegionConfig", CROSS_REGION),
    required("blockedInputMessaging", MESSAGING),
    required("blockedOutputsMessaging", MESSAGING),
    optional("kmsKeyId", KMS_KEY),
    optional("tags", TAGS),
    optional("clientRequestToken", CLIENT_TOKEN),
];

pub(super) const UPDATE_GUARDRAIL: &[Member] = &[
    label("guardrailIdentifier", IDENTIFIER),
    required("name", NAME),
    optional("description", DESCRIPTION),
    optional("topicPolicyConfig", TOPICS),
    optional("contentPolicyConfig", CONTENT),
    optional("wordPolicyConfig", WORDS),
    optional("sensitiveInformationPolicyConfig", SENSITIVE),
    optional("contextualGroundingPolicyConfig", GROUNDING),
    optional("automatedReasoningPolicyConfig", REASONING),
    optional("crossRegionConfig", CROSS_REGION),
    required("blockedInputMessaging", MESSAGING),
    required("blockedOutputsMessaging", MESSAGING),
    optional("kmsKeyId", KMS_KEY),
];

pub(super) const GET_GUARDRAIL: &[Member] =
    &[label("guardrailIdentifier", IDENTIFIER), query("guardrailVersion", VERSION)];

pub(super) const LIST_GUARDRAILS: &[Member] = &[
    query("guardrailIdentifier", IDENTIFIER),
    query("maxResults", Shape::Integer { min: 1, max: 1000 }),
    query("nextToken", PAGE_TOKEN),
];

pub(super) const DELETE_GUARDRAIL: &[Member] =
    &[label("guardrailIdentifier", IDENTIFIER), query("guardrailVersion", NUMERIC_VERSION)];

pub(super) const CREATE_GUARDRAIL_VERSION: &[Member] = &[
    label("guardrailIdentifier", IDENTIFIER),
    optional("description", DESCRIPTION),
    optional("clientRequestToken", CLIENT_TOKEN),
];

const MODE: Shape = one_of(&["SELECTIVE", "COMPREHENSIVE"]);

/// Two dots, as in `deepseek.v3.2`, do not fit: such a model cannot be named.
const INCLUDED_MODEL: Shape =
    pattern(0, UNBOUNDED, "(ALL|([a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63})([:][a-z0-9-]{1,63}){0,2}(/[a-z0-9]{12}){0,1})");
const EXCLUDED_MODEL: Shape =
    pattern(0, UNBOUNDED, "([a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63})([:][a-z0-9-]{1,63}){0,2}(/[a-z0-9]{12}){0,1}");

const ENFORCED: Shape = Shape::Structure(&[
    required("guardrailIdentifier", IDENTIFIER),
    required("guardrailVersion", NUMERIC_VERSION),
    optional("selectiveContentGuarding", Shape::Structure(&[optional("system", MODE), optional("messages", MODE)])),
    optional(
        "modelEnforcement",
        Shape::Structure(&[
            required("includedModels", list(1, UNBOUNDED, &INCLUDED_MODEL)),
            required("excludedModels", list(0, UNBOUNDED, &EXCLUDED_MODEL)),
        ]),
    ),
]);

pub(super) const PUT_ENFORCED: &[Member] =
    &[optional("configId", CONFIG_ID), required("guardrailInferenceConfig", ENFORCED)];
pub(super) const LIST_ENFORCED: &[Member] = &[query("nextToken", PAGE_TOKEN)];
pub(super) const DELETE_ENFORCED: &[Member] = &[label("configId", CONFIG_ID)];

const RESOURCE_ARN: Shape = text(1, 255);

pub(super) const PUT_RESOURCE_POLICY: &[Member] = &[
    required("resourceArn", RESOURCE_ARN),
    required("resourcePolicy", pattern(1, 20_480, r"[\x09\x0A\x0D\x20-\x{FF}]+")),
];
pub(super) const RESOURCE_POLICY: &[Member] = &[label("resourceArn", RESOURCE_ARN)];

pub(super) const TAG_RESOURCE: &[Member] = &[required("resourceARN", TAGGABLE), required("tags", TAGS)];
pub(super) const UNTAG_RESOURCE: &[Member] =
    &[required("resourceARN", TAGGABLE), required("tagKeys", list(0, 200, &TAG_KEY))];
pub(super) const LIST_TAGS: &[Member] = &[required("resourceARN", TAGGABLE)];

const S3: Shape = Shape::Structure(&[required("bucketName", text(3, 63)), optional("keyPrefix", text(0, 1024))]);
const CLOUD_WATCH: Shape = Shape::Structure(&[
    required("logGroupName", text(1, 512)),
    required("roleArn", pattern(0, 2048, "arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+")),
    optional("largeDataDeliveryS3Config", S3),
]);
const LOGGING: Shape = Shape::Structure(&[
    optional("cloudWatchConfig", CLOUD_WATCH),
    optional("s3Config", S3),
    optional("textDataDeliveryEnabled", Shape::Flag),
    optional("imageDataDeliveryEnabled", Shape::Flag),
    optional("embeddingDataDeliveryEnabled", Shape::Flag),
    optional("videoDataDeliveryEnabled", Shape::Flag),
    optional("audioDataDeliveryEnabled", Shape::Flag),
]);

pub(super) const PUT_LOGGING: &[Member] = &[required("loggingConfig", LOGGING)];

pub(super) const LIST_MODELS: &[Member] = &[
    query("byProvider", pattern(0, UNBOUNDED, "[A-Za-z0-9- ]{1,63}")),
    query("byCustomizationType", one_of(&["FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION"])),
    query("byOutputModality", one_of(&["TEXT", "IMAGE", "EMBEDDING"])),
    query("byInferenceType", one_of(&["ON_DEMAND", "PROVISIONED"])),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(shape: &Shape, seen: &mut usize) {
        match shape {
            Shape::Text { pattern: Some(pattern), .. } => {
                regex_lite::Regex::new(&format!("^(?:{pattern})$")).expect(pattern);
                *seen += 1;
            }
            Shape::List { item, .. } => visit(item, seen),
            Shape::Structure(members) => members.iter().for_each(|member| visit(&member.shape, seen)),
            _ => {}
        }
    }

    #[test]
    fn every_pattern_compiles() {
        let mut seen = 0;
        for operation in super::super::OPERATIONS {
            operation.input.iter().for_each(|member| visit(&member.shape, &mut seen));
        }
        assert!(seen > 30, "{seen}");
    }
}
