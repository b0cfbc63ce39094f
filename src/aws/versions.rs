//! Which releases of AWS's SDKs are linked.

/// The SDK of each service with its version, as the crates that are linked say it themselves: a build that was not locked to
/// `Cargo.lock` tells the truth, too.
pub(crate) fn versions() -> [(&'static str, &'static str); 5] {
    [
        ("aws-sdk-bedrock", aws_sdk_bedrock::meta::PKG_VERSION),
        ("aws-sdk-bedrockruntime", aws_sdk_bedrockruntime::meta::PKG_VERSION),
        ("aws-sdk-iam", aws_sdk_iam::meta::PKG_VERSION),
        ("aws-sdk-organizations", aws_sdk_organizations::meta::PKG_VERSION),
        ("aws-sdk-sts", aws_sdk_sts::meta::PKG_VERSION),
    ]
}
