//! What is known not to hold yet; docs/reliability.md says why. A case leaves this list when it is mended, and none may come.

use super::judge::Gap;

/// Pairs of specs on whose way an account is without protection or permission for as long as a change of the organization
/// takes to spread; and those that leave a statement on a profile (31, 49, 160, 216).
pub(super) const PAIRS: &[u64] = &[
    3, 6, 10, 13, 18, 24, 28, 30, 31, 32, 34, 46, 49, 54, 58, 60, 62, 64, 71, 73, 84, 85, 92, 93, 95, 96, 98, 100, 107,
    109, 110, 118, 119, 123, 124, 129, 131, 132, 136, 139, 155, 160, 162, 166, 171, 174, 175, 178, 181, 186, 201, 202,
    207, 208, 209, 210, 211, 213, 216, 217, 222, 225, 228, 230, 239, 241, 245, 249,
];

/// Triples of specs on which two applies at once open such a gap.
pub(super) const RACES: &[u64] = &[];

/// Whether a removal takes a permission that an effective policy still needs.
pub(super) fn is_known(run: &str, gap: &Gap) -> bool {
    run.starts_with("destroy of ") && gap.cause.starts_with("DeleteResourcePolicy ")
}
