//! Test suites: prompts and answers for a guardrail, and what `ApplyGuardrail` is to say of each.
//!
//! A suite is a YAML file of its own beside the spec, by custom `<name>.test.yaml`. [`read()`] makes a [`Suite`] of its
//! text, with every fault at its place: what cannot be run, or could never pass, is no suite. It is read as a spec is, by
//! the same strict YAML and the same declarations of entries, which is where its JSON Schema ([`schema::schema`]) comes
//! from too. A suite has no variables: a `${` in a prompt is sent as it stands.
//!
//! Files are named, not opened, here. Whoever opens an image makes an [`Image`] of its bytes, and of the suite with all of them
//! a [`Loaded`] one, which can be put to a guardrail: [`trial`] says what to ask, and what the answers come to.

mod against;
mod case;
pub mod codes;
mod entry;
mod expectation;
mod expected;
mod image;
mod loaded;
mod outline;
mod read;
pub mod schema;
pub mod trial;
mod words;

pub use case::{Answer, Case, Content, Given, Grounds, Suite, Version};
pub use expectation::{Applied, Expectation, Filtered, Judged, Output, Scored};
pub use image::{Image, ImageFault, ImageFile, ImageFormat, MAX_IMAGE_BYTES, MAX_IMAGES};
pub use loaded::Loaded;
pub use outline::Outline;
pub use read::read;
pub use words::{Action, Blocked, Confidence, Finding, Masked, Origin, Ownership, Source};
