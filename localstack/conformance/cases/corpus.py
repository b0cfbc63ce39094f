"""Documents: those that people wrote, and what becomes of them and of a full one when they are changed."""

import json
import re
from pathlib import Path
from typing import Any, Final

from documents import mutations, normal, rules
from documents.rules import Document
from judge.aws import Aws
from judge.client import Answer

CORPUS: Final = Path(__file__).resolve().parents[1] / "corpus"
SEED: Final = 20261121
KEY_ARN: Final = re.compile(r"arn:aws:kms:us-east-1:\d{12}:key/[0-9a-f-]{36}")


def read(folder: str) -> dict[str, Document]:
    """Read the documents of a folder."""
    return {path.name: json.loads(path.read_bytes()) for path in sorted((CORPUS / folder).glob("[0-9]*.json"))}


def sent(aws: Aws, document: Any, identifier: str | None = None) -> Answer:
    """Send a document as it is, to create a guardrail or to update that one."""
    body = json.dumps(document, ensure_ascii=False).encode()
    if identifier is None:
        return aws.call("bedrock", "CreateGuardrail", {}, body)
    return aws.call("bedrock", "UpdateGuardrail", {"guardrailIdentifier": identifier}, body)


def serialised(aws: Aws, document: Document) -> Answer | None:
    """Send a document as boto3 writes it; nothing if boto3 cannot."""
    try:
        return aws.call("bedrock", "CreateGuardrail", document)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def held(aws: Aws, name: str, document: Document, answer: Answer) -> None:
    """Hold what became of a document against the oracle."""
    why = rules.reasons(document)
    if answer.code is None:
        aws.expect(name, that=not why, otherwise=f"accepted in spite of {why}")
        read_back(aws, name, document, answer.output["guardrailId"])
        aws.ok("bedrock", "DeleteGuardrail", guardrailIdentifier=answer.output["guardrailId"])
        return
    refused(aws, name, why, answer, "CreateGuardrail")


def refused(aws: Aws, name: str, why: list[rules.Reason], answer: Answer, operation: str) -> None:
    """Hold a refusal against the oracle's reasons, one of which it has to tell."""
    aws.expect(name, that=bool(why), otherwise=f"refused: {answer.message}")
    aws.equal(f"{name}: the code", answer.code, "ValidationException")
    told = [reason for reason in why if reason.says in answer.message]
    aws.expect(name, that=bool(told) or not why, otherwise=f"the message {answer.message!r} tells none of {why}")
    for reason in told[:1]:
        aws.path("bedrock", operation, answer.code or "", reason.name)


def read_back(aws: Aws, name: str, document: Document, identifier: str) -> None:
    """Hold what is shown of a guardrail against what it was made of."""
    shown = aws.ok("bedrock", "GetGuardrail", guardrailIdentifier=identifier)
    wanted = normal.expected(document, aws.emulator.partition, aws.emulator.account, aws.region)
    aws.equal(f"{name} read back", normal.comparable(shown), wanted)
    key, kept = document.get("kmsKeyId"), shown.get("kmsKeyArn")
    aws.expect(f"{name}: the key", that=(key is None) == (kept is None), otherwise=kept)
    if key is not None and kept is not None:
        aws.expect(f"{name}: the key", that=KEY_ARN.fullmatch(kept) is not None, otherwise=kept)
        if "alias/" not in key:
            aws.expect(f"{name}: the key", that=kept.endswith(key.rpartition("/")[2]), otherwise=kept)
    tags = aws.ok("bedrock", "ListTagsForResource", resourceARN=shown["guardrailArn"])["tags"]
    written = {tag["key"]: tag["value"] for tag in document.get("tags") or []}
    aws.equal(f"{name}: the tags", {tag["key"]: tag["value"] for tag in tags}, written)


def guardrails(aws: Aws) -> None:
    """Guardrails of public repositories are accepted, and read back with what the service fills in."""
    for name, document in read("guardrails").items():
        aws.ledger.documents.add(name)
        aws.equal(f"{name}: the oracle", rules.reasons(document), [])
        held(aws, name, document, sent(aws, document))
        answer = serialised(aws, document)
        aws.expect(name, that=answer is not None, otherwise="boto3 cannot write it")
        if answer is not None:
            held(aws, name, document, answer)


def negative(aws: Aws) -> None:
    """What the service refuses is refused, and nothing else of what looks wrong."""
    expectations: dict[str, Any] = json.loads((CORPUS / "invalid" / "EXPECT.json").read_bytes())
    for name, document in read("invalid").items():
        aws.ledger.documents.add(name)
        enforced = expectations[name]["enforced"]
        accepted = enforced == "UNPROVEN" or enforced.endswith("SERVICE_ACCEPTS")
        for answer in filter(None, (sent(aws, document), serialised(aws, document))):
            aws.expect(name, that=(answer.code is None) == accepted, otherwise=f"{enforced}, but {answer}")
            held(aws, name, document, answer)


def changed(aws: Aws) -> None:
    """A document that uses everything, changed in each place."""
    cases = list(mutations.single())
    for name, document in cases:
        held(aws, name, document, sent(aws, document))
    aws.expect("there are many", that=len(cases) > 500, otherwise=len(cases))  # noqa: PLR2004


def updated(aws: Aws) -> None:
    """The same for an update, which has the same rules."""
    made = sent(aws, mutations.EVERYTHING).output["guardrailId"]
    for name, document in mutations.single():
        if not isinstance(document, dict):
            continue
        update = {member: value for member, value in document.items() if member not in ("tags", "clientRequestToken")}
        why = rules.reasons(update | {"guardrailIdentifier": made}, "UpdateGuardrail")
        answer = sent(aws, update, made)
        if answer.code is not None:
            refused(aws, f"update: {name}", why, answer, "UpdateGuardrail")
        else:
            aws.expect(f"update: {name}", that=not why, otherwise=f"accepted in spite of {why}")


def combined(aws: Aws) -> None:
    """Documents that people wrote, changed in a few places at once."""
    for name, document in mutations.several(read("guardrails"), 150, SEED):
        held(aws, f"seed {SEED}, {name}", document, sent(aws, document))


CASES: Final = (guardrails, negative, changed, updated, combined)
