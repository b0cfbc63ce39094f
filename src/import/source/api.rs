//! `CreateGuardrail` and `UpdateGuardrail` requests, and `GetGuardrail` answers: one, a list, or a map that holds them.

use super::guardrail::{is_guardrail, model};
use super::{Found, other};
use crate::import::stock::{Guardrail, Place, Release, Version};
use crate::model::Region;
use crate::model::diagnostic::Diagnostic;
use crate::spec::node::Node;

/// Every guardrail of the file.
pub(super) fn read(root: &Node) -> Result<Found, Box<Diagnostic>> {
    let mut guardrails = Vec::new();
    collect(root, "", &mut guardrails);
    if guardrails.is_empty() {
        let listed = root.get("guardrails").and_then(Node::items).is_some_and(|items| !items.is_empty());
        let help = if listed {
            "a list tells too little of each: save what `aws bedrock get-guardrail` prints, or let `bedrail import` read AWS itself"
        } else {
            "save the request of `CreateGuardrail`, or what `aws bedrock get-guardrail` prints"
        };
        return Err(other(root, "this holds no guardrail", help));
    }
    let mut found = Found::default();
    for (at, node) in guardrails {
        let name = node.get("name").and_then(Node::literal).unwrap_or_default();
        let at = if at.is_empty() { format!("the guardrail `{name}`") } else { at };
        let Some(model) = model(node, &at, &mut found.stock.notes) else { continue };
        let arn = node.get("guardrailArn").and_then(Node::literal).unwrap_or_default();
        let mut place = Place::of_arn(arn);
        // A request names its Region where it names a profile by its ARN, though never its account.
        place.region = place.region.or_else(|| profile_region(node));
        found.account = found.account.or_else(|| place.account.clone());
        let id = if arn.is_empty() { at.clone() } else { arn.to_owned() };
        // An answer about a version shows that version, and not the draft.
        let number = node.get("version").and_then(Node::literal).and_then(|number| number.parse().ok());
        let version = number.filter(|_| !arn.is_empty()).map(|number: u32| Version {
            id: format!("{id}:{number}"),
            release: Release::Numbered(number),
            content: Some(model.content.digest()),
            description: None,
        });
        let (versions, said) = (version.into_iter().collect(), id.clone());
        found.stock.guardrails.push(Guardrail { place, id, said, key: None, model, versions, policy: None });
    }
    Ok(found)
}

/// The Region in the ARN of a profile.
fn profile_region(node: &Node) -> Option<Region> {
    let config = node.get("crossRegionConfig")?.get("guardrailProfileIdentifier")?.literal()?;
    config.starts_with("arn:").then(|| Place::of_arn(config).region)?
}

fn collect<'n>(node: &'n Node, at: &str, found: &mut Vec<(String, &'n Node)>) {
    if is_guardrail(node) {
        found.push((at.to_owned(), node));
        return;
    }
    for (index, item) in node.items().unwrap_or_default().iter().enumerate() {
        collect(item, &format!("{at}[{index}]"), found);
    }
    for entry in node.entries().unwrap_or_default() {
        let inner = if at.is_empty() { entry.key.value.clone() } else { format!("{at}.{}", entry.key.value) };
        collect(&entry.value, &inner, found);
    }
}
