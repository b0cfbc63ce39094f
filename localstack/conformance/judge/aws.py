"""Calls that are judged: every answer is held against the models, and against what the case expects."""

from dataclasses import dataclass, replace
from typing import Any

from . import common, models, wire
from .client import Answer, Call, Client, Identity
from .emulator import Emulator
from .ledger import Ledger
from .shapes import Check, Form, Violation


class UnexpectedError(Exception):
    """A call ended otherwise than its case needs in order to go on."""


@dataclass(frozen=True)
class Aws:
    """Somebody in a Region, who calls through a client."""

    client: Client
    emulator: Emulator
    ledger: Ledger
    identity: Identity
    region: str

    def account(self, account: str) -> "Aws":
        """Be the root of another account."""
        return replace(self, identity=Identity.root(account))

    def as_session(self, credentials: dict[str, Any]) -> "Aws":
        """Be whom the credentials of AssumeRole stand for."""
        return replace(self, identity=Identity(credentials["AccessKeyId"], credentials["SessionToken"]))

    def at(self, region: str) -> "Aws":
        """Call in another Region."""
        return replace(self, region=region)

    def ok(self, service: str, operation: str, /, **params: Any) -> dict[str, Any]:
        """Make a call that has to succeed, and give its output."""
        answer = self.call(service, operation, params)
        if answer.code is not None:
            message = f"{service} {operation}: {answer.code}: {answer.message}"
            raise UnexpectedError(message)
        return answer.output

    def refused(self, code: str, service: str, operation: str, /, **params: Any) -> Answer:
        """Make a call that has to fail with a code."""
        answer = self.call(service, operation, params)
        where = f"{self.client.name} {service} {operation} with {params!s:.200}"
        if answer.code != code:
            self.ledger.problem(where, f"{answer.code}, not {code} ({answer.message or answer.output!s:.200})")
        else:
            self.path(service, operation, code, answer.message)
        return answer

    def path(self, service: str, operation: str, code: str, way: str) -> None:
        """Count a way to an error."""
        self.ledger.paths.add((service, operation, code, way))

    def expect(self, where: str, *, that: bool, otherwise: object = "does not hold") -> None:
        """Note something as wrong unless it holds."""
        self.ledger.expect(that=that, where=f"{self.client.name} {where}", otherwise=otherwise)

    def equal(self, where: str, got: Any, wanted: Any) -> None:
        """Note two values as wrong unless they are equal."""
        self.expect(where, that=got == wanted, otherwise=f"{got!r} is not {wanted!r}")

    def call(self, service: str, operation: str, params: dict[str, Any], body: bytes | None = None) -> Answer:
        """Make a call, and hold its answer against the models."""
        call = Call(self.identity, self.region, service, operation, params, body)
        answer = self.client.call(call)
        self.ledger.calls[self.client.name] += 1
        problems = self._refusal(call, answer) if answer.code else self._success(call, answer)
        for problem in problems:
            self.ledger.problem(f"{self.client.name} {call}", problem)
        return answer

    def _success(self, call: Call, answer: Answer) -> list[Violation | str]:
        model = models.operation(call.service, call.operation)
        seen: set[str] = set()
        problems: list[Violation | str] = []
        if answer.raw is not None:
            problems += wire.success(call.service, model, answer.raw, seen)
        form = Form.BOTO3 if answer.raw is not None else Form.CLI
        if model.output_shape is not None:
            check = Check(form)
            problems += check.violations(model.output_shape, answer.output)
            seen |= check.seen
        self.ledger.successes[self.client.name].add((call.service, call.operation))
        self.ledger.shapes[self.client.name].update((call.service, shape) for shape in seen)
        return self._untolerated(call.service, problems)

    def _refusal(self, call: Call, answer: Answer) -> list[Violation | str]:
        code = answer.code or ""
        self.ledger.errors[self.client.name].add((call.service, call.operation, code))
        protocol = models.protocol(call.service)
        shape = models.errors(call.service, call.operation).get(code)
        unmodelled = common.status(protocol, call.service, call.operation, code)
        problems: list[Violation | str] = []
        if shape is None and unmodelled is None:
            problems.append(f"{code} is no error of this operation ({answer.message})")
        if answer.raw is None:
            return problems
        refusal = wire.refusal(call.service, answer.raw)
        problems += refusal.problems
        if refusal.code != code:
            problems.append(f"the code {refusal.code!r} on the wire")
        if shape is not None:
            self.ledger.shapes[self.client.name].add((call.service, shape.name))
            problems += wire.exception(shape, answer.raw, refusal, wire.FORMS[protocol])
        elif unmodelled not in (None, answer.raw.status):
            problems.append(f"{code} with status {answer.raw.status}, not {unmodelled}")
        return self._untolerated(call.service, problems)

    def _untolerated(self, service: str, problems: list[Violation | str]) -> list[Violation | str]:
        def known(problem: Violation | str) -> bool:
            partition = self.emulator.partition
            return isinstance(problem, Violation) and common.tolerated(service, partition, problem)

        return [problem for problem in problems if not known(problem)]
