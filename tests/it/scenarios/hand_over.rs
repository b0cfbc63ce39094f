//! Names and keys that pass from one entry to another.

use super::{guardrail, held, spec};
use crate::support::{Sandbox, steps};

fn policies(entries: &str) -> String {
    format!(
        "guardrails:\n{}resource_policies: {{baseline: {{guardrail: baseline, share_with: organization}}}}\norg_policies:\n{entries}",
        guardrail("baseline", "one", "")
    )
}

fn policy(key: &str, name: &str, target: &str) -> String {
    format!("  {key}: {{name: {name}, enforce: [{{guardrail: baseline}}], attach: [{target}]}}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_taken_when_it_has_been_given_up() {
    let sandbox = Sandbox::applied(&policies(&policy("z", "first", "\"ou:Sandbox\""))).await;
    let both = policy("a", "first", "\"ou:Security\"") + &policy("z", "second", "\"ou:Sandbox\"");
    sandbox.settles(&policies(&both)).await;
    let shifted = policy("a", "second", "\"ou:Security\"") + &policy("z", "third", "\"ou:Sandbox\"");
    sandbox.settles(&policies(&shifted)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_given_up_is_not_taken() {
    let sandbox = Sandbox::applied(&policies(&policy("z", "first", "\"ou:Sandbox\""))).await;
    // What `z` is to enforce besides carries no mark, so that nothing is hung on it: `z` stays as it is, and keeps its name.
    let other = format!("guardrails:\n{}", guardrail("other", "two", ""));
    sandbox.apply(&spec(&other).replace("stack: acme", "stack: elsewhere")).await;
    let both = policies(&(policy("a", "first", "\"ou:Security\"") + &policy("z", "second", "\"ou:Sandbox\"")));
    let (head, tail) = both.rsplit_once("guardrail: baseline").expect("the policy z");
    let text = format!("{head}guardrail: other{tail}").replacen("guardrails:\n", &other, 1).replacen(
        "resource_policies: {",
        "resource_policies: {other: {guardrail: other, share_with: organization}, ",
        1,
    );
    let plan = sandbox.plan(&spec(&text)).await;
    let policies: Vec<String> = held(&plan).into_iter().filter(|one| one.contains("org-policy")).collect();
    assert_eq!(
        policies,
        [
            "needs create org-policy a",
            "needs update org-policy z",
            "needs create org-policy-attachment a:ou-sand-security0",
        ],
    );
    let waits = plan.held.iter().find(|held| held.address.name == "a").expect("it is held");
    assert!(waits.hint.contains("still has the name `first`"), "{waits:?}");
    assert!(!steps(&plan).iter().any(|step| step.contains("org-policy")), "{:?}", steps(&plan));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_names_cannot_be_swapped_at_once() {
    let sandbox = Sandbox::start().await;
    let two = |one: &str, other: &str| {
        policies(&(policy("a", one, "\"ou:Security\"") + &policy("z", other, "\"ou:Sandbox\"")))
    };
    sandbox.settles(&two("first", "second")).await;
    let swapped = spec(&two("second", "first"));
    let sides = sandbox.sides(&swapped).await.expect("both sides");
    let failure = sides.plan(&bedrail::plan::Options::default(), bedrail::model::Digest::of(&1)).expect_err("a fault");
    assert!(format!("{failure:?}").contains("E0902"), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_changes_its_owner_and_nothing_else() {
    let with = |key: &str, more: &str| {
        format!(
            "guardrails:\n{}account_enforcement: {{here: {{guardrail: {key}}}}}\n\
             resource_policies: {{{key}: {{guardrail: {key}, share_with: organization}}}}\n",
            guardrail(key, "one", &format!(", name: acme{more}"))
        )
    };
    let sandbox = Sandbox::applied(&with("before", "")).await;
    let plan = sandbox.settles(&with("after", ", previously: before")).await;
    assert_eq!(steps(&plan), ["update guardrail after"]);
    assert!(held(&plan).is_empty());
}
