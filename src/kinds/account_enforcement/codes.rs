//! The codes of enforcement.

crate::codes! {
    /// A model that AWS's pattern cannot name.
    MODEL_ID = "E5001": "a model is named in a way that enforcement does not take";
    /// `ALL` where only single models can stand.
    EXCLUDED_ALL = "E5002": "`ALL` stands among the excluded models";
    /// A number where Regions count differently.
    NUMBER_IN_REGIONS = "E5003": "a number of a version is used in more than one Region";
    /// One Region twice.
    REGION_TWICE = "E5004": "two guardrails are enforced in one Region at once";
    /// Two entries for one account and Region.
    TWICE = "E5101": "two entries of `account_enforcement` meet in one account and Region";
}
