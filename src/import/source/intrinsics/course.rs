//! What is being worked out: nothing that refers to itself, nothing without end.

use std::cell::{Cell, RefCell};
use std::fmt;

/// How deep values and what they refer to may nest. A file nests no deeper than half of it.
const DEEPEST: usize = 128;
/// How much may be worked out in all, in bytes of text. `CloudFormation` takes templates of 1 MB.
const MOST: usize = 64 << 20;
/// What a value costs besides its text.
const VALUE: usize = 64;

/// Why a value cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import::source) enum Unknown {
    /// It depends on a parameter that has neither a value nor a default.
    Parameter(String),
    /// It depends on this, which comes to be when the template is deployed.
    Deployment(String),
    /// It depends on itself.
    Circular(String),
    /// No deployment can tell it either.
    Wrong(String),
    /// It nests too deep.
    TooDeep,
    /// All that has been worked out is too much.
    TooMuch,
}

impl fmt::Display for Unknown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => {
                write!(out, "only a deployment knows the parameter {name} (give it with `--var {name}=…`)")
            }
            Self::Deployment(what) => write!(out, "only a deployment knows {what}"),
            Self::Circular(what) => write!(out, "{what} refers to itself"),
            Self::Wrong(what) => out.write_str(what),
            Self::TooDeep => write!(out, "its functions refer to each other more than {DEEPEST} levels deep"),
            Self::TooMuch => write!(out, "what the functions of the template come to is more than {} MiB", MOST >> 20),
        }
    }
}

/// What is under way.
#[derive(Debug, Default)]
pub(super) struct Course {
    depth: Cell<usize>,
    spent: Cell<usize>,
    /// What is being worked out, the outermost first.
    open: RefCell<Vec<String>>,
}

impl Course {
    /// Goes on to a value, until what is returned is dropped.
    pub(super) fn deeper(&self) -> Result<Level<'_>, Unknown> {
        self.spend(VALUE)?;
        if self.depth.get() >= DEEPEST {
            return Err(Unknown::TooDeep);
        }
        self.depth.set(self.depth.get() + 1);
        Ok(Level { course: self, named: false })
    }

    /// As [`deeper`](Self::deeper), to what has this name: it must not be under way.
    pub(super) fn enter(&self, name: String) -> Result<Level<'_>, Unknown> {
        if self.open.borrow().contains(&name) {
            return Err(Unknown::Circular(name));
        }
        let mut level = self.deeper()?;
        self.open.borrow_mut().push(name);
        level.named = true;
        Ok(level)
    }

    /// Accounts for text before it is made.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Unknown> {
        let spent = self.spent.get().saturating_add(bytes);
        self.spent.set(spent);
        if spent <= MOST { Ok(()) } else { Err(Unknown::TooMuch) }
    }
}

/// One level down.
pub(super) struct Level<'c> {
    course: &'c Course,
    named: bool,
}

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.course.depth.set(self.course.depth.get().saturating_sub(1));
        if self.named {
            self.course.open.borrow_mut().pop();
        }
    }
}
