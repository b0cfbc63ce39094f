//! Clients that cannot write: whatever the credentials allow, plan, drift and show send nothing but reads.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// What the clients may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads only; anything else is refused before it leaves the process.
    ReadOnly,
    /// Reads and writes.
    ReadWrite,
}

pub(super) const REFUSAL: &str = "bedrail only reads here and did not send";

/// What changes nothing by another name: `AssumeRole` yields credentials, `SimulatePrincipalPolicy` tells what would be allowed, and
/// `ApplyGuardrail` says what a guardrail makes of a text.
const READS: &[&str] = &["ApplyGuardrail", "AssumeRole", "SimulatePrincipalPolicy"];

/// Whether an operation of this name changes nothing.
pub(super) fn is_read(operation: &str) -> bool {
    ["Get", "List", "Describe"].iter().any(|prefix| operation.starts_with(prefix)) || READS.contains(&operation)
}

/// Refuses every operation that is not a read, also one whose name is unknown.
#[derive(Debug)]
pub(super) struct ReadsOnly;

impl Intercept for ReadsOnly {
    fn name(&self) -> &'static str {
        "ReadsOnly"
    }

    /// Before the request is even written; earlier hooks of a client do not know the operation yet.
    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match config.load::<Metadata>().map(Metadata::name) {
            Some(operation) if is_read(operation) => Ok(()),
            operation => Err(format!("{REFUSAL} {}", operation.unwrap_or("an unnamed operation")).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_are_reads() {
        for read in
            ["GetGuardrail", "ListPolicies", "DescribePolicy", "AssumeRole", "GetCallerIdentity", "ApplyGuardrail"]
        {
            assert!(is_read(read), "{read}");
        }
        for write in
            ["CreateGuardrail", "PutResourcePolicy", "TagResource", "EnablePolicyType", "InvokeModel", "", "get"]
        {
            assert!(!is_read(write), "{write}");
        }
    }
}
