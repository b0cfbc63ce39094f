//! `resource-policy`: who may apply a guardrail, or use a guardrail profile, from other accounts.

use serde::Serialize;

use super::{ResourceKind, Verb};
use crate::model::{Address, Document, FieldDiff, Names, Ref, RemoteId, Shift};

pub mod codes;
pub mod document;
mod grants;
pub mod judge;
pub(crate) mod permission;
mod profile;
mod raw;
pub(crate) mod section;
pub(crate) mod written;

mod aws;

/// The policy of one guardrail or guardrail profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The guardrail, or the ARN of the profile.
    pub resource: Ref,
    /// The document.
    pub document: Document,
}

/// Begins the `Sid` of each statement that bedrail adds to the policy of a guardrail profile, which a whole account shares.
pub const PROFILE_SID: &str = "Bedrail";

/// Whether a resource policy of this name is that of a guardrail profile: an id such as `us.guardrail.v1:0`, which no key
/// of a spec can be.
pub fn is_profile(name: &str) -> bool {
    name.contains(".guardrail.v")
}

/// Whether this is the ARN of a guardrail profile, and so the id of its policy.
pub fn is_profile_arn(id: &RemoteId) -> bool {
    id.as_str().contains(":guardrail-profile/")
}

impl Model {
    /// The statements of the document; none where it is not of the usual form.
    fn statements(&self) -> Vec<Document> {
        match &self.document {
            Document::Map(entries) => match entries.get("Statement") {
                Some(Document::List(statements)) => statements.clone(),
                Some(statement) => vec![statement.clone()],
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn with_statements(&self, statements: Vec<Document>) -> Self {
        let mut changed = self.clone();
        if let Document::Map(entries) = &mut changed.document {
            entries.insert("Statement".to_owned(), Document::List(statements));
        }
        changed
    }

    /// A profile's policy that grants what is wanted and takes nothing away: others may rely on what stands there. A
    /// statement of ours that somebody changed becomes again what its `Sid` says.
    #[must_use]
    pub fn widened_by(&self, want: &Self) -> Self {
        let mut statements = self.statements();
        for statement in want.statements() {
            if !statements.contains(&statement) {
                statements.retain(|other| sid(other).is_none() || sid(other) != sid(&statement));
                statements.push(statement);
            }
        }
        self.with_statements(statements)
    }

    /// A profile's policy without the statements that this stack added; `None` when nothing else stands there.
    #[must_use]
    pub fn without_ours(&self, stack: &str) -> Option<Self> {
        let ours = |statement: &Document| sid(statement).is_some_and(|sid| document::is_of_stack(sid, stack));
        let foreign: Vec<_> = self.statements().into_iter().filter(|statement| !ours(statement)).collect();
        (!foreign.is_empty()).then(|| self.with_statements(foreign))
    }
}

fn sid(statement: &Document) -> Option<&str> {
    statement.get("Sid")?.as_text()
}

/// The kind.
pub struct ResourcePolicy;

impl ResourceKind for ResourcePolicy {
    type Model = Model;
    const READS: &'static [&'static str] = &["bedrock:GetResourcePolicy"];
    const WRITES: &'static [&'static str] = &["bedrock:PutResourcePolicy", "bedrock:DeleteResourcePolicy"];

    fn requires(model: &Self::Model) -> Vec<Address> {
        model.resource.address().into_iter().cloned().chain(model.document.references()).collect()
    }

    fn align(have: &mut Self::Model, want: Option<&Self::Model>, names: &Names) {
        names.align(&mut have.resource, want.map(|want| &want.resource));
        if let Some(want) = want {
            have.document.align(&want.document, names);
        }
        have.document.name(want.map(|want| &want.document), names);
    }

    fn shift(have: &Self::Model, want: &Self::Model) -> Option<Shift> {
        Some(have.shift(want))
    }

    fn joined(have: &Self::Model, want: &Self::Model) -> Option<Self::Model> {
        Some(have.joined_with(want))
    }

    fn calls(verb: Verb, _fields: &[FieldDiff]) -> Vec<&'static str> {
        match verb {
            Verb::Create | Verb::Update | Verb::Adopt => vec!["bedrock:PutResourcePolicy"],
            Verb::Delete => vec!["bedrock:DeleteResourcePolicy"],
        }
    }
}
