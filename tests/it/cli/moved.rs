//! What somebody changes after the plan of an apply and before its write, as the process tells it. `exact` has all the kinds.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::served::Serving;
use super::{Desk, Ran};

fn spec(word: &str) -> String {
    let guardrail = |name: &str| {
        format!(
            "  {name}: {{blocked_input_messaging: {name}, blocked_outputs_messaging: No., word_policy: {{words: [{word}]}}}}\n"
        )
    };
    let (first, second) = (guardrail("first"), guardrail("second"));
    format!("format: 1\nstack: acme\nregions: [us-east-1]\nscan: {{regions: declared}}\nguardrails:\n{first}{second}")
}

struct Behind {
    serving: Serving,
}

impl Behind {
    fn start(desk: &Desk) -> Self {
        Self { serving: Serving::start(desk) }
    }

    /// How many requests of this operation there have been.
    fn count(&self, operation: &str) -> usize {
        let requests = self.serving.ask("GET", "/_bedrail/requests", &Value::Null);
        requests.as_array().expect("a list").iter().filter(|request| request["operation"] == operation).count()
    }

    /// Somebody describes the second guardrail otherwise.
    fn edit(&self) {
        let mut state = self.serving.ask("GET", "/_bedrail/state", &Value::Null);
        let guardrails =
            crate::behind::find(&mut state, "guardrails").and_then(Value::as_object_mut).expect("guardrails");
        let second = guardrails.values_mut().map(|one| &mut one["draft"]["content"]);
        let second =
            second.into_iter().find(|content| content["blockedInputMessaging"] == "second").expect("the second");
        second["description"] = json!("by hand");
        self.serving.ask("PUT", "/_bedrail/state", &state);
    }
}

/// Applies and edits while the request of `operation` is under way that is the first after `before` of its kind.
fn applied(desk: &Desk, behind: &Behind, operation: &str, before: usize) -> Ran {
    let fault = json!({"kind": "latency", "operation": operation, "nth": before + 1, "ms": 4_000});
    behind.serving.ask("POST", "/_bedrail/faults", &fault);
    let arguments =
        ["apply", "--sandbox", "--yes", "--parallelism", "1", "--audit-log", "audit.jsonl", "--allow", "weakens"];
    let mut command = desk.command(&arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let began = Instant::now();
    let under_way = |text: &str| text.lines().any(|line| line.contains(&format!(":{operation}\"")));
    while !std::fs::read_to_string(desk.path("audit.jsonl")).is_ok_and(|text| under_way(&text)) {
        assert!(began.elapsed() < Duration::from_mins(1), "{operation} never begins");
        std::thread::yield_now();
    }
    behind.edit();
    child.wait_with_output().expect("it ends").into()
}

const LEFT: &str = "guardrail/111122223333/us-east-1/second is not as planned, and was left alone: description";

fn said(ran: &Ran) -> String {
    ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_moved_is_left_alone_and_the_exit_code_says_whether_something_else_was_done() {
    let desk = Desk::new(&spec("tulip"));
    let behind = Behind::start(&desk);
    assert_eq!(desk.run(&["apply", "--sandbox", "--yes", "-q"]).code, 0);

    desk.write("bedrail.yaml", &spec("rose"));
    let ran = applied(&desk, &behind, "UpdateGuardrail", 0);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(said(&ran).contains(LEFT) && said(&ran).contains("Incomplete: 1 done, 1 failed."), "{ran:?}");

    // A rerun plans anew, and puts it right.
    let allowed = ["apply", "--sandbox", "--yes", "-q", "--allow", "weakens"];
    assert_eq!(desk.run(&allowed).code, 0);

    // Now the second is all there is to do. What planning reads is known from a plan.
    let second = desk.read("bedrail.yaml").replace("second: {", "second: {description: Ours, ");
    desk.write("bedrail.yaml", &second);
    let before = behind.count("GetGuardrail");
    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode"]).code, 2);
    let planning = behind.count("GetGuardrail") - before;
    std::fs::remove_file(desk.path("audit.jsonl")).expect("a log");
    let ran = applied(&desk, &behind, "GetGuardrail", planning);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(said(&ran).contains(LEFT), "{ran:?}");
    assert!(!desk.read("audit.jsonl").contains("UpdateGuardrail"), "nothing was written");

    assert_eq!(desk.run(&allowed).code, 0);
    assert_eq!(desk.run(&["plan", "--sandbox", "--detailed-exitcode"]).code, 0);
    assert_eq!(behind.serving.stop(), Some(0));
}
