//! The promises of docs/reliability.md, put to the proof: what goes wrong at every call of an apply, judged by what each
//! account was subject to meanwhile.
//!
//! ```text
//! judge    what the timeline of the local AWS says of a run
//! end      the state that a run ends in, told without what chance and the clock put there
//! deed     a spec that is applied or destroyed, in this process
//! matrix   every example × every call × what may happen to it
//! kill     the same at the level of the process, for the calls that write
//! demands  policies that ask for a guardrail, changed: real calls between the writes
//! pairs    from any spec to any other
//! race     two applies at once
//! session  credentials that expire
//! weather  AWS on a bad day
//! tally    how much was tried, counted
//! ```

mod deed;
mod demands;
mod end;
mod judge;
mod kill;
mod matrix;
mod pairs;
mod race;
mod session;
mod tally;
mod weather;

pub(crate) use judge::gaps;

/// Whether everything is tried that there is; otherwise a sample that is the same each time.
fn all() -> bool {
    std::env::var_os("BEDRAIL_FAULTS").is_some_and(|value| value == "all")
}

/// The one operation whose calls are struck, if one is asked for by `BEDRAIL_OPERATION`.
fn one_operation() -> Option<String> {
    std::env::var("BEDRAIL_OPERATION").ok()
}

/// The one case that is asked for by `BEDRAIL_CASE`, if one is.
fn one_case() -> Option<u64> {
    std::env::var("BEDRAIL_CASE").ok().map(|number| number.parse().expect("the number of a case"))
}
