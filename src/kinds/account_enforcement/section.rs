//! The section `account_enforcement`.

use crate::model::diagnostic::Diagnostics;
use crate::spec::Spec;
use crate::spec::lower::Lowering;

/// Reads the entries and reports their faults.
pub(crate) fn decode(_spec: &Spec, _diagnostics: &mut Diagnostics) {}

/// Reads the entries and adds what they want.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    decode(lowering.spec, lowering.diagnostics);
}
