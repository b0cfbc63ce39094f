//! Calls that stream: an action of their own, easily forgotten.

use super::super::codes::{STREAMING_LEFT_OUT, STREAMING_NOT_ALLOWED};
use super::super::finding::Findings;
use super::Policy;
use super::calls::Naming;
use super::statement::{Effect, Statement};

/// The action of calls whose answer comes at once.
pub(super) const INVOKE: &str = "bedrock:InvokeModel";
/// The action of calls whose answer comes in pieces.
pub(super) const STREAM: &str = "bedrock:InvokeModelWithResponseStream";

pub(super) fn check(policy: &Policy<'_>, findings: &mut Findings) {
    // Which of both a Deny stops, by whether it asks for a guardrail.
    let stops = |asks: bool, action: &str| {
        let denies = |one: &Statement<'_>| one.effect == Effect::Deny && one.asks() == asks && one.actions.has(action);
        policy.statements.iter().any(denies) || policy.denies_call(action, Naming::Nothing)
    };
    let stopped = [false, true].map(|asks| [INVOKE, STREAM].map(|action| stops(asks, action)));
    let streams_somewhere = policy.statements.iter().any(|one| one.actions.has(STREAM));
    for statement in &policy.statements {
        let [invoke, stream] = [INVOKE, STREAM].map(|action| statement.actions.has(action));
        if invoke == stream {
            continue;
        }
        let (has, lacks) = if invoke { (INVOKE, STREAM) } else { (STREAM, INVOKE) };
        if statement.effect == Effect::Deny {
            let [at_once, in_pieces] = stopped[usize::from(statement.asks())];
            if !(at_once && in_pieces) {
                left_out(statement, has, lacks, findings);
            }
        } else if invoke && statement.asks() && !streams_somewhere {
            let span = statement.actions.naming(has).map_or(statement.span, |word| word.span);
            let message = "streaming calls are neither allowed nor held to the guardrail";
            findings.find(
                span,
                STREAMING_NOT_ALLOWED,
                message,
                format!("add `{STREAM}`, or `ConverseStream` is refused"),
            );
        }
    }
}

fn left_out(statement: &Statement<'_>, has: &str, lacks: &str, findings: &mut Findings) {
    let span = statement.actions.naming(has).map_or(statement.span, |word| word.span);
    let message = format!("this Deny stops `{has}` and lets `{lacks}` through, which calls the same models");
    findings.find(span, STREAMING_LEFT_OUT, message, format!("add `{lacks}`"));
}
