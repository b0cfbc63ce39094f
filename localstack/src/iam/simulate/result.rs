//! What came of a simulation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::input::Simulation;
use crate::authorize::{Origin, Policies, Source, Verdict, Why, allow};
use crate::policy::{Effect, Request};

/// How strict a decision is, the strictest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Decision {
    Allowed,
    ImplicitDeny,
    ExplicitDeny,
}

impl Decision {
    fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ImplicitDeny => "implicitDeny",
            Self::ExplicitDeny => "explicitDeny",
        }
    }
}

/// What the policies say to one action on one resource.
struct Outcome {
    decision: Decision,
    matched: Vec<Value>,
    missing: BTreeSet<String>,
    organization: Option<bool>,
    boundary: Option<bool>,
}

/// The answer's row of an action. The verdicts on resources that the request names are in `ResourceSpecificResults`.
pub(super) fn of(simulation: &Simulation, action: &str) -> Value {
    let everything = ["*".to_owned()];
    let named = !simulation.resources.is_empty() && simulation.resources != everything;
    let resources = if named { simulation.resources.as_slice() } else { &everything };
    let outcomes: Vec<(&String, Outcome)> =
        resources.iter().map(|resource| (resource, outcome(simulation, action, resource))).collect();
    let decision = outcomes.iter().map(|(_, outcome)| outcome.decision).max().unwrap_or(Decision::ImplicitDeny);
    let deciding = outcomes.iter().filter(|(_, outcome)| outcome.decision == decision);
    let mut matched: Vec<Value> = Vec::new();
    for statement in deciding.flat_map(|(_, outcome)| &outcome.matched) {
        if !matched.contains(statement) {
            matched.push(statement.clone());
        }
    }
    let missing = if named { BTreeSet::new() } else { outcomes[0].1.missing.clone() };
    let mut row = json!({
        "EvalActionName": action,
        "EvalResourceName": "*",
        "EvalDecision": decision.name(),
        "MatchedStatements": matched,
        "MissingContextValues": missing,
    });
    let all = |said: fn(&Outcome) -> Option<bool>| {
        outcomes.iter().map(|(_, outcome)| said(outcome)).reduce(|all, one| Some(all? && one?)).flatten()
    };
    if let Some(allowed) = all(|outcome| outcome.organization) {
        row["OrganizationsDecisionDetail"] = json!({ "AllowedByOrganizations": allowed });
    }
    if let Some(allowed) = all(|outcome| outcome.boundary) {
        row["PermissionsBoundaryDecisionDetail"] = json!({ "AllowedByPermissionsBoundary": allowed });
    }
    if named {
        row["ResourceSpecificResults"] =
            outcomes.iter().map(|(resource, outcome)| specific(resource, outcome)).collect();
    }
    row
}

fn specific(resource: &str, outcome: &Outcome) -> Value {
    let mut row = json!({
        "EvalResourceName": resource,
        "EvalResourceDecision": outcome.decision.name(),
        "MatchedStatements": outcome.matched,
        "MissingContextValues": outcome.missing,
    });
    if let Some(allowed) = outcome.boundary {
        row["PermissionsBoundaryDecisionDetail"] = json!({ "AllowedByPermissionsBoundary": allowed });
    }
    row
}

fn outcome(simulation: &Simulation, action: &str, resource: &str) -> Outcome {
    let policies = simulation.policies(resource);
    let request = Request { principal: &simulation.principal, action, resource, context: &simulation.context };
    let decision = match policies.decide(&request) {
        Verdict::Allowed => Decision::Allowed,
        Verdict::Denied(Why::Implicit(_)) => Decision::ImplicitDeny,
        Verdict::Denied(Why::Explicit(_)) => Decision::ExplicitDeny,
    };
    let within = |sources: &[Source]| {
        allow(sources, &request) && !sources.iter().any(|source| source.document.decide(&request).denies())
    };
    let levels = &policies.service_control;
    Outcome {
        decision,
        matched: matched(&policies, &request, decision),
        missing: missing(&policies, &request),
        organization: (!levels.is_empty()).then(|| levels.iter().all(|level| within(level))),
        boundary: policies.boundary.as_deref().map(within),
    }
}

/// The statements that decide: those that deny, if there are any; else those that allow.
fn matched(policies: &Policies, request: &Request<'_>, decision: Decision) -> Vec<Value> {
    let effect = match decision {
        Decision::Allowed => Effect::Allow,
        Decision::ExplicitDeny => Effect::Deny,
        Decision::ImplicitDeny => return Vec::new(),
    };
    // What only limits allows nothing, but it can deny.
    let limits = policies.boundary.iter().chain(&policies.service_control).flatten();
    let limits = limits.filter(|_| effect == Effect::Deny);
    let sources = policies.identity.iter().flatten().chain(&policies.resource).chain(limits);
    let matches = sources.flat_map(|source| {
        let found = source.document.matches(request).filter(|found| found.statement.effect == effect);
        found.map(move |found| (source, found.statement))
    });
    let statement = |(source, statement): (&Source, &crate::policy::Statement)| {
        let (begin, end) = statement.position;
        let mut row = json!({
            "SourcePolicyId": source.id,
            "StartPosition": {"Line": begin.line, "Column": begin.column},
            "EndPosition": {"Line": end.line, "Column": end.column},
        });
        let kind = match source.origin {
            Origin::Role => Some("role"),
            Origin::AwsManaged => Some("aws-managed"),
            Origin::UserManaged => Some("user-managed"),
            Origin::Resource => Some("resource"),
            Origin::Other => None,
        };
        if let Some(kind) = kind {
            row["SourcePolicyType"] = kind.into();
        }
        row
    };
    matches.map(statement).collect()
}

/// The condition keys that some statement on the action and resource asks for and the request does not give.
fn missing(policies: &Policies, request: &Request<'_>) -> BTreeSet<String> {
    let groups = policies.identity.iter().chain(&policies.boundary).chain(&policies.service_control).flatten();
    let keys = groups.chain(&policies.resource).flat_map(|source| source.document.keys(request));
    keys.filter(|key| request.context.get(key).is_none()).map(str::to_owned).collect()
}
