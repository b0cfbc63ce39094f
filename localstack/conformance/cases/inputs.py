"""Every operation is sent inputs that its shape forbids, one bound at a time, and inputs at the bound."""

import re
from typing import Final

from documents import inputs
from documents.inputs import Variant
from judge import models
from judge.aws import Aws

# What refuses an input, by protocol.
INVALID: Final = {
    "bedrock": ("ValidationException",),
    "bedrock-runtime": ("ValidationException",),
    "organizations": ("InvalidInputException",),
    "iam": ("ValidationError", "InvalidInput"),
    "sts": ("ValidationError",),
}
# Where the service differs from the model: service, path, kind. The reason stands above each.
EXEMPT: Final = {
    # 300 characters are accepted with the STANDARD tier (measured); the rule of each tier is the corpus's.
    ("bedrock", "$.topicPolicyConfig.topicsConfig[0].definition", "max"),
}
# What is refused however long it is: a token of a page that was never given out, letters for a policy document.
MEANINGFUL: Final = ("nextToken", "NextToken", "Marker", "PolicyInputList")
# Members that a refusal calls otherwise: "You specified an invalid policy type string" is AWS's.
CALLED: Final = {"PolicyType": "policy type", "Filter": "policy type", "TagKeys": "Key"}
# Members that the emulator takes and does not look into: the toy model has neither tools nor forms of answers.
UNHEEDED: Final = ("$.toolConfig.", "$.outputConfig.")


def names(message: str, variant: Variant) -> bool:
    """Tell whether a message names the member that is wrong."""
    called = (variant.member, CALLED.get(variant.member, variant.member))
    return any(re.search(rf"\b{re.escape(name)}\b", message, re.IGNORECASE) for name in called)


def exempt(service: str, variant: Variant) -> bool:
    """Tell whether an input need not be refused."""
    return (service, variant.path, variant.kind) in EXEMPT or variant.path.startswith(UNHEEDED)


def forbidden(aws: Aws) -> None:
    """An input outside the model is refused, and the refusal names the member."""
    for service, operation in sorted(aws.emulator.operations()):
        model = models.operation(service, operation)
        for variant in inputs.broken(model.input_shape, inputs.whole(model)) if model.input_shape else ():
            if exempt(service, variant):
                continue
            answer = aws.call(service, operation, variant.input)
            where = f"{service} {operation}: {variant.kind} {variant.path}"
            ok = answer.code in INVALID[service] and names(answer.message, variant)
            aws.expect(where, that=ok, otherwise=f"{answer.code}: {answer.message or answer.output}"[:300])
            if ok:
                aws.path(service, operation, answer.code or "", f"{variant.kind} {variant.path}")


def at_bounds(aws: Aws) -> None:
    """An input at a bound is not refused for that."""
    for service, operation in sorted(aws.emulator.operations()):
        model = models.operation(service, operation)
        for variant in inputs.at_bound(model.input_shape, inputs.whole(model)) if model.input_shape else ():
            if variant.member in MEANINGFUL:
                continue
            answer = aws.call(service, operation, variant.input)
            for_that = answer.code in INVALID[service] and names(answer.message, variant)
            where = f"{service} {operation}: at the bound of {variant.path}"
            aws.expect(where, that=not for_that, otherwise=f"{answer.code}: {answer.message}"[:300])


CASES: Final = (forbidden, at_bounds)
