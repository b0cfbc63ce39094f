//! A beginning for an organization: the starter spec with what is there in place of its account.

use std::collections::BTreeMap;

use crate::model::diagnostic::Diagnostics;
use crate::model::{Facts, Organization, Region};
use crate::spec::format::format;
use crate::spec::sources::Sources;
use crate::spec::write::{Entry, Value, visible, write};

/// The starter for the organization of `facts`, in the Regions in which Bedrock answered; `None` without an organization.
pub fn scaffold(starter: &str, facts: &Facts, regions: &[Region]) -> Option<String> {
    let organization = facts.organization.as_ref()?;
    let members = vec![
        Entry::new("id", Value::text(organization.id.as_str())),
        Entry::new("management_account", Value::text(organization.management_account.as_str())),
    ];
    let home = crate::model::organizations_region(&facts.caller.partition);
    // One to begin with: where the organization is managed, if Bedrock answers there.
    let chosen = regions.iter().find(|region| **region == home).or(regions.first()).cloned().unwrap_or(home);
    let answering: Vec<&str> = regions.iter().map(Region::as_str).collect();
    let entries = [
        Entry::new("format", Value::Plain("1".to_owned())),
        Entry::new("stack", Value::text("my-guardrails"))
            .said("The mark of all that this spec manages. What does not carry it is never changed or deleted."),
        Entry::new("organization", Value::Map(members)),
        Entry::new("regions", Value::list([Value::text(chosen.as_str())])).said(format!(
            "Guardrails and their enforcement exist once in each of these Regions. Bedrock answers in {}.",
            answering.join(", ")
        )),
    ];
    let head: Vec<String> =
        ["Guardrails for an organization. The accounts and OUs that there are:".to_owned(), String::new()]
            .into_iter()
            .chain(tree(organization))
            .collect();
    // From the guardrails on, the starter is as good for an organization; what it enforces is up to its owner.
    let (_, rest) = starter.split_once("\nguardrails:\n")?;
    let guardrails = rest.split("\n# Every model call").next().unwrap_or(rest);
    let text = format!("{}\nguardrails:\n{}\n{}", write(&head, &entries), guardrails.trim_end(), further(organization));
    let (_, source) = Sources::one("spec", text.as_str());
    Some(format(source, &text, &mut Diagnostics::new()).unwrap_or(text))
}

/// The OUs with their accounts, a line each.
fn tree(organization: &Organization) -> Vec<String> {
    let mut below: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for account in &organization.accounts {
        let unit = account.ancestors.last().and_then(|id| organization.units.iter().find(|unit| unit.id == *id));
        let path = unit.map_or_else(|| "root".to_owned(), |unit| format!("ou:{}", unit.path));
        let management = if account.id == organization.management_account { ", which manages it" } else { "" };
        let state = if account.active { "" } else { ", not active" };
        let line = format!("  {} {}{management}{state}", account.id, visible(&account.name));
        below.entry(path).or_default().push(line);
    }
    let lines = below.into_iter().flat_map(|(path, mut accounts)| {
        accounts.sort();
        std::iter::once(visible(&path)).chain(accounts)
    });
    lines.collect()
}

/// What comes next, commented out: it reaches other accounts.
fn further(organization: &Organization) -> String {
    let small = ["sandbox", "dev", "test", "playground"];
    let first = |words: &[&str]| {
        let units = organization.units.iter().filter(|unit| !unit.path.contains(['\n', '"', '\\', '#']));
        units.map(|unit| unit.path.as_str()).find(|path| {
            let path = path.to_lowercase();
            words.iter().any(|word| path.contains(word))
        })
    };
    let node = first(&small).map_or_else(|| "ou:<path>".to_owned(), |path| format!("ou:{path}"));
    format!(
        "\nresource_policies:\n  # Members may apply the guardrail, which enforcing it takes.\n  baseline:\n    guardrail: baseline\n    share_with: organization\n\n\
         # What enforces it on every account below a node. Begin with few, see that calls go on, and widen `attach`.\n\
         # org_policies:\n#   baseline:\n#     enforce: [{{guardrail: baseline}}]\n#     attach: [\"{node}\"]\n"
    )
}
