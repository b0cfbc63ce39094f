//! The runtime: guardrails applied to texts, and a toy model behind them.
//!
//! ```text
//! assess       one guardrail on texts (pure)
//! guards       which guardrails apply to a call: the request's, the account's, the organization's
//! permission   whether the caller may infer with them
//! prompt       what of a prompt each of them examines
//! inference    prompt → guardrails → toy model → guardrails (pure)
//! report       the results of guardrails as answers show them
//! model        which model is meant; formats   what its bodies look like
//! shapes       the operations' input; apply, converse, invoke   the operations
//! ```
//!
//! The toy model says what the user said last. Settings of inference and tools are taken and not heeded.

mod apply;
pub(crate) mod assess;
mod converse;
mod formats;
mod guards;
mod inference;
mod invoke;
mod model;
mod permission;
mod prompt;
mod report;
mod shapes;

use http::Method;

use crate::operations::{Binding, Operation, Run};
use crate::shape::Member;
use crate::wire::rest_json::Form;

const fn post(name: &'static str, path: &'static str, form: Form, input: &'static [Member], run: Run) -> Operation {
    Operation { name, binding: Binding::Rest { method: Method::POST, path, status: 200, form }, input, run }
}

const APPLY: &str = "/guardrail/{guardrailIdentifier}/version/{guardrailVersion}/apply";

/// What there is, as the service model binds it. No path is also one of the control plane.
#[rustfmt::skip]
pub(crate) const OPERATIONS: &[Operation] = &[
    post("ApplyGuardrail", APPLY, Form::Json, shapes::APPLY_GUARDRAIL, apply::apply),
    post("Converse", "/model/{modelId}/converse", Form::Json, shapes::CONVERSE, converse::whole),
    post("ConverseStream", "/model/{modelId}/converse-stream", Form::Events, shapes::CONVERSE_STREAM, converse::streamed),
    post("InvokeModel", "/model/{modelId}/invoke", Form::Payload, shapes::INVOKE_MODEL, invoke::whole),
    post("InvokeModelWithResponseStream", "/model/{modelId}/invoke-with-response-stream", Form::Events, shapes::INVOKE_MODEL_STREAM, invoke::streamed),
];
