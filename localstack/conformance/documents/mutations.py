"""More documents of each class: a document that uses everything, changed in one place, or a few at once."""

import copy
import random
from collections.abc import Iterator
from typing import Any, Final

from botocore.model import ListShape, Shape, StructureShape

from judge import models
from judge.shapes import DECIMALS

from .rules import Document

SWITCHES: Final = {"inputAction": "BLOCK", "outputAction": "NONE", "inputEnabled": True, "outputEnabled": False}
PROFILE: Final = "us.guardrail.v1:0"

# Every member that a request can have, once; nothing in it is refused.
EVERYTHING: Final[Document] = {
    "name": "everything",
    "description": "All that a guardrail can have",
    "blockedInputMessaging": "Not that.",
    "blockedOutputsMessaging": "Withheld.",
    "kmsKeyId": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "crossRegionConfig": {"guardrailProfileIdentifier": PROFILE},
    "topicPolicyConfig": {
        "topicsConfig": [
            {"name": "Tax advice", "definition": "How to pay less.", "examples": ["How?"], "type": "DENY", **SWITCHES},
            {"name": "Is it Q-4?!.", "definition": "Figures of the quarter.", "type": "DENY"},
        ],
        "tierConfig": {"tierName": "CLASSIC"},
    },
    "contentPolicyConfig": {
        "filtersConfig": [
            {
                "type": "HATE",
                "inputStrength": "HIGH",
                "outputStrength": "LOW",
                "inputModalities": ["TEXT", "IMAGE"],
                "outputModalities": ["TEXT"],
                **SWITCHES,
            },
            {"type": "PROMPT_ATTACK", "inputStrength": "MEDIUM", "outputStrength": "NONE"},
        ],
        "tierConfig": {"tierName": "STANDARD"},
    },
    "wordPolicyConfig": {
        "wordsConfig": [{"text": "tamarind", **SWITCHES}, {"text": "Ünïcödé 語"}],
        "managedWordListsConfig": [{"type": "PROFANITY", **SWITCHES}],
    },
    "sensitiveInformationPolicyConfig": {
        "piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE", **SWITCHES}, {"type": "PIN", "action": "NONE"}],
        "regexesConfig": [
            {"name": "Booking", "description": "Six letters", "pattern": "[A-Z]{6}", "action": "BLOCK", **SWITCHES},
            {"name": "case", "pattern": "(?!x)y(", "action": "NONE"},
        ],
    },
    "contextualGroundingPolicyConfig": {
        "filtersConfig": [
            {"type": "GROUNDING", "threshold": 0.99, "action": "BLOCK", "enabled": True},
            {"type": "RELEVANCE", "threshold": 0},
        ],
        "tierConfig": {"tierName": "CLASSIC"},
    },
    "automatedReasoningPolicyConfig": {
        "policies": ["arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/abcdefghijkl:1"],
        "confidenceThreshold": 1,
    },
    "tags": [{"key": "aws:team", "value": ""}],
}
KEYS: Final = (
    "alias/guardrails",
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:kms:us-east-1:111122223333:alias/guardrails",
    "arn:aws:kms:us-east-1:111122223333:key/short",
    "not a key",
)
TOPIC: Final[Document] = {"name": "Twin", "definition": "One.", "type": "DENY"}
FILTER: Final[Document] = {"type": "INSULTS", "inputStrength": "HIGH", "outputStrength": "HIGH"}
REGEX: Final[Document] = {"name": "Twin", "pattern": "a", "action": "BLOCK"}
# Entries that differ in all but what has to be unique, and such as only look alike: policy, list, entry, and how a second
# one differs. The rules of one list hide each other where entries are equal in everything.
TWINS: Final[tuple[tuple[str, str, Document, Document], ...]] = (
    ("topicPolicyConfig", "topicsConfig", TOPIC, {"definition": "Another."}),
    ("topicPolicyConfig", "topicsConfig", TOPIC, {"name": "twin"}),
    ("contentPolicyConfig", "filtersConfig", FILTER, {"inputStrength": "LOW"}),
    ("wordPolicyConfig", "wordsConfig", {"text": "Ünder"}, {"text": "üNDER"}),
    ("wordPolicyConfig", "wordsConfig", {"text": "twin"}, {"text": "twin "}),
    ("wordPolicyConfig", "managedWordListsConfig", {"type": "PROFANITY"}, {"inputAction": "NONE"}),
    ("sensitiveInformationPolicyConfig", "piiEntitiesConfig", {"type": "AGE", "action": "NONE"}, {"action": "BLOCK"}),
    ("sensitiveInformationPolicyConfig", "regexesConfig", REGEX, {"name": "other"}),
    ("sensitiveInformationPolicyConfig", "regexesConfig", REGEX, {"pattern": "b"}),
    ("sensitiveInformationPolicyConfig", "regexesConfig", REGEX, {"name": "twin", "pattern": "A"}),
    ("contextualGroundingPolicyConfig", "filtersConfig", {"type": "GROUNDING", "threshold": 0.5}, {"threshold": 0.25}),
)


def single() -> Iterator[tuple[str, Document]]:
    """Give the document that uses everything, changed in each place, in each way."""
    shape = models.operation("bedrock", "CreateGuardrail").input_shape
    yield "everything", EVERYTHING
    yield from changes(shape, EVERYTHING, "$")
    for key in KEYS:
        yield f"key {key}", EVERYTHING | {"kmsKeyId": key}
    for profile in (
        PROFILE,
        f"arn:aws:bedrock:us-east-1:111122223333:guardrail-profile/{PROFILE}",
        "US.guardrail.v1:0",
    ):
        yield f"profile {profile}", EVERYTHING | {"crossRegionConfig": {"guardrailProfileIdentifier": profile}}
    for length in (200, 201, 300, 1000, 1001):
        for tier in ("CLASSIC", "STANDARD"):
            yield f"definition of {length} with {tier}", defined(length, tier)
    yield (
        "only sensitive information, empty",
        only("sensitiveInformationPolicyConfig") | {"sensitiveInformationPolicyConfig": {}},
    )
    for policy, entries, entry, again in TWINS:
        twins = EVERYTHING[policy] | {entries: [entry, entry | again]}
        yield f"$.{policy}.{entries} of {entry} and {again}", EVERYTHING | {policy: twins}
    for policy in (name for name in EVERYTHING if name.endswith("PolicyConfig")):
        yield f"only {policy}", only(policy)
        yield f"only {policy} without profile", {**only(policy, profile=False)}
        yield f"without {policy}", {name: value for name, value in EVERYTHING.items() if name != policy}


def only(policy: str, *, profile: bool = True) -> Document:
    """Leave one policy in."""
    return {
        name: value
        for name, value in EVERYTHING.items()
        if (name == policy or not name.endswith("PolicyConfig")) and (profile or name != "crossRegionConfig")
    }


def defined(length: int, tier: str) -> Document:
    """Give a topic a definition of so many characters, each of more than one byte."""
    topic = {"name": "long", "definition": "語" * length, "type": "DENY"}
    return EVERYTHING | {"topicPolicyConfig": {"topicsConfig": [topic], "tierConfig": {"tierName": tier}}}


def several(documents: dict[str, Document], number: int, seed: int) -> Iterator[tuple[str, Document]]:
    """Change documents that people wrote in a few places at once."""
    chance = random.Random(seed)  # noqa: S311
    shape = models.operation("bedrock", "CreateGuardrail").input_shape
    for turn in range(number):
        name = chance.choice(sorted(documents))
        document, ways = documents[name], [name]
        for _ in range(chance.randint(1, 3)):
            where, document = chance.choice(list(inside(shape, document, "$")))
            ways.append(where)
        yield f"{turn}: {', '.join(ways)}", document


def changes(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Change a value in each place, in each way that its shape knows a bound for."""
    yield from ((f"{path} {what}", changed) for what, changed in here(shape, value))
    yield from inside(shape, value, path)


def inside(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Change the parts of a value."""
    match shape, value:
        case StructureShape(), dict():
            for name, member in value.items():
                yield f"{path} without {name}", {key: each for key, each in value.items() if key != name}
                if name in shape.members:
                    inner = changes(shape.members[name], member, f"{path}.{name}")
                    yield from ((where, value | {name: changed}) for where, changed in inner)
        case ListShape(), list():
            for index, item in enumerate(value):
                inner = changes(shape.member, item, f"{path}[{index}]")
                yield from ((where, [*value[:index], changed, *value[index + 1 :]]) for where, changed in inner)


def here(shape: Shape, value: Any) -> Iterator[tuple[str, Any]]:
    """Change the value itself."""
    wrong = {"structure": [], "list": {}, "boolean": "true"}.get(
        shape.type_name, {} if shape.type_name == "string" else "0"
    )
    yield f"as {wrong!r}", wrong
    yield "as null", None
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            yield "with an unknown member", value | {"unheardOf": {"a": [1]}}
        case "list" if isinstance(value, list):
            yield "empty", []
            if value:
                yield "repeated", value + copy.deepcopy(value[-1:])
            if most is not None and value:
                yield from ((f"with {number} items", items(value, number)) for number in (most, most + 1))
        case "string" if shape.enum:
            yield from ((f"as {each}", each) for each in (*shape.enum, shape.enum[0].lower(), ""))
        case "string":
            lengths = {
                length for bound in (least, most) if bound is not None for length in (bound - 1, bound, bound + 1)
            }
            for length in sorted(length for length in lengths if length >= 0):
                yield f"of {length} letters", "a" * length
                yield f"of {length} wide letters", "語" * length
            yield from ((f"as {each!r}", each) for each in ("UPPER case & more", "line\nbreak", "ends in space "))
        case kind if kind in DECIMALS:
            yield from ((f"as {number}", number) for number in (-0.01, 0, 0.0, 0.5, 0.999999, 1, 1.0, 1.01, 2))


def items(value: list[Any], number: int) -> list[Any]:
    """Make a list of so many items, no two with the same text, name, pattern or key."""
    made = []
    for index in range(number):
        item = copy.deepcopy(value[index % len(value)])
        if isinstance(item, dict):
            item |= {name: f"a{index}" for name in ("text", "name", "pattern", "key") if name in item}
        made.append(item)
    return made
