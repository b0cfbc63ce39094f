//! State that knows which of its parts changed, so that a write is as large as the change and not as the state.
//!
//! Everything that is kept on disk is made of these:
//!
//! ```text
//! Single     one value, written as a whole
//! Entities   values by key, each written as a whole
//! Groups     parts by key, each of which knows its own changes
//! parts!     a structure of such fields
//! ```
//!
//! Each gives its content out to be changed only through methods that note the change, and [`parts!`] names every field of a
//! structure. So what forgets to note a change, or holds state in a plain map, does not compile.

mod entities;
mod groups;
mod key;
mod single;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::{Error, Result, Value};

pub(crate) use entities::Entities;
pub(crate) use groups::Groups;
pub(crate) use key::Key;
pub(crate) use single::Single;

/// One change. The path leads through the state's JSON, from its top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Change {
    /// The value at the path is this one from now on.
    Put { put: Vec<String>, value: Value },
    /// There is nothing at the path from now on.
    Remove { remove: Vec<String> },
}

/// A part of the state that knows what of it changed.
pub(crate) trait Part {
    /// Adds what changed since the last call to `changes`. The part lies at `path`, which is left as it was.
    fn take_changes(&mut self, path: &mut Vec<String>, changes: &mut Vec<Change>) -> Result<()>;

    /// Carries out a change at a path within this part: a new value, or `None` to remove it. Nothing is noted.
    fn carry_out(&mut self, path: &[String], value: Option<Value>) -> Result<()>;

    /// Forgets what was noted: whoever calls this writes the part as a whole.
    fn forget_changes(&mut self);
}

/// A change as it is written.
fn change<T: Serialize>(path: &[String], value: Option<&T>) -> Result<Change> {
    let path = path.to_vec();
    Ok(match value {
        Some(value) => Change::Put { put: path, value: serde_json::to_value(value)? },
        None => Change::Remove { remove: path },
    })
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value)
}

/// Nothing of this form lies at the path.
pub(crate) fn misplaced(path: &[String]) -> Error {
    Error::custom(format_args!("nothing lies at '{}'", path.join("/")))
}

/// Makes a structure a [`Part`]: the fields in the first braces are parts, those in the second never change.
/// Leaving a field out is an error of the compiler.
macro_rules! parts {
    ($name:ident { $($part:ident),+ $(,)? } fixed { $($fixed:ident),* $(,)? }) => {
        impl $crate::tracked::Part for $name {
            fn take_changes(
                &mut self,
                path: &mut Vec<String>,
                changes: &mut Vec<$crate::tracked::Change>,
            ) -> serde_json::Result<()> {
                let Self { $($part,)+ $($fixed: _,)* } = self;
                $(
                    path.push(stringify!($part).to_owned());
                    $crate::tracked::Part::take_changes($part, path, changes)?;
                    path.pop();
                )+
                Ok(())
            }

            fn carry_out(&mut self, path: &[String], value: Option<serde_json::Value>) -> serde_json::Result<()> {
                match path.split_first() {
                    $(Some((name, rest)) if name == stringify!($part) => {
                        $crate::tracked::Part::carry_out(&mut self.$part, rest, value)
                    })+
                    _ => Err($crate::tracked::misplaced(path)),
                }
            }

            fn forget_changes(&mut self) {
                let Self { $($part,)+ $($fixed: _,)* } = self;
                $($crate::tracked::Part::forget_changes($part);)+
            }
        }
    };
}
pub(crate) use parts;

#[cfg(test)]
mod tests;
