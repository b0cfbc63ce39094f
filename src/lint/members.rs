//! The documents of a text that holds several: a list of them, a map from what they belong to, the resources of a template of
//! `CloudFormation`.

use super::document::Kind;
use super::literal::variants;
use super::said::{entry, get, is_map, is_placeholder, items, text};
use crate::spec::node::{Entry, Node};

/// A document among others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// What leads to it: `[1]`, `Resources.Role.Properties.PolicyDocument`; empty where it is the whole text.
    pub(super) path: String,
    pub(super) node: Node,
    /// What it is, where its place tells.
    pub(super) kind: Option<Kind>,
}

impl Member {
    /// The resource that it belongs to, or itself.
    pub(super) fn owner(&self) -> &str {
        self.path.split_once(".Properties").map_or(&self.path, |(owner, _)| owner)
    }
}

/// Deepest list in a list that is looked into.
const DEEPEST: usize = 8;

/// The documents of a text, in their order; one that comes to something else by the conditions of a template is there once for
/// each. A text that is no collection is its own only document; a template may have none.
pub(super) fn of(root: &Node) -> Vec<Member> {
    let mut all = Vec::new();
    collect(root, "", DEEPEST, &mut all);
    all
}

fn collect(node: &Node, path: &str, deepest: usize, all: &mut Vec<Member>) {
    if let (Some(items), true) = (node.items().filter(|items| !items.is_empty()), deepest > 0) {
        for (at, item) in items.iter().enumerate() {
            collect(item, &format!("{path}[{at}]"), deepest - 1, all);
        }
    } else if let Some(resources) = resources(node) {
        for entry in resources {
            declared(entry, &join(path, "Resources"), deepest, all);
        }
    } else if let Some(policies) = by_owner(node) {
        for Entry { key, value } in policies {
            all.push(Member { path: join(path, &key.value), node: value.clone(), kind: None });
        }
    } else {
        all.extend(variants(node).into_iter().map(|node| Member { path: path.to_owned(), node, kind: None }));
    }
}

/// A resource of a template, or those that `Fn::ForEach` makes.
fn declared(Entry { key, value }: &Entry, path: &str, deepest: usize, all: &mut Vec<Member>) {
    let path = join(path, &key.value);
    if let (true, Some([_, _, made])) = (key.starts_with("Fn::ForEach") && deepest > 0, value.items()) {
        for entry in made.entries().unwrap_or_default() {
            declared(entry, &path, deepest - 1, all);
        }
        return;
    }
    let mut found = Vec::new();
    for variant in variants(value) {
        resource(&variant, &path, &mut found);
    }
    for member in found {
        if !all.contains(&member) {
            all.push(member);
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The resources of a template: each has a type of AWS's.
pub(super) fn resources(node: &Node) -> Option<&[Entry]> {
    let resources = get(node, "Resources")?.entries()?;
    let typed = |entry: &Entry| {
        entry.key.starts_with("Fn::ForEach") || text(&entry.value, "Type").is_some_and(|name| name.contains("::"))
    };
    resources.iter().any(typed).then_some(resources)
}

/// Policies by the ARN of what each is of.
fn by_owner(node: &Node) -> Option<&[Entry]> {
    let entries = node.entries().filter(|entries| !entries.is_empty())?;
    let is_policy = |one: &Entry| one.key.starts_with("arn:") && entry(&one.value, "Statement").is_some();
    entries.iter().all(is_policy).then_some(entries)
}

/// What a resource of a template holds (AWS `CloudFormation` template reference).
fn resource(node: &Node, path: &str, all: &mut Vec<Member>) {
    let Some(properties) = get(node, "Properties").filter(|properties| is_map(properties)) else { return };
    let path = format!("{path}.Properties");
    let mut add = |node: Option<&Node>, path: String, kind: Option<Kind>| {
        all.extend(node.map(|node| Member { path, node: node.clone(), kind }));
    };
    let mut document = |name: &str, kind: Kind| add(get(properties, name), format!("{path}.{name}"), Some(kind));
    match text(node, "Type").unwrap_or_default().as_str() {
        "AWS::IAM::ManagedPolicy"
        | "AWS::IAM::Policy"
        | "AWS::IAM::RolePolicy"
        | "AWS::IAM::UserPolicy"
        | "AWS::IAM::GroupPolicy" => document("PolicyDocument", Kind::Principals),
        "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" => {
            document("AssumeRolePolicyDocument", Kind::Trust);
            for (at, inline) in get(properties, "Policies").map(items).unwrap_or_default().iter().enumerate() {
                let path = format!("{path}.Policies[{at}].PolicyDocument");
                add(get(inline, "PolicyDocument"), path, Some(Kind::Principals));
            }
        }
        "AWS::Organizations::Policy" => match text(properties, "Type").unwrap_or_default().as_str() {
            "SERVICE_CONTROL_POLICY" => document("Content", Kind::Control),
            "BEDROCK_POLICY" => document("Content", Kind::Bedrock),
            named if is_placeholder(named) => add(get(properties, "Content"), format!("{path}.Content"), None),
            _ => {}
        },
        "AWS::SSO::PermissionSet" => document("InlinePolicy", Kind::Principals),
        "AWS::EC2::VPCEndpoint" if text(properties, "ServiceName").is_none_or(|name| name.contains("bedrock")) => {
            document("PolicyDocument", Kind::Endpoint);
        }
        "AWS::Bedrock::ResourcePolicy" => document("PolicyDocument", Kind::GuardrailPolicy),
        "AWS::KMS::Key" => document("KeyPolicy", Kind::OtherResource),
        "AWS::Bedrock::Guardrail" => add(Some(properties), path, Some(Kind::Guardrail)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::node;

    fn paths(text: &str) -> Vec<(String, Option<Kind>)> {
        of(&node(text)).into_iter().map(|member| (member.path, member.kind)).collect()
    }

    #[test]
    fn a_document_is_its_own_only_member() {
        for text in [r#"{"Statement": []}"#, "7", "[]", r#"{"Resources": {"a": 1}}"#] {
            assert_eq!(paths(text), [(String::new(), None)], "{text}");
        }
    }

    #[test]
    fn members_are_named_by_what_leads_to_them() {
        assert_eq!(
            paths(r#"[{"Statement": []}, {"Statement": []}]"#),
            [("[0]".to_owned(), None), ("[1]".to_owned(), None)]
        );
        let template = r#"{"Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "Policies": [{"PolicyDocument": {}}]}},
            "Bucket": {"Type": "AWS::S3::Bucket"}}}"#;
        assert_eq!(
            paths(template),
            [
                ("Resources.Role.Properties.AssumeRolePolicyDocument".to_owned(), Some(Kind::Trust)),
                ("Resources.Role.Properties.Policies[0].PolicyDocument".to_owned(), Some(Kind::Principals)),
            ]
        );
        assert_eq!(
            paths(r#"{"arn:aws:kms:x:1:key/a": {"Statement": []}}"#),
            [("arn:aws:kms:x:1:key/a".to_owned(), None)]
        );
    }
}
