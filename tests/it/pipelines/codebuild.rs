//! `CodeBuild`: the commands of both buildspecs, with the credentials of a container, through the role that they enter.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::bench::Bench;
use super::{following, texts, yaml};
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

fn build(bench: &Bench, file: &str, given: &[(&str, &str)], and_then: &str) -> Ran {
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
    environment.extend(given);
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
    let none = [("BEDRAIL_ALLOW", "none")];
    let ran = build(&bench, plan, &none, show);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.lines().last().is_some_and(|last| last.starts_with("3 0 1 sha256:")), "{ran:?}");
    assert!(bench.desk.read("bedrail-out/plan.json").contains("guardrail/222233334444/us-east-1/baseline"));
    assert_eq!(bench.bash("mkdir second && mv bedrail-out/plan.json second/ && rm -r bedrail-out").code, 0);

    let apply = "examples/ci/codebuild/buildspec-apply.yml";
    let digest = ran.stdout.trim_end().rsplit(' ').next().expect("the digest").to_owned();
    let other = format!("sha256:{}", "0".repeat(64));
    let ran = build(&bench, apply, &[none[0], ("BEDRAIL_DIGEST", &other)], "");
    assert!(ran.code == 4 && ran.stderr.contains(&format!("{digest}, and not {other}")), "{ran:?}");
    let ran = build(&bench, apply, &[none[0], ("BEDRAIL_DIGEST", &digest)], "");
    assert!(ran.code == 0 && ran.stdout.contains("Applied: 3 done."), "{ran:?}");
    for file in texts(&yaml(apply)["artifacts"]["files"]) {
        assert!(bench.desk.path("bedrail-out").join(&file).exists(), "{file}");
    }
    // The plan of a moved world is refused.
    let ran = build(&bench, plan, &none, "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let stale = SPEC.replace("HATE: HIGH", "HATE: LOW");
    bench.desk.write("bedrail.yaml", &stale);
    let ran = build(&bench, apply, &none, "");
    assert!(ran.code == 4 && ran.stderr.contains("the plan is stale, and nothing was changed"), "{ran:?}");
    bench.done();
}

#[test]
fn a_hazard_is_allowed_by_who_releases_the_change() {
    let Some(mut bench) = Bench::new(&following()) else { return };
    bench.vendor();
    bench.environment.retain(|name, _| !name.starts_with("AWS_ACCESS") && !name.starts_with("AWS_SECRET"));
    bench.environment.insert("AWS_CONTAINER_CREDENTIALS_FULL_URI".to_owned(), container());
    let (plan, apply) = ("examples/ci/codebuild/buildspec-plan.yml", "examples/ci/codebuild/buildspec-apply.yml");
    let both = |allow: &str, told: &str| {
        let given = [("BEDRAIL_ALLOW", allow)];
        let planned = build(&bench, plan, &given, "printf '%s\\n' \"$BEDRAIL_WEAKENS\"");
        assert!(planned.code == 0 && planned.stdout.ends_with(told), "{planned:?}");
        assert_eq!(bench.bash("rm -rf second && mkdir second && mv bedrail-out/plan.json second/").code, 0);
        build(&bench, apply, &given, "")
    };
    assert_eq!(both("none", "\n0\n").code, 0);
    bench.desk.write("bedrail.yaml", &following().replace("HATE: HIGH", "HATE: LOW"));
    let ran = both("none", "\n2\n");
    assert!(ran.code == 3 && ran.stderr.contains("--allow"), "{ran:?}");
    let ran = both("weakens", "\n2\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    bench.done();
}

#[test]
fn what_the_pipeline_hands_to_its_builds_is_what_they_read() {
    // CloudFormation's short functions say where a value comes from, which is not the matter here.
    let text = crate::source::text("examples/ci/codebuild/pipeline.yml");
    let text = ["!Sub ", "!Ref ", "!GetAtt "].iter().fold(text, |text, tag| text.replace(tag, ""));
    let template: serde_json::Value = serde_saphyr::from_str(&text).expect("YAML");
    let stages = template["Resources"]["Pipeline"]["Properties"]["Stages"].as_array().expect("stages");
    let variables = |stage: usize| -> Vec<serde_json::Value> {
        let text = stages[stage]["Actions"][0]["Configuration"]["EnvironmentVariables"].as_str().expect("text");
        serde_json::from_str(text).expect("a list in JSON")
    };
    let allow = serde_json::json!({"name": "BEDRAIL_ALLOW", "value": "#{variables.ALLOW}"});
    let digest = serde_json::json!({"name": "BEDRAIL_DIGEST", "value": "#{plan.BEDRAIL_DIGEST}"});
    assert_eq!((variables(1), variables(3)), (vec![allow.clone()], vec![allow, digest]));
    assert_eq!(template["Resources"]["Pipeline"]["Properties"]["Variables"][0]["DefaultValue"], "none");
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
