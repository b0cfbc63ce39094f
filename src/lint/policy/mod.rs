//! Policies in IAM's language: statements as they are read, and the rules on them.

mod actions;
mod arn;
mod calls;
mod cut;
mod enforcement;
mod identifier;
mod keys;
mod names;
mod operator;
mod passing;
mod pattern;
mod principals;
mod resources;
mod statement;
mod streaming;

pub(super) use arn::guardrail_version;
pub(super) use principals::is_user;
pub(super) use statement::{Effect, Policy, Statement};

use super::finding::Findings;
use crate::spec::node::Node;

/// What is known of where a policy is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attached {
    /// Nothing: the text alone does not tell a policy of a role from one of the organization.
    Somewhere,
    /// To roles.
    Role,
    /// To nodes of the organization, where an Allow gives nothing.
    Organization,
}

/// Looks at a policy of principals.
pub(super) fn lint(node: &Node, attached: Attached, findings: &mut Findings) {
    let policy = Policy::read(node, findings);
    // A policy of denials alone may be one of a role, made to bind just that.
    let binds_accounts = attached == Attached::Organization || policy.allows().next().is_some();
    let attached = match attached {
        // The one Allow that an organization's denials stand beside.
        Attached::Somewhere if policy.denies() && policy.allows().all(Statement::is_full_access) => {
            Attached::Organization
        }
        known => known,
    };
    for statement in &policy.statements {
        keys::check(statement, findings);
        actions::check(statement, attached, findings);
        identifier::check(statement, findings);
        principals::exempted(statement, findings);
        if attached == Attached::Organization && binds_accounts {
            cut::check(statement, findings);
        }
        if attached != Attached::Organization {
            resources::check(statement, findings);
            principals::credentials(statement, findings);
        }
    }
    resources::profiles(&policy, findings);
    streaming::check(&policy, findings);
    enforcement::check(&policy, findings);
    passing::check(&policy, attached, findings);
}

/// What a policy that names principals stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// A role, as its trust policy.
    Role,
    /// A VPC endpoint, through which goes what other policies allow.
    Endpoint,
    /// Something else.
    Resource,
}

/// Looks at the policy of a VPC endpoint, which like one of the organization gives nothing by itself.
pub(super) fn lint_endpoint(node: &Node, findings: &mut Findings) {
    lint(node, Attached::Organization, findings);
    let policy = Policy::read(node, &mut Findings::default());
    for statement in &policy.statements {
        principals::trusted(statement, Stands::Endpoint, findings);
        // Beside denials it stands for what they leave.
        if !policy.denies() {
            actions::admitted(statement, findings);
        }
    }
}

/// Looks at the trust policy of a role, or at a resource policy on something else than a guardrail.
pub(super) fn lint_resource(node: &Node, stands: Stands, findings: &mut Findings) {
    let policy = Policy::read(node, findings);
    for statement in &policy.statements {
        principals::trusted(statement, stands, findings);
        if stands == Stands::Resource {
            actions::admitted(statement, findings);
        }
        keys::check(statement, findings);
    }
}
