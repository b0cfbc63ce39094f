//! What `AssumeRole` takes, as the service model has it (2011-06-15). `PolicyArns` is held to the 10 of the documentation.

use crate::shape::{Member, Shape, UNBOUNDED, list, optional, pattern, required, text};

const ARN: Shape = text(20, 2048);
const NAME: Shape = pattern(2, 64, r"[\w+=,.@-]*");
const TAG_KEY: Shape = pattern(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
const TAG: Shape =
    Shape::Structure(&[required("Key", TAG_KEY), required("Value", pattern(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"))]);
const CONTEXT: Shape = Shape::Structure(&[optional("ProviderArn", ARN), optional("ContextAssertion", text(4, 2048))]);

pub(super) const ASSUME_ROLE: &[Member] = &[
    required("RoleArn", ARN),
    required("RoleSessionName", NAME),
    optional("PolicyArns", list(0, 10, &Shape::Structure(&[optional("arn", ARN)]))),
    optional("Policy", pattern(1, UNBOUNDED, r"[\u0009\u000A\u000D\u0020-\u00FF]+")),
    optional("DurationSeconds", Shape::Integer { min: 900, max: 43200 }),
    optional("Tags", list(0, 50, &TAG)),
    optional("TransitiveTagKeys", list(0, 50, &TAG_KEY)),
    optional("ExternalId", pattern(2, 1224, r"[\w+=,.@:\/-]*")),
    optional("SerialNumber", pattern(9, 256, r"[\w+=/:,.@-]*")),
    optional("TokenCode", pattern(6, 6, r"[\d]*")),
    optional("SourceIdentity", NAME),
    optional("ProvidedContexts", list(1, 5, &CONTEXT)),
    optional("MinimumSessionTokenSize", Shape::Integer { min: 0, max: 4096 }),
];
