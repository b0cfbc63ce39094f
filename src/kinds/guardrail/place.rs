//! What depends on the Region of a guardrail: its cross-Region profile and its key.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::codes;
use super::entry::{CrossRegionProfile, KmsKey};
use super::policy::InScope;
use crate::model::Region;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::decode::Text;
use crate::spec::lower::{profile_for, sources};
use crate::spec::suggest;

/// An id, alone or at the end of an ARN.
static PROFILE: LazyLock<Regex> = LazyLock::new(|| {
    let arn = "arn:aws(?:-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail-profile/";
    form(&format!("^(?:{arn})?([a-z0-9-]+[.]guardrail[.]v[0-9:]+)$"))
});
static KEY_ARN: LazyLock<Regex> =
    LazyLock::new(|| form("^arn:aws(?:-[^:]+)?:kms:([a-z0-9-]+):[0-9]{12}:key/[a-zA-Z0-9-]{36}$"));
static KEY_ID: LazyLock<Regex> = LazyLock::new(|| form("^(?:mrk-[0-9a-f]{32}|[0-9a-fA-F-]{36})$"));

fn form(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a sound pattern")
}

/// The part of `text` that stands in the group of `form`.
fn part<'t>(form: &Regex, text: &'t str) -> Option<&'t str> {
    Some(form.captures(text)?.get(1)?.as_str())
}

/// The id of the profile that a guardrail uses here.
pub(super) fn profile(written: &Spanned<Text<CrossRegionProfile>>, here: &mut InScope<'_, '_>) -> Option<String> {
    let text = here.text(written)?;
    let region = Region::new(here.region());
    if text == "auto" {
        let found = profile_for(&region).map(str::to_owned);
        if found.is_none() {
            let message = format!("no cross-Region profile is known for {region}");
            let fault = Diagnostic::at(written.span, codes::NO_PROFILE, message);
            here.report(fault.help(
                "name the profile, or leave it out there with `region_overrides: {…: {cross_region_profile: null}}`",
            ));
        }
        return found;
    }
    let Some(id) = part(&PROFILE, &text).map(str::to_owned) else {
        let fault = Diagnostic::at(written.span, codes::PROFILE_FORM, "this is no cross-Region profile");
        here.report(fault.help("write `auto`, an id such as `us.guardrail.v1:0`, or the ARN of a profile"));
        return None;
    };
    match sources(&id) {
        None => {
            let doubt =
                Diagnostic::at(written.span, codes::UNKNOWN_PROFILE, format!("the profile `{id}` is not known"));
            here.report(doubt.help("where it may be used, and where it sends content, is not checked"));
            Some(id)
        }
        Some(known) => {
            if known.contains(&region.as_str()) {
                return Some(id);
            }
            let message = format!("the profile `{id}` cannot be used from {region}");
            let fault = Diagnostic::at(written.span, codes::PROFILE_REGION, message);
            let fitting =
                profile_for(&region).map(|fitting| format!("there it is `{fitting}`; `auto` takes the right one"));
            let help = fitting.or_else(|| suggest::list(known).map(|all| format!("it can be used from {all}")));
            here.report(fault.maybe_help(help));
            None
        }
    }
}

/// The ARN of the customer key here.
pub(super) fn kms_key(written: &Spanned<Text<KmsKey>>, here: &mut InScope<'_, '_>) -> Option<String> {
    let text = here.text(written)?;
    let region = here.region().to_owned();
    if let Some(of) = part(&KEY_ARN, &text) {
        if of != region {
            let doubt = Diagnostic::at(
                written.span,
                codes::KMS_REGION,
                format!("this key is of {of}, the guardrail of {region}"),
            );
            here.report(doubt.help("write `${region}` in place of the Region, or use `region_overrides`"));
        }
        return Some(text);
    }
    if KEY_ID.is_match(&text) {
        let partition = &here.lowering.facts.caller.partition;
        return Some(format!("arn:{partition}:kms:{region}:{}:key/{text}", here.scope.account));
    }
    let alias = text.starts_with("alias/") || text.contains(":alias/");
    let fault = if alias {
        let fault = Diagnostic::at(written.span, codes::KMS_ALIAS, "a KMS key is named by an alias");
        fault.help("write the ARN or the id of the key: AWS answers with the ARN, so an alias can never be compared")
    } else {
        let fault = Diagnostic::at(written.span, codes::KMS_FORM, "this is no KMS key");
        fault.help("write `arn:${partition}:kms:${region}:${account}:key/…`, or the id of the key")
    };
    here.report(fault);
    None
}
