//! The members of a guardrail, whichever way they are spelled.
//!
//! They are written as AWS's API has them (`contentPolicyConfig.filtersConfig`), as they are read back
//! (`contentPolicy.filters`), as templates (`ContentPolicyConfig`) and Terraform (`content_policy_config`) have them, and as
//! specs do (`content_policy.filters`). They are compared without what differs.

use crate::spec::node::{Entry, Node};

/// Members that only a guardrail has.
pub(crate) const MEMBERS: [&str; 8] = [
    "blockedinputmessaging",
    "blockedoutputsmessaging",
    "contentpolicy",
    "topicpolicy",
    "wordpolicy",
    "sensitiveinformationpolicy",
    "contextualgroundingpolicy",
    "automatedreasoningpolicy",
];

/// A key without letter case, `_` and the endings of requests.
pub(crate) fn fold(key: &str) -> String {
    let folded: String = key.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect();
    let ending = ["configs", "config"].into_iter().find_map(|ending| folded.strip_suffix(ending));
    ending.map(str::to_owned).unwrap_or(folded)
}

/// The member of this name, however it is spelled.
pub(crate) fn member<'n>(node: &'n Node, name: &str) -> Option<&'n Entry> {
    let name = fold(name);
    node.entries()?.iter().find(|entry| fold(&entry.key.value) == name)
}

/// Whether a map is meant for a guardrail.
pub(crate) fn is_guardrail(node: &Node) -> bool {
    MEMBERS.iter().any(|name| member(node, name).is_some())
}
