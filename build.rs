//! Tells the binary which commit and target it is of: see `src/cli/version.rs`.
//!
//! The commit is that of `BEDRAIL_COMMIT`, of a packaged crate, or of git, in this order; without any of them it is unknown, which
//! is no fault. No clock is read, so equal sources make equal binaries.

#![allow(clippy::disallowed_methods, reason = "cargo tells a build script by the environment what it is to do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the binary is made of. Only a change of these asks git again: a commit that touches none of them leaves the binary as
/// it was, and so what it says of itself true.
const SOURCES: [&str; 9] = [
    "build.rs",
    "Cargo.toml",
    "Cargo.lock",
    "data",
    "src",
    "localstack/Cargo.toml",
    "localstack/data",
    "localstack/seeds",
    "localstack/src",
];

const OVERRIDE: &str = "BEDRAIL_COMMIT";

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder"));
    println!("cargo::rerun-if-env-changed={OVERRIDE}");
    for source in SOURCES.iter().filter(|source| root.join(source).exists()) {
        println!("cargo::rerun-if-changed={source}");
    }
    let commit = given().or_else(|| packaged(&root)).or_else(|| of_git(&root)).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=BEDRAIL_BUILD_COMMIT={commit}");
    println!("cargo::rustc-env=BEDRAIL_BUILD_TARGET={}", std::env::var("TARGET").expect("cargo names the target"));
}

/// What who builds without git says, such as a Dockerfile.
fn given() -> Option<String> {
    let commit = std::env::var(OVERRIDE).ok().filter(|commit| !commit.is_empty())?;
    assert!(is_commit(&commit), "{OVERRIDE} is not a commit of 40 hexadecimal digits: {commit:?}");
    Some(commit)
}

/// What cargo writes into a package.
fn packaged(root: &Path) -> Option<String> {
    let info = fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
    let commit = info.split("\"sha1\"").nth(1)?.split('"').nth(1).filter(|commit| is_commit(commit))?;
    Some(marked(commit, info.contains("\"dirty\": true")))
}

/// The head of the repository whose top this is: sources that were copied into another repository are not of its commit.
fn of_git(root: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let top = fs::canonicalize(git(&["rev-parse", "--show-toplevel"])?).ok()?;
    if top != fs::canonicalize(root).ok()? {
        return None;
    }
    let commit = git(&["rev-parse", "HEAD"]).filter(|commit| is_commit(commit))?;
    let changes = git(&[&["status", "--porcelain", "--"], &SOURCES[..]].concat())?;
    Some(marked(&commit, !changes.is_empty()))
}

fn marked(commit: &str, is_modified: bool) -> String {
    if is_modified { format!("{commit}, modified") } else { commit.to_owned() }
}

fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
