//! What each operation needs: actions and resources, as the Service Authorization Reference has them.
//!
//! Operations bear the names of their actions, save where a table says otherwise. Inferred: which operations on several
//! resources need all of them (those that have to name them), and that an action of the reference without a resource is asked
//! for on `*`.

mod bedrock;
mod iam;
mod organizations;

use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::policy::Context;
use crate::wire::Protocol;
use crate::world::World;

/// What an operation needs.
#[derive(Clone, Copy)]
pub(super) enum Need {
    /// It can be denied to nobody.
    Nothing,
    /// Only the operation knows, and asks.
    AsksItself,
    /// All of these.
    Asks(fn(&Case<'_>) -> Vec<Needed>),
}

/// A call.
pub(super) struct Case<'a> {
    pub(super) world: &'a World,
    pub(super) caller: &'a Caller,
    pub(super) operation: &'a str,
    pub(super) input: &'a Map<String, Value>,
}

/// One action on one resource.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Needed {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) context: Context,
    pub(super) resource_policy: Option<String>,
}

type Table = &'static [(&'static str, Need)];

const STS: Table = &[("AssumeRole", Need::AsksItself), ("GetCallerIdentity", Need::Nothing)];

/// The services of a protocol have no operation of the same name.
pub(super) fn of(protocol: Protocol, operation: &str) -> Option<Need> {
    let tables: &[Table] = match protocol {
        Protocol::RestJson => &[bedrock::CONTROL, bedrock::RUNTIME],
        Protocol::AwsJson => return Some(Need::Asks(organizations::named)),
        Protocol::Query => &[iam::IAM, STS],
    };
    let mut rows = tables.iter().copied().flatten();
    rows.find(|(name, _)| *name == operation).map(|(_, need)| *need)
}

impl Case<'_> {
    fn text(&self, member: &str) -> Option<&str> {
        self.input.get(member).and_then(Value::as_str)
    }

    /// The action of the operation's own name, on a resource.
    fn needed(&self, service: &str, resource: impl Into<String>) -> Needed {
        self.action(&format!("{service}:{}", self.operation), resource)
    }

    /// Another action. The tags that the request sets or removes are among its condition keys.
    fn action(&self, action: &str, resource: impl Into<String>) -> Needed {
        Needed {
            action: action.to_owned(),
            resource: resource.into(),
            context: self.tags(Context::default()),
            resource_policy: None,
        }
    }

    /// `aws:RequestTag/…` and `aws:TagKeys`.
    fn tags(&self, context: Context) -> Context {
        let list = |names: [&str; 2]| names.into_iter().find_map(|name| self.input.get(name)?.as_array());
        let part = |tag: &Value, names: [&str; 2]| {
            names.into_iter().find_map(|name| tag.get(name)?.as_str()).unwrap_or_default().to_owned()
        };
        let tags: Vec<(String, String)> = list(["tags", "Tags"])
            .into_iter()
            .flatten()
            .map(|tag| (part(tag, ["key", "Key"]), part(tag, ["value", "Value"])))
            .collect();
        let removed = list(["tagKeys", "TagKeys"]).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        let keys = tags.iter().map(|(key, _)| key.clone()).chain(removed);
        let context = context.with_all("aws:TagKeys", keys);
        tags.iter().fold(context, |context, (key, value)| context.with(&format!("aws:RequestTag/{key}"), value))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::operations;

    #[test]
    fn every_operation_says_what_it_needs_and_no_other() {
        let mut unused: BTreeSet<&str> =
            [bedrock::CONTROL, bedrock::RUNTIME, iam::IAM, STS].into_iter().flatten().map(|(name, _)| *name).collect();
        for (service, operation) in operations::all() {
            let protocol = match service {
                "bedrock" | "bedrock-runtime" => Protocol::RestJson,
                "organizations" => continue,
                "iam" | "sts" => Protocol::Query,
                other => panic!("{other}: give the service a table"),
            };
            assert!(of(protocol, operation).is_some(), "{service}: give {operation} a row of what it needs");
            unused.remove(operation);
        }
        assert_eq!(unused, BTreeSet::new(), "no such operation");
    }
}
