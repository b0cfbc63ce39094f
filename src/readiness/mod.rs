//! Who would be cut off: the roles of the reached accounts that may call models, and may not apply what is to be enforced on them;
//! and those of agents and knowledge bases whose own calls would be denied, since they name no guardrail.
//!
//! It changes nothing. An account takes the pages of one list for all that its roles may do, and then a simulation or two for each
//! role in each Region that may call models by what its policies say.

mod examine;
mod identity;
mod inner;
mod trial;

pub use examine::readiness;
pub use identity::{Service, examples, models, service};
pub use trial::{Calls, Stand};
pub(crate) use trial::{TOLD, listed};

/// How many roles of an account are simulated at once: IAM takes few calls a second of an account, and the applications there need
/// some of them.
pub(crate) const AT_ONCE: usize = 4;
