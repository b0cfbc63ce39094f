//! What it takes to take over what carries no mark.

use bedrail::plan::{Options, Purpose};

use super::specs;
use super::world::{May, World, lives};

fn adopting() -> Options {
    Options { adopt: true, ..Options::default() }
}

/// All is there and carries no mark, and differs from the spec besides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_adopt_takes_over_and_nobody_else_does() {
    for (name, text) in specs() {
        if !["quickstart", "more", "least-privilege-app", "kms-encrypted"].contains(&name) {
            continue;
        }
        let (first, second) = lives(&text);
        let world = World::start(&text, &May::all()).await;
        world.carry_out(&first, Purpose::Reconcile).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        world.sandbox.unmark().await;
        world.become_one_who(&May::write(&second)).await;
        let error = world.carry_out_with(&second, adopting()).await.expect_err(name);
        assert!(error.contains("AccessDenied") || error.contains("not authorized"), "{name}: {error}");
        world.sandbox.unmark().await;
        world.become_one_who(&May::adopt(&second)).await;
        let adopted = world.carry_out_with(&second, adopting()).await;
        adopted.unwrap_or_else(|error| panic!("{name}: {error}"));
        // Once all is marked, the narrower role does the rest.
        world.become_one_who(&May::write(&second)).await;
        world.carry_out(&first, Purpose::Reconcile).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        world.become_one_who(&May::read(&first)).await;
        let plan = world.plan(&first).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(plan.is_in_sync(), "{name}: {:?} {:?} {:?}", plan.actions, plan.held, plan.blind);
    }
}
