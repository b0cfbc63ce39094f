//! Enough, and no more.

use std::collections::{BTreeMap, BTreeSet};

use bedrail::kinds::Kind;
use bedrail::plan::Purpose;
use futures::StreamExt as _;
use futures::stream;

use super::world::{May, World, lives};
use super::{actions, specs, without};

/// How many worlds there are at once.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_plan_plans_and_writes_nothing() {
    for (name, text) in specs() {
        let may = May::read(&text);
        let world = World::start(&text, &may).await;
        let before = world.state().await;
        let (first, _) = lives(&text);
        let plan = world.plan(&first).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(plan.blind.is_empty() && !plan.actions.is_empty(), "{name}: {:#?}", plan.blind);
        let drift = world.drift(&first).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        // Regions that are not enabled are no question of permissions.
        let denied = |why: &str| why.contains("AccessDenied") || why.contains("not authorized");
        let refused = drift.scanned.not_scanned.iter().find(|place| denied(&place.why));
        assert!(drift.blind.is_empty() && refused.is_none(), "{name}: {refused:?}");
        let error = world.carry_out(&first, Purpose::Reconcile).await.expect_err(name);
        assert!(error.contains("AccessDenied") || error.contains("not authorized"), "{name}: {error}");
        assert_eq!(world.state().await, before, "{name}: something was written");
        let reads = actions(&may.home).into_iter().chain(actions(&may.member));
        for action in reads {
            // What a write looks at first changes nothing.
            let looks = ["Get", "Simulate"]
                .iter()
                .any(|word| action.split(':').nth(1).is_some_and(|name| name.starts_with(word)));
            let writes = Kind::ALL.iter().flat_map(|kind| kind.writes()).any(|write| *write == action);
            assert!(looks || !writes, "{name}: a role that reads may {action}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_apply_applies_and_destroys() {
    let mut lived = stream::iter(specs())
        .map(|(name, text)| async move {
            let world = World::start(&text, &May::write(&text)).await;
            (name, world.live().await)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((name, result)) = lived.next().await {
        result.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_action_of_a_role_that_plans_is_missed() {
    let mut missed: BTreeMap<String, bool> = BTreeMap::new();
    for (name, text) in specs() {
        let may = May::read(&text);
        let world = World::start(&text, &May::all()).await;
        let (first, _) = lives(&text);
        let all: BTreeSet<String> = actions(&may.home).into_iter().chain(actions(&may.member)).collect();
        for applied in [false, true] {
            if applied {
                world.become_one_who(&May::all()).await;
                let done = world.carry_out(&first, Purpose::Reconcile).await;
                done.unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            world.become_one_who(&may).await;
            let whole = Box::pin(world.see(&first)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(whole.unseen().is_empty() && whole.plan.is_in_sync() == applied, "{name}: {:#?}", whole.unseen());
            for action in &all {
                if missed.get(action) == Some(&true) {
                    continue;
                }
                let less = May { home: without(&may.home, action), member: without(&may.member, action) };
                world.become_one_who(&less).await;
                let same = Box::pin(world.see(&first)).await.is_ok_and(|seen| seen == whole);
                *missed.entry(action.clone()).or_default() |= !same;
            }
        }
    }
    let idle: Vec<&String> = missed.iter().filter(|(_, missed)| !**missed).map(|(action, _)| action).collect();
    assert!(idle.is_empty(), "no spec misses {idle:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_action_of_a_role_that_applies_is_missed() {
    // The smallest specs come first.
    let mut users: BTreeMap<String, Vec<(&'static str, String)>> = BTreeMap::new();
    let reads: BTreeSet<String> = specs()
        .iter()
        .flat_map(|(_, text)| {
            let may = May::read(text);
            actions(&may.home).into_iter().chain(actions(&may.member))
        })
        .collect();
    for (name, text) in specs() {
        let may = May::write(&text);
        let all: BTreeSet<String> = actions(&may.home).into_iter().chain(actions(&may.member)).collect();
        // Reads are tried for the role that plans, which `apply` does first.
        for action in all.difference(&reads) {
            users.entry(action.clone()).or_default().push((name, text.clone()));
        }
    }
    let mut tried = stream::iter(users)
        .map(|(action, specs)| async move {
            for (_, text) in &specs {
                let may = May::write(text);
                let less = May { home: without(&may.home, &action), member: without(&may.member, &action) };
                if World::start(text, &less).await.live().await.is_err() {
                    return None;
                }
            }
            Some(action)
        })
        .buffer_unordered(AT_ONCE);
    let mut idle = Vec::new();
    while let Some(action) = tried.next().await {
        idle.extend(action);
    }
    assert!(idle.is_empty(), "no spec misses {idle:?}");
}
