//! The codes of invocation logging.

crate::codes! {
    /// Nowhere to log to.
    NO_DESTINATION = "E8001": "an entry of `invocation_logging` names neither a log group nor a bucket";
    /// Two entries for one account and Region.
    TWICE = "E8101": "two entries of `invocation_logging` meet in one account and Region";
    /// A role that cannot be passed there.
    ROLE_ELSEWHERE = "W8101": "the role of `cloud_watch` is of another account than the one whose calls it is to log";
}
