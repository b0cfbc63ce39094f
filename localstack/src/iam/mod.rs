//! IAM: roles and customer managed policies. An account has its own; no Region does.

mod accounts;
mod state;
mod template;
mod text;

pub(crate) use accounts::{Accounts, EVERY, faults};
pub(crate) use state::{Iam, Policy, PolicyVersion, Role};
pub(crate) use text::Text;
