//! Ready-made service control policies. Each is a pure function of its terms; the statements bear names, so that a change
//! of one is told from one that goes while another comes.

use crate::model::{Document, Form, Partition, Ref, Segment, Template as Text};

pub(super) mod deny_bypass;
pub(super) mod deny_unlisted_regions;
pub(super) mod protect_guardrails;
pub(super) mod require_guardrail;

/// The actions as which models are called; `Converse` and its stream are authorised as these (Service Authorization Reference,
/// "Amazon Bedrock").
const INVOKE: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
/// The role or user behind a session, or the root of an account.
const PRINCIPAL: &str = "aws:PrincipalArn";

/// A test of a condition: operator, key and values.
type Test<'a> = (&'a str, &'a str, Vec<Document>);

/// What a statement holds for.
enum On {
    /// These resources.
    These(Vec<Document>),
    /// All resources but these.
    AllBut(Vec<Document>),
}

impl On {
    fn everything() -> Self {
        Self::These(texts(["*"]))
    }
}

fn texts<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> Vec<Document> {
    all.into_iter().map(|text| Document::text(text.as_ref())).collect()
}

fn policy(statements: Vec<Document>) -> Document {
    Document::map([("Version", Document::text("2012-10-17")), ("Statement", Document::list(statements))])
}

/// A statement that denies `actions`, but not to those who are `exempt`.
fn deny(sid: &str, actions: &[&str], on: On, tests: Vec<Test<'_>>, exempt: &[String]) -> Document {
    let mut condition = std::collections::BTreeMap::<String, Document>::new();
    let spared = (!exempt.is_empty()).then(|| ("ArnNotLike", PRINCIPAL, texts(exempt)));
    for (operator, key, values) in tests.into_iter().chain(spared) {
        let under = condition.entry(operator.to_owned()).or_insert_with(|| Document::map([]));
        if let Document::Map(keys) = under {
            keys.insert(key.to_owned(), Document::list(values));
        }
    }
    let (element, resources) = match on {
        On::These(resources) => ("Resource", resources),
        On::AllBut(resources) => ("NotResource", resources),
    };
    let mut statement = Document::map([
        ("Sid", Document::text(sid)),
        ("Effect", Document::text("Deny")),
        ("Action", Document::list(texts(actions))),
        (element, Document::list(resources)),
    ]);
    if let (Document::Map(elements), false) = (&mut statement, condition.is_empty()) {
        elements.insert("Condition".to_owned(), Document::Map(condition));
    }
    statement
}

/// Any numbered version of a guardrail, and not its draft.
fn any_version(guardrail: &Ref) -> Document {
    Document::Text(match guardrail {
        Ref::Foreign(arn) => Text::text(format!("{arn}:*")),
        named @ Ref::To(_) => Text(vec![Segment::Id(named.clone(), Form::Whole), Segment::Text(":*".to_owned())]),
    })
}

/// ARNs of Bedrock, wherever they are.
fn arns(partition: &Partition, resource: &str) -> String {
    format!("arn:{partition}:bedrock:*:*:{resource}")
}
