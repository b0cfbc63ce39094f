"""The table of a run, for people: what was called, by whom, and which errors were reached."""

import itertools
from collections.abc import Iterator
from typing import Final

from . import inferred, models
from .emulator import ROOT
from .ledger import Ledger, Operation

README: Final = ROOT / "localstack" / "README.md"

# How true to AWS an operation is: `exact` where its rules have a source, which is the service model, documentation of
# AWS or a measurement; the others are named here. What is inferred about each is in the list of the README.
INFERRED: Final = {
    "bedrock": {
        *("CreateGuardrail", "UpdateGuardrail", "GetGuardrail", "ListGuardrails", "CreateGuardrailVersion"),
        *("PutEnforcedGuardrailConfiguration", "ListEnforcedGuardrailsConfiguration", "PutResourcePolicy"),
        *("GetResourcePolicy", "DeleteResourcePolicy", "DeleteGuardrail", "ListFoundationModels"),
        *("PutModelInvocationLoggingConfiguration", "GetModelInvocationLoggingConfiguration"),
        *("DeleteEnforcedGuardrailConfiguration", "TagResource", "UntagResource", "ListTagsForResource"),
    },
    "organizations": {
        *("EnablePolicyType", "CreatePolicy", "AttachPolicy", "ListPolicies", "ListPoliciesForTarget"),
        *("DescribeEffectivePolicy", "ListAccountsWithInvalidEffectivePolicy"),
        *("ListEffectivePolicyValidationErrors", "ListTagsForResource", "ListDelegatedAdministrators"),
        *("EnableAWSServiceAccess", "PutResourcePolicy"),
    },
    "iam": {
        *("AttachRolePolicy", "DetachRolePolicy", "GetAccountAuthorizationDetails", "ListPolicies"),
        *("SimulateCustomPolicy", "SimulatePrincipalPolicy"),
    },
    "sts": {"AssumeRole"},
}
# Topics, content filters and grounding are judged by rules of this project's own, and a toy stands for the model.
APPROXIMATED: Final = ("bedrock-runtime",)
CLIENTS: Final = ("boto3", "AWS CLI")
COLUMNS: Final = (
    *("service", "operation", "answered by", "how faithful", "checked by"),
    *("errors brought about", "errors only asked for", "errors not seen"),
)


def fidelity(service: str, operation: str) -> str:
    """Tell how true to AWS an operation is."""
    if service in APPROXIMATED:
        return "approximated"
    return "inferred in parts" if operation in INFERRED.get(service, ()) else "exact"


def operations(ledger: Ledger, served: set[Operation]) -> Iterator[str]:
    """Write the table of operations."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    for service in models.SERVICES:
        for _, operation in sorted(each for each in served if each[0] == service):
            this = (service, operation)
            modelled = models.errors(*this).keys()
            reached = {code for (*called, code, _) in ledger.paths if tuple(called) == this} & modelled
            asked = {code for (*called, code) in ledger.injected if tuple(called) == this} - reached
            clients = ", ".join(client for client in CLIENTS if this in ledger.successes[client])
            cells = (fidelity(*this), clients, *map(short, (reached, asked, modelled - reached - asked)))
            yield f"| {service} | {operation} | bedrail | {' | '.join(cells)} |"
    yield "| every other | | LocalStack beside it | | | | | |"


def short(codes: set[str]) -> str:
    """Write codes without the word that they all end with."""
    return ", ".join(sorted(code.removesuffix("Exception") for code in codes))


def inferences() -> Iterator[str]:
    """Write the list of what is inferred."""
    marks = itertools.groupby(inferred.marks(), key=lambda mark: mark[0])
    for place, found in marks:
        yield f"- `{place}`"
        yield from (f"  - {what}" for _, what in found)


def renewed(text: str, ledger: Ledger, served: set[Operation]) -> str:
    """Put what this run tells between the README's markers."""
    for part, lines in (("operations", operations(ledger, served)), ("inferred", inferences())):
        begin, end = f"<!-- {part}: written by conformance/run --write -->\n", f"\n<!-- end of {part} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            message = f"{README} has no place for {part}"
            raise LookupError(message)
        text = before + begin + "\n".join(lines) + end + after
    return text


def closing(ledger: Ledger) -> Iterator[str]:
    """Tell the figures of a run: by client, and in all."""
    for client in CLIENTS:
        used, seen = ledger.successes[client], ledger.shapes[client]
        by_service = (f"{name} {sum(service == name for service, _ in used)}" for name in models.SERVICES)
        errors = len(ledger.errors[client])
        yield (
            f"{client}: {ledger.calls[client]} calls, {len(used)} operations ({', '.join(by_service)}), "
            f"{len(seen)} shapes, {errors} errors of operations"
        )
    operations = len(set.union(*ledger.successes.values()))
    shapes = len(set.union(*ledger.shapes.values()))
    verdict = f"{len(ledger.problems)} problems" if ledger.problems else "ok"
    yield (
        f"conformance: {operations} operations, {shapes} shapes, {len(ledger.paths)} error paths, "
        f"{len(ledger.documents)} corpus documents, {len(ledger.brought_in)} of them imported, adopted and read back "
        f"from a second Region: {verdict}"
    )
