//! The codes of drift and of its list of what is ignored.

crate::codes! {
    /// A day that is none.
    NO_DAY = "E1201": "`expires` of an entry of what is ignored is no day, as `2026-12-31`";
    /// The day is past.
    EXPIRED = "W1201": "an entry of what is ignored has expired, and ignores nothing";
    /// Nothing is like that.
    UNUSED = "W1202": "an entry of what is ignored matches no difference";
    /// It needs its own word.
    WEAKENS = "W1203": "an entry of what is ignored matches a difference that may weaken a control, and does not allow that";
    /// A day that nobody will remember.
    FAR = "W1205": "an entry of what is ignored counts for more than a year to come";
    /// A delegate is not told.
    NOT_TOLD = "W1204": "whether effective policies are valid AWS does not tell the account of the caller";
}
