//! Small stories of what people do to a spec, and to AWS behind its back, from one apply to the next.

mod adoption;
pub(crate) mod agreement;
mod control;
mod cut_off;
mod delegate;
mod denied;
mod direction;
mod doctor;
mod drift;
mod effect;
mod exempt;
mod foreign;
mod hand_over;
mod iam;
mod interrupted;
mod leaving;
mod lockout;
mod logging;
mod members;
mod preconditions;
mod reach;
mod readiness;
mod room;
mod settled;
mod stages;
mod suites;
mod unproven;
mod unseen;
mod verify;

use bedrail::plan::{Options, Plan, Purpose};
use serde_json::{Value, json};

use crate::support::{Sandbox, assert_in_sync, steps};

/// The top level of every spec here.
const TOP: &str = r#"
format: 1
stack: acme
organization: {management_account: "111122223333"}
regions: [us-east-1]
scan: {regions: declared}
"#;

const MESSAGES: &str = "blocked_input_messaging: No., blocked_outputs_messaging: No.";

/// A spec of these sections.
fn spec(sections: &str) -> String {
    format!("{TOP}{sections}")
}

/// An entry of `guardrails` that bans one word.
fn guardrail(key: &str, word: &str, more: &str) -> String {
    format!("  {key}: {{{MESSAGES}, word_policy: {{words: [{word}]}}{more}}}\n")
}

/// `why verb kind name` of what is held.
fn held(plan: &Plan) -> Vec<String> {
    let line = |held: &bedrail::plan::Held| {
        format!("{} {} {} {}", held.why.word(), held.verb.word(), held.address.kind, held.address.name)
    };
    plan.held.iter().map(line).collect()
}

fn adopting() -> Options {
    Options { adopt: true, ..Options::default() }
}

fn destroying() -> Options {
    Options { purpose: Purpose::Destroy, ..Options::default() }
}

fn targeting(patterns: &[&str]) -> Options {
    Options { targets: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(), ..Options::default() }
}

/// Whether the action `later` comes after `earlier`, directly or through others.
fn comes_after(plan: &Plan, later: &str, earlier: &str) -> bool {
    let all = steps(plan);
    let find = |step: &str| all.iter().position(|other| other == step).unwrap_or_else(|| panic!("{step}: {all:#?}"));
    let (later, earlier) = (find(later), find(earlier));
    let mut open = vec![later];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(at) = open.pop() {
        if at == earlier {
            return true;
        }
        open.extend(plan.actions[at].after.iter().map(|id| id.0).filter(|before| seen.insert(*before)));
    }
    false
}

/// Another stack has made what `theirs` says, one guardrail among it with a version; a spec that enforces that one.
async fn enforcing_theirs(sandbox: &Sandbox, theirs: &str) -> String {
    let platform = spec(theirs).replace("stack: acme", "stack: platform");
    sandbox.apply(&platform).await;
    let sides = sandbox.sides(&platform).await.expect("both sides");
    let made = sides.live.found.iter().find(|(address, _)| address.kind.word() == "guardrail").expect("it is made");
    spec(&format!(
        "external_guardrails: {{shared: {{arns: {{us-east-1: \"{}\"}}, versions: {{us-east-1: \"1\"}}}}}}\n\
         org_policies: {{org: {{enforce: [{{guardrail: shared}}], attach: [\"ou:Sandbox\"]}}}}\n",
        made.1.id
    ))
}

impl Sandbox {
    async fn applied(sections: &str) -> Self {
        let sandbox = Self::start().await;
        sandbox.settles(sections).await;
        sandbox
    }

    /// Applies, demands peace afterwards, and returns what was done.
    async fn settles(&self, sections: &str) -> Plan {
        let text = spec(sections);
        let plan = self.apply(&text).await;
        assert_in_sync(&self.plan(&text).await, &text);
        plan
    }

    pub(crate) async fn edit(&self, edit: impl FnOnce(&mut Value)) {
        let mut state = self.state().await;
        edit(&mut state);
        self.control("PUT", "/_bedrail/state", &state).await;
    }

    /// Refuses these operations from now on.
    async fn refuse(&self, operations: &[&str]) {
        let refuse: Vec<_> = operations.iter().map(|operation| json!({ "operation": operation })).collect();
        self.set(json!({ "refuse": refuse })).await;
    }

    /// Takes the marks off everything, as if somebody else had made it.
    pub(crate) async fn unmark(&self) {
        fn strip(value: &mut Value) {
            match value {
                Value::Object(entries) => {
                    entries.retain(|key, _| !key.starts_with("bedrail:"));
                    entries.values_mut().for_each(strip);
                }
                Value::Array(items) => items.iter_mut().for_each(strip),
                _ => {}
            }
        }
        self.edit(strip).await;
    }
}
