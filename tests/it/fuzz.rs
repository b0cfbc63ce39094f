//! The fuzz targets on what is known already: their seeds, halves of them, and everything that fuzzing has found.

#[expect(unreachable_pub, reason = "another crate, whose items are public there")]
#[path = "../../fuzz/src/lib.rs"]
pub(crate) mod targets;

use std::fs;
use std::path::Path;

use bedrail::report::Disclosure;
use bedrail::report::json::{PlanFile, pretty};

use crate::source;
use crate::support::Sandbox;

/// The bytes of every file below these folders that ends like this.
fn files(folders: &[&str], ending: &str) -> Vec<Vec<u8>> {
    let all = folders.iter().flat_map(|folder| source::files(folder, ending));
    all.map(|file| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a file")).collect()
}

/// Runs a target on each seed, on parts of it, and on its finds; how many inputs that were.
fn replay(target: &str, seeds: &[Vec<u8>]) -> usize {
    let (_, run) = targets::TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
    let mut inputs = seeds.to_vec();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/finds").join(target);
    for find in fs::read_dir(folder).into_iter().flatten() {
        inputs.push(fs::read(find.expect("a file").path()).expect("a file"));
    }
    for seed in seeds {
        let (third, half) = (seed.len() / 3, seed.len() / 2);
        inputs.push(seed[..half].to_vec());
        inputs.push([&seed[..third], &seed[half..]].concat());
    }
    for input in &inputs {
        run(input);
    }
    inputs.len()
}

#[test]
fn specs() {
    assert!(replay("spec", &files(&["examples", "tests/cases/spec"], ".yaml")) > 400);
}

#[test]
fn suites() {
    assert!(replay("suite", &files(&["tests/cases/suite", "examples"], ".yaml")) > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_files() {
    let sandbox = Sandbox::start().await;
    let mut seeds = Vec::new();
    for spec in ["examples/quickstart/bedrail.yaml", "examples/organization/bedrail.yaml"] {
        let plan = sandbox.plan(&source::text(spec)).await;
        let file = pretty(&PlanFile::of(&plan, &Disclosure::default()));
        PlanFile::read(file.as_bytes()).unwrap_or_else(|error| panic!("{spec}: {error}"));
        seeds.push(file.into_bytes());
    }
    assert!(replay("plan_file", &seeds) >= 6);
}

#[test]
fn documents() {
    let folders = ["localstack/conformance/corpus", "tests/cases/lint"];
    assert!(replay("lint", &files(&folders, ".json")) > 600);
}

#[test]
fn sources_to_convert() {
    let mut seeds = Vec::new();
    for ending in [".json", ".yaml", ".tfstate", ".tf"] {
        seeds.extend(files(&["tests/cases/import"], ending));
    }
    assert!(replay("import", &seeds) > 60);
}

#[test]
fn policies() {
    let seeds = files(&["localstack/conformance/corpus/policies"], ".json");
    for target in ["org_policy", "resource_policy"] {
        assert!(replay(target, &seeds) > 60);
    }
}
