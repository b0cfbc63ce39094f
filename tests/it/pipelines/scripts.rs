//! The scripts that pipelines share, and what they make of each exit code.

use super::bench::Bench;
use crate::cli::SPEC;
use crate::source;

#[test]
fn every_exit_code_has_its_words() {
    let Some(bench) = Bench::new(SPEC) else { return };
    bench.desk.write("fakes/archive/bedrail", "#!/bin/sh\nexit \"$CODE\"\n");
    let path = format!("{}:{}", bench.desk.path("fakes/archive").display(), bench.environment["PATH"]);
    let cases = [
        ("plan", "0", 0, "NOTICE: nothing to do"),
        ("plan", "1", 1, "could not be read"),
        ("plan", "2", 0, "NOTICE: there is something to do"),
        ("plan", "3", 3, "what --fail-on names"),
        ("apply", "0", 0, "NOTICE: done"),
        ("apply", "1", 1, "failed, and nothing was changed"),
        ("apply", "2", 2, "ended with the exit code 2"),
        ("apply", "3", 3, "it takes a person to permit it"),
        ("apply", "4", 4, "the plan is stale, and nothing was changed"),
        ("apply", "5", 5, "incomplete: something was done"),
        ("apply", "64", 64, "does not know these arguments"),
        ("apply", "130", 130, "interrupted"),
        ("drift", "0", 0, "NOTICE: AWS is as the spec says"),
        ("drift", "1", 1, "not taken for unchanged"),
        ("drift", "2", 2, "WARNING: AWS is not as the spec says"),
        ("validate", "1", 1, "failed, and nothing was changed"),
    ];
    for (command, code, expected, told) in cases {
        let environment = [("PATH", path.as_str()), ("CODE", code), ("BEDRAIL_PLAN", "plan.json")];
        let ran = bench.script("bedrail.sh", command, &environment);
        assert!(ran.code == expected && ran.stderr.contains(told), "{command} {code}: {ran:?}");
        assert!(bench.desk.read("bedrail-out/outputs").starts_with(&format!("exit-code={code}\n")));
    }
    assert_eq!(bench.script("bedrail.sh", "destroy", &[]).code, 64);
    bench.done();
}

#[test]
fn a_line_is_one_argument_and_no_shell() {
    let Some(bench) = Bench::new(SPEC) else { return };
    bench.desk.write("fakes/archive/bedrail", "#!/bin/sh\nprintf '<%s>' \"$@\"\n");
    let path = format!("{}:{}", bench.desk.path("fakes/archive").display(), bench.environment["PATH"]);
    let environment = [
        ("PATH", path.as_str()),
        ("BEDRAIL_SPEC", "a b.yaml\nc.yaml"),
        ("BEDRAIL_ARGS", "--target=guardrail/*/x y\n$(touch pwned)\r\n\n; touch pwned"),
        ("BEDRAIL_ALLOW", "weakens:guardrail/*\n--endpoint-url=http://mallory"),
        ("BEDRAIL_PLAN", "--yes"),
    ];
    let ran = bench.script("bedrail.sh", "apply", &environment);
    let expected = "<--allow=weakens:guardrail/*><--allow=--endpoint-url=http://mallory>\
        <--audit-log><bedrail-out/audit.jsonl><--><--yes>";
    assert!(ran.stdout.ends_with(expected), "a hazard is no other flag: {ran:?}");
    let ran = bench.script("bedrail.sh", "validate", &environment);
    let expected =
        "<validate><--spec=a b.yaml><--spec=c.yaml><--target=guardrail/*/x y><$(touch pwned)><; touch pwned>";
    assert_eq!((ran.stdout.as_str(), bench.desk.path("pwned").exists()), (expected, false), "{ran:?}");
    bench.done();
}

#[test]
fn only_what_has_the_right_checksum_is_installed() {
    let Some(bench) = Bench::new(SPEC) else { return };
    let version = env!("CARGO_PKG_VERSION");
    let usual = [("BEDRAIL_REPOSITORY", "acme/bedrail"), ("BEDRAIL_VERSION", version)];
    let install = |more: &[(&str, &str)]| bench.script("install.sh", "installed", &[&usual[..], more].concat());
    let ran = install(&[]);
    assert!(ran.code == 0 && bench.desk.path("installed/bedrail").exists(), "{ran:?}");
    let asked = bench.desk.read("fakes/curl.log");
    let address = format!(
        "https://github.com/acme/bedrail/releases/download/v{version}/bedrail-{version}-x86_64-unknown-linux-musl.tar.gz"
    );
    assert!(asked.contains(&address) && asked.lines().all(|line| line.contains("--proto =https")), "{asked}");
    let ran = bench.bash("installed/bedrail --version");
    assert_eq!((ran.code, ran.stdout.starts_with("bedrail ")), (0, true), "{ran:?}");

    let zeros = "0".repeat(64);
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[("BEDRAIL_SHA256", &zeros)], "nothing was installed"),
        (&[("BEDRAIL_SHA256", "latest")], "is not 64 hexadecimal digits"),
        (&[("BEDRAIL_VERSION", "9.9.9")], "cannot be had"),
        (&[("BEDRAIL_VERSION", "1.0.0/../..")], "is not a version"),
        (&[("BEDRAIL_REPOSITORY", "acme")], "is not owner/name"),
    ];
    assert_eq!(bench.bash("rm -r installed").code, 0);
    for (more, told) in cases {
        let ran = install(more);
        assert!(ran.code == 1 && ran.stderr.contains(told), "{more:?}: {ran:?}");
        assert!(!bench.desk.path("installed").exists());
    }
    // The release was replaced and its checksums were not; then those do not name it.
    assert_eq!(bench.bash("for one in fakes/releases/*.tar.gz; do printf x >>\"$one\"; done").code, 0);
    assert!(install(&[]).stderr.contains("nothing was installed"));
    bench.desk.write("fakes/releases/SHA256SUMS", "");
    assert!(install(&[]).stderr.contains("do not name"));
    bench.done();
}

#[test]
fn what_is_released_is_what_is_installed() {
    let Some(bench) = Bench::new(SPEC) else { return };
    let ran = bench.bash(&format!(
        "rm -r fakes/releases
         SOURCE_DATE_EPOCH=1790000000 '{}' fakes/archive/bedrail x86_64-unknown-linux-musl fakes/releases",
        source::root().join("packaging/archive").display()
    ));
    assert_eq!(ran.code, 0, "{ran:?}");
    let usual = [("BEDRAIL_REPOSITORY", "acme/bedrail"), ("BEDRAIL_VERSION", env!("CARGO_PKG_VERSION"))];
    let ran = bench.script("install.sh", "installed", &usual);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = bench.bash("installed/bedrail -V");
    assert!(ran.code == 0 && ran.stdout.starts_with("bedrail "), "{ran:?}");
    bench.done();
}
