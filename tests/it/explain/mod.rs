//! What `explain` says is what happens: held against the local AWS, which shares no code with it.

mod calls;
mod demands;
mod told;
mod trees;
mod unseen;

use bedrail::aws::{Access, CallLog, Clients, Whereabouts, bedrock_regions, whereabouts};
use bedrail::explain::{Cell, Explanation, Ground, chain_of, explain};
use bedrail::live::bearing;
use bedrail::model::{Facts, RoleNames};

use crate::support::Sandbox;

/// Who calls, and its organization.
async fn facts(clients: &Clients) -> Facts {
    let Whereabouts { read, .. } = whereabouts(clients).await.expect("an organization");
    Facts {
        caller: clients.caller().clone(),
        bedrock_regions: bedrock_regions(&clients.caller().partition),
        roles: RoleNames::default(),
        organization: read,
    }
}

/// What is read for one cell, and what comes of it.
async fn explained<T>(sandbox: &Sandbox, cell: Cell<'_>, look: impl FnOnce(&Explanation<'_>) -> T) -> T {
    let clients = sandbox.clients(Access::ReadOnly).await;
    let facts = facts(&clients).await;
    let ground: Ground = bearing(&clients, &facts, &[cell]).await;
    let chain = chain_of(&ground, facts.organization.as_ref(), cell.account);
    look(&explain(&ground, &facts, &chain, &cell))
}

/// The effective policy of an account, as AWS says.
async fn effective(clients: &Clients, account: &str) -> serde_json::Value {
    let log = CallLog::default();
    let account = account.parse().expect("an account id");
    bedrail::aws::effective_policy(&clients.reading(&log), &account).await.expect("it answers")
}
