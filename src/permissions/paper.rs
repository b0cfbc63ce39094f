//! What `bedrail iam` prints, before it is in a form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::declared::{Declared, ExternalId, Key, Organization};
use super::grants::{May, Where, statements, testing};
use super::statement::{ACCOUNT, Conditions, EXTERNAL_ID, Statement, TRUSTED, conditions, document};
use super::users::has_unknown;
use crate::kinds::guardrail::key_policy;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// What `plan`, `drift` and the other reading commands need in the caller's account.
    PlanRole,
    /// What `apply` and `destroy` need there.
    ApplyRole,
    /// What they need in a member.
    MemberRole,
    /// Whom the roles of members trust.
    Trust,
    /// What the policies of the keys say.
    KmsKeyPolicy,
}

/// How it is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The role of members is the one that only reads.
    pub read: bool,
    /// What is not marked may be taken over.
    pub adopt: bool,
    /// Test suites may be run.
    pub test: bool,
    /// Who may assume the role, or create guardrails with the key; by default, for the roles of members, the roles that are
    /// printed for the home account, and else nobody.
    pub principals: Vec<String>,
}

/// What is printed.
#[derive(Clone, Debug)]
pub struct Paper {
    /// A role or keys.
    pub body: Body,
    /// Who is trusted, by default; nobody where that has to be said.
    pub trusted: Vec<String>,
    /// The external id that a trust policy asks for.
    pub external_id: Option<ExternalId>,
    /// The stack.
    pub stack: String,
    /// What to know about it.
    pub notes: Vec<String>,
}

/// A role or keys.
#[derive(Clone, Debug)]
pub enum Body {
    /// A role.
    Role {
        /// Its name, by default.
        name: String,
        /// What it is for.
        purpose: &'static str,
        /// Whom it trusts.
        trust: Value,
        /// What it may do, each as much as AWS takes of a managed policy; `None` where only the trust is asked for.
        policies: Option<Vec<Statement>>,
    },
    /// The policy of each key.
    Keys(BTreeMap<String, Value>),
}

/// Why there is nothing to print.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A role of members without an organization.
    #[error("the spec has no organization, so there are no member accounts to enter")]
    NoOrganization,
    /// No key.
    #[error("no guardrail of the spec names a `kms_key_id`, so there is no key whose policy could be printed")]
    NoKey,
    /// The key is to be used by an organization without id.
    #[error("other accounts apply a guardrail that uses {0}, and the spec does not say in which organization they are")]
    NoOrganizationId(String),
    /// A principal in an account that is not known.
    #[error("the policy of {0} names an account that the spec does not pin")]
    UnknownAccount(String),
    /// A secret in the open.
    #[error("the trust policy holds the external id, which comes from the environment and is never printed")]
    SecretExternalId,
}

impl Fault {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoOrganization => "declare `organization`, or print `plan-role` and `apply-role`",
            Self::NoKey => "without one, Bedrock uses a key of its own, which takes no permission",
            Self::NoOrganizationId(_) => "add `organization.id` to the spec",
            Self::UnknownAccount(_) => "pin it, or print it with `--format cloudformation` or `--format terraform`",
            Self::SecretExternalId => {
                "print it with `--format cloudformation` or `--format terraform`, where it is a parameter"
            }
        }
        .to_owned()
    }
}

/// What is printed for `what`.
///
/// # Errors
/// The spec has nothing of the kind, or leaves out what it takes.
pub fn paper(declared: &Declared, what: What, asked: &Asked) -> Result<Paper, Fault> {
    let role = |place, may, name: String, purpose| {
        let (trust, trusted, external_id) = trust(declared, place, may, asked);
        let tests = if asked.test { testing(declared, place) } else { Vec::new() };
        let policies = Some(statements(declared, place, may).into_iter().chain(tests).collect());
        let body = Body::Role { name, purpose, trust, policies };
        Paper { body, trusted, external_id, stack: declared.stack.clone(), notes: Vec::new() }
    };
    let write = if asked.adopt { May::Adopt } else { May::Write };
    let organization = declared.organization.as_ref().ok_or(Fault::NoOrganization);
    Ok(match what {
        What::PlanRole => role(Where::Home, May::Read, home_name(declared, May::Read), "Reads what bedrail plans"),
        What::ApplyRole => role(Where::Home, write, home_name(declared, write), "Applies what bedrail plans"),
        What::MemberRole | What::Trust => {
            let organization = organization?;
            let (may, purpose) = if asked.read {
                (May::Read, "Entered by bedrail to plan")
            } else {
                (write, "Entered by bedrail to apply")
            };
            let (name, note) = member_name(organization, asked.read);
            let mut paper = role(Where::Member, may, name, purpose);
            paper.notes.extend(note);
            if asked.principals.is_empty() {
                paper.notes.push(format!(
                    "it trusts {}{}; AWS refuses a trust in a role that is not there, so make that first, or name who runs bedrail \
                     with `--principal`",
                    paper.trusted.join(" and "),
                    if organization.roles.management.is_some() { ", the `management_role`" } else { "" },
                ));
            }
            if may != May::Read && declared.in_members.kinds.is_empty() && what == What::MemberRole {
                paper.notes.push("the spec declares nothing in members, so this role only reads".to_owned());
            }
            if let (What::Trust, Body::Role { policies, .. }) = (what, &mut paper.body) {
                *policies = None;
            }
            paper
        }
        What::KmsKeyPolicy => keys(declared, asked)?,
    })
}

/// What the role of members is called, and what to know where the spec leaves it to the role that Organizations makes, which may
/// do anything.
fn member_name(organization: &Organization, read: bool) -> (String, Option<String>) {
    let roles = &organization.roles;
    let (name, key, ours) = if read {
        (&roles.member_read, "member_read_role", "BedrailRead")
    } else {
        (&roles.member, "member_role", "BedrailExecution")
    };
    let shared = read && roles.member_read == roles.member;
    if !shared && name != "OrganizationAccountAccessRole" {
        return (name.clone(), None);
    }
    let note = format!(
        "the spec enters members by the role `{name}`; to enter them by this one, add `{key}: {ours}` to `organization`"
    );
    (ours.to_owned(), Some(note))
}

/// What the role of the home account is called by default.
fn home_name(declared: &Declared, may: May) -> String {
    let word = if may == May::Read { "plan" } else { "apply" };
    format!("{}-{word}", declared.stack)
}

/// Who enters members, by default: the `management_role`, or the roles that are printed for the home account. Where one role of
/// members is for reading and for writing, both enter it.
fn entering(declared: &Declared, may: May) -> Vec<String> {
    let Some(organization) = &declared.organization else { return Vec::new() };
    let roles = &organization.roles;
    let names = match &roles.management {
        Some(name) => vec![name.trim_start_matches('/').to_owned()],
        None if may != May::Read && roles.member == roles.member_read => {
            vec![home_name(declared, may), home_name(declared, May::Read)]
        }
        None => vec![home_name(declared, may)],
    };
    let arn = |name: String| format!("arn:{}:iam::{}:role/{name}", declared.partition, organization.management);
    names.into_iter().map(arn).collect()
}

/// Whom the role trusts; who that is; and the external id that it asks for. Who assumes the roles of the home account no spec
/// tells, so nobody does until somebody is named.
fn trust(declared: &Declared, place: Where, may: May, asked: &Asked) -> (Value, Vec<String>, Option<ExternalId>) {
    let trusted = match place {
        _ if !asked.principals.is_empty() => asked.principals.clone(),
        Where::Home => Vec::new(),
        Where::Member => entering(declared, may),
    };
    let organization = declared.organization.as_ref().filter(|_| place == Where::Member);
    let external_id = organization.and_then(|organization| organization.external_id.clone());
    let mut asks = Conditions::new();
    if let Some(id) = organization.and_then(|organization| organization.id.as_ref()) {
        asks.insert(("StringEquals", "aws:PrincipalOrgID".to_owned()), BTreeSet::from([id.clone()]));
    }
    if external_id.is_some() {
        asks.insert(("StringEquals", "sts:ExternalId".to_owned()), BTreeSet::from([EXTERNAL_ID.to_owned()]));
    }
    let mut statement = json!({
        "Sid": "EnteredByBedrail",
        "Effect": "Allow",
        "Principal": {"AWS": TRUSTED},
        "Action": "sts:AssumeRole",
    });
    if !asks.is_empty() {
        statement["Condition"] = conditions(&asks);
    }
    (document(&[statement]), trusted, external_id)
}

fn keys(declared: &Declared, asked: &Asked) -> Result<Paper, Fault> {
    let mut used: BTreeMap<&String, Key> = BTreeMap::new();
    for (arn, key) in declared.at_home.keys.iter().chain(&declared.in_members.keys) {
        let all = used.entry(arn).or_default();
        all.owners.extend(key.owners.iter().cloned());
        all.users.extend(key.users.clone());
    }
    if used.is_empty() {
        return Err(Fault::NoKey);
    }
    let mut notes = vec!["a key has one policy: add what the present one says besides".to_owned()];
    if used.values().any(|key| !key.users.is_empty()) {
        notes.push(
            "accounts are let in where the spec enforces, demands or grants the guardrail; roles there need `kms:Decrypt` on the key in \
             policies of their own, and whoever names it elsewhere needs a statement, too"
                .to_owned(),
        );
    }
    let policies: Result<BTreeMap<String, Value>, Fault> =
        used.into_iter().map(|(arn, key)| Ok((arn.clone(), key_policy(declared, asked, arn, &key)?))).collect();
    let policies = policies?;
    if policies.values().any(|policy| has_unknown(&policy.to_string())) {
        notes.push(
            "fill in each `<id of …>`, which only AWS can tell: `bedrail plan` has it, in its precondition P0123; until then it \
             lets nobody in"
                .to_owned(),
        );
    }
    Ok(Paper {
        body: Body::Keys(policies),
        trusted: Vec::new(),
        external_id: None,
        stack: declared.stack.clone(),
        notes,
    })
}

/// What its account says counts, as in the policy that AWS gives a key; then whoever is named to make guardrails, or owns them
/// in another account; then whoever applies them from other accounts.
fn key_policy(declared: &Declared, asked: &Asked, arn: &str, key: &Key) -> Result<Value, Fault> {
    let owner = arn.split(':').nth(4).unwrap_or_default();
    // The account of the key is let in as a whole by the first statement.
    let elsewhere = key.owners.iter().filter(|account| *account != owner);
    let creators: Vec<String> = if asked.principals.is_empty() {
        elsewhere.map(|account| key_policy::root(&declared.partition, account)).collect()
    } else {
        asked.principals.clone()
    };
    let mut statements =
        vec![key_policy::allow("Administer", &[key_policy::root(&declared.partition, owner)], &["kms:*"])];
    if !creators.is_empty() {
        statements.extend(key_policy::creators(&creators));
    }
    let id = declared.organization.as_ref().and_then(|organization| organization.id.as_deref());
    if id.is_none() && !key.users.paths.is_empty() {
        return Err(Fault::NoOrganizationId(arn.replace(ACCOUNT, "*")));
    }
    statements.extend(key.users.statements(&declared.partition, id.unwrap_or_default()));
    Ok(document(&statements))
}
