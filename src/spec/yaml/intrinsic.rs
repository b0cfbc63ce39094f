//! The short form of intrinsic functions (AWS `CloudFormation` user guide, "Intrinsic function reference").

/// The functions whose long form begins with `Fn::`.
const FUNCTIONS: &[&str] = &[
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "RefAll",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ValueOf",
    "ValueOfAll",
];

/// `Fn::Sub` of `!Sub`; `None` if there is no such function.
pub(super) fn long_form(tag: &str) -> Option<String> {
    match tag.strip_prefix('!')? {
        name @ ("Ref" | "Condition") => Some(name.to_owned()),
        name => FUNCTIONS.contains(&name).then(|| format!("Fn::{name}")),
    }
}
