//! Where calls are guarded: every account of an organization in every Region that has Bedrock, and the ways around.
//!
//! A cell is an account in a Region, and what is told of it is the [explanation](crate::explain) of its calls. [`Extent`] is the
//! tree with its accounts and Regions; [`Grid`] has the cells, each distinct one judged once, so that a large organization costs
//! what differs in it; [`Totals`] counts them below a node.

mod barred;
mod extent;
mod grid;
mod state;
mod totals;
mod ways;

pub use extent::{Extent, Member, Node};
pub use grid::{ACCOUNT, GUARDRAIL, Grid, Judged, anywhere};
pub use state::State;
pub use totals::Totals;
pub use ways::{Around, Passage, Way};
