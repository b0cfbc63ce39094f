//! A suite put to a guardrail: what is asked of AWS, what an answer comes to, and what all of them come to.
//!
//! Everything here is pure. Whoever sends the requests ([`crate::runner`]) hands in each [`Reply`], and gets the cases told
//! apart that a reader cares about most: what the guardrail let through ([`Fault::Missed`]), and what it stopped that was to
//! pass ([`Fault::FalseBlock`]).

mod ask;
mod change;
mod judge;
mod prices;
mod reply;
mod said;
#[cfg(test)]
pub(crate) mod sample;
mod tally;
mod target;
mod usage;

pub use ask::{Block, Qualifier, Request};
pub use change::{Change, Standing, changes};
pub use judge::judge;
pub use prices::{Cost, Prices, read as read_prices, schema as prices_schema};
pub use reply::{Filter, Found, Reply, Score, Seen};
pub use said::{About, Deed, Did, Fault, Mismatch, Text};
pub use tally::{CaseTally, Counts, Place, Totals, Trial, Verdict};
pub use target::{Absent, Aim, DRAFT, Number, Sight, Target, aims, nothing_current, number_of};
pub use usage::{Unit, Usage};
