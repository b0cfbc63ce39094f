//! The Bedrock control plane: guardrails, their versions, account-level enforcement, resource policies, tags, the logging of
//! invocations and the list of models.

pub(crate) mod content;
mod enforced;
mod generate;
pub(crate) mod guard;
mod guardrails;
mod keys;
mod logging;
mod model;
pub(crate) mod models;
mod policy;
mod profiles;
mod resource_policies;
mod rules;
mod serving;
mod state;
mod tags;
mod target;
mod versions;

use http::Method;

use crate::operations::{Binding, Operation, Run};
use crate::shape::Member;
use crate::wire::rest_json::Form;

#[cfg(test)]
pub(crate) use model::PII_TYPES;
pub(crate) use profiles::destinations;
pub(crate) use serving::{Enforcement, NotServing};
pub(crate) use state::Bedrock;
pub(crate) use target::{Target, member, optional};

const fn rest(
    name: &'static str,
    method: Method,
    path: &'static str,
    status: u16,
    input: &'static [Member],
    run: Run,
) -> Operation {
    Operation { name, binding: Binding::Rest { method, path, status, form: Form::Json }, input, run }
}

const GUARDRAIL: &str = "/guardrails/{guardrailIdentifier}";
const ENFORCED: &str = "/enforcedGuardrailsConfiguration";
const LOGGING: &str = "/logging/modelinvocations";
const RESOURCE_POLICY: &str = "/resource-policy/{resourceArn}";

/// What there is, as the service model binds it.
#[rustfmt::skip]
pub(crate) const OPERATIONS: &[Operation] = &[
    rest("CreateGuardrail", Method::POST, "/guardrails", 202, model::CREATE_GUARDRAIL, guardrails::create),
    rest("UpdateGuardrail", Method::PUT, GUARDRAIL, 202, model::UPDATE_GUARDRAIL, guardrails::update),
    rest("GetGuardrail", Method::GET, GUARDRAIL, 200, model::GET_GUARDRAIL, guardrails::get),
    rest("ListGuardrails", Method::GET, "/guardrails", 200, model::LIST_GUARDRAILS, guardrails::list),
    rest("DeleteGuardrail", Method::DELETE, GUARDRAIL, 202, model::DELETE_GUARDRAIL, guardrails::delete),
    rest("CreateGuardrailVersion", Method::POST, GUARDRAIL, 202, model::CREATE_GUARDRAIL_VERSION, versions::create),
    rest("PutEnforcedGuardrailConfiguration", Method::PUT, ENFORCED, 200, model::PUT_ENFORCED, enforced::put),
    rest("ListEnforcedGuardrailsConfiguration", Method::GET, ENFORCED, 200, model::LIST_ENFORCED, enforced::list),
    rest("DeleteEnforcedGuardrailConfiguration", Method::DELETE, "/enforcedGuardrailsConfiguration/{configId}", 200, model::DELETE_ENFORCED, enforced::delete),
    rest("PutResourcePolicy", Method::POST, "/resource-policy", 201, model::PUT_RESOURCE_POLICY, resource_policies::put),
    rest("GetResourcePolicy", Method::GET, RESOURCE_POLICY, 200, model::RESOURCE_POLICY, resource_policies::get),
    rest("DeleteResourcePolicy", Method::DELETE, RESOURCE_POLICY, 200, model::RESOURCE_POLICY, resource_policies::delete),
    rest("TagResource", Method::POST, "/tagResource", 200, model::TAG_RESOURCE, tags::add),
    rest("UntagResource", Method::POST, "/untagResource", 200, model::UNTAG_RESOURCE, tags::remove),
    rest("ListTagsForResource", Method::POST, "/listTagsForResource", 200, model::LIST_TAGS, tags::list),
    rest("PutModelInvocationLoggingConfiguration", Method::PUT, LOGGING, 200, model::PUT_LOGGING, logging::put),
    rest("GetModelInvocationLoggingConfiguration", Method::GET, LOGGING, 200, &[], logging::get),
    rest("DeleteModelInvocationLoggingConfiguration", Method::DELETE, LOGGING, 200, &[], logging::delete),
    rest("ListFoundationModels", Method::GET, "/foundation-models", 200, model::LIST_MODELS, models::list),
];
