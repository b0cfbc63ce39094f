//! Which way things went behind bedrail's back. A plan tells the way back; whoever looks at drift asks what somebody did, so that
//! every word of direction in a report of drift is about that.

use std::collections::{BTreeMap, BTreeSet};

use super::Drift;
use super::finding::Finding;
use crate::model::{Direction, FieldDiff};
use crate::plan::{Action, Change, Plan};

/// Which way things went, where `mended` is the way back.
pub(super) const fn reversed(mended: Direction) -> Direction {
    match mended {
        Direction::Strengthens => Direction::Weakens,
        Direction::Weakens => Direction::Strengthens,
        other => other,
    }
}

/// The fields as they differ, judged by the way they went. A change in two halves is one difference: from what AWS has to what the
/// spec says in the end.
pub(super) fn fields<'a>(mending: impl IntoIterator<Item = &'a FieldDiff>) -> Vec<FieldDiff> {
    let mut all: BTreeMap<&str, FieldDiff> = BTreeMap::new();
    for field in mending {
        let field_went = went(field);
        match all.get_mut(field.path.as_str()) {
            None => {
                all.insert(&field.path, field_went);
            }
            Some(known) => {
                known.want = field_went.want;
                known.direction = [known.direction, field_went.direction].into_iter().collect();
                known.below.extend(field_went.below);
            }
        }
    }
    all.into_values().filter(|field| field.have != field.want || !field.below.is_empty()).collect()
}

fn went(field: &FieldDiff) -> FieldDiff {
    let below = field.below.iter().map(went).collect();
    FieldDiff { direction: reversed(field.direction), below, ..field.clone() }
}

/// `plan` as one reads it who asks what somebody did: for each difference that an action mends and that nobody has agreed to, one
/// action from what the spec says to what AWS has. It is to be shown and never to be carried out. What is held and was seen to
/// differ is a finding; held is only the rest.
pub fn mirrored(plan: &Plan, drift: &Drift) -> Plan {
    let of = |finding: &Finding| {
        let mending: Vec<&Action> = plan.actions.iter().filter(|action| finding.actions.contains(&action.id)).collect();
        let (first, last) = (*mending.first()?, *mending.last()?);
        let change = match (&first.change, &last.change) {
            (Change::Update { id, have, .. }, Change::Update { want, .. }) => {
                Change::Update { id: id.clone(), have: want.clone(), want: have.clone() }
            }
            (other, _) => other.clone(),
        };
        Some(Action {
            change,
            phase: None,
            fields: finding.fields.iter().cloned().map(turned).collect(),
            direction: finding.direction.unwrap_or(Direction::Unranked),
            // They are about mending it, and stand with the command that does.
            hazards: BTreeSet::new(),
            ..first.clone()
        })
    };
    let mut actions: Vec<Action> = drift.open().filter_map(of).collect();
    actions.sort_by_key(|action| action.id);
    let held = plan.held.iter().filter(|held| !held.seen).cloned().collect();
    Plan { actions, held, ..plan.clone() }
}

fn turned(field: FieldDiff) -> FieldDiff {
    let below = field.below.into_iter().map(turned).collect();
    FieldDiff { have: field.want, want: field.have, below, ..field }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Guard;

    fn field(have: &str, want: &str, direction: Direction) -> FieldDiff {
        let path = "content_policy.filters.HATE".to_owned();
        let (have, want) = (Some(json!(have)), Some(json!(want)));
        FieldDiff { path, have, want, guard: Guard::Open, direction, below: Vec::new(), why: None }
    }

    #[test]
    fn two_halves_of_a_change_are_one_difference() {
        let halves = [field("LOW", "MEDIUM", Direction::Strengthens), field("MEDIUM", "HIGH", Direction::Strengthens)];
        let found = fields(&halves);
        assert_eq!(found, [field("LOW", "HIGH", Direction::Weakens)]);
        let there_and_back = [field("LOW", "HIGH", Direction::Strengthens), field("HIGH", "LOW", Direction::Weakens)];
        assert_eq!(fields(&there_and_back), []);
    }
}
