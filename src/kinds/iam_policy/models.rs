//! The models that a policy lets call.

use std::collections::BTreeSet;

use super::codes;
use super::geography::{destinations, is_source, profile};
use super::template::Place;
use crate::model::Scope;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::decode::Text;
use crate::spec::lower::Lowering;

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
            all.insert(id.to_owned());
            continue;
        }
        let model = |region: &str, id: &str| format!("arn:{partition}:bedrock:{region}::foundation-model/{id}");
        let Some((prefix, base)) = profile(id) else {
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
