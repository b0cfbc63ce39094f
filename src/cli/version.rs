//! What `--version` says: `-V` in a line, `--version` with all that a report of a fault needs.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::aws::versions;

/// The release alone.
pub(crate) const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// The commit that it was built from, ` modified` after a comma where its sources had been changed, or `unknown`: see `build.rs`.
const COMMIT: &str = env!("BEDRAIL_BUILD_COMMIT");

const TARGET: &str = env!("BEDRAIL_BUILD_TARGET");

/// `0.1.0 (commit 0123456789ab)`.
pub(crate) fn short() -> &'static str {
    static SHORT: LazyLock<String> = LazyLock::new(|| {
        let (commit, rest) = COMMIT.split_at(COMMIT.find(',').unwrap_or(COMMIT.len()));
        let commit = commit.get(..12).unwrap_or(commit);
        format!("{RELEASE} (commit {commit}{rest})")
    });
    &SHORT
}

/// The same, the whole commit, the target, and the SDK of each service, a line each.
pub(crate) fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(|| {
        let mut text = format!("{}\ncommit: {COMMIT}\ntarget: {TARGET}", short());
        for (name, version) in versions() {
            let _ = write!(text, "\n{name}: {version}");
        }
        text
    });
    &LONG
}
