//! ARNs and patterns of ARNs.

use super::super::glob;

/// The parts of an ARN or of a pattern of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The six parts; `None` if there are fewer.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let arn = next()?;
        let (partition, service, region, account, resource) = (next()?, next()?, next()?, next()?, next()?);
        glob::matches(arn, "arn").then_some(Self { partition, service, region, account, resource })
    }

    /// The type and the id of the resource: `guardrail` and `abc:1`.
    pub(super) fn typed(&self) -> (&'a str, &'a str) {
        self.resource.split_once('/').unwrap_or((self.resource, ""))
    }
}

/// Whether an ARN operator's pattern matches an ARN: part by part, so that no wildcard reaches over a colon but in the
/// last part.
pub(super) fn matches(pattern: &str, arn: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (Some(pattern), Some(arn)) = (Arn::read(pattern), Arn::read(arn)) else { return false };
    [
        (pattern.partition, arn.partition),
        (pattern.service, arn.service),
        (pattern.region, arn.region),
        (pattern.account, arn.account),
        (pattern.resource, arn.resource),
    ]
    .into_iter()
    .all(|(pattern, part)| glob::matches(pattern, part))
}

/// ARNs that no narrower pattern thinks of.
const STRANGE: &[&str] = &[
    "arn:aws:bedrock:zz-strange-9::foundation-model/strange.model-v9",
    "arn:aws:bedrock:zz-strange-9:000000000000:inference-profile/strange.model-v9",
    "arn:aws:bedrock:zz-strange-9:000000000000:guardrail/zzzzzzzzzzzz",
];

/// Whether a resource pattern takes in whatever Bedrock has.
pub(super) fn is_everything(pattern: &str) -> bool {
    if pattern.bytes().all(|byte| byte == b'*') {
        return !pattern.is_empty();
    }
    STRANGE.iter().all(|arn| glob::matches(pattern, arn))
}

/// Whether a text is twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text can be the id of a guardrail.
pub(super) fn is_guardrail_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Whether a text can be the number of a version.
pub(super) fn is_version(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}

/// Region, account, id and version of the ARN of a guardrail; `None` if it is none.
pub(in crate::lint) fn guardrail_version(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let arn = Arn::read(text).filter(|arn| arn.service == "bedrock" && is_account(arn.account))?;
    let (kind, rest) = arn.typed();
    let (id, version) = rest.split_once(':').map_or((rest, None), |(id, version)| (id, Some(version)));
    (kind == "guardrail" && is_guardrail_id(id)).then_some((arn.region, arn.account, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_of_arn_operators_stay_within_their_part() {
        let arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:1";
        for (pattern, want) in [
            ("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:*", true),
            ("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc*", true),
            ("arn:*:bedrock:*:*:guardrail/*", true),
            ("arn:aws:bedrock:*", false),
            ("arn:aws:bedrock:*:guardrail/abc:1", false),
            ("abc", false),
        ] {
            assert_eq!(matches(pattern, arn), want, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_is_everything_however_it_is_written() {
        for (pattern, want) in [
            ("*", true),
            ("arn:aws:bedrock:*", true),
            ("arn:*:bedrock:*:*:*", true),
            ("arn:aws:bedrock:*::foundation-model/*", false),
            ("arn:aws:bedrock:us-east-1:*:*", false),
            ("", false),
        ] {
            assert_eq!(is_everything(pattern), want, "{pattern}");
        }
    }
}
