//! Whether a saved plan still says what would be done.

use std::fmt;

use super::{JsonAction, PlanFile};
use crate::model::Digest;

/// Why a saved plan is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// It is of another stack.
    OtherStack {
        /// The stack of the saved plan.
        saved: String,
        /// The stack of the spec.
        spec: String,
    },
    /// It is another one than the one that was reviewed.
    OtherPlan {
        /// Its digest.
        saved: Digest,
        /// The digest of the plan that was reviewed.
        reviewed: Digest,
    },
    /// It is of another spec, and not all that it does is wanted by this one.
    OtherSpec,
    /// Something has moved since it was saved.
    Moved(Vec<Moved>),
}

/// Something in which a new plan differs from the saved one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The resource.
    pub address: String,
    /// In what.
    pub how: How,
}

/// In what a new plan differs from the saved one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The saved plan does nothing there.
    NotInPlan,
    /// The saved plan does something else there.
    OtherVerb,
    /// AWS has something else there than when the plan was saved.
    OtherHave,
    /// The spec wants something else there than when the plan was saved.
    OtherWant,
    /// Neither is as it was.
    OtherBoth,
}

impl fmt::Display for Moved {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.how {
            How::NotInPlan => "needs a change that the plan does not hold",
            How::OtherVerb => "needs another kind of change than the plan holds",
            How::OtherHave => "has changed in AWS since the plan was saved",
            How::OtherWant => "is wanted otherwise by the spec than when the plan was saved",
            How::OtherBoth => "has changed in AWS and is wanted otherwise by the spec since the plan was saved",
        };
        write!(out, "{} {how}", self.address)
    }
}

impl PlanFile {
    /// Whether every action of `new` is in `saved` as it is; what is in `saved` alone has been done, or need not be.
    ///
    /// # Errors
    /// What differs, in the order of the new plan.
    pub fn compare(saved: &Self, new: &Self) -> Result<(), Stale> {
        if saved.stack != new.stack {
            return Err(Stale::OtherStack { saved: saved.stack.clone(), spec: new.stack.clone() });
        }
        let mut moved: Vec<Moved> = Vec::new();
        for action in &new.actions {
            let there: Vec<&JsonAction> =
                saved.actions.iter().filter(|other| other.address == action.address).collect();
            // A change may be two actions on one address, of which the first has been done.
            let Some(how) = how(action, &there) else { continue };
            let one = Moved { address: action.address.clone(), how };
            if !moved.contains(&one) {
                moved.push(one);
            }
        }
        if moved.is_empty() { Ok(()) } else { Err(Stale::Moved(moved)) }
    }
}

/// In what `action` differs from all of those that the saved plan holds at its address; from the nearest of them.
fn how(action: &JsonAction, there: &[&JsonAction]) -> Option<How> {
    let same = |other: &&&JsonAction| (other.have == action.have, other.want == action.want);
    let of_verb: Vec<&&JsonAction> = there.iter().filter(|other| other.verb == action.verb).collect();
    let found: Vec<(bool, bool)> = of_verb.iter().map(same).collect();
    let has = |sides: (bool, bool)| found.contains(&sides);
    match () {
        () if has((true, true)) => None,
        () if has((false, true)) => Some(How::OtherHave),
        () if has((true, false)) => Some(How::OtherWant),
        () if has((false, false)) => Some(How::OtherBoth),
        () if there.is_empty() => Some(How::NotInPlan),
        () => Some(How::OtherVerb),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Verb;
    use crate::report::{Disclosure, sample};

    fn saved() -> PlanFile {
        PlanFile::of(&sample::eventful(), &Disclosure::default())
    }

    fn moved(edit: impl FnOnce(&mut PlanFile)) -> Option<(String, How)> {
        let (saved, mut new) = (saved(), saved());
        edit(&mut new);
        match PlanFile::compare(&saved, &new) {
            Ok(()) => None,
            Err(Stale::Moved(moved)) => {
                assert_eq!(moved.len(), 1, "{moved:?}");
                Some((moved[0].address.clone(), moved[0].how))
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    fn updated(plan: &mut PlanFile) -> &mut JsonAction {
        plan.actions.iter_mut().find(|action| action.verb == Verb::Update).expect("an update")
    }

    #[test]
    fn an_action_is_told_by_what_it_does_and_from_what_to_what() {
        type Edit = fn(&mut JsonAction, Option<String>);
        let address = updated(&mut saved()).address.clone();
        let other = || Some("sha256:other".to_owned());
        let cases: [(Edit, How); 4] = [
            (|action, other| action.have = other, How::OtherHave),
            (|action, other| action.want = other, How::OtherWant),
            (|action, other| (action.have, action.want) = (other.clone(), other), How::OtherBoth),
            (|action, _| action.verb = Verb::Adopt, How::OtherVerb),
        ];
        for (edit, how) in cases {
            assert_eq!(moved(|plan| edit(updated(plan), other())), Some((address.clone(), how)));
        }
        let another = |plan: &mut PlanFile| updated(plan).address = "guardrail/1/x/y".to_owned();
        assert_eq!(moved(another), Some(("guardrail/1/x/y".to_owned(), How::NotInPlan)));
    }

    #[test]
    fn what_is_done_or_beside_the_point_moves_nothing() {
        assert_eq!(moved(|_| {}), None);
        assert_eq!(moved(|plan| plan.actions.clear()), None);
        assert_eq!(moved(|plan| plan.unmanaged.clear()), None);
        assert_eq!(moved(|plan| plan.spec = "sha256:other".to_owned()), None);
        // Numbers change as actions before are done.
        assert_eq!(moved(|plan| plan.actions.iter_mut().for_each(|action| action.id += 7)), None);
    }

    #[test]
    fn of_two_actions_on_one_address_either_may_be_left() {
        let mut both = saved();
        let first = updated(&mut both).clone();
        let middle = Some("sha256:middle".to_owned());
        updated(&mut both).want.clone_from(&middle);
        both.actions.push(JsonAction { have: middle.clone(), ..first.clone() });
        let of = |action: JsonAction| PlanFile { actions: vec![action], ..saved() };
        assert_eq!(PlanFile::compare(&both, &of(JsonAction { have: middle, ..first.clone() })), Ok(()));
        assert!(PlanFile::compare(&both, &of(first)).is_err());
    }

    #[test]
    fn a_plan_of_another_stack_is_told_as_such() {
        let new = PlanFile { stack: "other".to_owned(), ..saved() };
        let stale = PlanFile::compare(&saved(), &new).expect_err("it is of another stack");
        assert_eq!(stale, Stale::OtherStack { saved: saved().stack, spec: "other".to_owned() });
    }
}
