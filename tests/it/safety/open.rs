//! What is known not to hold yet; docs/reliability.md says why. A case leaves this list when it is mended, and none may come.

/// Pairs of specs on whose way something is not as promised: a statement stays on a profile (31, 49, 160, 216), or a rerun waits in vain
/// for an effective policy, or a gap is left (the others).
pub(super) const PAIRS: &[u64] = &[31, 49, 60, 123, 124, 160, 201, 216, 249];
