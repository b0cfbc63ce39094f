//! The way in: what is imported or converted is a sound, formatted spec, and applying it with `--adopt` changes nothing but
//! marks.

mod corpus;
mod live;
mod sources;
mod templates;
mod told;

use std::collections::BTreeSet;

use bedrail::import::{Home, Imported, import, live as from_readings};
use bedrail::inventory::{Wanted, take};
use bedrail::kinds::guardrail::Content;
use bedrail::kinds::{Kind, Model, Verb};
use bedrail::model::Region;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::plan::{Options, Plan};
use bedrail::spec::format::format;
use bedrail::spec::sources::Sources;

use crate::support::{MANAGEMENT, Sandbox, assert_in_sync, steps};

/// What `bedrail import` makes of what there is.
async fn imported(sandbox: &Sandbox, wanted: Wanted) -> Imported {
    let wanted = Wanted { session: "bedrail-test".to_owned(), ..wanted };
    let inventory = Box::pin(take(sandbox.connection(MANAGEMENT), &wanted)).await.expect("the emulator answers");
    let stack = if wanted.stack.is_empty() { "imported" } else { &wanted.stack };
    let home = Home {
        stack: stack.to_owned(),
        said: "Imported.".to_owned(),
        account: Some(inventory.facts.caller.account.clone()),
        organization: inventory.facts.organization.clone(),
        is_member: true,
        regions: BTreeSet::from([Region::new("us-east-1")]),
        ..Home::default()
    };
    import(from_readings::stock(inventory.readings, stack), &home, Some(&inventory.facts))
}

/// `fmt --check` has nothing to say.
fn assert_formatted(text: &str) {
    let (_, source) = Sources::one("spec", text);
    let again = format(source, text, &mut Diagnostics::new());
    assert_eq!(again.as_deref(), Some(text));
}

fn adopting() -> Options {
    Options { adopt: true, ..Options::default() }
}

/// The plan marks what is there, and does nothing else.
fn assert_only_marks(plan: &Plan, text: &str) {
    for action in &plan.actions {
        let marks = action.fields.iter().all(|field| field.path.starts_with("tags.bedrail:"));
        let fields: Vec<_> = action.fields.iter().map(|field| &field.path).collect();
        assert!(action.verb == Verb::Adopt && marks, "{} {}: {fields:?}\n{text}", action.verb.word(), action.address);
    }
    assert!(plan.held.is_empty() && plan.blind.is_empty(), "{:#?}\n{:#?}\n{text}", plan.held, plan.blind);
}

/// Adopts all that is there, and finds nothing left to do.
async fn adopt(sandbox: &Sandbox, text: &str) -> Plan {
    let plan = sandbox.plan_with(text, &adopting()).await;
    assert_only_marks(&plan, text);
    let (plan, outcome) = sandbox.apply_with(text, &adopting()).await;
    assert!(outcome.is_complete(), "{:#?}\n{text}", outcome.failed);
    assert_in_sync(&sandbox.plan(text).await, &format!("{:#?}\n{text}", steps(&plan)));
    plan
}

/// The contents of the guardrails of a spec as AWS has them, by key, in one Region; the profile apart, which is the Region's
/// own.
async fn contents(sandbox: &Sandbox, text: &str, region: &str) -> Vec<(String, Content)> {
    let sides = sandbox.sides(text).await.unwrap_or_else(|failure| panic!("{failure:?}"));
    let found = sides
        .live
        .found
        .iter()
        .filter(|(address, _)| address.kind == Kind::Guardrail && address.scope.region_name() == region);
    let content = found.filter_map(|(address, found)| match &found.model {
        Model::Guardrail(model) => {
            Some((address.name.clone(), Content { cross_region_profile: None, ..model.content.clone() }))
        }
        _ => None,
    });
    content.collect()
}

/// Applies the spec to a second Region too, and finds there what is in the first.
async fn bring_to(sandbox: &Sandbox, text: &str, from: &str, to: &str) {
    let widen = |line: &str| match line.trim_start().strip_prefix("regions: [").and_then(|rest| rest.strip_suffix(']'))
    {
        Some(_) => format!("{}, {to}]\n", line.trim_end_matches(']')),
        None => format!("{line}\n"),
    };
    let grown: String = text.lines().map(widen).collect();
    assert_ne!(grown, text, "the spec names no Region");
    sandbox.apply(&grown).await;
    assert_in_sync(&sandbox.plan(&grown).await, &grown);
    let (there, here) = (contents(sandbox, &grown, to).await, contents(sandbox, &grown, from).await);
    assert!(!here.is_empty(), "{grown}");
    assert_eq!(there, here, "{grown}");
}
