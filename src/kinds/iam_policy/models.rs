//! The models that a policy lets call.

use std::collections::BTreeSet;

use super::codes;
use super::geography::{destinations, is_source, prefixes, profile};
use super::template::Place;
use crate::kinds::org_policy::SparedModel;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{Scope, wildcard};
use crate::spec::decode::{Exact, List, Text};
use crate::spec::lower::Lowering;
use crate::spec::suggest;

crate::text! {
    /// Ids as `ListFoundationModels` and inference profiles have them, or ARNs.
    pub(crate) ModelName: "a model", 1..=2048, r"arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|[a-z0-9-]+([.][A-Za-z0-9_-]+)+(:[A-Za-z0-9._-]+)*",
    "an id such as `amazon.nova-pro-v1:0`, the id of an inference profile, or an ARN"
}

/// Every foundation model and inference profile.
pub(super) fn every(place: &Place<'_>) -> Vec<String> {
    let Place { partition, account, .. } = place;
    vec![
        format!("arn:{partition}:bedrock:*::foundation-model/*"),
        format!("arn:{partition}:bedrock:*:{account}:inference-profile/*"),
        format!("arn:{partition}:bedrock:*:{account}:application-inference-profile/*"),
    ]
}

/// The resources that a call of these models is authorised on: a model in each Region of the place; an inference profile
/// there, and its model wherever it leads. Reports a profile that none of these Regions has.
pub(super) fn resources(
    named: &[Spanned<Text<ModelName>>],
    place: &Place<'_>,
    lowering: &mut Lowering<'_>,
) -> Vec<String> {
    let Place { partition, account, regions } = place;
    let mut all = BTreeSet::new();
    for name in named {
        let Some(id) = lowering.text(name, &Scope::global((*account).clone())) else { continue };
        let id = id.as_str();
        if id.starts_with("arn:") {
            if let Some((message, help)) = arn_fault(id, place) {
                lowering.diagnostics.push(Diagnostic::at(name.span, codes::MODEL_ARN, message).help(help));
                continue;
            }
            // Offline, an account that only the organization tells has a number that none of AWS's has.
            let known = !lowering.assumed || lowering.pins_account() && !account.as_str().starts_with("000000");
            if let Some(message) = of_another_account(id, place).filter(|_| known) {
                let doubt = Diagnostic::at(name.span, codes::PROFILE_OF_OTHERS, message);
                lowering.diagnostics.push(doubt.help("name the profile of the account that calls, with `${account}`"));
            }
            all.insert(id.to_owned());
            continue;
        }
        let model = |region: &str, id: &str| format!("arn:{partition}:bedrock:{region}::foundation-model/{id}");
        let Some((prefix, base)) = profile(id) else {
            if unknown_prefix(id).is_some() {
                let message = format!("`{id}` is taken for a model: no inference profiles are known that begin so");
                let doubt = Diagnostic::at(name.span, codes::UNKNOWN_PREFIX, message);
                let help =
                    format!("known are {}; if it is a profile, name it and its models by their ARNs", prefixes());
                lowering.diagnostics.push(doubt.help(help));
            }
            all.extend(regions.iter().map(|region| model(region.as_str(), id)));
            continue;
        };
        let sources: Vec<_> = regions.iter().filter(|region| is_source(prefix, region)).collect();
        if sources.is_empty() {
            let message = format!("the inference profile `{id}` cannot be called from any Region of the entry");
            let fault = Diagnostic::at(name.span, codes::GEOGRAPHY, message);
            lowering.diagnostics.push(fault.help("name its `regions`, another profile, or an ARN"));
            continue;
        }
        all.extend(
            sources.iter().map(|region| format!("arn:{partition}:bedrock:{region}:{account}:inference-profile/{id}")),
        );
        all.extend(destinations(prefix, regions).iter().map(|region| model(region, base)));
    }
    all.into_iter().collect()
}

/// Reports models none of which is left once the excepted ones are spared: alone, or through a profile.
pub(super) fn all_excepted(
    named: &Spanned<List<Text<ModelName>, 1>>,
    except: &[Spanned<Exact<SparedModel>>],
    place: &Place<'_>,
    lowering: &mut Lowering<'_>,
) {
    let scope = Scope::global(place.account.clone());
    let mut spared = Vec::new();
    for name in named.iter() {
        let Some(id) = lowering.known(name.template(), &scope) else { return };
        let model = id.split_once(":foundation-model/").map_or(id.as_str(), |(_, model)| model);
        let base = profile(model).map_or(model, |(_, base)| base);
        let covers = |pattern: &str| wildcard(pattern.as_bytes(), base.as_bytes());
        match except.iter().find(|pattern| covers(pattern.as_str())) {
            Some(pattern) => spared.push((id, pattern.span)),
            None => return,
        }
    }
    let ids: Vec<String> = spared.iter().map(|(id, _)| format!("`{id}`")).collect();
    let message = {
        let are = if ids.len() == 1 { "is" } else { "are" };
        format!("no model is left to call with a guardrail: {} {are} excepted", suggest::brief(&ids))
    };
    let warning = Diagnostic::at(named.span, codes::ALL_EXCEPTED, message);
    let places: BTreeSet<_> = spared.into_iter().map(|(_, span)| span).collect();
    let warning = places.into_iter().fold(warning, |warning, span| warning.related(span, "excepted here"));
    lowering.diagnostics.push(
        warning.help("name models that are not excepted; to call these alone, `template: invoke_models` is enough"),
    );
}

/// What a call of a model can be authorised on (Service Authorization Reference, "Amazon Bedrock", `InvokeModel`), each with
/// whether it is of an account.
pub(crate) const TYPES: [(&str, bool); 10] = [
    ("foundation-model", false),
    ("inference-profile", true),
    ("application-inference-profile", true),
    ("async-invoke", true),
    ("custom-model-deployment", true),
    ("default-prompt-router", true),
    ("imported-model", true),
    ("marketplace/model-endpoint", true),
    ("prompt-router", true),
    ("provisioned-model", true),
];

const FORM: &str =
    "write `arn:${partition}:bedrock:<region>::foundation-model/<id>`, or the ARN of an inference profile";

/// What is wrong with the ARN of a model, and what to write. Wildcards stand for what is right. The ARN is told whole: it may
/// have come from the environment, and a part of what is hidden would not be known for it.
fn arn_fault(arn: &str, place: &Place<'_>) -> Option<(String, String)> {
    let fault = |message: String| Some((message, FORM.to_owned()));
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, partition, service, region, account, resource] = parts.as_slice() else {
        return fault(format!("`{arn}` has fewer than the six parts of an ARN"));
    };
    let is = |pattern: &str, text: &str| wildcard(pattern.as_bytes(), text.as_bytes());
    if !is(partition, place.partition.as_str()) {
        return fault(format!("`{arn}` is of another partition than the accounts, `{}`", place.partition));
    }
    if !is(service, "bedrock") {
        return fault(format!("`{arn}` is of another service than `bedrock`"));
    }
    let patterned = |text: &str| text.contains(['*', '?']);
    // `*` alone, or what may go on to be any of the types.
    let kind = TYPES
        .iter()
        .find(|(kind, _)| resource.strip_prefix(kind).is_some_and(|rest| rest.len() > 1 && rest.starts_with('/')));
    let head = resource.split(['*', '?']).next().unwrap_or_default();
    let may_be = patterned(resource) && TYPES.iter().any(|(kind, _)| format!("{kind}/").starts_with(head));
    if kind.is_none() && !may_be {
        return fault(format!("`{arn}` is of neither a model nor an inference profile, nor what else calls a model"));
    }
    let everywhere = region.is_empty() && kind.is_some_and(|(_, owned)| !owned);
    if !everywhere && !patterned(region) && !is_region(region) {
        return fault(format!("`{arn}` names no Region"));
    }
    let owned = kind.map(|(_, owned)| *owned);
    let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    match owned {
        Some(false) if !account.is_empty() && !patterned(account) => {
            fault(format!("`{arn}` names an account, and a foundation model is of none"))
        }
        Some(true) if !digits && !patterned(account) && *account != "aws" => {
            fault(format!("`{arn}` names no account, and what it names is of one"))
        }
        _ => None,
    }
}

/// Whether a text has the form of a Region: `eu-west-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &&&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let (Some(number), many) = (parts.last(), parts.len() >= 3) else { return false };
    many && parts.iter().take(parts.len() - 1).filter(letters).count() == parts.len() - 1
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why the profile of another account may be of no use: resource policies are for guardrails, their profiles, custom models and
/// knowledge bases only (Service Authorization Reference), so that no way is known to share it (inferred).
fn of_another_account(arn: &str, place: &Place<'_>) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [.., account, resource] = parts.as_slice() else { return None };
    let profile = resource.starts_with("application-inference-profile/") || resource.starts_with("inference-profile/");
    let other = profile && !wildcard(account.as_bytes(), place.account.as_str().as_bytes());
    other.then(|| format!("`{arn}` is an inference profile of another account, and none is known to be shared"))
}

/// What stands before a model's id where the profiles of a geography have their prefix: `xx` of `xx.anthropic.claude-v2:1`.
/// Ids of models with a second dot have a number there, as `deepseek.v3.2`.
fn unknown_prefix(id: &str) -> Option<&str> {
    let mut labels = id.split(':').next()?.splitn(3, '.');
    let (prefix, provider, model) = (labels.next()?, labels.next()?, labels.next()?);
    let is_name =
        |text: &str| text.len() > 2 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_prefix = prefix.len() <= 6 && prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    (is_prefix && is_name(provider) && model.starts_with(|c: char| c.is_ascii_lowercase())).then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Partition, Region};

    fn fault(arn: &str) -> Option<String> {
        let (partition, account) = (Partition::new("aws"), "111122223333".parse().expect("an account"));
        let regions = [Region::new("us-east-1")];
        arn_fault(arn, &Place { partition: &partition, account: &account, regions: &regions })
            .map(|(message, _)| message)
    }

    #[test]
    fn arns_of_models_and_of_what_leads_to_them_pass() {
        for arn in [
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
            "arn:aws:bedrock:*::foundation-model/*",
            "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
            "arn:*:bedrock:*:*:*",
            "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k7q2m9x1z4tb",
            "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-pro-v1:0",
            "arn:aws:bedrock:eu-west-1:*:provisioned-model/*",
            "arn:aws:bedrock:us-east-1:111122223333:imported-model/abc",
            "arn:aws:bedrock:us-east-1:111122223333:*inference-profile/*",
        ] {
            assert_eq!(fault(arn), None, "{arn}");
        }
    }

    #[test]
    fn other_arns_are_told_what_is_wrong_with_them() {
        for (arn, why) in [
            ("arn:aws:s3:::bucket/key", "another service"),
            ("arn:aws-cn:bedrock:us-east-1::foundation-model/a.b", "another partition"),
            ("arn:aws:bedrock:useast1::foundation-model/a.b", "no Region"),
            ("arn:aws:bedrock::111122223333:inference-profile/us.a.b", "no Region"),
            ("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc", "neither a model"),
            ("arn:aws:bedrock:us-east-1::foundation-model/", "neither a model"),
            ("arn:aws:bedrock:us-east-1:111122223333:foundation-model/a.b", "is of none"),
            ("arn:aws:bedrock:us-east-1::inference-profile/us.a.b", "names no account"),
            ("arn:aws:bedrock:us-east-1", "fewer than the six parts"),
        ] {
            let message = fault(arn).expect("a fault");
            assert!(message.contains(why), "{arn}: {message}");
        }
    }

    #[test]
    fn prefixes_are_told_from_providers() {
        for (id, prefix) in [
            ("xx.anthropic.claude-v2:1", Some("xx")),
            ("us-mil.amazon.nova-pro-v1:0", Some("us-mil")),
            ("amazon.nova-pro-v1:0", None),
            ("deepseek.v3.2", None),
            ("zai.glm-4.7", None),
            ("moonshotai.kimi-k2.5", None),
        ] {
            assert_eq!(unknown_prefix(id), prefix, "{id}");
        }
    }
}
