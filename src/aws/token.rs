//! Idempotency tokens: Bedrock ignores a request whose token it has seen, without an error, so a token must be equal for
//! a repeat of the same deed and different for every other.

use serde::Serialize;

use crate::model::{Address, Digest};

/// The token for this deed: what is done, where, with which body, and `fact`, the live fact that makes it new.
///
/// 64 hex digits, which fits AWS's `[a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?`.
pub(crate) fn token<T: Serialize>(operation: &str, address: &Address, body: &T, fact: &str) -> String {
    Digest::of(&(operation, address, Digest::of(body), fact)).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_equal_for_a_repeat_and_different_for_anything_else() {
        let address: Address = "guardrail/111122223333/us-east-1/baseline".parse().expect("an address");
        let other: Address = "guardrail/111122223333/us-east-1/other".parse().expect("an address");
        let first = token("CreateGuardrail", &address, &"body", "");
        assert_eq!(first, token("CreateGuardrail", &address, &"body", ""));
        for different in [
            token("CreateGuardrailVersion", &address, &"body", ""),
            token("CreateGuardrail", &other, &"body", ""),
            token("CreateGuardrail", &address, &"another", ""),
            token("CreateGuardrail", &address, &"body", "2026-01-01T00:00:00Z|3"),
        ] {
            assert_ne!(first, different);
        }
    }
}
