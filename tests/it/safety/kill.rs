//! `bedrail` itself, killed while it runs: what the kernel does to a process, no destructor does better.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures::stream::{StreamExt as _, iter};

use super::deed::{Deed, word};
use super::matrix::{Blow, Cell, EXAMPLES, cells, finish, is_write, sample, steps, struck};
use super::tally::Findings;
use crate::support::Sandbox;

/// How many processes there are at once.
const AT_ONCE: usize = 4;

fn spawn(deed: &Deed, sandbox: &Sandbox, folder: &std::path::Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_bedrail"))
        .args([
            word(deed.purpose),
            "--yes",
            "--allow",
            "deletes",
            "--wait",
            "0.5",
            "--endpoint-url",
            sandbox.endpoint(),
        ])
        .arg("--spec")
        .arg(folder)
        .current_dir(folder)
        .env_clear()
        .envs([("AWS_ACCESS_KEY_ID", "AKIA111122223333"), ("AWS_SECRET_ACCESS_KEY", "sandbox")])
        .envs([("AWS_REGION", "us-east-1"), ("AWS_EC2_METADATA_DISABLED", "true")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs")
}

async fn killed(Cell { step, operation, nth, blow }: Cell) -> Findings {
    let mut findings = Findings { runs: 1, ..Findings::default() };
    let run = format!("{}, process killed ({blow:?}) at {operation} {nth}", step.deed.name);
    let sandbox = Sandbox::holding(step.before.clone()).await;
    sandbox.fault(blow.fault(&operation, nth)).await;
    let folder = step.deed.written();
    let mut child = spawn(&step.deed, &sandbox, folder.path());
    tokio::select! {
        () = struck(&sandbox) => findings.faults += 1,
        // What takes its time may be over before it is seen to have begun; and 5 is what is protected.
        code = ended(&mut child) => if !matches!(code, Some(0 | 5)) {
            findings.wrong.push(format!("{run}: it ended with {code:?} before it was killed"));
        }
    }
    child.kill().expect("it is ours to kill");
    child.wait().expect("it ends");
    sandbox.no_faults().await;
    finish(&step, &sandbox, &run, blow.reruns(), &mut findings).await;
    findings
}

async fn ended(child: &mut Child) -> Option<i32> {
    loop {
        if let Some(status) = child.try_wait().expect("it is ours") {
            return status.code();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_is_made_up_for() {
    let mut findings = Findings::default();
    let mut all = Vec::new();
    for specs in EXAMPLES {
        let steps = steps(specs, &mut findings).await;
        all.extend(cells(&steps, is_write, &[Blow::Kill, Blow::KillAfter, Blow::KillLate]));
    }
    // The steps are judged by the matrix.
    findings = Findings::default();
    let runs: Vec<Findings> = iter(sample(all, 25)).map(killed).buffer_unordered(AT_ONCE).collect().await;
    for run in runs {
        findings.add(run);
    }
    findings.settle("killed processes");
}
