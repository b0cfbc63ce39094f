//! Two applies that make one guardrail at once: one of them gives way.

use super::{delete, rows, tags};
use crate::aws::{ApplyError, WriteCx};
use crate::model::{NAME_TAG, STACK_TAG, Tags};
use crate::plan::Action;

/// Looks whether another guardrail bears the mark of the one that was just made, and was made before it or in the same
/// moment: then this one goes again. AWS takes both, and what two bear would be held ever after. Whoever comes later sees
/// who was earlier, so at least one of two gives way; where both do, a rerun makes one.
///
/// # Errors
/// That it gave way, and to which; and the failures of the calls.
pub(super) async fn give_way(
    cx: &WriteCx<'_>,
    action: &Action,
    name: &str,
    marks: &Tags,
    arn: &str,
) -> Result<(), ApplyError> {
    let scope = &action.address.scope;
    let rows = rows(&cx.read, scope, None).await?;
    let Some(ours) = rows.iter().find(|row| row.arn() == arn) else { return Ok(()) };
    let earlier = |row: &&aws_sdk_bedrock::types::GuardrailSummary| {
        row.name() == name && row.arn() != arn && row.created_at() <= ours.created_at()
    };
    for rival in rows.iter().filter(earlier) {
        let theirs = tags(&cx.read, scope, rival.arn()).await?;
        let same = |key: &str| marks.get(key).is_some() && theirs.get(key) == marks.get(key);
        if same(STACK_TAG) && same(NAME_TAG) {
            delete(cx, scope, arn, None).await?;
            let found = format!("another apply made {} at the same time", rival.arn());
            return Err(ApplyError::Moved { object: action.address.to_string(), found });
        }
    }
    Ok(())
}
