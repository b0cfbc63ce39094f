//! The values that every other layer speaks of. Nothing here does anything.

mod address;
mod control;
mod demand;
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
mod policy;
mod readings;
mod reference;
mod scope;
mod secret;
pub mod span;
mod standing;
mod words;

pub use address::{Address, NotAnAddress};
pub(crate) use address::{like, wildcard};
pub use control::{Controls, Setting};
pub use demand::{Bearing, Call, Demand, Kinds, demands, demands_any};
pub use desired::{Desired, ExternalMark, Stage, Staged, Wanted};
pub use digest::Digest;
pub use direction::{Direction, Shift};
pub use document::{Document, Form, Segment, Template};
pub use facts::{Account, Caller, Facts, Organization, OrganizationalUnit, RoleNames, Target};
pub use field::{FieldDiff, Guard, diff, hidden_key};
pub use live::{Blind, Found, Live, SeenPolicy, SeenRole, SeenVersion, Silence, Unavailable, Unmanaged};
pub use mark::{
    CANDIDATE_PREFIX, CANDIDATE_TAG, Marker, NAME_TAG, Owner, PROTECTED_TAG, STACK_TAG, Tags, candidate_of,
    changed_tags, owner_of,
};
pub use names::Names;
pub use partition::{bedrock_regions, known_regions, organizations_region};
pub use policy::{PolicyLanguage, items};
pub use readings::{Evidence, Needed, Raw, Readings, Unread};
pub use reference::{Ref, RemoteId};
pub use scope::{AccountId, NotAnAccountId, Partition, Region, Scope};
pub use secret::{SECRET, hide};
pub use standing::{Pointed, Standing};
pub(crate) use words::words;
