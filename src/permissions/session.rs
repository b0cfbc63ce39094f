//! The policy of sessions that only read.

use std::collections::BTreeSet;

use serde_json::json;

use super::needs::{AT_TIMES, CHECKS, EFFECTIVE, FACTS, INVALID, UNITS, needs};
use super::statement::document;
use crate::kinds::Kind;
use crate::kinds::guardrail::key_policy;
use crate::kinds::iam_policy::document::{APPLY, INVOKE};

/// How many characters AWS takes of the policy of a session.
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub const MAX: usize = 2048;

/// What a session may do at most that is opened to read, whatever its role allows: all that any kind reads with, and to apply guardrails, which `test`
/// does. It is one text
/// for every spec, since it adds nothing to what the role may. `sts:AssumeRole` is for the management account, through which
/// members are entered.
pub fn policy() -> String {
    let of_kinds = Kind::ALL.iter().flat_map(|kind| kind.reads()).copied();
    let operations = of_kinds.chain([FACTS, AT_TIMES, CHECKS].concat()).chain([UNITS, EFFECTIVE, INVALID]);
    let mut actions: BTreeSet<&str> = operations.flat_map(needs).map(|need| need.action).collect();
    actions.insert("sts:AssumeRole");
    document(&[json!({"Effect": "Allow", "Action": actions, "Resource": "*"})]).to_string()
}

/// What a session may do at most that is opened to call models, whatever its role allows.
pub fn calling_models() -> String {
    let actions: BTreeSet<&str> = INVOKE.into_iter().chain([APPLY, key_policy::APPLY[0]]).collect();
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
            // What a write looks at is no write.
            for operation in kind.writes().iter().filter(|operation| !CHECKS.contains(operation)) {
                assert!(!policy.contains(&format!("\"{operation}\"")), "{operation}");
            }
        }
    }
}
