//! The values that every other layer speaks of. Nothing here does anything.

mod address;
mod desired;
pub mod diagnostic;
mod digest;
mod direction;
mod document;
mod facts;
mod field;
mod live;
mod mark;
mod names;
mod partition;
mod readings;
mod reference;
mod scope;
pub mod span;
mod standing;
mod words;

pub(crate) use address::wildcard;
pub use address::{Address, NotAnAddress};
pub use desired::{Desired, ExternalMark, Wanted};
pub use digest::Digest;
pub use direction::{Direction, Shift};
pub use document::{Document, Form, Segment, Template};
pub use facts::{Account, Caller, Facts, Organization, OrganizationalUnit, Target};
pub use field::{FieldDiff, Guard, diff};
pub use live::{Blind, Found, Live, SeenPolicy, SeenVersion, Unavailable, Unmanaged};
pub use mark::{Marker, NAME_TAG, Owner, PROTECTED_TAG, STACK_TAG, Tags, owner_of};
pub use names::Names;
pub use partition::{bedrock_regions, organizations_region};
pub use readings::{Evidence, Raw, Readings, Unread};
pub use reference::{Ref, RemoteId};
pub use scope::{AccountId, NotAnAccountId, Partition, Region, Scope};
pub use standing::{Pointed, Standing};
pub(crate) use words::words;
