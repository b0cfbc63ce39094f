"""The errors that every operation has: how they look, in each protocol."""

from typing import Final

from documents import inputs
from judge import models
from judge.aws import Aws
from judge.client import Identity

UNKNOWN_KEY: Final = {
    "rest-json": "UnrecognizedClientException",
    "json": "UnrecognizedClientException",
    "query": "InvalidClientTokenId",
}


def injected(aws: Aws) -> None:
    """An error that was asked for has the status and the form that the model and its protocol give it."""
    for service, operation in sorted(aws.emulator.operations()):
        for code in sorted(models.errors(service, operation)):
            aws.emulator.options(refuse=[{"operation": operation, "code": code}])
            answer = aws.call(service, operation, inputs.whole(models.operation(service, operation)))
            aws.equal(f"{service} {operation}: the error that was asked for", answer.code, code)
            aws.ledger.injected.add((service, operation, code))


def strangers(aws: Aws) -> None:
    """Keys that belong to nobody."""
    nobody = Identity("AKIAIOSFODNN7EXAMPLE")
    for service, operation in sorted(aws.emulator.operations()):
        code = UNKNOWN_KEY[models.protocol(service)]
        stranger = Aws(aws.client, aws.emulator, aws.ledger, nobody, aws.region)
        params = inputs.whole(models.operation(service, operation))
        stranger.refused(code, service, operation, **params)


CASES: Final = (injected, strangers)
