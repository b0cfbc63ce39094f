//! What the policies of a role mean to say: which models it may be about, and for whom Bedrock acts by it.

use std::collections::BTreeSet;

use crate::aws::Identity;
use crate::kinds::iam_policy::document::{APPLY, INVOKE};
use crate::kinds::iam_policy::models::TYPES;
use crate::model::{Document, Partition, Region, Scope, items, like};

/// Whom Bedrock asks for a role, by the service's principal.
const BEDROCK: &str = "bedrock.amazonaws.com";
/// How the names of the roles begin that the console makes.
const MADE: [(&str, Service); 2] = [
    ("AmazonBedrockExecutionRoleForAgents", Service::Agent),
    ("AmazonBedrockExecutionRoleForKnowledgeBase", Service::KnowledgeBase),
];

/// What of Bedrock acts by a role, and calls models that its callers do not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// An agent.
    Agent,
    /// A knowledge base.
    KnowledgeBase,
    /// One of them, or what else Bedrock does by itself.
    Bedrock,
}

impl Service {
    /// What it is called in a sentence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agent => "an agent",
            Self::KnowledgeBase => "a knowledge base",
            Self::Bedrock => "Bedrock itself",
        }
    }
}

/// For whom Bedrock may assume the role, by its trust policy and, where that does not say, by its name (Bedrock user guide,
/// "agents-permissions" and "kb-permissions"); `None` for a role of others.
pub fn service(identity: &Identity) -> Option<Service> {
    let trust = Document::from(identity.trust.clone());
    let lets_bedrock = |statement: &&Document| {
        let principals = items(statement.get("Principal").and_then(|principal| principal.get("Service")));
        statement.get("Effect").and_then(Document::as_text) == Some("Allow")
            && principals.iter().filter_map(Document::as_text).any(|name| name == BEDROCK)
    };
    let statements: Vec<&Document> = items(trust.get("Statement")).iter().filter(lets_bedrock).collect();
    if statements.is_empty() {
        return None;
    }
    let sources: Vec<String> =
        statements.iter().filter_map(|statement| statement.get("Condition")).flat_map(Document::texts).collect();
    let speaks_of = |word: &str| sources.iter().any(|source| source.contains(word));
    if speaks_of(":agent/") {
        return Some(Service::Agent);
    }
    if speaks_of(":knowledge-base/") {
        return Some(Service::KnowledgeBase);
    }
    let made = MADE.iter().find(|(beginning, _)| identity.name.starts_with(beginning));
    Some(made.map_or(Service::Bedrock, |(_, service)| *service))
}

/// What these patterns of resources mean that can be called as a model in the Region of `scope`.
pub(super) fn examples<'p>(
    patterns: impl IntoIterator<Item = &'p String>,
    scope: &Scope,
    partition: &Partition,
) -> BTreeSet<String> {
    patterns.into_iter().flat_map(|pattern| example(pattern, scope, partition)).map(|(model, _)| model).collect()
}

/// The patterns of resources on which a policy allows model calls.
pub(super) fn callable(document: &Document) -> Vec<String> {
    allowed(document, &INVOKE)
}

/// The patterns of resources on which a policy allows to apply guardrails.
pub(super) fn appliable(document: &Document) -> Vec<String> {
    allowed(document, &[APPLY])
}

/// The patterns of resources on which a policy allows one of these actions, under whatever condition.
fn allowed(document: &Document, actions: &[&str]) -> Vec<String> {
    let mut patterns = Vec::new();
    for statement in items(document.get("Statement")) {
        let allows = statement.get("Effect").and_then(Document::as_text) == Some("Allow");
        // What is allowed by leaving others out may be one of them.
        let means = texts(statement, "Action").iter().any(|pattern| means(pattern, actions))
            || statement.get("NotAction").is_some();
        if !allows || !means {
            continue;
        }
        if statement.get("NotResource").is_some() {
            patterns.push("*".to_owned());
        }
        patterns.extend(texts(statement, "Resource"));
    }
    patterns
}

/// Every pattern of a resource that a policy names, for whatever purpose.
pub(super) fn resources(document: &Document) -> Vec<String> {
    let statements = items(document.get("Statement")).iter();
    statements.flat_map(|one| [texts(one, "Resource"), texts(one, "NotResource")].concat()).collect()
}

fn texts(statement: &Document, key: &str) -> Vec<String> {
    items(statement.get(key)).iter().filter_map(Document::as_text).map(str::to_owned).collect()
}

fn means(pattern: &str, actions: &[&str]) -> bool {
    let pattern = pattern.to_lowercase();
    actions.iter().any(|action| like(&pattern, &action.to_lowercase()))
}

/// A pattern with the variables filled in whose values are known, `*` in the place of others; and these, in the words of the policy.
pub(super) fn filled_in(pattern: &str, known: &[(&str, &str)]) -> (String, BTreeSet<String>) {
    let (mut filled, mut others, mut rest) = (String::new(), BTreeSet::new(), pattern);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((variable, after)) = after.split_once('}') else { break };
        filled += before;
        // A variable may have a default: `${aws:PrincipalTag/team, 'none'}`.
        let name = variable.split(',').next().unwrap_or_default().trim();
        if let Some((_, value)) = known.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)) {
            filled += value;
        } else {
            filled.push('*');
            // `${*}`, `${?}` and `${$}` are these letters.
            others.extend((name.len() > 1).then(|| name.to_owned()));
        }
        rest = after;
    }
    (filled + rest, others)
}

/// What a pattern of a resource means that can be called as a model, and whether it means nothing else: what a wildcard stands for does
/// not matter to it, but the Region and the account. Empty for what no model can be in this Region.
pub(super) fn example(pattern: &str, scope: &Scope, partition: &Partition) -> Vec<(String, bool)> {
    let Some(region) = scope.region.as_ref().map(Region::as_str) else { return Vec::new() };
    let any = || vec![(format!("arn:{partition}:bedrock:{region}::foundation-model/x"), false)];
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let &[_, _, service, in_region, account, resource] = parts.as_slice() else {
        // A wildcard that spans several parts.
        return if pattern.contains('*') { any() } else { Vec::new() };
    };
    let is = |pattern: &str, text: &str| like(pattern, text);
    if !is(in_region, region) {
        return Vec::new();
    }
    // Whichever Region or partition it leaves open, a resource is one.
    let is_exact = !resource.contains(['*', '?']);
    let filled = |text: &str| text.replace(['*', '?'], "x");
    let own = if account.contains(['*', '?']) { scope.account.as_str() } else { account };
    // What is bought on the marketplace is served by SageMaker (Service Authorization Reference, "Amazon Bedrock").
    if service == "sagemaker" && resource.starts_with("endpoint/") {
        return vec![(format!("arn:{partition}:sagemaker:{region}:{own}:{}", filled(resource)), is_exact)];
    }
    if !is(service, "bedrock") {
        return Vec::new();
    }
    if resource == "*" {
        return any();
    }
    let of_type = |(kind, is_of_account): (&str, bool)| {
        // Whatever its first wildcard stands for, it may end in a type and the beginning of an id.
        let rest = resource.trim_start_matches(['*', '?']);
        let (_, id) = resource.rsplit_once('/').unwrap_or(("", "x"));
        let tried = [
            filled(resource),
            format!("{kind}/x"),
            format!("{kind}/{}", filled(rest)),
            format!("{kind}/{}", filled(id)),
        ];
        let is_id =
            |one: &str| one.strip_prefix(kind).and_then(|id| id.strip_prefix('/')).is_some_and(|id| !id.contains('/'));
        let found = tried.into_iter().find(|one| is_id(one) && is(resource, one))?;
        // A model of AWS's is nobody's, a profile or a model of one's own is the account's.
        let owner = if is_of_account { own } else { "" };
        Some((format!("arn:{partition}:bedrock:{region}:{owner}:{found}"), is_exact))
    };
    TYPES.into_iter().filter_map(of_type).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn identity(trust: Value, policies: Vec<Value>) -> Identity {
        let arn = "arn:aws:iam::111122223333:role/r".to_owned();
        Identity { arn, name: "r".to_owned(), trust, policies, boundary: None }
    }

    fn told(statement: &Value) -> Vec<String> {
        let scope = Scope::regional("111122223333".parse().expect("an id"), Region::new("us-east-1"));
        let patterns = callable(&Document::from(json!({ "Statement": statement })));
        examples(&patterns, &scope, &Partition::new("aws")).into_iter().collect()
    }

    #[test]
    fn variables_are_filled_in_as_far_as_they_are_known() {
        let known = [("aws:RequestedRegion", "us-east-1"), ("aws:PrincipalAccount", "111122223333")];
        let of = |pattern: &str| {
            let (filled, others) = filled_in(pattern, &known);
            (filled, others.into_iter().collect::<Vec<_>>().join(" "))
        };
        let want = |filled: &str, others: &str| (filled.to_owned(), others.to_owned());
        let model = "arn:aws:bedrock:${aws:requestedregion}:${aws:PrincipalAccount}:imported-model/*";
        assert_eq!(of(model), want("arn:aws:bedrock:us-east-1:111122223333:imported-model/*", ""));
        let team = "a/${aws:PrincipalTag/team, 'none'}/${*}";
        assert_eq!(of(team), want("a/*/*", "aws:PrincipalTag/team"));
        assert_eq!(of("a/${b"), want("a/${b", ""));
    }

    #[test]
    fn a_model_is_tried_for_each_pattern_of_an_allowance() {
        let any = "arn:aws:bedrock:us-east-1::foundation-model/x";
        let of =
            |action: &str, resource: Value| told(&json!({"Effect": "Allow", "Action": action, "Resource": resource}));
        for everything in
            ["*", "arn:aws:bedrock:*", "arn:aws:bedrock:*:*:*", "arn:*:bedrock:us-east-1::foundation-model/*"]
        {
            assert_eq!(of("bedrock:Invoke*", json!(everything)), [any], "{everything}");
        }
        let claude = "arn:aws:bedrock:*::foundation-model/anthropic.claude-*";
        let profile = "arn:aws:bedrock:*:*:inference-profile/us.anthropic.claude-*";
        assert_eq!(
            of("bedrock:InvokeModel", json!([claude, profile])),
            [
                "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-x",
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-x",
            ]
        );
        for (kind, told) in [
            ("application-inference-profile/a1", "application-inference-profile/a1"),
            ("default-prompt-router/*", "default-prompt-router/x"),
            ("prompt-router/a1", "prompt-router/a1"),
            ("marketplace/model-endpoint/*", "marketplace/model-endpoint/x"),
            ("custom-model-deployment/*", "custom-model-deployment/x"),
            ("imported-model/*", "imported-model/x"),
            ("provisioned-model/p", "provisioned-model/p"),
        ] {
            let want = format!("arn:aws:bedrock:us-east-1:111122223333:{told}");
            assert_eq!(of("*", json!(format!("arn:aws:bedrock:us-east-1:*:{kind}"))), [want], "{kind}");
        }
        let wild = |resource: &str| of("*", json!(format!("arn:aws:bedrock:*:*:{resource}")));
        assert_eq!(wild("*prompt-router/*").len(), 2);
        assert!(wild("*claude*").contains(&"arn:aws:bedrock:us-east-1::foundation-model/claudex".to_owned()));
        assert_eq!(wild("foundation-model*"), [any]);
        assert_eq!(of("*", json!("arn:aws:bedrock:us-east-?::foundation-model/*")), [any], "`?` is a letter");
        assert_eq!(of("bedrock:InvokeMode?", json!("*")), [any], "here, too");
        assert_eq!(of("*", json!("arn:aws:bedrock:eu-west-1::foundation-model/*")), [""; 0], "another Region");
        assert_eq!(of("bedrock:InvokeModel", json!("arn:aws:s3:::bucket/*")), [""; 0]);
        assert_eq!(of("bedrock:InvokeModel", json!("arn:aws:bedrock:us-east-1:*:agent/*")), [""; 0]);
        assert_eq!(of("bedrock:ApplyGuardrail", json!("*")), [""; 0]);
        assert_eq!(told(&json!({"Effect": "Deny", "Action": "*", "Resource": "*"})), [""; 0]);
        assert_eq!(told(&json!({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:x"})), [any]);
    }

    #[test]
    fn for_whom_bedrock_acts_is_told_by_the_trust() {
        let trust = |service: &str, condition: Value| json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", "Condition": condition}]});
        let by = |source: &str| json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:bedrock:us-east-1:111122223333:{source}/*")}});
        let of = |trust: Value| service(&identity(trust, Vec::new()));
        assert_eq!(of(trust(BEDROCK, by("agent"))), Some(Service::Agent));
        assert_eq!(of(trust(BEDROCK, by("knowledge-base"))), Some(Service::KnowledgeBase));
        assert_eq!(of(trust(BEDROCK, json!({}))), Some(Service::Bedrock));
        assert_eq!(of(trust("lambda.amazonaws.com", json!({}))), None);
        let named = Identity {
            name: "AmazonBedrockExecutionRoleForKnowledgeBase_a1".to_owned(),
            ..identity(trust(BEDROCK, json!({})), Vec::new())
        };
        assert_eq!(service(&named), Some(Service::KnowledgeBase));
    }
}
