//! IAM: roles and managed policies. An account has its own; no Region does.
//!
//! ```text
//! state, text, accounts, template   what is there, and what every account begins with
//! managed, arn                      the policies that AWS manages, and managed policies by their ARNs
//! documents                         what a policy document has to be
//! model, rows, refused              requests, answers and refusals
//! simulate                          what policies would say to requests
//! operations                        one function for each operation
//! ```

mod accounts;
mod arn;
mod documents;
mod managed;
mod model;
mod operations;
mod refused;
mod rows;
mod simulate;
mod state;
mod template;
mod text;

pub(crate) use accounts::{Accounts, EVERY, faults};
pub(crate) use arn::managed_document;
pub(crate) use operations::OPERATIONS;
pub(crate) use state::{Iam, Policy, Role};
