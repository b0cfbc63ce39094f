//! `CodeBuild`: the commands of both buildspecs, with the credentials of a container, through the role that they enter.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::bench::Bench;
use super::{texts, yaml};
use crate::cli::{Ran, SPEC};

/// A role of the local AWS that its management account may enter.
const ROLE: &str = "arn:aws:iam::222233334444:role/OrganizationAccountAccessRole";

/// What a container is told of its credentials, at the address that is returned.
fn container() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/creds", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let body = r#"{"AccessKeyId":"AKIA111122223333","SecretAccessKey":"sandbox","Token":"","Expiration":"2099-01-01T00:00:00Z"}"#;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        }
    });
    address
}

fn build(bench: &Bench, file: &str, and_then: &str) -> Ran {
    let spec = yaml(file);
    assert_eq!(spec["env"]["shell"], "bash");
    let mut script = Vec::new();
    for phase in ["install", "build"] {
        script.extend(texts(&spec["phases"][phase]["commands"]));
    }
    // The machine of the test is not the build's own.
    let script = script.join("\n").replace("/usr/local/bin", "$PWD/bin");
    let mut environment = vec![
        ("BEDRAIL_REPOSITORY", "acme/bedrail"),
        ("BEDRAIL_VERSION", env!("CARGO_PKG_VERSION")),
        ("BEDRAIL_ROLE_ARN", ROLE),
    ];
    for (name, value) in spec["env"]["variables"].as_object().expect("variables") {
        environment.push((name, value.as_str().expect("text")));
    }
    let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    bench.bash_with(
        &format!("export PATH=\"$PWD/bin:$PATH\" CODEBUILD_SRC_DIR_plan=\"$PWD/second\"\n{script}\n{and_then}"),
        &environment,
    )
}

#[test]
fn the_approved_plan_is_applied_through_a_role() {
    let Some(mut bench) = Bench::new(SPEC) else { return };
    bench.vendor();
    bench.environment.retain(|name, _| !name.starts_with("AWS_ACCESS") && !name.starts_with("AWS_SECRET"));
    bench.environment.insert("AWS_CONTAINER_CREDENTIALS_FULL_URI".to_owned(), container());
    let plan = "examples/ci/codebuild/buildspec-plan.yml";
    let show =
        "printf '%s %s %s %s\\n' \"$BEDRAIL_CHANGES\" \"$BEDRAIL_WEAKENS\" \"$BEDRAIL_ACCOUNTS\" \"$BEDRAIL_DIGEST\"";
    let ran = build(&bench, plan, show);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.lines().last().is_some_and(|last| last.starts_with("3 0 1 sha256:")), "{ran:?}");
    assert!(bench.desk.read("bedrail-out/plan.json").contains("guardrail/222233334444/us-east-1/baseline"));
    assert_eq!(bench.bash("mkdir second && mv bedrail-out/plan.json second/ && rm -r bedrail-out").code, 0);

    let apply = "examples/ci/codebuild/buildspec-apply.yml";
    let ran = build(&bench, apply, "");
    assert!(ran.code == 0 && ran.stdout.contains("Applied: 3 done."), "{ran:?}");
    for file in texts(&yaml(apply)["artifacts"]["files"]) {
        assert!(bench.desk.path("bedrail-out").join(&file).exists(), "{file}");
    }
    // The plan of a moved world is refused.
    let ran = build(&bench, plan, "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let stale = SPEC.replace("HATE: HIGH", "HATE: LOW");
    bench.desk.write("bedrail.yaml", &stale);
    let ran = build(&bench, apply, "");
    assert!(ran.code == 4 && ran.stderr.contains("the plan is stale, and nothing was changed"), "{ran:?}");
    bench.done();
}

#[test]
fn a_role_that_is_none_is_refused() {
    let Some(bench) = Bench::new(SPEC) else { return };
    for role in ["", "acme-plan", "arn:aws:iam::222233334444:role/x\n[default]\ncredential_process = touch pwned"] {
        let ran = bench.script("role.sh", "", &[("BEDRAIL_ROLE_ARN", role)]);
        assert!(ran.code == 1 && ran.stdout.is_empty(), "{role:?}: {ran:?}");
    }
    bench.done();
}
