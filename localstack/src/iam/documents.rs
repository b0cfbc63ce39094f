//! What a policy document has to be. Inferred: that it is read before it is measured.

use super::refused::Refused;
use crate::error::ApiError;
use crate::policy::{Document, Kind};

/// How long a managed policy may be, and all inline policies of a role together (user guide, quotas).
const MANAGED: usize = 6_144;
const INLINE: usize = 10_240;

/// The document of a managed policy.
pub(super) fn managed(document: &str) -> Result<(), ApiError> {
    identity(document)?;
    if size(document) > MANAGED { Err(Refused::PolicySize.into()) } else { Ok(()) }
}

/// The document of a policy of a principal.
pub(super) fn identity(document: &str) -> Result<(), ApiError> {
    Document::parse(document)
        .and_then(|document| document.fits(Kind::Identity))
        .map_err(|malformed| Refused::Malformed(&malformed.problem).into())
}

/// All inline policies of a role.
pub(super) fn inline<'a>(role: &str, documents: impl Iterator<Item = &'a str>) -> Result<(), ApiError> {
    if documents.map(size).sum::<usize>() > INLINE { Err(Refused::InlineSize(role).into()) } else { Ok(()) }
}

/// White space does not count.
fn size(document: &str) -> usize {
    document.chars().filter(|character| !character.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_size(size: usize) -> String {
        let written =
            |name: &str| format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "a:{name}", "Resource": "*"}}}}"#);
        written(&"B".repeat(size - self::size(&written(""))))
    }

    fn code(checked: Result<(), ApiError>) -> Option<String> {
        checked.err().map(|error| error.code)
    }

    #[test]
    fn white_space_does_not_count() {
        assert_eq!(code(managed(&of_size(MANAGED))), None);
        assert_eq!(code(managed(&of_size(MANAGED).replace(' ', "\n\t  "))), None);
        assert_eq!(code(managed(&of_size(MANAGED + 1))).as_deref(), Some("LimitExceeded"));
        let half = of_size(INLINE / 2);
        assert_eq!(code(inline("r", [half.as_str(), &half].into_iter())), None);
        assert_eq!(code(inline("r", [half.as_str(), &half, "x"].into_iter())).as_deref(), Some("LimitExceeded"));
    }

    #[test]
    fn what_is_no_policy_is_malformed() {
        for document in ["{", "[]", "{}", r#"{"Statement": {"Effect": "Allow", "Action": "a:B"}}"#] {
            assert_eq!(code(managed(document)).as_deref(), Some("MalformedPolicyDocument"), "{document}");
        }
    }
}
