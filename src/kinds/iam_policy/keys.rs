//! The customer keys that a policy is about.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::section::KmsKey;
use super::template::Place;
use crate::kinds::guardrail::codes::{KMS_ALIAS, KMS_FORM};
use crate::model::Scope;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::decode::Text;
use crate::spec::lower::Lowering;

static KEY_ARN: LazyLock<Regex> =
    LazyLock::new(|| form("^arn:aws(?:-[^:]+)?:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]{36}$"));
static KEY_ID: LazyLock<Regex> = LazyLock::new(|| form("^(?:mrk-[0-9a-f]{32}|[0-9a-fA-F-]{36})$"));

fn form(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a sound pattern")
}

/// The ARN of a key, or those of a key id in every Region of the place. Reports what is neither.
pub(super) fn arns(
    written: &Spanned<Text<KmsKey>>,
    place: &Place<'_>,
    lowering: &mut Lowering<'_>,
) -> Option<Vec<String>> {
    let text = lowering.text(written, &Scope::global(place.account.clone()))?;
    if KEY_ARN.is_match(&text) {
        return Some(vec![text]);
    }
    if KEY_ID.is_match(&text) {
        let Place { partition, account, regions } = place;
        let arn = |region| format!("arn:{partition}:kms:{region}:{account}:key/{text}");
        return Some(regions.iter().map(arn).collect());
    }
    let fault = if text.starts_with("alias/") || text.contains(":alias/") {
        let fault = Diagnostic::at(written.span, KMS_ALIAS, "a KMS key is named by an alias");
        fault.help("write the ARN or the id of the key: a policy on an alias permits nothing")
    } else {
        let fault = Diagnostic::at(written.span, KMS_FORM, "this is no KMS key");
        fault.help("write `arn:${partition}:kms:us-east-1:${account}:key/…`, or the id of the key")
    };
    lowering.diagnostics.push(fault);
    None
}
