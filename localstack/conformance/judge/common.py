"""What may be answered besides what an operation's model declares, and why."""

from typing import Final

from .shapes import Violation

# Errors that every operation of a protocol can answer with: of signatures, of the way to the operation, of permissions.
# The service models leave them out.
ANYWHERE: Final = {
    "rest-json": {
        "AccessDeniedException": 403,
        "ExpiredTokenException": 403,
        "InvalidSignatureException": 403,
        "MissingAuthenticationTokenException": 403,
        "SerializationException": 400,
        "UnknownOperationException": 404,
        "UnrecognizedClientException": 403,
    },
    "json": {
        "ExpiredTokenException": 400,
        "InvalidSignatureException": 400,
        "MissingAuthenticationTokenException": 400,
        "SerializationException": 400,
        "UnknownOperationException": 400,
        "UnrecognizedClientException": 400,
    },
    "query": {
        "AccessDenied": 403,
        "ExpiredToken": 403,
        "InvalidAction": 400,
        "InvalidClientTokenId": 403,
        "MissingAuthenticationToken": 403,
        "SignatureDoesNotMatch": 403,
        "Throttling": 400,
        "ValidationError": 400,
    },
}

# Errors of one operation that its model does not have, and that were seen all the same.
UNMODELLED: Final = {
    # awslabs/sra-verify, issue 10.
    ("organizations", "ListPolicies", "PolicyTypeNotEnabledException"): 400,
    ("organizations", "ListPolicies", "PolicyTypeNotAvailableForOrganizationException"): 400,
}

# Violations of an output shape in which the service differs from its model: shape and kind of violation.
TOLERATED: Final = {
    # The service takes 300 characters with the STANDARD tier (measured) and so shows them; its model says 200.
    ("GuardrailTopicDefinition", "max"),
    # boto3 and the AWS CLI decode the policies of IAM; on the wire they are texts.
    ("policyDocumentType", "type"),
}

# The ARNs of Organizations are modelled with `arn:aws:`, though the service is in other partitions as well.
PARTITION_BLIND: Final = "organizations"


def status(protocol: str, service: str, operation: str, code: str) -> int | None:
    """Tell the HTTP status of an error that the model does not declare; `None` if there is no such error."""
    return UNMODELLED.get((service, operation, code)) or ANYWHERE[protocol].get(code)


def tolerated(service: str, partition: str, violation: Violation) -> bool:
    """Tell whether a violation is a known difference between a service and its model."""
    foreign = service == PARTITION_BLIND and partition != "aws" and violation.kind == "pattern"
    return (violation.shape, violation.kind) in TOLERATED or foreign
