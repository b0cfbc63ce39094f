//! The only way to AWS: who calls, with which clients, what failed and why, and how long to wait.
//!
//! Kinds speak to their services in `kinds/<kind>/aws.rs`, and nowhere else; what they share stands here. Each call goes
//! through [`ReadCx::call`], which bounds how many are in flight, notes the request id, and turns an error into an
//! [`AwsError`] that is told by its code.

mod access;
mod apply_guardrail;
mod assumed;
mod audit;
mod call;
mod clients;
mod clock;
mod connection;
mod effective;
mod encoded;
mod error;
mod facts;
mod identities;
mod ids;
mod lately;
mod model_calls;
mod remote;
mod simulate;
mod survey;
mod token;
mod units;
mod versions;
mod wait;

pub use crate::model::{bedrock_regions, organizations_region};
pub use access::Access;
pub use apply_guardrail::assess;
pub use audit::{Audit, Note, NoteOutcome, Recorder};
pub use call::{Call, CallLog, ReadCx, Run, WriteCx};
pub use clients::{Acting, Clients};
pub use clock::Clock;
pub use connection::{Connection, Retries, Roles, Sandbox};
pub use effective::{EffectivePolicies, Named, effective_policy, invalid_accounts};
pub(crate) use encoded::encoded_json;
pub use error::{ApplyError, AwsError, Class, chain};
pub use facts::{Declared, FactsError, Whereabouts, organization, whereabouts};
pub use identities::{Identity, arn_of_role, identities};
pub use ids::Ids;
pub use model_calls::{Api, Applied, Ask, Invoker, Traced, apply_guardrail};
pub use remote::{Edit, Listing, Place, Remote, list, namesake, perform, place, read, shown_by};
pub(crate) use simulate::entry;
pub use simulate::{Decision, Simulated, Trial, simulate};
pub use survey::Survey;
pub(crate) use token::token;
pub use units::name as name_units;
pub(crate) use versions::versions;
pub use wait::{Deadlines, Wait};
