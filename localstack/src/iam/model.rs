//! What the operations of IAM take, as the service model has it (2010-05-08).

use crate::shape::{Member, Shape, UNBOUNDED, list, one_of, optional, pattern, required, text};

const ARN: Shape = text(20, 2048);
/// What the names of roles and policies are made of.
pub(super) const NAME: &str = r"[\w+=,.@-]+";
const ROLE_NAME: Shape = pattern(1, 64, NAME);
const POLICY_NAME: Shape = pattern(1, 128, NAME);
const POLICY_PATH: Shape = pattern(1, 512, r"((/[A-Za-z0-9\.,\+@=_-]+)*)/");
const PATH: Shape = pattern(1, 512, r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)");
const PATH_PREFIX: Shape = pattern(1, 512, r"\u002F[\u0021-\u007F]*");
const DOCUMENT: Shape = pattern(1, 131_072, r"[\u0009\u000A\u000D\u0020-\u00FF]+");
const VERSION: Shape = pattern(0, 2048, r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?");
const TAG_KEY: Shape = pattern(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
const TAG: Shape =
    Shape::Structure(&[required("Key", TAG_KEY), required("Value", pattern(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"))]);
const TAGS: Shape = list(0, 50, &TAG);
const USAGE: Shape = one_of(&["PermissionsPolicy", "PermissionsBoundary"]);
const ENTITY: Shape = one_of(&["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]);
const MARKER: Member = optional("Marker", pattern(1, 320, r"[\u0020-\u00FF]+"));
const MAX_ITEMS: Member = optional("MaxItems", Shape::Integer { min: 1, max: 1000 });
const POLICY_ARN: Member = required("PolicyArn", ARN);
const ROLE: Member = required("RoleName", ROLE_NAME);

pub(super) const CREATE_POLICY: &[Member] = &[
    required("PolicyName", POLICY_NAME),
    optional("Path", POLICY_PATH),
    required("PolicyDocument", DOCUMENT),
    optional("Description", text(0, 1000)),
    optional("Tags", TAGS),
];
pub(super) const CREATE_POLICY_VERSION: &[Member] =
    &[POLICY_ARN, required("PolicyDocument", DOCUMENT), optional("SetAsDefault", Shape::Flag)];
pub(super) const POLICY: &[Member] = &[POLICY_ARN];
pub(super) const POLICY_VERSION: &[Member] = &[POLICY_ARN, required("VersionId", VERSION)];
pub(super) const POLICY_PAGE: &[Member] = &[POLICY_ARN, MARKER, MAX_ITEMS];
pub(super) const LIST_POLICIES: &[Member] = &[
    optional("Scope", one_of(&["All", "AWS", "Local"])),
    optional("OnlyAttached", Shape::Flag),
    optional("PathPrefix", POLICY_PATH),
    optional("PolicyUsageFilter", USAGE),
    MARKER,
    MAX_ITEMS,
];
pub(super) const TAG_POLICY: &[Member] = &[POLICY_ARN, required("Tags", TAGS)];
pub(super) const UNTAG_POLICY: &[Member] = &[POLICY_ARN, required("TagKeys", list(0, 50, &TAG_KEY))];
pub(super) const LIST_ENTITIES: &[Member] = &[
    POLICY_ARN,
    optional("EntityFilter", ENTITY),
    optional("PathPrefix", PATH),
    optional("PolicyUsageFilter", USAGE),
    MARKER,
    MAX_ITEMS,
];

pub(super) const DETAILS: &[Member] = &[optional("Filter", list(0, UNBOUNDED, &ENTITY)), MARKER, MAX_ITEMS];
pub(super) const GET_ROLE: &[Member] = &[ROLE];
pub(super) const ROLE_PAGE: &[Member] = &[ROLE, MARKER, MAX_ITEMS];
pub(super) const LIST_ROLES: &[Member] = &[optional("PathPrefix", PATH_PREFIX), MARKER, MAX_ITEMS];
pub(super) const ATTACHMENT: &[Member] = &[ROLE, POLICY_ARN];
pub(super) const LIST_ATTACHED: &[Member] = &[ROLE, optional("PathPrefix", POLICY_PATH), MARKER, MAX_ITEMS];
pub(super) const ROLE_POLICY: &[Member] = &[ROLE, required("PolicyName", POLICY_NAME)];
pub(super) const PUT_ROLE_POLICY: &[Member] =
    &[ROLE, required("PolicyName", POLICY_NAME), required("PolicyDocument", DOCUMENT)];

const DOCUMENTS: Shape = list(0, UNBOUNDED, &DOCUMENT);
const SIMULATED: Shape = text(1, 2048);
const ACTIONS: Member = required("ActionNames", list(0, UNBOUNDED, &text(3, 128)));
const RESOURCES: Member = optional("ResourceArns", list(0, UNBOUNDED, &SIMULATED));
const BOUNDARY: Member = optional("PermissionsBoundaryPolicyInputList", DOCUMENTS);
const RESOURCE_POLICY: Member = optional("ResourcePolicy", DOCUMENT);
const RESOURCE_OWNER: Member = optional("ResourceOwner", SIMULATED);
const CALLER_ARN: Member = optional("CallerArn", SIMULATED);
const HANDLING: Member = optional("ResourceHandlingOption", text(1, 64));
const CONTEXT: Member = optional("ContextEntries", list(0, UNBOUNDED, &ENTRY));
const ENTRY: Shape = Shape::Structure(&[
    optional("ContextKeyName", text(5, 256)),
    optional("ContextKeyValues", list(0, UNBOUNDED, &text(0, UNBOUNDED))),
    optional("ContextKeyType", one_of(CONTEXT_TYPES)),
]);
const CONTEXT_TYPES: &[&str] = &[
    "string",
    "stringList",
    "numeric",
    "numericList",
    "boolean",
    "booleanList",
    "ip",
    "ipList",
    "binary",
    "binaryList",
    "date",
    "dateList",
];
const LEVEL: Shape = Shape::Structure(&[optional("ServiceControlPolicyInputList", DOCUMENTS)]);
const EXCLUSION: Shape = Shape::Structure(&[
    optional("PolicyType", one_of(&["inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp"])),
    optional("PolicyArn", ARN),
    optional(
        "InlinePolicyIdentifier",
        Shape::Structure(&[
            required("PolicyName", POLICY_NAME),
            required("AttachmentType", one_of(&["user", "group", "role"])),
            required("AttachmentName", POLICY_NAME),
        ]),
    ),
]);

pub(super) const SIMULATE_CUSTOM: &[Member] = &[
    required("PolicyInputList", DOCUMENTS),
    BOUNDARY,
    optional("OrderedOrganizationPolicyInputList", list(0, 7, &LEVEL)),
    ACTIONS,
    RESOURCES,
    RESOURCE_POLICY,
    RESOURCE_OWNER,
    CALLER_ARN,
    CONTEXT,
    HANDLING,
    MAX_ITEMS,
    MARKER,
];
pub(super) const SIMULATE_PRINCIPAL: &[Member] = &[
    required("PolicySourceArn", ARN),
    optional("PolicyInputList", DOCUMENTS),
    BOUNDARY,
    optional("PolicyExclusionList", list(0, 256, &EXCLUSION)),
    ACTIONS,
    RESOURCES,
    RESOURCE_POLICY,
    RESOURCE_OWNER,
    CALLER_ARN,
    CONTEXT,
    HANDLING,
    MAX_ITEMS,
    MARKER,
];
