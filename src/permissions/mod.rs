//! The least that a spec needs of IAM: what its roles may do, whom they trust, and what the policies of its keys say.
//!
//! Everything comes from one table, [`needs`]: the operations that kinds read and write with (see
//! [`ResourceKind`](crate::kinds::ResourceKind)), the actions that AWS asks for, on what, and under which conditions.
//! [`declared`] is what a spec says that matters, told without AWS; [`grants`] makes [`statement`]s of both; [`form`] puts
//! them into JSON, `CloudFormation` or Terraform. [`mod@reference`] is the table for people.

mod applied;
pub mod declared;
pub mod form;
pub mod grants;
mod needs;
pub mod paper;
pub mod reference;
pub mod session;
pub mod statement;
mod users;

pub use declared::Declared;
pub use form::Form;
pub use paper::{Fault, Paper, What, paper};
