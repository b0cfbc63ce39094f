//! Whether a saved plan still says what would be done.

use std::fmt;

use super::PlanFile;

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
}

impl fmt::Display for Moved {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.how {
            How::NotInPlan => "needs a change that the plan does not hold",
            How::OtherVerb => "needs another kind of change than the plan holds",
            How::OtherHave => "has changed in AWS since the plan was saved",
            How::OtherWant => "is wanted otherwise by the spec than when the plan was saved",
        };
        write!(out, "{} {how}", self.address)
    }
}

impl PlanFile {
    /// Whether every action of `new` is in `saved` as it is; what is in `saved` alone has been done, or need not be.
    ///
    /// # Errors
    /// The actions that differ, in the order of the new plan.
    pub fn compare(saved: &Self, new: &Self) -> Result<(), Vec<Moved>> {
        let mut moved = Vec::new();
        for action in &new.actions {
            let how = match saved.actions.iter().find(|other| other.address == action.address) {
                None => How::NotInPlan,
                Some(other) if other.verb != action.verb => How::OtherVerb,
                Some(other) if other.have != action.have => How::OtherHave,
                Some(other) if other.want != action.want => How::OtherWant,
                Some(_) => continue,
            };
            moved.push(Moved { address: action.address.clone(), how });
        }
        if moved.is_empty() { Ok(()) } else { Err(moved) }
    }
}
