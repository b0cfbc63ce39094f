//! What is known not to hold yet; docs/reliability.md says why. A case leaves this list when it is mended, and none may come.

/// Pairs of specs on whose way something ends otherwise: a statement stays on a profile.
pub(super) const PAIRS: &[u64] = &[31, 49, 60, 160, 216];

/// Triples of specs on which two applies at once leave an account without protection for a while.
pub(super) const RACES: &[u64] = &[2];
