//! Documents of resource policies on guardrails and guardrail profiles (Bedrock user guide,
//! "guardrails-resource-based-policies"): an allowance of the own account, of the organization, or of parts of it.

use std::collections::{BTreeMap, BTreeSet};

use super::PROFILE_SID;
use crate::model::{AccountId, Digest, Document, Partition, PolicyLanguage, Ref, Template, items};

/// Allows use of a guardrail.
pub const APPLY: &str = "bedrock:ApplyGuardrail";
/// Allows reading a guardrail, its word lists and regexes too.
pub const GET: &str = "bedrock:GetGuardrail";
/// The condition key of the organization.
pub const ORGANIZATION: &str = "aws:PrincipalOrgID";
/// The condition key of the place in the organization.
pub const PATHS: &str = "aws:PrincipalOrgPaths";

/// To whom a policy gives access, besides the account of the resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grantees {
    /// The whole organization, by id.
    pub organization: Option<String>,
    /// Parts of an organization: its id, and patterns of paths such as `o-…/*/ou-…/*`.
    pub units: BTreeMap<String, BTreeSet<String>>,
}

impl Grantees {
    /// These, and those too.
    pub fn extend(&mut self, other: Self) {
        self.organization = other.organization.or(self.organization.take());
        for (organization, patterns) in other.units {
            self.units.entry(organization).or_default().extend(patterns);
        }
    }

    /// Whether nobody but the account of the resource is meant.
    pub fn is_own_account(&self) -> bool {
        self.organization.is_none() && self.units.is_empty()
    }

    /// Whether an account below these nodes, root first, may use the resource.
    pub fn admit(&self, ancestors: &[String]) -> bool {
        let below = |pattern: &String| {
            pattern.split('/').filter(|part| part.starts_with("ou-")).all(|unit| ancestors.iter().any(|id| id == unit))
        };
        self.organization.is_some() || self.units.values().flatten().any(below)
    }
}

/// The pattern of paths that an OU and everything below it have.
pub fn unit_pattern(organization: &str, unit: &str) -> String {
    format!("{organization}/*/{unit}/*")
}

/// The document for a resource, in normal form: one statement for each shape. The account of the resource needs none for
/// itself, so it has one only where nobody else is meant.
pub fn document(
    resource: &Ref,
    owner: (&Partition, &AccountId),
    grantees: &Grantees,
    actions: &BTreeSet<&str>,
    stack: Option<&str>,
) -> Document {
    let statement = |suffix: &str, principal: Document, condition: Option<Document>| {
        let mut statement = BTreeMap::from([
            ("Effect".to_owned(), Document::text("Allow")),
            ("Principal".to_owned(), principal),
            ("Action".to_owned(), Document::list(actions.iter().copied().map(Document::text))),
            ("Resource".to_owned(), Document::Text(Template::id(resource.clone()))),
        ]);
        statement.extend(condition.map(|condition| ("Condition".to_owned(), condition)));
        statement.extend(stack.map(|stack| ("Sid".to_owned(), Document::text(sid(stack, suffix)))));
        Document::Map(statement)
    };
    let everybody = || Document::text("*");
    let mut statements = Vec::new();
    if let Some(id) = &grantees.organization {
        let condition = Document::map([("StringEquals", Document::map([(ORGANIZATION, Document::text(id))]))]);
        statements.push(statement("Organization", everybody(), Some(condition)));
    }
    for (id, patterns) in &grantees.units {
        let paths = Document::list(patterns.iter().map(Document::text));
        let condition = Document::map([
            ("StringEquals", Document::map([(ORGANIZATION, Document::text(id))])),
            ("ForAnyValue:StringLike", Document::map([(PATHS, paths)])),
        ]);
        let suffix = format!("Units{}", Digest::of(patterns).short());
        statements.push(statement(&suffix, everybody(), Some(condition)));
    }
    if statements.is_empty() {
        let (partition, account) = owner;
        let root = format!("arn:{partition}:iam::{account}:root");
        statements.push(statement("Account", Document::map([("AWS", Document::text(root))]), None));
    }
    Document::map([("Version", Document::text("2012-10-17")), ("Statement", Document::list(statements))])
}

/// The `Sid` of a statement in the policy of a profile, which a whole account shares: unique for stack, shape and OUs, since
/// a policy that is widened keeps the statements that stand there.
fn sid(stack: &str, suffix: &str) -> String {
    let camel = stack.split(|letter: char| !letter.is_ascii_alphanumeric()).map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    format!("{PROFILE_SID}{}{suffix}", camel.collect::<String>())
}

/// Whether this is the `Sid` of a statement that a stack added, and not of one whose name begins alike.
pub fn is_of_stack(text: &str, stack: &str) -> bool {
    text.strip_prefix(&sid(stack, "")).is_some_and(|suffix| match suffix {
        "Account" | "Organization" => true,
        other => {
            other.strip_prefix("Units").is_some_and(|hex| hex.len() == 12 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
        }
    })
}

/// To whom a document of the usual shapes gives access to apply the guardrail; `None` if to nobody at all.
pub fn grantees(document: &Document) -> Option<Grantees> {
    let mut found = None;
    for statement in items(document.get("Statement")) {
        if !items(statement.get("Action")).iter().any(|action| action.as_text() == Some(APPLY)) {
            continue;
        }
        let grantees: &mut Grantees = found.get_or_insert_default();
        let test = |operator: &str, key: &str| {
            let values = items(statement.get("Condition").and_then(|condition| condition.get(operator)?.get(key)));
            values.iter().filter_map(|value| value.as_text().map(str::to_owned)).collect::<BTreeSet<_>>()
        };
        let paths = test("ForAnyValue:StringLike", PATHS);
        for organization in test("StringEquals", ORGANIZATION) {
            if paths.is_empty() {
                grantees.organization = Some(organization);
            } else {
                grantees.units.entry(organization).or_default().extend(paths.iter().cloned());
            }
        }
    }
    found
}

/// A document in normal form: one value and a list of it are the same, so what usually is a list is one, and what
/// usually is one value is no list. Lists are sorted sets, and condition keys have their usual letter case.
#[must_use]
pub fn normal(document: Document) -> Document {
    const LANGUAGE: PolicyLanguage =
        PolicyLanguage { keys: &[ORGANIZATION, PATHS], lists: &["Statement", "Action", PATHS] };
    LANGUAGE.normal(document)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::RemoteId;

    fn build(grantees: &Grantees, stack: Option<&str>) -> Document {
        let resource = Ref::Foreign(RemoteId::new("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc"));
        let account = "111122223333".parse().expect("an account");
        document(&resource, (&Partition::new("aws"), &account), grantees, &BTreeSet::from([GET, APPLY]), stack)
    }

    fn all() -> Grantees {
        let patterns = ["ou-ab12-cdef3456", "ou-ab12-aaaa1111"].map(|unit| unit_pattern("o-exampleorgid", unit));
        Grantees {
            organization: Some("o-exampleorgid".to_owned()),
            units: BTreeMap::from([("o-exampleorgid".to_owned(), BTreeSet::from(patterns))]),
        }
    }

    #[test]
    fn there_is_one_statement_for_each_shape() {
        insta::assert_json_snapshot!(build(&all(), Some("acme-ai-safety")));
        insta::assert_json_snapshot!(build(&Grantees::default(), None));
    }

    #[test]
    fn what_is_built_is_in_normal_form_and_is_read_back() {
        for grantees_built in [all(), Grantees::default()] {
            let built = build(&grantees_built, None);
            assert_eq!(normal(built.clone()), built);
            assert_eq!(grantees(&built), Some(grantees_built));
        }
    }

    #[test]
    fn a_stack_knows_its_own_statements() {
        for suffix in ["Account", "Organization", "Units0123456789ab"] {
            assert!(is_of_stack(&sid("acme", suffix), "acme"));
            assert!(!is_of_stack(&sid("acme-prod", suffix), "acme"));
            assert!(!is_of_stack(&sid("acme", suffix), "acme-prod"));
        }
        assert!(!is_of_stack("Bedrail", "acme") && !is_of_stack("AllowOrganizationAccess", "acme"));
    }

    #[test]
    fn a_shared_policy_is_widened_and_released_without_touching_what_others_added() {
        let model = |document| super::super::Model { resource: Ref::Foreign(RemoteId::new("arn:p")), document };
        let own = Grantees { organization: Some("o-exampleorgid".to_owned()), ..Grantees::default() };
        let want = model(build(&own, Some("acme")));
        let mut edited = build(&own, Some("acme"));
        if let Document::Map(entries) = &mut edited {
            let Some(Document::List(statements)) = entries.get_mut("Statement") else { panic!("statements") };
            let Some(Document::Map(statement)) = statements.first_mut() else { panic!("a statement") };
            statement.insert("Action".to_owned(), Document::list([Document::text(GET)]));
            statements.push(Document::map([("Sid", Document::text("Theirs"))]));
        }
        let widened = model(edited).widened_by(&want);
        assert_eq!(widened.statements().len(), 2, "one of ours, one of theirs");
        assert!(want.statements().iter().all(|statement| widened.statements().contains(statement)));
        assert_eq!(widened.widened_by(&want), widened);
        let released = widened.without_ours("acme").expect("theirs");
        assert_eq!(released.statements(), [Document::map([("Sid", Document::text("Theirs"))])]);
        assert_eq!(want.without_ours("acme"), None);
    }

    #[test]
    fn units_admit_what_is_below_them() {
        let mut grantees = all();
        let below = ["r-ab12".to_owned(), "ou-ab12-cdef3456".to_owned(), "ou-ab12-00000000".to_owned()];
        assert!(grantees.admit(&below[..1]), "the organization is meant");
        grantees.organization = None;
        assert!(grantees.admit(&below) && grantees.admit(&below[..2]) && !grantees.admit(&below[..1]));
    }

    #[test]
    fn a_statement_that_allows_only_reading_gives_nobody_the_guardrail() {
        let only_get = json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": GET}});
        assert_eq!(grantees(&Document::from(only_get)), None);
    }

    fn texts() -> impl Strategy<Value = Value> {
        let text = prop_oneof![Just("a"), Just("b"), Just("*")];
        prop_oneof![text.clone().prop_map(Value::from), proptest::collection::vec(text, 1..4).prop_map(Value::from)]
    }

    fn documents() -> impl Strategy<Value = Value> {
        let statement = (texts(), texts(), texts(), texts()).prop_map(|(action, resource, id, paths)| {
            json!({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource,
                "Condition": {"StringEquals": {"aws:principalorgid": id}, "ForAnyValue:StringLike": {PATHS: paths}}})
        });
        proptest::collection::vec(statement, 1..3).prop_map(|statements| json!({"Statement": statements}))
    }

    fn reversed(value: Value) -> Value {
        match value {
            Value::Array(items) => items.into_iter().rev().map(reversed).collect(),
            Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, reversed(value))).collect(),
            leaf => leaf,
        }
    }

    proptest! {
        #[test]
        fn the_normal_form_is_its_own(document in documents()) {
            let once = normal(Document::from(document));
            prop_assert_eq!(normal(once.clone()), once);
        }

        #[test]
        fn the_order_of_lists_does_not_matter(document in documents()) {
            prop_assert_eq!(normal(Document::from(reversed(document.clone()))), normal(Document::from(document)));
        }
    }
}
