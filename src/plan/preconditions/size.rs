//! The length of documents as they are sent, with the ids that stand in them.

use super::codes::{IAM_POLICY_SIZE, POLICY_SIZE, RESOURCE_POLICY_SIZE};
use super::finding::Finding;
use super::pointer::View;
use crate::kinds::{Kind, Model};
use crate::model::diagnostic::Code;
use crate::model::{Address, Document, RemoteId};

/// The longest resource policy (botocore model `bedrock`).
const RESOURCE_POLICY: usize = 20_480;
/// The longest IAM policy, white space apart (IAM quotas).
const IAM_POLICY: usize = 6144;

/// The length of everything that is wanted and can be too long.
pub(super) fn examine(view: &View<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (address, model) in view.wanted() {
        // What is sent may hold more than what is wanted: statements of others in the policy of a profile.
        let sent = view.will_be(address).unwrap_or(model);
        match sent {
            Model::OrgPolicy(model) => {
                found.push(judge(view, POLICY_SIZE, address, &model.document, model.policy_type.longest()));
            }
            Model::ResourcePolicy(model) => {
                found.push(judge(view, RESOURCE_POLICY_SIZE, address, &model.document, RESOURCE_POLICY));
            }
            Model::IamPolicy(model) => found.push(judge(view, IAM_POLICY_SIZE, address, &model.document, IAM_POLICY)),
            _ => {}
        }
    }
    found
}

fn judge(view: &View<'_>, code: Code, address: &Address, document: &Document, most: usize) -> Finding {
    let longest = length(view, document, 64, 8);
    let least = length(view, document, 12, 1);
    let fix = if code == POLICY_SIZE {
        "spread what it says over several policies"
    } else if code == IAM_POLICY_SIZE {
        "spread its guardrails, models or Regions over several policies"
    } else {
        "share the guardrail with fewer or higher OUs, or with the organization"
    };
    if least > most {
        let message = format!("the document has {least} characters, and AWS takes {most}");
        Finding::failed(code, address, message).fix(fix).holds([address.clone()])
    } else if longest > most {
        let message = format!(
            "the document may have {longest} characters with the longest ids that AWS gives, and it takes {most}"
        );
        Finding::unknown(code, address, message).fix(fix)
    } else {
        Finding::ok(code, address, format!("the document has {least} of {most} characters"))
    }
}

/// The length as minified JSON, where an id that AWS has yet to give has `id` characters and a number `digits`.
fn length(view: &View<'_>, document: &Document, id: usize, digits: usize) -> usize {
    let partition = &view.0.facts.caller.partition;
    let to_come = |address: &Address| {
        let number =
            if address.kind == Kind::GuardrailVersion { format!(":{}", "9".repeat(digits)) } else { String::new() };
        let (region, account) = (address.scope.region_name(), &address.scope.account);
        RemoteId::new(format!("arn:{partition}:bedrock:{region}:{account}:guardrail/{}{number}", "a".repeat(id)))
    };
    let known = |address: &Address| view.0.live.names.ids(address).next_back().cloned();
    let ids: std::collections::BTreeMap<Address, RemoteId> = document
        .references()
        .into_iter()
        .map(|address| (address.clone(), known(&address).unwrap_or_else(|| to_come(&address))))
        .collect();
    document.render(&|address| ids.get(address)).map_or(0, |json| json.to_string().chars().count())
}
