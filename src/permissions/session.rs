//! The policy of sessions that only read.

use std::collections::BTreeSet;

use serde_json::json;

use super::needs::{APPLY, AT_TIMES, EFFECTIVE, FACTS, INVALID, UNITS, needs};
use super::statement::document;
use crate::kinds::Kind;

/// How many characters AWS takes of the policy of a session.
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub const MAX: usize = 2048;

/// What a session may do at most that is opened to read, whatever its role allows: all that any kind reads with, and to apply guardrails, which `test`
/// does. It is one text
/// for every spec, since it adds nothing to what the role may. `sts:AssumeRole` is for the management account, through which
/// members are entered.
pub fn policy() -> String {
    let of_kinds = Kind::ALL.iter().flat_map(|kind| kind.reads()).copied();
    let operations =
        of_kinds.chain(FACTS.iter().copied()).chain(AT_TIMES.iter().copied()).chain([UNITS, EFFECTIVE, INVALID, APPLY]);
    let mut actions: BTreeSet<&str> = operations.flat_map(needs).map(|need| need.action).collect();
    actions.insert("sts:AssumeRole");
    document(&[json!({"Effect": "Allow", "Action": actions, "Resource": "*"})]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_a_session_fits_and_writes_nothing() {
        let policy = policy();
        assert!(policy.len() <= MAX, "{} characters", policy.len());
        for kind in Kind::ALL {
            for operation in kind.writes() {
                assert!(!policy.contains(&format!("\"{operation}\"")), "{operation}");
            }
        }
    }
}
