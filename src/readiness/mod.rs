//! Who would be cut off: the roles of the reached accounts that may call models, and may not apply what is to be enforced on them;
//! and those of agents and knowledge bases whose own calls would be denied, since they name no guardrail.
//!
//! It changes nothing. An account takes the pages of one list for all that its roles may do, and then a simulation or two for each
//! role in each Region that may call models by what its policies say.

mod controls;
mod demanded;
mod examine;
mod identity;
mod inner;
mod needed;
mod samples;
mod trial;

pub use controls::{Above, Controls, denies_by_guardrail};
pub use examine::readiness;
pub use identity::{Service, service};
pub use needed::{may_apply_one, nameable};
pub use samples::Samples;
pub use trial::{Calls, Stand};
pub(crate) use trial::{TOLD, listed};

/// How many roles of an account are simulated at once: IAM takes few calls a second of an account, and the applications there need
/// some of them.
pub(crate) const AT_ONCE: usize = 4;

/// What to do where the simulation of IAM is no proof.
pub(crate) const LOOK: &str =
    "look at the conditions of its policies: IAM decides otherwise where these keys have the values that they ask for";
